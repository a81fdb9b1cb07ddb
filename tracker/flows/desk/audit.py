"""The audit of the desk: who looked at what and why, in ids and codes.."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.vocabulary.oversight import Audited
from tracker.flows.desk.inquiry import Inquiry
from tracker.store.ground import audit, organisations
from tracker.store.ground.organisations import Office


async def note(connection: AsyncConnection, asked: Inquiry, action: str, detail: Mapping[str, object]) -> Office:
    """Add a line to the audit; returns the office of whoever acted, with its clock."""
    office = await organisations.office(connection, asked.staff.organisation_id)
    line = Audited(f"account:{asked.staff.account_id}", action, {**detail, "purpose": asked.why.value})
    await audit.record(connection, asked.staff.scope, line, office.now)
    return office

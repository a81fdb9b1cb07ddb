"""Where somebody of a case is reached, for what staff say about it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.vocabulary.errors import CaseNotFound
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel
from tracker.store.case import cases
from tracker.store.outreach import stops


async def known_address(
    connection: AsyncConnection, scope: Scope, case: UUID, party: str, channel: Channel
) -> str | None:
    """The address of a party on a channel, in its normal form; None where there is none. Raises CaseNotFound."""
    held = await cases.by_id(connection, scope, case)
    if held is None or held.void:
        raise CaseNotFound
    return await stops.normal_of(connection, scope, case, party, channel)

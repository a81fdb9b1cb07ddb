"""What staff put on record about a case: that somebody contacted us, and notes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tracker.core.answers import contacts
from tracker.core.answers.contacts import ContactChannel, ContactReason
from tracker.core.answers.tellings import SPOKEN, Listener
from tracker.flows.desk import audit
from tracker.flows.desk.inquiry import Inquiry
from tracker.flows.desk.look import facts_of
from tracker.flows.promises import put_on_record
from tracker.store.answers import contacts as stored

MOST_CHARACTERS = 1_000
"""The longest note."""


@dataclass(frozen=True, slots=True)
class Contacted:
    """Somebody contacted us about a case. `once`: the form's id, so that a form sent twice counts once."""

    case: UUID
    channel: ContactChannel
    reason: ContactReason
    once: UUID


async def contact(asked: Inquiry, said: Contacted) -> None:
    """Put a contact on record, with what the person could see at that moment. To who called or came the agent has read
    the answer out: its dates were told to them. Raises CaseNotFound."""
    staff = asked.staff
    async with asked.store.transaction() as connection:
        facts, row, _ = await facts_of(connection, staff, said.case, None)
        demand = contacts.demand(said.reason)
        detail = {"case": str(said.case), "reason": said.reason.value, "demand": demand.value}
        values = {
            **staff.scope.columns,
            "id": said.once,
            "case_id": said.case,
            "account_id": staff.account_id,
            "channel": said.channel.value,
            "reason": said.reason.value,
            "demand": demand.value,
            "seen": dict(contacts.seen(facts, row.spoken_at, facts.now)),
            "at": facts.now,
        }
        if await stored.add(connection, values):
            await audit.note(connection, asked, "desk.contact", detail)
            spoken = next((way for way in SPOKEN if way.value == said.channel.value), None)
            if spoken is not None:
                await put_on_record.told(connection, staff.scope, facts, Listener.PUBLIC, spoken)


async def note(asked: Inquiry, case: UUID, words: str, once: UUID) -> bool:
    """Put a note on a case, for staff alone; False when it says nothing. Raises CaseNotFound."""
    staff, words = asked.staff, words.replace("\0", "").strip()[:MOST_CHARACTERS]
    async with asked.store.transaction() as connection:
        facts, _, _ = await facts_of(connection, staff, case, None)
        if not words:
            return False
        values = {
            **staff.scope.columns,
            "id": once,
            "case_id": case,
            "account_id": staff.account_id,
            "words": words,
            "at": facts.now,
        }
        if await stored.add_note(connection, values):
            await audit.note(connection, asked, "desk.noted", {"case": str(case)})
    return True

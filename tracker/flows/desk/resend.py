"""Send a message once more, because the person asks for it. Whether it is still true is judged at its release."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.vocabulary import addresses
from tracker.core.vocabulary.errors import CaseNotFound
from tracker.core.vocabulary.messages import MessageState, key
from tracker.flows.desk import audit
from tracker.flows.desk.inquiry import Inquiry
from tracker.store.case import cases
from tracker.store.desk import repeating
from tracker.store.desk.accounts import Staff
from tracker.store.desk.repeating import DecidedMessage
from tracker.store.outreach import stops

MOST_RESENDS = 5
TRIED = frozenset({MessageState.SENT, MessageState.DELIVERED, MessageState.UNKNOWN, MessageState.FAILED})
"""States of a message that went out, or was tried: those alone can be sent again."""


class Resending(StrEnum):
    """What becomes of the wish to send a message again."""

    SENT = "resent"
    """It is on its way, or was asked for a moment ago."""
    NEVER_SENT = "never_sent"
    """It never went out: what is due will, what was withheld has its reason."""
    STOPPED = "stopped"
    """The person asked us to stop."""
    SENSITIVE = "sensitive"
    """The case is sensitive: nothing about it is sent more often than it must be."""
    NO_ADDRESS = "no_address"
    """There is nowhere to send it."""
    TOO_OFTEN = "too_often"
    """It was sent again several times already."""


async def resend(asked: Inquiry, case: UUID, message: UUID, times: int) -> Resending:
    """Send a message again with the same facts, at once. `times`: how often the form says that it was repeated
    before, so that a form which is sent twice repeats it once. Raises CaseNotFound.
    """
    staff = asked.staff
    async with asked.store.transaction() as connection:
        held = await cases.by_id(connection, staff.scope, case)
        rows = await repeating.decisions(connection, staff.scope, case)
        wanted = next((row for row in rows if row.id == message), None)
        if held is None or held.void or wanted is None:
            raise CaseNotFound
        answer = refusal(wanted, rows, await stopped(connection, asked.secret, staff, case, [wanted]))
        if answer is None:
            answer = Resending.SENT
            if times == repeated(wanted, rows):
                again = key(case, wanted.purpose, wanted.party, wanted.rung, wanted.cause, resend=times + 1)
                detail = {"case": str(case), "message": str(message)}
                now = (await audit.note(connection, asked, "desk.resent", detail)).now
                await repeating.repeat(connection, staff.scope, message, again, now)
        return answer


def refusal(row: DecidedMessage, rows: Sequence[DecidedMessage], stopped: set[UUID]) -> Resending | None:
    """Why a message is not sent again, or None when it can be. `stopped`: the messages whose recipient said stop."""
    if row.state not in TRIED:
        return Resending.NEVER_SENT
    if row.id in stopped:
        return Resending.STOPPED
    if row.sensitive:
        return Resending.SENSITIVE
    if row.normal is None:
        return Resending.NO_ADDRESS
    return Resending.TOO_OFTEN if repeated(row, rows) >= MOST_RESENDS else None


def repeated(row: DecidedMessage, rows: Sequence[DecidedMessage]) -> int:
    """How often a message was sent again so far: by those that say the same to the same person in the same way."""
    return max(
        int(each.key.split(":")[3])
        for each in rows
        if (each.purpose, each.party, each.rung, each.cause) == (row.purpose, row.party, row.rung, row.cause)
    )


async def stopped(
    connection: AsyncConnection, secret: bytes, staff: Staff, case: UUID, rows: Sequence[DecidedMessage]
) -> set[UUID]:
    """The messages of a case whose recipient asked us to stop on that channel."""
    asked = places(secret, staff, case, rows)
    wishes = await stops.stopped(connection, list(dict.fromkeys(asked.values())))
    return {id_ for id_, each in asked.items() if each in wishes}


def places(secret: bytes, staff: Staff, case: UUID, rows: Sequence[DecidedMessage]) -> dict[UUID, stops.Asked]:
    """Where each message of a case goes, as the ledgers of addresses ask for it; without those that go nowhere."""
    return {
        row.id: (staff.scope, row.channel.value, addresses.digest(secret, row.channel, row.normal), case)
        for row in rows
        if row.channel is not None and row.normal is not None
    }

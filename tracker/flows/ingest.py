"""One event in, one transaction: place it, make the case what its events say, decide who hears what."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core import events, placing
from tracker.core.errors import ContentDiffers, TimeOutOfBounds, TooManyRequests, UnknownService
from tracker.core.events import CorrectionReported, PartyReported, StatusEvent, StatusReported
from tracker.core.identity import Life, life_for
from tracker.core.placing import Placed, Placement
from tracker.core.timeline import Folded
from tracker.flows import notice
from tracker.flows import refold as folding
from tracker.flows.opening import MOST_WAITING, PARKED_FOR, open_case, open_waiting
from tracker.flows.refold import Subject
from tracker.flows.senders import audit, check_grant
from tracker.store import cases, entries, forgetting, messages, organisations, parties, services
from tracker.store.bodies import to_placed
from tracker.store.columns import new_id
from tracker.store.engine import Store
from tracker.store.keys import Sender
from tracker.store.organisations import Office
from tracker.store.services import Current

MOST_ENTRIES_PER_CASE = 2_000
"""A case with more events than this is a loop in the back office."""

MOST_PARKED_PER_NUMBER = 200


class Intake(StrEnum):
    """What became of an accepted event."""

    APPLIED = "applied"
    LATE = "late"
    FLAGGED = "flagged"
    PARKED = "parked"
    QUARANTINED = "quarantined"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Answer:
    """The intake's answer: the outcome, the entry that keeps the event, and the case's reference if it has one.

    `note` says why an event that was taken does not show yet.
    """

    outcome: Intake
    entry: UUID
    reference: str | None = None
    note: str | None = None


NOTES = {
    Placement.HELD: "Nobody reads of this before data.hold_until.",
    Placement.UNSERVED: "A formal decision: it is announced once an event with data.served_on says that it was served.",
}
"""What the sender of an event is told whose time to show has not come."""


async def ingest(store: Store, sender: Sender, event: StatusEvent, fingerprint: bytes) -> Answer:
    """Take one event. Returns only after it is durable.

    Raises NotGranted, ContentDiffers, TimeOutOfBounds, UnknownService, TooManyRequests; nothing is stored then,
    but for the audit of the first two.
    """
    register = event.register or sender.registers[0]
    await check_grant(store, sender, event, register)
    try:
        try:
            async with store.transaction() as connection:
                await organisations.lock_number(connection, sender.organisation_id, sender.mode, register, event.number)
                office = await organisations.office(connection, sender.organisation_id)
                answer = await _known(connection, sender, event, fingerprint)
                if answer is None:
                    answer = await _take(connection, sender, office, event, register, fingerprint)
                    await notice.delay_reason(connection, sender, office, event)
                return answer
        except _Raced:
            return await _first_answer(store, sender, event, fingerprint)
    except ContentDiffers:
        await audit(store, sender, "intake.content_differs", {"event": event.id, "type": event.type})
        raise


async def _known(connection: AsyncConnection, sender: Sender, event: StatusEvent, fingerprint: bytes) -> Answer | None:
    """The first answer to an event that came before. The same id for other content is refused, and audited."""
    seen = await entries.seen(connection, sender, event.id)
    if seen is None:
        return None
    if secrets.compare_digest(seen.fingerprint, fingerprint):
        row = await cases.by_id(connection, sender.organisation_id, sender.mode, seen.case_id) if seen.case_id else None
        return Answer(Intake.DUPLICATE, seen.entry, row.reference if row else None)
    raise ContentDiffers(
        f"The id was first used for entry {seen.entry}, which says something else.",
        "If this is a new report, give it an id of its own. To take the first one back, send case.correction.",
        pointer="/id",
    )


class _Raced(Exception):
    """The same event id came at the same instant through another connection, for another case number."""


async def _first_answer(store: Store, sender: Sender, event: StatusEvent, fingerprint: bytes) -> Answer:
    async with store.reading() as connection:
        answer = await _known(connection, sender, event, fingerprint)
    if answer is None:
        raise TooManyRequests("The event collided with another.", "Send it again.", retry_after_seconds=1)
    return answer


async def _take(
    connection: AsyncConnection, sender: Sender, office: Office, event: StatusEvent, register: str, fingerprint: bytes
) -> Answer:
    """Store a new event: in its case, in a new case, or waiting for one."""
    if (fault := events.out_of_bounds(event, office.now)) is not None:
        raise TimeOutOfBounds("The event's time is outside of what can be true.", fault, pointer="/time")
    named = await _service(connection, sender, event)
    if await organisations.hear(connection, office.id, sender.mode, sender.source_id, office.now):
        await messages.unhold(connection, sender.organisation_id, sender.mode, sender.source_id)
    rows = await cases.by_number(connection, sender.organisation_id, sender.mode, register, event.number)
    row = _life(rows, event, named, office)
    entry = entries.entry_row(sender, new_id(), event, register, fingerprint) | {"heard_at": office.now}
    if row is not None:
        return await _join(connection, sender, office, row, event, entry, named)
    answer = await _park(connection, sender, office, event, entry, named)
    if named is not None and placing.opens(event, named.definition):
        return await _open(connection, sender, office, named, event, answer, epoch=len(rows) + 1)
    if isinstance(event.body, CorrectionReported):
        return await _open_after_all(connection, sender, office, event, answer)
    await notice.placement(connection, sender, office, event, answer.outcome)
    return answer


async def _service(connection: AsyncConnection, sender: Sender, event: StatusEvent) -> Current | None:
    if not isinstance(event.body, StatusReported):
        return None
    found = await services.current(connection, sender.organisation_id, event.body.service)
    if found is None:
        known = await services.services_of(connection, sender.organisation_id)
        raise UnknownService(
            "The organisation has no service of that code.",
            f"Send one of: {', '.join(known[:20]) or '(none yet)'}; or add it with `tracker services apply`.",
            pointer="/data/service",
        )
    return found


def _life(rows: Sequence[Row[Any]], event: StatusEvent, named: Current | None, office: Office) -> Row[Any] | None:
    """The case among those of this number that the event is about."""
    at, opening = event.time, False
    if named is not None:
        at = placing.position(event, named.definition, office.zone)
        opening = placing.opens(event, named.definition)
    lives = tuple(Life(row.id, row.epoch, row.opened_at, row.last_at) for row in rows)
    life = life_for(lives, at, opens=opening)
    return next((row for row in rows if life and row.id == life.case), None)


async def _subject(
    connection: AsyncConnection, sender: Sender, office: Office, row: Row[Any], named: Current | None
) -> Subject:
    own = named is not None and named.definition.service == row.service  # almost always: it is not read again
    current = named if own else await services.current(connection, office.id, row.service)
    if current is None:
        raise LookupError(f"the definition of {row.service} is gone")
    return folding.subject(office, sender.mode, row, current, sender.source_id)


async def _join(
    connection: AsyncConnection, sender: Sender, office: Office, row: Row[Any], event: StatusEvent,
    entry: dict[str, Any], named: Current | None,
) -> Answer:  # fmt: skip
    """Add the event to a case that exists."""
    subject = await _subject(connection, sender, office, row, named)
    stored, spoken = await folding.load(connection, subject)
    if len(stored) >= MOST_ENTRIES_PER_CASE:
        raise _too_many()
    case = folding.folded(subject, [*(to_placed(each) for each in stored), Placed(entry["id"], event)])
    await _add(connection, sender, subject, entry, event, case)
    await folding.place(connection, subject, case, stored)
    await folding.settle(connection, subject, case, spoken)
    if row.erased_at is not None:  # what happened is kept, whom it concerned is not
        await forgetting.erase(connection, office.id, sender.mode, row.id, office.now)
    outcome = _outcome(case, entry["id"])
    await notice.placement(connection, sender, office, event, outcome)
    return Answer(outcome, entry["id"], row.reference, _note(case, entry["id"]))


async def _open(
    connection: AsyncConnection, sender: Sender, office: Office, named: Current, event: StatusEvent, parked: Answer,
    *, epoch: int,
) -> Answer:  # fmt: skip
    """Bring a case into being with the event that was just parked, and with whatever was waiting for it."""
    register = event.register or sender.registers[0]
    waiting = await entries.waiting(connection, office.id, sender.mode, register, event.number, MOST_WAITING)
    opener = next(row for row in waiting if row.id == parked.entry)
    opened = await open_case(connection, office, sender.mode, named, opener, waiting, epoch)
    if opened is None:
        return parked
    note = _note(opened.case, parked.entry)
    return Answer(_outcome(opened.case, parked.entry), parked.entry, opened.reference, note)


async def _open_after_all(
    connection: AsyncConnection, sender: Sender, office: Office, event: StatusEvent, parked: Answer
) -> Answer:
    """A correction of a correction may give an opening event back that was waiting without effect."""
    register = event.register or sender.registers[0]
    opened = await open_waiting(connection, office, sender.mode, register, event.number)
    if opened is None or all(line.entry != parked.entry for line in opened.case.lines):
        return parked
    return Answer(_outcome(opened.case, parked.entry), parked.entry, opened.reference)


async def _park(
    connection: AsyncConnection, sender: Sender, office: Office, event: StatusEvent, entry: dict[str, Any],
    named: Current | None,
) -> Answer:  # fmt: skip
    """Keep an event whose case is not known: it waits for the event that opens it, which is never one too many."""
    opening = named is not None and placing.opens(event, named.definition)
    waiting = await entries.count_waiting(connection, office.id, sender.mode, entry["register"], event.number)
    if waiting >= MOST_PARKED_PER_NUMBER and not opening:
        raise _too_many()
    body = event.body
    known = named is None or not isinstance(body, StatusReported) or named.definition.stage_for(body.status)
    outcome = Intake.PARKED if known else Intake.QUARANTINED
    entry |= {"placement": outcome.value, "parked_until": office.now + PARKED_FOR}
    may_open = opening or isinstance(body, CorrectionReported)  # of a correction of the opening event
    if may_open and event.hold_until is not None and event.hold_until > office.now:
        entry |= {"parked_until": event.hold_until}  # a sweep opens the case then
    if not await entries.add(connection, entry):
        raise _Raced
    if isinstance(event.body, PartyReported):
        await parties.add(connection, office.id, sender.mode, entry["id"], event.body)
    return Answer(outcome, entry["id"])


async def _add(
    connection: AsyncConnection, sender: Sender, subject: Subject, entry: dict[str, Any], event: StatusEvent,
    case: Folded,
) -> None:  # fmt: skip
    line = next(line for line in case.lines if line.entry == entry["id"])
    placed = {
        "case_id": subject.id, "placement": line.placement.value, "stage": line.stage, "shown": line.shown,
        "position_at": line.position, "rank": line.rank,
    }  # fmt: skip
    if not await entries.add(connection, entry | placed):
        raise _Raced
    if isinstance(event.body, PartyReported):
        await parties.add(connection, subject.office.id, sender.mode, entry["id"], event.body)


def _note(case: Folded, entry: UUID) -> str | None:
    return next((NOTES.get(line.placement) for line in case.lines if line.entry == entry), None)


def _outcome(case: Folded, entry: UUID) -> Intake:
    """What became of an entry. Late is what stands before something that happened after it."""
    line = next(line for line in case.lines if line.entry == entry)
    if line.placement is Placement.QUARANTINED:
        return Intake.QUARANTINED
    if line.placement is Placement.FLAGGED:
        return Intake.FLAGGED
    return Intake.APPLIED if case.lines[-1].position == line.position else Intake.LATE


def _too_many() -> TooManyRequests:
    return TooManyRequests(
        "This case number has sent more events than any case has; it looks like a loop.",
        "Stop sending for this case, find the loop in the back office, then send the event again.",
        retry_after_seconds=3600,
    )

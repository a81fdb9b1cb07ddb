"""Make a case what its events say, and decide what people should be told: the heart of every change.

Called under the lock of the case's number, in the caller's transaction. Ingest calls it for a new event, sweeps
when something held back may speak, services when a definition changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core import calendars, outreach, timing
from tracker.core.events import CaseState, Channel, Clock
from tracker.core.messages import MessageState, Purpose, Reason
from tracker.core.outreach import Outreach
from tracker.core.placing import Placed
from tracker.core.timeline import Folded, Line, fold
from tracker.core.topics import Setting, Spoken, has_spoken_up
from tracker.flows import addresses, ledger
from tracker.flows.ledger import Kept
from tracker.store import cases, entries, messages, parties
from tracker.store.bodies import to_placed
from tracker.store.columns import Mode, new_id
from tracker.store.organisations import Office
from tracker.store.services import Current


@dataclass(frozen=True, slots=True)
class Subject:
    """A case as the flows hold it: whose it is, which, and by what definition and clock it is read."""

    office: Office
    mode: Mode
    id: UUID
    version: int
    current: Current
    live_from: datetime | None
    source_id: UUID
    """The source that is reporting, or that last reported on the case."""
    spoken_at: datetime | None
    erased: bool = False


def subject(office: Office, mode: Mode, row: Row[Any], current: Current, source_id: UUID | None = None) -> Subject:
    """The subject of a case's row; `source_id` when another source than the last is reporting now."""
    return Subject(
        office, mode, row.id, row.version, current, row.live_from, source_id or row.source_id, row.spoken_at,
        row.erased_at is not None,
    )  # fmt: skip


async def load(connection: AsyncConnection, subject: Subject) -> tuple[Sequence[Row[Any]], tuple[Spoken, ...]]:
    """The entries of a case, and what is on record about telling of it."""
    rows = await entries.of_case(connection, subject.office.id, subject.mode, subject.id)
    return rows, await spoken_of(connection, subject)


async def spoken_of(connection: AsyncConnection, subject: Subject) -> tuple[Spoken, ...]:
    """The decisions on record about a case."""
    rows = await messages.of_case(connection, subject.office.id, subject.mode, subject.id)
    return tuple(
        Spoken(
            row.key, Purpose(row.purpose), row.party, row.cause, MessageState(row.state),
            Reason(row.reason) if row.reason else None, row.due_at,
        )
        for row in rows
    )  # fmt: skip


def folded(subject: Subject, placed: list[Placed]) -> Folded:
    """What the case is by its events and its definition, at the office's now."""
    return fold(placed, subject.current.definition, subject.office.zone, subject.office.now)


def case_values(subject: Subject, case: Folded, spoken_at: datetime | None) -> dict[str, Any]:
    """The columns of a case's row that its events decide."""
    if case.stage is None or case.opened_at is None:
        raise ValueError("a case without an opening event has no row")
    definition, zone = subject.current.definition, subject.office.zone
    speaks = case.state is CaseState.OPEN and has_spoken_up(case, subject.live_from)
    word_on = None
    if speaks and spoken_at is not None:
        word_on = calendars.next_word_on(spoken_at, definition.outreach.silence, zone)
    applicant = next((party for _, party in sorted(case.parties.items()) if party.language), None)
    return {
        "source_id": subject.source_id, "stage": case.stage, "since_at": case.since.at, "since_on": case.since.on,
        "state": case.state.value, "outcome": case.outcome.value if case.outcome else None,
        "waiting_on": case.waiting_on.value, "clock": case.clock.value, "unmapped": case.unmapped,
        "delay_reason": case.delay_reason,
        "needs": [_need(need.item) for need in case.needs.values()],
        "known_facts": [party.known_fact for _, party in sorted(case.parties.items()) if party.known_fact],
        "language": applicant.language if applicant else None,
        "opened_at": case.opened_at, "opened_on": case.opened.on, "last_at": case.last_at,
        "spoken_at": spoken_at, "next_word_on": word_on, "void": False,
        "next_word_at": calendars.word_due_at(word_on, zone) if word_on else None,
        "news_entry": case.news.entry if case.news else None,
        "asked_entry": case.wanted[-1].asked_by if case.wanted else None, "forget_at": _forget_at(subject, case),
        "version": subject.version + 1,
    }  # fmt: skip


def _forget_at(subject: Subject, case: Folded) -> datetime | None:
    """When its personal data has been kept long enough: some time after the end, by the definition."""
    if subject.erased:
        return None
    if case.opener is None:
        return subject.office.now + subject.current.definition.retention.after_close
    if case.state is not CaseState.CLOSED:
        return None
    ended_at = case.since.at or (calendars.end_of(case.since.on, subject.office.zone) if case.since.on else None)
    return ended_at and ended_at + subject.current.definition.retention.after_close


def _need(item: Any) -> dict[str, Any]:
    return {
        "item": item.item, "text": item.text, "code": item.code,
        "due_on": item.due_on.isoformat() if item.due_on else None,
        "supplied_at": item.supplied_at.isoformat() if item.supplied_at else None,
    }  # fmt: skip


async def place(connection: AsyncConnection, subject: Subject, case: Folded, stored: Sequence[Row[Any]]) -> None:
    """Write the entries whose place in the timeline has changed."""
    before = {row.id: (row.case_id, row.placement, row.stage, row.shown, row.position_at, row.rank) for row in stored}
    changed = [
        line for line in case.lines
        if line.entry in before and before[line.entry]
        != (subject.id, line.placement.value, line.stage, line.shown, line.position, line.rank)
    ]  # fmt: skip
    await entries.place(connection, [placing(subject, line) for line in changed])


def placing(subject: Subject, line: Line) -> dict[str, Any]:
    """The columns that say where an entry stands."""
    return {
        "of": subject.office.id, "in_mode": subject.mode.value, "entry": line.entry, "to_case": subject.id,
        "as_placement": line.placement.value, "at_stage": line.stage, "is_shown": line.shown,
        "at_position": line.position, "of_rank": line.rank, "at_instant": subject.office.now,
    }  # fmt: skip


async def tell(
    connection: AsyncConnection, subject: Subject, case: Folded, spoken: tuple[Spoken, ...],
    kept: Kept, recipients: Recipients, word_on: date | None = None,
) -> bool:  # fmt: skip
    """Write who should hear what, and withhold what newer news has overtaken; True when something is new to say.

    `word_on`: the day by which a word is due. It is said if there is nothing else to say.
    """
    definition = subject.current.definition
    setting = Setting(subject.id, subject.live_from, subject.mode is Mode.TEST, subject.office.zone, subject.office.now)
    wanted = outreach.warranted(case, definition, setting, spoken, kept.news)
    on_record = {each.key: each for each in spoken}
    if word_on is not None and all(each.key in on_record or each.reason for each in wanted):
        wanted += outreach.still_working(case, definition, setting, spoken, word_on)
    to_write = [each for each in wanted if _anew(each, on_record.get(each.key))]
    now = subject.office.now
    rows = [message_row(subject, case, each, recipients, kept) for each in to_write]
    await messages.decide(connection, sorted(rows, key=lambda row: str(row["key"])))
    await messages.supersede(connection, subject.office.id, subject.mode, outreach.superseded(spoken, wanted), now)
    return any(each.key not in on_record and each.reason not in outreach.CUT for each in wanted)


def _anew(said: Outreach, before: Spoken | None) -> bool:
    """Whether a decision is to be written: a first one, one that nobody has heard yet (its facts may have moved), or
    one that was withheld for a reason that holds no longer."""
    if before is None or before.state in outreach.UNDECIDED:
        return True
    return before.state is MessageState.WITHHELD and before.reason is not said.reason


Recipients = dict[tuple[str, str], UUID]
"""The ids of a case's recipients, by party and channel."""


async def _recipients(connection: AsyncConnection, subject: Subject, case: Folded) -> Recipients:
    """Where each party is reached now, by party and channel; written only where that has changed."""
    known = {
        (row.party, row.channel): (row.id, row.address)
        for row in await parties.of_case(connection, subject.office.id, subject.mode, subject.id)
    }
    reached = {
        (party.party, each.channel.value): each.address
        for _, party in sorted(case.parties.items())
        for each in reversed(party.channels)
    }
    changed = [
        {
            "organisation_id": subject.office.id, "mode": subject.mode.value, "id": new_id(), "case_id": subject.id,
            "party": party, "channel": channel, "address": address,
            "normal": addresses.normal(Channel(channel), address, subject.office.country),
        }
        for (party, channel), address in reached.items()
        if known.get((party, channel), (None, None))[1] != address
    ]  # fmt: skip
    written = await parties.recipients(connection, changed)
    return {key: id_ for key, (id_, _) in known.items()} | written


def word_to(subject: Subject, case: Folded, recipients: Recipients) -> list[UUID]:
    """The recipients to whom the next word would go: nobody is told of what is only a test."""
    if subject.mode is Mode.TEST:
        return []
    return [recipients[party, channel] for party, channel in outreach.word_to(case, subject.current.definition)]


def message_row(subject: Subject, case: Folded, said: Outreach, recipients: Recipients, kept: Kept) -> dict[str, Any]:
    """The columns of a decision to say something, or not to."""
    channel = said.address.channel.value if said.address else None
    now = subject.office.now
    return {
        "organisation_id": subject.office.id, "mode": subject.mode.value, "id": new_id(), "key": said.key,
        "case_id": subject.id, "entry_id": said.entry, "source_id": subject.source_id,
        "recipient_id": recipients.get((said.party, channel)) if channel else None, "party": said.party,
        "purpose": said.purpose.value, "cause": said.cause, "channel": channel, "language": said.language,
        "facts": _facts(subject, case, said, kept),
        "state": MessageState.WITHHELD if said.reason else MessageState.DUE,
        "reason": said.reason.value if said.reason else None, "decided_at": now, "due_at": said.due_at,
    }  # fmt: skip


def _facts(subject: Subject, case: Folded, said: Outreach, kept: Kept) -> dict[str, Any]:
    """What the message says, frozen: codes and dates; its words come from this version of the definition. While the
    clock is paused a date of ours stands still, and no message repeats it."""
    standing = kept.standing
    if standing is not None and standing.ours and case.clock is Clock.PAUSED:
        standing = None
    party = case.parties.get(said.party)
    return {
        "definition": str(subject.current.id), "stage": case.stage, "unmapped": case.unmapped,
        "waiting_on": case.waiting_on.value, "outcome": case.outcome.value if case.outcome else None,
        "needs": [] if said.sensitive else [_need(need.item) for need in case.wanted],
        "note": said.note, "sensitive": said.sensitive, "zone": said.zone,
        "old_on": _iso(said.old_on), "promise_on": _iso(standing.latest_on if standing else None),
        "half_by_on": _iso(standing.half_by_on if standing else None),
        "promise_basis": standing.basis if standing else None,
        "promise_base": standing.base if standing else None,
        "promise": str(standing.id) if standing else None, "role": party.role.value if party else None,
        "probability": standing.probability if standing else None, "sooner": kept.sooner,
        "delay_reason": case.delay_reason,
    }  # fmt: skip


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


async def refold(connection: AsyncConnection, subject: Subject) -> None:
    """Read the events of a case again and write what has changed."""
    stored, spoken = await load(connection, subject)
    case = folded(subject, [to_placed(row) for row in stored])
    await place(connection, subject, case, stored)
    await settle(connection, subject, case, spoken)


async def settle(
    connection: AsyncConnection, subject: Subject, case: Folded, spoken: tuple[Spoken, ...],
    word_on: date | None = None,
) -> None:  # fmt: skip
    """Write what a case is: its state, its promise, and what people should hear; `word_on`: a word is due by that day.

    When its opening event was corrected away the case never was: its row stays, since an opening event may yet
    come, but it opens for nobody and what was not yet said is withheld.
    """
    kept = await ledger.keep(connection, subject, case)
    if case.opener is None:
        undecided = tuple(each.key for each in spoken if each.state in outreach.UNDECIDED)
        await messages.supersede(connection, subject.office.id, subject.mode, undecided, subject.office.now)
        values: dict[str, Any] = {
            "void": True, "next_word_at": None, "wake_at": case.wake_at, "forget_at": _forget_at(subject, case),
            "version": subject.version + 1,
        }  # fmt: skip
    else:
        recipients = await _recipients(connection, subject, case)
        said = await tell(connection, subject, case, spoken, kept, recipients, word_on)
        fresh = said or word_on is not None or subject.spoken_at is None
        values = case_values(subject, case, subject.office.now if fresh else subject.spoken_at)
        values["word_to"] = word_to(subject, case, recipients)
        values["wake_at"] = timing.wake_at(
            case, subject.current.definition, subject.office.zone, kept.review_at, subject.office.now
        )
    ours = kept.standing if kept.standing and kept.standing.ours else None
    standing = {"promise_id": ours.id if ours else None, "sooner": kept.sooner}
    await cases.save(connection, subject.office.id, subject.mode, subject.id, values | standing)

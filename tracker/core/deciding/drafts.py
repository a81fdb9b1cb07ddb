"""A decision to say something, as the row that carries it: what it says is frozen here, in codes and dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, TypedDict
from uuid import UUID

from tracker.core.answers.facts import says_half
from tracker.core.case.limit import limit_of
from tracker.core.case.projection import plain_need
from tracker.core.case.survivor import Survivor
from tracker.core.case.timeline import Folded
from tracker.core.deciding.case_dates import DatesNow
from tracker.core.deciding.dossier import MessageRecord, RecipientRecord
from tracker.core.outreach.topics import UNDECIDED, Spoken
from tracker.core.outreach.who_hears_what import Outreach
from tracker.core.promises.record import PromiseRecord
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.messages import MessageState
from tracker.core.vocabulary.personal import Lasting, Mark, Personal, Plain, empty, marks
from tracker.core.vocabulary.purposes import PURPOSES
from tracker.core.vocabulary.words import CaseState, Clock


class SaidAlike(TypedDict):
    """What all messages of one decision say alike: where the case stands."""

    definition: Lasting[str]
    stage: Lasting[str | None]
    unmapped: Lasting[bool]
    waiting_on: Lasting[str]
    outcome: Lasting[str | None]
    delay_reason: Plain[str | None]
    arrived_at: Lasting[str | None]
    since_at: Lasting[str | None]
    since_on: Lasting[str | None]
    heard_at: Lasting[str | None]
    heard_on: Lasting[str | None]
    served_on: Lasting[str | None]
    ended_on: Lasting[str | None]
    merged_into: Plain[str | None]
    survivor_end: Lasting[str | None]
    end_in_doubt: Lasting[bool]
    statutory_on: Lasting[str | None]


class FrozenFacts(SaidAlike):
    """What a message says, as it is frozen when it is decided. What is `Kept` stays once the case is erased: codes,
    flags and dates. Whatever is not goes, also what an earlier version wrote; a text or a list stands there empty."""

    needs: Personal[list[dict[str, Any]]]
    note: Personal[str]
    sensitive: Lasting[bool]
    zone: Personal[str | None]
    old_on: Lasting[str | None]
    theirs: Lasting[bool]
    beside_on: Lasting[str | None]
    beside_promise: Lasting[str | None]
    came_true: Lasting[int | None]
    promise_on: Lasting[str | None]
    half_by_on: Lasting[str | None]
    promise_basis: Lasting[str | None]
    promise_base: Plain[str | None]
    promise: Lasting[str | None]
    role: Lasting[str | None]
    probability: Lasting[float | None]
    sooner: Lasting[bool]
    late_on: Lasting[str | None]
    told_stage: Lasting[str | None]
    told_on: Lasting[str | None]
    news: Lasting[str | None]
    survivor_outcome: Lasting[str | None]
    same_as: Lasting[str | None]
    asked_office: Lasting[int]


LASTING_FACTS = tuple(name for name, mark in marks(FrozenFacts).items() if mark is Mark.LASTING)
EMPTY_FACTS = {name: value for name, value in empty(FrozenFacts).items() if value is not None}
"""What stands in an erased message in place of what is always there."""


@dataclass(frozen=True, slots=True)
class Sayer:
    """What a message must know of its case: which it is, who reports on it, by which definition it is worded, in which
    zone its office lives, and what is known of the case that goes on in its place."""

    case: UUID
    source: UUID
    definition: UUID
    service: Definition
    zone: str
    survivor: Survivor | None = None


@dataclass(frozen=True, slots=True)
class DraftPlace:
    """Where the row of a decision stands: its id, when it was first decided, when it is due, and whether that is
    new."""

    id: UUID
    decided_at: datetime
    due_at: datetime
    retimed: bool = True


class Drafting:
    """Makes the rows of a decision about one case. `recipients`: where each party is reached, by party and channel."""

    def __init__(
        self,
        sayer: Sayer,
        case: Folded,
        dates: DatesNow,
        now: datetime,
        *,
        recipients: Mapping[tuple[str, str], RecipientRecord],
    ) -> None:
        self._sayer, self._case, self._dates, self._now, self._recipients = sayer, case, dates, now, recipients

    def draft(self, said: Outreach, place: DraftPlace) -> MessageRecord:
        """The row of a decision to say something, or not to."""
        channel = said.address.channel.value if said.address else None
        recipient = self._recipients.get((said.party, channel)) if channel else None
        return MessageRecord(
            id=place.id,
            key=said.key,
            case_id=self._sayer.case,
            entry_id=said.entry,
            source_id=self._sayer.source,
            recipient_id=recipient.id if recipient else None,
            party=said.party,
            purpose=said.purpose,
            cause=said.cause,
            channel=channel,
            language=said.language,
            facts=dict(self._facts(said)),
            state=MessageState.WITHHELD if said.reason else MessageState.DUE,
            reason=said.reason,
            decided_at=place.decided_at,
            due_at=place.due_at,
            retimed=place.retimed,
        )

    @cached_property
    def _alike(self) -> SaidAlike:
        """Where the case stands: codes and dates; the words come from this version of the definition."""
        sayer, case = self._sayer, self._case
        limit = limit_of(case, sayer.service, sayer.zone)
        ended = case.since.on or (day_of(case.since.at, sayer.zone) if case.since.at else None)
        return {
            "definition": str(sayer.definition),
            "stage": case.stage,
            "unmapped": case.unmapped,
            "waiting_on": case.waiting_on.value,
            "outcome": case.outcome.value if case.outcome else None,
            "delay_reason": case.delay_reason,
            "arrived_at": _iso(case.arrived.at if case.arrived else None),
            "since_at": _iso(case.since.at),
            "since_on": _iso(case.since.on),
            "heard_at": _iso(case.confirmed.at),
            "heard_on": _iso(case.confirmed.on),
            "served_on": _iso(case.served_on),
            "ended_on": _iso(ended if case.state is CaseState.CLOSED else None),
            "merged_into": case.merged_into,
            "survivor_end": str(self._other.end) if self._other.end else None,
            "end_in_doubt": case.end_in_doubt,
            "statutory_on": _iso(limit.on if limit else None),
        }

    @property
    def _other(self) -> Survivor:
        """What is known of the case that goes on in place of this one."""
        return self._sayer.survivor if self._sayer.survivor and self._case.merged_into else Survivor()

    def _facts(self, said: Outreach) -> FrozenFacts:
        """What the message says."""
        case, dates = self._case, self._dates
        standing, beside = self._dates_beside(said)
        party, fallen, other = case.parties.get(said.party), said.fallen, self._other
        return {
            **self._alike,
            "needs": [] if said.sensitive else [plain_need(need) for need in case.wanted],
            "note": said.note,
            "sensitive": said.sensitive,
            "zone": said.zone,
            "old_on": _iso(said.old_on),
            "promise_on": _iso(standing.latest_on if standing else None),
            "theirs": said.theirs and (dates.moved_theirs or not PURPOSES[said.purpose].moves_date),
            "beside_on": _iso(beside.latest_on if beside else None),
            "beside_promise": str(beside.id) if beside else None,
            "came_true": dates.came_true if standing is not None and standing is dates.standing else None,
            "half_by_on": _iso(_half_on(standing, said.zone, self._now)),
            "promise_basis": standing.basis.value if standing else None,
            "promise_base": standing.base if standing else None,
            "promise": str(standing.id) if standing else None,
            "role": party.role.value if party else None,
            "probability": standing.probability if standing else None,
            "sooner": dates.sooner and standing is not None,
            "late_on": _iso(said.late_on),
            "told_stage": fallen.stage if fallen else None,
            "told_on": _iso(day_of(fallen.told_at, said.zone) if fallen and fallen.told_at else None),
            "news": said.news,
            "survivor_outcome": other.outcome.value if other.outcome and not said.sensitive else None,
            "same_as": said.same_as,
            "asked_office": said.asked_office,
        }

    def _dates_beside(self, said: Outreach) -> tuple[PromiseRecord | None, PromiseRecord | None]:
        """The date that the message leads with, and the one beside it. While the clock is paused a date of ours stands
        still, and no message repeats it; nor any while it may have ended. News of the office's date leads with that;
        where it took the place of one of ours, the office moved none."""
        case, dates = self._case, self._dates
        if case.end_in_doubt:
            return None, None
        standing, office, traits = dates.standing, dates.office, PURPOSES[said.purpose]
        if standing is not None and standing.ours and case.clock is Clock.PAUSED:
            standing = office
        beside = office if standing is not None and standing.ours and not traits.warns else None
        if said.theirs and traits.moves_date:
            standing, beside = office, standing if beside is not None else None
        return standing, beside


def on_record(message: MessageRecord) -> Spoken:
    """A decision, as those that follow know of it."""
    said, due_at = message.facts, message.due_at
    shown = (said["stage"], said["sensitive"], said["news"])
    about = (message.key, message.purpose, message.party, message.cause, message.state, message.reason)
    dated = (message.channel, said["outcome"], said["promise"], said["beside_promise"])
    return Spoken(*about, due_at, *shown, due_at, said["same_as"], *dated, promise_on=_day(said["promise_on"]))


def cannot_be(each: Spoken) -> bool:
    """Whether it was not said yet, and cannot be said of a case that never was."""
    return each.state in UNDECIDED and PURPOSES[each.purpose].holds_while is not None


def _half_on(standing: PromiseRecord | None, zone: str, now: datetime) -> date | None:
    """The day by which half are finished, where it is worth saying beside the date."""
    if standing is None or standing.half_by_on is None:
        return None
    made_on, today = day_of(standing.made_at, zone), day_of(now, zone)
    return standing.half_by_on if says_half(made_on, standing.half_by_on, standing.latest_on, today) else None


def _iso(day: date | datetime | None) -> str | None:
    return day.isoformat() if day else None


def _day(iso: str | None) -> date | None:
    return date.fromisoformat(iso) if iso else None


def without_words(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a message about a case that was erased."""
    return {**EMPTY_FACTS, **{name: facts[name] for name in LASTING_FACTS if name in facts}}

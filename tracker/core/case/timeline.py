"""What a case is: a pure function of the set of its events, whatever the order or number of their arrivals.

Events are placed by time, sequence, lifecycle rank and id, then folded from first to last. A correction takes
its event out of the set before the fold, as if it had never come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from tracker.core.case.events import (
    CorrectionReported,
    NeedsReported,
    NoteReported,
    PartyReported,
    ReopenReported,
    StatusReported,
)
from tracker.core.case.needs import Need, reported, something_came
from tracker.core.case.office_dates import believable
from tracker.core.case.ordering import Placed, moment
from tracker.core.services.definitions import Definition, Stage
from tracker.core.vocabulary.moments import Moment
from tracker.core.vocabulary.words import Audience, CaseState, Clock, Outcome, Placement, WaitingOn


class NewsKind(StrEnum):
    """Why an entry is worth telling."""

    OPENED = "opened"
    STAGE = "stage"
    NOTE = "note"
    DATE = "date"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Line:
    """What the fold made of one entry, and where it stands. `stage` is set where it shows as a line of the history,
    or where what is asked turned the clock in that stage."""

    entry: UUID
    placement: Placement
    stage: str | None = None
    shown: bool = False
    position: datetime | None = None
    rank: int = 0


@dataclass(frozen=True, slots=True)
class News:
    """The newest entry worth telling about, where it stands, and whether its detail must be kept out."""

    kind: NewsKind
    entry: UUID
    position: datetime
    note: str = ""
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Occasion:
    """The entry by which something came about, and where it stands."""

    entry: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Folded:
    """What a case is. `stage` is None before the opening event; `unmapped` while its newest status is quarantined.

    `delay_reason`: the office's code for why it takes longer, the newest that was given and that holds still: an event
    that moves an open case to another stage without one takes it back, and so does the end. `served_on`: when the
    formal decision was served that ended it; `merged_into`: the number that goes on in its place. `end_in_doubt`: an
    end was reported that lies before the beginning, and nothing since.

    `waiting_on` and `clock` follow from what was said last: the stage, or what is asked of the person. `arrived`: with
    that report all had come that was asked for and not taken back, and the office has not moved on since. `entered`:
    the report by which the case came to its stage. `confirmed`: when the office last said where it stands, or what is
    needed. `turns`: when its clock began to be paused or to run, and which, oldest first.
    """

    opener: Placed | None = None
    opened: Moment = Moment()
    opened_at: datetime | None = None
    stage: str | None = None
    since: Moment = Moment()
    since_entry: UUID | None = None
    entered: Occasion | None = None
    state: CaseState = CaseState.OPEN
    outcome: Outcome | None = None
    waiting_on: WaitingOn = WaitingOn.US
    clock: Clock = Clock.RUNNING
    unmapped: bool = False
    office_on: date | None = None
    office_entry: UUID | None = None
    office_source: str = ""
    delay_reason: str | None = None
    served_on: date | None = None
    merged_into: str | None = None
    end_in_doubt: bool = False
    needs: Mapping[str, Need] = field(default_factory=dict)
    arrived: Occasion | None = None
    parties: Mapping[str, PartyReported] = field(default_factory=dict)
    sensitive_parties: frozenset[str] = frozenset()
    news: News | None = None
    last_open_stage: str | None = None
    lines: tuple[Line, ...] = ()
    turns: tuple[tuple[datetime, Clock], ...] = ()
    wake_at: datetime | None = None
    last_at: datetime | None = None
    confirmed: Moment = Moment()

    @property
    def wanted(self) -> tuple[Need, ...]:
        """What is still asked of the person, what was asked last at the end."""
        return tuple(need for need in self.needs.values() if need.wanted)

    @property
    def asked(self) -> Occasion | None:
        """When the person was last asked: for something that is still wanted, or by a stage that waits for them."""
        if self.state is CaseState.CLOSED:
            return None
        if self.wanted:
            return Occasion(self.wanted[-1].asked_by, self.wanted[-1].asked_at)
        return self.entered if self.waiting_on is WaitingOn.YOU else None


@dataclass(frozen=True, slots=True)
class Became:
    """What an event became, before it is known where it stands."""

    placement: Placement
    stage: str | None = None
    shown: bool = False


Stepped = tuple[Folded, Became]
"""What the case is after an event, and what the event became."""


def step(case: Folded, each: Placed, definition: Definition, at: datetime) -> Stepped:
    """What the case is after an event that stands there, and what the event became."""
    match each.event.body:
        case StatusReported() as body:
            return _status(case, each, body, definition, at)
        case ReopenReported() as body:
            return _reopen(case, each, body, definition, at)
        case NeedsReported() as body:
            after = _needs(case, body, Occasion(each.entry, at), definition)
            return after, Became(Placement.APPLIED, after.stage if after.clock is not case.clock else None)
        case PartyReported() as body:
            return _party(case, each, body), Became(Placement.APPLIED)
        case NoteReported() as body:
            return _note(case, each, body, at)
        case CorrectionReported():
            raise AssertionError("a correction is no step of the case")


def _status(case: Folded, each: Placed, body: StatusReported, definition: Definition, at: datetime) -> Stepped:
    stage = definition.stage_for(body.status) if body.service == definition.service else None
    if body.service != definition.service:
        return case, Became(Placement.FLAGGED)
    if stage is None:
        open_case = case.stage is not None and case.state is CaseState.OPEN
        return replace(case, unmapped=open_case), Became(Placement.QUARANTINED)
    if case.state is CaseState.CLOSED:
        return case, Became(Placement.FLAGGED)
    if stage.formal and body.served_on is None:
        return case, Became(Placement.UNSERVED)
    if not _may_follow(case, stage, definition):
        doubt = case.end_in_doubt or (case.stage is None and stage.closes)
        return replace(case, end_in_doubt=doubt), Became(Placement.FLAGGED)
    reason = None if stage.closes else body.delay_reason
    expected_on = body.expected_on if body.expected_on and believable(body.expected_on, each.event) else None
    after, became = _enter(case, each, stage, at, expected_on=expected_on, note=body.public_note or "", reason=reason)
    if stage.closes:
        survivor = body.merged_into if stage.outcome is Outcome.MERGED else None
        after = replace(after, served_on=body.served_on if stage.formal else None, merged_into=survivor)
    return after, became


def _may_follow(case: Folded, stage: Stage, definition: Definition) -> bool:
    """A case starts at an opening stage; later any stage may follow that the present one does not exclude."""
    if case.stage is None:
        return stage.opens
    present = definition.stage(case.stage)
    return case.stage == stage.code or present is None or not present.leads_to or stage.code in present.leads_to


def _enter(
    case: Folded,
    each: Placed,
    stage: Stage,
    at: datetime,
    *,
    expected_on: date | None = None,
    note: str = "",
    reason: str | None = None,
) -> Stepped:
    event, opening, moved = each.event, case.stage is None, case.stage != stage.code
    date_moved = expected_on is not None and expected_on != case.office_on
    kind = _kind(stage, opening=opening, moved=moved, date_moved=date_moved, note=bool(note))
    news = News(kind, each.entry, at, note, event.sensitive) if kind else case.news
    after = replace(
        case,
        opener=each if opening else case.opener,
        opened=moment(event) if opening else case.opened,
        opened_at=at if opening else case.opened_at,
        stage=stage.code,
        since=moment(event) if moved else case.since,
        since_entry=each.entry if moved else case.since_entry,
        state=CaseState.CLOSED if stage.closes else CaseState.OPEN,
        outcome=stage.outcome,
        entered=Occasion(each.entry, at) if moved else case.entered,
        waiting_on=stage.waiting_on if moved else case.waiting_on,
        clock=stage.clock if moved else case.clock,
        arrived=None if moved else case.arrived,
        unmapped=False,
        delay_reason=reason or (None if moved or stage.closes else case.delay_reason),
        served_on=None,
        merged_into=None,
        end_in_doubt=case.end_in_doubt and opening,
        news=news,
        last_open_stage=case.last_open_stage if stage.closes else stage.code,
    )
    if expected_on is not None:
        after = replace(after, office_on=expected_on, office_entry=each.entry, office_source=event.source)
    return after, Became(Placement.APPLIED, stage.code, moved or bool(note))


def _kind(stage: Stage, *, opening: bool, moved: bool, date_moved: bool, note: bool) -> NewsKind | None:
    if opening:
        return NewsKind.OPENED
    if stage.closes:
        return NewsKind.CLOSED
    if moved and stage.tell:
        return NewsKind.STAGE
    if date_moved:
        return NewsKind.DATE
    return NewsKind.NOTE if note else None


def _reopen(case: Folded, each: Placed, body: ReopenReported, definition: Definition, at: datetime) -> Stepped:
    stage = definition.stage_for(body.status) if body.status else definition.stage(case.last_open_stage or "")
    if case.state is not CaseState.CLOSED:
        return case, Became(Placement.FLAGGED)
    if body.status and stage is None:
        return replace(case, unmapped=True), Became(Placement.QUARANTINED)
    if stage is None or stage.closes:
        return case, Became(Placement.FLAGGED)
    return _enter(case, each, stage, at)


def _note(case: Folded, each: Placed, body: NoteReported, at: datetime) -> Stepped:
    if body.audience is not Audience.PUBLIC:
        return case, Became(Placement.APPLIED)
    if case.state is CaseState.OPEN and case.stage is not None:
        case = replace(case, news=News(NewsKind.NOTE, each.entry, at, body.text, each.event.sensitive))
    return case, Became(Placement.APPLIED, case.stage, shown=True)


def _needs(case: Folded, body: NeedsReported, report: Occasion, definition: Definition) -> Folded:
    """What is asked for now, and who has the ball by it: whoever is asked, until all of it has come."""
    after = replace(case, needs=reported(case.needs, body, report.entry, report.at))
    stage = definition.stage(case.stage or "")
    if stage is None or case.state is CaseState.CLOSED or after.needs == case.needs:
        return after
    if any(need.asked_by == report.entry for need in after.wanted):
        return replace(after, waiting_on=WaitingOn.YOU, clock=stage.clock, arrived=None)
    if after.wanted or case.waiting_on is not WaitingOn.YOU:
        return after
    waited = stage.waiting_on is WaitingOn.YOU
    return replace(
        after,
        waiting_on=WaitingOn.US if waited else stage.waiting_on,
        clock=Clock.RUNNING if waited else stage.clock,
        arrived=report if something_came(case.needs, after.needs, report.at) else None,
    )


def _party(case: Folded, each: Placed, body: PartyReported) -> Folded:
    parties = dict(case.parties)
    parties.pop(body.party, None)
    sensitive = case.sensitive_parties - {body.party}
    if not body.remove:
        parties[body.party] = body
        if each.event.sensitive:
            sensitive |= {body.party}
    return replace(case, parties=parties, sensitive_parties=sensitive)

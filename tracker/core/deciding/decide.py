"""The one decision: what becomes of the events that arrived and of the cases of which something is due.

Pure: everything that is known comes in a dossier, everything that follows leaves as changes. A decision that is not
written is a what-if.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from tracker.core.case import office_dates, ordering
from tracker.core.case.events import CorrectionReported, StatusEvent, StatusReported, out_of_bounds
from tracker.core.deciding import notices
from tracker.core.deciding.answering import answer_of, note_of
from tracker.core.deciding.changes import Changes
from tracker.core.deciding.context import DecisionContext
from tracker.core.deciding.dossier import Dossiers, Entered, EntryPlace, Number, SeenEvent, ServiceKnown, SourceKnown
from tracker.core.deciding.fresh import Fresh
from tracker.core.deciding.page_notes import of_waiting, with_notes
from tracker.core.deciding.reports import Answer, Intake, RefusedEvent, Report, Reporter, granted, too_many
from tracker.core.deciding.under_number import MOST_PARKED_PER_NUMBER, PARKED_FOR, UnderNumber
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.errors import CaseNotRead, ContentDiffers, TimeOutOfBounds, TrackerError, UnknownService
from tracker.core.vocabulary.oversight import Audited, Notice
from tracker.core.vocabulary.words import Placement

MOST_ENTRIES_PER_CASE = 2_000
"""A case with more events than this is a loop in the back office."""

MINUTE = timedelta(minutes=1)
"""That a source was heard is written so often at most: a row that every event changes would make all of a source's
events wait in line."""


@dataclass(frozen=True, slots=True)
class NotDecided:
    """A case that cannot be decided about, such as one whose definition is gone, and the fault."""

    number: Number
    case_id: UUID | None
    fault: Exception


@dataclass(frozen=True, slots=True)
class Decided:
    """`answers`: one for each event, in their order; `moved`: how many cases are in another stage, or were opened."""

    changes: Changes
    now: datetime
    answers: tuple[Answer | RefusedEvent, ...]
    not_decided: tuple[NotDecided, ...]
    moved: int


def decide(
    dossiers: Dossiers,
    events: Sequence[Report],
    fresh: Fresh,
    now: datetime,
    *,
    by: Reporter | None = None,
    all_cases: bool = False,
) -> Decided:
    """Decide about events, each on what its predecessors left; without events about all cases of the dossiers of which
    something is due, or with `all_cases` about every one of them. `by`: who reports the events."""
    deciding = Deciding(dossiers, fresh, now)
    if by is not None:
        for event in events:
            deciding.take(event, by)
    else:
        deciding.revisit(all_cases=all_cases)
    return deciding.decided()


class Deciding:
    """A decision in the making, event by event, so that its caller may let others go on in between."""

    def __init__(self, dossiers: Dossiers, fresh: Fresh, now: datetime) -> None:
        self._dossiers, self._ground = dossiers, DecisionContext(dossiers.scope.mode, dossiers.zone, fresh, now)
        self._today = day_of(now, dossiers.zone)
        self._numbers: dict[Number, UnderNumber] = {}
        self._seen = dict(dossiers.seen)
        self._sources = dict(dossiers.sources)
        self._heard: dict[UUID, bool] = {}
        self._notices: Counter[Notice] = Counter()
        self._audited: list[Audited] = []
        self._answers: list[Answer | RefusedEvent] = []
        self._not_decided: list[NotDecided] = []

    @property
    def now(self) -> datetime:
        """What the clock shows in this decision, business time."""
        return self._ground.now

    def later(self, now: datetime) -> None:
        """Time has passed: what is decided from here on is decided then."""
        self._ground, self._today = replace(self._ground, now=now), day_of(now, self._ground.zone)
        for number in self._numbers.values():
            number.later(self._ground)

    def take(self, report: Report, by: Reporter) -> Answer | RefusedEvent:
        """Decide about one event."""
        try:
            found: Answer | RefusedEvent = self._take(report, by)
        except TrackerError as error:
            found = RefusedEvent(error)
        self._answers.append(found)
        return found

    def _take(self, report: Report, by: Reporter) -> Answer:
        event = report.event
        register = self._granted(event, by)
        before = self._seen.get((by.source_id, event.id))
        if before is not None:
            return self._seen_before(before, report, by, self._numbers.get((register, event.number)))
        if (remedy := out_of_bounds(event, self.now)) is not None:
            raise TimeOutOfBounds("The event's time is outside of what can be true.", remedy, pointer="/time")
        event = ordering.on_its_day(report.timed(self.now), self._ground.zone)
        report, named = report.with_event(event), self._named(event)
        number = self._number((register, event.number))
        kept, doubted = number.checkpoint(), number.in_doubt()
        source = self._as_heard(by.source_id)
        try:
            answer = self._place(number, report, by, source, named)
        except TrackerError:
            raise
        except Exception as fault:
            number.back_to(kept)
            self._not_decided.append(NotDecided(number.number, None, fault))
            raise CaseNotRead from fault
        self._notices.update(notices.of_doubts(event.number, number.in_doubt() - doubted))
        self._hear(by.source_id, source)
        self._seen[by.source_id, event.id] = SeenEvent(answer.entry, report.fingerprint, answer.reference)
        answer, raised = with_notes(answer, report, number.case_of(answer.entry))
        self._notices.update(raised)
        return answer

    def _granted(self, event: StatusEvent, by: Reporter) -> str:
        """The register of an event that its sender may report into; else it is audited and refused."""
        register, refusal = granted(event, by)
        if refusal is not None:
            detail = {"asked_source": event.source, "asked_register": register}
            self._audited.append(Audited(f"source:{by.source}", "intake.not_granted", detail))
            raise refusal
        return register

    def _seen_before(self, before: SeenEvent, report: Report, by: Reporter, number: UnderNumber | None) -> Answer:
        """The first answer to an event that came before, with the reference of its case if it has one by now. The same
        id for other content is refused, and audited."""
        if compare_digest(before.fingerprint, report.fingerprint):
            by_now = number.reference_of(before.entry) if number is not None else None
            return Answer(Intake.DUPLICATE, before.entry, by_now or before.reference, notes=report.notes)
        detail = {"event": report.event.id, "type": report.event.type}
        self._audited.append(Audited(f"source:{by.source}", "intake.content_differs", detail))
        raise ContentDiffers(
            f"The id was first used for entry {before.entry}, which says something else.",
            "If this is a new report, give it an id of its own. To take the first one back, send case.correction.",
            pointer="/id",
        )

    def _named(self, event: StatusEvent) -> ServiceKnown | None:
        """The service that a status names."""
        if not isinstance(event.body, StatusReported):
            return None
        found = self._dossiers.services.get(event.body.service)
        if found is None:
            known = ", ".join(self._dossiers.services_known[:20]) or "(none yet)"
            raise UnknownService(
                "The organisation has no service of that code.",
                f"Send one of: {known}; or add it with `tracker services apply`.",
                pointer="/data/service",
            )
        return found

    def _number(self, number: Number) -> UnderNumber:
        """What is under a number, by now."""
        if number not in self._numbers:
            dossier = self._dossiers.numbers[number]
            self._numbers[number] = UnderNumber(self._ground, dossier, self._dossiers.services, self._sources)
        return self._numbers[number]

    def _as_heard(self, source_id: UUID) -> SourceKnown:
        """The source, as it is when this report has been heard."""
        source = self._sources[source_id]
        if source.heard_at is not None and self.now - source.heard_at < MINUTE:
            return source
        return replace(source, heard_at=self.now)

    def _hear(self, source_id: UUID, heard: SourceKnown) -> None:
        """Note that the source has reported, and whether it had fallen silent before."""
        before = self._sources[source_id]
        if heard.heard_at != before.heard_at:
            self._heard[source_id] = self._heard.get(source_id, False) or before.is_silent(self.now)
            self._sources[source_id] = heard

    def _place(
        self, number: UnderNumber, report: Report, by: Reporter, source: SourceKnown, named: ServiceKnown | None
    ) -> Answer:
        """Store a new event: in its case, in a new case, or waiting for one."""
        if number.fault is not None:
            raise number.fault
        event = report.event
        case = number.case_for(event, named)
        opens = named is not None and ordering.opens(event, named.definition)
        if case is not None:
            if len(case.entries) >= MOST_ENTRIES_PER_CASE:
                raise too_many()
            entered = self._entered(report, number.number[0], by, Placement.APPLIED)
            number.join(case, entered, source)
            placement = case.line(entered.id).placement
            self._notice(event, placement, named or case.service)
            self._notices.update(notices.unspoken([event], case.service.definition))
            return answer_of(case, entered, self._today)
        if len(number.waiting) >= MOST_PARKED_PER_NUMBER and not opens:
            raise too_many()
        unknown = (
            isinstance(event.body, StatusReported)
            and named is not None
            and not named.definition.stage_for(event.body.status)
        )
        entered = self._entered(report, number.number[0], by, Placement.QUARANTINED if unknown else Placement.PARKED)
        entered = self._parked(entered, may_open=opens or isinstance(event.body, CorrectionReported))
        number.wait(entered)
        opened = None
        if opens:
            opened = number.begin(entered, source)
        elif isinstance(event.body, CorrectionReported):
            opened = number.begin_waiting({by.source_id: source})
        self._notices.update(of_waiting(opened, entered))
        if opened is not None:
            began = (each.event for each in opened.entries.values())
            self._notices.update(notices.unspoken(began, opened.service.definition))
        if opened is not None and entered.id in opened.entries:
            self._notice(event, None, named)
            return answer_of(opened, entered, self._today)
        self._notice(event, None if opens or opened else entered.spot.placement, named)
        return Answer(Intake(entered.spot.placement.value), entered.id, note=note_of(event, None, self._today))

    def _entered(self, report: Report, register: str, by: Reporter, placement: Placement) -> Entered:
        spot = EntryPlace(None, placement, None, False, report.event.time, 0)
        id_ = self._ground.fresh.id()
        return Entered(id_, report.event, register, by.source_id, spot, report.fingerprint, self.now)

    def _parked(self, entered: Entered, *, may_open: bool) -> Entered:
        """An event whose case is not known waits for the event that opens it; what may open one, for as long as it is
        held back: a sweep opens the case then."""
        held = entered.event.hold_until
        until = held if may_open and held is not None and held > self.now else self.now + PARKED_FOR
        return replace(entered, spot=replace(entered.spot, parked_until=until))

    def _notice(self, event: StatusEvent, placement: Placement | None, named: ServiceKnown | None) -> None:
        definition = named.definition if named else None
        self._notices.update(notices.noticed(event, placement, definition))
        if office_dates.is_amiss(event, self._today, self.now):
            self._notices[notices.date_set_aside(event)] += 1

    def revisit(self, *, all_cases: bool = False, only: Collection[Number] | None = None) -> None:
        """Look at all cases of which something is due, and at what waits for a case and may have one now;
        `all_cases`: at every case, whatever is due."""
        for number in self._dossiers.numbers if only is None else only:
            under = self._number(number)
            if under.fault is not None:
                self._not_decided.append(NotDecided(number, None, under.fault))
                continue
            doubted = under.in_doubt()
            for case_id, fault in under.revisit(all_cases=all_cases):
                self._not_decided.append(NotDecided(number, case_id, fault))
            self._notices.update(notices.of_doubts(number[1], under.in_doubt() - doubted))

    def under(self) -> Iterable[UnderNumber]:
        """What is under each number that was decided about, by now."""
        return self._numbers.values()

    def decided(self) -> Decided:
        """What the decision comes to."""
        changes = Changes(
            self._dossiers.scope,
            self.now,
            heard=sorted(self._heard),
            unheld=sorted(source for source, silent in self._heard.items() if silent),
            notices=self._notices,
            audited=self._audited,
        )
        for each in self._not_decided:
            self._notices[notices.not_read(each.fault, str(each.case_id or each.number[1]))] += 1
        for _, number in sorted(self._numbers.items()):
            number.add_to(changes)
        for case in (case for number in self._numbers.values() for case in number.cases):
            self._notices.update(notices.of_messages(case.service.definition.service, case.messages.values()))
        moved = sum(case.has_moved for number in self._numbers.values() for case in number.cases)
        return Decided(changes, self.now, tuple(self._answers), tuple(self._not_decided), moved)

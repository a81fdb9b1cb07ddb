"""What is under one case number while it is decided about: its cases, one for each epoch, and what waits for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from tracker.core.case import ordering
from tracker.core.case.events import StatusEvent, StatusReported, without_words
from tracker.core.case.identity import Epoch, epoch_for
from tracker.core.case.projection import Silence, projected
from tracker.core.deciding.case_in_hand import CaseInHand
from tracker.core.deciding.changes import Changes
from tracker.core.deciding.context import DecisionContext
from tracker.core.deciding.dossier import CaseRecord, Dossier, Entered, ServiceKnown, SourceKnown
from tracker.core.deciding.snapshot import Snapshot
from tracker.core.vocabulary.words import Placement

PARKED_FOR = timedelta(days=30)
"""How long an event waits for the one that opens its case."""

MOST_PARKED_PER_NUMBER = 200
"""So many events wait for one number at most, beside such as may open a case."""

Checkpoint = tuple[list[tuple[CaseInHand, Snapshot]], dict[UUID, Entered]]
"""The cases with what they were, and what was waiting."""


class UnderNumber:
    """The cases and the waiting entries of a number, as they are by now. `fault`: they could not be read."""

    def __init__(
        self,
        ground: DecisionContext,
        dossier: Dossier,
        services: Mapping[str, ServiceKnown],
        sources: Mapping[UUID, SourceKnown],
    ) -> None:
        self.ground, self.number, self.fault = ground, dossier.number, dossier.fault
        self.waiting = {each.id: each for each in dossier.waiting}
        self.cases: list[CaseInHand] = []
        self._services, self._sources = services, sources
        self._lost: dict[UUID, CaseRecord] = {}
        self._stored = {each.id: each for each in dossier.waiting}
        for known in dossier.cases:
            service = services.get(known.record.service)
            if service is None:
                self._lost[known.record.id] = known.record
            else:
                self.cases.append(CaseInHand(ground, service, known, known.record.id))
                self._stored |= {each.id: each for each in known.entries}

    def later(self, ground: DecisionContext) -> None:
        """Time has passed."""
        self.ground = ground
        for case in self.cases:
            case.later(ground)

    def in_doubt(self) -> set[UUID]:
        """The cases of which an end was reported that lies before their beginning."""
        return {case.id for case in self.cases if case.record is not None and case.record.end_in_doubt}

    def checkpoint(self) -> Checkpoint:
        """What it is, to come back to."""
        return [(case, case.checkpoint()) for case in self.cases], dict(self.waiting)

    def back_to(self, kept: Checkpoint) -> None:
        """Be what it was."""
        self.cases, self.waiting = [case for case, _ in kept[0]], kept[1]
        for case, before in kept[0]:
            case.back_to(before)

    def case_for(self, event: StatusEvent, named: ServiceKnown | None) -> CaseInHand | None:
        """The case that an event is about; `named`: the service that it names. Raises LookupError where the definition
        of that case is gone."""
        at, opening = event.time, False
        if named is not None:
            at = ordering.position(event, named.definition, self.ground.zone)
            opening = ordering.opens(event, named.definition)
        records = [*(case.record for case in self.cases if case.record is not None), *self._lost.values()]
        life = epoch_for(
            tuple(Epoch(each.id, each.epoch, each.opened_at, each.last_at) for each in records), at, opens=opening
        )
        if life is not None and life.case in self._lost:
            raise LookupError(f"the definition of {self._lost[life.case].service} is gone")
        return next((case for case in self.cases if life and case.id == life.case), None)

    def case_of(self, entry: UUID) -> CaseInHand | None:
        """The case that has this entry by now, if any has."""
        return next((case for case in self.cases if entry in case.entries), None)

    def reference_of(self, entry: UUID) -> str | None:
        """The reference of the case that has this entry by now, if any has."""
        case = self.case_of(entry)
        return case.record.reference if case is not None and case.record is not None else None

    def join(self, case: CaseInHand, entered: Entered, source: SourceKnown) -> None:
        """Add an event to a case that exists. Of one that was erased what happened is kept, whom it concerned is
        not."""
        if case.erased:
            entered = replace(entered, event=without_words(entered.event))
        case.add([entered])
        case.settle(entered.source_id, source)

    def wait(self, entered: Entered) -> None:
        """Let an event wait for its case."""
        self.waiting[entered.id] = entered

    def begin(self, opener: Entered, source: SourceKnown) -> CaseInHand | None:
        """A case that begins with an entry which waits; the others join it if they belong to the same life. None when a
        correction among them says that the opening event never happened."""
        service = self._service_of(opener)
        if service is None:
            return None
        zone = self.ground.zone
        opened_at = ordering.position(opener.event, service.definition, zone)
        case = CaseInHand(self.ground, service, None, self.ground.fresh.id())
        epoch = len(self.cases) + len(self._lost) + 1
        life = Epoch(case.id, epoch, opened_at, opened_at)
        waiting = self.waiting.values()
        mine = [each for each in waiting if each is opener or epoch_for((life,), each.event.time, opens=False)]
        case.start(mine)
        if case.case.opener is None:
            return None
        case.record = CaseRecord(
            id=case.id,
            register=self.number[0],
            number=self.number[1],
            epoch=epoch,
            service=service.definition.service,
            reference=self.ground.fresh.reference(),
            source_id=opener.source_id,
            live_from=source.live_from,
            word_to=None,
            wake_at=None,
            promise_id=None,
            sooner=False,
            forget_at=None,
            erased_at=None,
            version=0,
            **projected(case.case, service.definition, zone, Silence()),
        )
        case.settle(opener.source_id, source)
        self.cases.append(case)
        for each in mine:
            del self.waiting[each.id]
        return case

    def begin_waiting(self, heard: Mapping[UUID, SourceKnown] | None = None) -> CaseInHand | None:
        """The case of the first opening event that waits for this number without effect and may have it now: it was
        held back, or a correction of it was itself corrected. `heard`: a source as it is now that it reports."""
        for each in sorted(self.waiting.values(), key=lambda entered: entered.event.time):
            service = self._service_of(each)
            if service is None or not ordering.opens(each.event, service.definition):
                continue
            opened = self.begin(each, (heard or self._sources).get(each.source_id) or self._sources[each.source_id])
            if opened is not None:
                return opened
        return None

    def _service_of(self, entered: Entered) -> ServiceKnown | None:
        body = entered.event.body
        return self._services.get(body.service) if isinstance(body, StatusReported) else None

    def revisit(self, *, all_cases: bool) -> Iterator[tuple[UUID | None, Exception]]:
        """Look at the cases of which something is due, or at `all_cases`, and let what waits have its case if it
        may. Yields cases that cannot be read, and why."""
        for id_, record in self._lost.items():
            if all_cases or _is_due(record, self.ground.now):
                yield id_, LookupError(f"the definition of {record.service} is gone")
        for case in self.cases:
            if case.record is not None and (all_cases or _is_due(case.record, self.ground.now)):
                kept = case.checkpoint()
                try:
                    word_due = _passed(case.record.next_word_at, self.ground.now) and not all_cases
                    source = self._sources[case.record.source_id]
                    case.settle(case.record.source_id, source, case.record.next_word_on if word_due else None)
                except Exception as fault:  # whatever it is, the other cases go on
                    case.back_to(kept)
                    yield case.id, fault
        if self._free_waiting():
            kept_all = self.checkpoint()
            try:
                self.begin_waiting()
            except Exception as fault:  # likewise
                self.back_to(kept_all)
                yield None, fault

    def _free_waiting(self) -> bool:
        """Let codes that are known by now wait like any other, and what was held back until now for as long as any
        event; whether a case may open by either."""
        now, released = self.ground.now, False
        for each in list(self.waiting.values()):
            spot, service, body = each.spot, self._service_of(each), each.event.body
            status = body.status if isinstance(body, StatusReported) else ""
            known = service is not None and service.definition.stage_for(status) is not None
            if spot.placement is Placement.QUARANTINED and known:
                spot = replace(spot, placement=Placement.PARKED)
            held_until = each.event.hold_until
            if held_until is not None and spot.parked_until == held_until <= now:
                spot = replace(spot, parked_until=now + PARKED_FOR)
            if spot is not each.spot:
                self.waiting[each.id], released = replace(each, spot=spot), True
        return released

    def add_to(self, changes: Changes) -> None:
        """Add to the changes what is new or changed under this number."""
        for case in self.cases:
            changes.of_case(case)
            spots = case.spots() if case.settled else {}
            entries = (replace(each, spot=spots[each.id]) for each in case.entries.values() if each.id in spots)
            changes.of_entries(entries, self._stored)
        changes.of_entries(self.waiting.values(), self._stored)


def _is_due(record: CaseRecord, now: datetime) -> bool:
    return _passed(record.next_word_at, now) or _passed(record.wake_at, now)


def _passed(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now

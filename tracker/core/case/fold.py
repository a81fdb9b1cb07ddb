"""The fold: a case being made of the set of its events, from first to last.

It costs what comes: an event that stands after all others is one more step. One that changes what was before it, such
as a late one or a correction, makes the case anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tracker.core.case.events import CorrectionReported, NeedsReported, ReopenReported, StatusReported
from tracker.core.case.ordering import Key, Placed, corrected, free_at, key, moment
from tracker.core.case.timeline import Became, Folded, Line, step
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary.moments import Moment
from tracker.core.vocabulary.words import Clock, Placement

CONFIRMING = (StatusReported, NeedsReported, ReopenReported)
"""Reports that say where the case stands, or what is needed."""


def fold(placed: Iterable[Placed], definition: Definition, zone: str, now: datetime) -> Folded:
    """What the case is at `now` (business time), from the set of its events."""
    made = Fold(definition, zone, now)
    made.extend(placed)
    return made.case


class Fold:
    """A case being made of its events, one after the other."""

    def __init__(self, definition: Definition, zone: str, now: datetime) -> None:
        self._definition, self._zone, self._now = definition, zone, now
        self._keyed: list[tuple[Key, Placed]] = []
        self._bare, self._lines, self._turns = Folded(), list[Line](), list[tuple[datetime, Clock]]()
        self._last_at: datetime | None = None
        self._confirmed = Moment()
        self._targets: set[tuple[str, str]] = set()
        self._case: Folded | None = None

    @property
    def case(self) -> Folded:
        """What the case is by the events so far."""
        if self._case is None:
            self._case = replace(
                self._bare,
                lines=tuple(self._lines),
                turns=tuple(self._turns),
                last_at=self._last_at,
                confirmed=self._confirmed,
            )
        return self._case

    def extend(self, placed: Iterable[Placed]) -> None:
        """Add many events at once, in any order."""
        self._keyed += [(self._key(each), each) for each in placed]
        self._anew()

    def add(self, each: Placed) -> None:
        """Add one event."""
        keyed = self._key(each), each
        last = not self._keyed or self._keyed[-1][0] <= keyed[0]
        self._keyed.append(keyed)
        event = each.event
        if last and not isinstance(event.body, CorrectionReported) and (event.source, event.id) not in self._targets:
            self._step(*keyed, void=frozenset(), effective=frozenset())
        else:
            self._anew()

    def _key(self, each: Placed) -> Key:
        return key(each.event, self._definition, self._zone)

    def _anew(self) -> None:
        self._keyed.sort(key=lambda pair: pair[0])
        void, effective = corrected([each for _, each in self._keyed], self._now)
        self._targets = {
            (each.event.source, each.event.body.event)
            for _, each in self._keyed
            if isinstance(each.event.body, CorrectionReported)
        }
        self._bare, self._lines, self._turns, self._last_at, self._confirmed = Folded(), [], [], None, Moment()
        for at, each in self._keyed:
            self._step(at, each, void, effective)
        self._case = None

    def _step(self, at: Key, each: Placed, void: Collection[UUID], effective: Collection[UUID]) -> None:
        """Make of the case what it is after this event, and of the event a line."""
        case, event, (position, _, rank, *_) = self._bare, each.event, at
        if each.entry in void:
            line = Became(Placement.CORRECTED)
        elif (free := free_at(event, self._definition, self._zone)) is not None and free > self._now:
            case, line = replace(case, wake_at=min(free, case.wake_at or free)), Became(Placement.HELD)
        elif isinstance(event.body, CorrectionReported):
            line = Became(Placement.APPLIED if each.entry in effective else Placement.FLAGGED)
        else:
            case, line = step(case, each, self._definition, position)
        if self._last_at is None or event.time > self._last_at:
            self._last_at = event.time
        if line.placement is Placement.APPLIED and isinstance(event.body, CONFIRMING):
            self._confirmed = moment(event)
        if case.clock is not self._bare.clock:
            self._turns.append((position, case.clock))
        self._bare = case
        self._lines.append(Line(each.entry, line.placement, line.stage, line.shown, position, rank))
        self._case = None

"""What is known of the cases on the way, and what was learned from it: nothing in here knows of tomorrow."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from heapq import heappop, heappush

from tracker.backtest.cohorts import Cohorts
from tracker.backtest.feeds import monday
from tracker.backtest.log import Case, Line
from tracker.core import levels
from tracker.core.exposure import week
from tracker.core.history import History
from tracker.core.learning import Learned, learn
from tracker.core.promises import FEWEST
from tracker.core.survival import AGES, Table


@dataclass(slots=True)
class _Known:
    """What is known of a case. `visits`: the stages it came to, with the day on which the age is 0, the first day that
    it was seen at it, and whether it is the first stage; `waited`: days on which its clock was paused."""

    line: Line
    visits: list[tuple[str, int, int, bool]] = field(default_factory=list)
    end: int | None = None
    promised: bool = False
    paused_on: int | None = None
    waited: int = 0
    resumed_on: int = 0


class Pupil:
    """Takes what is reported, and learns from it every Monday."""

    def __init__(self, probability: float, paused: frozenset[str] | None) -> None:
        self._probability, self._paused = probability, paused or frozenset()
        self._known: dict[int, _Known] = {}
        self._cohorts: dict[str, Cohorts] = defaultdict(Cohorts)
        self._history = History()
        self._learned: Learned | None = None
        self._shifts: dict[str, float] = {}
        self._promises: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._counted = 0

    def take(self, index: int, case: Case, day: int, lines: list[Line]) -> Line | None:
        """Learn what happened to a case on a day; the later step that it came to, if it came to one and stayed."""
        known = self._known.get(index)
        if known is None:
            known = self._known[index] = _Known(lines[0])
        cohorts, ended = self._cohorts[case.service], case.end == day
        self._run(cohorts, known, day, ended=ended, step=lines[-1].step if lines else "")
        if lines and lines[0] is case.lines[0]:
            self._visit(cohorts, known, (lines[0].step, day, day, True))
        moved = self._came_to(known, case, lines[-1]) if lines and not ended else None
        if moved is not None:
            if moved.step in self._paused:
                self._pause(cohorts, known, day)
            else:
                self._visit(cohorts, known, (moved.step, day, day, False))
        if ended:
            known.end = day
            for step, start, entry, first in known.visits:
                cohorts.end((step, start, entry), day, opening=first, finished=True)
            known.visits = []
        return moved

    def _came_to(self, known: _Known, case: Case, line: Line) -> Line | None:
        """The step, if it is another than the case stood at, and none that is older than what is known."""
        if line is case.lines[0] or line.step == known.line.step or line.day < known.line.day:
            return None
        known.line = line
        return line

    def _visit(self, cohorts: Cohorts, known: _Known, visit: tuple[str, int, int, bool]) -> None:
        if known.end is None:
            known.visits.append(visit)
            cohorts.open(visit[:3], opening=visit[3])

    def _pause(self, cohorts: Cohorts, known: _Known, day: int) -> None:
        known.paused_on = day
        for step, start, entry, first in known.visits:
            cohorts.end((step, start, entry), max(entry, day) - 1, opening=first, finished=False)

    def _run(self, cohorts: Cohorts, known: _Known, day: int, *, ended: bool, step: str) -> None:
        """A paused clock runs again with the next step: the days that were waited are no age."""
        if known.paused_on is None or (not ended and (step in self._paused or not step)):
            return
        waited, known.paused_on = day - known.paused_on, None
        known.waited, known.resumed_on = waited, day
        known.visits = [(each, start + waited, day, first) for each, start, _, first in known.visits]
        for each, start, entry, first in known.visits:
            cohorts.open((each, start, entry), opening=first)

    def refit(self, today: int, known: int) -> None:
        """Learn from the weeks that are over and known by now, and correct the levels."""
        for service, waiting in self._promises.items():
            passed = kept = 0
            while waiting and waiting[0][0] <= known:
                on, index = heappop(waiting)
                end = self._known[index].end
                passed, kept = passed + 1, kept + (end is not None and end <= on)
            before = self._shifts.get(service, 0.0)
            self._shifts[service] = levels.corrected(before, kept, passed, self._probability)
        first = self._counted or min((known.line.day for known in self._known.values()), default=today)
        for start in range(monday(first), monday(known + 1), 7):
            self._count(start)
        self._learned = learn(self._history)

    def _count(self, start: int) -> None:
        learned = self._learned
        found = {}
        guarded = self._history.guarded()
        for service, cohorts in self._cohorts.items():
            tables = (lambda stage, of=service: learned.table(of, stage)) if learned is not None else None
            found[service] = week(cohorts.visits(), start, start + 6, tables, spare=service not in guarded)
            cohorts.forget(start + 7)
        self._history.add((start - 1) // 7, found)
        self._counted = start + 7

    def busy(self, today: int) -> bool:
        """Whether a refit may still change anything."""
        return self._history.any() or any(each.active(today, AGES.longest) for each in self._cohorts.values())

    def dates(self, service: str, step: str) -> Table | None:
        """The table that dates are read from; None while history is too thin."""
        return self._learned.table(service, step) if self._taught() and self._learned else None

    def risks(self, service: str, step: str) -> Table | None:
        """The table that standing dates are weighed by; None while history is too thin."""
        return self._learned.risk_table(service, step) if self._taught() and self._learned else None

    def _taught(self) -> bool:
        return self._learned is not None and self._learned.everyone >= FEWEST

    def level(self, service: str) -> float:
        """The level at which the service's dates are read."""
        return self._probability + self._shifts.get(service, 0.0)

    def promise(self, index: int, service: str, on: int | None) -> None:
        """Remember the first date of a case, to learn from it when it comes."""
        known = self._known.get(index)
        if known is not None:
            known.promised = True
        if on is not None:
            heappush(self._promises[service], (on, index))

    def promised(self, index: int) -> bool:
        """Whether the case was given, or refused, its first date."""
        return self._known[index].promised

    def ended(self, index: int) -> bool:
        """Whether the case is known to have ended."""
        known = self._known.get(index)
        return known is not None and known.end is not None

    def line(self, index: int) -> Line:
        """The step at which the case is known to be."""
        return self._known[index].line

    def origin(self, index: int, day: int) -> int:
        """The day on which the age at the case's step is 0: that of the step, and the days waited since."""
        known = self._known.get(index)
        return day if known is None or known.resumed_on <= day else day + known.waited

    def is_paused(self, step: str) -> bool:
        """Whether the applicant has the ball in a step."""
        return step in self._paused

    def pausing(self, index: int) -> bool:
        """Whether the case's clock is paused."""
        return self._known[index].paused_on is not None

    def waited(self, index: int, day: int) -> int:
        """The days that were waited, if the clock ran again on this day and the case goes on."""
        known = self._known[index]
        return known.waited if known.resumed_on == day and known.end is None else 0

"""What is known of the cases on the way, and what was learned from it: nothing in here knows of tomorrow."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from heapq import heappop, heappush

from tracker.backtest.cohorts import Cohorts, Trail
from tracker.backtest.feeds import monday
from tracker.backtest.log import LoggedCase, LogLine
from tracker.core.promises import levels
from tracker.core.promises.exposure import week
from tracker.core.promises.history import History
from tracker.core.promises.learning import Learned, learn
from tracker.core.promises.life import LearnedTables
from tracker.core.promises.method import USUAL, Method
from tracker.core.promises.survival import AGES, SurvivalTable
from tracker.core.promises.weighing import FEWEST


@dataclass(slots=True)
class _FollowedCase:
    """What is known of a case: the step where it stands, the last day that anything was heard of, the day on which it
    ended; `waited`: days on which its clock was paused, until `resumed_on`."""

    line: LogLine
    heard_on: int
    end: int | None = None
    promised: bool = False
    paused_on: int | None = None
    waited: int = 0
    resumed_on: int = 0


@dataclass(frozen=True, slots=True)
class _Lessons:
    """What was learned of one service; tables are made when they are asked for."""

    learned: Learned
    service: str

    def table(self, stage: str) -> SurvivalTable:
        return self.learned.table(self.service, stage)

    def received_table(self, stage: str) -> SurvivalTable:
        return self.learned.received_table(self.service, stage)

    def risk_table(self, stage: str) -> SurvivalTable:
        return self.learned.risk_table(self.service, stage)


class Pupil:
    """Takes what is reported, and learns from it every Monday."""

    def __init__(self, probability: float, paused: frozenset[str] | None, method: Method = USUAL) -> None:
        self._probability, self._paused, self._method = probability, paused or frozenset(), method
        self.pauses: dict[int, list[tuple[int, int]]] = {}
        self._known: dict[int, _FollowedCase] = {}
        self._cohorts: dict[str, Cohorts] = defaultdict(Cohorts)
        self._history = History(method)
        self._learned: Learned | None = None
        self._shifts: dict[str, float] = {}
        self._promises: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._trails: dict[int, Trail] = {}
        self._untold: list[tuple[int, int, LoggedCase]] = []
        self._counted = self._began = 0

    def take(self, index: int, case: LoggedCase, day: int) -> LogLine | None:
        """Hear what happened to a case on a day; the later step that it came to, if it came to one and stayed."""
        known, moved, lines, ended = self._known.get(index), None, case.on(day), case.end == day
        self._began = min(self._began or day, day)
        self._untold.append((day, index, case))
        if known is None:
            known = self._known[index] = _FollowedCase(lines[0] if lines else LogLine(day, "", ""), day)
            if lines and lines[0] is not case.lines[0] and not ended:
                moved = lines[0]  # the rows of its reception went astray
        elif day < known.heard_on:
            return None  # rows that went astray: newer ones are known
        known.heard_on = day
        self._run(index, known, day, ended=ended, step=lines[-1].step if lines else "")
        if lines and not ended and lines[-1] is not case.lines[0] and lines[-1].step != known.line.step:
            moved = known.line = lines[-1]
        if moved is not None and moved.step in self._paused and known.paused_on is None:
            known.paused_on = day
        if ended:
            known.end = day
        return moved

    def _run(self, index: int, known: _FollowedCase, day: int, *, ended: bool, step: str) -> None:
        """A paused clock runs again with the next step."""
        if known.paused_on is not None and (ended or (step and step not in self._paused)):
            self.pauses.setdefault(index, []).append((known.paused_on, day))
            known.waited, known.resumed_on, known.paused_on = day - known.paused_on, day, None

    def _add_day(self, known: int) -> None:
        """Bring what happened until a day to the cohorts, in order of time: rows that went astray come late."""
        told = sorted((each for each in self._untold if each[0] <= known), key=lambda each: each[0])
        self._untold = [each for each in self._untold if each[0] > known]
        for day, index, case in told:
            trail = self._trails.get(index)
            if trail is None:
                trail = self._trails[index] = Trail(self._cohorts[case.service], self._paused)
            trail.add_day(case, day)
            if case.end == day:
                del self._trails[index]

    def refit(self, today: int, known: int) -> None:
        """Learn from the weeks that are over and known by now, and correct the levels."""
        for service, waiting in self._promises.items():
            passed = kept = 0
            while waiting and waiting[0][0] <= known:
                on, index = heappop(waiting)
                end = self._known[index].end
                if not self._was_paused(index):  # else its date has moved, as was said when it was given
                    passed, kept = passed + 1, kept + (end is not None and end <= on)
            before = self._shifts.get(service, 0.0)
            self._shifts[service] = levels.corrected(before, kept, passed, self._probability, self._method)
        self._add_day(known)
        first, over = monday(self._counted or self._began or today), monday(known + 1)
        if first < over and not self.busy(first):
            first = self._counted = over  # nothing happened: whole ages may pass between two rows
        for start in range(first, over, 7):
            self._count(start)
        self._learned = learn(self._history)

    def _was_paused(self, index: int) -> bool:
        return index in self.pauses or self._known[index].paused_on is not None

    def _count(self, start: int) -> None:
        learned = self._learned
        found = {}
        guarded = self._history.guarded()
        for service, cohorts in self._cohorts.items():
            tables = (lambda stage, of=service: learned.received_table(of, stage)) if learned is not None else None
            found[service] = week(
                cohorts.visits(), start, start + 6, tables, spare=service not in guarded, method=self._method
            )
            cohorts.forget(start + 7)
        self._history.add((start - 1) // 7, found)
        self._counted = start + 7

    def busy(self, today: int) -> bool:
        """Whether a refit may still change anything."""
        if self._untold or self._history.any():
            return True
        return any(each.active(today, AGES.longest) for each in self._cohorts.values())

    def taught(self, service: str) -> LearnedTables | None:
        """What was learned of a service; None while history is too thin to read dates from it."""
        learned = self._learned
        return _Lessons(learned, service) if learned is not None and learned.everyone >= FEWEST else None

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

    def line(self, index: int) -> LogLine:
        """The step at which the case is known to be."""
        return self._known[index].line

    def is_paused(self, step: str) -> bool:
        """Whether the applicant has the ball in a step."""
        return step in self._paused

    def pausing(self, index: int) -> bool:
        """Whether the case's clock is paused."""
        return self._known[index].paused_on is not None

    def pauses_until(self, last: int) -> dict[int, list[tuple[int, int]]]:
        """For each case the days on which its clock began to be paused and ran again; `last` where it did not."""
        found = {index: list(pauses) for index, pauses in self.pauses.items()}
        for index, known in self._known.items():
            if known.paused_on is not None:
                found.setdefault(index, []).append((known.paused_on, max(known.paused_on, last)))
        return found

    def waited(self, index: int, day: int) -> int:
        """The days that were waited, if the clock ran again on this day and the case goes on."""
        known = self._known[index]
        return known.waited if known.resumed_on == day and known.end is None else 0

"""What offices do today: say what the completed cases took. The same log, walked by that rule.

Once a week, on Monday, each rule looks at the cases that had ended by then, at those of the service, or where it has
fewer than FEWEST at those of all services; every case that is received in the week is told that many days.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil

from tracker.backtest.feeds import monday
from tracker.backtest.log import Log
from tracker.backtest.walked import Promised, day_of
from tracker.core.promises.weighing import FEWEST
from tracker.core.vocabulary.calendars import WEEKDAYS

YEAR_DAYS = 365


class Rule(StrEnum):
    """What is said of the durations of completed cases."""

    MEAN = "mean"
    MEDIAN = "median"
    NINETIETH = "90th percentile"


@dataclass(frozen=True, slots=True)
class Practice:
    """A rule, and how far it looks back: `days` None is for ever."""

    rule: Rule
    days: int | None = None

    def __str__(self) -> str:
        return f"{self.rule} of " + ("the completed" if self.days is None else "last year's completed")


PRACTICES = tuple(Practice(rule, days) for days in (None, YEAR_DAYS) for rule in Rule)


@dataclass(slots=True)
class _Completed:
    """Durations in order of size, and their sum."""

    durations: list[int] = field(default_factory=list)
    total: int = 0

    def add(self, days: int) -> None:
        insort(self.durations, days)
        self.total += days

    def drop(self, days: int) -> None:
        del self.durations[bisect_left(self.durations, days)]
        self.total -= days

    def said(self, rule: Rule) -> int:
        """The days that the rule says, of one case at least."""
        if rule is Rule.MEAN:
            return ceil(self.total / len(self.durations))
        return _quantile(self.durations, 0.5 if rule is Rule.MEDIAN else 0.9)


def _quantile(ordered: Sequence[int], share: float) -> int:
    return ordered[max(0, ceil(share * len(ordered) - 1e-9) - 1)]


class _Office:
    """What is completed by a day, of each service and in all; looking back for some days or for ever."""

    def __init__(self, days: int | None) -> None:
        self._days = days
        self._services: dict[str, _Completed] = defaultdict(_Completed)
        self._everyone = _Completed()
        self._ended: deque[tuple[int, str, int]] = deque()

    def end(self, day: int, service: str, took: int) -> None:
        """A case was completed."""
        for each in (self._services[service], self._everyone):
            each.add(took)
        if self._days is not None:
            self._ended.append((day, service, took))

    def forget(self, today: int) -> None:
        """Drop what was completed too long ago."""
        while self._days is not None and self._ended and self._ended[0][0] < today - self._days:
            _, service, took = self._ended.popleft()
            for each in (self._services[service], self._everyone):
                each.drop(took)

    def saying(self) -> Callable[[str, Rule], int | None]:
        """What is said from now on, of each service and by each rule; None while too little is completed."""
        known: dict[tuple[str, Rule], int | None] = {}

        def said(service: str, rule: Rule) -> int | None:
            if (service, rule) not in known:
                own = self._services[service]
                of = own if len(own.durations) >= FEWEST else self._everyone
                known[service, rule] = of.said(rule) if len(of.durations) >= FEWEST else None
            return known[service, rule]

        return said


def practised(log: Log, practices: Sequence[Practice] = PRACTICES) -> dict[Practice, list[Promised]]:
    """What each practice would have told every case on the day on which it was received."""
    offices = {days: _Office(days) for days in dict.fromkeys(each.days for each in practices)}
    ended = sorted((case.end, index) for index, case in enumerate(log.cases) if case.end is not None)
    found: dict[Practice, list[Promised]] = {each: [] for each in practices}
    saying: dict[int | None, Callable[[str, Rule], int | None]] = {}
    week, at = None, 0
    for index, case in enumerate(log.cases):
        today = case.received
        if monday(today) != week:
            week = monday(today)
            while at < len(ended) and ended[at][0] < week:
                end, other = ended[at]
                for office in offices.values():
                    office.end(end, log.cases[other].service, end - log.cases[other].received)
                at += 1
            for days, office in offices.items():
                office.forget(week)
                saying[days] = office.saying()
        for practice in practices:
            days_said = saying[practice.days](case.service, practice.rule)
            on = None if days_said is None else _working_day(today, days_said)
            line = case.lines[0]
            found[practice].append(Promised(index, line.step, line.at, today, on, first=True))
    return found


def _working_day(today: int, days: int) -> int:
    return WEEKDAYS.since(day_of(today + max(1, days))).toordinal()

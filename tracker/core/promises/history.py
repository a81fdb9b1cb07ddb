"""The weeks that an organisation learns from: a window that slides by adding the newest and taking the oldest away."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp

from tracker.core.promises.exposure import PARTS, Week
from tracker.core.promises.method import USUAL, Method
from tracker.core.promises.survival import Counts

WINDOW_WEEKS = USUAL.window_weeks
"""Weeks that are learned from."""

Key = tuple[str, str]
"""A service and a stage."""


@dataclass(slots=True)
class Sum:
    """Counts by service and stage, with the same parts as a week."""

    stages: dict[Key, Counts] = field(default_factory=dict)
    bulk: dict[Key, Counts] = field(default_factory=dict)
    brief: dict[Key, Counts] = field(default_factory=dict)
    brief_bulk: dict[Key, Counts] = field(default_factory=dict)

    def add(self, service: str, week: Week, times: int = 1) -> None:
        """Count a service's week, or with -1 take it away."""
        for part in PARTS:
            into: dict[Key, Counts] = getattr(self, part)
            for stage, counts in getattr(week, part).items():
                into.setdefault((service, stage), Counts.none()).add(counts, times)

    def counted(self, *, without_clearing: bool, settled: bool) -> dict[Key, Counts]:
        """What there is to learn from."""
        left = dict(self.stages)
        for unwanted, part in ((settled, self.brief), (without_clearing, self.bulk)):
            if unwanted:
                left.update({key: left[key].without(counts) for key, counts in part.items()})
        if settled and without_clearing:  # brief ones that were cleared out were taken away twice
            for key, counts in self.brief_bulk.items():
                left[key].add(counts)
        return {key: counts for key, counts in left.items() if not counts.empty()}


class History:
    """The weeks of an organisation's services, oldest first, as a window that slides; one number names a week."""

    def __init__(self, method: Method = USUAL) -> None:
        self.method = method
        self._weeks: dict[int, dict[str, Week]] = {}
        self._long, self._recent = Sum(), Sum()
        self._newest = 0

    def add(self, number: int, weeks: Mapping[str, Week]) -> None:
        """Count the weeks of the services under a number; one that is there already is replaced, and one that has left
        the window is not counted."""
        if self._weeks and number <= self._newest - self.method.window_weeks:
            return
        before = self._weeks.get(number, {})
        kept = {service: week for service, week in before.items() if service not in weeks}
        self._put(number, {service: before[service] for service in before if service in weeks}, -1)
        self._weeks[number] = {**kept, **weeks}
        self._put(number, weeks, 1)
        if number > self._newest:
            self._slide(number)

    def _put(self, number: int, weeks: Mapping[str, Week], times: int) -> None:
        for service, week in weeks.items():
            self._long.add(service, week, times)
            if number > self._newest - self.method.recent_weeks:
                self._recent.add(service, week, times)

    def _slide(self, newest: int) -> None:
        recent = self.method.recent_weeks
        for number in range((self._newest or newest - 1) - recent + 1, newest - recent + 1):
            for service, week in self._weeks.get(number, {}).items():
                self._recent.add(service, week, -1)
        self._newest = newest
        for number in [each for each in self._weeks if each <= newest - self.method.window_weeks]:
            for service, week in self._weeks.pop(number).items():
                self._long.add(service, week, -1)

    def finished(self) -> dict[str, int]:
        """Cases that each service finished inside the window."""
        found: dict[str, int] = defaultdict(int)
        for weeks in self._weeks.values():
            for service, week in weeks.items():
                found[service] += week.finished
        return dict(found)

    def guarded(self) -> frozenset[str]:
        """The services in which clearing-out is so rare that it is left out of what is learned."""
        method = self.method
        finished: dict[str, float] = defaultdict(float)
        cleared: dict[str, float] = defaultdict(float)
        for number, weeks in self._weeks.items():
            weight = exp((number - self._newest) / method.bulk_memory_weeks)
            for service, week in weeks.items():
                finished[service] += weight * week.finished
                cleared[service] += weight * week.cleared
        return frozenset(
            service
            for service, all_ in finished.items()
            if method.guard and all_ >= method.bulk_enough and cleared[service] <= method.bulk_share * all_
        )

    def counted(self, *, without_clearing: bool, settled: bool = False) -> tuple[dict[Key, Counts], dict[Key, Counts]]:
        """What there is to learn from, of the whole window and of the recent weeks: of all who came to a stage, or of
        those who were there still when that day was over. In the recent weeks nothing is left out: whether an office
        has cleared out once or has become slower is seen as the weeks come, and until then it counts."""
        return (
            self._long.counted(without_clearing=without_clearing, settled=settled),
            self._recent.counted(without_clearing=False, settled=settled),
        )

    def cleared(self) -> bool:
        """Whether there was any clearing-out to leave out."""
        return any(not counts.empty() for counts in self._long.bulk.values())

    def brief(self) -> bool:
        """Whether there were any brief visits."""
        return any(not counts.empty() for counts in self._long.brief.values())

    def any(self) -> bool:
        """Whether there is a week to learn from in which anything was seen."""
        return any(
            not counts.empty()
            for weeks in reversed(self._weeks.values())
            for week in weeks.values()
            for counts in week.stages.values()
        )

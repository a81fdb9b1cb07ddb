"""The visits of a service as they are known on the way through a log, gathered by day so that equal ones are one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tracker.core.exposure import Visit

Open = tuple[str, int, int]
"""A stage, the day on which the age is 0, and the first day seen."""


class Cohorts:
    """Open visits and those that ended lately."""

    def __init__(self) -> None:
        self._open: dict[Open, list[int]] = defaultdict(lambda: [0, 0])
        self._ended: dict[tuple[Open, int, bool], list[int]] = defaultdict(lambda: [0, 0])

    def open(self, visit: Open, *, opening: bool) -> None:
        """A case came to a stage."""
        counts = self._open[visit]
        counts[0] += 1
        counts[1] += opening

    def end(self, visit: Open, day: int, *, opening: bool, finished: bool) -> None:
        """A visit that was open ended."""
        counts = self._open[visit]
        counts[0] -= 1
        counts[1] -= opening
        if not counts[0]:
            del self._open[visit]
        counts = self._ended[visit, day, finished]
        counts[0] += 1
        counts[1] += opening

    def visits(self) -> Iterator[Visit]:
        """All that are open, and those that ended since the last time `forget` was called."""
        for (stage, start, entry), (cases, openings) in self._open.items():
            yield Visit(stage, start, None, False, cases, openings, entry)
        for ((stage, start, entry), day, finished), (cases, openings) in self._ended.items():
            yield Visit(stage, start, day, finished, cases, openings, entry)

    def forget(self, before: int) -> None:
        """Drop what ended before a day."""
        for key in [key for key in self._ended if key[1] < before]:
            del self._ended[key]

    def active(self, today: int, longest: int) -> bool:
        """Whether anything in it may still teach something."""
        return bool(self._ended) or any(today - start < longest for _, start, _ in self._open)

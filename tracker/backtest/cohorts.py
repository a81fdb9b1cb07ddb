"""The visits of a service as they are known on the way through a log, gathered by day so that equal ones are one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from tracker.backtest.log import LoggedCase
from tracker.core.promises.exposure import Visit

Open = tuple[str, int, int, bool]
"""A stage, the day on which the age is 0, the first day seen, and whether the visit was brief."""


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
        for (stage, start, entry, brief), (cases, openings) in self._open.items():
            yield Visit(stage, start, None, False, cases, openings, entry, brief)
        for ((stage, start, entry, brief), day, finished), (cases, openings) in self._ended.items():
            yield Visit(stage, start, day, finished, cases, openings, entry, brief)

    def forget(self, before: int) -> None:
        """Drop what ended before a day."""
        for key in [key for key in self._ended if key[1] < before]:
            del self._ended[key]

    def active(self, today: int, longest: int) -> bool:
        """Whether anything in it may still teach something."""
        return bool(self._ended) or any(today - start < longest for _, start, _, _ in self._open)


class Trail:
    """The way of one case through the cohorts of its service, told day by day in order of time. While the applicant has
    the ball (a step of `paused`) it is in none, and the days that were waited are no age."""

    def __init__(self, cohorts: Cohorts, paused: frozenset[str]) -> None:
        self._cohorts, self._paused = cohorts, paused
        self._visits: list[tuple[Open, bool]] = []
        self._step = ""
        self._paused_on: int | None = None

    def add_day(self, case: LoggedCase, day: int) -> None:
        """What happened to the case on a day: its last step counts, and its end."""
        lines, ended = case.on(day), case.end == day
        last = lines[-1].step if lines else ""
        if self._paused_on is not None and (ended or (last and last not in self._paused)):
            self._run(self._paused_on, day)
        if lines and lines[0] is case.lines[0]:
            self._step = lines[0].step
            self._open((self._step, day, day, not ended and last != self._step), opening=True)
        if lines and not ended and lines[-1] is not case.lines[0] and last != self._step:
            self._step = last
            if last not in self._paused:
                self._open((last, day, day, False), opening=False)
            elif self._paused_on is None:
                self._pause(day)
        if ended:
            for visit, opening in self._visits:
                self._cohorts.end(visit, day, opening=opening, finished=True)

    def _open(self, visit: Open, *, opening: bool) -> None:
        self._visits.append((visit, opening))
        self._cohorts.open(visit, opening=opening)

    def _pause(self, day: int) -> None:
        self._paused_on = day
        for visit, opening in self._visits:
            self._cohorts.end(visit, max(visit[2], day) - 1, opening=opening, finished=False)

    def _run(self, paused_on: int, day: int) -> None:
        gone, self._visits, self._paused_on = self._visits, [], None
        for (stage, start, _, brief), opening in gone:
            self._open((stage, start + day - paused_on, day, brief), opening=opening)

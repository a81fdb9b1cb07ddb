"""What became of the cases of a log, as one knows afterwards: when they ended, and whether a date was kept."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.backtest.log import Log
from tracker.backtest.walked import day_of
from tracker.core.promises.first_dates import Fate, fate
from tracker.core.vocabulary.calendars import WEEKDAYS, WorkingDays

Pauses = Mapping[int, list[tuple[int, int]]]
"""For each case the days on which its clock began to be paused, and ran again."""


class Truth:
    """The log, seen from its end. With pauses, days on which a clock was paused after a promise was made do not count
    against it."""

    def __init__(self, log: Log, pauses: Pauses, working: WorkingDays = WEEKDAYS) -> None:
        self._log, self._pauses, self._working = log, pauses, working

    def service(self, case: int) -> str:
        """The service of a case."""
        return self._log.cases[case].service

    def end(self, case: int) -> int | None:
        """The day on which a case ended."""
        return self._log.cases[case].end

    def took(self, case: int, made_on: int) -> tuple[int, bool]:
        """The days from then to the end, less those that were paused; and whether the case is open still, as if it
        ended on the day after the log does."""
        end = self.end(case)
        last = self._log.snapshot + 1 if end is None else end
        paused = sum(max(0, min(until, last) - max(since, made_on)) for since, until in self._pauses.get(case, ()))
        return last - made_on - paused, end is None

    def counted(self, case: int, made_on: int, on: int) -> int:
        """The day on which a date that was given then counts: later by each pause that began before it had passed."""
        for since, until in self._pauses.get(case, ()):
            if since <= on and until > made_on:
                on = self._working.since(day_of(on + until - max(since, made_on))).toordinal()
        return on

    def fate(self, case: int, made_on: int, on: int) -> Fate:
        """What became of a date that was given then; unknown where the log ends before it."""
        counted = self.counted(case, made_on, on)
        return fate(counted, self.end(case), over=counted <= self._log.snapshot)

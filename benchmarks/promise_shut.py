"""Weeks in which an office was shut, found in its own log, and whether dates that fell due in them were kept less."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from statistics import median

from tracker.backtest.feeds import monday
from tracker.backtest.log import Log
from tracker.backtest.truth import Truth
from tracker.backtest.walked import Promised
from tracker.core.promises.first_dates import Fate
from tracker.core.promises.punctuality import Record

PART, AROUND = 0.25, 26
"""Shut is a week in which fewer cases ended than this part of the median of so many weeks before it and after it."""


def weeks_shut(log: Log) -> frozenset[int]:
    """The Mondays of those weeks. Weeks of an office in which next to nothing ends are never told from shut ones: where
    the median is under ten, none is."""
    ended = Counter(monday(case.end) for case in log.cases if case.end is not None)
    first, last = min(ended, default=0), max(ended, default=-1)
    found = []
    for week in range(first, last + 1, 7):
        around = [ended[each] for each in range(week - 7 * AROUND, week + 7 * AROUND + 1, 7) if first <= each <= last]
        usual = median(around)
        if usual >= 10 and ended[week] < PART * usual:
            found.append(week)
    return frozenset(found)


def by_week(log: Log, truth: Truth, promises: Iterable[Promised]) -> tuple[Record, Record]:
    """What was kept of the dates that fell due in weeks that were shut, and of the others."""
    shut, kept = weeks_shut(log), Counter[tuple[bool, Fate]]()
    for each in promises:
        if each.on is not None:
            kept[monday(each.on) in shut, truth.fate(each.case, each.made_on, each.on)] += 1
    records = (
        Record(kept[is_shut, Fate.KEPT], kept[is_shut, Fate.KEPT] + kept[is_shut, Fate.BROKEN])
        for is_shut in (True, False)
    )
    return next(records), next(records)

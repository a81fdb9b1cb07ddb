"""How long learning takes: a refit over 100,000 cases, and one promise."""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from tracker.backtest.cohorts import Cohorts
from tracker.core.promises.exposure import Visit, week
from tracker.core.promises.history import WINDOW_WEEKS, History
from tracker.core.promises.learning import learn
from tracker.core.promises.weighing import window

SERVICES, STAGES = [f"office_{office}/{kind}" for office in range(5) for kind in ("a", "b", "c", "d")], 6
MONDAY = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds: to count all cases from nothing, to count the newest week, to learn all tables from the
    weeks, and to read one promise."""

    cases: int
    counting: float
    newest: float
    learning: float
    promise: float

    @property
    def refit(self) -> float:
        """What happens once a week."""
        return self.newest + self.learning


def measured(cases: int) -> Speed:
    """Measure with so many made-up cases, of 20 services and six stages, over the whole window."""
    visits, history = _visits(cases), History()
    first, last = MONDAY.toordinal(), MONDAY.toordinal() + 7 * WINDOW_WEEKS - 1
    begun = time.perf_counter()
    history.add(WINDOW_WEEKS - 1, {name: week(each, first, last - 7) for name, each in visits.items()})
    counting = time.perf_counter() - begun
    cohorts = {name: _seen(each, last - 6) for name, each in visits.items()}
    begun = time.perf_counter()
    history.add(WINDOW_WEEKS, {name: week(each.visits(), last - 6, last) for name, each in cohorts.items()})
    newest = time.perf_counter() - begun
    at = time.perf_counter()
    learned = learn(history)
    tables = [learned.table(name, f"stage_{stage}") for name in SERVICES for stage in range(STAGES)]
    learning = time.perf_counter() - at
    today = MONDAY + timedelta(weeks=WINDOW_WEEKS)
    at = time.perf_counter()
    for each_table in tables:
        window(each_table, today, today - timedelta(days=1), 0.9, today)
    return Speed(cases, counting, newest, learning, (time.perf_counter() - at) / len(tables))


def _visits(cases: int) -> dict[str, list[Visit]]:
    """Cases that come to all stages on their way; some are open still at the end of the window."""
    draw, first = random.Random(1), MONDAY.toordinal()
    found: dict[str, list[Visit]] = defaultdict(list)
    for number in range(cases):
        start = first + draw.randrange(7 * WINDOW_WEEKS)
        end = start + round(draw.expovariate(1 / 60))
        for stage in range(STAGES):
            came = start + (end - start) * stage // STAGES
            visit = Visit(f"stage_{stage}", came, end, finished=True, openings=not stage)
            found[SERVICES[number % len(SERVICES)]].append(visit)
    return found


def _seen(visits: Iterable[Visit], monday: int) -> Cohorts:
    """What is known of the visits in the week of a Monday: those that are open, and those that ended in it."""
    found = Cohorts()
    for each in visits:
        if each.start < monday + 7 and each.end is not None and each.end >= monday:
            visit = (each.stage, each.start, each.start, each.brief)
            found.open(visit, opening=bool(each.openings))
            if each.end < monday + 7:
                found.end(visit, each.end, opening=bool(each.openings), finished=True)
    return found

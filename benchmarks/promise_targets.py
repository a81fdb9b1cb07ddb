"""What honest dates must reach on real logs, and how far they are from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf

from benchmarks.promise_walks import BUILDING, ENVIRONMENT, FINES, NYC
from tracker.backtest.report import Judged
from tracker.backtest.score import FEW, MANY, Score
from tracker.backtest.stability import share
from tracker.core.keeping import Record


@dataclass(frozen=True, slots=True)
class Target:
    """A figure, the least and the most that it may be on each log. `stretch`: it would be good, and is not asked."""

    name: str
    figure: Callable[[Judged], float | Record | None]
    bounds: dict[str, tuple[float, float]]
    stretch: bool = False


def _all(low: float, high: float) -> dict[str, tuple[float, float]]:
    return dict.fromkeys((BUILDING, ENVIRONMENT, FINES, NYC), (low, high))


def _most(*highest: float) -> dict[str, tuple[float, float]]:
    return {log: (0, high) for log, high in zip((BUILDING, ENVIRONMENT, FINES, NYC), highest, strict=False)}


def _least(*lowest: float) -> dict[str, tuple[float, float]]:
    return {log: (low, 1) for log, low in zip((BUILDING, ENVIRONMENT, FINES, NYC), lowest, strict=False)}


def _worst(score: Score, fewest: int) -> Record | None:
    worst = score.worst(fewest)
    return worst[1] if worst else None


TARGETS = (
    Target(
        "1 kept at receipt", lambda j: j.receipt.record,
        {BUILDING: (0.885, 0.92), ENVIRONMENT: (0.88, 0.93), FINES: (0.88, 0.93), NYC: (0.88, 0.91)},
    ),
    Target("1 kept at later steps", lambda j: j.later.record, {BUILDING: (0.885, 0.93), ENVIRONMENT: (0.885, 0.93)}),
    Target("2 rel at receipt", lambda j: j.receipt.rel, _most(1.10, 1.01, 1.00, 1.18)),
    Target("2 rel at receipt", lambda j: j.receipt.rel, _most(1.05, 0.97, 0.98, 1.10), stretch=True),
    Target("2 rel at later steps", lambda j: j.later.rel, _most(0.97, 0.91)),
    Target("3 worst service of 200 or more", lambda j: _worst(j.receipt, MANY), _least(0.88, 0.90, 0.86, 0.80)),
    Target("3 worst service of 50 or more", lambda j: _worst(j.receipt, FEW), _all(0.80, 1), stretch=True),
    Target("4 date changes a case", lambda j: j.stability.changes_a_case, _all(0, 0.15)),
    Target("4 dates never moved", lambda j: Record(j.stability.dates - j.stability.moved, j.stability.dates),
           _all(0.87, 1)),
    Target("4 false changes", lambda j: Record(j.stability.false, j.stability.judged_changes),
           _most(0.10, 0.27, 0.18, 0.34)),
    Target("4 late, told before the date", lambda j: Record(j.stability.told, j.stability.late), _all(0.985, 1)),
    Target("4 needless notes", lambda j: Record(j.stability.needless, j.stability.judged_notes), _all(0, 0.45),
           stretch=True),
    Target("7 without a date at receipt", lambda j: share(j.receipt.no_date, j.receipt.cases),
           _most(0.05, 0.05, 0.05, 0.15)),
)  # fmt: skip

TOLD = (
    Target("of the late told in good time", lambda j: Record(j.stability.early, j.stability.late), _all(0, inf)),
    Target("good news that came true", lambda j: Record(j.stability.good_true, j.stability.judged_good), _all(0, inf)),
    Target("median days ahead", lambda j: j.stability.ahead, _all(0, inf)),
    Target("promised, median days", lambda j: j.receipt.promised, _all(0, inf)),
    Target("it took, median days", lambda j: j.receipt.took, _all(0, inf)),
    Target("it took, 90 % within days", lambda j: j.receipt.took_long, _all(0, inf)),
)  # fmt: skip
"""Said, and not asked for."""

FEED = Target("8 kept at receipt", lambda j: j.receipt.record, _all(0.86, 0.93))


@dataclass(frozen=True, slots=True)
class Line:
    """A target beside its figure on a log. `missed` is how far the figure lies outside, 0 where it is met."""

    log: str
    name: str
    asked: str
    found: str
    missed: float | None
    stretch: bool


def lines(target: Target, log: str, found: Judged) -> Iterator[Line]:
    """The target's line, if it asks something of this log and there is a figure."""
    if log not in target.bounds:
        return
    figure = target.figure(found)
    value = figure.share if isinstance(figure, Record) else figure
    if value is None:
        return
    low, high = target.bounds[log]
    missed = max(0.0, low - value, value - high)
    yield Line(log, target.name, _asked(low, high), shown(figure), missed, target.stretch)


def shown(figure: float | Record | None) -> str:
    """A figure, with its interval where it is a share that was counted."""
    if isinstance(figure, Record):
        if figure.share is None:
            return ""
        return f"{figure.share:.3f} ({figure.interval.low:.3f} to {figure.interval.high:.3f}) of {figure.total:,}"
    return "" if figure is None else f"{figure:.3f}" if isinstance(figure, float) and figure < 10 else f"{figure:g}"


def _asked(low: float, high: float) -> str:
    if high == inf:
        return ""
    return f"at most {high:g}" if low == 0 else f"at least {low:g}" if high == 1 else f"{low:g} to {high:g}"

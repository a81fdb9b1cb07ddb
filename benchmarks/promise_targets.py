"""What honest dates must reach on real logs, and how far they are from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf

from benchmarks.promise_chance import Chances
from benchmarks.promise_cuts import Peeked
from benchmarks.promise_speed import Speed
from benchmarks.promise_walks import AUSTIN, BUILDING, ENVIRONMENT, FINES, NYC, SHORT, STATE_AID, VANCOUVER, Done
from tracker.backtest.report import Judged
from tracker.backtest.score import FEW, MANY, Score
from tracker.core.promises.punctuality import Interval, Record


@dataclass(frozen=True, slots=True)
class Target:
    """A figure, the least and the most that it may be on each log. `stretch`: it would be good, and is not asked.
    `chance`: the figure's interval, where it is no share that was counted."""

    name: str
    figure: Callable[[Judged], float | Record | None]
    bounds: dict[str, tuple[float, float]]
    stretch: bool = False
    chance: Callable[[Chances], Interval | None] = lambda _: None


FIRST = (BUILDING, ENVIRONMENT, FINES, NYC)
"""The logs that the first eight targets name; those from the ninth on ask the same of all."""


def _all(low: float, high: float) -> dict[str, tuple[float, float]]:
    return dict.fromkeys(FIRST, (low, high))


def _every(low: float, high: float) -> dict[str, tuple[float, float]]:
    return dict.fromkeys(SHORT, (low, high))


def _most(*highest: float) -> dict[str, tuple[float, float]]:
    return {log: (0, high) for log, high in zip(FIRST, highest, strict=False)}


def _least(*lowest: float) -> dict[str, tuple[float, float]]:
    return {log: (low, 1) for log, low in zip(FIRST, lowest, strict=False)}


def _worst(score: Score, fewest: int) -> Record | None:
    worst = score.worst(fewest)
    return worst[1] if worst else None


TARGETS = (
    Target(
        "1 kept at receipt",
        lambda j: j.receipt.record,
        {BUILDING: (0.885, 0.92), ENVIRONMENT: (0.88, 0.93), FINES: (0.88, 0.93), NYC: (0.88, 0.91)},
    ),
    Target("1 kept at later steps", lambda j: j.later.record, {BUILDING: (0.885, 0.93), ENVIRONMENT: (0.885, 0.93)}),
    Target(
        "2 rel at receipt", lambda j: j.receipt.rel, _most(1.10, 1.01, 1.00, 1.18), chance=lambda c: c.rel_at_receipt
    ),
    Target(
        "2 rel at receipt",
        lambda j: j.receipt.rel,
        _most(1.05, 0.97, 0.98, 1.10),
        stretch=True,
        chance=lambda c: c.rel_at_receipt,
    ),
    Target("2 rel at later steps", lambda j: j.later.rel, _most(0.97, 0.91), chance=lambda c: c.rel_later),
    Target("3 worst service of 200 or more", lambda j: _worst(j.receipt, MANY), _least(0.88, 0.90, 0.86, 0.80)),
    Target("3 worst service of 50 or more", lambda j: _worst(j.receipt, FEW), _all(0.80, 1), stretch=True),
    Target(
        "4 date changes a case", lambda j: j.stability.changes_a_case, _all(0, 0.15), chance=lambda c: c.changes_a_case
    ),
    Target(
        "4 dates never moved", lambda j: Record(j.stability.dates - j.stability.moved, j.stability.dates), _all(0.87, 1)
    ),
    Target(
        "4 false changes",
        lambda j: Record(j.stability.false, j.stability.judged_changes),
        _most(0.10, 0.27, 0.18, 0.34),
    ),
    Target("4 late, told before the date", lambda j: Record(j.stability.told, j.stability.late), _all(0.985, 1)),
    Target(
        "4 needless notes",
        lambda j: Record(j.stability.needless, j.stability.judged_notes),
        _all(0, 0.45),
        stretch=True,
    ),
)


NO_DATE = Target(
    "7 without a date at receipt",
    lambda j: Record(j.receipt.no_date, j.receipt.cases),
    _most(0.05, 0.05, 0.05, 0.15),
)

TOLD = (
    Target("of the late told in good time", lambda j: Record(j.stability.early, j.stability.late), _all(0, inf)),
    Target("good news that came true", lambda j: Record(j.stability.good_true, j.stability.judged_good), _all(0, inf)),
    Target("median days ahead", lambda j: j.stability.ahead, _all(0, inf)),
    Target("promised, median days", lambda j: j.receipt.promised, _all(0, inf)),
    Target("it took, median days", lambda j: j.receipt.took, _all(0, inf)),
    Target("it took, 90 % within days", lambda j: j.receipt.took_long, _all(0, inf)),
)
"""Said, and not asked for."""

FEED = (
    Target("8 kept at receipt", lambda j: j.receipt.record, _all(0.86, 0.93)),
    Target("12 kept at receipt", lambda j: j.receipt.record, _every(0.86, 0.94)),
)


def _lowest_quarter(found: Judged) -> float | None:
    """How far the worst quarter lies below what hindsight's best would have kept of the same dates."""
    below = (each.oracle.kept - each.record.kept for each in found.quarters if each.record.total >= FEWEST_DUE)
    wholes = (each.record.total for each in found.quarters if each.record.total >= FEWEST_DUE)
    return max((max(0.0, part / whole) for part, whole in zip(below, wholes, strict=True)), default=None)


FEWEST_DUE = 100
"""Dates that fell due in a quarter, for it to be looked at."""

SECOND = (
    Target(
        "9 rel at receipt",
        lambda j: j.receipt.rel,
        {AUSTIN: (0, 1.15), NYC: (0, 1.12), VANCOUVER: (0, 1.05), STATE_AID: (0, 1.04)},
        chance=lambda c: c.rel_at_receipt,
    ),
    Target(
        "9 rel at receipt",
        lambda j: j.receipt.rel,
        {AUSTIN: (0, 1.08), NYC: (0, 1.08)},
        stretch=True,
        chance=lambda c: c.rel_at_receipt,
    ),
    Target(
        "10 without a 9-in-10 date at receipt",
        lambda j: Record(j.receipt.no_date, j.receipt.cases),
        {STATE_AID: (0, 0.1)},
    ),
    Target(
        "10 without a date of any certainty at receipt",
        lambda j: Record(j.receipt.no_date, j.receipt.cases),
        {**_every(0, 0.05), NYC: (0, 0.1)},
    ),
    Target(
        "11 of the late, their date taken back with none in its place",
        lambda j: Record(j.stability.late_taken_back, j.stability.late),
        _every(0, 0.2),
    ),
    Target("13 worst quarter below the oracle's own share", _lowest_quarter, _every(0, 0.05)),
    Target(
        "14 rel at later steps, by service and step",
        lambda j: j.later.rel_by_step,
        {BUILDING: (0, 1.10), ENVIRONMENT: (0, 1.20)},
    ),
)
"""The second round."""


def against_practice(done: Done) -> Iterator[Line]:
    """Target 9: the loss beside that of last year's nine in ten, which is what offices publish."""
    found, usual = done.judged, done.usual
    if found is None or usual is None or usual.rel is None or found.receipt.rel is None:
        return
    most, around = usual.rel + 0.02, done.chances.rel_at_receipt if done.chances else None
    missed = max(0.0, found.receipt.rel - most)
    within = around is not None and around.low <= most <= around.high
    name = "9 rel at receipt, against last year's nine in ten + 0.02"
    yield Line(done.job.log, name, f"at most {most:.3f}", shown(found.receipt.rel, around), missed, within=within)


def against_live(live: Done, fed: Done) -> Iterator[Line]:
    """Target 12: the loss of a feed that comes late, beside that of the live one."""
    if live.judged is None or fed.judged is None or live.judged.receipt.rel is None or fed.judged.receipt.rel is None:
        return
    most, found = 1.25 * live.judged.receipt.rel, fed.judged.receipt.rel
    if fed.job.log == VANCOUVER and fed.job.name == "weekly":
        most = 1.5
    yield Line(fed.job.log, "12 rel at receipt", f"at most {most:.3f}", shown(found), max(0.0, found - most))


def in_weeks_shut(done: Done) -> Iterator[Line]:
    """Target 15: dates that fell due in weeks in which next to nothing ended, beside the others."""
    if done.shut is None or done.shut[0].share is None or done.shut[1].share is None:
        return
    shut, others = done.shut
    low, high = others.share - 0.04, others.share + 0.04
    missed = max(0.0, low - shut.share, shut.share - high)
    within = shut.interval.low <= (low if shut.share < low else high) <= shut.interval.high
    yield Line(done.job.log, "15 kept in weeks shut", f"{low:.3f} to {high:.3f}", shown(shut), missed, within=within)


@dataclass(frozen=True, slots=True)
class Line:
    """A target beside its figure on a log. `missed` is how far the figure lies outside, 0 where it is met, None where
    nothing is asked; `within`: what was asked lies in the figure's interval all the same."""

    log: str
    name: str
    asked: str
    found: str
    missed: float | None = None
    stretch: bool = False
    within: bool = False

    @property
    def verdict(self) -> str:
        """Whether it is met, by the figure itself, and if not by how far."""
        if self.missed is None:
            return ""
        said = "met"
        if self.missed:
            said = f"missed by {self.missed:.3f}" if self.missed >= 0.0005 else "missed by less than 0.001"
            said += ", within the interval" if self.within else ""
        return f"{said} (stretch)" if self.stretch else said


def lines(target: Target, log: str, found: Judged, chances: Chances | None = None) -> Iterator[Line]:
    """The target's line, if it asks something of this log and there is a figure."""
    if log not in target.bounds:
        return
    figure = target.figure(found)
    value = figure.share if isinstance(figure, Record) else figure
    if value is None:
        return
    low, high = target.bounds[log]
    missed = max(0.0, low - value, value - high)
    around = figure.interval if isinstance(figure, Record) else target.chance(chances) if chances else None
    bound = low if value < low else high
    within = around is not None and around.low <= bound <= around.high
    asked = _asked(low, high)
    yield Line(log, target.name, asked, shown(figure, around), missed if asked else None, target.stretch, within)


def speed_lines(speed: Speed) -> list[Line]:
    """Target 5, of made-up cases."""
    cases = f"{speed.cases:,} made-up cases"
    return [
        Line(cases, name, f"under {most}", f"{found:.3f}", max(0.0, found - most))
        for name, most, found in (
            ("5 refit: newest week, all tables; seconds", 1, speed.refit),
            ("5 one promise, milliseconds", 1, 1000 * speed.promise),
        )
    ]


def cut_line(log: str, peeked: Peeked) -> Line:
    """Target 6: what was said before a cut, and is not the same without what came after it."""
    found = f"{peeked.different} of {peeked.compared:,}, in {peeked.cuts} cut" + "s" * (peeked.cuts != 1)
    return Line(log, "6 promises, moves and words that a cut changes", "0", found, float(peeked.different))


def shown(figure: float | Record | None, around: Interval | None = None) -> str:
    """A figure, with its interval where there is one."""
    if isinstance(figure, Record):
        if figure.share is None:
            return ""
        return f"{figure.share:.3f} ({figure.interval.low:.3f} to {figure.interval.high:.3f}) of {figure.total:,}"
    said = "" if figure is None else f"{figure:.3f}" if isinstance(figure, float) and figure < 10 else f"{figure:g}"
    return said if around is None else f"{said} ({around.low:.3f} to {around.high:.3f})"


def _asked(low: float, high: float) -> str:
    if high == inf:
        return ""
    return f"at most {high:g}" if low == 0 else f"at least {low:g}" if high == 1 else f"{low:g} to {high:g}"

"""How much chance there is in a ratio: an interval, by drawing the cases again and again.

Source of the method: the Poisson bootstrap (Hanley and MacGibbon 2006; Chamandy and others 2012). In each of REPLICAS
replicas every case counts 0, 1, 2, ... times, as a Poisson variable of mean 1 does, all promises of a case together;
the interval lies between the 2.5 % and the 97.5 % quantile of the replicas' ratios. The draws come from a seed, and are
the same everywhere. The oracle of `rel` is not sought anew in each replica: it keeps the dates of the whole window.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import mul
from random import Random

from tracker.backtest.score import losses
from tracker.backtest.stability import changes_by_case
from tracker.backtest.truth import Truth
from tracker.backtest.walk import Plan
from tracker.backtest.walked import Promised, Walked
from tracker.core.promises.punctuality import Interval

REPLICAS = 1_000

_TIMES = bytes(times for times, of_256 in enumerate((94, 94, 47, 16, 4, 1)) for _ in range(of_256))
"""A byte becomes the times that a case counts: Poisson's shares in 256 parts. Mean and variance are 1.004."""


@dataclass(frozen=True, slots=True)
class Chances:
    """The intervals of a walk's figures that are no counted shares; None where there is no figure."""

    rel_at_receipt: Interval | None
    rel_later: Interval | None
    changes_a_case: Interval | None


def chances(truth: Truth, plan: Plan, walked: Walked, cases: Collection[int]) -> Chances:
    """Those of the cases of a window."""
    changes = changes_by_case(walked, cases)
    return Chances(
        *(_rel(truth, plan, [p for p in walked.promises if p.case in cases and p.first is at]) for at in (True, False)),
        interval([float(each) for each in changes.values()], [1.0] * len(changes), "changes"),
    )


def _rel(truth: Truth, plan: Plan, promises: Iterable[Promised]) -> Interval | None:
    found = losses(truth, promises, plan.probability).values()
    return interval([ours for ours, _ in found], [oracle for _, oracle in found], "rel")


def interval(parts: Sequence[float], wholes: Sequence[float], seed: str, replicas: int = REPLICAS) -> Interval | None:
    """The 95 % interval of the sum of the parts by the sum of the wholes, a case having one of each. None where there
    is nothing to divide by."""
    draw, ratios = Random(seed), []
    for _ in range(replicas):
        times = draw.randbytes(len(parts)).translate(_TIMES)
        whole = sum(map(mul, wholes, times))
        if whole:
            ratios.append(sum(map(mul, parts, times)) / whole)
    ratios.sort()
    return Interval(ratios[len(ratios) // 40], ratios[-1 - len(ratios) // 40]) if ratios else None

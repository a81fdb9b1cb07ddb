"""Survival by age: of the cases that came to an age, how many finished there, and how many are open still.

Ages are whole days, gathered into cells in which the daily hazard is one number: single days at first, where most
happens, then wider and wider. Day 0 is the day on which the age begins.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from math import ceil, exp, inf, log

SURE = 1e-12
"""The smallest share that is told from nothing."""


@dataclass(frozen=True)
class Ages:
    """The cells of age: `starts[i]` is the first day of cell i, and the last number is the end of the last."""

    starts: tuple[int, ...]

    @classmethod
    def daily(cls, longest: int) -> Ages:
        """Cells of one day."""
        return cls(tuple(range(longest + 1)))

    @classmethod
    def spaced(cls, days: int, ratio: float, longest: int) -> Ages:
        """Single days at first, then cells that start `ratio` times as late as the one before."""
        starts, wide = list(range(days + 1)), days * ratio
        while wide < longest:
            starts.append(round(wide))
            wide *= ratio
        return cls((*starts, longest))

    @property
    def longest(self) -> int:
        """Ages from here on are in no cell."""
        return self.starts[-1]

    @cached_property
    def widths(self) -> tuple[int, ...]:
        """Days in each cell."""
        return tuple(end - start for start, end in pairwise(self.starts))

    def cell(self, age: int) -> int:
        """The cell of an age that is below `longest`."""
        return age if age < self._single else bisect_right(self.starts, age) - 1

    @cached_property
    def _single(self) -> int:
        """Below this age every cell is one day."""
        return next((each for each, (one, other) in enumerate(pairwise(self.starts)) if other - one > 1), self.longest)


AGES = Ages.spaced(28, 1.35, 1_500)
"""42 cells for 1,500 days: finer ones told nothing more about any log that was tried."""


@dataclass(slots=True)
class Counts:
    """Case-days at risk and cases finished, by cell of age. Counts add up, over days, stages and services."""

    risk: list[int]
    done: list[int]

    @classmethod
    def none(cls, ages: Ages = AGES) -> Counts:
        """Nothing seen yet."""
        cells = len(ages.widths)
        return cls([0] * cells, [0] * cells)

    def add(self, other: Counts, times: int = 1) -> None:
        """Count what the other counted as well; with `times` -1, no longer."""
        if times == 1:
            self.risk = [one + more for one, more in zip(self.risk, other.risk, strict=True)]
            self.done = [one + more for one, more in zip(self.done, other.done, strict=True)]
        else:
            self.risk = [one + times * more for one, more in zip(self.risk, other.risk, strict=True)]
            self.done = [one + times * more for one, more in zip(self.done, other.done, strict=True)]

    def without(self, other: Counts) -> Counts:
        """These counts less the other's."""
        return Counts(
            [one - less for one, less in zip(self.risk, other.risk, strict=True)],
            [one - less for one, less in zip(self.done, other.done, strict=True)],
        )

    def empty(self) -> bool:
        """Whether nothing was at risk."""
        return not any(self.risk)


@dataclass(frozen=True)
class SurvivalTable:
    """The share that is open still by age, from the daily hazard in each cell."""

    hazards: tuple[float, ...]
    ages: Ages = field(default=AGES, repr=False)

    @cached_property
    def _logs(self) -> tuple[float, ...]:
        return tuple(log(max(SURE, 1 - hazard)) for hazard in self.hazards)

    @cached_property
    def _opens(self) -> tuple[float, ...]:
        """The logarithm of the share that is left where each cell opens, and at the end of the last."""
        found, left = [0.0], 0.0
        for each, width in zip(self._logs, self.ages.widths, strict=True):
            left += each * width
            found.append(left)
        return tuple(found)

    def log_survival(self, age: int) -> float:
        """The logarithm of `survival`."""
        if age < 0:
            return 0.0
        if age >= self.ages.longest:
            return self._opens[-1]
        cell = self.ages.cell(age)
        return self._opens[cell] + self._logs[cell] * (age - self.ages.starts[cell] + 1)

    def survival(self, age: int) -> float:
        """The share that is open still at the end of the day of this age; 1 before day 0, and beyond the last cell what
        is left at its end."""
        return exp(self.log_survival(age))

    def reaches(self, share: float, known: int = -1) -> int | None:
        """The first age at whose end at most this share is open, of those that were open at the end of the age
        `known`; None where the table ends before."""
        target = self.log_survival(known) + (log(share) if share > 0 else -inf) + 1e-9
        opens = self._opens
        if opens[-1] > target:
            return None
        low, high = 0, len(opens) - 2  # the first cell at whose end no more than that is left
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if opens[middle + 1] <= target else (middle + 1, high)
        slope = self._logs[low]
        days = ceil((target - opens[low]) / slope) if slope < 0 and opens[low] > target else 1
        return max(known + 1, self.ages.starts[low] + max(1, days) - 1)

    def hazard(self, age: int) -> float:
        """The probability that a case of this age finishes on that day."""
        return self.hazards[self.ages.cell(age)] if age < self.ages.longest else 0.0


def drawn(counts: Counts, parent: Sequence[float], weight: float, ages: Ages = AGES) -> tuple[float, ...]:
    """The daily hazards of these counts, drawn towards the parent's as if each day of age had `weight` case-days of it
    (the posterior mean under a gamma prior). With weight 0 it is Kaplan and Meier's (1958) estimate where cells are
    single days, and its actuarial form where they are wider; a cell that nobody came to has the parent's."""
    if not weight:
        return tuple(d / n if n else p for n, d, p in zip(counts.risk, counts.done, parent, strict=True))
    return tuple(
        (d + weight * width * p) / (n + weight * width)
        for n, d, p, width in zip(counts.risk, counts.done, parent, ages.widths, strict=True)
    )

"""What became of earlier cases, as survival tables: of those that came to an age in a stage, how many were open still.

The estimate is Kaplan and Meier's (1958) in whole days, over a window of calendar days. A case that was older than
the window when it opened counts from that age on (delayed entry, also called left truncation), one that is open still
counts for as long as it was seen (right censoring): leaving either out makes dates too early. Each stage's daily
hazard is drawn towards that of all stages together, the more the fewer cases it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

WINDOW_DAYS = 365
LONGEST = 1_500
"""Ages in days that a table goes up to."""

WEIGHT = 20.0
"""How many case-days the hazard of all stages together counts beside a stage's own."""

NEGLIGIBLE = 1e-6
"""A table ends where fewer than this share is left."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Cases that entered a stage on the same day and left our sight on the same day. Days are `date.toordinal()`.

    `end` is None while they are open; `finished` is False where they ended without being finished (withdrawn, or
    joined to another), which says only that they took at least so long. The age runs from entering the stage until
    the *case* ends, not until it leaves the stage. `openings`: for how many of them this was the first stage.
    """

    stage: str
    start: int
    end: int | None
    finished: bool = False
    cases: int = 1
    openings: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """`left[x]`: the share of cases that is open still at the end of day x, where day 0 is that of the entering."""

    left: tuple[float, ...]

    def survival(self, age: int) -> float:
        """The share that is open still at the end of this day; what lies beyond the table stays at its last value."""
        if age < 0 or not self.left:
            return 1.0
        return self.left[min(age, len(self.left) - 1)]


@dataclass(frozen=True, slots=True)
class Curve:
    """What was learned about a service: a table for each stage and one of all stages together, from `finished` cases
    that were finished inside the window."""

    finished: int
    pooled: Table
    stages: Mapping[str, Table]

    def table(self, stage: str) -> Table:
        """The table of a stage; of all stages together where it has none of its own."""
        return self.stages.get(stage, self.pooled)

    def to_json(self) -> dict[str, Any]:
        """As `from_json` reads it: shares of six digits."""
        stages = {stage: list(table.left) for stage, table in sorted(self.stages.items())}
        return {"finished": self.finished, "pooled": list(self.pooled.left), "stages": stages}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Curve:
        """The curve that `to_json` wrote."""
        stages = {stage: Table(tuple(left)) for stage, left in body["stages"].items()}
        return cls(body["finished"], Table(tuple(body["pooled"])), stages)


class _Counts:
    """Case-days at risk and completions by age; case-days as steps up and down, so that a visit costs the same
    whatever its length."""

    __slots__ = ("done", "steps")

    def __init__(self) -> None:
        self.steps = [0] * (LONGEST + 2)
        self.done = [0] * (LONGEST + 1)

    def add(self, first: int, last: int, cases: int, *, finished: bool) -> None:
        """Cases at risk from the age `first` through `last`, finished on the latter or not."""
        if first > min(last, LONGEST):
            return
        self.steps[first] += cases
        self.steps[min(last, LONGEST) + 1] -= cases
        if finished and last <= LONGEST:
            self.done[last] += cases

    @classmethod
    def together(cls, several: Iterable[_Counts]) -> _Counts:
        """The sum of several."""
        found = cls()
        for each in several:
            found.steps = [one + other for one, other in zip(found.steps, each.steps, strict=True)]
            found.done = [one + other for one, other in zip(found.done, each.done, strict=True)]
        return found

    @property
    def at_risk(self) -> list[int]:
        """Case-days at risk by age."""
        return list(accumulate(self.steps))[: LONGEST + 1]


def learn(visits: Iterable[Visit], today: int, *, weight: float = WEIGHT, window_days: int = WINDOW_DAYS) -> Curve:
    """The curve of a service by what was known at the beginning of `today` (`date.toordinal()`).

    The window is the `window_days` before today. `weight` 0 gives the plain Kaplan-Meier estimate.
    """
    window_from, finished = today - window_days, 0
    stages: dict[str, _Counts] = {}
    for visit in visits:
        start, end, done = visit.start, visit.end, visit.finished
        if end is None or end >= today:
            end, done = today - 1, False
        if end < window_from or end < start:
            continue
        if done:
            finished += visit.openings
        counts = stages.get(visit.stage)
        if counts is None:
            counts = stages[visit.stage] = _Counts()
        counts.add(max(0, window_from - start), end - start, visit.cases, finished=done)
    pooled = _Counts.together(stages.values())
    root = _root(pooled, weight)
    tables = {stage: _table(_drawn(counts, root, weight)) for stage, counts in stages.items()}
    return Curve(finished, _table(root), tables)


def _root(pooled: _Counts, weight: float) -> list[float]:
    """The daily hazard of all stages together, drawn towards one constant hazard of old cases: with it the end of
    the table, where few cases are seen, is neither nothing nor certainty."""
    at_risk, done = pooled.at_risk, pooled.done
    left, old_risk, old_done = 1.0, 0, 0
    for n, d in zip(at_risk, done, strict=True):
        left *= 1 - d / n if n else 1
        if left <= 0.5:
            old_risk, old_done = old_risk + n, old_done + d
    if old_done < 5:
        old_risk, old_done = sum(at_risk), sum(done)
    constant = min(1.0, (old_done + 1) / (old_risk + (100 if old_done < 5 else 0)))
    return _drawn(pooled, [constant] * (LONGEST + 1), weight) if weight else _drawn(pooled, [0.0] * (LONGEST + 1), 0)


def _drawn(counts: _Counts, parent: list[float], weight: float) -> list[float]:
    """The daily hazards of these counts, drawn towards the parent's as if it were `weight` case-days."""
    return [
        (d + weight * above) / (n + weight) if n + weight else above
        for n, d, above in zip(counts.at_risk, counts.done, parent, strict=True)
    ]


def _table(hazards: list[float]) -> Table:
    left, share = [], 1.0
    for hazard in hazards:
        share = max(0.0, share * (1 - hazard))
        left.append(float(f"{share:.6g}"))
        if share < NEGLIGIBLE:
            break
    return Table(tuple(left))

"""What a service's cases went through in a week: case-days at risk and cases finished, by stage and age.

These counts are all that is kept of cases for learning. They name nobody, and weeks add up: a window slides by adding
the newest week and taking the oldest away (occurrence and exposure, after Lexis). A case that was older than the window
when it opened counts from that age on (delayed entry, or left truncation), one that is open still counts for as long as
it was seen (right censoring): leaving either out makes dates too early.

Days are `date.toordinal()`. A visit is a case from the day on which it came to a stage until the *case* ends, not until
it leaves the stage: what people wait for is the end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracker.core.promises.method import USUAL, Method
from tracker.core.promises.survival import AGES, Ages, Counts, SurvivalTable


@dataclass(frozen=True, slots=True)
class Visit:
    """Cases that came to a stage on the same day and left our sight on the same day.

    `start` is the day on which their age is 0, and `entry` the first day on which they were seen, where it is later: a
    clock that was paused moves the start. `end` is None while they are open; `finished` is False where they ended
    without being finished (withdrawn, or joined to another), which says only that they took at least so long.
    `openings`: for how many of them this was the first stage. `brief`: they were received in it, and had
    moved on to another one by the end of that day.
    """

    stage: str
    start: int
    end: int | None = None
    finished: bool = False
    cases: int = 1
    openings: int = 0
    entry: int | None = None
    brief: bool = False

    @property
    def seen_from(self) -> int:
        """The first day on which they count."""
        return self.start if self.entry is None else self.entry


PARTS = ("stages", "bulk", "brief", "brief_bulk")
"""What a week counts by stage."""


@dataclass(slots=True)
class Week:
    """The counts of one service over some days. `bulk`: the part of `stages` that fell on days on which old cases were
    cleared out in bulk; `brief` and `brief_bulk`: the parts of both that are of brief visits; `finished` and `cleared`:
    cases finished in all, and those of them cleared out."""

    stages: dict[str, Counts] = field(default_factory=dict)
    bulk: dict[str, Counts] = field(default_factory=dict)
    finished: int = 0
    cleared: int = 0
    brief: dict[str, Counts] = field(default_factory=dict)
    brief_bulk: dict[str, Counts] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As `from_json` reads it: for each stage the cells in which anything was seen."""
        return {
            **{part: _packed(getattr(self, part)) for part in PARTS},
            "finished": self.finished,
            "cleared": self.cleared,
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Week:
        """The week that `to_json` wrote."""
        parts = {part: _unpacked(body[part]) for part in PARTS}
        return cls(**parts, finished=body["finished"], cleared=body["cleared"])


Expected = Callable[[str], SurvivalTable]
"""The table of a stage by what was learned before the week."""


def week(
    visits: Iterable[Visit],
    first: int,
    last: int,
    expected: Expected | None = None,
    *,
    spare: bool = True,
    ages: Ages = AGES,
    method: Method = USUAL,
) -> Week:
    """The counts of a service's visits over the days from `first` through `last`.

    `expected` is what was learned before, by which clearing-out is told from work; None while nothing was. `spare`: it
    is how the office works, and is counted like everything else.
    """
    found, ended = Week(), defaultdict[int, int](int)
    seen = [
        visit
        for visit in visits
        if visit.seen_from <= last and (visit.end is None or visit.end >= max(first, visit.seen_from))
    ]
    for visit in seen:
        end = last if visit.end is None else min(visit.end, last)
        done = visit.finished and visit.end == end
        for part in (found.stages, found.brief)[: 1 + visit.brief]:
            _count(part, visit, max(first, visit.seen_from), end, done=done, ages=ages)
        if done and visit.openings:
            found.finished += visit.openings
            ended[end] += visit.openings
    for day, closed in ended.items():
        if expected is not None and closed >= method.bulk_fewest:
            _clear_out(found, seen, day, expected, spare=spare, ages=ages, method=method)
    return found


def _clear_out(
    found: Week, visits: Sequence[Visit], day: int, expected: Expected, *, spare: bool, ages: Ages, method: Method
) -> None:
    """Count a day apart if on it far more old cases finished than were to be expected: those, that is, that were older
    than half of the service's cases become."""
    tables = {visit.stage: expected(visit.stage) for visit in visits}
    half = {stage: table.reaches(0.5) for stage, table in tables.items()}
    limit = {stage: max(method.old_days, ages.longest if age is None else age) for stage, age in half.items()}
    old = [
        visit
        for visit in visits
        if day - visit.start > limit[visit.stage] and visit.seen_from <= day and (visit.end is None or visit.end >= day)
    ]
    due = sum(visit.openings * tables[visit.stage].hazard(day - visit.start) for visit in old if visit.openings)
    cleared = sum(visit.openings for visit in old if visit.finished and visit.end == day)
    if cleared >= method.bulk_fewest and cleared >= method.bulk_times * due:
        found.cleared += cleared
        for visit in old if not spare else ():
            for part in (found.bulk, found.brief_bulk)[: 1 + visit.brief]:
                _count(part, visit, day, day, done=visit.finished and visit.end == day, ages=ages)


def _count(stages: dict[str, Counts], visit: Visit, first: int, last: int, *, done: bool, ages: Ages) -> None:
    counts = stages.get(visit.stage)
    if counts is None:
        counts = stages[visit.stage] = Counts.none(ages)
    cases, risk = visit.cases, counts.risk
    youngest, oldest = first - visit.start, min(last - visit.start, ages.longest - 1)
    if youngest <= oldest:
        # Written out, cell by cell: most of the time of a backtest is spent here.
        begin, end = ages.cell(youngest), ages.cell(oldest)
        if begin == end:
            risk[begin] += (oldest - youngest + 1) * cases
        else:
            risk[begin] += (ages.starts[begin + 1] - youngest) * cases
            for cell in range(begin + 1, end):
                risk[cell] += ages.widths[cell] * cases
            risk[end] += (oldest - ages.starts[end] + 1) * cases
    if done and last - visit.start < ages.longest:
        counts.done[ages.cell(last - visit.start)] += cases


def _packed(part: Mapping[str, Counts]) -> dict[str, list[list[int]]]:
    return {
        stage: [[cell, n, d] for cell, (n, d) in enumerate(zip(counts.risk, counts.done, strict=True)) if n]
        for stage, counts in sorted(part.items())
    }


def _unpacked(part: Mapping[str, Iterable[Sequence[int]]]) -> dict[str, Counts]:
    found = {stage: Counts.none() for stage in part}
    for stage, cells in part.items():
        for cell, n, d in cells:
            found[stage].risk[cell], found[stage].done[cell] = n, d
    return found

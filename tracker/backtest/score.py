"""How good the promises of a walk were: the share kept, and how long they were beside what hindsight would have given.

What became of a date is told as it is of dates that people were given (`core.promises.first_dates.fate`). A
case that is open, and whose date lies beyond the last day of the log, is unknown: neither kept nor missed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil

from tracker.backtest.log import Log
from tracker.backtest.truth import Truth
from tracker.backtest.walked import Promised, day_of
from tracker.core.promises.first_dates import Fate
from tracker.core.promises.punctuality import Record

FEW, MANY = 50, 200
"""Services with fewer cases are not asked how they fare, and with so many they are asked for more."""

OBSERVED = 0.97
"""The share of durations that must lie within the log for a day's cases to be judged."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days of reception of the cases that are judged, both inclusive."""

    first: int
    last: int

    def cases(self, log: Log) -> dict[int, int]:
        """The cases that were received in it, each with that day."""
        return {
            index: case.received for index, case in enumerate(log.cases) if self.first <= case.received <= self.last
        }


def tuning(log: Log) -> Span:
    """The window on which settings may be chosen: from the 30 % to the 60 % quantile of receptions."""
    received = [case.received for case in log.cases]
    return Span(received[int(0.3 * len(received))], received[int(0.6 * len(received))] - 1)


def judging(log: Log) -> Span:
    """The window on which they are judged: from there to the last day whose cases can be told to the end."""
    received = [case.received for case in log.cases]
    first = received[int(0.6 * len(received))]
    took = sorted(case.end - case.received for case in log.cases if case.end is not None)
    return Span(first, log.snapshot - (took[int(OBSERVED * (len(took) - 1))] if took else 0))


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of some promises. `cases`: promises asked for; `no_date`: those that got none; `unknown`: those whose
    fate the log does not tell; `record`: those that can be judged, kept and in all; `services`: the same by service.

    `rel`: the pinball loss at the probability asked for, relative to that of an oracle who gives each service the
    quantile of its own durations in hindsight: 1 is as good as one date for each service can be. None where there is
    nothing to compare. `rel_by_step`: relative to one who does so for each step of a service, and so knows more.
    `promised` is the median length in days; `took`, `took_long` are the median and the 90 % quantile of what it took,
    None where the log ends before.
    """

    cases: int
    no_date: int
    unknown: int
    record: Record
    rel: float | None
    rel_by_step: float | None
    promised: int | None
    took: int | None
    took_long: int | None
    services: Mapping[str, Record] = field(default_factory=dict)

    def worst(self, fewest: int) -> tuple[str, Record] | None:
        """The service with so many judged promises that kept the smallest share of them."""
        known = [each for each in self.services.items() if each[1].total >= fewest]
        return min(known, key=lambda each: (each[1].kept / each[1].total, each[0]), default=None)

    @property
    def no_date_share(self) -> float:
        """The share of promises asked for that got no date."""
        return self.no_date / self.cases if self.cases else 0.0


@dataclass(slots=True)
class _Service:
    """What is gathered of a service: what each promise that was asked for took; of the judged ones the case, what it
    took, and the length promised."""

    took: list[int] = field(default_factory=list)
    judged: list[tuple[int, int, int]] = field(default_factory=list)
    kept: int = 0


@dataclass(slots=True)
class _Gathered:
    """What is gathered of some promises."""

    services: dict[str, _Service] = field(default_factory=lambda: defaultdict(_Service))
    steps: dict[tuple[str, str], _Service] = field(default_factory=lambda: defaultdict(_Service))
    no_date: int = 0
    unknown: int = 0
    lengths: list[int] = field(default_factory=list)
    ended: list[int | None] = field(default_factory=list)


def score(truth: Truth, promises: Iterable[Promised], probability: float) -> Score:
    """The figures of these promises."""
    found = _gathered(truth, promises)
    services, ended = found.services, found.ended
    records = {name: Record(each.kept, len(each.judged)) for name, each in sorted(services.items()) if each.judged}
    record = Record(sum(each.kept for each in records.values()), sum(each.total for each in records.values()))
    return Score(
        len(ended),
        found.no_date,
        found.unknown,
        record,
        _relative(services.values(), probability),
        _relative(found.steps.values(), probability),
        _low(found.lengths, 0.5),
        _low(ended, 0.5),
        _low(ended, 0.9),
        records,
    )


@dataclass(frozen=True, slots=True)
class Quarter:
    """Dates that fell due in a quarter (`name`, as 2026 Q1): ours, and what the oracle's would have kept of the same
    cases."""

    name: str
    record: Record
    oracle: Record


def quarters(truth: Truth, promises: Sequence[Promised], probability: float) -> list[Quarter]:
    """The share kept by the quarter in which dates fell due: an average over years hides one in which most broke."""
    took: dict[str, list[int]] = defaultdict(list)
    for each in promises:
        took[truth.service(each.case)].append(truth.took(each.case, each.made_on)[0])
    best = {service: _low(found, probability) or 0 for service, found in took.items()}
    kept: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for each in promises:
        fate = Fate.UNKNOWN if each.on is None else truth.fate(each.case, each.made_on, each.on)
        if each.on is None or fate is Fate.UNKNOWN:
            continue
        due, length = day_of(each.on), truth.took(each.case, each.made_on)[0]
        name = f"{due.year} Q{(due.month + 2) // 3}"
        kept[name].append((fate is Fate.KEPT, length <= best[truth.service(each.case)]))
    return [
        Quarter(
            name, Record(sum(ours for ours, _ in each), len(each)), Record(sum(hind for _, hind in each), len(each))
        )
        for name, each in sorted(kept.items())
    ]


def losses(truth: Truth, promises: Iterable[Promised], probability: float) -> dict[int, tuple[float, float]]:
    """For each case with a judged promise the loss of its promises, and the oracle's: `rel` is the one sum by the
    other."""
    found: dict[int, tuple[float, float]] = {}
    for case, ours, oracle in _losses(_gathered(truth, promises).services.values(), probability):
        before = found.get(case, (0.0, 0.0))
        found[case] = before[0] + ours, before[1] + oracle
    return found


def _gathered(truth: Truth, promises: Iterable[Promised]) -> _Gathered:
    found = _Gathered()
    for each in promises:
        name = truth.service(each.case)
        service, step = found.services[name], found.steps[name, each.step]
        took, open_still = truth.took(each.case, each.made_on)
        service.took.append(took)
        step.took.append(took)
        found.ended.append(None if open_still else took)
        if each.on is None:
            found.no_date += 1
            continue
        found.lengths.append(each.on - each.made_on)
        fate = truth.fate(each.case, each.made_on, each.on)
        if fate is Fate.UNKNOWN:
            found.unknown += 1
            continue
        service.judged.append((each.case, took, each.on - each.made_on))
        step.judged.append((each.case, took, each.on - each.made_on))
        service.kept += fate is Fate.KEPT
    return found


def _losses(services: Iterable[_Service], probability: float) -> Iterator[tuple[int, float, float]]:
    """For each judged promise the case, our loss and the oracle's."""
    for each in services:
        best = _low(each.took, probability) or 0
        for case, took, length in each.judged:
            yield case, pinball(took, length, probability), pinball(took, best, probability)


def _relative(services: Iterable[_Service], probability: float) -> float | None:
    ours = oracle = 0.0
    for _, one, other in _losses(services, probability):
        ours, oracle = ours + one, oracle + other
    return ours / oracle if oracle else None


def pinball(took: int, length: int, probability: float) -> float:
    """The loss of a promise of so many days where it took so many: a late day costs `probability`, an idle one the
    rest (Koenker and Bassett 1978)."""
    return probability * (took - length) if took >= length else (1 - probability) * (length - took)


def _low(found: Sequence[int | None], share: float) -> int | None:
    """The quantile: the smallest that at least this share do not exceed. None counts as more than any."""
    ordered = sorted(found, key=lambda each: (each is None, each or 0))
    return ordered[max(0, ceil(share * len(ordered) - 1e-9) - 1)] if ordered else None

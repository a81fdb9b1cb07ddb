"""Learning how long cases take: from weeks of counts to a survival table for each service and stage.

A stage's daily hazard is drawn towards that of the service's kin, theirs towards that of the stage in all services, and
that towards one of all stages together, the more the fewer cases there are. Below it all lies one constant hazard, so
that the end of a table, where few cases are seen, is neither nothing nor certainty. What the last half year says counts
more than what two years say.

On the day of its reception a case is one of all that come; from the next morning on it is one of those that stayed.
Where many have left their first stage by the evening, those that stay wait far longer.

`python -m benchmarks.promises --parts` says what each of these is worth on real logs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import log
from typing import Any

from tracker.core.promises.history import History, Key
from tracker.core.promises.method import Kinship, Method
from tracker.core.promises.survival import AGES, SURE, Counts, SurvivalTable, drawn
from tracker.core.promises.weighing import FEWEST


@dataclass(frozen=True, slots=True)
class SurvivalCurve:
    """What was learned about a service: for each stage a table to read dates from once the day on which a case came to
    it is over, and one to weigh standing dates by, from which no clearing-out is left out; one for the day on which
    a case is `received`, where that differs.

    `finished`: cases of its own that taught it; `everyone`: those of all the organisation's services, which stand in
    where its own are few; `shift`: how far the level at which dates are read lies from what is asked for
    (`core.promises.levels`)."""

    finished: int
    everyone: int
    shift: float
    dates: Mapping[str, SurvivalTable]
    risks: Mapping[str, SurvivalTable]
    received: Mapping[str, SurvivalTable]

    ANY = ""
    """The stage that was never seen: its table is that of all the service's own stages together."""

    def table(self, stage: str) -> SurvivalTable:
        """The table that dates are read from."""
        return self.dates.get(stage) or self.dates[self.ANY]

    def received_table(self, stage: str) -> SurvivalTable:
        """The table that dates are read from on the day on which a case is received in a stage."""
        return self.received.get(stage) or self.received.get(self.ANY) or self.table(stage)

    def risk_table(self, stage: str) -> SurvivalTable:
        """The table that standing dates are weighed by."""
        return self.risks.get(stage) or self.risks[self.ANY]

    def teaches(self, *, stood_in: bool) -> bool:
        """Whether enough cases taught it for dates to be read from it. A service with a stand-in waits for history of
        its own; where nothing stands in, what all services together have taught will do."""
        return (self.finished if stood_in else self.everyone) >= FEWEST

    def to_json(self) -> dict[str, Any]:
        """As `from_json` reads it, to the last digit."""
        return {
            "finished": self.finished,
            "everyone": self.everyone,
            "shift": self.shift,
            **{
                kind: {stage: list(table.hazards) for stage, table in sorted(getattr(self, kind).items())}
                for kind in _KINDS
            },
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> SurvivalCurve:
        """The curve that `to_json` wrote."""
        tables = {
            kind: {stage: SurvivalTable(tuple(hazards)) for stage, hazards in body[kind].items()} for kind in _KINDS
        }
        return cls(body["finished"], body["everyone"], body["shift"], **tables)


_KINDS = ("dates", "risks", "received")


def learn(history: History) -> Learned:
    """The tables by what the weeks say."""
    cleared = history.cleared()
    risks = _Chain(history.method, *history.counted(without_clearing=False, settled=True))
    dates = _Chain(history.method, *history.counted(without_clearing=True, settled=True)) if cleared else risks
    received = _Chain(history.method, *history.counted(without_clearing=True)) if history.brief() else dates
    return Learned(dates, risks, received, history.finished())


class Learned:
    """What was learned about all services of an organisation."""

    def __init__(self, dates: _Chain, risks: _Chain, received: _Chain, finished: Mapping[str, int]) -> None:
        self._dates, self._risks, self._received, self.finished = dates, risks, received, finished
        self.everyone = sum(finished.values())

    def table(self, service: str, stage: str) -> SurvivalTable:
        """The table that dates are read from once the day on which a case came to the stage is over."""
        return self._dates.table(service, stage)

    def received_table(self, service: str, stage: str) -> SurvivalTable:
        """The table that dates are read from on the day on which a case is received in the stage: that of all who came
        to it."""
        return self._received.table(service, stage)

    def risk_table(self, service: str, stage: str) -> SurvivalTable:
        """The table that standing dates are weighed by."""
        return self._risks.table(service, stage)

    def curve(self, service: str, stages: Iterable[str], shift: float) -> SurvivalCurve:
        """The curve of a service, with tables for each of these stages."""
        codes = [SurvivalCurve.ANY, *stages]
        dates = {stage: self.table(service, stage) for stage in codes}
        risks = {stage: self.risk_table(service, stage) for stage in codes}
        brief = self._received is not self._dates
        received = {stage: self.received_table(service, stage) for stage in codes} if brief else {}
        return SurvivalCurve(self.finished.get(service, 0), self.everyone, shift, dates, risks, received)


class _Chain:
    """Hazards of all stages, of a stage, of its kin, of its service; tables are made when they are asked for."""

    def __init__(self, method: Method, long: Mapping[Key, Counts], recent: Mapping[Key, Counts]) -> None:
        self._method = method
        self._long, self._recent = ({**each, **_together(each)} for each in (long, recent))
        everything = _added(long, lambda service, stage: ("", "")).get(("", ""), Counts.none())
        self._root = drawn(everything, [_tail(everything, method)] * len(AGES.widths), method.root_weight)
        stages = _added(long, lambda service, stage: ("", stage))
        self._stages = {stage: drawn(counts, self._root, method.stage_weight) for (_, stage), counts in stages.items()}
        self._kin_of = _kin_of(method, long, self._stages)
        kin = _added(self._long, lambda service, stage: (self._kin_of(service), stage))
        self._kin = {
            key: drawn(counts, self._stages.get(key[1], self._root), method.kin_weight) for key, counts in kin.items()
        }
        self._tables: dict[Key, SurvivalTable] = {}

    def table(self, service: str, stage: str) -> SurvivalTable:
        """The table of a service and stage: where the service never saw the stage, that of the nearest who did, and
        where nobody did that of all its own stages together."""
        key = (service, stage)
        if key not in self._tables:
            self._tables[key] = SurvivalTable(self._hazards(service, stage))
        return self._tables[key]

    def _hazards(self, service: str, stage: str) -> tuple[float, ...]:
        kin = self._kin_of(service)
        if (kin, stage) not in self._kin and stage not in self._stages:
            stage = SurvivalCurve.ANY
        parent = self._kin.get((kin, stage)) or self._stages.get(stage) or self._root
        own = self._long.get((service, stage))
        hazards = drawn(own, parent, self._method.service_weight) if own else parent
        recent = self._recent.get((service, stage))
        return drawn(recent, hazards, self._method.recent_weight) if recent else hazards


Kin = Callable[[str], str]


def family(service: str) -> str:
    """The part of a service's name before the first slash: the office, in `municipality_5/tree`."""
    return service.partition("/")[0]


def kind(service: str) -> str:
    """The part of a service's name after the first slash: what is asked for, in `municipality_5/tree`."""
    _, slash, rest = service.partition("/")
    return slash + rest if rest else service


def _kin_of(method: Method, long: Mapping[Key, Counts], stages: Mapping[str, tuple[float, ...]]) -> Kin:
    """Who counts as kin, those of the same office or of the same kind: whichever foretells a service better that it
    knows nothing of (the Poisson likelihood of each service's counts, left out of its kin's)."""
    if method.kinship is Kinship.FAMILY or all("/" not in service for service, _ in long):
        return family
    if method.kinship is Kinship.KIND:
        return kind
    return max((family, kind), key=lambda kin_of: _likelihood(method.kin_weight, long, stages, kin_of))


def _likelihood(
    weight: float, long: Mapping[Key, Counts], stages: Mapping[str, tuple[float, ...]], kin_of: Kin
) -> float:
    together = _added(long, lambda service, stage: (kin_of(service), stage))
    total = 0.0
    for (service, stage), own in long.items():
        others = together[kin_of(service), stage].without(own)
        for n, d, hazard in zip(own.risk, own.done, drawn(others, stages[stage], weight), strict=True):
            if n:
                total += d * log(max(SURE, hazard)) - n * hazard
    return total


def _together(counts: Mapping[Key, Counts]) -> dict[Key, Counts]:
    """All stages of each service together: what is foreseen of one that nobody has seen."""
    return _added(counts, lambda service, stage: (service, SurvivalCurve.ANY))


def _added(counts: Mapping[Key, Counts], under: Callable[[str, str], Key]) -> dict[Key, Counts]:
    """The sums of counts under other names."""
    found: dict[Key, Counts] = {}
    for (service, stage), each in counts.items():
        found.setdefault(under(service, stage), Counts.none()).add(each)
    return found


def _tail(counts: Counts, method: Method) -> float:
    """One constant daily hazard: that of the later half of cases, or of all where hardly any finished there."""
    left, risk, done = 1.0, 0, 0
    for n, d, width in zip(counts.risk, counts.done, AGES.widths, strict=True):
        left *= (1 - d / n) ** width if n else 1
        if left <= 0.5 or not method.tail:
            risk, done = risk + n, done + d
    if done < method.few_tail:
        risk, done = sum(counts.risk), sum(counts.done)
    return min(1.0, (done + 1) / (risk + (100 if done < method.few_tail else 0) or 1))

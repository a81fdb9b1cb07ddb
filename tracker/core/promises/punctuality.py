"""How well first dates are kept: counted, put into an interval, and what follows when they are not.

Which dates these are, and what became of each, says `core.promises.first_dates`. They are judged when their own day
has passed, whatever became of the case before: requests that were quick count no sooner than slow ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil, floor, sqrt
from statistics import NormalDist

from tracker.core.promises.first_dates import Fate, FirstDate
from tracker.core.vocabulary.words import Confidence

WINDOW_DAYS = 365
"""Dates that passed longer ago do not count any more."""

FEWEST_SHOWN = 10
"""With fewer judged dates nothing is counted in public: single requests could be recognised."""

FEWEST_JUDGED = 30
"""With fewer judged dates nothing follows from them, as no date is read from fewer finished cases."""

FEWEST_TO_CONTRADICT = 50
"""With so many judged dates the count is said in place of what a date claims, where the two surely differ."""

FAR = 0.10
"""So far below the declared level a widened service must credibly lie before it gives no dates at all: of ten dates
one more breaks than was said. With 30 judged dates and a level of 9 in 10 that is 19 kept or fewer."""

TRIAL_DAYS = 90
"""After so long without dates a service is tried again: where none are given, none can be kept. For so long it is given
the chance to show what widening is worth, too."""

LOOK_DAYS = 7
"""Confidence is looked at once in so many days, so that it does not follow every night's chance."""

_Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Interval:
    """Two shares, between which the true one lies in 95 of 100 such counts."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Record:
    """Of `total` dates that could be judged, `kept` came true."""

    kept: int
    total: int

    @property
    def share(self) -> float | None:
        """The share that came true; None where nothing was judged."""
        return self.kept / self.total if self.total else None

    @property
    def interval(self) -> Interval:
        """Wilson's score interval at 95 % (Wilson 1927); unlike the textbook's it holds for few cases and for shares
        near 1 (Brown, Cai and DasGupta 2001). From 0 to 1 where nothing was judged."""
        if not self.total:
            return Interval(0.0, 1.0)
        share, n = self.kept / self.total, self.total
        middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        reach = _Z / (1 + _Z**2 / n) * sqrt(share * (1 - share) / n + _Z**2 / (4 * n * n))
        # At the ends rounding would leave the share itself outside.
        return Interval(max(0.0, min(share, middle - reach)), min(1.0, max(share, middle + reach)))

    @property
    def in_hundred(self) -> int:
        """The share in hundredths; neither all nor none unless that is so."""
        if not self.total or self.kept in (0, self.total):
            return 100 if self.total and self.kept else 0
        return min(99, max(1, round(100 * self.kept / self.total)))

    @property
    def bounds_in_hundred(self) -> tuple[int, int]:
        """The interval in hundredths, rounded outwards."""
        found = self.interval
        return floor(100 * found.low + 1e-9), ceil(100 * found.high - 1e-9)


NONE = Record(0, 0)
"""Of nothing."""


def contradicted(record: Record, claimed: float | None) -> int | None:
    """How many in a hundred dates came true, where many were judged and all of the interval lies below what a date
    claims; else None."""
    if claimed is None or record.total < FEWEST_TO_CONTRADICT or record.interval.high >= claimed:
        return None
    return record.in_hundred


def confidence(record: Record, declared: float, before: Confidence, held_days: int = 0) -> Confidence:
    """What follows from a record of first dates for a service that declares this level.

    `record`: the dates that passed since `before` began, so that no evidence counts twice; `held_days`: how long ago
    that was. One step down at a time; back as soon as the interval holds the declared level again.
    """
    tried_again = before is Confidence.WITHDRAWN and held_days >= TRIAL_DAYS
    if record.total < FEWEST_JUDGED:
        return Confidence.WIDENED if tried_again else before
    high = record.interval.high
    if high >= declared:
        return Confidence.TRUSTED
    if before is Confidence.TRUSTED or tried_again:
        return Confidence.WIDENED
    if before is Confidence.WIDENED and high >= declared - FAR:
        return Confidence.WIDENED
    return Confidence.WITHDRAWN


@dataclass(frozen=True, slots=True)
class Reliance:
    """How far a service's dates are relied on: since which day (None: always), the day of the last look, and,
    while it is tried again, the day from which dates are weighed by when they were given. `declared`: the level that
    the service declared then."""

    confidence: Confidence = Confidence.TRUSTED
    since_on: date | None = None
    looked_on: date | None = None
    given_from: date | None = None
    declared: float | None = None


@dataclass(frozen=True, slots=True)
class PunctualityFigures:
    """What became of the first dates that a service gave. `said_days`: the median length of what was said; `half_days`
    and `most_days`: by when half, and 9 in 10, were finished, None where so many are not finished yet. `moved`: of the
    judged dates; `told`: of the broken ones, those of which people heard before the day. `stand_ins`: those of `record`
    that were not learned; `office`: the dates that the office set itself, which are in no other number."""

    record: Record
    unknown: int = 0
    said_days: int | None = None
    half_days: int | None = None
    most_days: int | None = None
    moved: int = 0
    told: int = 0
    stand_ins: Record = NONE
    office: Record = NONE

    @property
    def broken(self) -> int:
        """The judged dates that did not come true."""
        return self.record.total - self.record.kept


def figures(dates: Iterable[FirstDate]) -> PunctualityFigures:
    """What became of these dates. Open cases count as taking longer than any that ended."""
    found = list(dates)
    ours = [each for each in found if not each.theirs]
    judged = [each for each in ours if each.fate is not Fate.UNKNOWN]
    took = [each.took_days for each in judged]
    return PunctualityFigures(
        record(each.fate for each in judged),
        len(ours) - len(judged),
        _reached([each.said_days for each in judged], 1, 2),
        _reached(took, 1, 2),
        _reached(took, 9, 10),
        sum(each.moved for each in judged),
        sum(each.forewarned and each.fate is Fate.BROKEN for each in judged),
        record(each.fate for each in judged if not each.learned),
        record(each.fate for each in found if each.theirs),
    )


def record(fates: Iterable[Fate]) -> Record:
    """How many of these could be judged, and came true."""
    found = Counter(fates)
    return Record(found[Fate.KEPT], found[Fate.KEPT] + found[Fate.BROKEN])


def weighed(dates: Iterable[FirstDate], standing: Reliance) -> Record:
    """The record that decides about a service: dates that passed since it stands as it does; while it is tried again
    after a withdrawal only those that were given since, because the old ones brought it there."""
    since, given_from = standing.since_on or date.min, standing.given_from or date.min
    return record(each.fate for each in dates if each.latest_on >= since and each.made_on >= given_from)


def _verdict(dates: Sequence[FirstDate], declared: float, before: Reliance, today: date) -> Confidence:
    """What the dates mean for a service. Only those that were given since it was widened say what widening is worth:
    once they are enough they decide, and until then nothing is withdrawn, for as long as a trial lasts."""
    held_days = (today - before.since_on).days if before.since_on is not None else 0
    record = weighed(dates, before)
    if before.confidence is Confidence.WIDENED:
        since = weighed(dates, replace(before, given_from=before.since_on))
        if since.total >= FEWEST_JUDGED:
            record = since
        elif held_days < TRIAL_DAYS and confidence(record, declared, before.confidence) is Confidence.WITHDRAWN:
            return Confidence.WIDENED
    return confidence(record, declared, before.confidence, held_days)


def reviewed(dates: Sequence[FirstDate], declared: float, before: Reliance, today: date) -> Reliance:
    """How a service stands today, by the dates that were given at the level that it declares; the same again within
    the week. One that gives no dates and then asks for less is tried again at once."""
    asks_for_less = before.declared is not None and declared < before.declared
    if before.confidence is Confidence.WITHDRAWN and asks_for_less:
        return Reliance(Confidence.WIDENED, today, today, today, declared)
    if before.looked_on is not None and today < before.looked_on + timedelta(days=LOOK_DAYS):
        return replace(before, declared=declared)
    found = _verdict(dates, declared, before, today)
    if found is before.confidence:
        return Reliance(found, before.since_on, today, before.given_from, declared)
    tried_again = before.confidence is Confidence.WITHDRAWN and found is Confidence.WIDENED
    return Reliance(found, today, today, today if tried_again else None, declared)


def _reached(days: Sequence[int | None], some: int, of: int) -> int | None:
    """The first day by which `some` in `of` were reached; None where there are none, or they never were."""
    known = sorted(day for day in days if day is not None)
    needed = ceil(some * len(days) / of)
    return known[needed - 1] if 0 < needed <= len(known) else None

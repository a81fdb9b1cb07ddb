"""How well first dates are kept: counted, put into an interval, and what follows when they are not.

A date is judged when its own day has passed, whatever became of the case before: requests that were quick count no
sooner than slow ones. The first date counts, not the one that it was moved to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from math import ceil, floor, sqrt
from statistics import NormalDist

from tracker.core.events import Outcome

WINDOW_DAYS = 365
"""Dates that passed longer ago do not count any more."""

FEWEST_SHOWN = 10
"""With fewer judged dates nothing is counted in public: single requests could be recognised."""

FEWEST_JUDGED = 30
"""With fewer judged dates nothing follows from them, as no date is read from fewer finished cases."""

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


class Confidence(StrEnum):
    """How far a service's dates may be relied on: a word of the API."""

    TRUSTED = "trusted"
    """Dates are given as the service asks for them."""
    WIDENED = "widened"
    """Fewer came true than was said: dates must lie further ahead."""
    WITHDRAWN = "withdrawn"
    """Far fewer, though they were widened: no new dates are given."""


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
class Standing:
    """How far a service's dates are relied on: since which day (None: always), the day of the last look, and,
    while it is tried again, the day from which dates are weighed by when they were given. `declared`: the level that
    the service declared then."""

    confidence: Confidence = Confidence.TRUSTED
    since_on: date | None = None
    looked_on: date | None = None
    given_from: date | None = None
    declared: float | None = None


class Fate(StrEnum):
    """What became of a first date."""

    KEPT = "kept"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    """It cannot be told, or the request was withdrawn or joined to another."""


@dataclass(frozen=True, slots=True)
class FirstDate:
    """`cases` first dates that share everything said here, whose day has passed. Days are the office's.

    `latest_on`: the date that counts, with the days added on which we waited for the person; `outcome`: the ledger's
    word, if it judged the date. `closed_as` and `ended_on` are None while the case is open, `silent`: its source has
    fallen silent, and was not heard again after that day. `moved`: another date took its place, or none; `told`: a
    message about that went out before its day was over.
    """

    probability: float
    made_on: date
    latest_on: date
    outcome: str | None
    closed_as: Outcome | None
    ended_on: date | None
    silent: bool
    moved: bool
    told: bool
    cases: int = 1

    @property
    def fate(self) -> Fate:
        """Kept when the case was finished on that day or before. The ledger knows the days that we waited while the
        case was paused at its end; otherwise the days decide, so that a late report of an end breaks nothing."""
        if self.closed_as in (Outcome.WITHDRAWN, Outcome.MERGED) or self.outcome == "could_not_tell":
            return Fate.UNKNOWN
        if self.outcome == "kept" or (self.ended_on is not None and self.ended_on <= self.latest_on):
            return Fate.KEPT
        return Fate.UNKNOWN if self.ended_on is None and self.silent else Fate.BROKEN

    @property
    def said_days(self) -> int:
        """How far ahead the date lay."""
        return (self.latest_on - self.made_on).days

    @property
    def took_days(self) -> int | None:
        """How long it took from the day on which the date was given; None while the case is open."""
        return None if self.ended_on is None else max(0, (self.ended_on - self.made_on).days)


@dataclass(frozen=True, slots=True)
class Account:
    """What became of a service's first dates. `said_days`: the median length of what was said; `half_days` and
    `most_days`: by when half, and 9 in 10, were finished, None where so many are not finished yet. `moved`: of the
    judged dates; `told`: of the broken ones, those of which people heard before the day."""

    record: Record
    unknown: int = 0
    said_days: int | None = None
    half_days: int | None = None
    most_days: int | None = None
    moved: int = 0
    told: int = 0

    @property
    def broken(self) -> int:
        """The judged dates that did not come true."""
        return self.record.total - self.record.kept


def account(dates: Iterable[FirstDate]) -> Account:
    """What became of these dates. Open cases count as taking longer than any that ended."""
    found = list(dates)
    judged = [each for each in found if each.fate is not Fate.UNKNOWN]
    broken = [each for each in judged if each.fate is Fate.BROKEN]
    total = _cases(judged)
    took = [(each.took_days, each.cases) for each in judged]
    return Account(
        Record(total - _cases(broken), total), _cases(found) - total,
        _reached([(each.said_days, each.cases) for each in judged], 1, 2),
        _reached(took, 1, 2), _reached(took, 9, 10),
        _cases(each for each in judged if each.moved), _cases(each for each in broken if each.told),
    )  # fmt: skip


def weighed(dates: Iterable[FirstDate], standing: Standing) -> Record:
    """The record that decides about a service: dates that passed since it stands as it does; while it is tried again
    after a withdrawal only those that were given since, because the old ones brought it there."""
    since, given_from = standing.since_on or date.min, standing.given_from or date.min
    return account(each for each in dates if each.latest_on >= since and each.made_on >= given_from).record


def _verdict(dates: Sequence[FirstDate], declared: float, before: Standing, today: date) -> Confidence:
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


def look(dates: Sequence[FirstDate], declared: float, before: Standing, today: date) -> Standing:
    """How a service stands today, by the dates that were given at the level that it declares; the same again within
    the week. One that gives no dates and then asks for less is tried again at once."""
    asks_for_less = before.declared is not None and declared < before.declared
    if before.confidence is Confidence.WITHDRAWN and asks_for_less:
        return Standing(Confidence.WIDENED, today, today, today, declared)
    if before.looked_on is not None and today < before.looked_on + timedelta(days=LOOK_DAYS):
        return replace(before, declared=declared)
    found = _verdict(dates, declared, before, today)
    if found is before.confidence:
        return Standing(found, before.since_on, today, before.given_from, declared)
    tried_again = before.confidence is Confidence.WITHDRAWN and found is Confidence.WIDENED
    return Standing(found, today, today, today if tried_again else None, declared)


def _cases(dates: Iterable[FirstDate]) -> int:
    return sum(each.cases for each in dates)


def _reached(days: Sequence[tuple[int | None, int]], some: int, of: int) -> int | None:
    """The first day by which `some` in `of` were reached; None where there are none, or they never were."""
    total, so_far = sum(cases for _, cases in days), 0
    for day, cases in sorted((day, cases) for day, cases in days if day is not None):
        so_far += cases
        if so_far * of >= some * total:
            return day
    return None

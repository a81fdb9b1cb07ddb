"""First dates: which date of a case was the first, and what became of it. The one definition, for whoever counts them.

A date counts by its own day, whatever it was moved to and whatever became of the case before. One that moved only
because the clock was paused is the same date, and counts where it moved to. The office's own dates are a line of their
own beside ours, so that a case may have a first date in each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.words import Change, Outcome

Day = TypeVar("Day", date, int)
"""A day of the calendar, or its number."""


class Population(StrEnum):
    """Which first dates are counted."""

    TOLD = "told"
    """The first that anybody outside the office was told of before its day was over, by a page, a message, a program or
    a person: learned or not, ours or the office's, whether it moved or was corrected later. What people hear of how
    dates are kept is counted of these."""
    LEARNED = "learned"
    """The first of ours that was learned, whether anybody was told of it or not. One that was corrected is not it, nor
    one given after a stand-in had to be moved. What the service itself learns from is counted of these."""


class Fate(StrEnum):
    """What became of a first date."""

    KEPT = "kept"
    BROKEN = "broken"
    UNKNOWN = "unknown"
    """It cannot be told, or not yet, or the request was withdrawn or joined to another."""


def fate(latest_on: Day, ended_on: Day | None, *, over: bool) -> Fate:
    """What became of a date: it was kept when the case was finished on that day or before. `latest_on`: with the days
    added on which the clock was paused; `over`: that day is known to be over, and a case without an end to be open
    still."""
    if ended_on is not None:
        return Fate.KEPT if ended_on <= latest_on else Fate.BROKEN
    return Fate.BROKEN if over else Fate.UNKNOWN


@dataclass(frozen=True, slots=True)
class Dated:
    """A date of the ledger, as far as it matters here. `theirs`: the office set it; `learned`: it is ours, and no
    stand-in. `told_at`: when somebody outside the office was told of it first, since the office went live; `kept_at`
    and `settled`: when the ledger judged it kept, and whether it was judged or replaced at all."""

    made_at: datetime
    latest_on: date
    passes_at: datetime | None
    theirs: bool
    learned: bool
    probability: float | None
    reason: str | None
    settled: bool
    kept_at: datetime | None
    could_not_tell: bool
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class Background:
    """What one must know of a case to tell what became of its dates. `received_until`: when the day of its reception
    was over; `closed_as` and `ended_on` are None while it is open; `heard_at` and `patience`: when its source was heard
    last, and how long it may be quiet; `live_at`: when the office went live; `warned_at`: when messages went out that
    said that a date had moved, or may not be kept."""

    zone: str
    received_until: datetime
    closed_as: Outcome | None = None
    ended_on: date | None = None
    heard_at: datetime | None = None
    patience: timedelta = timedelta()
    live_at: datetime | None = None
    warned_at: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class FirstDate:
    """The first date of a case, and what has become of it. Days are the office's.

    `made_on`: the day on which it was given; `latest_on`: the date that counts, with the days added on which we waited
    for the person (`waited`: there were some); `kept_on`: the day on which the ledger judged it kept. `closed_as` and
    `ended_on` are None while the case is open. `over`: its day is over; `silent`: its source has fallen silent, and
    was not heard again after that day; `silent_then`: it had fallen silent by the end of it. `moved`: another date took
    its place, or none; `forewarned`: a message about that went out before its day was over. `after_reception`: so long
    after the day of the case's reception was over it was given, less than nothing on the day itself; `tried`: before
    the office went live. `told_at`: when it was told first, and `moved_to` the last date that was told in its place,
    None where none was; both where first dates that were told are asked for.
    """

    made_on: date
    latest_on: date
    theirs: bool = False
    learned: bool = True
    probability: float | None = None
    closed_as: Outcome | None = None
    ended_on: date | None = None
    kept_on: date | None = None
    could_not_tell: bool = False
    over: bool = True
    silent: bool = False
    silent_then: bool = False
    moved: bool = False
    forewarned: bool = False
    waited: bool = False
    after_reception: timedelta = -timedelta(days=1)
    tried: bool = False
    told_at: datetime | None = None
    moved_to: date | None = None

    @property
    def fate(self) -> Fate:
        """What became of it, by all that is known now."""
        return self._fate(over=self.over and not self.silent)

    @property
    def fate_at_once(self) -> Fate:
        """What became of it, as it could be told when its day was over: for whoever counts each date once, and cannot
        wait for what a source says after a weekend."""
        return self._fate(over=self.over and not self.silent_then)

    @property
    def ended(self) -> bool:
        """Whether the request ended in a way by which a date can be judged: not withdrawn, and joined to no other."""
        return self.closed_as not in (None, Outcome.WITHDRAWN, Outcome.MERGED) and self.fate is not Fate.UNKNOWN

    @property
    def in_time(self) -> bool:
        """Whether it was kept as it was given: not of one that was moved or taken back, whatever became of it then,
        nor of one that was over by the end, but for days that do not count."""
        return self.ended and self.fate is Fate.KEPT and not self.moved and not self.waited_past

    @property
    def waited_past(self) -> bool:
        """Whether it was kept though the request ended after it: we still waited then, and those days do not count."""
        return self.ended and self.fate is Fate.KEPT and self.ended_on is not None and self.ended_on > self.latest_on

    @property
    def days_after(self) -> int:
        """How many days after it the request ended; 0 where it did not, or not later than it."""
        if not self.ended or self.ended_on is None or self.fate is Fate.KEPT:
            return 0
        return (self.ended_on - self.latest_on).days

    def _fate(self, *, over: bool) -> Fate:
        """The ledger knows the days that we waited where the clock was paused at the end, unless that end was taken
        back since; otherwise the days decide, so that a late report of an end breaks nothing."""
        if self.closed_as in (Outcome.WITHDRAWN, Outcome.MERGED) or self.could_not_tell:
            return Fate.UNKNOWN
        if self.kept_on is not None and self.ended_on is not None and self.ended_on <= self.kept_on:
            return Fate.KEPT
        return fate(self.latest_on, self.ended_on, over=over)

    @property
    def said_days(self) -> int:
        """How far ahead the date lay."""
        return (self.latest_on - self.made_on).days

    @property
    def took_days(self) -> int | None:
        """How long it took from the day on which the date was given; None while the case is open."""
        return None if self.ended_on is None else max(0, (self.ended_on - self.made_on).days)


_GIVEN_UP = frozenset({Change.LIKELY_LATE, Change.TOO_UNCERTAIN, Change.OFFICE_CHANGED_DATE})
"""Why a date that was given did not stand to its day; days on which we waited are none of our doing."""


def firsts(dates: Sequence[Dated], of: Background, population: Population, now: datetime) -> list[FirstDate]:
    """The first date of ours that a case had, and the office's first; none, one or both. `dates`: all of its ledger, in
    the order in which they were given."""
    ours = [each for each in dates if not each.theirs]
    if population is Population.LEARNED:
        lines = [_from_first_learned(ours)]
    else:
        lines = [_from_first_told(line, of) for line in (ours, [each for each in dates if each.theirs])]
    return [first for line in lines if (first := _first(line, dates, of, now)) is not None]


def leading(dates: Sequence[Dated], of: Background, now: datetime) -> FirstDate | None:
    """The first date that people were told in a case, of ours and the office's; None where they were told none. Of two
    that were told at once it is ours."""
    found = [(each.told_at, place, each) for place, each in enumerate(firsts(dates, of, Population.TOLD, now))]
    return min((each for each in found if each[0] is not None), key=lambda each: each[:2], default=(None, 0, None))[2]


def _told_at(each: Dated, of: Background) -> datetime | None:
    """When a date was told first, if that was before its day was over."""
    return each.told_at if each.told_at is not None and day_of(each.told_at, of.zone) <= each.latest_on else None


def _from_first_told(line: Sequence[Dated], of: Background) -> Sequence[Dated]:
    told = [(at, place) for place, each in enumerate(line) if (at := _told_at(each, of)) is not None]
    return line[min(told)[1] :] if told else ()


def _moved_to(counts: Dated, dates: Sequence[Dated], of: Background) -> date | None:
    """The last date that was told in the place of one that did not stand to its day."""
    by_office = counts.reason == Change.OFFICE_CHANGED_DATE
    after = [
        each.latest_on
        for each in dates
        if each.made_at >= counts.made_at and each is not counts and _told_at(each, of) is not None
        if each.theirs == counts.theirs or (by_office and each.theirs)
    ]
    return after[-1] if after and counts.reason in _GIVEN_UP else None


def _from_first_learned(line: Sequence[Dated]) -> Sequence[Dated]:
    learned = [place for place, each in enumerate(line) if each.learned and each.reason != Change.CASE_CORRECTED]
    if not learned or any(not each.learned and each.reason == Change.LIKELY_LATE for each in line[: learned[0]]):
        return ()
    return [line[place] for place in learned]


def _first(line: Sequence[Dated], dates: Sequence[Dated], of: Background, now: datetime) -> FirstDate | None:
    """The date that a line of `dates` begins with, as it counts."""
    counts = next((each for each in line if each.reason != Change.CLOCK_PAUSED), None)
    if counts is None:
        return None
    given, latest_on, passes_at = line[0], counts.latest_on, counts.passes_at
    silent = silent_then = False
    if of.heard_at is not None:
        quiet_at = of.heard_at + of.patience
        silent = quiet_at < now and day_of(of.heard_at, of.zone) <= latest_on
        silent_then = not counts.settled and passes_at is not None and quiet_at < passes_at
    return FirstDate(
        made_on=day_of(given.made_at, of.zone),
        latest_on=latest_on,
        theirs=given.theirs,
        learned=given.learned,
        probability=given.probability,
        closed_as=of.closed_as,
        ended_on=of.ended_on,
        kept_on=day_of(counts.kept_at, of.zone) if counts.kept_at is not None else None,
        could_not_tell=counts.could_not_tell,
        over=_over(counts, of, now),
        silent=silent,
        silent_then=silent_then,
        moved=counts.reason in _GIVEN_UP,
        forewarned=any(at >= given.made_at and day_of(at, of.zone) <= latest_on for at in of.warned_at),
        waited=counts is not given,
        after_reception=given.made_at - of.received_until,
        tried=of.live_at is not None and given.made_at < of.live_at,
        told_at=_told_at(given, of),
        moved_to=_moved_to(counts, dates, of),
    )


def _over(counts: Dated, of: Background, now: datetime) -> bool:
    """A date that stands while the clock is paused has not passed."""
    if counts.passes_at is not None:
        return counts.passes_at <= now
    return counts.settled and counts.latest_on < day_of(now, of.zone)

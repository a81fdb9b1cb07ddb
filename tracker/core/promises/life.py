"""The life of a date of ours: given, moved by the days on which a clock was paused, warned of, moved before it breaks,
taken back, given again.

The one machine for it. The service drives it for a case that has changed, or whose date is due to be looked at, and
writes what happened to its ledger (`core.deciding.case_dates`); the backtest drives it day by day through the cases of
a log. What it answers depends on what it is shown alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol

from tracker.core.promises.survival import SurvivalTable
from tracker.core.promises.weighing import (
    USUAL,
    Advice,
    StagePosition,
    StandingDate,
    Thresholds,
    Verdict,
    Window,
    stand_in,
    weigh,
    weigh_stand_in,
    weigh_unfounded,
    window,
)
from tracker.core.vocabulary.calendars import WEEKDAYS, WorkingDays


class LearnedTables(Protocol):
    """What was learned of a service, as dates are read from it."""

    def table(self, stage: str) -> SurvivalTable:
        """The table that dates are read from."""

    def received_table(self, stage: str) -> SurvivalTable:
        """The same on the day on which a case is received in a stage."""

    def risk_table(self, stage: str) -> SurvivalTable:
        """The table that standing dates are weighed by."""


@dataclass(frozen=True, slots=True)
class DateTerms:
    """On what terms a service gives dates now: by what was learned of it, None while that is too little, at which
    level; with which stand-in, if it has one. `probability`: what it asks for, beside which a date is no good news only
    because less is asked for later; None where that is left out of account.

    `gives` False: none at all, since too many of its dates broke; `relied_on_since`: the day since which it does.
    `cheers_at_once` False: that a case goes well is said from the morning after it moved on, and not before.
    """

    taught: LearnedTables | None
    level: float
    probability: float | None
    working: WorkingDays = WEEKDAYS
    thresholds: Thresholds = USUAL
    fallback_days: int | None = None
    gives: bool = True
    relied_on_since: date | None = None
    cheers_at_once: bool = True


@dataclass(frozen=True, slots=True)
class Observation:
    """What is known of a case on a day, as far as its date goes: where it stands, and since when.

    `at_receipt`: it is where it was received; `known_on`: the last day of which all is known; `judged_on`: the day
    whose question is asked, which before the hour at which dates are looked at is the day before; `began_on`: when the
    case was opened; `office`: the office has set a date of its own; `paused`: its clock stands still; `silent`: nothing
    is heard of the office, so that it may be finished by now; `passed`: the day of the date is over, and what happened
    on it is known; `waited`: days on which the clock was paused since the date was given; `no_sooner`: where one hears
    late that it runs again, the first day on which a date may lie.
    """

    terms: DateTerms
    stage: str | None
    came_on: date
    came_at: datetime | None
    at_receipt: bool
    known_on: date
    judged_on: date
    began_on: date
    now: datetime
    today: date
    office: bool = False
    paused: bool = False
    silent: bool = False
    passed: bool = False
    waited: int = 0
    no_sooner: date | None = None

    @property
    def taught(self) -> LearnedTables | None:
        """What dates are read from, if they are learned."""
        return self.terms.taught if self.stage is not None else None

    @property
    def known(self) -> date:
        """The last day of which all is known of the case where it is now: at the earliest the day before it came."""
        return max(self.known_on, self.came_on - timedelta(days=1))


@dataclass(frozen=True, slots=True)
class HeldDate:
    """The date of ours of a case, or `window` None where none stands any more.

    `first_on`, `first_made_on`: the first one of the case, and when it was given; `learned`: it was read from what was
    learned, at this `probability`; `warned`, `cheered`: that it may not hold, or will probably be sooner, was said of
    it; `taken_at`, `taken_on`: when the last one was taken back, if that is how it ended.
    """

    window: Window | None
    made_on: date
    first_on: date
    first_made_on: date
    learned: bool = True
    probability: float | None = None
    warned: bool = False
    cheered: bool = False
    taken_at: datetime | None = None
    taken_on: date | None = None


class DateEvent(StrEnum):
    """What happens to a date."""

    GIVEN = "given"
    PASSED = "passed"
    RESUMED = "resumed"
    WARNED = "warned"
    CHEERED = "cheered"
    MOVED = "moved"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened to a date: what it was before, and what it is after that."""

    deed: DateEvent
    before: Window | None
    after: Window | None


@dataclass(frozen=True, slots=True)
class Development:
    """What became of a date: the date as it is held now, what happened to it, in order, and the last word on it."""

    held: HeldDate | None
    happened: tuple[Happened, ...] = ()
    verdict: Verdict = Verdict(Advice.HOLD)


def developed(sight: Observation, held: HeldDate | None) -> Development:
    """What becomes of a date by all that is known now."""
    first = heard(sight, held)
    then = looked_at(sight, first.held)
    return Development(then.held, first.happened + then.happened, then.verdict)


def heard(sight: Observation, held: HeldDate | None) -> Development:
    """What follows from what was heard: a date is over, or is given, or moves because the clock was paused."""
    happened: tuple[Happened, ...] = ()
    if held is not None and held.window is not None and sight.passed:
        happened = (Happened(DateEvent.PASSED, held.window, None),)
        held = replace(held, window=None, taken_at=None, taken_on=None)
    if held is None or held.window is None:
        if not may_give(sight, held) or (found := first(sight)) is None:
            return Development(held, happened)
        return Development(_given(sight, held, found), (*happened, Happened(DateEvent.GIVEN, None, found)))
    if sight.paused or not sight.waited:
        return Development(held, happened)
    if (later := resumed(sight, held.window)).latest_on < sight.today:  # one hears of it so late that it would be over
        if (found := first(sight)) is None:
            return _taken_back(sight, held, happened)
        return Development(_given(sight, held, found), (*happened, Happened(DateEvent.MOVED, held.window, found)))
    moved = replace(held, window=later, made_on=sight.today, warned=False, cheered=False)
    return Development(moved, (*happened, Happened(DateEvent.RESUMED, held.window, later)))


def _taken_back(sight: Observation, held: HeldDate, happened: tuple[Happened, ...] = ()) -> Development:
    taken = replace(held, window=None, taken_at=sight.now, taken_on=sight.today)
    return Development(taken, (*happened, Happened(DateEvent.TAKEN_BACK, held.window, None)), Verdict(Advice.GIVE_UP))


def may_give(sight: Observation, held: HeldDate | None) -> bool:
    """Whether a date may be given to a case that has none. One that was taken back for uncertainty comes back only once
    the case has moved on, or the service is relied on again, and one that passed in a silence once that is over."""
    if held is None:
        return True
    if sight.silent:
        return False
    if held.taken_at is None or held.taken_on is None:
        return True
    if sight.terms.relied_on_since is not None and sight.terms.relied_on_since > held.taken_on:
        return True  # it may have been taken back because the service gave no dates
    if sight.came_at is not None:
        return sight.came_at > held.taken_at
    return sight.came_on > held.taken_on


def first(sight: Observation) -> Window | None:
    """The date that can be given now: learned, else the service's stand-in where the office has set none."""
    terms = sight.terms
    if not terms.gives:
        return None
    if sight.taught is not None and sight.stage is not None:
        if sight.paused:  # nothing is learned of stages in which we wait
            return None
        table = _dates(sight, sight.taught, sight.stage)
        return window(table, sight.came_on, sight.known, terms.level, sight.today, working=terms.working)
    if terms.fallback_days is None or sight.office:
        return None
    return stand_in(sight.began_on, terms.fallback_days, sight.today, terms.working)


def _fresh(sight: Observation) -> bool:
    """Whether a case is one of all that come: as long as nothing is known of the day on which it was received."""
    return sight.at_receipt and sight.known < sight.came_on


def _dates(sight: Observation, taught: LearnedTables, stage: str) -> SurvivalTable:
    return taught.received_table(stage) if _fresh(sight) else taught.table(stage)


def _given(sight: Observation, held: HeldDate | None, found: Window) -> HeldDate:
    """A date that is given where none stood."""
    first_on, made_on = (held.first_on, held.first_made_on) if held is not None else (found.latest_on, sight.today)
    learned = sight.taught is not None
    return HeldDate(found, sight.today, first_on, made_on, learned, sight.terms.probability if learned else None)


def resumed(sight: Observation, old: Window) -> Window:
    """A date of a clock that runs again: it moves by the days that were waited."""
    waited, working = timedelta(days=sight.waited), sight.terms.working
    return Window(
        old.earliest_on and working.since(old.earliest_on + waited),
        old.half_by_on and working.since(old.half_by_on + waited),
        working.since(max(old.latest_on + waited, sight.no_sooner or date.min)),
    )


def looked_at(sight: Observation, held: HeldDate | None) -> Development:
    """What follows from a look at a date that stands: people are warned, or told that it will be sooner, once; it moves
    or is taken back. While the clock is paused nothing does, and in a silence nothing is said."""
    if held is None or held.window is None or sight.paused:
        return Development(held)
    verdict, tomorrow = weighed(sight, held), Verdict(Advice.HOLD, review_on=sight.today + timedelta(days=1))
    if sight.silent and verdict.step is not Advice.HOLD:  # it may be finished by now: nothing is said until we know
        return Development(held, (), tomorrow)
    if verdict.step is Advice.GIVE_UP or (verdict.step is Advice.MOVE and not sight.terms.gives):
        return _taken_back(sight, held)
    if verdict.window is None:
        return _spoken_of(sight, held, verdict, ())
    moved, happened = _given(sight, held, verdict.window), (Happened(DateEvent.MOVED, held.window, verdict.window),)
    again = weighed(sight, moved)
    return _spoken_of(sight, moved, again if again.review_on else tomorrow, happened)


def _spoken_of(sight: Observation, held: HeldDate, verdict: Verdict, happened: tuple[Happened, ...]) -> Development:
    """What is said of a date that stands, each word once."""
    at_ease = sight.terms.cheers_at_once or sight.came_on < sight.today
    if verdict.step is Advice.WARN and not held.warned:
        said = Happened(DateEvent.WARNED, held.window, held.window)
        return Development(replace(held, warned=True), (*happened, said), verdict)
    if verdict.sooner and not held.cheered and at_ease:
        said = Happened(DateEvent.CHEERED, held.window, held.window)
        return Development(replace(held, cheered=True), (*happened, said), verdict)
    return Development(held, happened, verdict)


def weighed(sight: Observation, held: HeldDate) -> Verdict:
    """What is to be done about a date. Once its day is over it holds until the source has had the time to tell what
    happened on it."""
    terms, stood = sight.terms, standing_date(held)
    if sight.today > stood.latest_on:
        return Verdict(Advice.HOLD, review_on=sight.today + timedelta(days=1))
    if sight.taught is not None and sight.stage is not None:
        dates = _dates(sight, sight.taught, sight.stage)
        risks = dates if _fresh(sight) else sight.taught.risk_table(sight.stage)
        place = StagePosition(sight.came_on, dates, risks, terms.working)
        return weigh(place, stood, terms.level, sight.judged_on, sight.known, thresholds=terms.thresholds)
    if held.learned:
        return weigh_unfounded(stood, sight.judged_on, terms.working)
    days = terms.fallback_days or (held.first_on - sight.began_on).days
    return weigh_stand_in(stood, sight.began_on, days, sight.judged_on, terms.working)


def standing_date(held: HeldDate) -> StandingDate:
    """The date that stands, as it is weighed."""
    if held.window is None:
        raise ValueError("no date stands")
    return StandingDate(
        held.window.latest_on, held.made_on, (held.first_on - held.first_made_on).days, held.probability
    )

"""The dates that we give: a window read from a table, how likely it is to be missed, and when it must be moved.

A date moves rarely, later only, and before it breaks. People are warned first, where there is time for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil, exp
from uuid import UUID

from tracker.core.promises.survival import SurvivalTable
from tracker.core.vocabulary.calendars import WEEKDAYS, WorkingDays, day_of, word_due_at

FEWEST = 30
"""Cases that must have been finished before a date is read from a curve: the service's own, or all services' where
nothing stands in."""

HORIZON_DAYS, HORIZON_HALVES = 1_000, 8
"""A date further away than so many days says nothing, unless half are still open after an eighth of that time: where
work takes years, a date years ahead says much."""

EVEN = 0.5
"""From this probability of missing it a date is moved on the last working day before it, which is the last on which it
can be told in time."""

FURTHEST_DAYS, FURTHEST_LENGTHS = 180, 3
"""No new date lies further away than so many days, or so many times the length of the first promise."""


class Advice(StrEnum):
    """What is to be done about a date."""

    HOLD = "hold"
    WARN = "warn"
    MOVE = "move"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities of missing a date from which people are warned, warned shortly before it, warned on the last
    working day before it, since the next day is too late, and given a new one."""

    warn: float = 0.65
    warn_near: float = 0.15
    warn_last: float = 0.05
    move: float = 0.85


USUAL = Thresholds()


@dataclass(frozen=True, slots=True)
class Window:
    """One in ten are finished by `earliest_on`, half by `half_by_on`, the share that was asked for by `latest_on`.
    The first two are None where the date was not learned."""

    earliest_on: date | None
    half_by_on: date | None
    latest_on: date


@dataclass(frozen=True, slots=True)
class StandingDate:
    """A date as it stands: when it was given, how many days ahead the first one of the case lay when given, and at
    which probability it was given, where that may be another than is asked for now."""

    latest_on: date
    made_on: date
    first_days: int
    probability: float | None = None

    @property
    def leeway(self) -> int:
        """Days before it that count as near, and by which it moves at least: two, or a tenth of its length."""
        return max(2, ceil((self.latest_on - self.made_on).days / 10))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be done about a date now, with the new window where it moves; `review_on`: the next day on which
    the answer can be another, at the hour of `calendars.word_due_at`. `sooner`: the date stands, and the case is likely
    to be finished well before it."""

    step: Advice
    window: Window | None = None
    review_on: date | None = None
    sooner: bool = False


def judging_day(now: datetime, zone: str) -> date:
    """The day whose question is asked: dates are looked at in the morning, at the hour when words are sent."""
    today = day_of(now, zone)
    return today if now >= word_due_at(today, zone) else today - timedelta(days=1)


def window(
    table: SurvivalTable, stage_on: date, known_on: date, level: float, today: date, *, working: WorkingDays = WEEKDAYS
) -> Window | None:
    """When a case that came to its stage on `stage_on`, and was open at the end of `known_on`, is finished.

    `known_on` is the day before `stage_on` where nothing is known since. None where the table does not reach the level
    within the horizon. Every date is a working day after today.
    """
    found = [_reached(table, stage_on, known_on, share, today, working=working) for share in (0.9, 0.5, 1 - level)]
    earliest_on, half_by_on, latest_on = found
    if latest_on is None or earliest_on is None or half_by_on is None:
        return None
    horizon = max(HORIZON_DAYS, HORIZON_HALVES * (half_by_on - today).days)
    return Window(earliest_on, half_by_on, latest_on) if (latest_on - today).days <= horizon else None


def _reached(
    table: SurvivalTable, stage_on: date, known_on: date, share: float, today: date, *, working: WorkingDays
) -> date | None:
    age = table.reaches(share, (known_on - stage_on).days)
    return None if age is None else working.since(max(stage_on + timedelta(days=age), today + timedelta(days=1)))


def risk(table: SurvivalTable, stage_on: date, latest_on: date, known_on: date) -> float:
    """The probability that a case that came to its stage on `stage_on`, and was open at the end of `known_on`, misses a
    date."""
    ages = (latest_on - stage_on).days, (known_on - stage_on).days
    return exp(table.log_survival(ages[0]) - table.log_survival(ages[1])) if latest_on > known_on else 1.0


@dataclass(frozen=True, slots=True)
class StagePosition:
    """Where a case is in its service: when it came to its stage, the curve's tables for it, and on which days the
    office works."""

    stage_on: date
    dates: SurvivalTable
    risks: SurvivalTable
    working: WorkingDays = WEEKDAYS


def weigh(
    place: StagePosition,
    standing: StandingDate,
    level: float,
    today: date,
    known_on: date | None = None,
    *,
    thresholds: Thresholds = USUAL,
) -> Verdict:
    """What is to be done about a learned date on the morning of this day, by what was known at the end of `known_on`
    (by itself the day before). It moves later only; at the latest on the last working day before it, if it is as likely
    to be missed as to be kept.

    A case is weighed from the morning after it came to its stage, on the day of the date itself at once; that it goes
    well can be said at once.
    """
    known_on = known_on or today - timedelta(days=1)
    if place.stage_on >= today and standing.latest_on > today:
        sooner = _sooner(place, standing, level, today, place.stage_on - timedelta(days=1))
        review_on = min(place.stage_on + timedelta(days=1), standing.latest_on)
        return Verdict(Advice.HOLD, review_on=review_on, sooner=sooner)
    step = _step(place, standing, today, known_on, thresholds)
    if step is not Advice.MOVE:
        sooner = step is Advice.HOLD and _sooner(place, standing, level, today, known_on)
        review_on = _review_on(place, standing, step, today, thresholds, sooner_at=level if sooner else None)
        return Verdict(step, review_on=review_on, sooner=sooner)
    fresh = window(place.dates, place.stage_on, known_on, level, today, working=place.working)
    if fresh is None:
        return Verdict(Advice.GIVE_UP)
    latest_on = max(fresh.latest_on, place.working.since(standing.latest_on + timedelta(days=standing.leeway)))
    if (latest_on - today).days > max(FURTHEST_DAYS, FURTHEST_LENGTHS * standing.first_days):
        return Verdict(Advice.GIVE_UP)
    return Verdict(Advice.MOVE, Window(fresh.earliest_on, fresh.half_by_on, latest_on))


def _sooner(place: StagePosition, standing: StandingDate, level: float, today: date, known_on: date) -> bool:
    """Whether the date that would be given now lies well before the one that stands. That one is kept all the same:
    to move dates forward is what breaks them."""
    share = 1 - max(level, standing.probability or 0.0)  # that less is asked for now is no good news
    latest_on = _reached(place.dates, place.stage_on, known_on, share, today, working=place.working)
    return latest_on is not None and latest_on + timedelta(days=standing.leeway) <= standing.latest_on


def _step(place: StagePosition, standing: StandingDate, today: date, known_on: date, thresholds: Thresholds) -> Advice:
    chance = risk(place.risks, place.stage_on, standing.latest_on, known_on)
    last_chance = today >= place.working.until(standing.latest_on - timedelta(days=1))
    if chance >= (min(EVEN, thresholds.move) if last_chance else thresholds.move):
        return Advice.MOVE
    near = (standing.latest_on - today).days <= standing.leeway
    warn = thresholds.warn_last if last_chance else thresholds.warn_near if near else thresholds.warn
    return Advice.WARN if chance >= warn else Advice.HOLD


def _review_on(
    place: StagePosition,
    standing: StandingDate,
    step: Advice,
    today: date,
    thresholds: Thresholds,
    *,
    sooner_at: float | None,
) -> date:
    """The first day on which another step is due by this table, or `sooner`, at the level `sooner_at`, holds no longer;
    at most the next Monday, when there may be a newer table. People are warned of a date only once."""
    day, monday = today + timedelta(days=1), today + timedelta(days=7 - today.weekday())
    while day < min(monday, standing.latest_on):
        known_on = day - timedelta(days=1)
        if _step(place, standing, day, known_on, thresholds) not in (step, Advice.HOLD):
            break
        if sooner_at is not None and not _sooner(place, standing, sooner_at, day, known_on):
            break
        day += timedelta(days=1)
    return day


def weigh_unfounded(standing: StandingDate, today: date, working: WorkingDays = WEEKDAYS) -> Verdict:
    """What is to be done about a learned date when history has become too thin to weigh it: it holds, and is taken back
    on the last working day before it."""
    decide_on = _decided_on(standing, working)
    if today < decide_on:
        return Verdict(Advice.HOLD, review_on=min(decide_on, today + timedelta(days=7 - today.weekday())))
    return Verdict(Advice.GIVE_UP)


def _decided_on(standing: StandingDate, working: WorkingDays) -> date:
    """The last day on which people can be told of a date's change before it, at the earliest the day after it was
    given."""
    return max(working.until(standing.latest_on - timedelta(days=1)), standing.made_on + timedelta(days=1))


def stand_in(began_on: date, days: int, today: date, working: WorkingDays = WEEKDAYS) -> Window | None:
    """The service's own date while history is thin: so many days after the case began; None when that has passed."""
    latest_on = working.since(began_on + timedelta(days=days))
    return Window(None, None, latest_on) if latest_on > today else None


def weigh_stand_in(
    standing: StandingDate, began_on: date, days: int, today: date, working: WorkingDays = WEEKDAYS
) -> Verdict:
    """What is to be done about a date that was not learned: on the last working day before it, it moves by half its
    length. Nothing is known of it, so it moves twice at most; then there is none."""
    decide_on = _decided_on(standing, working)
    if today < decide_on:
        return Verdict(Advice.HOLD, review_on=decide_on)
    latest_on = working.since(standing.latest_on + timedelta(days=max(2, ceil(days / 2))))
    if (latest_on - began_on).days > 2 * days + 8:
        return Verdict(Advice.GIVE_UP)
    return Verdict(Advice.MOVE, Window(None, None, latest_on))


def withdrawn_cause(promise: UUID) -> str:
    """The cause of the news that a date was taken back, which differs from that of a warning about it."""
    return f"{promise}:withdrawn"


def office_cause(promise: UUID, *, passed: bool) -> str:
    """The cause of the news that the office set this date in the place of another, or that its day has passed."""
    return f"{_OFFICE}{promise}:passed" if passed else f"{_OFFICE}{promise}"


_OFFICE = "office:"


def news_holds(cause: str, standing: UUID | None, offices: str | None = None) -> bool:
    """Whether news about a date is true still, by the date of ours that stands now; about one of the office's, by the
    cause that its newest date would have now."""
    if cause.startswith(_OFFICE):
        return cause == offices
    return cause == str(standing) if standing is not None else cause.endswith(":withdrawn")

"""Good news, told softly: a case is likely to be finished well before its date, which stands all the same."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.promises.test_weighing import DAILY, MONDAY, ahead, days, levels, spans, stood, tables
from tracker.core.promises.survival import SurvivalTable
from tracker.core.promises.weighing import Advice, StagePosition, StandingDate, weigh, window
from tracker.core.vocabulary.calendars import WEEKDAYS

QUICK = SurvivalTable((0.5,) * 600, DAILY)
"""Nine in ten are finished on the fourth day."""


def found_at(table: SurvivalTable, standing: StandingDate, *stages_on: int) -> list[bool]:
    """Whether it is told to cases that come to their stage so many days after MONDAY, on that day."""
    days_on = [ahead(MONDAY, day) for day in stages_on]
    verdicts = [weigh(stood(table, day), standing, 0.9, day) for day in days_on]
    assert {each.step for each in verdicts} == {Advice.HOLD}, "the date stands all the same"
    return [each.sooner for each in verdicts]


def test_a_case_that_moves_on_early_is_told_so_on_the_same_day() -> None:
    # three days, a tenth of its length, must lie between: day 26 is told, day 28 is a Saturday and so the day itself
    assert found_at(QUICK, StandingDate(ahead(MONDAY, 28), MONDAY, 28), 1, 22, 23) == [True, True, False]


def test_good_news_ends_when_it_holds_no_longer() -> None:
    place, standing = stood(SurvivalTable((0.05,) * 600, DAILY), MONDAY), StandingDate(ahead(MONDAY, 49), MONDAY, 49)
    told = [weigh(place, standing, 0.9, ahead(MONDAY, day)) for day in range(1, 5)]  # 44 days on, and a day more a day
    assert [each.sooner for each in told] == [False] * 4, "a tenth of 49 days is five"
    standing = StandingDate(ahead(MONDAY, 53), MONDAY, 49)
    told = [weigh(place, standing, 0.9, ahead(MONDAY, day)) for day in range(1, 5)]
    assert [each.sooner for each in told] == [True, True, False, False]
    assert told[0].review_on == ahead(MONDAY, 3), "it is looked at on the day on which it ends, and not a week later"


def test_who_is_warned_hears_no_good_news() -> None:
    """The two tables may differ: what was cleared out on one day is left out of that which dates are read from."""
    slow = SurvivalTable((0.018,) * 600, DAILY)
    verdict = weigh(
        StagePosition(MONDAY, QUICK, slow), StandingDate(ahead(MONDAY, 21), MONDAY, 21), 0.9, ahead(MONDAY, 2)
    )
    assert (verdict.step, verdict.sooner) == (Advice.WARN, False)


def test_a_date_that_was_just_read_is_no_good_news() -> None:
    fresh = window(QUICK, MONDAY, ahead(MONDAY, -1), 0.9, MONDAY)
    assert fresh is not None
    assert found_at(QUICK, StandingDate(fresh.latest_on, MONDAY, 3), 0) == [False]


@settings(max_examples=200)
@given(tables(), tables(), spans, levels, days, st.integers(1, 200))
def test_it_is_of_dates_that_stand_and_true_until_the_next_look(
    dates: SurvivalTable, risks: SurvivalTable, age: timedelta, level: float, today: date, until: int
) -> None:
    place, standing = (
        StagePosition(today + age, dates, risks),
        StandingDate(WEEKDAYS.since(ahead(today, until)), today + age, 30),
    )
    verdict = weigh(place, standing, level, today)
    if not verdict.sooner:
        return
    assert verdict.step is Advice.HOLD
    assert verdict.review_on is not None
    day = today
    while day < verdict.review_on:
        fresh = window(dates, place.stage_on, max(ahead(day, -1), ahead(place.stage_on, -1)), level, day)
        assert fresh is not None
        assert ahead(fresh.latest_on, standing.leeway) <= standing.latest_on
        day = ahead(day, 1)

"""Dates: what a window promises, how likely it is to be missed, and when it moves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tracker.core.promises.survival import AGES, Ages, SurvivalTable
from tracker.core.promises.weighing import (
    FURTHEST_DAYS,
    FURTHEST_LENGTHS,
    HORIZON_DAYS,
    HORIZON_HALVES,
    Advice,
    StagePosition,
    StandingDate,
    Verdict,
    risk,
    stand_in,
    weigh,
    weigh_stand_in,
    window,
)
from tracker.core.vocabulary.calendars import WEEKDAYS

MONDAY = date(2026, 3, 2)
DAILY = Ages.daily(600)
STEADY = SurvivalTable((0.05,) * 600, DAILY)
"""One in twenty is finished each day."""

days = st.dates(date(2024, 1, 1), date(2030, 1, 1))
levels = st.floats(0.5, 0.99)
spans = st.timedeltas(timedelta(days=-400), timedelta(0)).map(lambda span: timedelta(days=span.days))


@st.composite
def tables(draw: st.DrawFn) -> SurvivalTable:
    """Tables of any shape: cases may all be done one day, or none for long; at the end some are finished each day."""
    rates = st.sampled_from([0.0, 0.001, 0.01, 0.05, 0.3, 0.9])
    few = draw(st.lists(rates, min_size=1, max_size=len(AGES.widths)))
    return SurvivalTable(tuple((few * len(AGES.widths))[: len(AGES.widths) - 9]) + (0.01,) * 9)


def ahead(day: date, number: int) -> date:
    """So many days after a day."""
    return day + timedelta(days=number)


def stood(table: SurvivalTable, stage_on: date, risks: SurvivalTable | None = None) -> StagePosition:
    """A place whose standing dates are weighed by the table that they are read from."""
    return StagePosition(stage_on, table, risks or table)


@given(tables(), spans, levels, days)
def test_a_window_is_of_working_days_in_order(table: SurvivalTable, age: timedelta, level: float, today: date) -> None:
    stage_on, known_on = today + age, ahead(today, -1)
    found = window(table, stage_on, known_on, level, today)
    if found is None:
        return
    assert found.earliest_on is not None
    assert found.half_by_on is not None
    assert today < found.earliest_on <= found.half_by_on <= found.latest_on
    assert all(day.weekday() < 5 for day in (found.earliest_on, found.half_by_on, found.latest_on))
    assert (found.latest_on - today).days <= max(HORIZON_DAYS, HORIZON_HALVES * (found.half_by_on - today).days)
    assert risk(table, stage_on, found.latest_on, known_on) <= 1 - level + 1e-6


@given(tables(), spans, levels, levels, days)
def test_who_wants_to_be_surer_waits_longer(
    table: SurvivalTable, age: timedelta, one: float, other: float, today: date
) -> None:
    early, late = (window(table, today + age, ahead(today, -1), level, today) for level in sorted((one, other)))
    if late is not None:
        assert early is not None
        assert early.latest_on <= late.latest_on


@given(tables(), spans, levels, days)
def test_a_day_more_of_waiting_never_makes_the_date_earlier(
    table: SurvivalTable, age: timedelta, level: float, today: date
) -> None:
    before = window(table, today + age, ahead(today, -1), level, today)
    after = window(table, today + age, today, level, ahead(today, 1))
    if before is not None and after is not None:
        assert after.latest_on >= before.latest_on


def test_a_window_is_read_off_the_table() -> None:
    found = window(STEADY, MONDAY, ahead(MONDAY, -1), 0.9, MONDAY)
    assert found is not None
    # 0.95 ** 45 is the first under a tenth, 0.95 ** 14 under a half, 0.95 ** 3 under nine tenths; day 0 is the first
    assert found.latest_on == ahead(MONDAY, 44) == date(2026, 4, 15)
    assert found.half_by_on == WEEKDAYS.since(ahead(MONDAY, 13)) == date(2026, 3, 16)
    assert found.earliest_on == ahead(MONDAY, 2)


def test_a_date_is_never_today_though_most_finish_at_once() -> None:
    at_once = SurvivalTable((0.99,) * len(AGES.widths))
    found = window(at_once, MONDAY, ahead(MONDAY, -1), 0.9, MONDAY)
    assert found is not None
    assert found.latest_on == ahead(MONDAY, 1)
    friday = ahead(MONDAY, 4)
    found = window(at_once, friday, friday, 0.9, friday)
    assert found is not None
    assert found.latest_on == ahead(MONDAY, 7)


def test_a_table_that_never_gets_there_gives_no_date() -> None:
    stuck = SurvivalTable((0.0,) * len(AGES.widths))
    assert window(stuck, MONDAY, ahead(MONDAY, -1), 0.9, MONDAY) is None
    assert window(STEADY, ahead(MONDAY, -700), ahead(MONDAY, -1), 0.9, MONDAY) is None


def test_a_date_years_ahead_says_something_only_where_the_work_takes_years() -> None:
    """Nine in ten take some 1,150 days in both; half of the one take 347 days, of the other five."""
    slow = SurvivalTable((0.002,) * len(AGES.widths))
    found = window(slow, MONDAY, ahead(MONDAY, -1), 0.9, MONDAY)
    assert found is not None and (found.latest_on - MONDAY).days > HORIZON_DAYS
    quick = SurvivalTable((0.15,) * 7 + (0.001,) * (len(AGES.widths) - 7))
    assert window(quick, MONDAY, ahead(MONDAY, -1), 0.9, MONDAY) is None
    near = window(quick, MONDAY, ahead(MONDAY, -1), 0.7, MONDAY)
    assert near is not None and near.half_by_on is not None and (near.half_by_on - MONDAY).days <= 7


@given(tables(), spans, days, st.integers(-5, 400))
def test_a_risk_is_a_probability(table: SurvivalTable, age: timedelta, today: date, until: int) -> None:
    chance = risk(table, today + age, ahead(today, until), ahead(today, -1))
    assert 0 <= chance <= 1
    assert until >= 0 or chance == 1.0


def test_the_risk_of_the_last_day_is_that_of_one_day() -> None:
    assert risk(STEADY, MONDAY, ahead(MONDAY, 20), ahead(MONDAY, 19)) == pytest.approx(0.95)
    assert risk(STEADY, MONDAY, ahead(MONDAY, 20), ahead(MONDAY, 10)) == pytest.approx(0.95**10)
    assert risk(STEADY, MONDAY, ahead(MONDAY, 20), ahead(MONDAY, 20)) == 1.0


standings = st.builds(
    lambda until, length, first: (until, length, first), st.integers(-5, 400), st.integers(0, 300), st.integers(1, 300)
)


def standing(today: date, told: tuple[int, int, int]) -> StandingDate:
    """A date some days ahead that was given some days ago."""
    until, length, first = told
    return StandingDate(WEEKDAYS.since(ahead(today, until)), ahead(today, -length), first)


@settings(max_examples=300)
@given(tables(), tables(), days, spans, standings, levels)
def test_a_date_moves_later_only_and_is_looked_at_again(
    dates: SurvivalTable, risks: SurvivalTable, today: date, age: timedelta, told: tuple[int, int, int], level: float
) -> None:
    before = standing(today, told)
    assume(before.latest_on >= today)
    verdict = weigh(StagePosition(today + age, dates, risks), before, level, today)
    if verdict.step is Advice.MOVE:
        assert verdict.window is not None
        found = verdict.window
        assert (found.latest_on - before.latest_on).days >= before.leeway >= 2
        assert found.latest_on > today
        assert found.latest_on.weekday() < 5
        assert (found.latest_on - today).days <= max(FURTHEST_DAYS, FURTHEST_LENGTHS * before.first_days)
        assert found.earliest_on is not None
        assert found.half_by_on is not None
        assert today < found.earliest_on <= found.half_by_on <= found.latest_on
    elif verdict.step is not Advice.GIVE_UP:
        assert verdict.window is None
        assert verdict.review_on is not None
        assert today < verdict.review_on <= max(ahead(today, 7 - today.weekday()), ahead(today, 1))


@settings(max_examples=300)
@given(tables(), days, st.integers(1, 400), standings)
def test_the_day_of_the_review_is_the_first_on_which_another_step_is_due(
    table: SurvivalTable, today: date, age: int, told: tuple[int, int, int]
) -> None:
    place, before = stood(table, ahead(today, -age)), standing(today, told)
    assume(before.latest_on >= today)
    verdict = weigh(place, before, 0.9, today)
    if verdict.review_on is None:
        return
    day, monday = ahead(today, 1), ahead(today, 7 - today.weekday())
    while day < verdict.review_on:
        assert weigh(place, before, 0.9, day).step in (verdict.step, Advice.HOLD)
        day = ahead(day, 1)
    # It is Monday, or the date's own day, or another step is due, or the good news holds no longer.
    if day < min(monday, before.latest_on):
        then = weigh(place, before, 0.9, day)
        assert then.step not in (verdict.step, Advice.HOLD) or (verdict.sooner and not then.sooner)


@settings(max_examples=200)
@given(tables(), days, st.integers(1, 100), standings)
def test_no_date_passes_that_was_as_likely_to_be_missed_as_to_be_kept(
    table: SurvivalTable, today: date, age: int, told: tuple[int, int, int]
) -> None:
    """Followed from review to review, a date is moved or taken back before it passes, if by then it likely breaks."""
    place, before = stood(table, ahead(today, -age)), standing(today, told)
    decide_on = WEEKDAYS.until(ahead(before.latest_on, -1))
    assume(decide_on > today)
    day, verdict = today, Verdict(Advice.HOLD)
    while day < before.latest_on and verdict.step in (Advice.HOLD, Advice.WARN):
        verdict = weigh(place, before, 0.9, day)
        day = verdict.review_on or before.latest_on
    if risk(table, place.stage_on, before.latest_on, ahead(decide_on, -1)) >= 0.5 + 1e-9:
        assert verdict.step in (Advice.MOVE, Advice.GIVE_UP)


def test_a_date_is_warned_of_first_and_moved_a_working_day_before() -> None:
    before, place = StandingDate(ahead(MONDAY, 45), MONDAY, 45), stood(STEADY, MONDAY)
    steps = [weigh(place, before, 0.9, ahead(MONDAY, number)).step for number in range(1, 46)]
    assert steps.index(Advice.WARN) < steps.index(Advice.MOVE)
    assert steps[: steps.index(Advice.WARN)] == [Advice.HOLD] * steps.index(Advice.WARN)
    assert steps.index(Advice.MOVE) + 1 <= 44
    assert steps[43:] == [Advice.MOVE] * 2


def test_on_the_last_working_day_before_a_date_people_hear_of_a_small_risk_too() -> None:
    """Sixteen days on, one in eleven is not finished by Thursday; on Wednesday the next day is too late to be told."""
    place, thursday = stood(SurvivalTable((0.0,) * 15 + (0.7,) * 585, DAILY), MONDAY), ahead(MONDAY, 17)
    before = StandingDate(thursday, MONDAY, 17)
    found = [weigh(place, before, 0.9, ahead(MONDAY, day)) for day in (14, 15, 16)]
    assert [round(risk(place.risks, MONDAY, thursday, ahead(MONDAY, day)), 2) for day in (13, 14, 15)] == [
        0.03,
        0.03,
        0.09,
    ]
    assert [each.step for each in found] == [Advice.HOLD, Advice.HOLD, Advice.WARN]


def test_a_case_is_weighed_from_the_morning_after_it_came_to_its_stage() -> None:
    soon = StandingDate(ahead(MONDAY, 1), ahead(MONDAY, -30), 30)
    assert weigh(stood(STEADY, MONDAY), soon, 0.9, MONDAY) == Verdict(Advice.HOLD, review_on=ahead(MONDAY, 1))
    assert weigh(stood(STEADY, MONDAY), soon, 0.9, ahead(MONDAY, 1)).step is Advice.MOVE


def test_a_case_that_comes_to_a_stage_on_the_day_of_its_date_is_weighed_at_once() -> None:
    standing, friday = StandingDate(ahead(MONDAY, 4), ahead(MONDAY, -30), 34), stood(STEADY, ahead(MONDAY, 4))
    assert weigh(friday, standing, 0.9, ahead(MONDAY, 3)) == Verdict(Advice.HOLD, review_on=ahead(MONDAY, 4))
    assert weigh(friday, standing, 0.9, ahead(MONDAY, 4), ahead(MONDAY, 3)).step is Advice.MOVE


def test_what_is_known_late_is_weighed_by_what_was_known() -> None:
    before, place = StandingDate(ahead(MONDAY, 20), MONDAY, 20), stood(STEADY, MONDAY)
    steps = [weigh(place, before, 0.9, ahead(MONDAY, 11), ahead(MONDAY, known)).step for known in (3, 10, 17)]
    assert steps == [
        Advice.HOLD,
        Advice.HOLD,
        Advice.MOVE,
    ]  # 17, 10 and 3 days are left, of which each finishes one in 20


def test_dates_and_risks_are_read_from_tables_of_their_own() -> None:
    never, before = SurvivalTable((0.0,) * 600, DAILY), StandingDate(ahead(MONDAY, 40), MONDAY, 40)
    verdict = weigh(StagePosition(MONDAY, STEADY, never), before, 0.9, ahead(MONDAY, 5))
    assert verdict.step is Advice.MOVE
    assert verdict.window is not None
    assert verdict.window.latest_on == WEEKDAYS.since(ahead(MONDAY, 5 + 44))
    assert weigh(StagePosition(MONDAY, never, STEADY), before, 0.9, ahead(MONDAY, 39)).step is Advice.GIVE_UP


def test_a_new_date_is_no_mere_day_later() -> None:
    cliff = SurvivalTable((0.0,) * 40 + (0.9999,) * 560, DAILY)
    before = StandingDate(ahead(MONDAY, 39), MONDAY, 40)
    verdict = weigh(stood(cliff, MONDAY), before, 0.9, ahead(MONDAY, 30))
    assert verdict.window is not None
    assert verdict.window.latest_on == WEEKDAYS.since(ahead(MONDAY, 39 + 4)) == ahead(MONDAY, 43)


def test_a_date_that_would_move_too_far_is_given_up() -> None:
    stuck = SurvivalTable((0.05,) * 10 + (0.01,) * 590, DAILY)
    soon, now = ahead(MONDAY, 10), ahead(MONDAY, 9)
    assert weigh(stood(stuck, MONDAY), StandingDate(soon, MONDAY, 10), 0.9, now).step is Advice.GIVE_UP
    assert weigh(stood(stuck, MONDAY), StandingDate(soon, MONDAY, 100), 0.9, now).step is Advice.MOVE


def test_the_services_own_date_moves_twice_and_is_then_given_up() -> None:
    found, today, dates = stand_in(MONDAY, 56, MONDAY), MONDAY, []
    assert found is not None
    for _ in range(4):
        dates.append(found.latest_on)
        before = StandingDate(found.latest_on, MONDAY, 56)
        held = weigh_stand_in(before, MONDAY, 56, today)
        assert (held.step, held.review_on) == (Advice.HOLD, max(ahead(today, 1), held.review_on or today))
        assert held.review_on is not None
        assert held.review_on < found.latest_on
        verdict = weigh_stand_in(before, MONDAY, 56, held.review_on)
        if verdict.window is None:
            break
        today, found = held.review_on, verdict.window
    assert dates == [date(2026, 4, 27), date(2026, 5, 25), date(2026, 6, 22)]
    assert stand_in(MONDAY, 56, ahead(MONDAY, 56)) is None

"""Dates: what a window promises, how likely it is to be missed, and when it moves."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.learning import Table
from tracker.core.promises import (
    HORIZON_DAYS,
    Standing,
    Step,
    judging_day,
    news_holds,
    risk,
    stand_in,
    weigh,
    weigh_stand_in,
    window,
    withdrawn_cause,
    working_day_from,
)

MONDAY = date(2026, 3, 2)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Tables of any shape: cases may all be done one day, or none for long; at the end some are finished each day."""
    hazards = draw(st.lists(st.sampled_from([0.0, 0.001, 0.01, 0.05, 0.3, 0.9]), min_size=1, max_size=120))
    left, share = [], 1.0
    for hazard in hazards * draw(st.integers(1, 8)) + [0.01] * 500:
        share *= 1 - hazard
        left.append(share)
    return Table(tuple(left))


days = st.dates(date(2024, 1, 1), date(2030, 1, 1))
probabilities = st.floats(0.5, 0.99)
STEADY = Table(tuple(0.95 ** (age + 1) for age in range(600)))
"""One in twenty is finished each day."""


@given(tables(), st.integers(0, 300), probabilities, days)
def test_a_window_is_of_working_days_ahead_in_order(table: Table, age: int, probability: float, today: date) -> None:
    found = window(table, age, probability, today)
    if found is None:
        return
    assert found.earliest_on is not None
    assert found.half_by_on is not None
    assert today < found.earliest_on <= found.half_by_on <= found.latest_on
    assert all(day.weekday() < 5 for day in (found.earliest_on, found.half_by_on, found.latest_on))
    assert (found.latest_on - today).days <= HORIZON_DAYS
    assert table.survival(age + (found.latest_on - today).days) <= (1 - probability + 1e-6) * table.survival(age)


@given(tables(), st.integers(0, 300), probabilities, probabilities, days)
def test_who_wants_to_be_surer_waits_longer(table: Table, age: int, one: float, other: float, today: date) -> None:
    early, late = window(table, age, min(one, other), today), window(table, age, max(one, other), today)
    if late is not None:
        assert early is not None
        assert early.latest_on <= late.latest_on


@given(tables(), st.integers(0, 300), probabilities, days)
def test_a_day_more_of_waiting_never_makes_the_date_earlier(
    table: Table, age: int, probability: float, today: date
) -> None:
    before = window(table, age, probability, today)
    after = window(table, age + 1, probability, today + timedelta(days=1))
    if before is not None and after is not None:
        assert after.latest_on >= before.latest_on


def test_a_window_is_read_off_the_table() -> None:
    found = window(STEADY, 0, 0.9, MONDAY)
    assert found is not None
    # 0.95 ** 45 is the first under a tenth, 0.95 ** 14 under a half, 0.95 ** 3 under nine tenths
    assert found.latest_on == MONDAY + timedelta(days=45 + 1 - 1) == date(2026, 4, 16)
    assert found.half_by_on == MONDAY + timedelta(days=14)
    assert found.earliest_on == MONDAY + timedelta(days=3)


def test_a_table_that_never_gets_there_gives_no_date() -> None:
    assert window(Table((0.9, 0.8)), 0, 0.9, MONDAY) is None
    assert window(Table((0.5, 0.0)), 1, 0.9, MONDAY) is None
    assert window(Table(tuple(0.999 ** (age + 1) for age in range(1_500))), 0, 0.9, MONDAY) is None
    assert window(Table(()), 0, 0.9, MONDAY) is None


@given(tables(), days, st.integers(0, 400), st.integers(-5, 400))
def test_a_risk_is_a_probability(table: Table, today: date, age: int, ahead: int) -> None:
    chance = risk(table, today - timedelta(days=age), today + timedelta(days=ahead), today)
    assert 0 <= chance <= 1
    assert ahead > 0 or chance == 1.0


@given(tables(), days, st.integers(0, 400), st.integers(1, 400), st.integers(0, 200), probabilities)
def test_a_date_moves_later_only_and_is_looked_at_again(
    table: Table, today: date, age: int, ahead: int, length: int, probability: float
) -> None:
    latest_on = working_day_from(today + timedelta(days=ahead))
    standing = Standing(latest_on, today - timedelta(days=length), 30)
    verdict = weigh(table, today - timedelta(days=age), standing, probability, today)
    if verdict.step is Step.MOVE:
        assert verdict.window is not None
        assert (verdict.window.latest_on - latest_on).days >= max(2, (latest_on - standing.made_on).days / 10)
        assert verdict.window.latest_on.weekday() < 5
        assert (verdict.window.latest_on - today).days <= 180
    elif verdict.step is not Step.GIVE_UP:
        assert verdict.window is None
        assert verdict.review_on is not None
        assert today < verdict.review_on <= latest_on


@given(tables(), days, st.integers(0, 200), st.integers(1, 120))
def test_nothing_changes_before_the_day_of_the_review(table: Table, today: date, age: int, ahead: int) -> None:
    stage_on, latest_on = today - timedelta(days=age), working_day_from(today + timedelta(days=ahead))
    standing = Standing(latest_on, today, ahead)
    verdict = weigh(table, stage_on, standing, 0.9, today)
    day = today
    while verdict.review_on is not None and (day := day + timedelta(days=1)) < verdict.review_on:
        assert weigh(table, stage_on, standing, 0.9, day).step in (verdict.step, Step.HOLD)


def test_a_date_is_warned_of_first_and_moved_on_its_own_day_at_the_latest() -> None:
    standing = Standing(MONDAY + timedelta(days=45), MONDAY, 45)
    steps = [weigh(STEADY, MONDAY, standing, 0.9, MONDAY + timedelta(days=ahead)).step for ahead in range(46)]
    assert steps[:31] == [Step.HOLD] * 31
    assert Step.WARN in steps
    assert steps.index(Step.WARN) < steps.index(Step.MOVE)
    assert steps[45] is Step.MOVE
    assert weigh(STEADY, MONDAY, standing, 0.9, MONDAY).review_on == MONDAY + timedelta(days=steps.index(Step.WARN))


def test_a_new_date_is_no_mere_day_later() -> None:
    cliff = Table((0.9,) * 41 + (0.0001,))
    standing = Standing(MONDAY + timedelta(days=40), MONDAY, 40)
    verdict = weigh(cliff, MONDAY, standing, 0.9, MONDAY + timedelta(days=30))
    assert verdict.window is not None
    assert verdict.window.latest_on == MONDAY + timedelta(days=44)


def test_a_date_that_would_move_too_far_is_given_up() -> None:
    stuck = Table((0.5,) * 10 + tuple(0.5 * 0.99**age for age in range(1_000)))
    standing = Standing(MONDAY + timedelta(days=9), MONDAY, 9)
    assert weigh(stuck, MONDAY, standing, 0.9, MONDAY + timedelta(days=9)).step is Step.GIVE_UP
    long_ago = Standing(MONDAY + timedelta(days=9), MONDAY, 100)
    assert weigh(stuck, MONDAY, long_ago, 0.9, MONDAY + timedelta(days=9)).step is Step.MOVE


def test_the_services_own_date_moves_twice_and_is_then_given_up() -> None:
    found, today, dates = stand_in(MONDAY, 56, MONDAY), MONDAY, []
    assert found is not None
    for _ in range(4):
        dates.append(found.latest_on)
        standing = Standing(found.latest_on, MONDAY, 56)
        held = weigh_stand_in(standing, MONDAY, 56, today)
        assert (held.step, held.review_on) == (Step.HOLD, max(today + timedelta(days=1), held.review_on or today))
        assert held.review_on is not None
        assert held.review_on < found.latest_on
        verdict = weigh_stand_in(standing, MONDAY, 56, held.review_on)
        if verdict.window is None:
            break
        today, found = held.review_on, verdict.window
    assert dates == [date(2026, 4, 27), date(2026, 5, 25), date(2026, 6, 22)]
    assert stand_in(MONDAY, 56, MONDAY + timedelta(days=56)) is None


@pytest.mark.parametrize(("hour", "day"), [(9, 1), (10, 2), (23, 2)])
def test_dates_are_judged_in_the_morning(hour: int, day: int) -> None:
    assert judging_day(datetime(2026, 3, 2, hour, tzinfo=UTC), "Europe/London") == date(2026, 3, day)


def test_news_of_a_date_holds_while_that_date_stands() -> None:
    one, other = UUID(int=1), UUID(int=2)
    assert news_holds(str(one), one)
    assert not news_holds(str(one), other)
    assert not news_holds(str(one), None)
    assert news_holds(withdrawn_cause(one), None)
    assert not news_holds(withdrawn_cause(one), other)

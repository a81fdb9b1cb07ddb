"""The level at which dates are read: slow, and never far from what was asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.promises.first_dates import FirstDate
from tracker.core.promises.levels import corrected, passed, widest
from tracker.core.promises.method import USUAL, Method
from tracker.core.promises.punctuality import Record
from tracker.core.vocabulary.words import Outcome

asked_for = st.floats(0.5, 0.99)


@given(asked_for, st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=60))
def test_the_level_stays_near_what_was_asked_for_and_below_certainty(
    asked: float, weeks: list[tuple[int, int]]
) -> None:
    shift = 0.0
    for kept, broken in weeks:
        before, shift = shift, corrected(shift, kept, kept + broken, asked)
        assert abs(shift - before) <= USUAL.level_step + 1e-12
        assert -USUAL.level_furthest <= shift
        assert asked + shift <= widest(asked) + 1e-12 < asked + (1 - asked) * 0.5 + 1e-9


@given(asked_for, st.integers(1, 200), st.integers(0, 200), st.floats(-0.04, 0.004))
def test_it_rises_when_dates_are_missed_and_falls_when_too_many_hold(
    asked: float, passed: int, kept: int, shift: float
) -> None:
    kept = min(kept, passed)
    after = corrected(shift, kept, passed, asked)
    assert after >= shift if kept / passed < asked else after <= shift


def test_a_week_without_dates_changes_nothing() -> None:
    assert corrected(0.02, 0, 0, 0.9) == 0.02


@pytest.mark.parametrize(
    ("kept", "passed", "moved"), [(0, 20, 0.9), (0, 10, 0.45), (0, 400, 0.9), (18, 20, 0), (20, 20, -0.1)]
)
def test_few_dates_move_it_less(kept: int, passed: int, moved: float) -> None:
    method = Method(level_step=0.005, level_enough=20)
    assert corrected(0.0, kept, passed, 0.9, method) == pytest.approx(0.005 * moved, abs=1e-12)


def test_years_of_misses_end_at_the_clip() -> None:
    shift = 0.0
    for _ in range(500):
        shift = corrected(shift, 0, 100, 0.9)
    assert 0.9 + shift == pytest.approx(0.95)
    for _ in range(2_000):
        shift = corrected(shift, 100, 100, 0.9)
    assert 0.9 + shift == pytest.approx(0.85)


def test_a_week_teaches_what_was_foreseen_at_reception_and_could_be_told_when_the_day_was_over() -> None:
    date_ = FirstDate(date(2026, 1, 21), date(2026, 2, 20), probability=0.9)
    kept = replace(date_, closed_as=Outcome.DONE, ended_on=date(2026, 2, 20))
    others = [
        replace(kept, probability=0.8),
        replace(kept, probability=None, learned=False),
        replace(kept, after_reception=timedelta(days=1)),
        replace(kept, waited=True),
        replace(date_, silent_then=True),
        replace(date_, could_not_tell=True),
        replace(kept, closed_as=Outcome.MERGED),
    ]
    dates = [kept, replace(date_, silent=True), *others]
    assert passed(dates, 0.9, timedelta(days=1)) == Record(1, 2)
    assert passed(dates, 0.9, timedelta(days=2)) == Record(2, 3), "a source may tell of a case so much later"

"""The level at which dates are read: slow, and never far from what was asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.levels import corrected, widest
from tracker.core.method import USUAL, Method

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

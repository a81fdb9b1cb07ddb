"""Survival tables: the plain estimate by another road, what pulls it, and how it is kept."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.learning import LONGEST, Curve, Visit, learn

TODAY = date(2026, 3, 2).toordinal()


@st.composite
def visits(draw: st.DrawFn, stages: tuple[str, ...] = ("a",)) -> list[Visit]:
    """What became of some cases, before, inside and (as an odd feed might say) after the window."""
    found = []
    for _ in range(draw(st.integers(1, 40))):
        start = TODAY - draw(st.integers(0, 60))
        end = draw(st.none() | st.integers(start, start + 70))
        finished = end is not None and draw(st.booleans())
        cases = draw(st.integers(1, 3))
        found.append(Visit(draw(st.sampled_from(stages)), start, end, finished, cases, draw(st.integers(0, cases))))
    return found


def by_hand(told: list[Visit], window_days: int) -> list[float]:
    """Kaplan and Meier's estimate with delayed entry, day by day and case by case."""
    left, share = [], 1.0
    for age in range(140):
        at_risk = finished = 0
        for each in told:
            day = each.start + age
            over = each.end is not None and each.end < TODAY
            seen_until = each.end if over and each.end is not None else TODAY - 1
            if TODAY - window_days <= day <= seen_until:
                at_risk += each.cases
                finished += each.cases if over and each.finished and day == each.end else 0
        share *= 1 - finished / at_risk if at_risk else 1
        left.append(share)
    return left


@given(visits(), st.sampled_from([10, 30, 365]))
def test_without_weight_it_is_the_plain_estimate_with_delayed_entry(told: list[Visit], window_days: int) -> None:
    table = learn(told, TODAY, weight=0, window_days=window_days).pooled
    assert [table.survival(age) for age in range(140)] == pytest.approx(by_hand(told, window_days), abs=1e-5)


@given(visits(("a", "b")))
def test_every_table_falls_from_one_towards_nothing(told: list[Visit]) -> None:
    curve = learn(told, TODAY)
    for table in (curve.pooled, *curve.stages.values()):
        assert all(0 <= later <= before <= 1 for before, later in zip(table.left, table.left[1:], strict=False))
        assert table.survival(-1) == 1.0
        assert table.survival(10 * LONGEST) == (table.left[-1] if table.left else 1.0)


@given(visits(("a", "b")))
def test_a_curve_is_the_same_after_a_journey_through_json(told: list[Visit]) -> None:
    curve = learn(told, TODAY)
    assert Curve.from_json(json.loads(json.dumps(curve.to_json()))) == curve


@given(visits(("a", "b")), st.randoms())
def test_the_order_of_what_is_told_and_how_it_is_counted_together_make_no_difference(
    told: list[Visit], random: Random
) -> None:
    apart = [
        replace(each, cases=1, openings=int(place < each.openings)) for each in told for place in range(each.cases)
    ]
    random.shuffle(apart)
    assert learn(apart, TODAY) == learn(told, TODAY)


def test_nothing_teaches_nothing() -> None:
    curve = learn([], TODAY)
    assert curve.finished == 0
    assert curve.table("any").survival(100) > 0


def test_a_stage_with_few_cases_leans_on_all_and_one_with_many_stands_alone() -> None:
    slow = Visit("slow", TODAY - 100, TODAY - 60, True, 1_000)
    alone = learn([slow], TODAY).table("slow").survival(30)
    few = learn([slow, Visit("quick", TODAY - 50, TODAY - 45, True, 2)], TODAY).table("quick").survival(10)
    many = learn([slow, Visit("quick", TODAY - 50, TODAY - 45, True, 2_000)], TODAY).table("quick").survival(10)
    assert many < 0.05 < few < alone


def test_cases_that_are_open_still_make_a_table_slower() -> None:
    done = Visit("a", TODAY - 40, TODAY - 30, True, 50)
    waiting = Visit("a", TODAY - 40, None, False, 50)
    assert learn([done], TODAY).pooled.survival(20) < 0.3 < learn([done, waiting], TODAY).pooled.survival(20)


def test_a_withdrawn_case_was_seen_so_long_and_not_finished() -> None:
    done, gone = Visit("a", TODAY - 40, TODAY - 30, True, 9, 9), Visit("a", TODAY - 40, TODAY - 35, False, 9, 9)
    curve = learn([done, gone], TODAY, weight=0)
    assert curve.finished == 9
    assert curve.pooled.survival(5) == 1.0


def test_what_ended_before_the_window_is_forgotten_and_today_is_not_over() -> None:
    old = Visit("a", TODAY - 900, TODAY - 366, True, 5, 5)
    fresh = Visit("a", TODAY - 5, TODAY, True, 5, 5)
    curve = learn([old, fresh], TODAY, weight=0)
    assert curve.finished == 0
    assert curve.pooled.survival(5) == 1.0


def test_a_case_that_was_old_when_the_window_opened_says_nothing_of_the_young() -> None:
    ancient = Visit("a", TODAY - 500, TODAY - 100, True, 20, 20)
    young = Visit("a", TODAY - 100, TODAY - 90, True, 20, 20)
    table = learn([ancient, young], TODAY, weight=0).pooled
    assert table.survival(9) == 1.0
    assert table.survival(10) == 0.0

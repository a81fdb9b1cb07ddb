"""Weeks of counts: they add up, whoever comes late or stays is counted for what was seen, clearing-out is set apart."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.promises.exposure import PARTS, Visit, Week, week
from tracker.core.promises.survival import AGES, Counts, SurvivalTable

MONDAY = 738_000 - 738_000 % 7 + 1


@st.composite
def visits(draw: st.DrawFn) -> list[Visit]:
    """What became of some cases around the days from MONDAY on; in odd feeds some ended before they were seen."""
    found = []
    for _ in range(draw(st.integers(0, 25))):
        start = MONDAY + draw(st.integers(-400, 60))
        end = draw(st.none() | st.integers(start - 3, start + 500))
        cases = draw(st.integers(1, 5))
        entry = draw(st.none() | st.integers(start, start + 30))
        finished = end is not None and draw(st.booleans())
        stage = draw(st.sampled_from(["received", "review"]))
        openings, brief = draw(st.integers(0, cases)), draw(st.booleans())
        found.append(Visit(stage, start, end, finished, cases, openings, entry, brief))
    return found


def added(weeks: list[Week]) -> tuple[object, ...]:
    """The sum of weeks: what there is of each stage, and the two numbers."""
    found: dict[tuple[str, str], Counts] = {}
    for each in weeks:
        for part in PARTS:
            for stage, counts in getattr(each, part).items():
                found.setdefault((part, stage), Counts.none()).add(counts)
    seen = {where: counts for where, counts in found.items() if not counts.empty()}
    return seen, sum(each.finished for each in weeks), sum(each.cleared for each in weeks)


def rare(stage: str) -> SurvivalTable:
    """One in fifty is finished each day."""
    return SurvivalTable((0.02,) * len(AGES.widths))


@given(visits(), st.lists(st.integers(0, 60), min_size=2, max_size=6, unique=True), st.booleans(), st.booleans())
def test_counts_add_up_however_the_days_are_cut(told: list[Visit], cuts: list[int], learned: bool, spare: bool) -> None:
    days, expected = [MONDAY + cut for cut in sorted(cuts)], rare if learned else None
    parts = [week(told, first, after - 1, expected, spare=spare) for first, after in pairwise(days)]
    assert added(parts) == added([week(told, days[0], days[-1] - 1, expected, spare=spare)])


@given(visits(), st.randoms())
def test_the_order_and_how_cases_are_gathered_make_no_difference(told: list[Visit], random: Random) -> None:
    apart = [
        replace(each, cases=1, openings=int(place < each.openings)) for each in told for place in range(each.cases)
    ]
    random.shuffle(apart)
    assert week(apart, MONDAY, MONDAY + 6, rare, spare=False) == week(told, MONDAY, MONDAY + 6, rare, spare=False)


@given(visits())
def test_it_is_what_counting_each_day_of_each_case_finds(told: list[Visit]) -> None:
    found = week(told, MONDAY, MONDAY + 13)
    for stage in ("received", "review"):
        risk, done = [0] * len(AGES.widths), [0] * len(AGES.widths)
        for each in told:
            for day in range(MONDAY, MONDAY + 14):
                age = day - each.start
                seen = each.seen_from <= day and (each.end is None or day <= each.end)
                if each.stage == stage and seen and age < AGES.longest:
                    risk[AGES.cell(age)] += each.cases
                    done[AGES.cell(age)] += each.cases if each.finished and day == each.end else 0
        assert found.stages.get(stage, Counts.none()) == Counts(risk, done)


@given(visits(), st.booleans())
def test_what_is_counted_of_brief_visits_is_a_week_of_them_alone(told: list[Visit], spare: bool) -> None:
    found = week(told, MONDAY, MONDAY + 6, rare, spare=spare)
    brief, rest = ([each for each in told if each.brief is wanted] for wanted in (True, False))
    assert found.brief == week(brief, MONDAY, MONDAY + 6).stages
    assert found.brief == week(brief, MONDAY, MONDAY + 6).brief
    assert week(rest, MONDAY, MONDAY + 6, rare, spare=spare).brief == {}


@given(visits(), st.booleans())
def test_no_more_are_finished_than_were_at_risk(told: list[Visit], spare: bool) -> None:
    found = week(told, MONDAY, MONDAY + 6, rare, spare=spare)
    for stage, counts in found.stages.items():
        bulk, brief, both = (part.get(stage, Counts.none()) for part in (found.bulk, found.brief, found.brief_bulk))
        for each in (
            counts,
            bulk,
            brief,
            both,
            counts.without(bulk),
            counts.without(brief),
            brief.without(both),
            bulk.without(both),
        ):
            assert all(0 <= d <= n for n, d in zip(each.risk, each.done, strict=True))
    assert 0 <= found.cleared <= found.finished


@given(visits(), st.booleans())
def test_a_week_is_the_same_after_a_journey_through_json(told: list[Visit], spare: bool) -> None:
    found = week(told, MONDAY, MONDAY + 6, rare, spare=spare)
    assert Week.from_json(json.loads(json.dumps(found.to_json()))) == found


def test_who_was_old_when_first_seen_says_nothing_of_the_young() -> None:
    counts = week([Visit("a", MONDAY - 20, MONDAY + 2, True, 4)], MONDAY, MONDAY + 6).stages["a"]
    assert [cell for cell, n in enumerate(counts.risk) if n] == [20, 21, 22]
    assert (counts.risk[20], counts.done[22], sum(counts.done)) == (4, 4, 4)
    paused = Visit("a", MONDAY - 20, MONDAY + 2, True, 4, entry=MONDAY + 1)
    assert sum(week([paused], MONDAY, MONDAY + 6).stages["a"].risk) == 8


def test_who_is_open_still_counts_for_as_long_as_he_was_seen() -> None:
    found = week([Visit("a", MONDAY + 1, None, False, 3, 3)], MONDAY, MONDAY + 6)
    assert found.stages["a"].risk[:7] == [3, 3, 3, 3, 3, 3, 0]
    assert (sum(found.stages["a"].done), found.finished) == (0, 0)


def test_who_withdrew_took_at_least_so_long_and_was_not_finished() -> None:
    found = week([Visit("a", MONDAY, MONDAY + 2, False, 1, 1)], MONDAY, MONDAY + 6)
    assert (sum(found.stages["a"].risk), sum(found.stages["a"].done), found.finished) == (3, 0, 0)


def test_who_ended_before_he_was_seen_is_not_counted() -> None:
    # A correction that came late may say so: the age of its end would be less than nothing.
    odd = [Visit("a", MONDAY + 3, MONDAY + 1, True, 1, 1), Visit("a", MONDAY, MONDAY + 1, True, 1, 1, MONDAY + 4)]
    assert week(odd, MONDAY, MONDAY + 6) == Week()


OLD = Visit("a", MONDAY - 100, MONDAY + 2, True, 12, 12)
WORK = Visit("a", MONDAY - 5, MONDAY + 2, True, 12, 12)
WAITING = Visit("a", MONDAY - 90, None, False, 30, 30)


@pytest.mark.parametrize(
    ("told", "cleared"),
    [
        ([OLD, WAITING], 12),  # 42 old cases at 0.02 a day: 0.84 were to be expected, and twelve times that are 10.1
        ([WORK, WAITING], 0),  # as many, but young: half of the cases become 35 days old
        (
            [OLD, Visit("a", MONDAY - 90, None, False, 60, 60)],
            0,
        ),  # of 72 old cases 1.4 were to be expected: 17.3 are far
        ([Visit("a", MONDAY - 100, MONDAY + 2, True, 4, 4)], 0),  # too few to tell
        ([Visit("a", MONDAY - 100, MONDAY + 2, True, 12, 0), WAITING], 0),  # the later stages of cases counted already
        ([Visit("a", MONDAY - 100, MONDAY + 2, False, 12, 12), WAITING], 0),  # withdrawn
    ],
)
def test_a_day_on_which_far_more_old_cases_end_than_were_due_is_a_clearing_out(told: list[Visit], cleared: int) -> None:
    found = week(told, MONDAY, MONDAY + 6, rare, spare=False)
    assert found.cleared == cleared
    assert bool(found.bulk) == bool(cleared)
    assert week(told, MONDAY, MONDAY + 6, None, spare=False).cleared == 0


def test_what_is_set_apart_is_all_old_cases_on_that_day_and_no_other() -> None:
    found = week([OLD, WORK, WAITING], MONDAY, MONDAY + 6, rare, spare=False)
    apart = found.bulk["a"]
    assert (sum(apart.risk), sum(apart.done)) == (42, 12)
    assert {cell for cell, n in enumerate(apart.risk) if n} == {AGES.cell(102), AGES.cell(92)}
    assert sum(found.stages["a"].done) == 24


def test_where_clearing_out_is_how_the_office_works_nothing_is_set_apart() -> None:
    found = week([OLD, WAITING], MONDAY, MONDAY + 6, rare, spare=True)
    assert (found.cleared, found.bulk) == (12, {})

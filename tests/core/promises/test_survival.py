"""Survival by age: cells, tables, and the estimate of Kaplan and Meier as others compute it."""

from __future__ import annotations

from itertools import pairwise
from math import exp, inf, log
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter
from lifelines.exceptions import StatError

from tracker.core.promises.exposure import Visit, week
from tracker.core.promises.survival import AGES, Ages, Counts, SurvivalTable, drawn

hazards = st.lists(
    st.sampled_from([0.0, 1e-9, 0.001, 0.01, 0.05, 0.3, 0.9, 1.0]) | st.floats(0, 1),
    min_size=len(AGES.widths),
    max_size=len(AGES.widths),
)
tables = hazards.map(lambda each: SurvivalTable(tuple(each)))
every_ages = st.sampled_from([AGES, Ages.daily(90), Ages.spaced(5, 1.5, 400), Ages.spaced(28, 2, 1_500)])


def naive(table: SurvivalTable, age: int) -> float:
    """The logarithm of what is left at the end of an age, day by day."""
    daily = (table.hazards[table.ages.cell(each)] for each in range(min(age + 1, table.ages.longest)))
    return sum(log(max(1e-12, 1 - hazard)) for hazard in daily)


@given(every_ages)
def test_every_age_is_in_one_cell(ages: Ages) -> None:
    for age in range(ages.longest):
        cell = ages.cell(age)
        assert ages.starts[cell] <= age < ages.starts[cell + 1]
    assert sum(ages.widths) == ages.longest
    assert all(width > 0 for width in ages.widths)


def test_the_usual_ages_are_few_and_reach_four_years() -> None:
    assert (len(AGES.widths), AGES.longest, AGES.widths[:28]) == (42, 1_500, (1,) * 28)


@given(tables)
def test_survival_begins_at_one_and_never_rises(table: SurvivalTable) -> None:
    left = [table.survival(age) for age in range(-2, AGES.longest + 3)]
    assert left[0] == left[1] == 1.0
    assert all(0 <= later <= before <= 1 for before, later in pairwise(left))
    assert left[-1] == left[-4] == table.survival(10 * AGES.longest)


@given(tables, st.integers(0, 1_700))
def test_survival_is_the_product_of_what_each_day_leaves(table: SurvivalTable, age: int) -> None:
    assert table.log_survival(age) == pytest.approx(naive(table, age), rel=1e-9, abs=1e-12)
    assert table.survival(age) == exp(table.log_survival(age))


@settings(max_examples=150, deadline=None)
@given(tables, st.floats(0.001, 1) | st.sampled_from([0.1, 0.5, 0.9]), st.integers(-1, 1_600))
def test_it_reaches_a_share_at_the_first_age_that_leaves_no_more(
    table: SurvivalTable, share: float, known: int
) -> None:
    age, target = table.reaches(share, known), table.log_survival(known) + log(share)
    slack = 1e-7  # of the logarithm: two ways of adding up
    if age is None:
        assert table.log_survival(AGES.longest) > target - slack
        return
    assert known < age
    assert table.log_survival(age) <= target + slack
    assert age == known + 1 or table.log_survival(age - 1) > target - slack


@given(tables)
def test_no_share_is_never_reached(table: SurvivalTable) -> None:
    assert table.reaches(0.0) is None


def test_a_share_is_reached_on_the_day_itself_not_a_day_late() -> None:
    # Nine in ten on the third day exactly: rounding must not make a fourth of it.
    table = SurvivalTable((0.0, 0.0, 0.9, *[0.0] * (len(AGES.widths) - 3)))
    assert (table.reaches(0.1), table.reaches(0.1, known=2)) == (2, None)
    assert SurvivalTable((1.0,) * len(AGES.widths)).reaches(0.1, known=40) == 41


@given(tables, st.integers(0, 1_700))
def test_a_hazard_is_that_of_the_age(table: SurvivalTable, age: int) -> None:
    if age < AGES.longest:
        expected = table.hazard(age)
        assert table.log_survival(age) - table.log_survival(age - 1) == pytest.approx(
            log(max(1e-12, 1 - expected)), rel=1e-6, abs=1e-7
        )
    else:
        assert table.hazard(age) == 0.0


@given(st.integers(0, 50), st.integers(0, 50), st.floats(0.001, 0.9), st.floats(0.1, 1_000))
def test_few_cases_lean_on_the_parent_and_many_stand_alone(n: int, d: int, parent: float, weight: float) -> None:
    n += d
    few, many = (Counts([n * times], [d * times]) for times in (1, 10_000_000))
    one, other = (drawn(counts, [parent], weight, Ages((0, 1)))[0] for counts in (few, many))
    own = d / n if n else parent
    assert min(own, parent) - 1e-12 <= one <= max(own, parent) + 1e-12
    assert other == pytest.approx(own, abs=1e-3)
    assert drawn(Counts([0], [0]), [parent], 0, Ages((0, 1))) == (parent,)


DAYS = 120  # of a window; no age is longer


def lifelines_says(visits: list[Visit], first: int, last: int) -> KaplanMeierFitter | None:
    """Kaplan and Meier's estimate by lifelines.

    Ours counts whole days: a case of age x on a day is at risk on that day, and one that finishes on it does so at its
    end. So day x is the instant x + 1 of lifelines, and a case that was last seen at age x has the duration x + 1. In
    lifelines a case is at risk after its entry: one that was first seen at age x enters before the instant x + 1 and
    after x, for which half a day stands (no convention about an entry at the instant of an end matters then).
    """
    durations, observed, entries, weights = [], [], [], []
    for visit in visits:
        seen_from, seen_until = max(first, visit.seen_from), min(last, last if visit.end is None else visit.end)
        if seen_from <= seen_until:
            durations.append(seen_until - visit.start + 1)
            observed.append(visit.finished and visit.end == seen_until)
            entries.append(seen_from - visit.start + 0.5)
            weights.append(visit.cases)
    try:
        return KaplanMeierFitter().fit(durations, observed, entry=entries, weights=weights)
    except StatError:  # all that were at risk finished while others were still to come: it gives no estimate
        return None


def cohort(seed: int) -> list[Visit]:
    """Cases with ties, that were paused or old when first seen, that are open still, that ended without being done."""
    random, found = Random(seed), [Visit("a", 0, None, cases=2)]
    for _ in range(random.randrange(1, 60)):
        start = random.randrange(-60, DAYS)
        entry = random.choice([None, None, start + random.randrange(20)])
        end = random.choice([None, *[max(start, entry or start) + random.choice([0, 1, 3, random.randrange(60)])] * 4])
        found.append(
            Visit("a", start, end, end is not None and random.random() < 0.8, random.randrange(1, 4), 0, entry)
        )
    return found


@pytest.mark.filterwarnings("ignore")  # lifelines warns of small risk sets, and of how pandas will be some day
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6))
def test_without_weight_it_is_what_lifelines_estimates(seed: int) -> None:
    """On censored and left-truncated data with ties: every day of the curve, and the day that a share is reached."""
    ages, visits, first, last = Ages.daily(3 * DAYS), cohort(seed), 0, DAYS
    fitted = lifelines_says(visits, first, last)
    assume(fitted is not None)
    assert fitted
    counts = week(visits, first, last, ages=ages).stages["a"]
    table = SurvivalTable(drawn(counts, [0.0] * ages.longest, 0, ages), ages)
    theirs = fitted.survival_function_at_times(range(1, 2 * DAYS)).tolist()
    assert [table.survival(age) for age in range(2 * DAYS - 1)] == pytest.approx(theirs, abs=1e-9)
    for share in (0.9, 0.5, 0.1):
        reached, theirs_at = table.reaches(share), fitted.percentile(share)
        if all(abs(left - share) > 1e-6 for left in theirs):
            assert reached == (None if theirs_at == inf else theirs_at - 1)

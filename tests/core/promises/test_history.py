"""The window of weeks: however it came to be, it is what the weeks in it say."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.core.promises.exposure import Week
from tracker.core.promises.history import WINDOW_WEEKS, History
from tracker.core.promises.method import USUAL, Method
from tracker.core.promises.survival import Counts

FIRST = 105_000
CELLS = len(Counts.none().risk)
SHORT = Method(window_weeks=12, recent_weeks=3)
"""A window that few weeks fill."""


def counts(n: int, d: int, cell: int = 3) -> Counts:
    """So many at risk and finished in one cell."""
    found = Counts.none()
    found.risk[cell], found.done[cell] = n, d
    return found


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    """What a service may have gone through in a week, part of it on a day of clearing-out."""
    found = Week()
    for stage in draw(st.sets(st.sampled_from(["received", "review"]))):
        d, left, cell = draw(st.integers(0, 20)), draw(st.integers(0, 50)), draw(st.integers(0, CELLS - 1))
        found.stages[stage] = counts(d + left, d, cell)
        if draw(st.booleans()):
            apart = draw(st.integers(0, d))
            found.bulk[stage] = counts(apart, apart, cell)
            found.cleared += apart
            both = draw(st.integers(0, apart))
            done = both + draw(st.integers(0, d - apart))
            found.brief[stage] = counts(done + draw(st.integers(0, left)), done, cell)
            found.brief_bulk[stage] = counts(both, both, cell)
        found.finished += d
    return found


numbers = st.integers(0, 40).map(lambda number: FIRST + number)
services = st.dictionaries(st.sampled_from(["a", "b"]), weeks(), min_size=1)
tellings = st.lists(st.tuples(numbers, services), max_size=25)


def says(history: History) -> list[object]:
    """All that is asked of a history."""
    return [
        *(history.counted(without_clearing=one, settled=other) for one in (False, True) for other in (False, True)),
        {service: number for service, number in history.finished().items() if number},
        history.guarded(),
        history.cleared(),
        history.brief(),
        history.any(),
    ]


@settings(deadline=None)
@given(tellings)
def test_a_window_that_slid_says_the_same_as_a_fresh_one_of_the_same_weeks(
    told: list[tuple[int, dict[str, Week]]],
) -> None:
    slid, last = History(SHORT), dict[int, dict[str, Week]]()
    for number, each in told:
        slid.add(number, each)
        last[number] = {**last.get(number, {}), **each}
    newest = max(last, default=FIRST)
    fresh = History(SHORT)
    for number in sorted(last):
        # What was told of a week that had left the window by then is not counted; what is in it now was counted.
        if number > newest - SHORT.window_weeks:
            fresh.add(number, last[number])
    assert says(slid) == says(fresh)


@given(tellings, numbers, services, services)
def test_a_week_told_again_counts_as_it_was_told_last(
    told: list[tuple[int, dict[str, Week]]], number: int, once: dict[str, Week], again: dict[str, Week]
) -> None:
    one, other = History(SHORT), History(SHORT)
    for each in (one, other):
        for place, week in told:
            each.add(place, week)
    one.add(number, {**again, **once})
    one.add(number, again)
    other.add(number, {**once, **again})
    assert says(one) == says(other)


def test_weeks_count_for_two_years_and_as_recent_for_half_a_year() -> None:
    history, week = History(), Week({"a": counts(10, 1)}, {}, 1, 0)
    history.add(FIRST, {"s": week})
    for later in range(1, WINDOW_WEEKS + 1):
        history.add(FIRST + later, {})
        long, recent = history.counted(without_clearing=False)
        assert bool(long) == (later < WINDOW_WEEKS)
        assert bool(recent) == (later < USUAL.recent_weeks)
        assert history.any() == (later < WINDOW_WEEKS)


def test_a_week_that_left_the_window_does_not_come_back() -> None:
    history, week = History(), {"s": Week({"a": counts(10, 1)}, {}, 1, 0)}
    history.add(FIRST, {})
    history.add(FIRST - WINDOW_WEEKS, week)
    assert says(history) == says(History())
    history.add(FIRST - WINDOW_WEEKS + 1, week)
    assert history.finished() == {"s": 1}


def test_weeks_in_which_nobody_was_at_risk_teach_nothing() -> None:
    # Such are those of a case that has been open for longer than the ages go.
    history = History()
    history.add(FIRST, {"s": Week({"a": Counts.none()}, {}, 0, 0)})
    assert not history.any()
    assert history.counted(without_clearing=False) == ({}, {})


@pytest.mark.parametrize(
    ("finished", "cleared", "guarded"),
    [(100, 10, True), (100, 25, True), (100, 26, False), (49, 1, False), (50, 0, True), (0, 0, False)],
)
def test_clearing_out_is_left_out_only_where_it_is_rare(finished: int, cleared: int, guarded: bool) -> None:
    history = History(Method(bulk_share=0.25, bulk_enough=50))
    history.add(FIRST, {"s": Week({"a": counts(200, finished)}, {}, finished, cleared)})
    assert history.guarded() == (frozenset({"s"}) if guarded else frozenset())


def test_what_is_learned_for_dates_leaves_clearing_out_out_but_for_the_recent_weeks() -> None:
    """Of the newest nobody knows yet whether it was a clearing-out or is the new pace."""
    history, key = History(), ("s", "a")
    history.add(FIRST, {"s": Week({"a": counts(50, 20)}, {"a": counts(30, 15)}, 20, 15)})
    assert history.cleared()
    assert history.counted(without_clearing=True) == ({key: counts(20, 5)}, {key: counts(50, 20)})
    assert history.counted(without_clearing=False) == ({key: counts(50, 20)}, {key: counts(50, 20)})
    history.add(FIRST + history.method.recent_weeks, {})
    assert history.counted(without_clearing=True) == ({key: counts(20, 5)}, {})


def test_what_is_learned_of_those_who_stay_leaves_brief_visits_out_and_none_twice() -> None:
    history, key = History(), ("s", "a")
    told = Week({"a": counts(50, 20)}, {"a": counts(30, 15)}, 20, 15, {"a": counts(10, 6)}, {"a": counts(4, 2)})
    assert not history.brief()
    history.add(FIRST, {"s": told})
    assert history.brief()
    assert history.counted(without_clearing=False, settled=True)[0] == {key: counts(40, 14)}
    assert history.counted(without_clearing=True, settled=True)[0] == {key: counts(14, 1)}
    assert history.counted(without_clearing=True)[0] == {key: counts(20, 5)}


def test_a_stage_that_everybody_left_on_the_first_day_says_nothing_of_those_who_stay() -> None:
    history = History()
    history.add(FIRST, {"s": Week({"a": counts(50, 20)}, {}, 20, 0, {"a": counts(50, 20)})})
    assert history.counted(without_clearing=False, settled=True) == ({}, {})

"""How well dates are kept: the interval, what follows from it, and what counts as kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.promises.first_dates import FirstDate
from tracker.core.promises.punctuality import (
    FEWEST_JUDGED,
    LOOK_DAYS,
    TRIAL_DAYS,
    PunctualityFigures,
    Record,
    Reliance,
    confidence,
    figures,
    reviewed,
    weighed,
)
from tracker.core.vocabulary.words import Confidence, Outcome

TRUSTED, WIDENED, WITHDRAWN = Confidence
TODAY = date(2026, 3, 2)
DATE = FirstDate(TODAY - timedelta(days=40), TODAY - timedelta(days=10), probability=0.9)


def ended(days: int, **changes: object) -> FirstDate:
    """A date that lay 30 days ahead, of a case that was finished so many days after it was given."""
    how = {"closed_as": Outcome.DONE, "ended_on": DATE.made_on + timedelta(days=days), **changes}
    return replace(DATE, **how)


@st.composite
def records(draw: st.DrawFn) -> Record:
    total = draw(st.integers(1, 5_000))
    return Record(draw(st.integers(0, total)), total)


@given(records())
def test_the_interval_holds_the_share_and_lies_between_none_and_all(record: Record) -> None:
    found = record.interval
    assert record.share is not None
    assert 0.0 <= found.low <= record.share <= found.high <= 1.0
    assert found.low < found.high


@given(records(), st.integers(2, 50))
def test_the_interval_narrows_with_more_of_the_same(record: Record, times: int) -> None:
    more = Record(record.kept * times, record.total * times)
    assert more.interval.high - more.interval.low < record.interval.high - record.interval.low


@given(records())
def test_kept_and_broken_are_mirrored(record: Record) -> None:
    mirrored = Record(record.total - record.kept, record.total).interval
    assert mirrored.low == pytest.approx(1 - record.interval.high, abs=1e-12)
    assert mirrored.high == pytest.approx(1 - record.interval.low, abs=1e-12)


@pytest.mark.parametrize(
    ("kept", "total", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons_as_newcombe_printed_it(kept: int, total: int, low: float, high: float) -> None:
    # Newcombe (1998), Statistics in Medicine 17, table I, method 3.
    found = Record(kept, total).interval
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_nothing_is_known_of_nothing() -> None:
    assert Record(0, 0).share is None
    assert (Record(0, 0).interval.low, Record(0, 0).interval.high) == (0.0, 1.0)


@given(records())
def test_words_say_all_or_none_only_where_it_is_so(record: Record) -> None:
    assert (record.in_hundred == 100) is (record.kept == record.total)
    assert (record.in_hundred == 0) is (record.kept == 0)
    low, high = record.bounds_in_hundred
    assert 0 <= low <= record.in_hundred <= high <= 100


@pytest.mark.parametrize(
    ("kept", "total", "before", "held_days", "after"),
    [
        (28, 30, TRUSTED, 0, TRUSTED),
        (24, 30, TRUSTED, 0, TRUSTED),
        (23, 30, TRUSTED, 0, WIDENED),
        (0, 29, TRUSTED, 0, TRUSTED),
        (10, 200, TRUSTED, 0, WIDENED),  # one step at a time
        (23, 30, WIDENED, 20, WIDENED),
        (20, 30, WIDENED, 20, WIDENED),
        (19, 30, WIDENED, 20, WITHDRAWN),
        (0, 29, WIDENED, 20, WIDENED),
        (24, 30, WIDENED, 20, TRUSTED),
        (30, 30, WIDENED, 20, TRUSTED),
        (19, 30, WITHDRAWN, TRIAL_DAYS - 1, WITHDRAWN),
        (23, 30, WITHDRAWN, TRIAL_DAYS - 1, WITHDRAWN),
        (24, 30, WITHDRAWN, 20, TRUSTED),
        (0, 0, WITHDRAWN, TRIAL_DAYS - 1, WITHDRAWN),
        (0, 0, WITHDRAWN, TRIAL_DAYS, WIDENED),
        (10, 200, WITHDRAWN, TRIAL_DAYS, WIDENED),
    ],
)
def test_what_follows_from_a_record(
    kept: int, total: int, before: Confidence, held_days: int, after: Confidence
) -> None:
    assert confidence(Record(kept, total), 0.9, before, held_days) is after


@given(records(), st.sampled_from([0.5, 0.8, 0.9, 0.99]), st.sampled_from(Confidence), st.integers(0, 400))
def test_a_better_record_never_leads_further_down(
    record: Record, declared: float, before: Confidence, held_days: int
) -> None:
    order = list(Confidence)
    after = confidence(record, declared, before, held_days)
    better = confidence(Record(min(record.total, record.kept + 1), record.total), declared, before, held_days)
    assert order.index(better) <= order.index(after)
    assert order.index(after) <= order.index(before) + 1, "one step down at a time"
    if record.total >= FEWEST_JUDGED:
        assert (after is TRUSTED) is (record.interval.high >= declared), "back as soon as the level is in reach"


def test_an_account_counts_open_cases_as_taking_longer() -> None:
    late = ended(40, moved=True, forewarned=True)
    found = [*[ended(10)] * 10, *[ended(25)] * 5, *[late] * 3, *[DATE] * 2]
    assert figures(found) == PunctualityFigures(Record(15, 20), 0, 30, 10, 40, 3, 3)
    assert figures([*found, DATE]).most_days is None, "more than one in ten is not finished"
    assert figures([*[ended(10)] * 4, *[DATE] * 5]).half_days is None
    assert figures([]) == PunctualityFigures(Record(0, 0))
    apart = figures([ended(9, closed_as=Outcome.WITHDRAWN, moved=True), *[replace(DATE, silent=True)] * 2])
    assert apart == PunctualityFigures(Record(0, 0), 3)


def test_an_account_counts_stand_ins_among_ours_and_the_offices_own_apart() -> None:
    stand_in = ended(20, learned=False, probability=None)
    own = replace(stand_in, theirs=True)
    late = {"ended_on": DATE.made_on + timedelta(days=90)}
    ours = [*[ended(10)] * 4, *[stand_in] * 2, replace(stand_in, **late)]
    theirs = [*[own] * 5, replace(own, moved=True, **late), replace(own, closed_as=None, ended_on=None, silent=True)]
    found = figures([*ours, *theirs])
    assert (found.record, found.stand_ins, found.office) == (Record(6, 7), Record(2, 3), Record(5, 6))
    assert (found.unknown, found.moved, found.most_days) == (0, 0, 90)


def test_only_what_passed_since_the_last_verdict_is_weighed() -> None:
    early = replace(ended(10), latest_on=TODAY - timedelta(days=50), made_on=TODAY - timedelta(days=80))
    since = TODAY - timedelta(days=30)
    assert weighed([early, ended(10)], Reliance()).total == 2
    assert weighed([early, ended(10)], Reliance(WIDENED, since)).total == 1
    assert weighed([early, ended(10)], Reliance(WIDENED, since, given_from=since)).total == 0


def test_confidence_is_looked_at_once_a_week_and_falls_step_by_step() -> None:
    def broken(passed_on: date) -> list[FirstDate]:
        return [replace(DATE, latest_on=passed_on, made_on=passed_on - timedelta(days=30))] * 40

    first = reviewed(broken(TODAY - timedelta(days=1)), 0.9, Reliance(), TODAY)
    assert first == Reliance(WIDENED, TODAY, TODAY, declared=0.9)
    fresh = [replace(each, made_on=TODAY) for each in broken(TODAY + timedelta(days=1))]
    assert reviewed(fresh, 0.9, first, TODAY + timedelta(days=LOOK_DAYS - 1)) == first
    week = TODAY + timedelta(days=LOOK_DAYS)
    assert reviewed(broken(TODAY - timedelta(days=1)), 0.9, first, week) == replace(first, looked_on=week)
    second = reviewed(fresh, 0.9, first, week)
    assert second == Reliance(WITHDRAWN, week, week, declared=0.9)
    trial_on = week + timedelta(days=TRIAL_DAYS)
    trial = reviewed(fresh, 0.9, second, trial_on)
    assert trial == Reliance(WIDENED, trial_on, trial_on, given_from=trial_on, declared=0.9)
    late = reviewed(broken(trial_on + timedelta(days=5)), 0.9, trial, trial_on + timedelta(days=LOOK_DAYS))
    assert late.confidence is WIDENED, "what was given before the trial says nothing about it"
    good = ended(10, latest_on=trial_on + timedelta(days=30), made_on=trial_on + timedelta(days=1))
    assert reviewed([good] * 40, 0.9, trial, trial_on + timedelta(days=60)).confidence is TRUSTED


def passed(kept: int, total: int, *, made: int) -> list[FirstDate]:
    """Dates that were given so many days after TODAY and passed 20 days later, of which so many were kept."""
    date_ = replace(DATE, made_on=TODAY + timedelta(days=made), latest_on=TODAY + timedelta(days=made + 20))
    done = replace(date_, closed_as=Outcome.DONE, ended_on=date_.made_on + timedelta(days=9))
    return [*[done] * kept, *[date_] * (total - kept)]


@pytest.mark.parametrize(
    ("before", "since", "days", "after"),
    [
        (passed(0, 90, made=-9), [], 14, WIDENED),  # none of these had been widened
        (passed(0, 90, made=-9), passed(0, 29, made=1), 60, WIDENED),
        (passed(0, 90, made=-9), passed(19, 30, made=1), 60, WITHDRAWN),
        (passed(0, 90, made=-9), passed(20, 30, made=1), 60, WIDENED),
        (passed(0, 90, made=-9), passed(30, 30, made=0), 60, TRUSTED),
        (passed(900, 900, made=-9), passed(19, 30, made=1), 60, WITHDRAWN),
        (passed(30, 30, made=-9), [], 14, TRUSTED),  # it keeps its word again, widened or not
        (passed(0, 90, made=-9), passed(0, 29, made=1), TRIAL_DAYS - 1, WIDENED),
        (passed(0, 90, made=-9), passed(0, 29, made=1), TRIAL_DAYS, WITHDRAWN),  # no more is to be expected soon
        (passed(0, 1, made=-9), passed(0, 28, made=1), TRIAL_DAYS, WIDENED),
    ],
)
def test_widening_is_tried_before_dates_are_withdrawn(
    before: list[FirstDate], since: list[FirstDate], days: int, after: Confidence
) -> None:
    widened, today = Reliance(WIDENED, TODAY, TODAY, declared=0.9), TODAY + timedelta(days=days)
    assert reviewed([*before, *since], 0.9, widened, today).confidence is after


def test_a_service_on_trial_is_not_judged_by_what_it_gave_before_however_long_that_takes() -> None:
    trial = Reliance(WIDENED, TODAY, TODAY, given_from=TODAY, declared=0.9)
    old, later = passed(0, 90, made=-9), TODAY + timedelta(days=3 * TRIAL_DAYS)
    assert reviewed(old, 0.9, trial, later).confidence is WIDENED
    assert reviewed([*old, *passed(19, 30, made=1)], 0.9, trial, later).confidence is WITHDRAWN


def test_a_service_without_dates_that_asks_for_less_is_tried_again_at_once() -> None:
    before = Reliance(WITHDRAWN, TODAY, TODAY, declared=0.9)
    soon = TODAY + timedelta(days=1)
    assert reviewed([], 0.8, before, soon) == Reliance(WIDENED, soon, soon, given_from=soon, declared=0.8)
    assert reviewed([], 0.95, before, soon) == replace(before, declared=0.95)
    assert reviewed([], 0.8, Reliance(WIDENED, TODAY, TODAY, declared=0.9), soon).confidence is WIDENED

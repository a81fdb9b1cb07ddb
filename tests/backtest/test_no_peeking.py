"""Whoever walks through a log knows nothing of tomorrow: a log that is cut short tells the same of the time before."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.log_layout import LogRefused
from tests.backtest.logs import PAUSED, Row, Times, loaded, office
from tests.backtest.peeking import differences
from tests.backtest.test_hostile_logs import crowd
from tracker.backtest.feeds import Feed
from tracker.backtest.log import Log
from tracker.backtest.walk import Plan, walk

CUTS = 3


def instants(random: Random, rows: list[Row]) -> list[datetime]:
    """Where to cut: at a row, a moment after it, at a midnight or shortly after one, at the hour of the review."""
    found = []
    for _ in range(CUTS):
        at = random.choice(rows).at
        odd = [at, at + timedelta(seconds=1), at.replace(hour=0), at.replace(hour=0, second=1), at.replace(hour=12)]
        found.append(random.choice([*odd, at.replace(hour=10), at.replace(hour=23, minute=59, second=59)]))
    return found


def cut(folder: Path, rows: list[Row], at: datetime) -> Log | None:
    """The log as it was at an instant; None if it had no case yet."""
    try:
        return loaded(folder, [row for row in rows if row.at < at], "cut.csv")
    except LogRefused:
        return None


@pytest.mark.parametrize("paused", [None, PAUSED], ids=["calendar", "office-clock"])
@pytest.mark.parametrize("feed", list(Feed))
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), times=st.sampled_from(Times))
def test_cutting_a_log_changes_nothing_that_was_said_before(
    tmp_path: Path, seed: int, times: Times, feed: Feed, paused: frozenset[str] | None
) -> None:
    rows, plan = office(seed, times), Plan(0.9, feed, paused)
    whole = loaded(tmp_path, rows)
    walked = walk(whole, plan)
    for at in instants(Random(seed), rows):
        short = cut(tmp_path, rows, at)
        if short is not None:
            assert differences(whole, walked, short, walk(short, plan), at) == []


def test_the_logs_of_these_tests_make_an_office_speak(tmp_path: Path) -> None:
    """What is cut above has dates, later dates, moves, warnings and pauses in it."""
    for feed in Feed:
        walked = [walk(loaded(tmp_path, office(seed, Times.TIMED)), Plan(0.9, feed, PAUSED)) for seed in range(3)]
        promises = [promise for each in walked for promise in each.promises if promise.on is not None]
        assert sum(promise.first for promise in promises) > 30
        assert sum(not promise.first for promise in promises) > 10
        assert {move.reason for each in walked for move in each.moves} >= {"likely_late", "clock_paused"}
        assert any(each.notes for each in walked)
        assert any(each.pauses for each in walked)


def test_a_promise_of_the_last_day_is_made_though_nothing_follows(tmp_path: Path) -> None:
    # What a case came to on a day is known when that day is over: the day after the last must not be forgotten.
    rows = [Row("C1", "tree", "received", "2024-03-04T09:00:00"), Row("C1", "tree", "review", "2024-03-06T09:00:00")]
    assert [each.step for each in walk(loaded(tmp_path, rows), Plan()).promises] == ["received", "review"]
    for feed in (Feed.NIGHTLY, Feed.WEEKLY, Feed.WEEK_LOST):
        found = walk(loaded(tmp_path, rows), Plan(feed=feed)).promises
        assert found[-1].step == "review"
        assert date.fromisoformat(found[-1].made_at[:10]).toordinal() == found[-1].made_on


def test_what_comes_later_on_the_day_of_a_review_does_not_hold_it_back(tmp_path: Path) -> None:
    """Dates are looked at in the morning: a step at three in the afternoon is not known then, one at nine is."""
    rows = [
        *crowd(date(2024, 1, 1)),
        *(Row(f"slow{n}", "tree", "received", f"2024-02-1{n}T09:00:00") for n in range(5)),
    ]
    rows.append(Row("end", "tree", "received", "2024-06-03T09:00:00"))
    plain = loaded(tmp_path, rows)
    index, case = next((place, case) for place, case in enumerate(plain.cases) if case.id == "slow0")
    move = next(each for each in walk(plain, Plan()).moves if each.case == index)
    for hour, moved in (("15", True), ("09", False)):
        news = Row(case.id, "tree", "review", f"{move.changed_at[:10]}T{hour}:00:00")
        assert (move in walk(loaded(tmp_path, [*rows, news]), Plan()).moves) is moved

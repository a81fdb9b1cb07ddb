"""Requests that were open when an office went live: each has its next word, spread over days (T19), and a date that was
learned from all that came, whatever the sandbox has told (T20)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tests.flows.organisations.test_going_live import AT_ALL_HOURS, GOOD, later, released
from tests.office import Desk, open_desk
from tracker.flows.deciding.sweep import sweep
from tracker.flows.organisations import going_live
from tracker.flows.organisations.offices import NewSource
from tracker.flows.promises import learn
from tracker.store.ground.engine import Store


@pytest.fixture
async def desk(store: Store) -> Desk:
    opened = await open_desk(store, start=datetime.now(UTC), definition=AT_ALL_HOURS)
    await later(opened, timedelta(0))
    return opened


async def test_who_was_adopted_has_a_day_for_the_next_word_and_not_all_the_same_t19(desk: Desk) -> None:
    for number in range(60):
        await desk.status(f"P-{number}", "REC")
    await going_live.go_live(desk.store, desk.office, GOOD)
    await sweep(desk.store)
    today = (await desk.now()).date()
    days = [(row[0] - today).days for row in await desk.rows('SELECT next_word_on FROM "case"')]
    assert len(days) == 60 and min(days) >= 3 and max(days) <= 14
    per_day = Counter(days)
    assert max(per_day.values()) < 45 and len(per_day) >= 4, per_day  # a Friday takes a weekend's: 22 of 60 on average


async def test_a_source_that_begins_with_history_floods_nobody_t19(store: Store) -> None:
    start = datetime.now(UTC)
    desk = await open_desk(store, source=NewSource("backoffice", live_from=start - timedelta(days=90)), start=start)
    await later(desk, timedelta(0))
    await desk.status("P-1", "REC", at=start - timedelta(days=200))
    await desk.party("P-1", at=start - timedelta(days=200))
    [(on,)] = await desk.rows('SELECT next_word_on FROM "case"')
    assert on - start.date() >= timedelta(days=3) and await released(desk) == []
    await desk.status("P-1", "REC", id="again", at=start - timedelta(days=199))
    assert await desk.rows('SELECT next_word_on FROM "case"') == [(on,)], "a day that was said stays"


async def test_a_date_that_only_the_sandbox_told_is_told_once_live_t20(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await desk.carry()
    told = "SELECT 1 FROM telling WHERE audience <> 'staff'"
    assert await desk.rows(told), "the sandbox's mail named the date"
    await going_live.go_live(desk.store, desk.office, GOOD)
    assert not await desk.rows(told)
    await sweep(desk.store)
    for day in (5, 9, 14.5):
        await later(desk, timedelta(days=day))
        await desk.status("OTHER", "REC", id=f"other-{day}")
        await sweep(desk.store)
    [word] = await released(desk)
    assert word.facts.purpose == "still_working" and word.promise is not None, "it names the date"


async def test_an_open_case_gets_its_learned_date_whatever_the_order_was_t20(desk: Desk) -> None:
    """Rehearsed first, then the past was brought in, then it went live: as the command does, which learns before."""
    now = await desk.now()
    await desk.status("OPEN", "REC")
    await desk.party("OPEN")
    await desk.carry()
    assert [row[0] for row in await desk.rows("SELECT basis FROM promise")] == ["definition"]
    for each in range(40):
        opened_at = now - timedelta(days=60 + each)
        for status, after in (("REC", 0), ("ASSESS", 5), ("GRANTED", 20 + each % 10)):
            at = opened_at + timedelta(days=after)
            await desk.status(f"H-{each}", status, at=at, served_on=at.date().isoformat())
    assert await learn.learn_now(desk.store, desk.office.id)
    await going_live.go_live(desk.store, desk.office, GOOD)
    await sweep(desk.store)
    dates = await desk.rows(
        'SELECT p.basis FROM promise p JOIN "case" c ON c.id = p.case_id '
        "WHERE c.number = 'OPEN' AND p.outcome IS NULL AND p.superseded_at IS NULL"
    )
    assert [row[0] for row in dates] == ["history"]


async def test_history_that_came_after_learning_is_named_and_learned_from_t20(desk: Desk) -> None:
    [line] = [
        each
        for each in await going_live.checklist(desk.store, desk.office, GOOD)
        if each.what == "Dates learned from what came"
    ]
    assert line.good and not line.remedy
    now = await desk.now()
    served = (now - timedelta(days=30)).date().isoformat()
    await desk.status("OLD", "REC", at=now - timedelta(days=60))
    await desk.status("OLD", "GRANTED", at=now - timedelta(days=30), served_on=served)
    [line] = [each for each in await going_live.checklist(desk.store, desk.office, GOOD) if "learned" in each.what]
    assert line.good and "tracker organisations learn northwick" in line.remedy
    await learn.learn_now(desk.store, desk.office.id)
    [line] = [each for each in await going_live.checklist(desk.store, desk.office, GOOD) if "learned" in each.what]
    assert not line.remedy

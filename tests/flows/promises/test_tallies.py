"""What learning keeps of cases: counts by week, the same whatever came when, and however often they were counted."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.flows.promises.test_learn import finish
from tests.flows.promises.test_visits import WALKS
from tests.laws.case_sets import Draft, House, arrivals, case_sets, events
from tests.laws.rounds import change, send
from tests.laws.test_laws import limits
from tests.office import DEFINITION, SERVICE, START, Desk, open_desk
from tracker.core.promises.exposure import PARTS
from tracker.flows.case import erase
from tracker.flows.deciding.sweep import sweep
from tracker.flows.organisations import offices
from tracker.flows.promises import learn
from tracker.flows.services import versions
from tracker.store.ground.engine import Store


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


async def counted(desk: Desk) -> dict[tuple[str, date], Any]:
    """The tallies of an office, by service and week."""
    rows = await desk.rows("SELECT service, week_on, body FROM tally WHERE organisation_id = :o", o=desk.office.id)
    return {(row.service, row.week_on): row.body for row in rows}


async def afresh(desk: Desk) -> dict[tuple[str, date], Any]:
    """The tallies of an office when all is counted again from the entries."""
    await change(desk.store, "DELETE FROM tally WHERE organisation_id = :o", o=desk.office.id)
    await change(desk.store, "UPDATE organisation SET learn_at = NULL WHERE id = :o", o=desk.office.id)
    assert await learn.learn(desk.store, desk.office.id)
    return await counted(desk)


async def night(desk: Desk, days: int = 1) -> None:
    """So many days later, after the night's work."""
    now = await desk.now()
    await desk.move(datetime.combine(now.date() + timedelta(days=days), time(10), UTC))
    await sweep(desk.store)
    assert await learn.due(desk.store, desk.office.id)


def test_any_order_of_arrival_and_any_nights_between_give_the_same_tallies(
    ground: tuple[asyncio.Runner, Store],
) -> None:
    runner, store = ground
    nightly = runner.run(House.build(store))

    async def check(drafts: tuple[Draft, ...], order: tuple[int, ...], nights: list[int]) -> None:
        shift = timedelta(days=((await nightly.desk.now()).date() - START.date()).days)
        told = events([_moved(each, shift) for each in drafts], nightly.number())
        for place, at in enumerate(order):
            await send(nightly, told[at])
            if place in nights:
                await night(nightly.desk)
        await night(nightly.desk, 10)  # whatever was held back is free by now
        found = await counted(nightly.desk)
        assert found == await afresh(nightly.desk)

    @limits(25)
    @given(st.data())
    def law(data: st.DataObject) -> None:
        drafts = data.draw(WALKS | case_sets())
        order = data.draw(arrivals(len(drafts)))
        runner.run(check(drafts, order, data.draw(st.lists(st.integers(0, 9), max_size=4))))

    law()


def _moved(draft: Draft, by: timedelta) -> Draft:
    """The same event so much later."""
    hold, day = draft.hold_until, draft.occurred_on
    return replace(draft, time=draft.time + by, hold_until=hold and hold + by, occurred_on=day and day + by)


async def _corrected(desk: Desk) -> None:
    await desk.say("O-1", "case.correction", {"event": "end", "why": "a slip"}, id="slip")


async def _never_was(desk: Desk) -> None:
    await desk.say("O-1", "case.correction", {"event": "begin", "why": "a slip"})


async def _reopened(desk: Desk) -> None:
    await desk.say("O-1", "case.reopen", {"status": "ASSESS"})


async def _paused(desk: Desk) -> None:
    stage = DEFINITION.replace('code = "assessing"\n', 'code = "assessing"\nclock = "paused"\n')
    await versions.apply(desk.store, await offices.organisation(desk.store, desk.office.slug), stage)


@pytest.mark.parametrize("retract", [_corrected, _never_was, _reopened, _paused])
async def test_what_is_taken_back_is_taken_out_of_the_weeks_in_which_it_was_counted(
    desk: Desk, retract: Callable[[Desk], Awaitable[None]]
) -> None:
    for number, name in (("O-1", ""), ("O-2", "-2")):
        await desk.status(number, "REC", at=START - timedelta(days=80), id=f"begin{name}")
        await desk.status(number, "ASSESS", at=START - timedelta(days=70))
        await desk.status(number, "GRANTED", at=START - timedelta(days=60), id=f"end{name}")
    await desk.status("O-3", "REC", at=START - timedelta(days=75))
    await learn.due(desk.store)
    before = await counted(desk)
    await night(desk, 3)  # what came within the hour before a count would be looked at again
    await night(desk)
    await retract(desk)
    await night(desk)
    after = await counted(desk)
    week = (SERVICE, date(2025, 12, 29))
    assert after[week] != before[week], "the week of the end"
    assert after == await afresh(desk)
    if retract is _corrected:
        await desk.say("O-1", "case.correction", {"event": "slip", "why": "no slip"})
        await night(desk)
        assert (await counted(desk))[week] == before[week]


async def test_what_was_held_back_counts_in_the_week_in_which_it_happened(desk: Desk) -> None:
    await desk.status("O-1", "REC", at=START - timedelta(days=40))
    free_at = (START + timedelta(days=3)).isoformat()
    await desk.status("O-1", "GRANTED", at=START - timedelta(days=20), hold_until=free_at)
    await night(desk, 2)
    assert sum(week["finished"] for week in (await counted(desk)).values()) == 0
    await night(desk, 2)
    found = await counted(desk)
    assert [on for (_, on), week in found.items() if week["finished"]] == [date(2026, 2, 9)]
    assert found == await afresh(desk)


async def test_a_late_report_makes_its_week_and_those_after_it_counted_again(desk: Desk) -> None:
    await finish(desk, 5)
    await learn.due(desk.store)
    await night(desk)
    counted_at = "SELECT week_on, counted_at FROM tally WHERE organisation_id = :o"
    before = dict(map(tuple, await desk.rows(counted_at, o=desk.office.id)))
    await desk.status("LATE", "REC", at=START - timedelta(days=19))
    await night(desk)
    after = dict(map(tuple, await desk.rows(counted_at, o=desk.office.id)))
    assert min(on for on, at in after.items() if at != before[on]) == date(2026, 2, 9), "a Wednesday's Monday"
    assert all(at != before[on] for on, at in after.items() if on >= date(2026, 2, 9))
    assert await counted(desk) == await afresh(desk)


async def test_a_clearing_out_is_told_from_work_by_the_same_weeks_whenever_it_is_counted(desk: Desk) -> None:
    """Old cases that are closed in bulk are told by what was known the week before. By what was learned since, of
    which they are a good part, so many were to be expected."""
    await finish(desk, 40, days=3)
    for each in range(10):
        await desk.status(f"SLOW-{each}", "REC", at=START - timedelta(days=150))
    for each in range(20):
        await desk.status(f"OLD-{each}", "REC", at=START - timedelta(days=26))
        await desk.status(f"OLD-{each}", "GRANTED", at=START - timedelta(days=6))
    await learn.due(desk.store)
    week = (SERVICE, date(2026, 2, 23))
    assert (await counted(desk))[week]["cleared"] == 20
    for _ in range(3):
        await desk.status("LATE", "REC", at=START - timedelta(days=7))
        await night(desk)
        assert (await counted(desk))[week]["cleared"] == 20
    found = await counted(desk)
    assert found == await afresh(desk) == await afresh(desk)


async def test_tallies_are_counts_alone_and_stay_when_cases_are_forgotten(desk: Desk) -> None:
    await finish(desk, 5)
    await desk.status("O-1", "REC", at=START - timedelta(days=9), public_note="the purple barn")
    await desk.party("O-1")
    await learn.due(desk.store)
    before = await counted(desk)
    for body in before.values():
        assert set(body) == {*PARTS, "finished", "cleared"}
        assert {type(each) for each in (body["finished"], body["cleared"])} == {int}
        for stages in (body["stages"], body["bulk"]):
            assert set(stages) <= {"received", "assessing"}
            assert all(type(each) is int for cells in stages.values() for cell in cells for each in cell)
    await change(desk.store, 'UPDATE "case" SET forget_at = :at', at=START)
    assert await erase.due(desk.store) == 6
    await night(desk)
    after = await afresh(desk)
    assert {key: after[key] for key, body in before.items() if body["stages"]} == {
        key: body for key, body in before.items() if body["stages"]
    }

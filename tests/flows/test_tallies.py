"""What learning keeps of cases: counts by week, the same whatever came when, and however often they were counted."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Postgres
from tests.flows.test_learn import finish
from tests.laws.case_sets import Draft, House, arrivals, case_sets, events
from tests.laws.rounds import change, send
from tests.laws.test_laws import limits
from tests.office import DEFINITION, SERVICE, START, Desk, open_desk
from tracker.core.events import ReopenReported, StatusReported
from tracker.flows import forget, learn, offices, services
from tracker.flows.sweep import sweep
from tracker.store import tallies
from tracker.store.engine import Store, open_store

PAUSED = ("more_needed",)
"""The stages of the permit service in which its clock stands still."""

Seen = Counter[tuple[str, str, int, int, str]]
"""Cases by service, stage, day, age and what is counted: at risk, finished, or in their first stage."""

_STATUSES = st.sampled_from(["VAL", "RFI", "RFI", "ASSESS", "CONSULT", "GRANTED", "WITHDRAWN"])
_STEPS = st.builds(
    lambda body, hours: Draft(body, START - timedelta(hours=hours)),
    _STATUSES.map(lambda status: StatusReported(SERVICE, status)) | st.just(ReopenReported("VAL")),
    st.integers(0, 240),
)
_WALKS = st.tuples(
    st.sampled_from(["REC", "RFI"]).map(lambda each: Draft(StatusReported(SERVICE, each), START - timedelta(days=10))),
    st.lists(_STEPS, max_size=7),
).map(lambda found: (Draft(StatusReported(SERVICE, "REC"), found[0].time), found[0], *found[1]))
"""Cases that go back and forth between stages whose clock runs and one whose clock does not."""


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


@pytest.fixture
def ground(postgres: Postgres) -> Iterator[tuple[asyncio.Runner, Store]]:
    """One database for all examples of a test, and the loop that its connections belong to."""
    with asyncio.Runner() as runner:
        name, url = runner.run(postgres.fresh())
        store = open_store(url, pool_size=4)
        yield runner, store
        runner.run(store.close())
        runner.run(postgres.drop(name))


def expanded(service: str, visits: list[tallies.Visit], until: int) -> Seen:
    """Visits, day by day."""
    found: Seen = Counter()
    for visit in visits:
        for day in range(visit.seen_from, min(visit.end or until, until) + 1):
            where = (service, visit.stage, day, day - visit.start)
            found[*where, "risk"] += visit.cases
            found[*where, "first"] += visit.openings
            found[*where, "done"] += visit.cases if visit.finished and day == visit.end else 0
    return +found


def lived(case: Any, lines: list[Any], until: int) -> Seen:
    """One case, day by day: for each stage whose clock runs from its day until the case ends, the days before that
    counted are the age."""
    zone = ZoneInfo("Europe/London")
    ended = (case.since_on or case.since_at.astimezone(zone).date()).toordinal() if case.state == "closed" else None
    last = [a for a, b in zip(lines, [*lines[1:], None], strict=True) if b is None or b.position_at != a.position_at]
    days = [line.position_at.astimezone(zone).date().toordinal() for line in last]
    path = [
        (day, line.stage) for place, (day, line) in enumerate(zip(days, last, strict=True))
        if place == 0 or (day != ended and day not in days[place + 1 :])
    ]  # fmt: skip
    path = [each for place, each in enumerate(path) if place == 0 or path[place - 1][1] != each[1]]
    found: Seen = Counter()
    first = next((place for place, (_, stage) in enumerate(path) if stage not in PAUSED), None)
    for place, (came, stage) in enumerate(path):
        age = 0
        for day in range(came, (until if ended is None else ended) + 1) if stage not in PAUSED else ():
            clock = [at for on, at in path if on <= day][-1]
            if clock in PAUSED and day != ended:
                continue
            where = (case.service, stage, day, age)
            found[*where, "risk"] += 1
            found[*where, "first"] += place == first
            found[*where, "done"] += day == ended and case.outcome in ("done", "refused")
            age += 1
    return +found


async def slowly(desk: Desk, until: int) -> Seen:
    """All cases of an office, read one by one."""
    rows = await desk.rows(_LINES, office=desk.office.id)
    found: Seen = Counter()
    for _, mine in groupby(sorted(rows, key=lambda row: (row.id, _place(row))), key=lambda row: row.id):
        lines = list(mine)
        found += lived(lines[0], lines, until)
    return found


_LINES = """
    SELECT c.id, c.service, c.state, c.outcome, c.since_on, c.since_at, e.stage, e.position_at, e.sequence, e.rank,
        e.source, e.event_id
    FROM "case" c JOIN entry e ON e.organisation_id = c.organisation_id AND e.mode = c.mode AND e.case_id = c.id
    WHERE c.organisation_id = :office AND NOT c.void AND e.placement = 'applied' AND e.stage IS NOT NULL
      AND e.type IN ('case.status', 'case.reopen')
"""


def _place(row: Any) -> tuple[Any, ...]:
    return row.position_at, -1 if row.sequence is None else row.sequence, row.rank, row.source, row.event_id


async def visits(desk: Desk) -> dict[str, list[tallies.Visit]]:
    """What the database makes of an office's entries."""
    paused = [f"{SERVICE} {stage}" for stage in PAUSED]
    async with desk.store.reading() as connection:
        return await tallies.visits(connection, desk.office.id, "Europe/London", date(2025, 1, 1), paused)


def test_visits_are_what_a_slow_reading_of_the_same_entries_finds(ground: tuple[asyncio.Runner, Store]) -> None:
    runner, store = ground
    house = runner.run(House.build(store))
    until = (START + timedelta(days=3)).date().toordinal()

    async def check(drafts: tuple[Draft, ...]) -> None:
        await house.hear(drafts, range(len(drafts)))
        read: Seen = Counter()
        for service, found in (await visits(house.desk)).items():
            read += expanded(service, found, until)
        slow = await slowly(house.desk, until)
        assert read == slow, {key: (read[key], slow[key]) for key in read | slow if read[key] != slow[key]}

    @limits(60)
    @given(_WALKS | case_sets())
    def law(drafts: tuple[Draft, ...]) -> None:
        runner.run(check(drafts))

    law()


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
        drafts = data.draw(_WALKS | case_sets())
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
    await services.apply(desk.store, await offices.organisation(desk.store, desk.office.slug), stage)


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
    """Old cases that are closed in bulk count apart. By what was learned since, with them, they would not."""
    await finish(desk, 40, days=3)
    for each in range(12):
        await desk.status(f"OLD-{each}", "REC", at=START - timedelta(days=200 + each))
        await desk.status(f"OLD-{each}", "GRANTED", at=START - timedelta(days=6))
    await learn.due(desk.store)
    week = (SERVICE, date(2026, 2, 23))
    assert (await counted(desk))[week]["cleared"] == 12
    for _ in range(3):
        await desk.status("LATE", "REC", at=START - timedelta(days=7))
        await night(desk)
        assert (await counted(desk))[week]["cleared"] == 12
    found = await counted(desk)
    assert found == await afresh(desk) == await afresh(desk)


async def test_tallies_are_counts_alone_and_stay_when_cases_are_forgotten(desk: Desk) -> None:
    await finish(desk, 5)
    await desk.status("O-1", "REC", at=START - timedelta(days=9), public_note="the purple barn")
    await desk.party("O-1")
    await learn.due(desk.store)
    before = await counted(desk)
    for body in before.values():
        assert set(body) == {"stages", "bulk", "finished", "cleared"}
        assert {type(each) for each in (body["finished"], body["cleared"])} == {int}
        for stages in (body["stages"], body["bulk"]):
            assert set(stages) <= {"received", "assessing"}
            assert all(type(each) is int for cells in stages.values() for cell in cells for each in cell)
    await change(desk.store, 'UPDATE "case" SET forget_at = :at', at=START)
    assert await forget.due(desk.store) == 6
    await night(desk)
    after = await afresh(desk)
    assert {key: after[key] for key, body in before.items() if body["stages"]} == {
        key: body for key, body in before.items() if body["stages"]
    }


async def test_days_on_which_the_clock_is_paused_are_no_age(desk: Desk) -> None:
    steps = [("REC", 0, 0), ("RFI", None, 4), ("RFI-IN", None, 11), ("ASSESS", 6, 13), ("GRANTED", 9, 16)]
    waits, plain = (
        [(status, step[at]) for status, *step in steps if step[at] is not None] for at in (1, 0)
    )
    plain.insert(1, ("VAL", 4))  # where the other one's clock runs again it comes to the same stage
    for number, path in (("WAITS", waits), ("PLAIN", plain)):
        for status, days in path:
            await desk.status(number, status, at=START - timedelta(days=20 - days))
    until, found = START.toordinal(), await visits(desk)
    seen = expanded(SERVICE, found[SERVICE], until)
    whole: Seen = Counter()
    for (_, stage, _, age, what), cases in seen.items():
        whole["", stage, 0, age, what] += cases
    assert all(cases == 2 for cases in whole.values()), "at each age both were at risk, and both finished at the same"
    assert {age for (_, stage, _, age, what) in whole if (stage, what) == ("received", "done")} == {9}
    assert {age for (_, stage, _, age, what) in whole if (stage, what) == ("assessing", "done")} == {3}

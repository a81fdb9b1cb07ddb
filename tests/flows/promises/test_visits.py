"""What became of cases, as the database counts it: the same as a slow reading of the same entries, one by one."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.case_sets import Draft, House, case_sets
from tests.laws.test_laws import limits
from tests.office import SERVICE, START, Desk, open_desk
from tracker.core.case.events import ReopenReported, StatusReported
from tracker.core.promises.exposure import Visit
from tracker.store.ground.engine import Store
from tracker.store.promises import tallies

PAUSED = ("more_needed",)
"""The stages of the permit service in which its clock stands still."""

CLOSING = ("granted", "refused", "withdrawn")
"""Those in which nobody waits any more, though a case may be opened again."""

Seen = Counter[tuple[str, str, int, int, str]]
"""Cases by service, stage, day, age and what is counted: at risk, finished, in their first stage, or out of it by the
evening."""

_STATUSES = st.sampled_from(["VAL", "RFI", "RFI", "ASSESS", "CONSULT", "GRANTED", "WITHDRAWN"])
_STEPS = st.builds(
    lambda body, hours: Draft(body, START - timedelta(hours=hours)),
    _STATUSES.map(lambda status: StatusReported(SERVICE, status)) | st.just(ReopenReported("VAL")),
    st.integers(0, 240),
)
WALKS = st.tuples(
    st.sampled_from(["REC", "RFI"]).map(lambda each: Draft(StatusReported(SERVICE, each), START - timedelta(days=10))),
    st.lists(_STEPS, max_size=7),
).map(lambda found: (Draft(StatusReported(SERVICE, "REC"), found[0].time), found[0], *found[1]))
"""Cases that go back and forth between stages whose clock runs and one whose clock does not."""


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


def expanded(service: str, visits: list[Visit], until: int) -> Seen:
    """Visits, day by day."""
    found: Seen = Counter()
    for visit in visits:
        for day in range(visit.seen_from, min(visit.end or until, until) + 1):
            where = (service, visit.stage, day, day - visit.start)
            found[*where, "risk"] += visit.cases
            found[*where, "first"] += visit.openings
            found[*where, "brief"] += visit.cases if visit.brief else 0
            found[*where, "done"] += visit.cases if visit.finished and day == visit.end else 0
    return +found


def lived(case: Any, lines: list[Any], until: int) -> Seen:
    """One case, day by day: for each stage whose clock runs from its day until the case ends, the days before that
    counted are the age."""
    zone, lines = ZoneInfo("Europe/London"), [line for line in lines if line.stage not in CLOSING]
    ended = (case.since_on or case.since_at.astimezone(zone).date()).toordinal() if case.state == "closed" else None
    read = list(zip(lines, paused_by(lines), strict=True))
    last = [a for a, b in pairwise([*read, None]) if b is None or b[0].position_at != a[0].position_at]
    days = [line.position_at.astimezone(zone).date().toordinal() for line, _ in last]
    path = [
        (day, (line.stage, paused))
        for place, (day, (line, paused)) in enumerate(zip(days, last, strict=True))
        if place == 0 or (day != ended and day not in days[place + 1 :])
    ]
    path = [each for place, each in enumerate(path) if place == 0 or path[place - 1][1] != each[1]]
    found: Seen = Counter()
    first = next((place for place, (_, (_, paused)) in enumerate(path) if not paused), None)
    for place, (came, (stage, paused)) in enumerate(path):
        age = 0
        for day in range(came, (until if ended is None else ended) + 1) if not paused else ():
            clock = [at for on, (_, at) in path if on <= day][-1]
            if clock and day != ended:
                continue
            where = (case.service, stage, day, age)
            found[*where, "risk"] += 1
            found[*where, "first"] += place == first
            found[*where, "brief"] += place == 0 and came in [day for day, _ in path[1:2]]
            found[*where, "done"] += day == ended and case.outcome in ("done", "refused")
            age += 1
    return +found


def paused_by(lines: list[Any]) -> list[bool]:
    """Whether the clock is paused after each line: a stage says so, and in it a report of needs that bears a stage
    turns it."""
    found: list[bool] = []
    for before, line in pairwise([None, *lines]):
        if line.type == "case.needs":
            found.append(line.stage in PAUSED and not found[-1])
        elif before is None or line.type == "case.reopen" or line.stage != before.stage:
            found.append(line.stage in PAUSED)
        else:
            found.append(found[-1])
    return found


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
        e.source, e.event_id, e.type
    FROM "case" c JOIN entry e ON e.organisation_id = c.organisation_id AND e.mode = c.mode AND e.case_id = c.id
    WHERE c.organisation_id = :office AND NOT c.void AND e.placement = 'applied' AND e.stage IS NOT NULL
      AND e.type IN ('case.status', 'case.reopen', 'case.needs')
"""


def _place(row: Any) -> tuple[Any, ...]:
    return row.position_at, -1 if row.sequence is None else row.sequence, row.rank, row.source, row.event_id


async def visits(desk: Desk) -> dict[str, list[Visit]]:
    """What the database makes of an office's entries."""
    paused, closing = ([f"{SERVICE} {stage}" for stage in stages] for stages in (PAUSED, CLOSING))
    async with desk.store.reading() as connection:
        since = date(2025, 1, 1)
        return await tallies.visits(connection, desk.office.id, "Europe/London", since, paused=paused, closing=closing)


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
    @given(WALKS | case_sets())
    def law(drafts: tuple[Draft, ...]) -> None:
        runner.run(check(drafts))

    law()


async def test_days_on_which_the_clock_is_paused_are_no_age(desk: Desk) -> None:
    paths = {
        "WAITS": [("REC", 0), ("RFI", 4), ("RFI-IN", 11), ("ASSESS", 13), ("GRANTED", 16)],
        "PLAIN": [("REC", 0), ("VAL", 4), ("ASSESS", 6), ("GRANTED", 9)],
    }
    for number, path in paths.items():
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


async def test_days_after_all_that_was_asked_has_come_are_waited_for_the_office(desk: Desk) -> None:
    """T1: asked on day 4 and supplied on day 7, the clock runs again then, in the stage that waited for the person;
    asked anew on day 9, it stands still until that has come on day 10. It is what the case itself says."""
    day = START - timedelta(days=20)
    await desk.status("N-1", "REC", at=day)
    await desk.status("N-1", "RFI", at=day + timedelta(days=4))
    for on, supplied in ((4, None), (7, 7), (9, None), (10, 10)):
        at = day + timedelta(days=on)
        item: dict[str, Any] = {"item": "plan" if on < 9 else "map", "text": "A plan"}
        if supplied is not None:
            item["supplied_at"] = at.isoformat()
        await desk.say("N-1", "case.needs", {"items": [item]}, time=(at + timedelta(minutes=1)).isoformat())
    await desk.status("N-1", "GRANTED", at=day + timedelta(days=16))
    seen = expanded(SERVICE, (await visits(desk))[SERVICE], START.toordinal())
    done = {stage: age for (_, stage, _, age, what) in seen if what == "done"}
    assert done["received"] == 16 - 3 - 1, "the days on which we waited for the person, and no others, are no age"
    first = day.date().toordinal()
    paused = {on for on in range(16) if not any(found[2] == first + on and found[4] == "risk" for found in seen)}
    assert paused == {4, 5, 6, 9}


async def test_a_case_that_ends_at_the_instant_at_which_it_begins_was_at_its_first_stage(desk: Desk) -> None:
    """An end known by its day alone stands at the same instant as the beginning: nobody waited in it."""
    at = START - timedelta(days=3)
    await desk.status("N-1", "REC", at=at)
    await desk.status("N-1", "GRANTED", at=at, sequence=1)
    async with desk.store.reading() as connection:
        since, closing = date(2025, 1, 1), [f"{SERVICE} {each}" for each in CLOSING]
        found = await tallies.visits(connection, desk.office.id, "Europe/London", since, paused=[], closing=closing)
    day = at.date().toordinal()
    assert found == {SERVICE: [Visit("received", day, day, True, 1, 1, day)]}

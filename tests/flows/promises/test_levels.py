"""At what level dates are read, whose history stands in, and when people are warned: what a service's own file and
its own record say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.flows.promises.test_learn import finish
from tests.flows.promises.test_ledger import ledger, told, wait
from tests.flows.promises.test_punctuality import said
from tests.office import DEFINITION, SERVICE, START, Desk, open_desk
from tracker.core.promises.method import USUAL
from tracker.core.promises.punctuality import PunctualityFigures, Record, Reliance
from tracker.core.vocabulary.words import Confidence, PromiseOutcome
from tracker.flows.deciding.sweep import sweep
from tracker.flows.promises import learn
from tracker.flows.promises import punctuality as accounting
from tracker.flows.services import versions
from tracker.store.ground import organisations
from tracker.store.ground.engine import Store
from tracker.store.promises import curves, punctuality_counts
from tracker.store.promises.punctuality_counts import Counted

KERB = "dropped-kerb"
PLAIN = "\n".join(line for line in DEFINITION.splitlines() if not line.startswith("fallback_days"))


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


async def level(desk: Desk) -> tuple[float, date | None]:
    """How far the level at which dates are read lies from what the service asks for, and up to when it was weighed."""
    async with desk.store.reading() as connection:
        found = (await curves.newest(connection, desk.office.id))[SERVICE]
    return round(found.curve.shift, 5), found.weighed_on


async def night(desk: Desk, day: int) -> None:
    """The night before this day of March is over."""
    await desk.move(datetime(2026, 3, day, 10, tzinfo=UTC))
    assert await learn.due(desk.store, desk.office.id) == 1


async def stands(desk: Desk, confidence: Confidence) -> None:
    """The service is relied on so far, from now on."""
    async with desk.store.transaction() as connection:
        office = await organisations.office(connection, desk.office.id)
        today = office.now.date()
        account, standing = PunctualityFigures(Record(20, 40)), Reliance(confidence, today, today, None, 0.9)
        await punctuality_counts.put(
            connection, office, SERVICE, [Counted(SERVICE, 0.9, account, standing, current=True)], today
        )


async def test_levels_move_once_a_week_by_the_first_dates_that_passed_in_it(desk: Desk) -> None:
    await finish(desk, 40)
    for each in range(20):
        await said(desk, f"LATE-{each}", -2, took=None)
    for each in range(20):
        await said(desk, f"KEPT-{each}", -2, took=20)
    for each in range(9):
        await said(desk, f"GONE-{each}", -2, took=20, by="WITHDRAWN")
    await learn.due(desk.store)
    step = round(0.4 * USUAL.level_step, 5)
    assert await level(desk) == (0.0, date(2026, 3, 1))
    await night(desk, 5)
    assert await level(desk) == (0.0, date(2026, 3, 1)), "the dates passed on Wednesday, and the week is not over"
    await night(desk, 9)
    assert await level(desk) == (step, date(2026, 3, 8)), "one step, times what 0.5 lacks of 0.9"
    await night(desk, 10)
    await night(desk, 16)
    assert await level(desk) == (step, date(2026, 3, 15)), "no date passed in the second week"


async def test_a_date_that_stands_still_or_that_nobody_could_judge_moves_no_level(desk: Desk) -> None:
    await finish(desk, 40)
    await learn.due(desk.store)
    await desk.status("PAUSED", "REC")
    await desk.status("SILENT", "REC")
    await wait(desk, date(2026, 3, 4))
    await desk.status("PAUSED", "RFI")
    async with desk.store.transaction() as connection:
        await connection.exec_driver_sql(
            f"UPDATE promise SET outcome = '{PromiseOutcome.COULD_NOT_TELL}', judged_at = passes_at "
            "WHERE case_id = (SELECT id FROM \"case\" WHERE number = 'SILENT')"
        )
    await wait(desk, date(2026, 4, 6))
    assert await level(desk) == (0.0, date(2026, 4, 5))


async def test_where_own_cases_are_few_all_services_teach_unless_the_service_has_a_stand_in(desk: Desk) -> None:
    for service, text in ((KERB, PLAIN), ("loft", DEFINITION)):
        await versions.apply(desk.store, desk.office, text.replace(f'service = "{SERVICE}"', f'service = "{service}"'))
    await finish(desk, 40)
    await learn.due(desk.store)
    for service in (KERB, "loft"):
        await desk.say(f"{service}-1", "case.status", {"service": service, "status": "REC"})
    [kerb] = await desk.rows('SELECT * FROM promise p JOIN "case" c ON c.id = p.case_id WHERE service = :s', s=KERB)
    assert (kerb.basis, kerb.cases, kerb.probability) == ("history", 40, 0.9)
    assert kerb.latest_on == date(2026, 3, 31), "it knows nothing of its own: the date of the service that does"
    assert await ledger(desk, "loft-1") == [("definition", "2026-04-27", None, None)]


async def test_a_withdrawn_service_gives_no_new_date_of_any_kind(desk: Desk) -> None:
    await desk.status("P-0", "REC")
    await stands(desk, Confidence.WITHDRAWN)
    await desk.status("P-1", "REC")
    assert await ledger(desk) == []
    await finish(desk, 40)
    await learn.due(desk.store)
    await stands(desk, Confidence.WITHDRAWN)
    await desk.status("P-2", "REC")
    assert await ledger(desk, "P-2") == []
    assert [row[:2] for row in await ledger(desk, "P-0")] == [("definition", "2026-04-27")], "what was said stands"


async def test_open_cases_get_their_dates_when_a_withdrawn_service_is_tried_again(desk: Desk) -> None:
    await finish(desk, 40)
    await learn.due(desk.store)
    await desk.status("P-0", "REC")
    await stands(desk, Confidence.WITHDRAWN)
    await desk.status("P-1", "REC")
    less = DEFINITION.replace("probability = 0.9", "probability = 0.8")
    await versions.apply(desk.store, desk.office, less)
    await sweep(desk.store)
    assert await ledger(desk, "P-1") == []
    await accounting.count(desk.store, desk.office.id)
    assert await sweep(desk.store) == 1, "the case that has a date is left alone"
    assert [row[0] for row in await ledger(desk, "P-1")] == ["history"]
    await accounting.count(desk.store, desk.office.id)
    assert await sweep(desk.store) == 0, "once"


async def test_a_date_of_a_withdrawn_service_that_must_move_is_taken_back(desk: Desk) -> None:
    await finish(desk, 40)
    await learn.due(desk.store)
    await desk.status("P-1", "REC")
    await stands(desk, Confidence.WITHDRAWN)
    await wait(desk, START.date() + timedelta(days=29))
    assert await ledger(desk) == [("history", "2026-03-31", "too_uncertain", "withdrawn")]


async def test_a_widened_service_reads_its_dates_at_the_widest_level(desk: Desk) -> None:
    await finish(desk, 40)
    await learn.due(desk.store)
    await stands(desk, Confidence.WIDENED)
    await desk.status("P-1", "REC")
    [row] = await desk.rows("SELECT * FROM promise p JOIN \"case\" c ON c.id = p.case_id WHERE number = 'P-1'")
    assert row.latest_on == date(2026, 4, 1), "30 days on no more than 5 in 100 are open, 29 days on 7 are"
    assert row.probability == 0.9, "it is weighed by what was said"


async def test_a_service_that_asks_for_more_than_before_is_not_asked_for_more_than_certainty(desk: Desk) -> None:
    await finish(desk, 40)
    await learn.due(desk.store)
    async with desk.store.transaction() as connection:
        newest = (await curves.newest(connection, desk.office.id))[SERVICE]
        shifted = replace(newest, curve=replace(newest.curve, shift=0.05))
        at = START + timedelta(minutes=1)
        await curves.add(connection, desk.office.id, SERVICE, shifted, at, window_from=START.date())
    sure = DEFINITION.replace("probability = 0.9", "probability = 0.98")
    await versions.apply(desk.store, desk.office, sure)
    await desk.status("P-1", "REC")
    [(basis, latest_on, _, _)] = await ledger(desk)
    assert basis == "history"
    assert date(2026, 4, 1) < date.fromisoformat(latest_on) < date(2026, 5, 1), "99 in 100, and not 103"


@pytest.mark.parametrize(
    ("policy", "days"),
    [
        ("", [("delayed", 28), ("date_changed", 31)]),
        ("warn_near = 0.11\nwarn = 0.13", [("delayed", 27), ("date_changed", 31)]),
        ("warn_last = 0.9\nwarn_near = 0.9\nwarn = 0.95\nmove = 0.99", [("date_changed", 31)]),
        ("warn_near = 0.05\nwarn = 0.083\nmove = 0.2", [("delayed", 24), ("date_changed", 29)]),
    ],
)
async def test_a_services_own_thresholds_say_when_people_are_warned_and_dates_move(
    store: Store, policy: str, days: list[tuple[str, int]]
) -> None:
    """On the mornings of 23 to 28 March the date, the 31st, is missed with 7.8, 8.8, 10, 12, 14 and 18 in 100, and on
    its own with 59, by what was known the evening before: so much, and not less than even, moves a date on its last
    day whatever the service asks for."""
    desk = await open_desk(store, definition=DEFINITION.replace("fallback_days = 56", f"fallback_days = 56\n{policy}"))
    await finish(desk, 40)
    await learn.due(store)
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await wait(desk, START.date() + timedelta(days=29))
    dates = [(purpose, at.day) for purpose, at in await told(desk) if purpose in ("date_changed", "delayed")]
    assert dates == days

"""Learning from stored history: nightly, from live cases alone, and from old ones with their true dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.office import DEFINITION, SERVICE, START, Desk, open_desk
from tracker.core.vocabulary.words import Mode
from tracker.flows.deciding.sweep import sweep
from tracker.flows.promises import learn
from tracker.flows.services import versions
from tracker.store.ground.engine import Store
from tracker.store.promises import curves


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


async def finish(desk: Desk, count: int, *, days: int = 20, first: int = 0, service: str = SERVICE) -> None:
    """Cases that were opened on different days, went through one more stage after five days, and were granted."""
    for each in range(first, first + count):
        opened_at = START - timedelta(days=60 + each)
        for status, after in (("REC", 0), ("ASSESS", 5), ("GRANTED", days + each % 10)):
            await desk.status(f"H-{each}", status, at=opened_at + timedelta(days=after), service=service)


async def taught_desk(store: Store) -> Desk:
    """An office that has learned from forty finished cases: five days to be assessed, 20 to 29 in all."""
    desk = await open_desk(store)
    await finish(desk, 40)
    await learn.due(store)
    return desk


async def learned(desk: Desk) -> list[tuple[int, date]]:
    return [tuple(row) for row in await desk.rows("SELECT finished, window_from FROM curve ORDER BY learned_at")]


async def test_finished_cases_teach_each_stage_that_they_went_through(desk: Desk) -> None:
    await finish(desk, 40)
    assert await learn.due(desk.store) == 1
    async with desk.store.reading() as connection:
        curve = (await curves.newest(connection, desk.office.id))[SERVICE].curve
    assert (curve.finished, curve.everyone) == (40, 40)
    assert {"received", "assessing"} < set(curve.dates) == set(curve.risks)
    received, assessing = curve.table("received"), curve.table("assessing")
    assert received.survival(14) > 0.7 > 0.6 > received.survival(24) > 0.2 > received.survival(29)
    assert assessing.survival(10) > 0.7 > 0.6 > assessing.survival(19) > 0.2 > assessing.survival(26)
    assert all(received.survival(age) > assessing.survival(age) for age in range(15, 40))


async def test_it_learns_once_a_night_by_the_offices_own_clock(desk: Desk) -> None:
    await finish(desk, 3)
    assert await learn.due(desk.store, desk.office.id) == 1
    assert await learn.due(desk.store) == 0
    assert await learned(desk) == [(3, START.date() - timedelta(weeks=104))]
    await desk.move(datetime(2026, 3, 3, 2, 31, tzinfo=UTC))
    assert await learn.due(desk.store) == 1
    await desk.status("O-1", "REC")
    await desk.move(datetime(2026, 3, 4, 2, 31, tzinfo=UTC))
    assert await learn.due(desk.store) == 1
    assert len(await learned(desk)) == 2, "a night on which nothing was learned stores nothing"


async def test_each_night_it_is_counted_anew_how_well_dates_were_kept(desk: Desk) -> None:
    await learn.due(desk.store)
    assert await desk.rows("SELECT service, confidence FROM word WHERE current") == [(SERVICE, "trusted")]


async def test_an_import_is_learned_from_at_once_when_an_operator_asks(desk: Desk) -> None:
    await learn.due(desk.store)
    await finish(desk, 40)
    assert await learn.due(desk.store) == 0
    assert await learn.learn_now(desk.store, desk.office.id)
    assert [finished for finished, _ in await learned(desk)][-1] == 40


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (datetime(2026, 10, 24, 12, tzinfo=UTC), datetime(2026, 10, 25, 2, 30, tzinfo=UTC)),
        (datetime(2026, 3, 2, 1, tzinfo=UTC), datetime(2026, 3, 2, 2, 30, tzinfo=UTC)),
    ],
)
def test_the_next_night_comes_once_when_clocks_change_case_43(now: datetime, then: datetime) -> None:
    assert learn.next_night(now, "Europe/London") == then
    assert learn.next_night(then, "Europe/London") > then


async def test_test_rows_and_cases_that_never_were_teach_nothing(desk: Desk) -> None:
    test = replace(desk, sender=replace(desk.sender, mode=Mode.TEST), made=1_000)
    await test.status("T-1", "REC", at=START - timedelta(days=9))
    await test.status("T-1", "GRANTED", at=START - timedelta(days=2))
    await desk.status("V-1", "REC", at=START - timedelta(days=9), id="slip")
    await desk.say("V-1", "case.correction", {"event": "slip", "why": "a slip"})
    await learn.due(desk.store)
    assert await learned(desk) == []


async def test_withdrawn_cases_count_as_seen_and_not_as_finished(desk: Desk) -> None:
    await desk.status("W-1", "REC", at=START - timedelta(days=9))
    await desk.status("W-1", "WITHDRAWN", at=START - timedelta(days=2))
    await learn.due(desk.store)
    assert [finished for finished, _ in await learned(desk)] == [0]


async def test_cases_that_wait_get_their_date_in_silence_once_there_is_one(desk: Desk) -> None:
    quiet = await open_desk(desk.store, slug="quiet", definition=_without_stand_in())
    await quiet.status("O-1", "REC")
    await quiet.party("O-1")
    await finish(quiet, 40)
    assert not await quiet.rows("SELECT 1 FROM promise")
    before = await quiet.messages()
    assert await learn.due(quiet.store, quiet.office.id) == 1
    assert await sweep(quiet.store, quiet.office.id) == 1
    [given] = await quiet.rows("SELECT basis, cases, probability, latest_on FROM promise WHERE outcome IS NULL")
    assert tuple(given) == ("history", 40, 0.9, date(2026, 3, 31)), "as test_ledger.RECEIPT explains"
    assert await quiet.messages() == before


async def test_cases_without_a_stand_in_get_their_date_once_the_service_has_history_of_its_own(desk: Desk) -> None:
    """All services together had enough before; a service with a stand-in waits for its own. The stand-in of the first
    case was over when it could be given, that of the second was not kept, that of the third stands and nobody was told
    of it (T20: history is imported first, then learned from), that of the fourth somebody was told of."""
    text = DEFINITION.replace(f'service = "{SERVICE}"', 'service = "loft"').replace(
        "fallback_days = 56", "fallback_days = 14"
    )
    await versions.apply(desk.store, desk.office, text)
    await finish(desk, 40)
    await finish(desk, 29, first=100, service="loft")
    await learn.due(desk.store)
    await desk.status("OVER", "REC", at=START - timedelta(days=15), service="loft")
    await desk.status("MISSED", "REC", service="loft")
    await desk.status("STANDS", "REC", service="loft")
    await desk.status("TOLD", "REC", service="loft")
    await desk.party("TOLD")
    await desk.carry()
    async with desk.store.transaction() as connection:
        await connection.exec_driver_sql(
            "UPDATE promise SET outcome = 'missed', judged_at = made_at "
            "WHERE case_id = (SELECT id FROM \"case\" WHERE number = 'MISSED')"
        )
        await connection.exec_driver_sql('UPDATE "case" SET wake_at = NULL, next_word_at = NULL')
    await finish(desk, 1, first=200, service="loft")
    assert await learn.learn_now(desk.store, desk.office.id)
    assert await sweep(desk.store, desk.office.id) == 3
    rows = await desk.rows(
        'SELECT number, basis FROM promise p JOIN "case" c ON c.id = p.case_id '
        "WHERE p.outcome IS NULL AND superseded_at IS NULL ORDER BY number"
    )
    assert [tuple(row) for row in rows] == [
        ("MISSED", "history"),
        ("OVER", "history"),
        ("STANDS", "history"),
        ("TOLD", "definition"),
    ]


async def test_old_curves_go_and_those_that_a_date_was_ever_read_from_stay(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curves, "KEPT", 2)
    await finish(desk, 40)
    await learn.due(desk.store)
    for day, number in enumerate(("STANDS", "NONE", "JUDGED", "NONE", "REPLACED", "NONE", "NONE", "NONE"), 3):
        if number != "NONE":
            await desk.status(number, "REC")
        if number == "JUDGED":
            await desk.status(number, "GRANTED")
        if number == "REPLACED":
            async with desk.store.transaction() as connection:
                await connection.exec_driver_sql(
                    "UPDATE promise SET superseded_at = made_at, reason = 'likely_late' "
                    "WHERE case_id = (SELECT id FROM \"case\" WHERE number = 'REPLACED')"
                )
        await desk.move(datetime(2026, 3, day, 2, 31, tzinfo=UTC))
        await learn.due(desk.store)
    assert len(await desk.rows("SELECT 1 FROM promise p JOIN curve c ON c.id = p.curve_id")) == 3
    assert len(await learned(desk)) == 3 + 2


async def test_two_processes_do_not_learn_the_same_twice(desk: Desk) -> None:
    await finish(desk, 2)
    async with desk.store.transaction() as connection:
        assert await curves.claim(connection, desk.office.id)
        assert not await learn.learn(desk.store, desk.office.id)
    assert await learn.learn(desk.store, desk.office.id)
    assert not await learn.learn(desk.store, desk.office.id)


def _without_stand_in() -> str:
    return "\n".join(line for line in DEFINITION.splitlines() if not line.startswith("fallback_days"))

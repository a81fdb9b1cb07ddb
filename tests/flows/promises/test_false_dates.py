"""What would make a date, or the account of dates, false: stages that are new, clocks that are paused, ends that were
never there, loads that have only begun."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.flows.promises.test_learn import finish, taught_desk
from tests.flows.promises.test_ledger import ledger, wait
from tests.flows.promises.test_levels import stands
from tests.flows.promises.test_punctuality import counted, tell_all
from tests.office import DEFINITION, SERVICE, START, Desk, open_desk
from tracker.core.promises import levels
from tracker.core.promises.first_dates import Population
from tracker.core.promises.punctuality import Record
from tracker.core.vocabulary.words import Confidence, Rhythm
from tracker.flows.deciding.sweep import sweep
from tracker.flows.organisations.clock import advance
from tracker.flows.organisations.offices import NewSource
from tracker.flows.promises import learn, punctuality
from tracker.flows.services import versions
from tracker.store.ground import organisations
from tracker.store.ground.engine import Store
from tracker.store.promises import curves, first_dates

DAY = timedelta(days=1)
PLAIN = "\n".join(line for line in DEFINITION.splitlines() if not line.startswith("fallback_days"))
RENAMED = DEFINITION.replace('"received"', '"arrived"') + '\n[moved]\nreceived = "arrived"\n'


async def beside_a_slow_one(store: Store, definition: str = DEFINITION) -> Desk:
    """A service that takes 5 to 14 days, in an office with one that takes most of a year."""
    desk = await open_desk(store, definition=definition)
    await versions.apply(store, desk.office, DEFINITION.replace(f'service = "{SERVICE}"', 'service = "slow"'))
    for number in range(100):
        await desk.status(f"S-{number}", "REC", at=START - 300 * DAY, service="slow")
        if number % 2:
            await desk.status(f"S-{number}", "GRANTED", at=START - (100 - number) * DAY, service="slow")
    for number in range(60):
        at = START - (100 - number % 50) * DAY
        await desk.status(f"H-{number}", "REC", at=at)
        await desk.status(f"H-{number}", "GRANTED", at=at + (5 + number % 10) * DAY)
    return desk


async def sooner(desk: Desk) -> bool:
    [row] = await desk.rows("SELECT sooner FROM \"case\" WHERE number = 'P-1'")
    return bool(row.sooner)


async def test_a_stage_that_is_renamed_moves_no_date_and_new_ones_are_those_of_the_service(store: Store) -> None:
    desk = await beside_a_slow_one(store)
    await learn.due(store)
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await wait(desk, date(2026, 3, 12))
    before = await ledger(desk)
    await versions.apply(store, desk.office, RENAMED)
    await desk.carry()
    await desk.status("P-2", "REC")
    assert await ledger(desk) == before == [("history", "2026-03-16", None, None)]
    [(_, on, _, _)] = await ledger(desk, "P-2")
    assert date.fromisoformat(on) <= date(2026, 4, 10)


async def test_no_date_is_learned_while_we_wait_for_the_person(store: Store) -> None:
    """Stages in which the clock is paused teach nothing: such a date would come from all services together."""
    desk = await beside_a_slow_one(store, PLAIN)
    await desk.status("P-1", "REC")
    await desk.move(START + timedelta(minutes=5))
    await desk.status("P-1", "RFI")
    await learn.due(store)
    await sweep(store, desk.office.id)
    assert await ledger(desk) == []
    await desk.move(START + 3 * DAY)
    await desk.status("P-1", "RFI-IN")
    [(basis, on, _, _)] = await ledger(desk)
    assert (basis, date.fromisoformat(on) < date(2026, 4, 10)) == ("history", True)


@pytest.mark.parametrize("how", ["corrected", "reopened and finished late"])
async def test_an_end_that_was_taken_back_keeps_no_date(store: Store, how: str) -> None:
    desk = await taught_desk(store)
    numbers = [f"P-{each}" for each in range(12)]
    for number in numbers:
        await desk.status(number, "REC")
    await tell_all(desk)
    await wait(desk, date(2026, 3, 9))
    for number in numbers:
        await desk.status(number, "GRANTED", id=f"slip-{number}")
        if how == "corrected":
            body = {"event": f"slip-{number}", "why": "another request"}
            await desk.say(number, "case.correction", body)
    await wait(desk, date(2026, 3, 10))
    for number in numbers if how != "corrected" else ():
        await desk.say(number, "case.reopen", {"status": "VAL"})
    await wait(desk, date(2026, 4, 18))
    for number in numbers if how != "corrected" else ():
        await desk.status(number, "GRANTED")
    await wait(desk, date(2026, 4, 20))
    await punctuality.count(store, desk.office.id)
    [of] = (await punctuality.published(store, "northwick", "en")).services
    assert of.figures.record == Record(0, 12)
    async with store.transaction() as connection:
        office = await organisations.office(connection, desk.office.id)
        dates = await first_dates.passed(connection, office, SERVICE, START.date(), date(2026, 4, 19))
    assert levels.passed(dates[Population.LEARNED], 0.9, DAY) == Record(0, 12)


async def heard(store: Store, rhythm: Rhythm, patience: timedelta) -> Desk:
    """An office whose source reports so often, with a date on 16 March."""
    new = NewSource("backoffice", rhythm, live_from=START - 400 * DAY, patience=patience)
    desk = await open_desk(store, source=new)
    await finish(desk, 40, days=5)
    await learn.due(store)
    await desk.status("P-1", "REC", at=START - timedelta(hours=1))
    await desk.party("P-1")
    assert await ledger(desk) == [("history", "2026-03-16", None, None)]
    return desk


async def test_a_load_that_is_late_by_hours_breaks_no_date(store: Store) -> None:
    desk = await heard(store, Rhythm.NIGHTLY, 3 * DAY)
    await wait(desk, date(2026, 3, 16))
    await desk.status("ALIVE", "VAL")
    await advance(store, desk.office.id, datetime(2026, 3, 17, 11, tzinfo=UTC), desk.worker().carry)
    assert await ledger(desk) == [("history", "2026-03-16", None, None)]
    await desk.status("P-1", "GRANTED", at=datetime(2026, 3, 16, 15, tzinfo=UTC))
    assert await ledger(desk) == [("history", "2026-03-16", None, "kept")]


@pytest.mark.parametrize("ended", [True, False])
async def test_a_weekly_load_is_not_over_with_its_first_row(store: Store, ended: bool) -> None:
    desk = await heard(store, Rhythm.WEEKLY, 30 * DAY)
    await advance(store, desk.office.id, datetime(2026, 3, 18, 11, tzinfo=UTC), desk.worker().carry)
    await desk.status("P-1", "ASSESS", at=START + DAY)
    assert await ledger(desk) == [("history", "2026-03-16", None, None)]
    if ended:
        await desk.status("P-1", "GRANTED", at=datetime(2026, 3, 13, 12, tzinfo=UTC))
        assert await ledger(desk) == [("history", "2026-03-16", None, "kept")]
        return
    await advance(store, desk.office.id, datetime(2026, 3, 19, 11, tzinfo=UTC), desk.worker().carry)
    assert next((on, outcome) for _, on, _, outcome in await ledger(desk)) == ("2026-03-16", "missed")


@pytest.mark.parametrize("rhythm", [Rhythm.LIVE, Rhythm.WEEKLY])
async def test_a_request_that_was_just_received_is_one_of_all_that_come(store: Store, rhythm: Rhythm) -> None:
    """Of 240 twenty stay in their first stage on the day they come, and take six weeks. Of a source that reports once a
    week it is not known on the next morning whether this one stayed; of a live one it is."""
    new = NewSource("backoffice", rhythm, live_from=START - 400 * DAY, patience=30 * DAY)
    desk = await open_desk(store, source=new)
    for number in range(240):
        at, stays = START - (50 + number % 120) * DAY, number % 12 == 0
        await desk.status(f"H-{number}", "REC", at=at)
        if not stays:
            await desk.status(f"H-{number}", "ASSESS", at=at + timedelta(hours=1))
        await desk.status(f"H-{number}", "GRANTED", at=at + (42 if stays else 2) * DAY)
    await learn.due(store)
    await desk.status("P-1", "REC", at=START - timedelta(hours=1))
    await desk.party("P-1")
    await advance(store, desk.office.id, datetime(2026, 3, 3, 11, tzinfo=UTC), desk.worker().carry)
    assert (await ledger(desk) == [("history", "2026-03-04", None, None)]) is (rhythm is Rhythm.WEEKLY)


async def test_on_the_day_of_its_reception_no_request_goes_better_than_was_just_said(store: Store) -> None:
    desk = await open_desk(store)
    for number in range(60):
        at, stays = START - (63 + number) * DAY, number % 2 == 0
        await desk.status(f"H-{number}", "REC", at=at)
        if not stays:
            await desk.status(f"H-{number}", "ASSESS", at=at + timedelta(hours=1))
        await desk.status(f"H-{number}", "GRANTED", at=at + (5 if stays else 60) * DAY)
    await learn.due(store)
    await desk.status("P-1", "REC")
    assert not await sooner(desk)
    await advance(store, desk.office.id, datetime(2026, 3, 3, 11, tzinfo=UTC), desk.worker().carry)
    assert await sooner(desk), "those that stay are quick here"


async def test_to_ask_for_less_is_no_good_news(store: Store) -> None:
    desk = await taught_desk(store)
    await desk.status("P-1", "REC")
    await versions.apply(store, desk.office, DEFINITION.replace("probability = 0.9", "probability = 0.5"))
    assert not await sooner(desk)


async def test_an_offices_date_that_passed_in_silence_is_given_once(store: Store) -> None:
    desk = await open_desk(store)
    await desk.status("P-1", "REC", expected_on="2026-03-13")
    await desk.party("P-1")
    await advance(store, desk.office.id, datetime(2026, 5, 13, 11, tzinfo=UTC), desk.worker().carry)
    await desk.status("P-1", "VAL")
    of_office = [each for each in await ledger(desk) if each[0] == "office"]
    assert of_office == [("office", "2026-03-13", None, "could_not_tell")]


async def test_a_date_that_was_taken_back_comes_back_when_the_case_moves_on_later_that_day(store: Store) -> None:
    desk = await open_desk(store)
    for number in range(24):
        await desk.status(f"S-{number}", "REC", at=START - 600 * DAY)
        if number < 8:
            await desk.status(f"S-{number}", "ASSESS", at=START - 599 * DAY)
    for number in range(150):
        at = START - (100 - number % 50) * DAY
        for status, after in (("REC", 0), ("ASSESS", 3), ("GRANTED", 5 + number % 10)):
            await desk.status(f"H-{number}", status, at=at + after * DAY)
    await learn.due(store)
    await desk.status("P-1", "REC")
    await wait(desk, date(2026, 3, 17))
    assert [each[2] for each in await ledger(desk)] == ["too_uncertain"]
    await desk.move(datetime(2026, 3, 17, 14, tzinfo=UTC))
    await desk.status("P-1", "ASSESS")
    assert [each[2] for each in await ledger(desk)] == ["too_uncertain", None]


async def test_what_a_withdrawn_service_took_back_comes_back_when_it_is_tried_again(store: Store) -> None:
    desk = await taught_desk(store)
    await desk.status("P-1", "REC")
    await stands(desk, Confidence.WITHDRAWN)
    await wait(desk, date(2026, 3, 31))
    assert [each[2:] for each in await ledger(desk)] == [("too_uncertain", "withdrawn")]
    await wait(desk, date(2026, 4, 1))
    await versions.apply(store, desk.office, DEFINITION.replace("probability = 0.9", "probability = 0.8"))
    await punctuality.count(store, desk.office.id)
    await sweep(store)
    assert [each[3] for each in await ledger(desk)] == ["withdrawn", None]


async def test_dates_that_were_given_for_another_aim_move_no_level(store: Store) -> None:
    desk = await taught_desk(store)
    for number in range(20):
        await desk.status(f"P-{number}", "REC")
    await wait(desk, date(2026, 3, 20))
    for number in range(18):
        await desk.status(f"P-{number}", "GRANTED")
    await versions.apply(store, desk.office, DEFINITION.replace("probability = 0.9", "probability = 0.5"))
    await wait(desk, date(2026, 4, 8))
    await learn.learn_now(store, desk.office.id)
    async with store.reading() as connection:
        assert (await curves.newest(connection, desk.office.id))[SERVICE].curve.shift == 0


async def test_what_a_date_of_the_services_own_was_moved_to_is_not_counted_as_the_first(store: Store) -> None:
    desk = await open_desk(store)
    await finish(desk, 29)
    await learn.due(store)
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await desk.carry()
    await finish(desk, 20, first=100, days=80)
    await learn.learn_now(store, desk.office.id)
    await wait(desk, date(2026, 5, 5))
    assert [(each[0], each[2]) for each in await ledger(desk)][:2] == [("definition", "likely_late"), ("history", None)]
    await desk.status("P-1", "GRANTED")
    await wait(desk, date(2026, 8, 20))
    await punctuality.count(store, desk.office.id)
    [of] = (await punctuality.published(store, "northwick", "en")).services
    assert (of.figures.record, of.figures.stand_ins) == (Record(0, 1), Record(0, 1)), "what people were told first"
    assert await counted(desk, Population.LEARNED) == []

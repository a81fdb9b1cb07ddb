"""Sources that report at night or once a week: a date is judged once the source has had the time to tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.flows.promises.test_learn import finish
from tests.flows.promises.test_ledger import ledger
from tests.flows.promises.test_punctuality import counted, said
from tests.flows.promises.test_told_dates import PLAIN
from tests.office import SERVICE, START, Desk, open_desk
from tracker.core.promises.method import USUAL
from tracker.core.promises.record import PromiseRecord
from tracker.core.vocabulary.calendars import start_of
from tracker.core.vocabulary.rhythm import GRACE
from tracker.core.vocabulary.words import Basis, PromiseOutcome, Rhythm
from tracker.flows.deciding.sweep import judge_dates, sweep
from tracker.flows.organisations.clock import advance
from tracker.flows.organisations.offices import NewSource, add_source
from tracker.flows.promises import learn
from tracker.flows.promises.holidays import working_days
from tracker.store.ground.columns import new_id
from tracker.store.ground.engine import Store
from tracker.store.promises import curves

PROMISED = date(2026, 3, 13)
ZONE = "Europe/London"


@pytest.mark.parametrize(
    ("rhythm", "reported", "ended", "became"),
    [
        (Rhythm.LIVE, datetime(2026, 3, 14, 2, tzinfo=UTC), PROMISED, "missed"),
        (Rhythm.NIGHTLY, datetime(2026, 3, 14, 2, tzinfo=UTC), PROMISED, "kept"),
        (Rhythm.NIGHTLY, datetime(2026, 3, 15, 2, tzinfo=UTC), date(2026, 3, 14), "missed"),
        (Rhythm.WEEKLY, datetime(2026, 3, 16, 2, tzinfo=UTC), PROMISED, "kept"),
        (Rhythm.WEEKLY, datetime(2026, 3, 16, 2, tzinfo=UTC), date(2026, 3, 14), "missed"),
    ],
)
async def test_an_end_that_is_told_with_the_next_load_keeps_the_date(
    store: Store, rhythm: Rhythm, reported: datetime, ended: date, became: str
) -> None:
    desk = await open_desk(
        store, source=NewSource("backoffice", rhythm, live_from=START - timedelta(days=9), patience=timedelta(days=30))
    )
    await desk.status("P-1", "REC", expected_on=PROMISED.isoformat())
    await advance(store, desk.office.id, reported, desk.worker().carry)
    await desk.status("P-1", "GRANTED", at=datetime(ended.year, ended.month, ended.day, 15, tzinfo=UTC))
    assert [row for row in await ledger(desk) if row[0] == "office"] == [("office", "2026-03-13", None, became)]


async def slow_desk(store: Store, rhythm: Rhythm, slug: str = "northwick") -> Desk:
    """An office whose slowest source reports in this rhythm, and which has learned and weighed its level once."""
    live_from, patience = START - timedelta(days=400), timedelta(days=30)
    desk = await open_desk(
        store, slug=slug, source=NewSource("backoffice", rhythm, live_from=live_from, patience=patience)
    )
    await add_source(store, desk.office, NewSource("another", Rhythm.LIVE, live_from=live_from))
    await finish(desk, 1)
    assert await learn.learn_now(store, desk.office.id)
    return desk


async def given(desk: Desk, rhythm: Rhythm, number: str, latest_on: date, *, kept: bool, told_days: int = 0) -> None:
    """A case of last month with a learned date that is still to come: finished since, or open until it passes. The
    source told of it, so that the date was given, so many days after it was opened."""
    opened_at = START - timedelta(days=27)
    await desk.status(number, "REC", at=opened_at)
    if kept:
        await desk.status(number, "GRANTED", at=START - timedelta(days=1))
    [case] = await desk.rows(
        'SELECT id FROM "case" WHERE number = :number AND organisation_id = :office',
        number=number,
        office=desk.office.id,
    )
    promise = PromiseRecord(
        new_id(),
        case.id,
        None,
        Basis.HISTORY,
        None,
        None,
        latest_on,
        start_of(latest_on + timedelta(days=1), ZONE) + GRACE[rhythm],
        0.9,
        40,
        None,
        "received",
        opened_at + timedelta(days=told_days),
    )
    await desk.give(replace(promise, outcome=PromiseOutcome.KEPT, judged_at=START) if kept else promise)


async def shift(desk: Desk) -> float:
    """How far the level lies from what is asked for, in steps of a week with dates enough."""
    async with desk.store.reading() as connection:
        return (await curves.newest(connection, desk.office.id))[SERVICE].curve.shift / USUAL.level_step


@pytest.mark.parametrize(
    ("rhythm", "night"), [(Rhythm.LIVE, 9), (Rhythm.HOURLY, 9), (Rhythm.NIGHTLY, 10), (Rhythm.WEEKLY, 17)]
)
async def test_a_level_is_corrected_by_kept_and_broken_dates_alike_once_the_source_could_tell_of_all(
    store: Store, rhythm: Rhythm, night: int
) -> None:
    desk = await slow_desk(store, rhythm)
    for each in range(20):
        await given(desk, rhythm, f"P-{each}", date(2026, 3, 5), kept=each < 10)
    moved = {}
    for day in range(3, 19):
        await desk.move(datetime(2026, 3, day, 2, 31, tzinfo=UTC))
        while await judge_dates(store, desk.office.id):
            pass
        await learn.due(store, desk.office.id)
        moved[day] = round(await shift(desk), 6)
    assert {day for day in moved if moved[day] != moved.get(day - 1, 0.0)} == {night}
    assert moved[night] == 0.4, "what half of them lack of nine in ten"


@pytest.mark.parametrize("rhythm", [Rhythm.LIVE, Rhythm.WEEKLY])
@pytest.mark.parametrize(
    "nights",
    [(9, 16, 23, 30), (4, 7, 8, 12, 13, 14, 15, 18, 21, 27, 28), (6, 7, 24, 31)],
    ids=["mondays", "any day", "after an outage"],
)
async def test_however_often_it_is_learned_each_date_that_passes_counts_once(
    store: Store, rhythm: Rhythm, nights: tuple[int, ...]
) -> None:
    """With fewer dates than a whole step needs a level moves by their number, in however many steps it does. Nothing
    judges them before: nothing ran until it is learned."""
    desk = await slow_desk(store, rhythm)
    for each in range(12):
        await given(desk, rhythm, f"P-{each}", date(2026, 3, 2 + each), kept=each % 3 > 0)
    for day in nights:
        await desk.move(datetime(2026, 3, day, 11, tzinfo=UTC))
        await desk.status("ALIVE", "VAL")
        assert await learn.learn_now(store, desk.office.id)
    assert await shift(desk) == pytest.approx((0.9 * 12 - 8) / USUAL.level_enough)


async def test_a_date_that_passed_in_silence_moves_no_level_judged_or_not(store: Store) -> None:
    desk = await slow_desk(store, Rhythm.LIVE)
    await given(desk, Rhythm.LIVE, "P-1", date(2026, 4, 3), kept=False)
    await desk.move(datetime(2026, 4, 7, 11, tzinfo=UTC))
    await learn.learn_now(store, desk.office.id)
    assert await shift(desk) == 0.0


@pytest.mark.parametrize(
    ("rhythm", "days", "counts"),
    [(Rhythm.LIVE, 0, True), (Rhythm.LIVE, 1, False), (Rhythm.WEEKLY, 8, True), (Rhythm.WEEKLY, 11, False)],
)
async def test_a_case_that_the_source_told_of_with_its_next_load_was_given_its_date_at_once(
    store: Store, rhythm: Rhythm, days: int, counts: bool
) -> None:
    """Cases that had waited for history before they were given a date do not count (decision 13)."""
    desk = await slow_desk(store, rhythm)
    await given(desk, rhythm, "P-1", date(2026, 3, 5), kept=False, told_days=days)
    await desk.move(datetime(2026, 3, 24, 11, tzinfo=UTC))
    await desk.status("ALIVE", "VAL")
    await learn.learn_now(store, desk.office.id)
    assert (await shift(desk) > 0) is counts


async def test_a_date_counts_in_public_once_its_source_has_had_the_time_to_tell(store: Store) -> None:
    desk = await open_desk(store)
    date_ = await said(desk, "P-1", 2, took=20)
    async with store.transaction() as connection:
        await connection.exec_driver_sql(
            f"UPDATE promise SET passes_at = passes_at + interval '8 days' WHERE id = '{date_.id}'"  # a weekly source's
        )
    assert await counted(desk) == []
    await desk.move(START + timedelta(days=7))
    assert [each.fate.value for each in await counted(desk)] == ["kept"]


@pytest.mark.parametrize(("rhythm", "known"), [(Rhythm.LIVE, 25), (Rhythm.WEEKLY, 21)])
async def test_a_first_date_is_read_from_what_is_known_and_no_more(store: Store, rhythm: Rhythm, known: int) -> None:
    """A case that came 22 days before its service had learned anything: on the fourth morning after the last report it
    is known of a live source that it is open at the age of 25 days, of a weekly one that it was at 21."""
    live_from, patience = START - timedelta(days=400), timedelta(days=30)
    new = NewSource("backoffice", rhythm, live_from=live_from, patience=patience)
    desk = await open_desk(store, definition=PLAIN, source=new)
    opened_at = START - timedelta(days=22)
    await desk.status("P-1", "REC", at=opened_at)
    await finish(desk, 40)
    await desk.move(datetime(2026, 3, 6, 12, tzinfo=UTC))
    await learn.due(store)
    await sweep(store)
    [(basis, latest_on, _, _)] = await ledger(desk)
    async with store.reading() as connection:
        curve = (await curves.newest(connection, desk.office.id))[SERVICE].curve
    age = curve.table("received").reaches(0.1, known)
    assert age is not None
    day = working_days("GB-ENG").since(opened_at.date() + timedelta(days=age))
    assert (basis, latest_on) == ("history", day.isoformat())
    assert curve.table("received").reaches(0.1, 25) != curve.table("received").reaches(0.1, 21)

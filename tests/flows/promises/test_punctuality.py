"""Our word: which dates count, what became of them, and what follows for a service."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from tests.flows.promises.test_learn import finish
from tests.flows.promises.test_ledger import RECEIPT, wait
from tests.office import DEFINITION, SERVICE, START, Desk, open_desk
from tracker.core.answers.tellings import Listener, Way
from tracker.core.promises.first_dates import FirstDate, Population
from tracker.core.promises.punctuality import WINDOW_DAYS, Record
from tracker.core.promises.record import PromiseRecord
from tracker.core.vocabulary.errors import OrganisationUnknown
from tracker.core.vocabulary.words import Basis, Confidence, Outcome, PromiseOutcome
from tracker.flows.promises import learn, punctuality
from tracker.flows.services import versions
from tracker.store.ground import organisations
from tracker.store.ground.columns import new_id
from tracker.store.ground.engine import Store
from tracker.store.promises import first_dates, tellings
from tracker.store.promises import punctuality_counts as stored

TODAY = START.date()
AHEAD = 28
"""How far ahead the dates lie that `said` gives."""


@pytest.fixture
async def desk(store: Store) -> Desk:
    """An office that has learned nothing: its dates are stand-ins that nobody is told of, until a test gives others."""
    return await open_desk(store)


async def said(
    desk: Desk, number: str, passed: int, *, took: int | None = None, by: str = "GRANTED", told: bool = True
) -> PromiseRecord:
    """A case whose learned date passed so many days ago, and which ended `took` days after it was given."""
    made_at = START - timedelta(days=passed + AHEAD)
    await desk.status(number, "REC", at=made_at)
    if took is not None:
        await desk.status(number, by, at=made_at + timedelta(days=took))
    latest_on = made_at.date() + timedelta(days=AHEAD)
    [case] = await desk.rows('SELECT id FROM "case" WHERE number = :number', number=number)
    given = PromiseRecord(
        new_id(), case.id, None, Basis.HISTORY, None, None, latest_on,
        made_at + timedelta(days=AHEAD), 0.9, 40, None, "received", made_at,
    )  # fmt: skip
    outcome, after = PromiseOutcome.WITHDRAWN, took if took is not None else AHEAD
    if took is None or by == "GRANTED":
        outcome, after = (
            PromiseOutcome.KEPT if after == took and took <= AHEAD else PromiseOutcome.MISSED,
            min(after, AHEAD),
        )
    await desk.give(replace(given, outcome=outcome, judged_at=made_at + timedelta(days=after)))
    if told:
        await tell(desk, given.id, made_at)
    return given


async def tell(desk: Desk, promise: UUID, at: datetime, audience: Listener = Listener.PUBLIC) -> None:
    """Somebody sees a date."""
    way = Way.DESK if audience is Listener.STAFF else Way.PAGE
    async with desk.store.transaction() as connection:
        await tellings.save(connection, desk.sender.scope, [promise], audience, way, told_at=at)


async def tell_all(desk: Desk) -> None:
    """Somebody sees each date that stands."""
    for row in await desk.rows("SELECT id FROM promise WHERE superseded_at IS NULL AND outcome IS NULL"):
        await tell(desk, row.id, await desk.now())


async def many(desk: Desk, name: str, kept: int, broken: int, *, passed: int = 5) -> None:
    """So many cases that ended in time, and so many that are open past their date."""
    for each in range(kept + broken):
        await said(desk, f"{name}-{each}", passed, took=20 if each < kept else None)


async def later(desk: Desk, days: int) -> None:
    """So many days after the start; the source reports still."""
    await desk.move(START + timedelta(days=days))
    await desk.status("ALIVE", "VAL")  # parked: it belongs to no case


async def counted(desk: Desk, population: Population = Population.TOLD) -> list[FirstDate]:
    """The first dates that passed in the year before today."""
    async with desk.store.transaction() as connection:
        office = await organisations.office(connection, desk.office.id)
        until_on = office.now.date() - timedelta(days=1)
        since_on = office.now.date() - timedelta(days=WINDOW_DAYS)
        return (await first_dates.passed(connection, office, SERVICE, since_on, until_on))[population]


async def shown(desk: Desk) -> tuple[Record, Confidence]:
    """What the public reads of the one service."""
    [service] = (await punctuality.published(desk.store, "northwick", "en")).services
    return service.figures.record, service.confidence


async def alerts(desk: Desk) -> list[tuple[str, str, int]]:
    rows = await desk.rows("SELECT kind, subject, times FROM alert WHERE kind LIKE 'dates%' ORDER BY first_at, kind")
    return [tuple(row) for row in rows]


async def test_first_dates_of_a_real_ledger_count_when_their_day_has_passed(store: Store) -> None:
    desk = await open_desk(store)
    await finish(desk, 40)
    await learn.due(store)
    for number in ("QUICK", "LATE", "PAUSED", "GONE", "TOLD"):
        await desk.status(number, "REC")
    await desk.party("TOLD")
    await tell_all(desk)
    await wait(desk, date(2026, 3, 9))
    await desk.status("QUICK", "GRANTED")
    await desk.status("GONE", "WITHDRAWN")
    await desk.status("PAUSED", "RFI")
    await wait(desk, date(2026, 3, 20))
    assert await counted(desk) == [], "a quick one counts no sooner than a slow one (its date is 31 March)"
    await wait(desk, date(2026, 4, 1))
    await desk.status("TOLD", "GRANTED")
    found = {each.fate.value: each for each in await counted(desk) if not each.forewarned}
    kept = found["kept"]
    assert kept == FirstDate(
        TODAY, RECEIPT, probability=0.9, closed_as=Outcome.DONE, ended_on=date(2026, 3, 9), kept_on=date(2026, 3, 9),
        after_reception=kept.after_reception, told_at=kept.told_at,
    )  # fmt: skip
    assert timedelta(hours=-14) <= kept.after_reception < timedelta(hours=-13), "the day had fourteen more hours"
    assert found["broken"].took_days is None
    assert found["broken"].moved
    assert found["unknown"].closed_as is Outcome.WITHDRAWN
    [told] = [each for each in await counted(desk) if each.forewarned]
    assert (told.fate.value, told.moved, told.took_days) == ("broken", True, 30), (
        "the new date came before the old one passed"
    )
    assert len(await counted(desk)) == 4, "one stands still while its clock is paused"
    await wait(desk, date(2026, 4, 14))
    await desk.status("PAUSED", "RFI-IN")
    await desk.status("LATE", "GRANTED")
    assert len(await counted(desk)) == 4, "its date has moved with our word"
    await wait(desk, date(2026, 5, 5))
    await desk.status("PAUSED", "GRANTED")
    assert len(await counted(desk)) == 4, "its last day is not over"
    await wait(desk, date(2026, 5, 8))
    [paused] = [each for each in await counted(desk) if each.latest_on > date(2026, 4, 1)]
    assert (paused.made_on, paused.latest_on, paused.fate.value) == (TODAY, RECEIPT + timedelta(days=36), "kept")
    await punctuality.count(store, desk.office.id)
    assert await shown(desk) == (Record(2, 4), Confidence.TRUSTED)


async def change(desk: Desk, given: PromiseRecord, reason: str) -> None:
    """Let a date have been replaced for this reason."""
    async with desk.store.transaction() as connection:
        await connection.exec_driver_sql(
            "UPDATE promise SET outcome = NULL, judged_at = NULL, superseded_at = made_at + interval '1 day', "
            f"reason = '{reason}' WHERE id = '{given.id}'"
        )


async def test_a_date_that_was_moved_stays_the_first(desk: Desk) -> None:
    first = await said(desk, "P-1", 20, took=40)
    later = replace(first, id=new_id(), latest_on=TODAY - timedelta(days=2), made_at=first.made_at + timedelta(days=25))
    await desk.give(replace(later, outcome=PromiseOutcome.KEPT, judged_at=START))
    await change(desk, first, "likely_late")
    [only] = await counted(desk)
    assert (only.latest_on, only.fate.value, only.moved, only.forewarned) == (first.latest_on, "broken", True, False)


async def test_a_silent_source_breaks_no_word_after_it_was_last_heard(desk: Desk) -> None:
    for number, passed in (("BEFORE", 3), ("AFTER", 1)):
        given = await said(desk, number, passed)
        await change(desk, given, "likely_late")
    async with desk.store.transaction() as connection:
        await connection.exec_driver_sql("UPDATE heard SET heard_at = heard_at - interval '2 days'")
    assert {each.fate.value for each in await counted(desk)} == {"broken"}, "two days of quiet are no silence"
    await desk.move(START + timedelta(days=9))
    found = {each.latest_on: each.fate.value for each in await counted(desk)}
    assert found == {TODAY - timedelta(days=3): "broken", TODAY - timedelta(days=1): "unknown"}
    await desk.status("ALIVE", "VAL")
    assert {each.fate.value for each in await counted(desk)} == {"broken"}, "it lives, and both are open still"


async def test_a_service_falls_step_by_step_and_operators_hear_of_it_once(desk: Desk) -> None:
    await many(desk, "A", 60, 40)
    await punctuality.count(desk.store, desk.office.id)
    assert await shown(desk) == (Record(60, 100), Confidence.WIDENED)
    assert await alerts(desk) == [("dates_widened", SERVICE, 1)]
    await punctuality.count(desk.store, desk.office.id)
    await later(desk, 7)
    await punctuality.count(desk.store, desk.office.id)
    assert await shown(desk) == (Record(60, 100), Confidence.WIDENED), "the same dates bring no second verdict"
    assert await alerts(desk) == [("dates_widened", SERVICE, 1)]
    await many(desk, "B", 10, 30, passed=-1)  # they passed while it was widened, and were given before
    await later(desk, 14)
    await punctuality.count(desk.store, desk.office.id)
    assert await shown(desk) == (Record(70, 140), Confidence.WIDENED), "none of these dates lay further ahead"
    await later(desk, 14 + AHEAD)
    await many(desk, "C", 10, 30, passed=-AHEAD - 8)
    await later(desk, 21 + AHEAD)
    async with desk.store.reading() as connection:
        assert not await stored.withdrawn(connection, desk.office.id, SERVICE)
    await punctuality.count(desk.store, desk.office.id)
    await punctuality.count(desk.store, desk.office.id)
    assert await shown(desk) == (Record(80, 180), Confidence.WITHDRAWN)
    assert await alerts(desk) == [("dates_widened", SERVICE, 1), ("dates_withdrawn", SERVICE, 1)]
    async with desk.store.reading() as connection:
        assert await stored.withdrawn(connection, desk.office.id, SERVICE)
        assert not await stored.withdrawn(connection, desk.office.id, "another")
    await later(desk, 21 + AHEAD + 90)
    await punctuality.count(desk.store, desk.office.id)
    assert (await shown(desk))[1] is Confidence.WIDENED, "where no dates are given none can be kept: it is tried again"
    assert len(await alerts(desk)) == 2, "that it is tried again is no alarm"


async def test_a_service_that_keeps_its_word_again_is_trusted_again(desk: Desk) -> None:
    await many(desk, "A", 20, 20)
    await punctuality.count(desk.store, desk.office.id)
    assert (await shown(desk))[1] is Confidence.WIDENED
    await many(desk, "B", 29, 2, passed=-1)
    await later(desk, 7)
    await punctuality.count(desk.store, desk.office.id)
    assert await shown(desk) == (Record(49, 71), Confidence.TRUSTED)


async def test_few_dates_change_nothing_and_a_service_without_dates_has_its_card(desk: Desk) -> None:
    await punctuality.count(desk.store, desk.office.id)
    assert await shown(desk) == (Record(0, 0), Confidence.TRUSTED)
    await many(desk, "A", 0, 29)
    await later(desk, 7)
    await punctuality.count(desk.store, desk.office.id)
    assert await shown(desk) == (Record(0, 29), Confidence.TRUSTED)
    assert await alerts(desk) == []


async def test_another_aim_begins_a_new_count_and_hides_neither_the_old_one_nor_the_verdict(desk: Desk) -> None:
    await many(desk, "A", 20, 20)
    await punctuality.count(desk.store, desk.office.id)
    changed = DEFINITION.replace("probability = 0.9", "probability = 0.8")
    assert changed != DEFINITION
    await versions.apply(desk.store, desk.office, changed)
    await many(desk, "B", 0, 40, passed=-1)
    await punctuality.count(desk.store, desk.office.id)
    await later(desk, 7)
    await punctuality.count(desk.store, desk.office.id)
    [service] = (await punctuality.published(desk.store, "northwick", "en")).services
    assert (service.declared, service.figures.record, service.confidence) == (0.8, Record(0, 0), Confidence.WIDENED)
    assert [(each.declared, each.record) for each in service.earlier] == [(0.9, Record(20, 80))]


async def test_the_count_holds_lengths_moves_and_what_was_told(desk: Desk) -> None:
    for each in range(10):
        await said(desk, f"K-{each}", 5, took=10 + each)
    late = await said(desk, "LATE", 5, took=33)
    await change(desk, late, "likely_late")
    await said(desk, "GONE", 5, took=12, by="WITHDRAWN")
    await punctuality.count(desk.store, desk.office.id)
    [service] = (await punctuality.published(desk.store, "northwick", "en")).services
    told = service.figures
    assert (told.record, told.unknown, told.said_days, told.half_days, told.most_days, told.moved, told.told) == (
        Record(10, 11), 1, AHEAD, 15, 19, 1, 0,
    )  # fmt: skip


async def test_offices_do_not_mix_and_an_unknown_one_is_none_case_84(desk: Desk, store: Store) -> None:
    other = await open_desk(store, slug="southwick")
    await many(desk, "A", 3, 0)
    await punctuality.count(store, desk.office.id)
    assert await punctuality.offices(store) == [("northwick", "Northwick Council")]
    await punctuality.count(store, other.office.id)
    assert [slug for slug, _ in await punctuality.offices(store)] == ["northwick", "southwick"]
    [theirs] = (await punctuality.published(store, "southwick", "en")).services
    assert theirs.figures.record == Record(0, 0)
    with pytest.raises(OrganisationUnknown):
        await punctuality.published(store, "nowhere", "en")
    async with store.transaction() as connection:
        await connection.exec_driver_sql("UPDATE organisation SET footing = 'live' WHERE slug = 'northwick'")
    assert [slug for slug, _ in await punctuality.offices(store)] == ["northwick"], "who tries it out is not listed"


async def test_an_office_that_was_never_counted_says_nothing(desk: Desk) -> None:
    told = await punctuality.published(desk.store, "northwick", "en")
    assert (told.from_on, told.until_on, told.services, told.trying) == (None, None, (), True)
    assert (await desk.now()).astimezone(UTC) >= datetime(2026, 3, 2, tzinfo=UTC)

"""Everybody who counts first dates counts the same: the public, the desk, the answer to how it was, and the level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import TextClause, text

from tests.flows import histories
from tests.flows.desk.test_desk import agent
from tests.flows.promises.test_punctuality import change, counted, said, shown, tell
from tests.office import SECRET, SERVICE, START, Desk, open_desk
from tracker.core.answers.contacts import LookPurpose
from tracker.core.answers.tellings import Listener
from tracker.core.promises import levels
from tracker.core.promises.first_dates import FirstDate, Population
from tracker.core.promises.punctuality import WINDOW_DAYS, Record
from tracker.core.promises.record import PromiseRecord
from tracker.core.vocabulary.seals import LinkKind, seal
from tracker.core.vocabulary.words import Basis, Confidence, Mode, PromiseOutcome
from tracker.flows.desk import look
from tracker.flows.desk.inquiry import Inquiry
from tracker.flows.outreach import ask
from tracker.flows.promises import punctuality
from tracker.store.ground import organisations
from tracker.store.ground.columns import new_id
from tracker.store.ground.engine import Store
from tracker.store.promises import first_dates

CASES = 250
SEEDS = (1, 2, 3)
TODAY = START.date()
DAY = timedelta(days=1)

Counts = Counter[tuple[str, date, str]]
"""How many first dates of each kind, day and fate there are."""


@pytest.fixture(params=SEEDS)
async def desk(store: Store, request: pytest.FixtureRequest) -> Desk:
    """An office with a past of many small cases."""
    desk = await open_desk(store)
    await histories.tell(desk, request.param, CASES)
    return desk


@pytest.fixture
async def quiet(store: Store) -> Desk:
    """An office without a past."""
    return await open_desk(store)


async def asked(desk: Desk, oracle: TextClause) -> list[Any]:
    """What the oracle says."""
    async with desk.store.reading() as connection:
        return list((await connection.execute(oracle)).all())


async def foretold(desk: Desk, oracle: TextClause) -> Counts:
    """The first dates of live cases that passed in the year before today, as the oracle has them."""
    since = TODAY - timedelta(days=WINDOW_DAYS)
    return Counter(
        (row.basis, row.latest_on, row.fate)
        for row in await asked(desk, oracle)
        if row.mode == "live" and row.over and since <= row.latest_on < TODAY
    )


def counts(dates: list[FirstDate]) -> Counts:
    """The same of an account of ours."""
    return Counter((kind(each), each.latest_on, each.fate.value) for each in dates)


def kind(of: FirstDate) -> str:
    """Whose date it is, as the ledger has it."""
    return "office" if of.theirs else "history" if of.learned else "definition"


def record(found: Counts, *kinds: str) -> Record:
    """What could be judged of these kinds, and came true."""
    fates = Counter[str]()
    for (basis, _, fate), times in found.items():
        fates[fate] += times if basis in kinds else 0
    return Record(fates["kept"], fates["kept"] + fates["broken"])


async def test_the_public_count_is_what_plain_sql_counts(desk: Desk) -> None:
    found = await foretold(desk, histories.ORACLE_TOLD)
    assert counts(await counted(desk)) == found
    assert len({(basis, fate) for basis, _, fate in found}) == 9, "every kind of date had every fate"
    await punctuality.count(desk.store, desk.office.id)
    [service] = (await punctuality.published(desk.store, "northwick", "en")).services
    account = service.figures
    assert account.record == record(found, "history", "definition")
    assert (account.stand_ins, account.office) == (record(found, "definition"), record(found, "office"))
    assert account.unknown + account.record.total == sum(n for (basis, _, _), n in found.items() if basis != "office")


async def test_how_far_a_service_is_relied_on_rests_on_what_was_learned_whoever_was_told(desk: Desk) -> None:
    found = await counted(desk, Population.LEARNED)
    assert counts(found) == await foretold(desk, histories.ORACLE_LEARNED)
    assert len(found) > 50


async def test_the_level_learns_from_what_it_always_learned_from(desk: Desk) -> None:
    for first in range(0, 400, 40):
        from_on, until_on = TODAY - (first + 40) * DAY, TODAY - (first + 1) * DAY
        for grace in (0, 1):
            values = {"zone": histories.ZONE, "from_on": from_on, "until_on": until_on, "grace": grace * DAY}
            async with desk.store.transaction() as connection:
                office = await organisations.office(connection, desk.office.id)
                dates = await first_dates.passed(connection, office, SERVICE, from_on, until_on)
                passed, kept = (await connection.execute(histories.ORACLE_LEVEL, values)).one()
            assert levels.passed(dates[Population.LEARNED], 0.9, grace * DAY) == Record(kept, passed)


async def test_the_desk_and_the_answer_to_how_it_was_say_of_each_case_what_the_public_count_says(desk: Desk) -> None:
    told = {(row.number, row.basis == "office"): row for row in await asked(desk, histories.ORACLE_TOLD)}
    staff = await agent(desk)
    seen = Counter[str]()
    for case in await desk.rows('SELECT * FROM "case" WHERE NOT void ORDER BY number'):
        lines = [row for theirs in (False, True) if (row := told.get((case.number, theirs))) is not None]
        foretold = min(lines, key=lambda row: row.told_at, default=None)  # of two that were told at once it is ours
        if case.mode == "live":
            first = (await look.look(Inquiry(desk.store, SECRET, staff, LookPurpose.CONTACTED), case.id)).facts.first
            assert (first and (first.latest_on, first.fate.value, first.over)) == (
                foretold and (foretold.latest_on, foretold.fate, foretold.over)
            ), case.number
        answer = await answered(desk, case.id)
        assert answer == {"kept": "kept", "broken": "missed"}.get(foretold.fate if foretold else "", "none")
        seen[answer] += 1
    assert min(seen["kept"], seen["missed"], seen["none"]) > 20


async def answered(desk: Desk, case: UUID) -> str:
    """What is put down beside the answer of a case's party."""
    [row] = await desk.rows("SELECT id FROM message WHERE case_id = :case", case=case)
    await ask.answer(desk.store, SECRET, seal(SECRET, LinkKind.FEEDBACK, desk.office.id, row.id), 3, "")
    [kept] = await desk.rows("SELECT promise FROM feedback WHERE case_id = :case", case=case)
    return str(kept.promise)


FAULTS: dict[str, Callable[[list[FirstDate]], list[FirstDate]]] = {
    "stand-ins left out": lambda told: [each for each in told if each.learned or each.theirs],
    "stand-ins that moved left out": lambda told: [
        each for each in told if each.learned or each.theirs or not each.moved
    ],
    "dates that moved left out": lambda told: [each for each in told if not each.moved],
    "dates of the office among ours": lambda told: [replace(each, theirs=False) for each in told],
    "dates of the office left out": lambda told: [each for each in told if not each.theirs],
    "what could not be told counted": lambda told: [replace(each, could_not_tell=False) for each in told],
    "silence is no excuse": lambda told: [replace(each, silent=False) for each in told],
    "what was withdrawn counted": lambda told: [replace(each, closed_as=None) for each in told],
    "days waited at the end forgotten": lambda told: [replace(each, kept_on=None) for each in told],
    "an end taken back counted": lambda told: [
        replace(each, kept_on=date.max if each.kept_on else None) for each in told
    ],
    "days waited in between left out": lambda told: [each for each in told if not each.waited],
    "one forgotten": lambda told: told[1:],
    "one counted twice": lambda told: [*told, told[0]],
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_an_account_with_a_fault_is_noticed(store: Store, fault: str) -> None:
    desk = await open_desk(store)
    await histories.tell(desk, 1, CASES)
    assert counts(FAULTS[fault](await counted(desk))) != await foretold(desk, histories.ORACLE_TOLD)


LAPSES = {
    "who was told makes no difference": ("WHERE t.audience IN", "WHERE t.audience = 'staff' OR t.audience IN"),
    "told when its day was over": ("WHERE t.told_at < (p.latest_on + 1)", "WHERE t.told_at < (p.latest_on + 99)"),
    "the last that was told": ("ORDER BY t.told_at, p.made_at, p.id)", "ORDER BY t.told_at DESC, p.id)"),
    "days that were waited": ("WHERE p.reason = 'clock_paused'", "WHERE false"),
    "cases that never were": ("WHERE NOT c.void", "WHERE true"),
}


@pytest.mark.parametrize("lapse", LAPSES)
async def test_a_query_with_a_fault_is_noticed(store: Store, lapse: str) -> None:
    """The other way round: plain SQL with a fault in it says something else than we do."""
    desk = await open_desk(store)
    await histories.tell(desk, 1, CASES)
    right, wrong = LAPSES[lapse]
    assert right in histories.ORACLE_TOLD.text
    assert counts(await counted(desk)) != await foretold(desk, text(histories.ORACLE_TOLD.text.replace(right, wrong)))


async def test_t17_the_public_count_is_of_all_first_dates_that_people_were_told(quiet: Desk) -> None:
    """Nine of ten learned dates came true. But people were told ten stand-ins as well, of which four did; four were
    moved, and what was learned then came true. And twelve dates were the office's own."""
    for each in range(10):
        await said(quiet, f"L-{each}", 5, took=20 if each < 9 else None)
    for each in range(10):
        stand_in = await said(quiet, f"S-{each}", 5, took=20 if each < 4 else 32)
        await make(quiet, stand_in, Basis.DEFINITION)
        if each >= 6:
            await change(quiet, stand_in, "likely_late")
            await said_later(quiet, stand_in)
    for each in range(12):
        await make(quiet, await said(quiet, f"O-{each}", 5, took=20 if each < 7 else 31), Basis.OFFICE)
    await punctuality.count(quiet.store, quiet.office.id)
    [service] = (await punctuality.published(quiet.store, "northwick", "en")).services
    assert service.figures.record == Record(13, 20), "and not 9 of 10, or 13 of 14"
    assert (service.stand_ins, service.office) == (Record(4, 10), Record(7, 12))


@pytest.mark.parametrize("told", [False, True])
async def test_a_date_that_was_corrected_is_the_first_only_where_people_were_told_it(quiet: Desk, told: bool) -> None:
    slip = await said(quiet, "P-1", 5, took=32, told=told)
    fresh = replace(slip, id=new_id(), latest_on=TODAY - timedelta(days=2), made_at=slip.made_at + timedelta(days=9))
    await quiet.give(replace(fresh, outcome=PromiseOutcome.MISSED, judged_at=START))
    await tell(quiet, fresh.id, fresh.made_at)
    assert [each.latest_on for each in await counted(quiet, Population.LEARNED)] == [slip.latest_on]
    await change(quiet, slip, "case_corrected")
    first = slip if told else fresh
    assert [(each.latest_on, each.made_on) for each in await counted(quiet)] == [
        (first.latest_on, first.made_at.date())
    ]
    assert [each.latest_on for each in await counted(quiet, Population.LEARNED)] == [fresh.latest_on]


async def test_a_service_is_judged_by_dates_that_nobody_was_told_of_and_they_are_not_in_the_count(quiet: Desk) -> None:
    for each in range(40):
        await said(quiet, f"A-{each}", 5, took=20 if each < 20 else None, told=False)
    await punctuality.count(quiet.store, quiet.office.id)
    assert await shown(quiet) == (Record(0, 0), Confidence.WIDENED)


async def test_what_is_not_ours_to_count_is_left_out(quiet: Desk) -> None:
    await said(quiet, "OLD", 366, took=20)
    await said(quiet, "TODAY", 0, took=20)
    await said(quiet, "UNTOLD", 5, took=20, told=False)
    seen = await said(quiet, "STAFF", 5, took=20, told=False)
    await tell(quiet, seen.id, seen.made_at, Listener.STAFF)
    late = await said(quiet, "TOO LATE", 5, told=False)
    await tell(quiet, late.id, datetime(2026, 2, 26, tzinfo=UTC))
    await quiet.status("STAND-IN", "REC", at=START - timedelta(days=70))
    test = replace(quiet, sender=replace(quiet.sender, mode=Mode.TEST), made=1_000)
    await said(test, "T-1", 5, took=20)
    assert await counted(quiet) == []
    assert len(await counted(quiet, Population.LEARNED)) == 3, "who was told makes no difference to what is learned"
    await said(quiet, "SLIP", 5)
    await quiet.say("SLIP", "case.correction", {"event": f"e{quiet.made}", "why": "it never was"})
    assert await counted(quiet) == []
    learned = await said(quiet, "P-1", 5, took=20)
    standing_in = replace(learned, id=new_id(), basis=Basis.DEFINITION, made_at=learned.made_at - timedelta(1))
    await quiet.give(replace(standing_in, probability=None))
    assert [each.learned for each in await counted(quiet)] == [True], "nobody heard of what stood in for it"
    await tell(quiet, standing_in.id, standing_in.made_at)
    assert [each.learned for each in await counted(quiet)] == [False]
    async with quiet.store.transaction() as connection:
        await connection.exec_driver_sql("UPDATE organisation SET live_at = now()")
    assert await counted(quiet) == [], "what was told before going live was told to nobody"
    assert all(each.tried for each in await counted(quiet, Population.LEARNED))


async def make(desk: Desk, given: PromiseRecord, basis: Basis) -> None:
    """Let a date be of another kind than it is."""
    async with desk.store.transaction() as connection:
        await connection.exec_driver_sql(
            f"UPDATE promise SET basis = '{basis}', probability = NULL WHERE id = '{given.id}'"
        )


async def said_later(desk: Desk, first: PromiseRecord) -> None:
    """A learned date takes the place of the first one, and is kept."""
    later = replace(first, id=new_id(), latest_on=TODAY - timedelta(days=1), made_at=first.made_at + timedelta(days=25))
    await desk.give(replace(later, outcome=PromiseOutcome.KEPT, judged_at=START))
    await tell(desk, later.id, later.made_at)

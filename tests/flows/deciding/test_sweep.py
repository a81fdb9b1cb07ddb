"""What happens without an event: silences, what was held back, dates that pass, sources that fall silent."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text

from tests.office import DEFINITION, SERVICE, START, Desk, open_desk
from tracker.flows.deciding.sweep import sweep
from tracker.flows.organisations.clock import advance
from tracker.store.ground.engine import Store

LISTED = "SELECT number FROM \"case\" WHERE state = 'open' AND quiet_words > 1 AND cardinality(word_to) > 0"


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


async def wait(desk: Desk, **span: float) -> None:
    await advance(desk.store, desk.office.id, await desk.now() + timedelta(**span), desk.worker().carry)


async def test_nobody_waits_longer_than_the_silence_limit(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    listed = []
    for _ in range(20):  # the back office lives, but says nothing of this case
        await wait(desk, days=3)
        listed += await desk.rows(LISTED)
        await desk.status("P-2", "REC", id=f"p2-{_}")
    told = await desk.rows(
        "SELECT decided_at FROM message JOIN \"case\" c ON c.id = case_id WHERE number = 'P-1' "
        "AND message.state = 'delivered' ORDER BY decided_at"
    )
    gaps = [(later.decided_at - earlier.decided_at) / timedelta(days=1) for earlier, later in pairwise(told)]
    assert 10 < gaps[0] <= 14 < gaps[1] <= 22, "half as long again, and over Easter Monday: then its date moves"
    assert max(gaps) <= 42
    asked = await desk.rows("SELECT subject FROM alert WHERE kind = 'nothing_new'")
    assert [each.subject for each in asked] == [SERVICE], "T5: the second such word says that the office was asked"
    assert {each.number for each in listed} == {"P-1"}, "as docs/operations.md lists them"


async def test_what_is_held_back_speaks_at_its_time_and_not_before(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await desk.carry()
    until = START + timedelta(days=2)
    await desk.status("P-1", "GRANTED", hold_until=until.isoformat())
    assert [row.state for row in await desk.rows('SELECT state FROM "case"')] == ["open"]
    await wait(desk, days=1)
    assert [row.state for row in await desk.rows('SELECT state FROM "case"')] == ["open"]
    await wait(desk, days=1.5)
    assert [row.state for row in await desk.rows('SELECT state FROM "case"')] == ["closed"]
    [(decided_at,)] = await desk.rows("SELECT decided_at FROM message WHERE purpose = 'finished'")
    assert timedelta(0) <= decided_at - until < timedelta(minutes=1)


async def test_a_refusal_is_not_announced_before_it_was_served(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await desk.status("P-1", "REFUSED")
    assert [row.state for row in await desk.rows('SELECT state FROM "case"')] == ["open"]
    await desk.status("P-1", "REFUSED", served_on=(await desk.now()).date().isoformat())
    assert [tuple(row) for row in await desk.rows('SELECT state, outcome FROM "case"')] == [("closed", "refused")]


async def test_the_office_s_date_is_judged_when_it_passes(desk: Desk) -> None:
    await desk.status("P-1", "REC", expected_on="2026-03-05")
    await desk.status("P-2", "REC", expected_on="2026-03-20")
    await wait(desk, days=5)
    assert [tuple(row) for row in await desk.rows("SELECT latest_on::text, outcome FROM promise ORDER BY 1")] == [
        ("2026-03-05", "missed"),
        ("2026-03-20", None),
    ]
    await desk.status("P-1", "VAL", expected_on="2026-03-25")
    await desk.status("P-2", "WITHDRAWN")
    await desk.status("P-1", "GRANTED")
    outcomes = await desk.rows("SELECT latest_on::text, outcome FROM promise ORDER BY 1")
    assert [tuple(row) for row in outcomes] == [
        ("2026-03-05", "missed"),
        ("2026-03-20", "withdrawn"),
        ("2026-03-25", "kept"),
    ]


async def test_a_date_that_changes_is_superseded_and_stays_in_the_ledger(desk: Desk) -> None:
    await desk.status("P-1", "REC", expected_on="2026-03-20")
    await desk.status("P-1", "VAL", expected_on="2026-03-27")
    rows = await desk.rows("SELECT latest_on::text, superseded_at IS NOT NULL, reason FROM promise ORDER BY 1")
    assert [tuple(row) for row in rows] == [
        ("2026-03-20", True, "office_changed_date"),
        ("2026-03-27", False, None),
    ]


async def test_a_parked_event_whose_case_never_comes_is_given_up_and_told_to_operators_case_8(desk: Desk) -> None:
    await desk.status("P-9", "VAL")
    await wait(desk, days=31)
    assert [row.placement for row in await desk.rows("SELECT placement FROM entry")] == ["expired"]
    assert "parked_expired" in [row.kind for row in await desk.rows("SELECT kind FROM alert")]


async def test_a_source_that_fell_silent_holds_its_messages_until_it_is_heard_again(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await desk.move(START + timedelta(days=6))
    await sweep(desk.store)
    await desk.carry()
    assert ("acknowledged", "held", "source_silent") in await desk.messages()
    assert [(row.kind, row.times) for row in await desk.rows("SELECT kind, times FROM alert")] == [("source_silent", 1)]
    await sweep(desk.store)
    assert [row.times for row in await desk.rows("SELECT times FROM alert")] == [1]
    await desk.status("P-2", "REC")
    await desk.carry()
    assert ("acknowledged", "delivered", None) in await desk.messages()


async def test_a_second_sweep_at_the_same_moment_has_nothing_to_do_case_36(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await desk.move(START + timedelta(days=20))
    assert await sweep(desk.store) > 0
    before = await desk.messages()
    assert await sweep(desk.store) == 0
    assert await desk.messages() == before


async def test_a_case_that_cannot_be_read_does_not_keep_the_others_waiting_case_35(desk: Desk) -> None:
    for number in ("P-1", "P-2"):
        await desk.status(number, "REC")
        await desk.party(number)
    await desk.carry()
    async with desk.store.transaction() as connection:
        await connection.execute(text("UPDATE \"case\" SET service = 'gone' WHERE number = 'P-1'"))
    await wait(desk, days=15)
    words = "SELECT c.number FROM message m JOIN \"case\" c ON c.id = m.case_id WHERE purpose = 'still_working'"
    assert {row.number for row in await desk.rows(words)} == {"P-2"}
    [alert] = await desk.rows("SELECT kind, times FROM alert WHERE kind <> 'source_silent'")
    assert alert.kind == "case_not_read"
    assert alert.times < 60, "it is put off, not asked for again and again"


async def test_an_update_that_the_budget_cuts_is_no_word_and_puts_none_off(store: Store) -> None:
    desk = await open_desk(store, definition=DEFINITION.replace("messages_per_case = 20", "messages_per_case = 1"))
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await desk.status("P-1", "VAL")
    await wait(desk, days=1)
    [before] = await desk.rows('SELECT next_word_on FROM "case"')
    await wait(desk, days=3)
    await desk.status("P-1", "ASSESS")
    assert ("updated", "withheld", "budget_spent") in await desk.messages()
    [after] = await desk.rows('SELECT next_word_on FROM "case"')
    assert after.next_word_on == before.next_word_on

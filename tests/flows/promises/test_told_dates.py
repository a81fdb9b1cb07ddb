"""What was told is a word given: what comes to light later does not take it back in silence."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.flows.promises.test_learn import finish, taught_desk
from tests.flows.promises.test_ledger import ledger, told, wait
from tests.office import DEFINITION, START, Desk, open_desk
from tracker.core.answers.tellings import Listener, Way
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode
from tracker.flows.promises import learn
from tracker.store.ground.engine import Store
from tracker.store.promises import curves, tellings

PLAIN = "\n".join(line for line in DEFINITION.splitlines() if not line.startswith("fallback_days"))


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await taught_desk(store)


async def shown(desk: Desk, audience: Listener) -> None:
    """Somebody is told of the date that was given last."""
    [row] = await desk.rows("SELECT id FROM promise ORDER BY made_at DESC LIMIT 1")
    async with desk.store.transaction() as connection:
        whose = Scope(desk.office.id, Mode.LIVE)
        way = Way.PAGE if audience is Listener.PUBLIC else Way.DESK
        await tellings.save(connection, whose, [row.id], audience, way, told_at=await desk.now())


async def late_report(desk: Desk) -> None:
    """P-1 came fifteen days ago, as we heard; and only yesterday it went on, as we hear after that."""
    await desk.status("P-1", "ASSESS", at=START - timedelta(hours=20))


async def test_a_date_that_nobody_was_told_of_is_given_anew_from_what_is_known_now(desk: Desk) -> None:
    await desk.status("P-1", "REC", at=START - timedelta(days=15))
    await shown(desk, Listener.STAFF)
    await late_report(desk)
    first, second = await ledger(desk)
    assert first == ("history", "2026-03-16", "case_corrected", None)
    assert second == ("history", "2026-03-25", None, None)


async def test_a_date_that_was_told_stands_and_moves_as_any_other_with_a_word(desk: Desk) -> None:
    await desk.status("P-1", "REC", at=START - timedelta(days=15))
    await desk.party("P-1")
    await shown(desk, Listener.PUBLIC)
    await late_report(desk)
    first, second = await ledger(desk)
    assert first == ("history", "2026-03-16", "likely_late", None)
    assert second == ("history", "2026-03-25", None, None)
    [news] = await desk.rows("SELECT facts, reason FROM message WHERE purpose = 'date_changed'")
    told = (news.facts["old_on"], news.facts["promise_on"], news.reason)
    assert told == (None, "2026-03-25", None), "T6: no message had named the first one to anybody"


async def test_a_date_that_was_told_is_not_made_earlier_by_a_late_report(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await shown(desk, Listener.PUBLIC)
    await desk.status("P-1", "ASSESS", at=START - timedelta(days=9), id="before")
    assert await ledger(desk) == [("history", "2026-03-31", None, None)]


async def test_a_case_that_was_joined_to_another_keeps_no_promise_and_breaks_none(store: Store) -> None:
    joined = DEFINITION.replace('outcome = "withdrawn"', 'outcome = "merged"')
    assert joined != DEFINITION
    desk = await open_desk(store, definition=joined)
    await finish(desk, 40)
    await learn.due(store)
    await desk.status("P-1", "REC")
    await desk.status("P-1", "WITHDRAWN")
    assert await ledger(desk) == [("history", "2026-03-31", None, "withdrawn")]


async def test_when_history_becomes_too_thin_to_weigh_a_date_it_is_taken_back_in_time(store: Store) -> None:
    desk = await open_desk(store, definition=PLAIN)
    await finish(desk, 40)
    await learn.due(store)
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    async with store.transaction() as connection:
        await connection.exec_driver_sql(
            "UPDATE curve SET everyone = 29, finished = 29, "
            "body = body || jsonb_build_object('everyone', 29, 'finished', 29)"
        )
        await connection.exec_driver_sql("UPDATE organisation SET learn_at = '2030-01-01'")
    curves._parsed.clear()
    await wait(desk, date(2026, 4, 30))
    assert await ledger(desk) == [("history", "2026-03-31", "too_uncertain", "withdrawn")], "none is made up instead"
    delayed = [at for purpose, at in await told(desk) if purpose == "delayed"]
    assert [at.date() for at in delayed] == [date(2026, 3, 30)]


async def test_a_date_that_a_late_report_leaves_the_same_is_not_corrected_again_weeks_later(desk: Desk) -> None:
    """Five days to be assessed, as the others took: the date is the same. What happens after it was given is no
    correction of it, however long the case waits."""
    await desk.status("P-1", "REC", at=START - timedelta(days=10))
    await desk.status("P-1", "ASSESS", at=START - timedelta(days=5))
    same = [("history", "2026-03-23", "case_corrected", None), ("history", "2026-03-23", None, None)]
    assert await ledger(desk) == same
    await wait(desk, date(2026, 3, 19))
    await desk.say("P-1", "case.note", {"text": "Nothing new", "audience": "internal"})
    assert await ledger(desk) == same
    await wait(desk, date(2026, 3, 24))
    assert [row[2] for row in await ledger(desk)][:2] == ["case_corrected", "likely_late"]


async def test_a_date_that_was_moved_is_looked_at_again_the_next_day_even_if_it_will_not_hold(desk: Desk) -> None:
    """The table by which standing dates are weighed knows of no end: each new date is as good as missed."""
    await desk.status("P-1", "REC")
    async with desk.store.transaction() as connection:
        await connection.exec_driver_sql(
            "UPDATE curve SET body = jsonb_set(body, '{risks}', (SELECT jsonb_object_agg(key, "
            "(SELECT jsonb_agg(0) FROM jsonb_array_elements(value))) FROM jsonb_each(body->'risks')))"
        )
        await connection.exec_driver_sql("UPDATE organisation SET learn_at = '2030-01-01'")
    curves._parsed.clear()
    await wait(desk, date(2026, 3, 4), hour=10)
    first, *_ = await ledger(desk)
    assert first[2] == "likely_late"
    [case] = await desk.rows("SELECT wake_at FROM \"case\" WHERE number = 'P-1'")
    assert case.wake_at - await desk.now() <= timedelta(days=1)

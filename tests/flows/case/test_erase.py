"""What was kept long enough goes, wherever it was written; what happened stays. It may be cut off at any point."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel

from tests.office import DEFINITION, SECRET, START, Desk, open_desk
from tracker.core.vocabulary import references
from tracker.core.vocabulary.errors import LinkOver, MistypedReference, SetupRefused
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.seals import LinkKind, seal
from tracker.core.vocabulary.words import Mode
from tracker.flows.answers.lookup import Asked, CaseNotFound, look_up
from tracker.flows.case import erase
from tracker.flows.deciding.sweep import sweep
from tracker.flows.organisations.clock import advance
from tracker.flows.outreach import ask
from tracker.flows.services import versions
from tracker.store.answers import feedback
from tracker.store.case import locks
from tracker.store.ground.columns import new_id
from tracker.store.ground.engine import Store

LONG_AFTER = START + timedelta(days=1826)
PRIVATE = ("Zebedee", "Quill", "zeb@private.example", "07700 900123", "447700900123", "AB1 2CD", "Quillco",
    "purple barn", "back stairs", "gate code", "grumpy", "rang twice", "sorry about")  # fmt: skip


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


_RECEIPT = """
    INSERT INTO receipt (organisation_id, mode, id, attempt_id, provider_id, status, body, received_at)
    VALUES (:o, 'live', :i, :a, 'x', 'delivered', jsonb_build_object('To', '+447700900123'), :now)
"""


async def lived(desk: Desk, number: str = "P-1", *, ended: bool = True) -> str:
    """A case with something personal in every table that can hold it; returns its reference."""
    await desk.status(number, "REC", public_note="the purple barn")
    await desk.party(
        number, name="Zebedee Quill", organisation="Quillco",
        channels=[
            {"channel": "email", "address": "zeb@private.example"}, {"channel": "sms", "address": "07700 900123"}
        ],
    )  # fmt: skip
    await desk.say(number, "case.needs", {"items": [{"item": "plan", "text": "the back stairs"}]})
    await desk.carry()
    await desk.say(number, "case.note", {"text": "the gate code is 1234", "audience": "internal"})
    await desk.status(number, "RFI-IN", reason="a grumpy neighbour")
    await desk.carry()
    if ended:
        await desk.status(number, "GRANTED")
    await desk.carry()
    case = (await desk.rows('SELECT * FROM "case" WHERE number = :number', number=number))[0]
    attempt, message = (await desk.rows(
        "SELECT a.id, m.id FROM attempt a JOIN message m ON m.id = a.message_id WHERE m.case_id = :case LIMIT 1",
        case=case.id,
    ))[0]  # fmt: skip
    await ask.answer(
        desk.store, SECRET, seal(SECRET, LinkKind.FEEDBACK, desk.office.id, message), 4, "sorry about Zebedee"
    )
    async with desk.store.transaction() as connection:
        values = {"o": desk.office.id, "c": case.id, "a": attempt, "i": new_id(), "now": START}
        await connection.execute(
            text("INSERT INTO staff_note (organisation_id, mode, id, case_id, words, at) VALUES (:o, 'live', :i, :c, "
                 "'Zebedee rang twice', :now)"), values)  # fmt: skip
        await connection.execute(text(_RECEIPT), values)
    return str(case.reference)


async def dump(desk: Desk) -> str:
    """Every row of every table, as text."""
    found = []
    for table in SQLModel.metadata.sorted_tables:
        rows = await desk.rows(f'SELECT row_to_json(t)::text FROM "{table.name}" t')
        found += [f"{table.name}: {row[0]}" for row in rows]
    return "\n".join(found)


def left(dumped: str) -> list[str]:
    """What of a person is still in a dump."""
    return [each for each in PRIVATE if each.casefold() in dumped.casefold()]


async def all_forgotten(desk: Desk) -> int:
    done = 0
    while more := await erase.due(desk.store, desk.office.id):
        done += more
    return done


async def counts(desk: Desk) -> list[Any]:
    tables = ("entry", "party", "recipient", "message", "attempt", "caught", "receipt", "promise", "feedback", '"case"')
    return [(table, (await desk.rows(f"SELECT count(*) FROM {table}"))[0][0]) for table in tables]


async def test_81_nothing_personal_is_left_in_a_dump(desk: Desk) -> None:
    await lived(desk)
    before, rows = await dump(desk), await counts(desk)
    assert set(left(before)) >= {"Zebedee", "zeb@private.example", "purple barn", "rang twice", "sorry about"}
    known_fact = (await desk.rows("SELECT encode(known_facts[1], 'hex') FROM \"case\""))[0][0]
    await desk.move(LONG_AFTER)
    assert await all_forgotten(desk) == 1
    after = await dump(desk)
    assert left(after) == []
    assert known_fact in before and known_fact not in after
    assert await counts(desk) == rows, "what happened stays"
    [case] = await desk.rows('SELECT * FROM "case"')
    assert case.erased_at is not None and case.forget_at is None
    assert (case.state, case.outcome, case.stage) == ("closed", "done", "granted")
    [line] = await desk.rows("SELECT actor, detail FROM audit WHERE action = 'case.erased'")
    assert line.actor == "retention" and line.detail == {"case": str(case.id), "why": "kept_long_enough"}


async def test_the_page_opens_for_nobody_and_the_question_is_over(desk: Desk) -> None:
    reference = await lived(desk)
    asked = Asked(reference, "AB1 2CD", "203.0.113.7")
    assert (await look_up(desk.store, SECRET, asked)).state == "closed"
    message = (await desk.rows("SELECT id FROM message WHERE party = '1' LIMIT 1"))[0][0]
    await desk.move(LONG_AFTER)
    await all_forgotten(desk)
    with pytest.raises(CaseNotFound):
        await look_up(desk.store, SECRET, asked)
    token = seal(SECRET, LinkKind.FEEDBACK, desk.office.id, message)
    for over in (ask.question(desk.store, SECRET, token), ask.answer(desk.store, SECRET, token, 1, "Zebedee again")):
        with pytest.raises(LinkOver, match="erased"):
            await over


async def test_nothing_goes_before_its_time_nor_while_the_request_is_open(desk: Desk) -> None:
    await lived(desk, "P-1")
    await lived(desk, "P-2", ended=False)
    await desk.move(LONG_AFTER - timedelta(days=2))
    assert await all_forgotten(desk) == 0
    await desk.move(LONG_AFTER)
    assert await all_forgotten(desk) == 1
    erased = {row.number: row.erased_at for row in await desk.rows('SELECT number, erased_at FROM "case"')}
    assert erased["P-1"] is not None and erased["P-2"] is None
    assert left(await dump(desk)), "the open one is whole"


async def test_82_it_may_be_cut_off_at_any_point_and_goes_on_from_there(desk: Desk) -> None:
    for number in ("P-1", "P-2", "P-3"):
        await lived(desk, number)
    await desk.move(LONG_AFTER)
    async with locks.holding(desk.store, Scope(desk.office.id, Mode.LIVE), [("backoffice", "P-2")]):
        cut_off = asyncio.create_task(erase.due(desk.store))
        while not await desk.rows("SELECT 1 FROM \"case\" WHERE number = 'P-1' AND erased_at IS NOT NULL"):
            await asyncio.sleep(0.01)
        cut_off.cancel()
        await asyncio.gather(cut_off, return_exceptions=True)
    names = await desk.rows(
        "SELECT e.number, count(p.name), count(e.words) FROM entry e LEFT JOIN party p ON p.entry_id = e.id "
        "GROUP BY e.number ORDER BY e.number"
    )
    assert [tuple(row) for row in names] == [("P-1", 0, 0), ("P-2", 1, 4), ("P-3", 1, 4)], "each is whole or gone"
    assert await all_forgotten(desk) == 2
    assert left(await dump(desk)) == []


async def test_two_at_once_erase_each_case_once(desk: Desk) -> None:
    for number in ("P-1", "P-2", "P-3"):
        await lived(desk, number)
    await desk.move(LONG_AFTER)
    done = await asyncio.gather(*(erase.due(desk.store) for _ in range(3)))
    assert sum(done) == 3
    assert len(await desk.rows("SELECT 1 FROM audit WHERE action = 'case.erased'")) == 3


@pytest.mark.parametrize("type_", ["case.party", "case.status", "case.note", "case.needs", "case.reopen"])
async def test_what_comes_late_is_kept_and_the_case_stays_forgotten(desk: Desk, type_: str) -> None:
    await lived(desk)
    await desk.move(LONG_AFTER)
    await all_forgotten(desk)
    told = await desk.rows("SELECT count(*) FROM caught")
    data: dict[str, Any] = {
        "case.party": {"party": "2", "role": "applicant", "name": "Zebedee", "known_fact": "AB1 2CD",
                       "channels": [{"channel": "email", "address": "zeb@private.example"}]},
        "case.status": {"service": "building-permit", "status": "VAL", "public_note": "the purple barn"},
        "case.note": {"text": "the gate code", "audience": "public"},
        "case.needs": {"items": [{"item": "plan", "text": "the back stairs"}]},
        "case.reopen": {},
    }[type_]  # fmt: skip
    late = {
        "id": "late", "source": "backoffice", "type": type_, "subject": "P-1", "time": LONG_AFTER.isoformat(),
        "data": data,
    }  # fmt: skip
    answer = await desk.send(late)
    assert answer.reference is not None
    await advance(desk.store, desk.office.id, LONG_AFTER + timedelta(days=60), desk.worker().carry)
    await all_forgotten(desk)
    assert left(await dump(desk)) == []
    assert await desk.rows("SELECT count(*) FROM caught") == told, "nobody hears of it"
    assert await desk.rows("SELECT 1 FROM entry WHERE id = :id", id=answer.entry)
    [case] = await desk.rows('SELECT * FROM "case"')
    assert case.erased_at is not None and case.known_facts == [] and case.next_word_at is None
    assert (await desk.send(late)).outcome == "duplicate"


async def test_a_person_is_erased_on_request_at_once(desk: Desk) -> None:
    reference = await lived(desk)
    await erase.at_once(desk.store, desk.office, references.spell(reference).lower())
    assert left(await dump(desk)) == []
    [line] = await desk.rows("SELECT actor, detail FROM audit WHERE action = 'case.erased'")
    assert line.actor == "operator" and line.detail["why"] == "asked"


async def test_an_open_request_is_erased_only_if_it_is_meant(desk: Desk) -> None:
    reference = await lived(desk, ended=False)
    await desk.status("P-1", "ASSESS", expected_on="2026-06-01")  # a message is due, and not carried yet
    with pytest.raises(SetupRefused, match="open"):
        await erase.at_once(desk.store, desk.office, reference)
    assert left(await dump(desk))
    await erase.at_once(desk.store, desk.office, reference, even_if_open=True)
    assert left(await dump(desk)) == []
    assert not await desk.rows("SELECT 1 FROM message WHERE state IN ('due', 'held')")
    told = await desk.rows("SELECT count(*) FROM caught")
    await advance(desk.store, desk.office.id, START + timedelta(days=90), desk.worker().carry)
    assert await desk.rows("SELECT count(*) FROM caught") == told
    assert not await desk.rows("SELECT 1 FROM message WHERE state IN ('due', 'held', 'sending')")


async def test_a_message_that_is_being_sent_is_waited_for(desk: Desk) -> None:
    reference = await lived(desk)
    async with desk.store.transaction() as connection:
        await connection.execute(text("UPDATE message SET state = 'sending' WHERE state = 'delivered'"))
    whole = await dump(desk)
    with pytest.raises(SetupRefused, match="being sent"):
        await erase.at_once(desk.store, desk.office, reference)
    assert await dump(desk) == whole
    await desk.move(LONG_AFTER)
    assert await erase.due(desk.store) == 0


async def test_an_answer_on_its_way_in_is_waited_for_and_erased(desk: Desk) -> None:
    reference = await lived(desk)
    message = (await desk.rows("SELECT id FROM message WHERE party = '1' LIMIT 1"))[0][0]
    async with desk.store.transaction() as answering:
        await feedback.asked(answering, desk.office.id, message, locked=True)
        erasing = asyncio.create_task(erase.at_once(desk.store, desk.office, reference))
        await asyncio.sleep(0.3)
        assert not erasing.done()
        await answering.execute(text("UPDATE feedback SET comment = 'Zebedee was here'"))
    await erasing
    assert left(await dump(desk)) == []


async def test_only_an_organisations_own_requests_can_be_erased_by_it(desk: Desk, store: Store) -> None:
    reference = await lived(desk)
    other = await open_desk(store, slug="southwick")
    with pytest.raises(SetupRefused, match="no request"):
        await erase.at_once(store, other.office, reference)
    with pytest.raises(MistypedReference):
        await erase.at_once(store, desk.office, reference[:-1] + ("2" if reference[-1] != "2" else "3"))
    assert left(await dump(desk))


async def test_81_a_dead_letter_holds_nothing_personal(desk: Desk) -> None:
    await desk.party("LOST", name="Zebedee Quill", channels=[{"channel": "email", "address": "zeb@private.example"}])
    await desk.say("LOST", "case.note", {"text": "the gate code", "audience": "internal"})
    assert left(await dump(desk))
    await desk.move(START + timedelta(days=31))
    await sweep(desk.store)
    assert left(await dump(desk)) == []
    assert [row.placement for row in await desk.rows("SELECT placement FROM entry")] == ["expired", "expired"]
    assert await desk.rows("SELECT 1 FROM alert WHERE kind = 'parked_expired' AND times = 2")


async def test_a_new_definition_finds_an_erased_case_and_leaves_it_so(desk: Desk) -> None:
    reference = await lived(desk, ended=False)
    await erase.at_once(desk.store, desk.office, reference, even_if_open=True)
    changed = DEFINITION.replace("silence_days = 14", "silence_days = 7")
    assert changed != DEFINITION
    await versions.apply(desk.store, desk.office, changed)
    told = await desk.rows("SELECT count(*) FROM caught")
    await advance(desk.store, desk.office.id, START + timedelta(days=40), desk.worker().carry)
    assert left(await dump(desk)) == []
    assert await desk.rows("SELECT count(*) FROM caught") == told
    assert [row.known_facts for row in await desk.rows('SELECT known_facts FROM "case"')] == [[]]


async def test_where_a_date_was_told_stays_without_anybody_s_name(desk: Desk) -> None:
    reference = await lived(desk)
    assert [tuple(row) for row in await desk.rows("SELECT audience, channel FROM telling")] == [("applicant", "email")]
    before = await desk.rows("SELECT * FROM telling")
    await erase.at_once(desk.store, desk.office, reference)
    assert await desk.rows("SELECT * FROM telling") == before
    [(facts,)] = await desk.rows("SELECT facts FROM message WHERE id = :id", id=before[0].message_id)
    assert (facts["promise"], facts["role"]) == (str(before[0].promise_id), "applicant")

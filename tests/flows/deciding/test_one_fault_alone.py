"""What cannot be decided or written of one case keeps none of the others out, and is told."""

from __future__ import annotations

from datetime import timedelta

import orjson
import pytest

from integrations.inbound import context_of
from integrations.wire import translate
from tests.office import SECRET, SERVICE, START, Desk, open_desk
from tracker.core.deciding.reports import Answer, RefusedEvent, Report
from tracker.core.vocabulary.errors import CaseNotRead
from tracker.flows.deciding import intake
from tracker.flows.deciding.sweep import open_held, revisit_due_cases
from tracker.store.ground.engine import Store

POISON = "ALTER TABLE entry ADD CONSTRAINT no_poison CHECK (number <> 'POISON') NOT VALID"
"""Something that the database refuses, and that no decision can know of."""

LATE = 'UPDATE "case" SET wake_at = :at'


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


def report(desk: Desk, number: str, status: str) -> Report:
    """A status event, read."""
    desk.made += 1
    document = {
        "id": f"f{desk.made}",
        "source": desk.sender.source,
        "type": "case.status",
        "subject": number,
        "time": START.isoformat(),
        "data": {"service": SERVICE, "status": status},
    }
    return translate(orjson.dumps(document), "application/json", context_of(desk.sender, SECRET))


async def alerts(desk: Desk) -> list[str]:
    return [row.kind for row in await desk.rows("SELECT kind FROM alert ORDER BY kind")]


async def test_a_batch_with_a_case_that_cannot_be_written_takes_all_the_others(desk: Desk, store: Store) -> None:
    await desk.change(POISON)
    numbers = [f"P-{each}" for each in range(20)]
    numbers.insert(7, "POISON")
    answers = await intake.take_in(store, desk.sender, [report(desk, number, "REC") for number in numbers])
    refused = [place for place, each in enumerate(answers) if isinstance(each, RefusedEvent)]
    assert refused == [7] and isinstance(answers[7], RefusedEvent) and isinstance(answers[7].error, CaseNotRead)
    assert sum(isinstance(each, Answer) for each in answers) == 20
    assert len(await desk.rows('SELECT 1 FROM "case"')) == 20
    assert await alerts(desk) == ["case_not_read"]


async def test_a_sweep_puts_off_a_case_that_cannot_be_written_and_looks_at_the_others(desk: Desk, store: Store) -> None:
    for number in ("P-1", "POISON", "P-2"):
        await desk.status(number, "REC")
    await desk.change("ALTER TABLE \"case\" ADD CONSTRAINT no_poison CHECK (number <> 'POISON') NOT VALID")
    before = {row.number: row.version for row in await desk.rows('SELECT number, version FROM "case"')}
    await desk.change('ALTER TABLE "case" DROP CONSTRAINT no_poison')
    await desk.change(LATE, at=START - timedelta(hours=1))
    await desk.change(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF NEW.version > OLD.version THEN RAISE 'no' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$"
    )
    await desk.change(
        "CREATE TRIGGER refuse BEFORE UPDATE ON \"case\" FOR EACH ROW WHEN (OLD.number = 'POISON') "
        "EXECUTE FUNCTION refuse()"
    )
    assert await revisit_due_cases(store, desk.office.id) == 3
    after = {row.number: (row.version, row.wake_at) for row in await desk.rows('SELECT * FROM "case"')}
    assert after["POISON"][0] == before["POISON"] and after["POISON"][1] > START
    assert all(after[number][0] > before[number] for number in ("P-1", "P-2"))
    assert await alerts(desk) == ["case_not_read"]
    assert await revisit_due_cases(store, desk.office.id) == 0, "it is put off"


async def test_what_is_held_under_a_number_that_cannot_be_read_is_not_looked_at_for_ever(
    desk: Desk, store: Store
) -> None:
    await desk.status("P-1", "REC", hold_until=(START + timedelta(days=1)).isoformat())
    await desk.move(START + timedelta(days=2))
    await desk.change("UPDATE entry SET body = body - 'status'")
    assert await open_held(store, desk.office.id) == 1
    assert await open_held(store, desk.office.id) == 0
    assert await alerts(desk) == ["case_not_read"]


async def test_dead_letters_of_a_number_shut_nobody_out(desk: Desk) -> None:
    for _ in range(3):
        await desk.status("P-1", "VAL")
    await desk.change("UPDATE entry SET placement = 'expired', parked_until = NULL")
    assert not (await desk.known("P-1")).waiting

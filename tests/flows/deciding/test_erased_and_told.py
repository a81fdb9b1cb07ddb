"""A case was erased, and its back office goes on telling who has a part in it: none of that is written anywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from integrations.inbound import context_of
from integrations.wire import translate
from tests.flows.case.test_erase import LONG_AFTER, all_forgotten, dump, left, lived
from tests.office import SECRET, START, Desk, open_desk
from tracker.core.case.events import CorrectionReported, StatusEvent
from tracker.core.deciding.reports import Answer, Report
from tracker.flows.case import erase
from tracker.flows.deciding import intake
from tracker.flows.organisations.clock import advance
from tracker.store.ground.engine import Store

PARTY = {
    "party": "2",
    "role": "joint_applicant",
    "name": "Zebedee Quill",
    "organisation": "Quillco",
    "known_fact": "AB1 2CD",
    "channels": [{"channel": "email", "address": "zeb@private.example"}],
}
AGAIN = {**PARTY, "party": "1", "channels": [{"channel": "sms", "address": "07700 900123"}]}
TOLD: list[tuple[str, dict[str, Any]]] = [
    ("case.party", PARTY),
    (
        "case.status",
        {
            "service": "building-permit",
            "status": "ASSESS",
            "public_note": "the purple barn",
            "internal_note": "rang twice",
            "reason": "a grumpy neighbour",
            "expected_on": "2026-06-01",
        },
    ),
    ("case.needs", {"items": [{"item": "plan", "text": "the back stairs", "due_on": "2026-05-01"}]}),
    ("case.note", {"text": "the gate code is 1234", "audience": "public"}),
    ("case.party", AGAIN),
    ("case.correction", {"event": "late-1", "why": "sorry about Zebedee"}),
    ("case.party", {"party": "2", "role": "joint_applicant", "remove": True}),
    ("case.party", {**PARTY, "name": "Zebedee Quill again"}),
]


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


def told(desk: Desk, number: str = "P-1", at: Any = START) -> list[Report]:
    """All of it, as it arrives, a minute apart."""
    reports = []
    for place, (type_, data) in enumerate(TOLD):
        body = {
            "id": f"late-{place}",
            "source": desk.sender.source,
            "type": type_,
            "subject": number,
            "time": (at - timedelta(minutes=len(TOLD) - place)).isoformat(),
            "data": data,
        }
        reports.append(translate(orjson.dumps(body), "application/json", context_of(desk.sender, SECRET)))
    return reports


async def send(desk: Desk, reports: list[Report], size: int) -> list[Answer]:
    """Send events in batches of a size; single ones as single ones."""
    answers: list[Any] = []
    for at in range(0, len(reports), size):
        batch = reports[at : at + size]
        if size == 1:
            answers.append(await intake.ingest(desk.store, desk.sender, batch[0]))
        else:
            answers += await intake.take_in(desk.store, desk.sender, batch)
    assert all(isinstance(each, Answer) for each in answers), answers
    return answers


async def personal(desk: Desk) -> dict[str, Any]:
    """What is held of anybody, wherever it might be."""
    asked = {
        "parties": "SELECT entry_id FROM party ORDER BY entry_id",
        "parties told of": "SELECT party, name, channels, known_fact FROM party WHERE name IS NOT NULL "
        "OR channels <> '[]' OR known_fact IS NOT NULL",
        "recipients": "SELECT id, address, normal FROM recipient ORDER BY id",
        "known facts": "SELECT id FROM \"case\" WHERE known_facts <> '{}'",
        "needs": "SELECT id FROM \"case\" WHERE needs <> '[]'",
        "words": "SELECT e.id FROM entry e, jsonb_each_text(e.words) w WHERE w.value <> ''",
        "facts": "SELECT id FROM message WHERE facts->>'note' <> '' OR facts->'needs' <> '[]'",
    }
    return {name: [tuple(row) for row in await desk.rows(sql)] for name, sql in asked.items()}


@pytest.mark.parametrize("size", [1, 3, len(TOLD)])
async def test_nothing_of_anybody_is_written_of_a_case_that_was_erased(desk: Desk, size: int) -> None:
    reference = await lived(desk, ended=False)
    await erase.at_once(desk.store, desk.office, reference, even_if_open=True)
    before, caught = await personal(desk), await desk.rows("SELECT count(*) FROM caught")
    assert all(address == "" and normal is None for _, address, normal in before["recipients"])
    answers = await send(desk, told(desk), size)
    assert [each.reference for each in answers] == [reference] * len(TOLD)
    assert await personal(desk) == before, "no party, no address, no word more than before"
    assert (before["parties told of"], before["known facts"], before["words"], before["facts"]) == ([], [], [], [])
    assert left(await dump(desk)) == []
    entries = await desk.rows("SELECT id FROM entry WHERE event_id LIKE 'late-%'")
    assert {each.id for each in entries} == {each.entry for each in answers}, "what happened is kept"
    again = await send(desk, told(desk), size)
    assert [(each.outcome, each.entry) for each in again] == [("duplicate", each.entry) for each in answers]
    await advance(desk.store, desk.office.id, START + timedelta(days=30), desk.worker().carry)
    assert await personal(desk) == before
    assert await desk.rows("SELECT count(*) FROM caught") == caught, "nobody hears of it"


@pytest.mark.parametrize("size", [1, 4])
async def test_of_a_case_that_was_kept_long_enough_likewise(desk: Desk, size: int) -> None:
    await lived(desk)
    await desk.move(LONG_AFTER)
    assert await all_forgotten(desk) == 1
    before = await personal(desk)
    await send(desk, told(desk, at=LONG_AFTER), size)
    assert await personal(desk) == before
    assert left(await dump(desk)) == []


async def test_the_living_in_the_same_batch_are_told_as_ever(desk: Desk) -> None:
    erased, living = await lived(desk, "P-1", ended=False), await lived(desk, "P-2", ended=False)
    await erase.at_once(desk.store, desk.office, erased, even_if_open=True)
    mine, theirs = told(desk, "P-1"), told(desk, "P-2")
    theirs = [Report(_renamed(each), each.fingerprint) for each in theirs]
    mixed = [each for pair in zip(mine, theirs, strict=True) for each in pair]
    await send(desk, mixed, len(mixed))
    found = await desk.rows(
        "SELECT e.number, count(p.entry_id) FILTER (WHERE p.name IS NOT NULL) AS named, "
        "count(e.id) FILTER (WHERE EXISTS (SELECT FROM jsonb_each_text(e.words) w WHERE w.value <> '')) AS words "
        "FROM entry e LEFT JOIN party p ON p.entry_id = e.id WHERE e.event_id LIKE '%late-%' "
        "GROUP BY e.number ORDER BY e.number"
    )
    assert [tuple(row) for row in found] == [("P-1", 0, 0), ("P-2", 3, 4)]
    [case] = await desk.rows('SELECT known_facts, erased_at FROM "case" WHERE reference = :living', living=living)
    assert case.known_facts and case.erased_at is None


def _renamed(report: Report) -> StatusEvent:
    event, body = report.event, report.event.body
    if isinstance(body, CorrectionReported):
        body = replace(body, event=f"x-{body.event}")
    return replace(event, id=f"x-{event.id}", body=body)

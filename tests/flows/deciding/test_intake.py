"""One event in: its place in the timeline, what the case is then, and who hears what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.office import START, Desk, open_desk
from tracker.core.vocabulary.errors import ContentDiffers, NotGranted, TimeOutOfBounds, UnknownService
from tracker.store.ground.engine import Store


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


async def test_an_opening_event_makes_a_case_and_its_party_hears_of_it(desk: Desk) -> None:
    first = await desk.status("P-1", "REC")
    await desk.party("P-1")
    await desk.carry()
    assert first.outcome == "applied"
    assert first.reference is not None
    assert ("acknowledged", "delivered", None) in await desk.messages()
    [(address,)] = await desk.rows("SELECT address FROM caught")
    assert address == "alex@example.org"


async def test_the_same_id_again_is_a_duplicate_of_the_first_entry_case_1(desk: Desk) -> None:
    first = await desk.status("P-1", "REC", id="x", at=START)
    again = await desk.status("P-1", "REC", id="x", at=START)
    assert (again.outcome, again.entry, again.reference) == ("duplicate", first.entry, first.reference)


async def test_the_same_id_for_other_content_is_refused_and_audited_case_3(desk: Desk) -> None:
    await desk.status("P-1", "REC", id="x", at=START)
    with pytest.raises(ContentDiffers):
        await desk.status("P-1", "VAL", id="x", at=START)
    assert [row.action for row in await desk.rows("SELECT action FROM audit")] == ["intake.content_differs"]
    [(stage,)] = await desk.rows('SELECT stage FROM "case"')
    assert stage == "received"


async def test_an_older_event_joins_at_its_own_time_and_says_nothing_case_6(desk: Desk) -> None:
    await desk.status("P-1", "REC", at=START - timedelta(days=9))
    await desk.party("P-1", at=START - timedelta(days=9))
    await desk.status("P-1", "ASSESS", at=START - timedelta(days=1))
    await desk.carry()
    before = await desk.messages()
    late = await desk.status("P-1", "VAL", at=START - timedelta(days=5))
    assert late.outcome == "late"
    assert await desk.messages() == before
    [(stage,)] = await desk.rows('SELECT stage FROM "case"')
    assert stage == "assessing"


async def test_an_event_of_an_unknown_case_waits_for_the_one_that_opens_it_case_8(desk: Desk) -> None:
    assert (await desk.status("P-1", "VAL", at=START - timedelta(hours=1))).outcome == "parked"
    assert (await desk.party("P-1", at=START - timedelta(hours=2))).outcome == "parked"
    assert not await desk.rows('SELECT 1 FROM "case"')
    await desk.status("P-1", "REC", at=START - timedelta(hours=3))
    [(stage,)] = await desk.rows('SELECT stage FROM "case"')
    assert stage == "checking"
    assert [row[0] for row in await desk.rows("SELECT count(*) FROM entry WHERE case_id IS NULL")] == [0]


async def test_a_move_out_of_the_end_is_flagged_until_a_reopening_case_9(desk: Desk) -> None:
    await desk.status("P-1", "REC", at=START - timedelta(days=3))
    await desk.status("P-1", "WITHDRAWN", at=START - timedelta(days=2))
    assert (await desk.status("P-1", "VAL", at=START - timedelta(days=1))).outcome == "flagged"
    assert [tuple(row) for row in await desk.rows('SELECT state, outcome FROM "case"')] == [("closed", "withdrawn")]
    assert (await desk.say("P-1", "case.reopen", {}, at=START)).outcome == "applied"
    assert [tuple(row) for row in await desk.rows('SELECT state, stage FROM "case"')] == [("open", "received")]


async def test_an_unmapped_status_is_quarantined_and_an_operator_is_told(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    assert (await desk.status("P-1", "ZZ99")).outcome == "quarantined"
    assert [row.kind for row in await desk.rows("SELECT kind FROM alert")] == ["status_unmapped"]
    assert [row.unmapped for row in await desk.rows('SELECT unmapped FROM "case"')] == [True]


@pytest.mark.parametrize("at", [START + timedelta(hours=2), START - timedelta(days=366 * 40)])
async def test_a_time_that_cannot_be_true_is_refused_case_10(desk: Desk, at: object) -> None:
    with pytest.raises(TimeOutOfBounds):
        await desk.status("P-1", "REC", at=at)


async def test_what_was_not_granted_or_is_not_known_is_refused_case_21(desk: Desk) -> None:
    with pytest.raises(NotGranted):
        await desk.status("P-1", "REC", register="someone-elses")
    with pytest.raises(UnknownService):
        await desk.say("P-1", "case.status", {"service": "no-such", "status": "REC"})
    assert not await desk.rows("SELECT 1 FROM entry")

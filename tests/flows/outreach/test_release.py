"""Truth is checked once more when a message is released."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.office import START, Desk, open_desk
from tracker.core.vocabulary.words import Mode
from tracker.flows.outreach import release
from tracker.store.ground.columns import new_id
from tracker.store.ground.engine import Store
from tracker.store.outreach import carrying


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


async def lose_leases(desk: Desk) -> None:
    async with desk.store.transaction() as connection:
        await connection.execute(
            text("UPDATE message SET lease_until = clock_timestamp() - interval '1 s' WHERE state = 'sending'")
        )


async def test_news_that_a_dead_worker_held_is_not_told_after_newer_news(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await desk.carry()
    await desk.status("P-1", "VAL")
    await release.claim(desk.store, 10, None, desk.links)  # and the worker dies
    await desk.status("P-1", "ASSESS")
    await lose_leases(desk)
    await desk.carry()
    told = await desk.rows(
        "SELECT a.content ->> 'subject' FROM caught k JOIN attempt a ON a.id = k.id "
        "JOIN message m ON m.id = k.message_id WHERE m.purpose = 'updated'"
    )
    assert len(told) == 1
    assert "A planning officer is looking at your plans" in told[0][0]
    assert ("updated", "withheld", "superseded") in await desk.messages()


async def test_an_acknowledgement_is_not_sent_after_the_end_case_40(desk: Desk) -> None:
    await desk.status("P-1", "REC", at=START - timedelta(hours=2))
    await desk.party("P-1", at=START - timedelta(hours=2))
    await desk.status("P-1", "WITHDRAWN", at=START - timedelta(hours=1))
    await desk.carry()
    assert [row[:2] for row in await desk.messages()] == [
        ("acknowledged", "withheld"),
        ("acknowledged", "withheld"),
        ("finished", "delivered"),
    ]


async def test_a_test_key_s_cases_deliver_nothing(store: Store) -> None:
    desk = await open_desk(store, slug="testing", mode=Mode.TEST)
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await desk.carry()
    assert ("acknowledged", "withheld", "test_mode") in await desk.messages()
    assert not await desk.rows("SELECT 1 FROM caught")


async def test_the_language_and_the_sensitivity_of_a_party_are_used(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await desk.party("P-1", sensitive=True)
    await desk.status("P-1", "VAL", public_note="Your plans of 3 May arrived.")
    await desk.carry()
    for (content,) in await desk.rows("SELECT content FROM attempt"):
        assert "plans" not in content["subject"]
        assert "3 May" not in content["text"]


@pytest.mark.parametrize("stage_first", [True, False])
async def test_what_is_asked_and_the_stage_that_waits_for_it_are_one_message(desk: Desk, stage_first: bool) -> None:
    await desk.status("P-1", "REC", at=START - timedelta(hours=5))
    await desk.party("P-1", at=START - timedelta(hours=5))
    asked = {"items": [{"item": "plan", "text": "A floor plan"}]}
    for stage in (stage_first, not stage_first):
        if stage:
            await desk.status("P-1", "RFI", at=START - timedelta(hours=1))
        else:
            await desk.say("P-1", "case.needs", asked, at=START - timedelta(minutes=50))
    await desk.carry()
    assert [purpose for purpose, state, _ in await desk.messages() if state == "delivered"] == [
        "acknowledged",
        "action_needed",
    ]


async def test_an_attempt_is_not_begun_after_its_lease_case_29(desk: Desk) -> None:
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    [claimed] = await release.claim(desk.store, 10, None, desk.links)
    held = claimed.claimed
    late = carrying.Beginning(held.scope, held.id, held.number, new_id(), "sandbox", "{}", held.now)
    await lose_leases(desk)
    async with desk.store.transaction() as connection:
        assert await carrying.begin_attempts(connection, [late]) == set()
    assert not await desk.rows("SELECT 1 FROM attempt")

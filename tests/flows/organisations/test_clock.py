"""The clock of a sandbox while others are at work."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from tests.office import START, open_desk
from tracker.flows.organisations.clock import advance
from tracker.flows.outreach import release
from tracker.store.ground.engine import Store


async def test_a_clock_waits_for_what_another_worker_is_sending(store: Store) -> None:
    desk = await open_desk(store)
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await desk.move(START + timedelta(hours=4))
    assert len(await release.claim(store, 10, desk.office.id, desk.links)) == 1, "another worker has it in hand"
    shown: list[datetime] = []

    async def carry(organisation_id: UUID) -> None:
        shown.append(await desk.now())
        if len(shown) == 2:
            await desk.change("UPDATE message SET state = 'delivered', lease_until = NULL WHERE state = 'sending'")

    target = START + timedelta(days=1)
    assert await advance(store, desk.office.id, target, carry) >= target
    assert len(shown) >= 2
    assert all(each < target for each in shown[:2]), "it did not go on while something was under way"

"""Who waits for whom while cases are decided about: who only looks, for nobody; a new definition, for all of it."""

from __future__ import annotations

import asyncio

import pytest

from tests.laws.case_sets import Draft, events, report
from tests.laws.rounds import OPENER
from tests.office import DEFINITION, SERVICE, START, Desk, open_desk
from tracker.core.case.events import StatusReported
from tracker.core.deciding.decide import Deciding
from tracker.core.deciding.reports import Reporter
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode
from tracker.flows.deciding import transaction
from tracker.flows.services import versions
from tracker.store.case import locks
from tracker.store.deciding.dossier import Wanted
from tracker.store.ground.engine import Store, open_store


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


async def test_many_who_wait_for_one_number_leave_connections_to_those_who_look(desk: Desk, store: Store) -> None:
    crowded = open_store(store.engine.url.render_as_string(), pool_size=4)
    desk.store = crowded
    async with locks.holding(store, Scope(desk.office.id, Mode.LIVE), [("backoffice", "P-1")]):
        waiting = [asyncio.create_task(desk.status("P-1", "REC", id=f"e{each}")) for each in range(9)]
        await asyncio.sleep(0.2)
        assert await asyncio.wait_for(crowded.alive(), 2)
        assert not any(each.done() for each in waiting)
    answers = await asyncio.gather(*waiting)
    assert len({each.entry for each in answers}) == 9
    await crowded.close()


async def test_a_definition_waits_for_what_is_decided_by_the_one_before_and_reads_it_again(desk: Desk) -> None:
    """Else a case that is just being opened would keep a code in quarantine that is known by now."""
    widened = DEFINITION.replace('codes = ["VAL", ', 'codes = ["VAL", "VALID-2", ')
    unknown = Draft(StatusReported(SERVICE, "VALID-2"), START)
    told = [report(each) for each in events((OPENER, unknown), "P-1")]
    sender, applying = desk.sender, list[asyncio.Task[versions.Applied]]()

    async def decide(made: Deciding) -> None:
        for each in told:
            made.take(each, Reporter(sender.source_id, sender.source, sender.registers))
        applying.append(asyncio.create_task(versions.apply(desk.store, desk.office, widened)))
        await asyncio.sleep(0.3)
        assert not applying[0].done()

    ids = [each.event.id for each in told]
    wanted = Wanted(Scope(desk.office.id, Mode.LIVE), [("backoffice", "P-1")], sender.source_id, ids, {SERVICE})
    await transaction.decided(desk.store, wanted, decide)
    assert (await applying[0]).moved == 1
    assert [tuple(each) for each in await desk.rows('SELECT stage, unmapped FROM "case"')] == [("checking", False)]

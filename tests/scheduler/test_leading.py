"""One of several schedulers leads; whichever dies or is cut off, another does, and nothing is done twice."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from tests.conftest import Postgres
from tests.office import START, open_desk
from tests.scheduler.scenes import Counted, cut, events, running, until
from tracker.main import JOBS
from tracker.scheduler.ticks import Scheduler
from tracker.store.ground.engine import Store, open_store
from tracker.store.ground.leading import Leadership


async def test_one_of_two_leads_case_31(store: Store) -> None:
    first, second = Counted(), Counted()
    async with running(Scheduler(store, [first.job]), Scheduler(store, [second.job])):
        await until(lambda: first.calls + second.calls >= 10)
        await asyncio.sleep(1.2)
    assert min(first.calls, second.calls) == 0


async def test_the_other_leads_when_the_leader_stops(store: Store) -> None:
    first, second = Counted(), Counted()
    leader, follower = Scheduler(store, [first.job]), Scheduler(store, [second.job])
    async with running(leader):
        await until(lambda: first.calls > 0)
        async with running(follower):
            leader.stop()
            await until(lambda: second.calls > 0)


async def test_a_leader_that_lost_its_connection_runs_nothing_any_more_case_32(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = Counted(), Counted()
    leader, follower = Scheduler(store, [first.job]), Scheduler(store, [second.job])
    async with running(leader):
        await until(lambda: first.calls > 0)
        async with running(follower):
            await asyncio.sleep(0.3)
            assert await cut(store) == 1
            calls = first.calls
            await until(lambda: second.calls > 0)
            await asyncio.sleep(1)
            assert first.calls - calls <= 1, "at most the call that had begun"
            assert await cut(store) == 1
            await until(lambda: first.calls > calls + 1)
    assert "scheduler_lost_lead" in events(caplog)


async def test_a_tick_that_has_more_to_do_stops_when_the_lead_is_gone_case_32(store: Store) -> None:
    first, second = Counted(seconds=60), Counted(seconds=60)
    first.more = 1000
    first.go_on.clear()
    async with running(Scheduler(store, [first.job])):
        await until(first.begun.is_set)
        async with running(Scheduler(store, [second.job])):
            await cut(store)
            await until(lambda: second.calls > 0)
            first.go_on.set()
            await asyncio.sleep(0.2)
            assert first.calls == 1


async def test_all_connections_cut_at_once_leave_one_leader_case_33(store: Store) -> None:
    jobs = [Counted() for _ in range(3)]
    async with running(*(Scheduler(store, [each.job]) for each in jobs)):
        await until(lambda: sum(each.calls for each in jobs) > 3)
        await asyncio.sleep(1)
        assert sum([await cut(store, holders=False) for _ in range(3)]) >= 3
        before = [each.calls for each in jobs]
        await until(lambda: sum(each.calls for each in jobs) > sum(before) + 3)
        await asyncio.sleep(1.5)
        before = [each.calls for each in jobs]
        await asyncio.sleep(0.5)
        assert sum(each.calls > calls for each, calls in zip(jobs, before, strict=True)) == 1


async def test_a_database_that_lets_nobody_in_is_waited_for_case_33(
    postgres: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    name, url = await postgres.fresh()
    parsed = make_url(postgres.url("tracker"))
    admin = await asyncpg.connect(
        host=parsed.query["host"], port=int(str(parsed.query["port"])), user="tracker", database="tracker"
    )
    store, counted = open_store(url, pool_size=2), Counted()
    try:
        async with running(Scheduler(store, [counted.job])):
            await until(lambda: counted.calls > 0)
            await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
            await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
            await until(lambda: events(caplog).count("scheduler_failed") >= 2)
            calls = counted.calls
            await asyncio.sleep(0.3)
            assert counted.calls == calls
            await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
            await until(lambda: counted.calls > calls)
    finally:
        await admin.close()
        await store.close()
        await postgres.drop(name)


async def test_the_lead_does_not_survive_its_session(store: Store) -> None:
    one, other = Leadership(store), Leadership(store)
    assert await one.take() and await one.holds()
    assert not await other.take() and not await other.holds()
    assert await cut(store) == 1
    assert not await one.holds()
    assert await other.take()
    assert not await one.take()
    await other.leave()
    assert not await other.holds()
    assert await one.take()
    await one.leave()


async def test_a_question_broken_off_gives_up_the_lead(store: Store) -> None:
    one, other = Leadership(store), Leadership(store)
    assert await one.take()
    asked = asyncio.create_task(one.holds())
    await asyncio.sleep(0)
    asked.cancel()
    await asyncio.wait([asked])
    assert await one.holds() is not await other.take(), "a new connection in the place of the old holds no lock"
    await one.leave()
    await other.leave()


async def test_two_that_tick_at_once_decide_every_word_once_cases_31_and_36(store: Store) -> None:
    desk = await open_desk(store)
    for number in range(30):
        await desk.status(f"P-{number}", "REC", expected_on="2026-03-05")
        await desk.party(f"P-{number}")
    await desk.status("P-unknown", "VAL")
    await desk.status("P-30", "REC")
    await desk.move(START + timedelta(days=40))
    await desk.status("P-30", "VAL")  # the source lives
    for _ in range(3):
        await asyncio.gather(*(job.flow(store) for job in JOBS for _ in range(3)))
    once = await desk.rows(
        'SELECT number, count(*) FROM message m JOIN "case" c ON c.id = m.case_id '
        "WHERE m.purpose = 'still_working' GROUP BY 1"
    )
    assert {row.number for row in once} >= {f"P-{number}" for number in range(30)}
    assert {row.count for row in once} == {1}
    missed = await desk.rows("SELECT outcome, count(*) FROM promise WHERE latest_on = '2026-03-05' GROUP BY 1")
    assert [tuple(row) for row in missed] == [("missed", 30)]
    alerts = await desk.rows("SELECT kind, times FROM alert WHERE kind = 'parked_expired'")
    assert [tuple(row) for row in alerts] == [("parked_expired", 1)]


async def test_a_leader_that_is_cut_off_in_the_middle_and_its_heir_do_nothing_twice_case_31(store: Store) -> None:
    desk = await open_desk(store)
    for number in range(20):
        await desk.status(f"P-{number}", "REC")
        await desk.party(f"P-{number}")
    await desk.move(START + timedelta(days=14, hours=12))
    await desk.status("P-other", "REC")
    async with running(Scheduler(store, JOBS), Scheduler(store, JOBS)):
        for _ in range(4):
            await asyncio.sleep(0.4)
            await cut(store)
        async with asyncio.timeout(20):
            query = "SELECT count(*) AS words FROM message WHERE purpose = 'still_working'"
            while [row.words for row in await desk.rows(query)] != [20]:
                await asyncio.sleep(0.1)
    once = await desk.rows("SELECT count(*), count(DISTINCT case_id) FROM message WHERE purpose = 'still_working'")
    assert [tuple(row) for row in once] == [(20, 20)]

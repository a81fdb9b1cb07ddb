"""Jobs: called while there is more to do, apart from each other, and stopped at once."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.scheduler.scenes import Counted, events, lines, running, until
from tests.scheduler.test_alarms import Wall
from tracker.scheduler import ticks
from tracker.scheduler.ticks import MOST_CALLS, TOO_OFTEN, Job, Scheduler
from tracker.store.ground.engine import Store


async def test_a_flow_is_called_again_at_once_while_it_finds_more(store: Store) -> None:
    counted = Counted(seconds=60)
    counted.more = 5
    async with running(Scheduler(store, [counted.job])):
        await until(lambda: counted.calls == 5)
        await asyncio.sleep(0.1)
    assert counted.calls == 5


async def test_one_tick_is_bounded_and_the_next_comes_soon(store: Store) -> None:
    counted = Counted(seconds=60)
    counted.more = MOST_CALLS + 3
    async with running(Scheduler(store, [counted.job])):
        await until(lambda: counted.calls >= MOST_CALLS)
        await asyncio.sleep(0.3)
        assert counted.calls == MOST_CALLS
        await until(lambda: counted.calls == MOST_CALLS + 3)


async def test_a_job_that_returns_nothing_is_done(store: Store) -> None:
    called = []

    async def tidy(_: Store) -> None:
        called.append(1)

    async with running(Scheduler(store, [Job("tidy", 60, tidy)])):
        await until(lambda: bool(called))
        await asyncio.sleep(0.1)
    assert called == [1]


async def test_a_failing_job_stops_no_other_and_says_no_name(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    bad, good = Counted("bad", 0.02), Counted("good", 0.05)
    bad.fault = ValueError("alex@example.org is no address")
    async with running(Scheduler(store, [bad.job, good.job])):
        await until(lambda: good.calls >= 10 and bad.calls >= TOO_OFTEN)
        await asyncio.sleep(0.05)
        bad.fault = None
        calls = bad.calls
        await until(lambda: bad.calls >= calls + 2)
    failed = lines(caplog, "tick_failed")
    assert [(each["job"], each["fault"], each["failures"]) for each in failed] == [
        ("bad", "ValueError", times) for times in range(1, TOO_OFTEN)
    ]
    [*alarmed] = lines(caplog, "tick_keeps_failing")
    assert alarmed and {each["level"] for each in alarmed} == {"error"}
    assert "alex" not in caplog.text.replace(__file__, "")


async def test_a_failing_job_is_tried_less_and_less_often(store: Store) -> None:
    bad = Counted("bad", 0.02)
    bad.fault = RuntimeError()
    async with running(Scheduler(store, [bad.job])):
        await until(lambda: bad.calls >= 3)
        await asyncio.sleep(1)
        assert bad.calls <= 7


async def test_a_job_that_hangs_holds_up_no_other(store: Store) -> None:
    stuck, good = Counted("stuck", 0.05), Counted("good", 0.05)
    stuck.go_on.clear()
    async with running(Scheduler(store, [stuck.job, good.job])):
        await until(lambda: good.calls >= 5)
        assert stuck.calls == 1
        stuck.go_on.set()
        await until(lambda: stuck.calls >= 3)


async def test_a_call_that_never_ends_is_broken_off(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ticks, "LONGEST_CALL_SECONDS", 0.05)
    stuck = Counted("stuck", 0.05)
    stuck.go_on.clear()
    async with running(Scheduler(store, [stuck.job])):
        await until(lambda: stuck.calls >= 2)
    assert "tick_failed" in events(caplog)


async def test_stopping_is_prompt_and_finishes_the_call_in_hand(store: Store) -> None:
    counted = Counted(seconds=60)
    counted.more = 1000
    counted.go_on.clear()
    scheduler = Scheduler(store, [counted.job])
    task = asyncio.create_task(scheduler.run())
    await until(counted.begun.is_set)
    scheduler.stop()
    await asyncio.sleep(0.1)
    assert not task.done(), "the call in hand is waited for"
    begun = time.monotonic()
    counted.go_on.set()
    await task
    assert time.monotonic() - begun < 5  # and not only at the next tick
    assert counted.calls == 1, "and is the last one"


async def test_an_idle_one_stops_at_once(store: Store) -> None:
    scheduler = Scheduler(store, [Counted(seconds=60).job])
    task = asyncio.create_task(scheduler.run())
    await asyncio.sleep(0.3)
    begun = time.monotonic()
    scheduler.stop()
    await task
    assert time.monotonic() - begun < 5  # and not only at the next tick


async def test_one_that_is_stopped_before_it_began_does_nothing(store: Store) -> None:
    counted = Counted()
    scheduler = Scheduler(store, [counted.job])
    scheduler.stop()
    await scheduler.run()
    assert counted.calls == 0


async def test_the_ticks_go_on_after_the_machine_s_clock_was_set_back_case_39(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    counted, wall = Counted(), Wall()
    async with running(Scheduler(store, [counted.job], wall=wall)):
        await until(lambda: counted.calls >= 2)
        wall.step = type(wall.step)(hours=-1)
        await asyncio.sleep(0.3)
        calls = counted.calls
        await until(lambda: counted.calls >= calls + 5)
    assert "alarms_late" in events(caplog)

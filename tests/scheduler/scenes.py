"""Schedulers that run beside a test, jobs that tell of themselves, and the end of a leader's connection."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from tracker.scheduler.ticks import Job, Scheduler
from tracker.store.ground.engine import Store
from tracker.store.ground.leading import APPLICATION
from tracker.web.logs import JsonLines


class Counted:
    """A job that counts its calls, does `more` several times over, and can be made to fail or to wait."""

    def __init__(self, name: str = "tick", seconds: float = 0.1) -> None:
        self.job = Job(name, seconds, self._call)
        self.calls = 0
        self.more = 0
        self.fault: Exception | None = None
        self.begun = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def _call(self, store: Store) -> int:
        self.calls += 1
        self.begun.set()
        await self.go_on.wait()
        if self.fault is not None:
            raise self.fault
        self.more -= 1
        return max(0, self.more)


@asynccontextmanager
async def running(*schedulers: Scheduler) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Schedulers at work until the block ends; they must end within a moment when they are stopped."""
    tasks = [asyncio.create_task(each.run()) for each in schedulers]
    try:
        yield tasks
    finally:
        for each in schedulers:
            each.stop()
        async with asyncio.timeout(10):
            await asyncio.gather(*tasks)


async def until(true: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


async def cut(store: Store, *, holders: bool = True) -> int:
    """End the connection that holds the lock, or those of all candidates; how many there were."""
    query = """
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity a
        WHERE datname = current_database() AND application_name = :application AND (NOT :holders OR EXISTS (
            SELECT FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.granted))
    """
    async with store.reading() as connection:
        values = {"application": APPLICATION, "holders": holders}
        return int((await connection.execute(text(query), values)).scalar_one())


def events(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The events that were logged."""
    return [record.getMessage() for record in caplog.records]


def lines(caplog: pytest.LogCaptureFixture, event: str) -> list[dict[str, object]]:
    """The lines of one event, as an operator reads them."""
    return [json.loads(JsonLines().format(each)) for each in caplog.records if each.getMessage() == event]

"""The ticks: what must be looked at again and again, by the one scheduler of several that leads.

Every tick is safe to run twice, at once or again: what is due is in the tables, and whoever comes second finds nothing
to do. So the lead only saves work, and may pass at any moment from one process to another.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from tracker.scheduler.alarms import Alarms
from tracker.store.ground.engine import Store
from tracker.store.ground.leading import Leadership
from tracker.store.ground.trouble import traces, unavailable

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
"""How often the leader looks whether it still leads, and the others whether they may."""

MOST_CALLS = 20
"""How often one tick calls its flow while there is more to do, before others have their turn."""

TOO_OFTEN = 5
"""After so many failures in a row a job needs somebody to look at it."""

LONGEST_PAUSE_SECONDS = 60.0
"""A job that fails is tried again after growing pauses, up to this one."""

LONGEST_CALL_SECONDS = 600.0
"""A call that takes longer is stuck: it is broken off, counts as failed, and is made again."""


@dataclass(frozen=True, slots=True)
class Job:
    """A flow to be called every so many seconds; it returns how much it did, and is called again while that is more
    than nothing. `name` is for logs."""

    name: str
    seconds: float
    flow: Callable[[Store], Awaitable[int | None]]


class Scheduler:
    """Calls each job in its time while it leads. Any number of them may run over one database.

    `wall`: the zone whose clock the alarms read.
    """

    def __init__(self, store: Store, jobs: Sequence[Job], *, wall: tzinfo = UTC) -> None:
        self._store = store
        self._jobs = {job.name: job for job in jobs}
        self._wall = wall
        self._failures: dict[str, int] = {}
        self._stop = asyncio.Event()
        self._leadership = Leadership(store)
        self._alarms: Alarms | None = None

    def stop(self) -> None:
        """Finish the calls in hand, give up the lead, then return from `run`."""
        self._stop.set()

    async def run(self) -> None:
        """Lead or follow until stopped. A database that is away is waited for, with growing and uneven pauses."""
        alarms = Alarms(self._ring, {job.name: job.seconds for job in self._jobs.values()}, wall=self._wall)
        self._alarms, failures = alarms, 0
        try:
            while not self._stop.is_set():
                pause = LOOK_SECONDS
                try:
                    leads, failures = await self._leadership.take(), 0
                    if leads:
                        await self._lead(alarms)
                except Exception as fault:  # whatever it is: a scheduler that ends silently is worse
                    failures += 1
                    pause = min(10.0, 0.2 * 2 ** min(failures, 8))
                    event = "scheduler_waits_for_database" if unavailable(fault) else "scheduler_failed"
                    log.warning(event, extra={"fault": type(fault).__name__, "failures": failures})
                await self._rest(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads, hides nothing
        finally:
            await alarms.close()
            await self._leadership.leave()

    async def _lead(self, alarms: Alarms) -> None:
        """Let the alarms ring until the lead is lost or the scheduler stopped."""
        log.info("scheduler_leads")
        alarms.on()
        try:
            while not self._stop.is_set() and await self._leadership.holds():
                if late := alarms.mend():
                    log.warning("alarms_late", extra={"jobs": late})
                await self._rest(LOOK_SECONDS)
        finally:
            alarms.off()
        if not self._stop.is_set():
            log.warning("scheduler_lost_lead")

    async def _ring(self, name: str) -> None:
        """One tick of one job. Whatever goes wrong stays here, so that the other jobs go on."""
        job, alarms = self._jobs[name], self._alarms
        assert alarms is not None, "alarms ring while the scheduler runs"
        try:
            more = await self._calls(job)
        except Exception as fault:
            failures = self._failures[name] = self._failures.get(name, 0) + 1
            often = failures >= TOO_OFTEN
            extra = {"job": name, "fault": type(fault).__name__, "failures": failures, "place": traces(fault)}
            log.log(
                logging.ERROR if often else logging.WARNING,
                "tick_keeps_failing" if often else "tick_failed",
                extra=extra,
            )
            alarms.set(name, max(job.seconds, min(LONGEST_PAUSE_SECONDS, job.seconds * 2 ** min(failures, 8))))
        else:
            self._failures.pop(name, None)
            if more:
                alarms.set(name, min(job.seconds, LOOK_SECONDS))

    async def _calls(self, job: Job) -> bool:
        """Call a flow while it finds something to do, up to a bound, and the lead is ours; whether more is left."""
        for _ in range(MOST_CALLS):
            if self._stop.is_set() or not await self._leadership.holds():
                return False
            async with asyncio.timeout(LONGEST_CALL_SECONDS):
                if not await job.flow(self._store):
                    return False
        return True

    async def _rest(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stop.wait(), seconds)
        except TimeoutError:
            return

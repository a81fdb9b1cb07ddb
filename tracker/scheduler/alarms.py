"""The alarm clock: APScheduler, of which nothing is kept. What is due is in the tables; this only says "look now".

It reckons in the machine's wall clock. When that is set back by an hour, its next alarm is an hour away; when it
is set forward, every alarm that was missed would ring. So each alarm is set anew from the present, and a second
clock, which cannot be set, notices alarms that do not come.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta, tzinfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

LATE_SECONDS = 3.0
"""An alarm is late when it is overdue by three of its intervals, and by this at least."""

CLOSING_SECONDS = 10.0
"""How long what was rung for may take to end when the alarms are put away."""


class Every(BaseTrigger):  # type: ignore[misc]
    """So many seconds from now, whenever that is: alarms that were missed are not made up for."""

    def __init__(self, seconds: float, first: float) -> None:
        self._seconds = seconds
        self._first = first

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """When to ring next, after `first` seconds when it has not rung yet."""
        return now + timedelta(seconds=self._first if previous_fire_time is None else self._seconds)


class Alarms:
    """Rings for each name again and again while they are on. `ring` must not raise, and is never called for a name
    while it still runs for it.

    `every`: the seconds between two alarms, by name. `wall`: the zone whose clock APScheduler reads. `steady`: a clock
    in seconds that nobody can set.
    """

    def __init__(
        self,
        ring: Callable[[str], Awaitable[None]],
        every: Mapping[str, float],
        *,
        wall: tzinfo = UTC,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # it tells of every alarm, twice
        self._ring = ring
        self._every = dict(every)
        self._steady = steady
        self._expected = dict.fromkeys(self._every, steady())
        self._in_hand: dict[str, asyncio.Task[None] | None] = {}
        self._clock = AsyncIOScheduler(
            timezone=wall, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._clock.start(paused=True)
        for name, seconds in self._every.items():
            self._clock.add_job(self._rung, Every(seconds, 0), args=(name,), id=name, name=name)

    def on(self) -> None:
        """Ring for each name at once, and then at its intervals."""
        self._clock.resume()
        for name in self._every:
            self.set(name, 0)

    def off(self) -> None:
        """Ring no more; what was rung for goes on."""
        self._clock.pause()

    def set(self, name: str, seconds: float) -> None:
        """Ring next in so many seconds, and then at the usual interval."""
        self._expected[name] = self._steady() + seconds
        self._clock.reschedule_job(name, trigger=Every(self._every[name], seconds))

    def mend(self) -> list[str]:
        """Set all alarms anew if any is late, each for what is left of its time; returns the late ones."""
        now = self._steady()
        late = [
            name
            for name, seconds in self._every.items()
            if name not in self._in_hand and now - self._expected[name] > max(3 * seconds, LATE_SECONDS)
        ]
        if late:
            for name in self._every:
                self.set(name, max(0.0, self._expected[name] - now))
        return late

    async def close(self) -> None:
        """Ring no more, wait a while for what was rung for, and end it if it does not end by itself."""
        self.off()
        await asyncio.sleep(0)  # what was rung for in this very moment begins, so that it can be waited for
        if tasks := [task for task in self._in_hand.values() if task is not None]:
            await asyncio.wait(tasks, timeout=CLOSING_SECONDS)
        self._clock.shutdown()  # would cancel what is in hand, and does so only when the loop comes to it
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def _rung(self, name: str) -> None:
        self._expected[name] = self._steady() + self._every[name]
        self._in_hand[name] = asyncio.current_task()
        try:
            await self._ring(name)
        finally:
            del self._in_hand[name]
            self._expected[name] = max(self._expected[name], self._steady())

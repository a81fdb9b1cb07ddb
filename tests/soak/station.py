"""A scheduler or a worker in a process of its own: says that it is ready, waits for a line, and works until killed."""

from __future__ import annotations

import asyncio
import random
import sys

from notifications.channels import Answer, Outgoing
from notifications.sandbox import Sandbox
from tests.laws.deliveries import worker
from tracker.main import JOBS
from tracker.scheduler.ticks import Scheduler
from tracker.store.ground.engine import open_store


class Slow(Sandbox):
    """Takes as long as a provider, so that death comes at every point of a message's way."""

    async def send(self, outgoing: Outgoing) -> Answer:
        """Catch a message, with a pause before or after."""
        before, after = random.uniform(0, 0.05), random.uniform(0, 0.05)
        await asyncio.sleep(before)
        answer = await super().send(outgoing)
        await asyncio.sleep(after)
        return answer


async def main(kind: str, url: str) -> None:
    """Work, without an end."""
    store = open_store(url, pool_size=8)
    print("ready", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await (Scheduler(store, JOBS) if kind == "scheduler" else worker(store, Slow(store))).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

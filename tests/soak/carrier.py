"""A worker in a process of its own: carries what is due each time it is told to, until its input ends."""

import asyncio
import sys
from uuid import UUID

from tests.laws.deliveries import worker
from tracker.store.ground.engine import open_store


async def main(url: str, organisation: UUID) -> None:
    """Carry on every line of input, and answer with a line."""
    store = open_store(url, pool_size=10)
    carrier = worker(store)
    loop = asyncio.get_running_loop()
    print("ready", flush=True)
    while await loop.run_in_executor(None, sys.stdin.readline):
        await carrier.carry(organisation)
        print("done", flush=True)
    await store.close()


asyncio.run(main(sys.argv[1], UUID(sys.argv[2])))

"""A process that takes batches in: says that it is ready, then takes the batch of each name that it is given."""

from __future__ import annotations

import asyncio
import os
import random
import sys

from tests.laws.case_sets import Draft, events, report
from tests.laws.rounds import APPLICANT, FOLLOWER, OPENER
from tests.office import SERVICE, START
from tracker.core.case.events import NeededItem, NeedsReported, StatusReported
from tracker.core.deciding.reports import Report
from tracker.flows.deciding.intake import CHUNK, take_in
from tracker.store.ground.engine import open_store
from tracker.store.organisations import keys

CASES = 40
LIFE = (
    OPENER,
    APPLICANT,
    Draft(NeedsReported((NeededItem("plan", "A word"),)), FOLLOWER.time),
    FOLLOWER,
    Draft(StatusReported(SERVICE, "CONSULT"), START),
)


def batch(name: str) -> list[Report]:
    """The events of forty cases, mixed as the last sign of the name says; their numbers begin with it."""
    told = [event for case in range(CASES) for event in events(LIFE, f"{name}-{case:02}")]
    random.Random(name[-1]).shuffle(told)
    return [report(event) for event in told]


async def main(url: str, key: str) -> None:
    """Take in what is asked for, without an end. `key`: the digest of the key by which it comes."""
    store = open_store(url, pool_size=4)
    async with store.reading() as connection:
        sender = await keys.sender_by_digest(connection, bytes.fromhex(key))
    assert sender is not None
    # The first batch of a process takes far longer: nobody is to die in that time alone.
    await take_in(store, sender, batch(f"warm{os.getpid()}-0")[:CHUNK])
    print("ready", flush=True)
    while name := (await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)).strip():
        await take_in(store, sender, batch(name))
        print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

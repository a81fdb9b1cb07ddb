"""Rounds of workers that share the due messages, die or sleep. Each function does one and says what went wrong.

The test suite does a few rounds of each, the soak hundreds.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

from notifications.channels import Answer as Carried
from notifications.channels import Carriers, Outgoing
from notifications.deliver import Worker
from notifications.sandbox import Sandbox
from tests.laws.case_sets import House, events
from tests.laws.rounds import APPLICANT, OPENER, change, send
from tests.office import SECRET
from tracker.flows.outreach.release import Links
from tracker.store.ground.engine import Store
from tracker.store.outreach import carrying

LINKS = Links("https://track.example.org", SECRET)


async def fill(house: House, count: int) -> None:
    """Cases of which one message each is due."""
    batch = 20
    for start in range(0, count, batch):
        numbers = [house.number() for _ in range(min(batch, count - start))]
        await asyncio.gather(*(_open(house, number) for number in numbers))


async def _open(house: House, number: str) -> None:
    for event in events((APPLICANT, OPENER), number):
        await send(house, event)


async def multiply(house: House, times: int) -> None:
    """Every message that somebody is to hear, this many times over: quick to make, and each is carried like any."""
    await change(
        house.desk.store,
        """
        INSERT INTO message
        SELECT (jsonb_populate_record(m, jsonb_build_object('id', gen_random_uuid(), 'key', m.key || ':' || n))).*
        FROM message m CROSS JOIN generate_series(2, :times) n
        WHERE m.recipient_id IS NOT NULL AND m.organisation_id = :office
        """,
        times=times,
        office=house.desk.office.id,
    )


async def due_again(house: House) -> None:
    """Make every message due as if nothing had been sent of it."""
    for statement in (
        "DELETE FROM caught WHERE organisation_id = :office",
        "DELETE FROM attempt WHERE organisation_id = :office",
        """UPDATE message SET state = 'due', reason = NULL, attempt_number = 0, lease_until = NULL, settled_at = NULL
        WHERE recipient_id IS NOT NULL AND organisation_id = :office""",
    ):
        await change(house.desk.store, statement, office=house.desk.office.id)


async def wrongs(house: House, count: int) -> str | None:
    """What is wrong after everything was carried: each of `count` messages must have been caught exactly once."""
    query = """
        SELECT state, (SELECT count(*) FROM caught k WHERE k.message_id = m.id) AS caught, count(*)
        FROM message m WHERE recipient_id IS NOT NULL AND organisation_id = :office GROUP BY 1, 2
    """
    found = {(row[0], row[1]): row[2] for row in await house.desk.rows(query, office=house.desk.office.id)}
    return None if found == {("delivered", 1): count} else f"(state, times caught): messages = {found}"


async def lapse(store: Store) -> None:
    """Every lease is over, and whatever waits for another try is due. A row that a worker has in hand is left out."""
    for values, which in (
        ("lease_until = clock_timestamp() - interval '1 second'", "state = 'sending'"),
        ("due_at = decided_at", "state = 'due' AND due_at > decided_at"),
    ):
        rows = f"SELECT organisation_id, mode, id FROM message WHERE {which} ORDER BY id FOR UPDATE SKIP LOCKED"
        await change(store, f"UPDATE message SET {values} WHERE (organisation_id, mode, id) IN ({rows})")


def worker(store: Store, carrier: Any = None) -> Worker:
    """A worker that carries into the sandbox, or through `carrier`."""
    chosen = carrier or Sandbox(store)
    return Worker(store, Carriers(chosen), LINKS)


async def two_workers(house: House, others: Store, count: int) -> str | None:
    """Two workers with pools of their own over the same due messages."""
    await due_again(house)
    first, second = worker(house.desk.store), worker(others)
    await asyncio.gather(first.carry(house.desk.office.id), second.carry(house.desk.office.id))
    return await wrongs(house, count)


class Dying(Sandbox):
    """Stops for good at one of the first messages, before or after it hands that one over."""

    def __init__(self, store: Store, *, after: bool) -> None:
        super().__init__(store)
        self._after = after
        self._left = random.randint(0, 30)
        self.died = asyncio.Event()

    async def send(self, outgoing: Outgoing) -> Carried:
        """Catch a message, or die."""
        self._left -= 1
        if self._left >= 0:
            return await super().send(outgoing)
        if self._after:
            await super().send(outgoing)
        self.died.set()
        return await asyncio.get_running_loop().create_future()


async def killed_after_claim(house: House, count: int) -> str | None:
    """Case 27: claimed, and then nothing."""
    await due_again(house)
    async with house.desk.store.transaction() as connection:
        await carrying.claim(connection, count, house.desk.office.id)
    await lapse(house.desk.store)
    await worker(house.desk.store).carry(house.desk.office.id)
    return await wrongs(house, count)


async def _killed_while_sending(house: House, count: int, *, after: bool) -> str | None:
    await due_again(house)
    for _ in range(2):
        carrier = Dying(house.desk.store, after=after)
        task = asyncio.ensure_future(worker(house.desk.store, carrier).once(house.desk.office.id))
        await carrier.died.wait()
        task.cancel()
        await asyncio.wait([task])
        await lapse(house.desk.store)
    for _ in range(3):
        await worker(house.desk.store).carry(house.desk.office.id)
        await lapse(house.desk.store)
    return await wrongs(house, count)


async def killed_before_sending(house: House, count: int) -> str | None:
    """Between the attempt and the provider: nothing was sent, another worker sends once."""
    return await _killed_while_sending(house, count, after=False)


async def killed_after_sending(house: House, count: int) -> str | None:
    """Case 28, between the provider and our record: settled by asking the sandbox, never sent again."""
    return await _killed_while_sending(house, count, after=True)


class Sleepy(Sandbox):
    """Sleeps before it hands messages over, until it is woken."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.asleep = asyncio.Event()
        self.wake = asyncio.Event()

    async def send(self, outgoing: Outgoing) -> Carried:
        """Catch a message, late."""
        self.asleep.set()
        await self.wake.wait()
        return await super().send(outgoing)


async def paused(house: House, count: int) -> str | None:
    """Cases 29 and 30: a worker sleeps past its lease with messages in hand; what it does then changes nothing."""
    await due_again(house)
    carrier = Sleepy(house.desk.store)
    sleeper = asyncio.ensure_future(worker(house.desk.store, carrier).once(house.desk.office.id))
    await carrier.asleep.wait()
    await asyncio.sleep(0.02)
    await lapse(house.desk.store)
    await worker(house.desk.store).carry(house.desk.office.id)
    query = "SELECT id, state, attempt_number, settled_at FROM message WHERE organisation_id = :office ORDER BY id"
    before = await house.desk.rows(query, office=house.desk.office.id)
    carrier.wake.set()
    await sleeper
    if await house.desk.rows(query, office=house.desk.office.id) != before:
        return "the worker that woke up late changed something"
    return await wrongs(house, count)


async def woke_as_it_was_rescued(house: House, count: int) -> str | None:
    """Case 30: the rescuer and the sleeper finish at the same instant."""
    await due_again(house)
    carrier = Sleepy(house.desk.store)
    sleeper = asyncio.ensure_future(worker(house.desk.store, carrier).once(house.desk.office.id))
    await carrier.asleep.wait()
    await lapse(house.desk.store)
    rescuer = asyncio.ensure_future(worker(house.desk.store).carry(house.desk.office.id))
    await asyncio.sleep(random.uniform(0, 0.03))
    carrier.wake.set()
    await asyncio.gather(sleeper, rescuer)
    await lapse(house.desk.store)
    await worker(house.desk.store).carry(house.desk.office.id)
    return await wrongs(house, count)


DELIVERY: dict[str, Callable[[House, int], Awaitable[str | None]]] = {
    "worker killed after claim": killed_after_claim,
    "worker killed before sending": killed_before_sending,
    "worker killed after sending": killed_after_sending,
    "worker slept past its lease": paused,
    "worker woke as it was rescued": woke_as_it_was_rescued,
}

"""Rounds of things that happen at the same instant. Each function does one round and says what went wrong, if anything.

The test suite does a few rounds of each, the soak hundreds.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from notifications.channels import Answer as Carried
from notifications.channels import Outgoing
from notifications.deliver import Worker
from notifications.sandbox import Sandbox
from tests.laws.case_sets import Draft, House, events
from tests.office import SERVICE, START
from tracker.core.errors import ContentDiffers
from tracker.core.events import Address, Channel, PartyReported, StatusEvent, StatusReported
from tracker.flows import ingest as intake
from tracker.flows.ingest import Answer
from tracker.flows.sweep import sweep
from tracker.store import carrying
from tracker.store.engine import Store

URL = "https://track.example.org/track"
OPENER = Draft(StatusReported(SERVICE, "REC"), START - timedelta(hours=9))
FOLLOWER = Draft(StatusReported(SERVICE, "ASSESS"), START - timedelta(hours=5))
APPLICANT = Draft(
    PartyReported("1", channels=(Address(Channel.EMAIL, "alex@example.org"),), known_fact=b"a" * 32),
    START - timedelta(hours=7),
)


async def send(house: House, event: StatusEvent) -> Answer:
    """Take one event on a connection of its own."""
    fingerprint = hashlib.sha256(repr(event).encode()).digest()
    return await intake.ingest(house.desk.store, house.desk.sender, event, fingerprint)


async def _together(*calls: Awaitable[Any]) -> list[Any]:
    """The answers of calls that begin at the same instant, in a random order; exceptions among them."""
    begin = asyncio.Event()

    async def one(call: Awaitable[Any]) -> Any:
        await begin.wait()
        return await call

    tasks = [asyncio.ensure_future(one(call)) for call in calls]
    random.shuffle(tasks)
    await asyncio.sleep(0)
    begin.set()
    return list(await asyncio.gather(*tasks, return_exceptions=True))


async def opener_and_follower(house: House) -> str | None:
    """The opening event of a case, the next one and its applicant, each on a connection of its own."""
    number = house.number()
    told = events((OPENER, FOLLOWER, APPLICANT), number)
    random.shuffle(told)
    answers = await _together(*(send(house, event) for event in told))
    state = await house.state(number)
    if any(isinstance(answer, BaseException) for answer in answers):
        return f"an event was refused: {answers}"
    if state is None or state["stage"]["code"] != "assessing":
        return f"the case is not what its events say: {state}"
    if [row[:2] for row in await house.due(number)] != [("acknowledged", "1"), ("updated", "1")]:
        return f"the wrong messages are due: {await house.due(number)}"
    parked = await house.desk.rows("SELECT 1 FROM entry WHERE number = :number AND case_id IS NULL", number=number)
    return "an event stayed behind" if parked else None


async def same_event(house: House) -> str | None:
    """One event on several connections (case 2), and once more when it is all over (case 25)."""
    number = house.number()
    [event] = events((OPENER,), number)
    answers = await _together(*(send(house, event) for _ in range(4)))
    answers.append(await send(house, event))
    outcomes = Counter(getattr(answer, "outcome", repr(answer)) for answer in answers)
    if outcomes != {"applied": 1, "duplicate": 4}:
        return f"answered {dict(outcomes)}"
    if len({(answer.entry, answer.reference) for answer in answers}) != 1:
        return "the duplicates were not told of the first entry and its case"
    [(kept,)] = await house.desk.rows("SELECT count(*) FROM entry WHERE number = :number", number=number)
    return None if kept == 1 else f"kept {kept} times"


async def same_id_for_two_numbers(house: House) -> str | None:
    """One id for two case numbers at once: the lock of a number does not help, the unique key does."""
    first, second = events((OPENER,), house.number()), events((OPENER,), house.number())
    twin = StatusEvent(first[0].id, "backoffice", second[0].type, second[0].number, second[0].time, second[0].body)
    [(before,)] = await house.desk.rows("SELECT count(*) FROM audit WHERE action = 'intake.content_differs'")
    answers = await _together(send(house, first[0]), send(house, twin))
    [(after,)] = await house.desk.rows("SELECT count(*) FROM audit WHERE action = 'intake.content_differs'")
    refused = [answer for answer in answers if isinstance(answer, ContentDiffers)]
    taken = [answer for answer in answers if isinstance(answer, Answer) and answer.outcome == "applied"]
    if len(refused) != 1 or len(taken) != 1:
        return f"answered {answers}"
    if after != before + 1:
        return "the refusal was not audited"
    numbers = {"a": first[0].number, "b": twin.number}
    [(cases,)] = await house.desk.rows('SELECT count(*) FROM "case" WHERE number IN (:a, :b)', **numbers)
    return None if cases == 1 else f"made {cases} cases"


async def crashed_before_commit(house: House) -> str | None:
    """The process dies before it commits (case 19): nothing was stored, and the retry is taken as the first."""
    number = house.number()
    [event] = events((OPENER,), number)
    task = asyncio.ensure_future(send(house, event))
    await asyncio.sleep(random.uniform(0, 0.01))
    task.cancel()
    died = False
    try:
        await task
    except asyncio.CancelledError:
        died = True
    stored = await house.desk.rows("SELECT 1 FROM entry WHERE number = :number", number=number)
    again = await send(house, event)
    if again.outcome != ("duplicate" if stored else "applied") or again.reference is None:
        return f"died {died}, stored {len(stored)}, and the retry was answered {again}"
    [(cases,)] = await house.desk.rows('SELECT count(*) FROM "case" WHERE number = :number', number=number)
    return None if cases == 1 else f"made {cases} cases"


async def two_sweeps(house: House) -> str | None:
    """Two schedulers keep one word (case 31): one message, however many sweep."""
    number = house.number()
    for event in events((OPENER, APPLICANT), number):
        await send(house, event)
    await _sql(
        house.desk.store,
        "UPDATE \"case\" SET next_word_on = '2026-02-27', next_word_at = '2026-02-27T10:00Z' WHERE number = :number",
        number=number,
    )
    answers = await _together(*(sweep(house.desk.store, house.desk.office.id) for _ in range(3)))
    if any(isinstance(answer, BaseException) for answer in answers):
        return f"a sweep broke: {answers}"
    said = [row[0] for row in await house.due(number)]
    return None if said == ["acknowledged", "still_working"] else f"said {said}"


INTAKE: dict[str, Callable[[House], Awaitable[str | None]]] = {
    "opener and follower at once": opener_and_follower,
    "same event at once": same_event,
    "same id for two numbers at once": same_id_for_two_numbers,
    "died before commit": crashed_before_commit,
    "two sweeps at once": two_sweeps,
}


async def _sql(store: Store, statement: str, **values: Any) -> int:
    async with store.transaction() as connection:
        return (await connection.execute(text(statement), values)).rowcount


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
    await _sql(
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
        await _sql(house.desk.store, statement, office=house.desk.office.id)


async def wrongs(house: House, count: int) -> str | None:
    """What is wrong after everything was carried: each of `count` messages must have been caught exactly once."""
    query = """
        SELECT state, (SELECT count(*) FROM caught k WHERE k.message_id = m.id) AS caught, count(*)
        FROM message m WHERE recipient_id IS NOT NULL AND organisation_id = :office GROUP BY 1, 2
    """
    found = {(row[0], row[1]): row[2] for row in await house.desk.rows(query, office=house.desk.office.id)}
    return None if found == {("delivered", 1): count} else f"(state, times caught): messages = {found}"


async def lapse(store: Store) -> None:
    """Every lease is over, and whatever waits for another try is due."""
    await _sql(
        store, "UPDATE message SET lease_until = clock_timestamp() - interval '1 second' WHERE state = 'sending'"
    )
    await _sql(store, "UPDATE message SET due_at = decided_at WHERE state = 'due' AND due_at > decided_at")


def worker(store: Store, carrier: Any = None) -> Worker:
    """A worker that carries into the sandbox, or through `carrier`."""
    chosen = carrier or Sandbox(store)
    return Worker(store, lambda _: chosen, URL)


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

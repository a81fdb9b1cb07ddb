"""Rounds of things that happen at the same instant. Each function does one round and says what went wrong, if anything.

The test suite does a few rounds of each, the soak hundreds.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from tests.laws.case_sets import Draft, House, events, report
from tests.office import SERVICE, START
from tracker.core.case.events import Address, PartyReported, StatusEvent, StatusReported
from tracker.core.deciding.reports import Answer
from tracker.core.vocabulary.errors import ContentDiffers
from tracker.core.vocabulary.words import Channel
from tracker.flows.deciding import intake
from tracker.flows.deciding.sweep import sweep
from tracker.store.ground.engine import Store

OPENER = Draft(StatusReported(SERVICE, "REC"), START - timedelta(hours=9))
FOLLOWER = Draft(StatusReported(SERVICE, "ASSESS"), START - timedelta(hours=5))
APPLICANT = Draft(
    PartyReported(
        "1", channels=(Address(Channel.EMAIL, "alex@example.org", "alex@example.org"),), known_fact=b"a" * 32
    ),
    START - timedelta(hours=7),
)


async def send(house: House, event: StatusEvent) -> Answer:
    """Take one event on a connection of its own."""
    return await intake.ingest(house.desk.store, house.desk.sender, report(event))


async def together(*calls: Awaitable[Any]) -> list[Any]:
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


async def change(store: Store, statement: str, **values: Any) -> int:
    """Run a statement in a transaction of its own; how many rows it touched."""
    async with store.transaction() as connection:
        return (await connection.execute(text(statement), values)).rowcount


async def opener_and_follower(house: House) -> str | None:
    """The opening event of a case, the next one and its applicant, each on a connection of its own."""
    number = house.number()
    told = events((OPENER, FOLLOWER, APPLICANT), number)
    random.shuffle(told)
    answers = await together(*(send(house, event) for event in told))
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
    answers = await together(*(send(house, event) for _ in range(4)))
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
    answers = await together(send(house, first[0]), send(house, twin))
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
    await change(
        house.desk.store,
        "UPDATE \"case\" SET next_word_on = '2026-02-27', next_word_at = '2026-02-27T10:00Z' WHERE number = :number",
        number=number,
    )
    answers = await together(*(sweep(house.desk.store, house.desk.office.id) for _ in range(3)))
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

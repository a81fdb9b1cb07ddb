"""Lock, dossier, decide, changes, commit: the one way in which a case changes, whatever the occasion.

What races is rolled back and decided again on what there is then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from secrets import randbelow
from typing import TypeVar
from uuid import UUID

from tracker.core import references
from tracker.core.decide import Decided, Deciding
from tracker.core.dossier import Number
from tracker.core.fresh import Fresh
from tracker.flows import addresses, holidays
from tracker.store import changes, dossier, locks
from tracker.store.columns import Mode, new_id
from tracker.store.dossier import Wanted
from tracker.store.engine import Store

MOST_NUMBERS = 50
"""So many numbers are decided about in one transaction at most: for so long others wait for them."""

TRIES = 3

Result = TypeVar("Result")


class _Fresh:
    """Ids in order of time, and references drawn at random."""

    def id(self) -> UUID:
        """A UUIDv7."""
        return new_id()

    def reference(self) -> str:
        """One that is taken makes the decision race, and is drawn again."""
        return references.reference(randbelow(references.CAPACITY))


FRESH = _Fresh()

Decide = Callable[[Deciding], Awaitable[Result]]
"""Takes events or looks at cases, and tells what came of it."""


async def decided(store: Store, wanted: Wanted, decide: Decide[Result], fresh: Fresh = FRESH) -> tuple[Result, Decided]:
    """Decide about some numbers in one transaction. Returns when it is durable. Raises Raced when others were faster
    three times. `fresh`: what supplies ids and references."""
    for again in range(TRIES):
        try:
            return await _once(store, wanted, decide, fresh)
        except Exception as fault:
            if not changes.is_race(fault) or again == TRIES - 1:
                raise
            await asyncio.sleep(0)
    raise AssertionError("unreachable")


async def _once(store: Store, wanted: Wanted, decide: Decide[Result], fresh: Fresh) -> tuple[Result, Decided]:
    async with store.transaction() as connection:
        await locks.lock(connection, wanted.organisation_id, wanted.mode, wanted.numbers)
        found = await dossier.read(connection, wanted, holidays.working_days, addresses.normal)
        deciding = Deciding(found, fresh, found.now)
        result = await decide(deciding)
        made = deciding.decided()
        await changes.write(connection, made.changes)
        return result, made


async def looked_at(
    store: Store, organisation_id: UUID, mode: Mode, numbers: Collection[Number], *, anew: bool = False
) -> list[Decided]:
    """Look at what is due under these numbers, or at every case of them `anew`, so many in each transaction; where they
    race, one by one."""
    todo, found = sorted(set(numbers)), []

    async def look(deciding: Deciding) -> None:
        for number in chunk:
            deciding.look(anew=anew, only=(number,))
            await asyncio.sleep(0)

    for at in range(0, len(todo), MOST_NUMBERS):
        chunk: Sequence[Number] = todo[at : at + MOST_NUMBERS]
        try:
            found.append((await decided(store, Wanted(organisation_id, mode, chunk), look))[1])
        except Exception as fault:
            if not changes.is_race(fault) or len(chunk) == 1:
                raise
            for number in list(chunk):
                chunk = (number,)
                found.append((await decided(store, Wanted(organisation_id, mode, chunk), look))[1])
    return found

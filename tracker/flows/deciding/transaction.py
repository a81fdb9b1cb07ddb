"""Lock, dossier, decide, changes, commit: the one way in which a case is decided about, whatever the occasion.

What races is rolled back and decided again on what there is then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from secrets import randbelow
from typing import TypeVar
from uuid import UUID

from tracker.core.deciding import notices
from tracker.core.deciding.decide import Decided, Deciding, NotDecided
from tracker.core.deciding.dossier import Number
from tracker.core.deciding.fresh import Fresh
from tracker.core.vocabulary import references
from tracker.core.vocabulary.scope import Scope
from tracker.flows.outreach import normal_form
from tracker.flows.promises import holidays
from tracker.store.case import locks
from tracker.store.deciding import changes, dossier
from tracker.store.deciding.dossier import Wanted
from tracker.store.ground import alerts, organisations
from tracker.store.ground.columns import new_id
from tracker.store.ground.engine import Store
from tracker.store.ground.trouble import traces, unavailable

log = logging.getLogger(__name__)

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
            async with store.turns:
                return await _once(store, wanted, decide, fresh)
        except Exception as fault:
            if not changes.is_race(fault) or again == TRIES - 1:
                raise
            await asyncio.sleep(0)
    raise AssertionError("unreachable")


async def _once(store: Store, wanted: Wanted, decide: Decide[Result], fresh: Fresh) -> tuple[Result, Decided]:
    async with locks.holding(store, wanted.scope, wanted.numbers) as connection:
        found = await dossier.read(connection, wanted, holidays.working_days, normal_form.normal)
        deciding = Deciding(found, fresh, found.now)
        result = await decide(deciding)
        made = deciding.decided()
        await changes.write(connection, made.changes)
        return result, made


@dataclass(frozen=True, slots=True)
class Revisited:
    """What a look at some numbers came to: how many cases are in another stage or were opened, and what could not be
    decided about."""

    moved: int = 0
    not_decided: tuple[NotDecided, ...] = ()


async def revisited(store: Store, scope: Scope, numbers: Collection[Number], *, all_cases: bool = False) -> Revisited:
    """Look at what is due under these numbers, or at every case of them (`all_cases`), so many in each transaction.
    Where one of them keeps the others out, one by one; operators are told of what cannot be decided about."""
    todo, moved, failed = sorted(set(numbers)), 0, list[NotDecided]()
    for at in range(0, len(todo), MOST_NUMBERS):
        made = await _revisit(store, Wanted(scope, todo[at : at + MOST_NUMBERS]), all_cases=all_cases)
        moved, failed = moved + made.moved, [*failed, *made.not_decided]
    return Revisited(moved, tuple(failed))


async def _revisit(store: Store, wanted: Wanted, *, all_cases: bool) -> Revisited:
    async def revisit(deciding: Deciding) -> None:
        for number in wanted.numbers:
            deciding.revisit(all_cases=all_cases, only=(number,))
            await asyncio.sleep(0)  # others go on between cases

    try:
        _, made = await decided(store, wanted, revisit)
        for each in made.not_decided:
            log.error("case_not_read", extra={"fault": traces(each.fault)})
        return Revisited(made.moved, made.not_decided)
    except Exception as fault:
        if unavailable(fault) and not changes.is_race(fault):
            raise  # the database is away: everything waits
        if len(wanted.numbers) == 1:
            return Revisited(not_decided=(await alerted(store, wanted, fault),))
    found = [
        await _revisit(store, replace(wanted, numbers=(number,)), all_cases=all_cases) for number in wanted.numbers
    ]
    return Revisited(sum(each.moved for each in found), tuple(one for each in found for one in each.not_decided))


async def alerted(store: Store, wanted: Wanted, fault: Exception) -> NotDecided:
    """Operators are told of a number about which nothing can be decided or written."""
    log.error("case_not_read", extra={"fault": traces(fault)})
    [number] = wanted.numbers
    async with store.transaction() as connection:
        now = (await organisations.office(connection, wanted.scope.organisation_id)).now
        await alerts.raise_alert(connection, wanted.scope, notices.not_read(fault, number[1]), now)
    return NotDecided(number, None, fault)

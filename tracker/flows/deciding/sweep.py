"""What falls due without an event: silences, what was held back, dates that pass, events whose case never came.

Each sweep takes what is due from partial indexes, in small batches, so that it may run twice at once and be stopped
at any point. Its cost grows with what is due, not with what is stored.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.deciding.under_number import PARKED_FOR
from tracker.core.vocabulary.oversight import Notice
from tracker.core.vocabulary.scope import Scope
from tracker.flows.deciding.transaction import revisited
from tracker.store.case import cases, entries, locks
from tracker.store.ground import alerts, limits, organisations
from tracker.store.ground.engine import Store
from tracker.store.ground.numbered import NumberedRow
from tracker.store.promises import promises

BATCH = 100

PUT_OFF = timedelta(hours=1)
"""After this, a case that could not be read is looked at again."""


async def revisit_due_cases(store: Store, only: UUID | None = None) -> int:
    """Look again at the cases of which something may be due: a word, a reminder, what was held back, a date at risk,
    the question how it went. Returns how many there were, so that a caller may go on."""
    async with store.reading() as connection:
        due = await cases.due(connection, only, BATCH)
    await _revisit(store, due, _case_later)
    return len(due)


async def open_held(store: Store, only: UUID | None = None) -> int:
    """Open the cases that entries may open which were held back until now; what opens none waits like any other."""
    async with store.reading() as connection:
        free = await entries.free(connection, only, BATCH)
    await _revisit(store, free, _entry_later)
    return len(free)


async def judge_dates(store: Store, only: UUID | None = None) -> int:
    """Judge the dates that have passed while their case was open."""
    async with store.reading() as connection:
        passing = await promises.passing(connection, only, BATCH)
    for scope, rows in _by_scope(passing).items():
        async with locks.holding(store, scope, {(row.register, row.number) for row in rows}) as connection:
            await promises.miss(connection, scope, [row.id for row in rows])
    return len(passing)


async def expire_parked(store: Store, only: UUID | None = None) -> int:
    """Give up on events whose case never came, and tell operators."""
    async with store.transaction() as connection:
        gone = await entries.expire(connection, only, BATCH)
        for row in gone:
            remedy = "Ask the back office about this case number: its opening event never came. Send it to go on."
            notice = Notice("parked_expired", f"{row.source} {row.number}", remedy)
            await alerts.raise_alert(connection, row.scope, notice, row.now)
    return len(gone)


async def watch_sources(store: Store, only: UUID | None = None) -> int:
    """Tell operators of sources that have fallen silent; counts nothing that would have to be looked at again."""
    async with store.transaction() as connection:
        for row in await organisations.fallen_silent(connection, only):
            remedy = (
                "Ask whether the source still runs. What would be said of its cases is held until it reports again."
            )
            await alerts.raise_alert(connection, row.scope, Notice("source_silent", row.name, remedy), row.now)
    return 0


ALL = (revisit_due_cases, open_held, judge_dates, expire_parked, watch_sources)
"""Every sweep. Each may be called at any time, by several at once."""


async def sweep(store: Store, only: UUID | None = None) -> int:
    """Do what is due in one organisation, or in all; returns how much was done, so that a caller may go on."""
    return sum([await each(store, only) for each in ALL])


async def forget_failures(store: Store) -> None:
    """Drop the counts of failed look-ups that no limit asks for any more."""
    async with store.transaction() as connection:
        await limits.forget(connection)


def _by_scope(rows: Sequence[NumberedRow]) -> dict[Scope, list[NumberedRow]]:
    """The rows of each organisation and mode."""
    found: dict[Scope, list[NumberedRow]] = {}
    for row in rows:
        found.setdefault(row.scope, []).append(row)
    return found


async def _revisit(store: Store, due: Sequence[NumberedRow], put_off: PutOff) -> None:
    """Look at what is due under these numbers. Whoever comes second finds nothing left to do. What cannot be read is
    put off, and told, so that the others do not wait for it."""
    for scope, rows in _by_scope(due).items():
        made = await revisited(store, scope, {(row.register, row.number) for row in rows})
        for each in made.not_decided:
            ids = [row.id for row in rows if (row.register, row.number) == each.number]
            mine = [id_ for id_ in ids if id_ == each.case_id] or ids
            async with store.transaction() as connection:
                now = (await organisations.office(connection, scope.organisation_id)).now
                await put_off(connection, scope, mine, now)


PutOff = Callable[[AsyncConnection, Scope, Sequence[UUID], datetime], Awaitable[None]]
"""Lets rows of these ids be looked at later, from a business time on."""


async def _case_later(connection: AsyncConnection, scope: Scope, ids: Sequence[UUID], now: datetime) -> None:
    for id_ in ids:
        await cases.put_off(connection, scope, id_, now + PUT_OFF)


async def _entry_later(connection: AsyncConnection, scope: Scope, ids: Sequence[UUID], now: datetime) -> None:
    """An entry that was held back waits like any other, once nothing can be decided about its number."""
    await entries.wait_on(connection, scope, ids, now + PARKED_FOR)

"""What falls due without an event: silences, what was held back, dates that pass, events whose case never came.

Each sweep takes what is due from partial indexes, in small batches, so that it may run twice at once and be stopped
at any point. Its cost grows with what is due, not with what is stored.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.flows.deciding import looked_at
from tracker.store import cases, entries, limits, locks, organisations, promises, records
from tracker.store.columns import Mode
from tracker.store.engine import Store

log = logging.getLogger(__name__)

BATCH = 100

PUT_OFF = timedelta(hours=1)
"""After this, a case that could not be read is looked at again."""


async def look_at_cases(store: Store, only: UUID | None = None) -> int:
    """Look again at the cases of which something may be due: a word, a reminder, what was held back, a date at risk,
    the question how it went. Returns how many there were, so that a caller may go on."""
    async with store.reading() as connection:
        due = await cases.due(connection, only, BATCH)
    await _look(store, due)
    return len(due)


async def open_held(store: Store, only: UUID | None = None) -> int:
    """Open the cases that entries may open which were held back until now; what opens none waits like any other."""
    async with store.reading() as connection:
        free = await entries.free(connection, only, BATCH)
    await _look(store, free)
    return len(free)


async def judge_dates(store: Store, only: UUID | None = None) -> int:
    """Judge the dates that have passed while their case was open."""
    async with store.reading() as connection:
        passing = await promises.passing(connection, only, BATCH)
    for (organisation_id, mode), rows in _by_scope(passing).items():
        async with store.transaction() as connection:
            await locks.lock(connection, organisation_id, mode, {(row.register, row.number) for row in rows})
            await promises.miss(connection, organisation_id, mode, [row.id for row in rows])
    return len(passing)


async def expire_parked(store: Store, only: UUID | None = None) -> int:
    """Give up on events whose case never came, and tell operators."""
    async with store.transaction() as connection:
        gone = await entries.expire(connection, only, BATCH)
        for row in gone:
            remedy = "Ask the back office about this case number: its opening event never came. Send it to go on."
            await _alert(connection, row, "parked_expired", f"{row.source} {row.number}", remedy)
    return len(gone)


async def watch_sources(store: Store, only: UUID | None = None) -> int:
    """Tell operators of sources that have fallen silent; counts nothing that would have to be looked at again."""
    async with store.transaction() as connection:
        for row in await organisations.fallen_silent(connection, only):
            remedy = (
                "Ask whether the source still runs. What would be said of its cases is held until it reports again."
            )
            await _alert(connection, row, "source_silent", row.name, remedy)
    return 0


ALL = (look_at_cases, open_held, judge_dates, expire_parked, watch_sources)
"""Every sweep. Each may be called at any time, by several at once."""


async def sweep(store: Store, only: UUID | None = None) -> int:
    """Do what is due in one organisation, or in all; returns how much was done, so that a caller may go on."""
    return sum([await each(store, only) for each in ALL])


async def forget_failures(store: Store) -> None:
    """Drop the counts of failed look-ups that no limit asks for any more."""
    async with store.transaction() as connection:
        await limits.forget(connection)


def _by_scope(rows: Sequence[Row[Any]]) -> dict[tuple[UUID, Mode], list[Row[Any]]]:
    """The rows of each organisation and mode."""
    found: dict[tuple[UUID, Mode], list[Row[Any]]] = {}
    for row in rows:
        found.setdefault((row.organisation_id, Mode(row.mode)), []).append(row)
    return found


async def _look(store: Store, due: Sequence[Row[Any]]) -> None:
    """Look at what is due under these numbers. Whoever comes second finds nothing left to do. A case that cannot be
    read is put off, and told, so that the others do not wait for it."""
    for (organisation_id, mode), rows in _by_scope(due).items():
        numbers = {(row.register, row.number) for row in rows}
        for made in await looked_at(store, organisation_id, mode, numbers):
            for each in made.not_decided:
                log.error("case_not_read", extra={"fault": type(each.fault).__name__})
                ids = [row.id for row in rows if (row.register, row.number) == each.number]
                await _put_off(store, organisation_id, mode, [each.case_id] if each.case_id else ids, made.now)


async def _put_off(store: Store, organisation_id: UUID, mode: Mode, ids: list[UUID], now: datetime) -> None:
    async with store.transaction() as connection:
        for id_ in ids:
            await cases.put_off(connection, organisation_id, mode, id_, now + PUT_OFF)


async def _alert(connection: AsyncConnection, row: Any, kind: str, subject: str, remedy: str) -> None:
    await records.alert(connection, row.organisation_id, Mode(row.mode), kind, subject, remedy, row.now)

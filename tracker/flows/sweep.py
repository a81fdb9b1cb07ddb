"""What falls due without an event: silences, what was held back, dates that pass, events whose case never came.

Each sweep takes what is due from partial indexes, in small batches, every case in a transaction of its own, so
that it may run twice at once and be stopped at any point. Its cost grows with what is due, not with what is stored.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.flows import refold as folding
from tracker.flows.opening import PARKED_FOR, open_waiting
from tracker.store import cases, entries, limits, organisations, promises, records, services
from tracker.store.bodies import to_placed
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
    for identity in due:
        await _visit_safely(store, identity)
    return len(due)


async def open_held(store: Store, only: UUID | None = None) -> int:
    """Open the cases that entries may open which were held back until now."""
    async with store.reading() as connection:
        free = await entries.free(connection, only, BATCH)
    for entry in free:
        await _open(store, entry)
    return len(free)


async def judge_dates(store: Store, only: UUID | None = None) -> int:
    """Judge the dates that have passed while their case was open."""
    async with store.transaction() as connection:
        return await promises.miss(connection, only, BATCH)


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


async def _visit_safely(store: Store, identity: Any) -> None:
    """Look at one case; one that cannot be read is put off, and told, so that the others do not wait for it."""
    try:
        await _visit(store, identity)
    except (SQLAlchemyError, OSError, TimeoutError):
        raise  # the database is away: everything waits
    except Exception as fault:
        log.error("case_not_read", extra={"fault": type(fault).__name__})
        mode = Mode(identity.mode)
        async with store.transaction() as connection:
            now = (await organisations.office(connection, identity.organisation_id)).now
            await cases.put_off(connection, identity.organisation_id, mode, identity.id, now + PUT_OFF)
            remedy = (
                "Look at the log of the time; the case is looked at again every hour. Is its definition still there?"
            )
            subject = f"{type(fault).__name__} {identity.id}"
            await records.alert(connection, identity.organisation_id, mode, "case_not_read", subject, remedy, now)


async def _visit(store: Store, identity: Any) -> None:
    """Look at one case again under its lock: keep the word that is due, let what was held back speak. Whoever
    comes second finds nothing left to do."""
    mode = Mode(identity.mode)
    async with store.transaction() as connection:
        await organisations.lock_number(connection, identity.organisation_id, mode, identity.register, identity.number)
        office = await organisations.office(connection, identity.organisation_id)
        row = await cases.by_id(connection, office.id, mode, identity.id)
        if row is None or not (_due(row.next_word_at, office.now) or _due(row.wake_at, office.now)):
            return
        current = await services.current(connection, office.id, row.service)
        if current is None:
            raise LookupError(f"the definition of {row.service} is gone")
        subject = folding.subject(office, mode, row, current)
        stored, spoken = await folding.load(connection, subject)
        case = folding.folded(subject, [to_placed(each) for each in stored])
        await folding.place(connection, subject, case, stored)
        await folding.settle(
            connection, subject, case, spoken, row.next_word_on if _due(row.next_word_at, office.now) else None
        )


async def _open(store: Store, entry: Any) -> None:
    """Open the case that an entry held back until now may open; if it opens none, it waits like any other."""
    mode = Mode(entry.mode)
    async with store.transaction() as connection:
        await organisations.lock_number(connection, entry.organisation_id, mode, entry.register, entry.number)
        office = await organisations.office(connection, entry.organisation_id)
        await open_waiting(connection, office, mode, entry.register, entry.number)
        await entries.wait_on(connection, office.id, mode, entry.id, office.now + PARKED_FOR)


def _due(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now


async def _alert(connection: AsyncConnection, row: Any, kind: str, subject: str, remedy: str) -> None:
    await records.alert(connection, row.organisation_id, Mode(row.mode), kind, subject, remedy, row.now)

"""What falls due without an event: silences, what was held back, dates that pass, events whose case never came.

Each sweep takes what is due from partial indexes, in small batches, every case in a transaction of its own, so
that it may run twice at once and be stopped at any point. Its cost grows with what is due, not with what is stored.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core import outreach
from tracker.core.outreach import Setting
from tracker.flows import refold as folding
from tracker.flows.opening import PARKED_FOR, open_waiting
from tracker.store import cases, entries, limits, organisations, promises, records, services
from tracker.store.bodies import to_placed
from tracker.store.columns import Mode
from tracker.store.engine import Store

BATCH = 100


async def sweep(store: Store, only: UUID | None = None) -> int:
    """Do what is due in one organisation, or in all; returns how much was done, so that a caller may go on."""
    async with store.reading() as connection:
        due = await cases.due(connection, only, BATCH)
        free = await entries.free(connection, only, BATCH)
    for identity in due:
        await _visit(store, identity)
    for entry in free:
        await _open(store, entry)
    async with store.transaction() as connection:
        missed = await promises.miss(connection, only, BATCH)
        gone = await entries.expire(connection, only, BATCH)
        silent = await organisations.fallen_silent(connection, only)
        await _alert(connection, gone, silent)
    return len(due) + len(free) + missed + len(gone)


async def forget_failures(store: Store) -> None:
    """Drop the counts of failed look-ups that no limit asks for any more."""
    async with store.transaction() as connection:
        await limits.forget(connection)


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
            return
        subject = folding.subject(office, mode, row, current)
        stored, spoken = await folding.load(connection, subject)
        case = folding.folded(subject, [to_placed(each) for each in stored])
        await folding.place(connection, subject, case, stored)
        word: tuple[outreach.Outreach, ...] = ()
        if _due(row.next_word_at, office.now):
            setting = Setting(subject.id, subject.live_from, mode is Mode.TEST)
            word = outreach.still_working(case, current.definition, setting, spoken, row.next_word_on)
        await folding.settle(connection, subject, case, spoken, word)


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


async def _alert(connection: AsyncConnection, gone: list[Any], silent: list[Any]) -> None:
    for row in gone:
        remedy = "Ask the back office about this case number: its opening event never came. Send it to go on."
        subject = f"{row.source} {row.number}"
        await records.alert(connection, row.organisation_id, Mode(row.mode), "parked_expired", subject, remedy, row.now)
    for row in silent:
        remedy = "Ask whether the source still runs. What would be said of its cases is held until it reports again."
        await records.alert(connection, row.organisation_id, Mode(row.mode), "source_silent", row.name, remedy, row.now)

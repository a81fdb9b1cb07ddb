"""What falls due without an event: silences, what was held back, what was parked for too long.

Each sweep takes what is due from a partial index, in small batches, every case in a transaction of its own, so
that it may run twice at once and be stopped at any point.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from tracker.core import outreach
from tracker.core.outreach import Setting
from tracker.flows import refold as folding
from tracker.store import cases, entries, limits, organisations, records, services
from tracker.store.bodies import to_placed
from tracker.store.columns import Mode
from tracker.store.engine import Store

BATCH = 100


async def sweep(store: Store, only: UUID | None = None) -> int:
    """Do what is due in one organisation, or in all; returns how much was done, so that a caller may go on."""
    async with store.reading() as connection:
        offices = [only] if only else await organisations.all_ids(connection)
    done = 0
    for organisation_id in offices:
        done += await _keep_word(store, organisation_id)
        done += await _wake(store, organisation_id)
        done += await _expire(store, organisation_id)
    return done


async def forget_failures(store: Store) -> None:
    """Drop the counts of failed look-ups that no limit asks for any more."""
    async with store.transaction() as connection:
        await limits.forget(connection)


async def _keep_word(store: Store, organisation_id: UUID) -> int:
    """No case stays silent beyond its limit: say that it is still being worked on."""
    async with store.reading() as connection:
        now = (await organisations.office(connection, organisation_id)).now
        due = await cases.due_for_word(connection, organisation_id, now, BATCH)
    for row in due:
        await _visit(store, row, speak=True)
    return len(due)


async def _wake(store: Store, organisation_id: UUID) -> int:
    """What was held back until now may speak."""
    async with store.reading() as connection:
        now = (await organisations.office(connection, organisation_id)).now
        due = await cases.due_to_wake(connection, organisation_id, now, BATCH)
    for row in due:
        await _visit(store, row, speak=False)
    return len(due)


async def _visit(store: Store, identity: Row[Any], *, speak: bool) -> None:
    """Look at one case again under its lock; whoever comes second finds nothing left to do."""
    mode = Mode(identity.mode)
    async with store.transaction() as connection:
        await organisations.lock_number(connection, identity.organisation_id, mode, identity.register, identity.number)
        office = await organisations.office(connection, identity.organisation_id)
        row = await cases.by_id(connection, office.id, mode, identity.id)
        if row is None or not _due(row.next_word_at if speak else row.wake_at, office.now):
            return
        current = await services.current(connection, office.id, row.service)
        if current is None:
            return
        subject = folding.subject(office, mode, row, current)
        stored, spoken = await folding.load(connection, subject)
        case = folding.folded(subject, [to_placed(each) for each in stored])
        await folding.place(connection, subject, case, stored)
        extra: tuple[outreach.Outreach, ...] = ()
        if speak and row.next_word_on is not None:
            setting = Setting(subject.id, subject.live_from, mode is Mode.TEST)
            extra = outreach.still_working(case, current.definition, setting, spoken, row.next_word_on)
        await folding.settle(connection, subject, case, spoken, extra)


def _due(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now


async def _expire(store: Store, organisation_id: UUID) -> int:
    """Give up on events whose case never came, and tell operators."""
    async with store.transaction() as connection:
        now = (await organisations.office(connection, organisation_id)).now
        gone = await entries.expire(connection, organisation_id, now, BATCH)
        for row in gone:
            remedy = "Ask the back office about this case number: its opening event never came. Send it to go on."
            subject = f"{row.source} {row.number}"
            await records.alert(connection, organisation_id, Mode(row.mode), "parked_expired", subject, remedy, now)
    return len(gone)

"""Claimed messages whose worker let the lease pass: found by an index, and taken over by another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.store.ground.rows import ScopedRow, rows_of
from tracker.store.outreach.carrying import TRIES

_OVERDUE = text(
    """
    SELECT id FROM message WHERE state = 'sending' AND lease_until < clock_timestamp()
    ORDER BY lease_until LIMIT :limit FOR UPDATE SKIP LOCKED
    """
)

_LEFT_BEHIND = text(
    f"""
    SELECT m.organisation_id, m.mode, m.id, m.attempt_number, a.id AS attempt_id, k.id AS caught_id,
        a.carrier, {TRIES} AS tries, clock_timestamp() + o.clock_offset AS now
    FROM message m JOIN organisation o ON o.id = m.organisation_id
    LEFT JOIN attempt a ON a.organisation_id = m.organisation_id AND a.mode = m.mode AND a.message_id = m.id
        AND a.number = m.attempt_number
    LEFT JOIN caught k ON k.organisation_id = a.organisation_id AND k.mode = a.mode AND k.id = a.id
    WHERE m.id = ANY(:ids) AND m.state = 'sending'
    """
)


@dataclass(frozen=True, slots=True)
class OverdueMessage(ScopedRow):
    """A claimed message whose worker let the lease pass, with its attempt, if one was begun. `caught_id`: the sandbox
    has it. `now`: the organisation's business time."""

    id: UUID
    attempt_number: int
    attempt_id: UUID | None
    caught_id: UUID | None
    carrier: str | None
    tries: int
    now: datetime


async def overdue(connection: AsyncConnection, limit: int) -> list[OverdueMessage]:
    """Claimed messages whose worker let the lease pass, locked.

    Locked first and asked then, by a second statement: what was caught while the first one looked for them is seen.
    """
    ids = list((await connection.execute(_OVERDUE, {"limit": limit})).scalars())
    return rows_of(OverdueMessage, await connection.execute(_LEFT_BEHIND, {"ids": ids})) if ids else []

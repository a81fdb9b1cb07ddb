"""What staff see of the messages of a case, also of those that were never sent; and sending one again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.vocabulary.words import Mode
from tracker.store.ground.columns import Instant, new_id

MOST_MESSAGES = 200

_DECISIONS = text(
    """
    SELECT m.id, m.purpose, m.channel, m.state, m.reason, m.party, m.rung, m.cause, m.key, m.due_at,
        coalesce(m.settled_at, m.decided_at) AS at, (m.facts->>'sensitive')::boolean AS sensitive,
        m.recipient_id, r.normal, r.address,
        (SELECT coalesce(jsonb_agg(a ORDER BY a.number), '[]') FROM (
            SELECT a.number, a.started_at, a.outcome FROM attempt a WHERE a.organisation_id = m.organisation_id
                AND a.mode = m.mode AND a.message_id = m.id ORDER BY a.number LIMIT 20) a) AS attempts
    FROM message m
    LEFT JOIN recipient r ON r.organisation_id = m.organisation_id AND r.mode = m.mode AND r.id = m.recipient_id
    WHERE m.organisation_id = :organisation AND m.mode = :mode AND m.case_id = :case
    ORDER BY coalesce(m.settled_at, m.decided_at) DESC, m.id DESC LIMIT :limit
    """
)


async def decisions(
    connection: AsyncConnection, organisation_id: UUID, mode: Mode, case_id: UUID
) -> Sequence[Row[Any]]:
    """Every decision to say something or not, the newest first, with its attempts (number, started_at, outcome)."""
    values = {"organisation": organisation_id, "mode": mode.value, "case": case_id, "limit": MOST_MESSAGES}
    return (await connection.execute(_DECISIONS, values)).all()


_REPEAT = text(
    """
    INSERT INTO message (organisation_id, mode, id, key, case_id, entry_id, source_id, recipient_id, party, purpose,
        cause, channel, language, facts, state, decided_at, due_at, attempt_number, rung)
    SELECT organisation_id, mode, :id, :key, case_id, entry_id, source_id, recipient_id, party, purpose,
        cause, channel, language, facts, 'due', :now, :now, 0, rung
    FROM message WHERE organisation_id = :organisation AND mode = :mode AND id = :message
    ON CONFLICT (organisation_id, mode, key) DO NOTHING
    RETURNING id
    """
).bindparams(bindparam("now", type_=Instant))


async def repeat(
    connection: AsyncConnection, organisation_id: UUID, mode: Mode, message_id: UUID, key: str, now: datetime
) -> bool:
    """The same message once more, due at once, under a key of its own; False when that key is on record already."""
    values = {
        "organisation": organisation_id,
        "mode": mode.value,
        "message": message_id,
        "id": new_id(),
        "key": key,
        "now": now,
    }
    return (await connection.execute(_REPEAT, values)).one_or_none() is not None

"""What staff see of the messages of a case, also of those that were never sent; and sending one again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.vocabulary.messages import MessageState, Purpose, Reason
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel
from tracker.store.ground.columns import Instant, new_id
from tracker.store.ground.rows import rows_of

MOST_MESSAGES = 200

_DECISIONS = text(
    """
    SELECT m.id, m.purpose, m.channel, m.state, m.reason, m.party, m.rung, m.cause, m.key, m.due_at,
        coalesce(m.settled_at, m.decided_at) AS at, (m.facts->>'sensitive')::boolean AS sensitive,
        m.facts->>'same_as' AS same_as,
        CASE WHEN r.current THEN r.normal END AS normal, r.confirmed_at,
        (SELECT coalesce(jsonb_agg(a ORDER BY a.number), '[]') FROM (
            SELECT a.number, a.started_at, a.outcome FROM attempt a WHERE a.organisation_id = m.organisation_id
                AND a.mode = m.mode AND a.message_id = m.id ORDER BY a.number LIMIT 20) a) AS attempts
    FROM message m
    LEFT JOIN recipient r ON r.organisation_id = m.organisation_id AND r.mode = m.mode AND r.id = m.recipient_id
    WHERE m.organisation_id = :organisation AND m.mode = :mode AND m.case_id = :case
    ORDER BY coalesce(m.settled_at, m.decided_at) DESC, m.id DESC LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class AttemptMade:
    """One try to send a message; `outcome` None: it is under way."""

    number: int
    started_at: datetime
    outcome: str | None


@dataclass(frozen=True, slots=True)
class DecidedMessage:
    """A decision to say something or not, with the tries to send it. `at`: when it was settled, else decided; `normal`:
    where its recipient is reached now; `confirmed_at`: when the office gave that in place of another; `same_as`: the
    party in whose message it is."""

    id: UUID
    purpose: Purpose
    channel: Channel | None
    state: MessageState
    reason: Reason | None
    party: str
    rung: int
    cause: str
    key: str
    due_at: datetime
    at: datetime
    sensitive: bool
    same_as: str | None
    normal: str | None
    confirmed_at: datetime | None
    attempts: tuple[AttemptMade, ...]


async def decisions(connection: AsyncConnection, scope: Scope, case_id: UUID) -> list[DecidedMessage]:
    """Every decision to say something or not, the newest first."""
    values = {**scope.values, "case": case_id, "limit": MOST_MESSAGES}
    return rows_of(DecidedMessage, await connection.execute(_DECISIONS, values))


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


async def repeat(connection: AsyncConnection, scope: Scope, message_id: UUID, key: str, now: datetime) -> bool:
    """The same message once more, due at once, under a key of its own; False when that key is on record already."""
    values = {**scope.values, "message": message_id, "id": new_id(), "key": key, "now": now}
    return (await connection.execute(_REPEAT, values)).one_or_none() is not None

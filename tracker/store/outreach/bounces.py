"""The letter that a report is about, by what is sealed in it; and that it is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.outreach.attempts import Ending
from tracker.core.outreach.bounces import BOUNCES, NEWEST_LETTERS, PAUSE
from tracker.core.outreach.message_transitions import Mover, befores
from tracker.core.vocabulary.messages import MessageState, Purpose
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel
from tracker.store.ground.columns import Instant, listed
from tracker.store.ground.rows import ScopedRow, one_row_of, row_of
from tracker.store.outreach.carrying import TRIES

_GONE: Final = listed((Ending.ACCEPTED, Ending.UNSURE))

_LETTER: Final = f"""
    SELECT a.organisation_id, a.mode, a.id, a.message_id, m.case_id, m.channel, m.purpose, a.digest, a.provider_id,
        a.started_at, c.reference, r.normal, {TRIES} AS tries
    FROM organisation o
    JOIN attempt a ON a.organisation_id = o.id AND a.mode = 'live'
    JOIN message m ON m.organisation_id = a.organisation_id AND m.mode = a.mode AND m.id = a.message_id
    JOIN "case" c ON c.organisation_id = m.organisation_id AND c.mode = m.mode AND c.id = m.case_id
    LEFT JOIN recipient r ON r.organisation_id = m.organisation_id AND r.mode = m.mode AND r.id = m.recipient_id
    WHERE a.carrier <> 'sandbox' AND (a.outcome IS NULL OR a.outcome IN ({_GONE}) OR EXISTS (
        SELECT 1 FROM receipt q
        WHERE q.organisation_id = a.organisation_id AND q.mode = a.mode AND q.attempt_id = a.id))
    """

_BY_ATTEMPT = text(
    f"{_LETTER} AND a.id = :attempt AND (CAST(:organisation AS uuid) IS NULL OR o.id = CAST(:organisation AS uuid))"
)
_BY_MESSAGE = text(f"{_LETTER} AND o.id = :organisation AND a.message_id = :message ORDER BY a.number DESC LIMIT 1")


@dataclass(frozen=True, slots=True)
class BouncedLetter(ScopedRow):
    """An attempt that left this house. `digest`: the keyed hash of the address to which it went, None once that was
    erased; `normal`: where its recipient is reached now; `started_at`: business time."""

    id: UUID
    message_id: UUID
    case_id: UUID
    channel: Channel
    purpose: Purpose
    digest: bytes | None
    provider_id: str | None
    started_at: datetime
    reference: str
    normal: str | None
    tries: int


async def by_attempt(
    connection: AsyncConnection, organisation_id: UUID | None, attempt_id: UUID
) -> BouncedLetter | None:
    """The letter of an attempt, of one organisation or of whichever made it; None when it never went out."""
    values = {"organisation": organisation_id, "attempt": attempt_id}
    return row_of(BouncedLetter, await connection.execute(_BY_ATTEMPT, values))


async def by_message(connection: AsyncConnection, organisation_id: UUID, message_id: UUID) -> BouncedLetter | None:
    """The newest letter of a message that may have gone out; None when none has."""
    values = {"organisation": organisation_id, "message": message_id}
    return row_of(BouncedLetter, await connection.execute(_BY_MESSAGE, values))


_AGAIN = text(
    """
    UPDATE message m SET state = 'due', due_at = :due, reason = NULL, settled_at = NULL, lease_until = NULL
    FROM attempt a
    WHERE m.organisation_id = :organisation AND m.mode = :mode AND m.id = :message
      AND a.organisation_id = m.organisation_id AND a.mode = m.mode AND a.id = :attempt AND a.message_id = m.id
      AND a.number = m.attempt_number AND m.state = ANY(CAST(:befores AS text[]))
    """
).bindparams(bindparam("due", type_=Instant))

_OUTCOME = text(
    "UPDATE attempt SET outcome = :outcome WHERE organisation_id = :organisation AND mode = :mode AND id = :attempt"
)


async def again(connection: AsyncConnection, scope: Scope, letter: BouncedLetter, due: datetime, outcome: str) -> bool:
    """The message is due once more; False when something newer has become of it."""
    values = {**scope.values, "attempt": letter.id}
    states = befores(Mover.BOUNCE, MessageState.DUE)
    named = {**values, "message": letter.message_id, "due": due, "befores": states}
    moved = (await connection.execute(_AGAIN, named)).rowcount == 1
    if moved:
        await connection.execute(_OUTCOME, {**values, "outcome": outcome})
    return moved


_LOST: Final = listed(each for each, traits in BOUNCES.items() if traits.lost)
_PAUSE: Final = f"interval '{PAUSE.total_seconds():.0f} seconds'"

_CAME_BACK = text(
    f"""
    SELECT count(*) AS letters, count(*) FILTER (WHERE l.outcome = '{Ending.BAD_ADDRESS}' OR EXISTS (
            SELECT 1 FROM receipt q WHERE q.organisation_id = :organisation AND q.mode = :mode AND q.attempt_id = l.id
                AND q.status IN ({_LOST}))) AS came_back
    FROM (
        SELECT a.id, a.outcome FROM (
            SELECT * FROM attempt WHERE organisation_id = :organisation AND mode = :mode ORDER BY id DESC LIMIT 2000
        ) a
        JOIN message m ON m.organisation_id = :organisation AND m.mode = :mode AND m.id = a.message_id
        JOIN organisation o ON o.id = :organisation
        WHERE m.channel = :channel AND a.carrier <> 'sandbox'
          AND a.started_at > coalesce(o.mail_paused_until - {_PAUSE}, '-infinity')
        ORDER BY a.id DESC LIMIT {NEWEST_LETTERS}
    ) l
    """
)


@dataclass(frozen=True, slots=True)
class CameBack:
    """How many of the newest letters of an organisation came back, those since it last paused."""

    letters: int
    came_back: int


async def came_back(connection: AsyncConnection, scope: Scope, channel: Channel) -> CameBack:
    """How many of its newest letters came back: read by their ids, which are in order of time."""
    values = {**scope.values, "channel": channel.value}
    return one_row_of(CameBack, await connection.execute(_CAME_BACK, values))


_REST = text(
    f"""
    UPDATE organisation SET mail_paused_until = CAST(:now AS timestamptz) + {_PAUSE}
    WHERE id = :organisation AND (mail_paused_until IS NULL OR mail_paused_until <= :now)
    """
).bindparams(bindparam("now", type_=Instant))


async def pause(connection: AsyncConnection, organisation_id: UUID, now: datetime) -> bool:
    """Mail nothing that is not urgent for a while; False when it rests already."""
    return (await connection.execute(_REST, {"organisation": organisation_id, "now": now})).rowcount == 1

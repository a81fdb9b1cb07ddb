"""What the sandbox caught: kept as a provider would keep it, and looked at in the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Mode
from tracker.store.ground.columns import Instant, belongs_to, one_of
from tracker.store.ground.personal import personal
from tracker.store.ground.rows import rows_of

_CAUGHT = text(
    """
    SELECT k.id, k.address, k.caught_at, a.content, m.purpose, m.channel, c.reference, o.name AS organisation
    FROM caught k
    JOIN attempt a ON a.organisation_id = k.organisation_id AND a.mode = k.mode AND a.id = k.id
    JOIN message m ON m.organisation_id = k.organisation_id AND m.mode = k.mode AND m.id = k.message_id
    JOIN "case" c ON c.organisation_id = m.organisation_id AND c.mode = m.mode AND c.id = m.case_id
    JOIN organisation o ON o.id = k.organisation_id
    WHERE (CAST(:organisation AS text) IS NULL OR o.name = :organisation)
      AND (CAST(:reference AS text) IS NULL OR c.reference = :reference) AND c.erased_at IS NULL
    ORDER BY k.id DESC LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class CaughtMessage:
    """A message that the sandbox caught. `content`: the exact words, as its attempt keeps them."""

    id: UUID
    address: str
    caught_at: datetime
    content: dict[str, str]
    purpose: Purpose
    channel: Channel
    reference: str
    organisation: str


async def caught(
    connection: AsyncConnection, *, organisation: str | None = None, reference: str | None = None, limit: int = 50
) -> list[CaughtMessage]:
    """The newest messages that the sandbox caught, of one organisation (by name) or of all."""
    values = {"organisation": organisation, "reference": reference, "limit": limit}
    return rows_of(CaughtMessage, await connection.execute(_CAUGHT, values))


class Caught(SQLModel, table=True):
    """What the sandbox carrier accepted: its own record, as a provider would keep one. Not unique by message, so
    that a message sent twice would show."""

    __table_args__ = (
        one_of("mode", Mode),
        belongs_to("attempt", "id"),
        Index("caught_newest", "id"),
    )
    organisation_id: UUID = Field(primary_key=True)
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    message_id: UUID
    address: str = Field(sa_type=Text, sa_column_kwargs=personal("''"))
    caught_at: datetime = Field(sa_type=Instant)


_CATCH = text(
    """
    INSERT INTO caught (organisation_id, mode, id, message_id, address, caught_at)
    SELECT m.organisation_id, m.mode, :attempt, m.id, :address, :now FROM message m
    WHERE m.organisation_id = :organisation AND m.mode = :mode AND m.id = :message
      AND m.state = 'sending' AND m.attempt_number = :number
    FOR UPDATE OF m
    """
).bindparams(bindparam("now", type_=Instant))


async def catch(connection: AsyncConnection, values: dict[str, Any]) -> bool:
    """Accept a message into the sandbox, unless its attempt has been overtaken."""
    return (await connection.execute(_CATCH, values)).rowcount == 1


_WAS_CAUGHT = text("SELECT 1 FROM caught WHERE organisation_id = :organisation AND mode = :mode AND id = :attempt")


async def was_caught(connection: AsyncConnection, scope: Scope, attempt_id: UUID) -> bool:
    """Whether the sandbox accepted an attempt."""
    values = {**scope.values, "attempt": attempt_id}
    return (await connection.execute(_WAS_CAUGHT, values)).one_or_none() is not None

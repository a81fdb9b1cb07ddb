"""The outbox as it is looked at: the messages that the sandbox caught."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.words import Channel
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

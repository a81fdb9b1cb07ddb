"""The outbox as it is looked at: the messages that the sandbox caught."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

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


async def caught(
    connection: AsyncConnection, *, organisation: str | None = None, reference: str | None = None, limit: int = 50
) -> Sequence[Row[Any]]:
    """The newest messages that the sandbox caught, of one organisation (by name) or of all."""
    values = {"organisation": organisation, "reference": reference, "limit": limit}
    return (await connection.execute(_CAUGHT, values)).all()

"""What falls due next in an organisation, and what kind of thing it is: one probe of an index for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


class DueKind(StrEnum):
    """What may fall due by time alone."""

    CASE = "case"
    """A word, a reminder, another look at a date, what was held back."""
    ENTRY = "entry"
    """An entry that was held back, or has waited for its case for too long."""
    PROMISE = "promise"
    """The day of a date is over."""
    SOURCE = "source"
    """A source has been quiet for longer than it may be."""
    LESSON = "lesson"
    """Dates are learned, and accounted for."""
    MESSAGE = "message"
    """A message goes out."""
    ERASURE = "erasure"
    """A case has been kept long enough."""


@dataclass(frozen=True, slots=True)
class Pending:
    """When each kind falls due next, business time; and whether another worker is sending something just now."""

    at: Mapping[DueKind, datetime]
    under_way: bool

    @property
    def next_at(self) -> datetime | None:
        """The next instant at which anything falls due."""
        return min(self.at.values(), default=None)

    def due(self, now: datetime) -> frozenset[DueKind]:
        """The kinds of which something is due by then."""
        return frozenset(kind for kind, at in self.at.items() if at <= now)


_PENDING = text(
    """
    SELECT least(
        (SELECT next_word_at FROM "case" WHERE organisation_id = :id AND next_word_at IS NOT NULL
         ORDER BY next_word_at LIMIT 1),
        (SELECT wake_at FROM "case" WHERE organisation_id = :id AND wake_at IS NOT NULL ORDER BY wake_at LIMIT 1)
    ) AS "case",
    (SELECT parked_until FROM entry WHERE organisation_id = :id AND parked_until IS NOT NULL
     ORDER BY parked_until LIMIT 1) AS entry,
    (SELECT passes_at FROM promise WHERE organisation_id = :id AND outcome IS NULL AND superseded_at IS NULL
     ORDER BY passes_at LIMIT 1) AS promise,
    (SELECT min(h.heard_at + s.patience) + interval '1 microsecond' FROM heard h
     JOIN source s ON s.organisation_id = h.organisation_id AND s.id = h.source_id
     WHERE h.organisation_id = :id AND NOT h.silence_told) AS source,
    (SELECT coalesce(learn_at, clock_timestamp() + clock_offset) FROM organisation WHERE id = :id) AS lesson,
    (SELECT due_at FROM message WHERE organisation_id = :id AND state = 'due' ORDER BY due_at LIMIT 1) AS message,
    (SELECT forget_at FROM "case" WHERE organisation_id = :id AND forget_at IS NOT NULL
     ORDER BY forget_at LIMIT 1) AS erasure,
    EXISTS (SELECT 1 FROM message WHERE organisation_id = :id AND state = 'sending') AS under_way
    """
)


async def pending(connection: AsyncConnection, organisation_id: UUID) -> Pending:
    """What falls due next in an organisation."""
    row = (await connection.execute(_PENDING, {"id": organisation_id})).mappings().one()
    return Pending({kind: row[kind] for kind in DueKind if row[kind] is not None}, row["under_way"])

"""The keys of back-office systems, and what each grants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.vocabulary.words import Mode
from tracker.store.ground.columns import Instant, belongs_to, one_of, table
from tracker.store.ground.personal import Code, plain
from tracker.store.ground.rows import ScopedRow, rows_of


class ApiKey(SQLModel, table=True):
    """A sender's key: only its SHA-256 is kept, which suffices for 256 random bits."""

    __tablename__ = "api_key"
    __table_args__ = (
        one_of("mode", Mode),
        belongs_to("source", "source_id", mode=False),
        Index("api_key_digest", "digest", unique=True),
    )
    organisation_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    mode: str = Field(sa_type=String)
    source_id: UUID
    hint: str = Field(sa_type=Code)
    digest: bytes = Field(sa_type=LargeBinary, sa_column_kwargs=plain("of a key that was drawn"))
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


@dataclass(frozen=True, slots=True)
class Sender(ScopedRow):
    """Who is reporting: what its key grants."""

    source_id: UUID
    source: str
    zone: str | None
    registers: tuple[str, ...]
    country: str


_SENDER = text(
    """
    SELECT k.organisation_id, k.mode, k.source_id, s.name, s.zone, s.registers, o.country
    FROM api_key k
    JOIN source s ON s.organisation_id = k.organisation_id AND s.id = k.source_id
    JOIN organisation o ON o.id = k.organisation_id
    WHERE k.digest = :digest AND k.revoked_at IS NULL
    """
)


async def sender_by_digest(connection: AsyncConnection, digest: bytes) -> Sender | None:
    """The sender that a key's digest stands for."""
    row = (await connection.execute(_SENDER, {"digest": digest})).one_or_none()
    if row is None:
        return None
    return Sender(row[0], Mode(row[1]), row[2], row[3], row[4], tuple(row[5]), row[6])


async def add(connection: AsyncConnection, values: dict[str, Any]) -> None:
    """Insert a key."""
    await connection.execute(table(ApiKey).insert().values(**values))


@dataclass(frozen=True, slots=True)
class GoodKey:
    """A key that was not revoked. `hint`: its last four characters."""

    id: UUID
    source: str
    mode: Mode
    hint: str


_GOOD = text(
    """
    SELECT k.id, s.name AS source, k.mode, k.hint FROM api_key k
    JOIN source s ON s.organisation_id = k.organisation_id AND s.id = k.source_id
    WHERE k.organisation_id = :organisation AND k.revoked_at IS NULL ORDER BY s.name, k.mode, k.id LIMIT 1000
    """
)


async def good(connection: AsyncConnection, organisation_id: UUID) -> list[GoodKey]:
    """The keys of an organisation that are good."""
    return rows_of(GoodKey, await connection.execute(_GOOD, {"organisation": organisation_id}))


_REVOKE = text("UPDATE api_key SET revoked_at = clock_timestamp() WHERE organisation_id = :organisation AND id = :key")


async def revoke(connection: AsyncConnection, organisation_id: UUID, key_id: UUID) -> None:
    """From now on a key is not known."""
    await connection.execute(_REVOKE, {"organisation": organisation_id, "key": key_id})

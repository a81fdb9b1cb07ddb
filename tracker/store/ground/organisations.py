"""Organisations, their back-office systems, and their clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Interval, String, Text, UniqueConstraint, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.vocabulary.words import Footing, Mode, Rhythm
from tracker.store.ground.columns import Instant, belongs_to, one_of, table
from tracker.store.ground.personal import Code, plain
from tracker.store.ground.rows import ScopedRow, one_row_of, row_of, rows_of


class Organisation(SQLModel, table=True):
    """A public body. `clock_offset` moves its business time ahead of real time; zero once live.

    `country` (ISO 3166) reads telephone numbers without a prefix. `email_from` and `sms_from` are what its messages
    come from once it is live. `learn_at` is when dates are learned from its cases the next time, business time.
    `mail_paused_until`: too many of its e-mails came back, so that what is not urgent waits; business time.
    """

    __table_args__ = (one_of("footing", Footing),)
    id: UUID = Field(primary_key=True)
    slug: str = Field(unique=True, sa_type=Code)
    name: str = Field(sa_type=Code)
    zone: str = Field(sa_type=Code)
    language: str = Field(sa_type=Code)
    footing: str = Field(sa_type=String)
    clock_offset: timedelta = Field(sa_column=Column(Interval, nullable=False, server_default="0"))
    country: str = Field(sa_type=Code)
    email_from: str | None = Field(default=None, sa_type=Code)
    sms_from: str | None = Field(default=None, sa_type=Code)
    live_at: datetime | None = Field(default=None, sa_type=Instant)
    learn_at: datetime | None = Field(default=None, sa_type=Instant)
    mail_paused_until: datetime | None = Field(default=None, sa_type=Instant)


class Source(SQLModel, table=True):
    """One back-office system. `registers` are the namespaces of case numbers it may report on, its own first."""

    __table_args__ = (one_of("rhythm", Rhythm), UniqueConstraint("organisation_id", "name"))
    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    id: UUID = Field(primary_key=True)
    name: str = Field(sa_type=Code)
    rhythm: str = Field(sa_type=String)
    patience: timedelta = Field(sa_column=Column(Interval, nullable=False))
    zone: str | None = Field(default=None, sa_type=Code)
    registers: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False, **plain("namespaces")))
    live_from: datetime | None = Field(default=None, sa_type=Instant)


class Heard(SQLModel, table=True):
    """When each source last reported, in business time, per mode: kept to the minute, not written by every event.

    `silence_told`: operators know that it has fallen silent since.
    """

    __table_args__ = (one_of("mode", Mode), belongs_to("source", "source_id", mode=False))
    organisation_id: UUID = Field(primary_key=True)
    mode: str = Field(primary_key=True, sa_type=String)
    source_id: UUID = Field(primary_key=True)
    heard_at: datetime = Field(sa_type=Instant)
    silence_told: bool = False


@dataclass(frozen=True, slots=True)
class Office:
    """An organisation as flows see it: its words, zone and what its clock shows (`now`, business time)."""

    id: UUID
    slug: str
    name: str
    zone: str
    language: str
    footing: Footing
    now: datetime
    country: str


_OFFICE = """
    SELECT id, slug, name, zone, language, footing, clock_timestamp() + clock_offset AS now, country
    FROM organisation
"""
_BY_ID = text(f"{_OFFICE} WHERE id = :id")
_BY_SLUG = text(f"{_OFFICE} WHERE slug = :slug")
_BY_NAME = text(f"{_OFFICE} ORDER BY name LIMIT :limit")


async def office(connection: AsyncConnection, organisation_id: UUID) -> Office:
    """The organisation of this id, with its business time."""
    return one_row_of(Office, await connection.execute(_BY_ID, {"id": organisation_id}))


async def office_by_slug(connection: AsyncConnection, slug: str) -> Office | None:
    """The organisation of this short name, or None."""
    return row_of(Office, await connection.execute(_BY_SLUG, {"slug": slug}))


HEARD = """
    INSERT INTO heard (organisation_id, mode, source_id, heard_at, silence_told)
    SELECT CAST(:organisation AS uuid), CAST(:mode AS text), source_id, heard_at, false
    FROM json_to_recordset(CAST(:heard AS json)) AS h (source_id uuid, heard_at timestamptz)
    ON CONFLICT (organisation_id, mode, source_id) DO UPDATE SET
        heard_at = greatest(heard.heard_at, excluded.heard_at), silence_told = false
    """
"""Note that sources have reported: a part of the statement that writes a decision."""

_SILENT = text(
    """
    UPDATE heard h SET silence_told = true
    FROM source s JOIN organisation o ON o.id = s.organisation_id
    WHERE s.organisation_id = h.organisation_id AND s.id = h.source_id AND NOT h.silence_told
      AND h.heard_at + s.patience < clock_timestamp() + o.clock_offset
      AND (CAST(:only AS uuid) IS NULL OR o.id = CAST(:only AS uuid))
    RETURNING h.organisation_id, h.mode, s.name, clock_timestamp() + o.clock_offset AS now
    """
)


@dataclass(frozen=True, slots=True)
class SilentSource(ScopedRow):
    """A source that has fallen silent. `now`: the organisation's business time."""

    name: str
    now: datetime


async def fallen_silent(connection: AsyncConnection, only: UUID | None) -> list[SilentSource]:
    """The sources that have fallen silent since this was last asked."""
    return rows_of(SilentSource, await connection.execute(_SILENT, {"only": only}))


_MOVE = text(
    """
    UPDATE organisation SET clock_offset = greatest(clock_offset, CAST(:target AS timestamptz) - clock_timestamp())
    WHERE id = :id AND footing = 'sandbox' RETURNING clock_timestamp() + clock_offset
    """
).bindparams(bindparam("target", type_=Instant))


async def move_clock(connection: AsyncConnection, organisation_id: UUID, target: datetime) -> datetime | None:
    """Move a sandbox's business time forward to an instant (never back); None when the organisation is live."""
    row = (await connection.execute(_MOVE, {"id": organisation_id, "target": target})).one_or_none()
    return None if row is None else row[0]


async def offices(connection: AsyncConnection, limit: int = 100) -> list[Office]:
    """The organisations of this installation, by name."""
    rows = await connection.execute(_BY_NAME, {"limit": limit})
    return rows_of(Office, rows)


async def add(connection: AsyncConnection, values: dict[str, Any]) -> None:
    """Insert an organisation."""
    await connection.execute(table(Organisation).insert().values(**values))


_SET_COUNTRY = text("UPDATE organisation SET country = :country WHERE id = :id")


async def set_country(connection: AsyncConnection, organisation_id: UUID, country: str) -> None:
    """From now on telephone numbers without a prefix are those of this country."""
    await connection.execute(_SET_COUNTRY, {"id": organisation_id, "country": country})


async def add_source(connection: AsyncConnection, values: dict[str, Any]) -> None:
    """Insert a source."""
    await connection.execute(table(Source).insert().values(**values))


_SOURCE_ID = text("SELECT id FROM source WHERE organisation_id = :organisation AND name = :name")


async def source_id(connection: AsyncConnection, organisation_id: UUID, name: str) -> UUID | None:
    """The id of a source by its name, or None."""
    asked = {"organisation": organisation_id, "name": name}
    found: UUID | None = (await connection.execute(_SOURCE_ID, asked)).scalar_one_or_none()
    return found

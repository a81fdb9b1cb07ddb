"""The ledger of promises: every date that was ever given. Superseded and judged once, never edited."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Row, String, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.store.columns import Instant, Mode, belongs_to, one_of, table


class Basis(StrEnum):
    """Whose date it is."""

    OFFICE = "office"
    """The office set it, and it is named as the office's."""


class Kept(StrEnum):
    """What became of a promise."""

    KEPT = "kept"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"
    COULD_NOT_TELL = "could_not_tell"


class Promise(SQLModel, table=True):
    """One date that was given. `latest_on` is the day by which; probability null where the office gave none."""

    __table_args__ = (
        one_of("mode", Mode),
        one_of("basis", Basis),
        one_of("outcome", Kept, optional=True),
        belongs_to("case", "case_id"),
        Index("promise_case", "organisation_id", "mode", "case_id"),
    )
    organisation_id: UUID = Field(primary_key=True)
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    case_id: UUID
    entry_id: UUID | None = None
    basis: str = Field(sa_type=String)
    earliest_on: date | None = None
    half_by_on: date | None = None
    latest_on: date
    probability: float | None = None
    made_at: datetime = Field(sa_type=Instant)
    superseded_by: UUID | None = None
    superseded_at: datetime | None = Field(default=None, sa_type=Instant)
    reason: str | None = None
    outcome: str | None = Field(default=None, sa_type=String)
    judged_at: datetime | None = Field(default=None, sa_type=Instant)


PROMISE = table(Promise)


async def standing(connection: AsyncConnection, organisation_id: UUID, mode: Mode, case_id: UUID) -> Row[Any] | None:
    """The promise that holds now: neither superseded nor judged."""
    query = select(PROMISE).where(
        PROMISE.c.organisation_id == organisation_id, PROMISE.c.mode == mode, PROMISE.c.case_id == case_id,
        PROMISE.c.superseded_at.is_(None), PROMISE.c.outcome.is_(None),
    )  # fmt: skip
    return (await connection.execute(query.order_by(PROMISE.c.made_at.desc()).limit(1))).one_or_none()


async def make(connection: AsyncConnection, values: dict[str, Any]) -> None:
    """Add a promise to the ledger."""
    await connection.execute(insert(PROMISE).values(**values))


async def supersede(connection: AsyncConnection, promise: Row[Any], by: UUID, reason: str, now: datetime) -> None:
    """Write, once, what replaced a promise, and why."""
    await _write(connection, promise, {"superseded_by": by, "superseded_at": now, "reason": reason})


async def judge(connection: AsyncConnection, promise: Row[Any], outcome: Kept, now: datetime) -> None:
    """Write, once, what became of a promise."""
    await _write(connection, promise, {"outcome": outcome.value, "judged_at": now})


async def _write(connection: AsyncConnection, promise: Row[Any], values: dict[str, Any]) -> None:
    where = (
        PROMISE.c.organisation_id == promise.organisation_id, PROMISE.c.mode == promise.mode,
        PROMISE.c.id == promise.id, PROMISE.c.superseded_at.is_(None), PROMISE.c.outcome.is_(None),
    )  # fmt: skip
    await connection.execute(update(PROMISE).where(*where).values(**values))

"""The ledger of promises: every date that was ever given. Superseded and judged once, never edited."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Row, String, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.store.columns import Instant, Mode, belongs_to, one_of, table


class Basis(StrEnum):
    """Whose date it is."""

    OFFICE = "office"
    """The office set it, and it is named as the office's."""
    HISTORY = "history"
    """Ours, learned from what became of other cases."""
    DEFINITION = "definition"
    """Ours, from the service's own stand-in while history is too thin."""


class Kept(StrEnum):
    """What became of a promise."""

    KEPT = "kept"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"
    COULD_NOT_TELL = "could_not_tell"


class Promise(SQLModel, table=True):
    """One date that was given. `latest_on` is the day by which, `passes_at` the instant at which that day is over,
    null while the clock is paused; probability null where the office gave none. `curve_id` and `cases`: the curve
    that it was read from, and how many finished cases taught it."""

    __table_args__ = (
        one_of("mode", Mode),
        one_of("basis", Basis),
        one_of("outcome", Kept, optional=True),
        belongs_to("case", "case_id"),
        Index("promise_case", "organisation_id", "mode", "case_id"),
        Index(
            "promise_passing",
            "organisation_id",
            "passes_at",
            postgresql_where="outcome IS NULL AND superseded_at IS NULL",
        ),
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
    passes_at: datetime | None = Field(default=None, sa_type=Instant)
    probability: float | None = None
    cases: int | None = None
    curve_id: UUID | None = None
    stage: str | None = None
    made_at: datetime = Field(sa_type=Instant)
    superseded_by: UUID | None = None
    superseded_at: datetime | None = Field(default=None, sa_type=Instant)
    reason: str | None = None
    outcome: str | None = Field(default=None, sa_type=String)
    judged_at: datetime | None = Field(default=None, sa_type=Instant)


PROMISE = table(Promise)


async def newest(connection: AsyncConnection, organisation_id: UUID, mode: Mode, case_id: UUID) -> Row[Any] | None:
    """The promise that was made last."""
    query = select(PROMISE).where(
        PROMISE.c.organisation_id == organisation_id, PROMISE.c.mode == mode, PROMISE.c.case_id == case_id
    )
    ordered = query.order_by(PROMISE.c.made_at.desc(), PROMISE.c.id.desc())
    return (await connection.execute(ordered.limit(1))).one_or_none()


def stands(promise: Row[Any]) -> bool:
    """Whether a promise still holds: neither replaced nor judged."""
    return promise.superseded_at is None and promise.outcome is None


_PASSED = text(
    """
    UPDATE promise SET outcome = 'missed', judged_at = passes_at
    WHERE (organisation_id, mode, id) IN (
        SELECT d.organisation_id, d.mode, d.id FROM organisation o CROSS JOIN LATERAL (
            SELECT p.organisation_id, p.mode, p.id FROM promise p
            WHERE p.organisation_id = o.id AND p.outcome IS NULL AND p.superseded_at IS NULL
              AND p.passes_at <= clock_timestamp() + o.clock_offset
            ORDER BY p.passes_at LIMIT :limit FOR UPDATE SKIP LOCKED
        ) d WHERE CAST(:only AS uuid) IS NULL OR o.id = CAST(:only AS uuid) LIMIT :limit)
    RETURNING id
    """
)


async def miss(connection: AsyncConnection, only: UUID | None, limit: int) -> int:
    """Judge the promises whose day is over while their case is open: missed, at that instant."""
    return len((await connection.execute(_PASSED, {"only": only, "limit": limit})).all())


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

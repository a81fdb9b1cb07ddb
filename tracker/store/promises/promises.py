"""The ledger of promises: every date that was ever given. Superseded and judged once, never edited.

They are judged anew only where the end by which they were judged is taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, String, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Base, Basis, Mode, PromiseOutcome
from tracker.store.ground.columns import Instant, belongs_to, one_of, table
from tracker.store.ground.numbered import NumberedRow
from tracker.store.ground.personal import Code
from tracker.store.ground.rows import rows_of


class Promise(SQLModel, table=True):
    """One date that was given. `latest_on` is the day by which, `passes_at` the instant at which that day is over,
    null while the clock is paused; probability null where the office gave none. `curve_id` and `cases`: the curve
    that it was read from, and how many finished cases taught it; `base`: whose these were, null where it was not
    learned, and on dates from before this was kept."""

    __table_args__ = (
        one_of("mode", Mode),
        one_of("basis", Basis),
        one_of("base", Base, optional=True),
        one_of("outcome", PromiseOutcome, optional=True),
        belongs_to("case", "case_id"),
        Index("promise_case", "organisation_id", "mode", "case_id"),
        Index("promise_learned", "organisation_id", "latest_on", postgresql_where="basis = 'history'"),
        Index("promise_curve", "organisation_id", "curve_id", postgresql_where="curve_id IS NOT NULL"),
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
    base: str | None = Field(default=None, sa_type=String)
    curve_id: UUID | None = None
    stage: str | None = Field(default=None, sa_type=Code)
    made_at: datetime = Field(sa_type=Instant)
    superseded_by: UUID | None = None
    superseded_at: datetime | None = Field(default=None, sa_type=Instant)
    reason: str | None = Field(default=None, sa_type=Code)
    outcome: str | None = Field(default=None, sa_type=String)
    judged_at: datetime | None = Field(default=None, sa_type=Instant)


PROMISE = table(Promise)


_PASSING = text(
    """
    SELECT d.organisation_id, d.mode, d.id, c.register, c.number FROM organisation o CROSS JOIN LATERAL (
        SELECT p.organisation_id, p.mode, p.id, p.case_id FROM promise p
        WHERE p.organisation_id = o.id AND p.outcome IS NULL AND p.superseded_at IS NULL
          AND p.passes_at <= clock_timestamp() + o.clock_offset
        ORDER BY p.passes_at LIMIT :limit
    ) d JOIN "case" c ON c.organisation_id = d.organisation_id AND c.mode = d.mode AND c.id = d.case_id
    WHERE CAST(:only AS uuid) IS NULL OR o.id = CAST(:only AS uuid) LIMIT :limit
    """
)


async def passing(connection: AsyncConnection, only: UUID | None, limit: int) -> list[NumberedRow]:
    """The promises whose day is over and that nobody has judged, with the numbers of their cases."""
    return rows_of(NumberedRow, await connection.execute(_PASSING, {"only": only, "limit": limit}))


_MISS = text(
    """
    UPDATE promise SET judged_at = passes_at, outcome = CASE WHEN EXISTS (
        SELECT 1 FROM "case" c
        JOIN source s ON s.organisation_id = c.organisation_id AND s.id = c.source_id
        JOIN heard h ON h.organisation_id = c.organisation_id AND h.mode = c.mode AND h.source_id = c.source_id
        WHERE c.organisation_id = promise.organisation_id AND c.mode = promise.mode AND c.id = promise.case_id
          AND h.heard_at + s.patience < promise.passes_at
    ) THEN 'could_not_tell' ELSE 'missed' END
    FROM organisation o
    WHERE o.id = :organisation AND promise.organisation_id = o.id AND promise.mode = :mode
      AND promise.id = ANY(CAST(:ids AS uuid[])) AND promise.outcome IS NULL AND promise.superseded_at IS NULL
      AND promise.passes_at <= clock_timestamp() + o.clock_offset
    RETURNING promise.id
    """
)


async def miss(connection: AsyncConnection, scope: Scope, ids: Sequence[UUID]) -> int:
    """Judge those of these promises whose day is over still: missed, at that instant; or not to be told, when their
    source had fallen silent by then. While the clock is paused no promise passes. The caller holds the locks of their
    numbers; returns how many were judged."""
    values = {**scope.values, "ids": list(ids)}
    return len((await connection.execute(_MISS, values)).all())

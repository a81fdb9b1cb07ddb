"""The ledger of promises: every date that was ever given. Superseded and judged once, never edited."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, String, bindparam, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.facts import Base
from tracker.store.columns import Instant, Mode, belongs_to, one_of, table
from tracker.store.organisations import Rhythm


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
    that it was read from, and how many finished cases taught it; `base`: whose these were, null where it was not
    learned, and on dates from before this was kept."""

    __table_args__ = (
        one_of("mode", Mode),
        one_of("basis", Basis),
        one_of("base", Base, optional=True),
        one_of("outcome", Kept, optional=True),
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
    stage: str | None = None
    made_at: datetime = Field(sa_type=Instant)
    superseded_by: UUID | None = None
    superseded_at: datetime | None = Field(default=None, sa_type=Instant)
    reason: str | None = None
    outcome: str | None = Field(default=None, sa_type=String)
    judged_at: datetime | None = Field(default=None, sa_type=Instant)


PROMISE = table(Promise)


OURS = frozenset({Basis.HISTORY, Basis.DEFINITION})
"""The kinds of dates that we give; the office's own may stand beside one of them."""


@dataclass(frozen=True, slots=True)
class Given:
    """A promise as the flows hold it: one row of the ledger."""

    organisation_id: UUID
    mode: str
    id: UUID
    case_id: UUID
    entry_id: UUID | None
    basis: str
    earliest_on: date | None
    half_by_on: date | None
    latest_on: date
    passes_at: datetime | None
    probability: float | None
    cases: int | None
    curve_id: UUID | None
    stage: str | None
    made_at: datetime
    superseded_by: UUID | None = None
    superseded_at: datetime | None = None
    reason: str | None = None
    outcome: str | None = None
    judged_at: datetime | None = None
    base: str | None = None

    @property
    def stands(self) -> bool:
        """Whether it still holds: neither replaced nor judged."""
        return self.superseded_at is None and self.outcome is None

    @property
    def ours(self) -> bool:
        """Whether we gave it, and not the office."""
        return self.basis in OURS


@dataclass(frozen=True, slots=True)
class Found:
    """The dates of a case, oldest first; the newest curve of its service; whether its source has fallen silent, how
    often it reports, and when it did last; how far the service's dates are trusted, by what became of earlier ones
    (`core.keeping.Confidence`), or None, and since which day if that ever changed."""

    given: tuple[Given, ...]
    curve_id: UUID | None
    silent: bool
    confidence: str | None = None
    rhythm: Rhythm = Rhythm.LIVE
    heard_at: datetime | None = None
    relied_on_since: date | None = None


_NAMES = tuple(each.name for each in fields(Given))

_OF_CASE = text(
    """
    SELECT curve.id AS newest_curve, coalesce(h.heard_at + s.patience < :now, false) AS silent,
        s.rhythm, h.heard_at, w.confidence, w.since_on AS relied_on_since, p.*
    FROM source s
    LEFT JOIN word w ON w.organisation_id = s.organisation_id AND w.service = :service AND w.current
    LEFT JOIN heard h ON h.organisation_id = s.organisation_id AND h.mode = :mode AND h.source_id = s.id
    LEFT JOIN LATERAL (
        SELECT id FROM curve WHERE organisation_id = s.organisation_id AND service = :service
        ORDER BY learned_at DESC LIMIT 1
    ) curve ON true
    LEFT JOIN promise p ON p.organisation_id = s.organisation_id AND p.mode = :mode AND p.case_id = :case
    WHERE s.organisation_id = :organisation AND s.id = :source
    ORDER BY p.made_at, p.id
    """
).bindparams(bindparam("now", type_=Instant))


async def of_case(
    connection: AsyncConnection, organisation_id: UUID, mode: Mode, case_id: UUID, service: str, source_id: UUID,
    now: datetime,
) -> Found:  # fmt: skip
    """Every date of a case, and by what new ones are read, in one round trip."""
    values = {
        "organisation": organisation_id, "mode": mode.value, "case": case_id, "service": service,
        "source": source_id, "now": now,
    }  # fmt: skip
    rows = (await connection.execute(_OF_CASE, values)).mappings().all()
    given = tuple(Given(**{name: row[name] for name in _NAMES}) for row in rows if row["id"] is not None)
    top = rows[0]
    return Found(
        given, top["newest_curve"], top["silent"], top["confidence"], Rhythm(top["rhythm"]), top["heard_at"],
        top["relied_on_since"],
    )  # fmt: skip


_PASSED = text(
    """
    UPDATE promise SET judged_at = passes_at, outcome = CASE WHEN EXISTS (
        SELECT 1 FROM "case" c
        JOIN source s ON s.organisation_id = c.organisation_id AND s.id = c.source_id
        JOIN heard h ON h.organisation_id = c.organisation_id AND h.mode = c.mode AND h.source_id = c.source_id
        WHERE c.organisation_id = promise.organisation_id AND c.mode = promise.mode AND c.id = promise.case_id
          AND h.heard_at + s.patience < promise.passes_at
    ) THEN 'could_not_tell' ELSE 'missed' END
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
    """Judge the promises whose day is over while their case is open: missed, at that instant; or not to be told, when
    its source had fallen silent by then. While the clock is paused no promise passes."""
    return len((await connection.execute(_PASSED, {"only": only, "limit": limit})).all())


_FIRST = text(
    """
    SELECT c.service, p.probability, count(*) AS passed, count(*) FILTER (
        WHERE c.state = 'closed' AND c.outcome IN ('done', 'refused')
          AND coalesce(c.since_on, (c.since_at AT TIME ZONE :zone)::date) <= greatest(p.latest_on,
            CASE WHEN p.outcome = 'kept' THEN (p.judged_at AT TIME ZONE :zone)::date END)) AS kept
    FROM promise p
    JOIN "case" c ON c.organisation_id = p.organisation_id AND c.mode = p.mode AND c.id = p.case_id
    JOIN source s ON s.organisation_id = c.organisation_id AND s.id = c.source_id
    LEFT JOIN heard h ON h.organisation_id = c.organisation_id AND h.mode = c.mode AND h.source_id = c.source_id
    WHERE p.organisation_id = :organisation AND p.mode = 'live' AND p.basis = 'history'
      AND p.latest_on > :after AND p.latest_on <= :until AND p.reason IS DISTINCT FROM 'case_corrected'
      AND p.reason IS DISTINCT FROM 'clock_paused' AND NOT c.void
      AND p.made_at < (coalesce(c.opened_on, (c.opened_at AT TIME ZONE :zone)::date) + 1)::timestamp
          AT TIME ZONE :zone + CAST(:grace AS interval)
      AND p.outcome IS DISTINCT FROM 'could_not_tell'
      AND (p.outcome IS NOT NULL OR p.superseded_at IS NOT NULL
          OR p.passes_at <= coalesce(h.heard_at + s.patience, p.passes_at))
      AND NOT (c.state = 'closed' AND c.outcome NOT IN ('done', 'refused'))
      AND NOT EXISTS (
        SELECT 1 FROM promise q WHERE q.organisation_id = p.organisation_id AND q.mode = p.mode
          AND q.case_id = p.case_id AND q.basis = 'history' AND q.reason IS DISTINCT FROM 'case_corrected'
          AND (q.made_at, q.id) < (p.made_at, p.id))
    GROUP BY c.service, p.probability
    """
)


async def first_passed(
    connection: AsyncConnection, organisation_id: UUID, zone: str, after: date, until: date, grace: timedelta
) -> dict[tuple[str, float], tuple[int, int]]:
    """For each service and probability, of how many live cases the first learned date came after the one day and until
    the other, and how many of them were finished by it; every source has had the time, `grace`, to tell of it. Those
    that moved or stand still because the clock was paused are left out, those of a source that was silent then, and
    those that were given later than on the day on which the case was opened, or was told of. Whether a date was judged
    yet makes no difference; one that was kept by an end that was taken back counts by the end that there is now."""
    values = {"organisation": organisation_id, "zone": zone, "after": after, "until": until, "grace": grace}
    rows = (await connection.execute(_FIRST, values)).all()
    return {(service, probability): (passed, kept) for service, probability, passed, kept in rows}


async def make(connection: AsyncConnection, given: Given) -> None:
    """Add a promise to the ledger."""
    await connection.execute(insert(PROMISE).values({name: getattr(given, name) for name in _NAMES}))


async def supersede(connection: AsyncConnection, promise: Given, by: UUID, reason: str, now: datetime) -> Given:
    """Write, once, what replaced a promise, and why."""
    return await _write(connection, promise, superseded_by=by, superseded_at=now, reason=reason)


async def judge(
    connection: AsyncConnection, promise: Given, outcome: Kept, now: datetime, reason: str | None = None
) -> Given:
    """Write, once, what became of a promise; `reason`: why it was taken back."""
    return await _write(connection, promise, outcome=outcome.value, judged_at=now, reason=reason)


async def let_pass(connection: AsyncConnection, promise: Given, passes_at: datetime | None) -> Given:
    """Say when the day of a promise is over: None while the clock is paused. The date itself does not move."""
    return await _write(connection, promise, passes_at=passes_at)


async def _write(connection: AsyncConnection, promise: Given, **values: Any) -> Given:
    where = (
        PROMISE.c.organisation_id == promise.organisation_id, PROMISE.c.mode == promise.mode,
        PROMISE.c.id == promise.id, PROMISE.c.superseded_at.is_(None), PROMISE.c.outcome.is_(None),
    )  # fmt: skip
    await connection.execute(update(PROMISE).where(*where).values(**values))
    return replace(promise, **values)

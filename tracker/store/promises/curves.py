"""What was learned about each service: one row for each time that it changed. Shares only, no case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.promises import learning
from tracker.core.vocabulary.rhythm import GRACE
from tracker.core.vocabulary.words import Rhythm
from tracker.store.ground.columns import Instant, new_id, table
from tracker.store.ground.personal import Code, plain


class Curve(SQLModel, table=True):
    """The survival of a service's cases, stage by stage, as it was known at `learned_at` (business time).

    `finished`: how many finished cases of its own taught it, `everyone`: of all services; `weighed_on`: the day up to
    which its level was corrected by dates that had passed; `body`: the tables, as
    `core.promises.learning.SurvivalCurve` writes them.
    """

    __table_args__ = (Index("curve_newest", "organisation_id", "service", "learned_at"),)
    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    id: UUID = Field(primary_key=True)
    service: str = Field(sa_type=Code)
    learned_at: datetime = Field(sa_type=Instant)
    window_from: date
    weighed_on: date | None = None
    finished: int
    everyone: int = 0
    body: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, **plain("shares, no case")))


CURVE = table(Curve)

KEPT = 30
"""So many curves of a service are kept besides those that a promise of the ledger was read from."""

_parsed: dict[UUID, learning.SurvivalCurve] = {}


async def by_id(connection: AsyncConnection, organisation_id: UUID, curve_id: UUID) -> learning.SurvivalCurve:
    """A curve by its id. It never changes, so it is read once in a process."""
    if curve_id not in _parsed:
        query = select(CURVE.c.body).where(CURVE.c.organisation_id == organisation_id, CURVE.c.id == curve_id)
        if len(_parsed) > 200:
            _parsed.clear()
        _parsed[curve_id] = learning.SurvivalCurve.from_json((await connection.execute(query)).scalar_one())
    return _parsed[curve_id]


_NEWEST = text(
    """
    SELECT DISTINCT ON (service) service, id, weighed_on FROM curve WHERE organisation_id = :organisation
    ORDER BY service, learned_at DESC
    """
)


@dataclass(frozen=True, slots=True)
class Newest:
    """What was learned last about a service, and up to which day its level was corrected."""

    curve: learning.SurvivalCurve
    weighed_on: date | None


async def newest(connection: AsyncConnection, organisation_id: UUID) -> dict[str, Newest]:
    """What was learned last about each service of an organisation."""
    rows = (await connection.execute(_NEWEST, {"organisation": organisation_id})).all()
    return {row[0]: Newest(await by_id(connection, organisation_id, row[1]), row[2]) for row in rows}


_RHYTHMS = text("SELECT DISTINCT rhythm FROM source WHERE organisation_id = :organisation")


async def grace(connection: AsyncConnection, organisation_id: UUID) -> timedelta:
    """How long after a day is over the slowest of an organisation's sources may still tell of an end on it."""
    rows = (await connection.execute(_RHYTHMS, {"organisation": organisation_id})).scalars()
    return max((GRACE[Rhythm(rhythm)] for rhythm in rows), default=timedelta(0))


async def add(
    connection: AsyncConnection,
    organisation_id: UUID,
    service: str,
    learned: Newest,
    now: datetime,
    *,
    window_from: date,
) -> UUID:
    """Store what was learned, and drop old curves that no date was ever read from."""
    id_, curve = new_id(), learned.curve
    await connection.execute(
        insert(CURVE).values(
            organisation_id=organisation_id,
            id=id_,
            service=service,
            learned_at=now,
            window_from=window_from,
            weighed_on=learned.weighed_on,
            finished=curve.finished,
            everyone=curve.everyone,
            body=curve.to_json(),
        )
    )
    await connection.execute(_FORGET, {"organisation": organisation_id, "service": service, "kept": KEPT})
    return id_


_FORGET = text(
    """
    DELETE FROM curve c WHERE c.organisation_id = :organisation AND c.service = :service
      AND c.id NOT IN (SELECT id FROM curve WHERE organisation_id = :organisation AND service = :service
                       ORDER BY learned_at DESC LIMIT :kept)
      AND NOT EXISTS (SELECT 1 FROM promise p WHERE p.organisation_id = c.organisation_id AND p.curve_id = c.id)
    """
)

_DUE = text(
    """
    SELECT id FROM organisation
    WHERE (learn_at IS NULL OR learn_at <= clock_timestamp() + clock_offset)
      AND (CAST(:only AS uuid) IS NULL OR id = CAST(:only AS uuid)) ORDER BY id
    """
)


async def due(connection: AsyncConnection, only: UUID | None) -> list[UUID]:
    """The organisations whose cases are to be learned from by now."""
    return list((await connection.execute(_DUE, {"only": only})).scalars())


_CLAIM = text(
    """
    SELECT 1 FROM organisation WHERE id = :id AND (learn_at IS NULL OR learn_at <= clock_timestamp() + clock_offset)
    FOR NO KEY UPDATE SKIP LOCKED
    """
)

_NEXT = text("UPDATE organisation SET learn_at = :at WHERE id = :id").bindparams(bindparam("at", type_=Instant))


async def claim(connection: AsyncConnection, organisation_id: UUID) -> bool:
    """Hold an organisation's turn to learn until the transaction ends; False when another process has it."""
    return (await connection.execute(_CLAIM, {"id": organisation_id})).one_or_none() is not None


async def again_at(connection: AsyncConnection, organisation_id: UUID, at: datetime) -> None:
    """Set when dates are learned from its cases the next time (business time)."""
    await connection.execute(_NEXT, {"id": organisation_id, "at": at})


_AT_ONCE = text("UPDATE organisation SET learn_at = NULL WHERE id = :id")


async def at_once(connection: AsyncConnection, organisation_id: UUID) -> None:
    """Let dates be learned from its cases as soon as may be."""
    await connection.execute(_AT_ONCE, {"id": organisation_id})


_WAKE = text(
    """
    UPDATE "case" SET wake_at = least(wake_at, :now) WHERE (organisation_id, mode, id) IN (
        SELECT c.organisation_id, c.mode, c.id FROM "case" c
        WHERE c.organisation_id = :organisation AND c.service = :service AND c.state = 'open' AND NOT c.void
          AND (CAST(:after AS uuid) IS NULL OR c.id > CAST(:after AS uuid))
          AND NOT EXISTS (SELECT 1 FROM promise p WHERE p.organisation_id = c.organisation_id AND p.mode = c.mode
                          AND p.case_id = c.id AND p.basis <> 'office'
                          AND p.outcome IS NULL AND p.superseded_at IS NULL
                          AND (p.basis <> 'definition' OR EXISTS (
                              SELECT 1 FROM telling t WHERE t.organisation_id = p.organisation_id AND t.mode = p.mode
                                  AND t.promise_id = p.id AND t.audience <> 'staff')))
        ORDER BY c.id LIMIT :limit FOR UPDATE SKIP LOCKED)
    RETURNING id
    """
).bindparams(bindparam("now", type_=Instant))


async def wake_dateless(
    connection: AsyncConnection, organisation_id: UUID, service: str, now: datetime, *, after: UUID | None, limit: int
) -> list[UUID]:
    """Let the next sweep look at open cases for which no date of our own stands, or a stand-in that nobody was told of;
    the ids of the next `limit` of them
    after an id."""
    values = {"organisation": organisation_id, "service": service, "now": now, "after": after, "limit": limit}
    return list((await connection.execute(_WAKE, values)).scalars())

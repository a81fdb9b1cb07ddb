"""Entries: every event that was accepted, each at its place in a timeline or still waiting for one.

Codes and dates stand in `body`, what people wrote in `words`: see `store.case.bodies`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    bindparam,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.case.events import StatusEvent
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode, Placement
from tracker.store.case.bodies import Normal, event_of
from tracker.store.case.parties import PARTY
from tracker.store.ground.columns import Instant, belongs_to, of_scope, one_of, table
from tracker.store.ground.numbered import NumberedRow
from tracker.store.ground.personal import Code, emptied, personal, plain
from tracker.store.ground.rows import ScopedRow, rows_of


class Entry(SQLModel, table=True):
    """One accepted event. `case_id` is null while it is parked; `fingerprint` is an HMAC of what it said; `placed_at`:
    when its place changed last after it was heard, by a correction, a hold that ended, or another definition."""

    __table_args__ = (
        one_of("mode", Mode),
        one_of("placement", Placement),
        belongs_to("source", "source_id", mode=False),
        belongs_to("case", "case_id"),
        UniqueConstraint("organisation_id", "mode", "source_id", "event_id"),
        Index("entry_case", "organisation_id", "mode", "case_id"),
        Index("entry_parked", "organisation_id", "mode", "register", "number", postgresql_where="case_id IS NULL"),
        Index("entry_parked_until", "organisation_id", "parked_until", postgresql_where="parked_until IS NOT NULL"),
        Index("entry_heard", "heard_at", postgresql_using="brin"),
        Index("entry_placed", "placed_at", postgresql_using="brin"),
        Index("entry_quarantined", "organisation_id", "service", postgresql_where="placement = 'quarantined'"),
    )
    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    case_id: UUID | None = None
    source_id: UUID
    source: str = Field(sa_type=Code)
    event_id: str = Field(sa_type=Code)
    type: str = Field(sa_type=Code)
    register_: str = Field(sa_column=Column("register", Code, nullable=False))
    number: str = Field(sa_type=Code)
    service: str | None = Field(default=None, sa_type=Code)
    occurred_at: datetime = Field(sa_type=Instant)
    occurred_on: date | None = None
    sequence: int | None = Field(default=None, sa_type=BigInteger)
    sensitive: bool = False
    hold_until: datetime | None = Field(default=None, sa_type=Instant)
    body: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, **plain("codes and dates, see bodies")))
    words: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True), **personal()))
    fingerprint: bytes = Field(sa_type=LargeBinary, sa_column_kwargs=plain("an HMAC of the whole event"))
    heard_at: datetime = Field(sa_type=Instant)
    position_at: datetime = Field(sa_type=Instant)
    rank: int = 0
    placement: str = Field(sa_type=String)
    stage: str | None = Field(default=None, sa_type=Code)
    shown: bool = False
    parked_until: datetime | None = Field(default=None, sa_type=Instant)
    placed_at: datetime | None = Field(default=None, sa_type=Instant)


ENTRY = table(Entry)


_WITH_PARTY = select(
    ENTRY,
    PARTY.c.party,
    PARTY.c.role,
    PARTY.c.name,
    PARTY.c.organisation,
    PARTY.c.language,
    PARTY.c.channels,
    PARTY.c.known_fact,
    PARTY.c.removed,
    PARTY.c.prefers,
    PARTY.c.zone.label("party_zone"),
    PARTY.c.unfit_as,
).outerjoin_from(
    ENTRY,
    PARTY,
    (PARTY.c.organisation_id == ENTRY.c.organisation_id)
    & (PARTY.c.mode == ENTRY.c.mode)
    & (PARTY.c.entry_id == ENTRY.c.id),
)


_OF_CASE = _WITH_PARTY.where(
    ENTRY.c.organisation_id == bindparam("organisation"),
    ENTRY.c.mode == bindparam("in_mode"),
    ENTRY.c.case_id == bindparam("case"),
)


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry and its event; codes and dates of it (`body`) apart from what people wrote (`words`)."""

    id: UUID
    event: StatusEvent
    body: dict[str, object]
    words: dict[str, str]


async def of_case(connection: AsyncConnection, scope: Scope, case_id: UUID, normal: Normal) -> list[StoredEntry]:
    """All entries of a case with what they said of parties. `normal` is asked about addresses from before their one
    form was kept."""
    named = {"organisation": scope.organisation_id, "in_mode": scope.mode.value, "case": case_id}
    rows = (await connection.execute(_OF_CASE, named)).all()
    return [StoredEntry(row.id, event_of(row._asdict(), normal), row.body, row.words or {}) for row in rows]


_ENTRY_EMPTIED, _PARTY_EMPTIED = emptied(ENTRY), emptied(PARTY)

_EXPIRE = text(
    f"""
    WITH gone AS (
    UPDATE entry e SET placement = 'expired', parked_until = NULL, {_ENTRY_EMPTIED}
    FROM organisation owner
    WHERE owner.id = e.organisation_id AND (e.organisation_id, e.mode, e.id) IN (
        SELECT d.organisation_id, d.mode, d.id FROM organisation o CROSS JOIN LATERAL (
            SELECT p.organisation_id, p.mode, p.id FROM entry p
            WHERE p.organisation_id = o.id AND p.parked_until <= clock_timestamp() + o.clock_offset
              AND p.parked_until IS DISTINCT FROM p.hold_until
            ORDER BY p.parked_until LIMIT :limit FOR UPDATE SKIP LOCKED
        ) d WHERE CAST(:only AS uuid) IS NULL OR o.id = CAST(:only AS uuid) LIMIT :limit)
    RETURNING e.organisation_id, e.mode, e.id, e.source, e.number, clock_timestamp() + owner.clock_offset AS now
    ), unnamed AS (
    UPDATE party p SET {_PARTY_EMPTIED}
    FROM gone WHERE p.organisation_id = gone.organisation_id AND p.mode = gone.mode AND p.entry_id = gone.id
    )
    SELECT organisation_id, mode, source, number, now FROM gone
    """
)


_FREE = text(
    """
    SELECT d.* FROM organisation o CROSS JOIN LATERAL (
        SELECT p.organisation_id, p.mode, p.id, p.register, p.number FROM entry p
        WHERE p.organisation_id = o.id AND p.parked_until <= clock_timestamp() + o.clock_offset
          AND p.parked_until = p.hold_until
        ORDER BY p.parked_until LIMIT :limit
    ) d WHERE CAST(:only AS uuid) IS NULL OR o.id = CAST(:only AS uuid) LIMIT :limit
    """
)


async def free(connection: AsyncConnection, only: UUID | None, limit: int) -> list[NumberedRow]:
    """What may open a case and was held back until now: such an entry is parked until the end of its hold."""
    return rows_of(NumberedRow, await connection.execute(_FREE, {"only": only, "limit": limit}))


async def wait_on(connection: AsyncConnection, scope: Scope, ids: Sequence[UUID], until: datetime) -> None:
    """Let entries that have no case wait until then."""
    where = (*of_scope(ENTRY, scope), ENTRY.c.id.in_(ids))
    await connection.execute(update(ENTRY).where(*where, ENTRY.c.case_id.is_(None)).values(parked_until=until))


@dataclass(frozen=True, slots=True)
class ExpiredEntry(ScopedRow):
    """An entry whose case never came. `now`: the organisation's business time."""

    source: str
    number: str
    now: datetime


async def expire(connection: AsyncConnection, only: UUID | None, limit: int) -> list[ExpiredEntry]:
    """Give up on parked entries whose case never came: kept as dead letters, without what is personal in them, and
    returned for an alert."""
    return rows_of(ExpiredEntry, await connection.execute(_EXPIRE, {"only": only, "limit": limit}))


async def quarantined_numbers(
    connection: AsyncConnection, organisation_id: UUID, service: str
) -> list[tuple[Mode, str, str]]:
    """Case numbers (mode, register, number) without a case that have entries of this service in quarantine."""
    query = select(ENTRY.c.mode, ENTRY.c.register, ENTRY.c.number).where(
        ENTRY.c.organisation_id == organisation_id,
        ENTRY.c.service == service,
        ENTRY.c.placement == Placement.QUARANTINED,
        ENTRY.c.case_id.is_(None),
    )
    rows = (await connection.execute(query.distinct())).all()
    return [(Mode(mode), register, number) for mode, register, number in rows]

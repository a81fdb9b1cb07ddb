"""Cases: their identity, and what they are now (a projection of their events, so that a page is one query)."""

from __future__ import annotations

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
    Uuid,
    case,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import CaseState, Clock, Mode, Outcome, WaitingOn
from tracker.store.ground.columns import Instant, belongs_to, of_scope, one_of, table
from tracker.store.ground.numbered import NumberedRow
from tracker.store.ground.personal import Code, personal
from tracker.store.ground.rows import row_of, rows_of

_JOINED = ("organisation_id", "mode", "register", "merged_into")


class Case(SQLModel, table=True):
    """One request of one person or organisation.

    (register, number, epoch) is the back office's name for it, `reference` the public one. `next_word_at` is when
    silence would last too long, `wake_at` when anything else about the case may be due (what is held back, a
    reminder, another look at its date, the question how it went): both are found by partial indexes, so that sweeps
    cost what is due and not what is stored. `void`: its opening event was corrected away.
    `forget_at`: when its personal data has been kept long enough, found by an index too; `erased_at`: when it went.
    `word_to`: the recipients to whom that word would go; null until the case is read again after an update.
    `served_on`: when the formal decision was served that ended it; `merged_into`: the number that goes on in its place;
    `end_in_doubt`: an end was reported that lies before the beginning; `statutory_on`: the last day that the law
    allows, null until the case is read again after an update, and `statutory_paused` whether it does not run now.
    `promise_id`: the date of ours that stands; `sooner`: likely to be finished well before it. `live_from`: when the
    source that opened it went live, as it stood then. `news_entry` and `asked_entry`: what is newest to tell and to
    ask, so that a message can be checked once more when it is released.
    """

    __table_args__ = (
        one_of("mode", Mode),
        one_of("state", CaseState),
        one_of("outcome", Outcome, optional=True),
        one_of("waiting_on", WaitingOn),
        one_of("clock", Clock),
        belongs_to("source", "source_id", mode=False),
        UniqueConstraint("organisation_id", "mode", "register", "number", "epoch"),
        Index("case_reference", "reference", unique=True),
        Index("case_next_word", "organisation_id", "next_word_at", postgresql_where="next_word_at IS NOT NULL"),
        Index("case_wake", "organisation_id", "wake_at", postgresql_where="wake_at IS NOT NULL"),
        Index("case_joined", *_JOINED, postgresql_where="merged_into IS NOT NULL"),
        Index("case_stage", "organisation_id", "service", "stage"),
        Index("case_forget", "organisation_id", "forget_at", postgresql_where="forget_at IS NOT NULL"),
    )
    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    register_: str = Field(sa_column=Column("register", Code, nullable=False))
    number: str = Field(sa_type=Code)
    epoch: int
    service: str = Field(sa_type=Code)
    reference: str = Field(sa_type=Code)
    source_id: UUID
    stage: str = Field(sa_type=Code)
    since_at: datetime | None = Field(default=None, sa_type=Instant)
    since_on: date | None = None
    state: str = Field(sa_type=String)
    outcome: str | None = Field(default=None, sa_type=String)
    waiting_on: str = Field(sa_type=String)
    clock: str = Field(sa_type=String)
    unmapped: bool = False
    delay_reason: str | None = Field(default=None, sa_type=Code)
    served_on: date | None = None
    merged_into: str | None = Field(default=None, sa_type=Code)
    end_in_doubt: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    statutory_on: date | None = None
    statutory_paused: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    needs: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False, **personal("'[]'")))
    known_facts: list[bytes] = Field(sa_column=Column(ARRAY(LargeBinary), nullable=False, **personal("'{}'")))
    language: str | None = Field(default=None, sa_type=Code)
    opened_at: datetime = Field(sa_type=Instant)
    opened_on: date | None = None
    last_at: datetime = Field(sa_type=Instant)
    live_from: datetime | None = Field(default=None, sa_type=Instant)
    void: bool = False
    spoken_at: datetime | None = Field(default=None, sa_type=Instant)
    next_word_on: date | None = None
    next_word_at: datetime | None = Field(default=None, sa_type=Instant)
    quiet_words: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    arrived_at: datetime | None = Field(default=None, sa_type=Instant)
    word_to: list[UUID] | None = Field(default=None, sa_column=Column(ARRAY(Uuid), nullable=True))
    wake_at: datetime | None = Field(default=None, sa_type=Instant)
    news_entry: UUID | None = None
    asked_entry: UUID | None = None
    promise_id: UUID | None = None
    sooner: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})
    forget_at: datetime | None = Field(default=None, sa_type=Instant)
    erased_at: datetime | None = Field(default=None, sa_type=Instant)
    version: int = Field(sa_column=Column(BigInteger, nullable=False))


CASE = table(Case)
_NUMBERED = select(*(CASE.c[name] for name in ("organisation_id", "mode", "id", "register", "number")))
_STAFF_CASE = select(*(CASE.c[name] for name in ("number", "reference", "service", "known_facts", "void", "spoken_at")))


@dataclass(frozen=True, slots=True)
class StaffCase:
    """What the desk needs of a case beside what its page shows."""

    number: str
    reference: str
    service: str
    known_facts: list[bytes]
    void: bool
    spoken_at: datetime | None


async def by_id(connection: AsyncConnection, scope: Scope, case_id: UUID) -> StaffCase | None:
    """One case by its id."""
    where = (*of_scope(CASE, scope), CASE.c.id == case_id)
    return row_of(StaffCase, await connection.execute(_STAFF_CASE.where(*where)))


_DUE = text(
    """
    SELECT d.* FROM organisation o CROSS JOIN LATERAL (
        (SELECT c.organisation_id, c.mode, c.id, c.register, c.number FROM "case" c
         WHERE c.organisation_id = o.id AND c.next_word_at <= clock_timestamp() + o.clock_offset
         ORDER BY c.next_word_at LIMIT :limit)
        UNION
        (SELECT c.organisation_id, c.mode, c.id, c.register, c.number FROM "case" c
         WHERE c.organisation_id = o.id AND c.wake_at <= clock_timestamp() + o.clock_offset
         ORDER BY c.wake_at LIMIT :limit)
    ) d
    WHERE CAST(:only AS uuid) IS NULL OR o.id = CAST(:only AS uuid)
    LIMIT :limit
    """
)


async def due(connection: AsyncConnection, only: UUID | None, limit: int) -> list[NumberedRow]:
    """The cases whose silence has reached its limit, or in which something held back may speak, by each
    organisation's own clock."""
    return rows_of(NumberedRow, await connection.execute(_DUE, {"only": only, "limit": limit}))


async def put_off(connection: AsyncConnection, scope: Scope, id_: UUID, until: datetime) -> None:
    """Look at a case no sooner than this."""
    where = (*of_scope(CASE, scope), CASE.c.id == id_)
    later = {"next_word_at": case((CASE.c.next_word_at.is_not(None), until)), "wake_at": until}
    await connection.execute(update(CASE).where(*where).values(**later))


async def in_stages(
    connection: AsyncConnection, organisation_id: UUID, service: str, after: UUID | None, limit: int
) -> list[NumberedRow]:
    """A batch of a service's cases, in order of id."""
    query = _NUMBERED.where(CASE.c.organisation_id == organisation_id, CASE.c.service == service)
    if after is not None:
        query = query.where(CASE.c.id > after)
    return rows_of(NumberedRow, await connection.execute(query.order_by(CASE.c.id).limit(limit)))


async def open_numbers(
    connection: AsyncConnection, organisation_id: UUID, after: UUID | None, limit: int
) -> list[NumberedRow]:
    """A batch of an organisation's open live cases, in order of id."""
    query = _NUMBERED.where(
        CASE.c.organisation_id == organisation_id,
        CASE.c.mode == Mode.LIVE,
        CASE.c.state == CaseState.OPEN,
        CASE.c.void.is_(False),
        CASE.c.erased_at.is_(None),
    )
    if after is not None:
        query = query.where(CASE.c.id > after)
    return rows_of(NumberedRow, await connection.execute(query.order_by(CASE.c.id).limit(limit)))


async def count_by_stage(connection: AsyncConnection, organisation_id: UUID, service: str) -> dict[str, int]:
    """How many cases of a service stand in each stage: asked when its definition changes, not on any hot path."""
    query = select(CASE.c.stage, func.count()).where(
        CASE.c.organisation_id == organisation_id, CASE.c.service == service
    )
    rows = await connection.execute(query.group_by(CASE.c.stage))
    return {row[0]: row[1] for row in rows.all()}

"""How it was for the person, after the end: one answer of each party of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.vocabulary.words import Mode, Outcome
from tracker.store.ground.columns import Instant, belongs_to, one_of, table
from tracker.store.ground.personal import Code, personal
from tracker.store.ground.rows import ScopedRow, row_of


class PromiseKept(StrEnum):
    """What had become of the first date that they were told, when the answer came."""

    KEPT = "kept"
    MISSED = "missed"
    NONE = "none"


class Feedback(SQLModel, table=True):
    """One answer: a score from 1 (bad) to 5 (good) and a comment, with what the case was when it was given."""

    __table_args__ = (
        one_of("mode", Mode),
        one_of("promise", PromiseKept),
        CheckConstraint("score BETWEEN 1 AND 5", name="score_scale"),
        belongs_to("case", "case_id"),
        UniqueConstraint("organisation_id", "mode", "case_id", "party"),
    )
    organisation_id: UUID = Field(primary_key=True)
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    case_id: UUID
    party: str = Field(sa_type=Code)
    score: int
    comment: str | None = Field(default=None, sa_type=Text, sa_column_kwargs=personal())
    language: str = Field(sa_type=Code)
    service: str = Field(sa_type=Code)
    stage: str = Field(sa_type=Code)
    outcome: str | None = Field(default=None, sa_type=Code)
    promise: str = Field(sa_type=String)
    answered_at: datetime = Field(sa_type=Instant)
    changed_at: datetime | None = Field(default=None, sa_type=Instant)


FEEDBACK = table(Feedback)

_WHOM = """
    SELECT m.organisation_id, m.mode, m.case_id, m.party, m.language, c.reference, c.service, c.stage, c.outcome,
        c.void, c.erased_at, o.name AS organisation, clock_timestamp() + o.clock_offset AS now, f.answered_at
    FROM message m
    JOIN "case" c ON c.organisation_id = m.organisation_id AND c.mode = m.mode AND c.id = m.case_id
    JOIN organisation o ON o.id = m.organisation_id
    LEFT JOIN feedback f ON f.organisation_id = m.organisation_id AND f.mode = m.mode AND f.case_id = m.case_id
        AND f.party = m.party
    WHERE m.organisation_id = :organisation AND m.mode IN ('live', 'test') AND m.id = :message
"""


@dataclass(frozen=True, slots=True)
class AskedParty(ScopedRow):
    """Whom a message asks how it was, and about what; `answered_at` None: not answered yet. `now`: the organisation's
    business time."""

    case_id: UUID
    party: str
    language: str
    reference: str
    service: str
    stage: str
    outcome: Outcome | None
    void: bool
    erased_at: datetime | None
    organisation: str
    now: datetime
    answered_at: datetime | None


_ASKED = text(_WHOM)
_ASKED_LOCKED = text(f"{_WHOM} FOR SHARE OF c")


async def asked(
    connection: AsyncConnection, organisation_id: UUID, message_id: UUID, *, locked: bool = False
) -> AskedParty | None:
    """Whom a message asks, and about what.

    `locked` keeps the case from being erased until the transaction ends, and waits for an erasure under way.
    """
    values = {"organisation": organisation_id, "message": message_id}
    return row_of(AskedParty, await connection.execute(_ASKED_LOCKED if locked else _ASKED, values))


async def save(connection: AsyncConnection, values: dict[str, Any], since: datetime) -> bool:
    """Write an answer; a second one takes the place of the first, if that was given after `since`. False: it was
    not, and stands. What the case was when it was first answered stays as it was."""
    statement = insert(FEEDBACK).values(**values)
    fresh = statement.excluded
    changed = statement.on_conflict_do_update(
        index_elements=["organisation_id", "mode", "case_id", "party"],
        set_={"score": fresh.score, "comment": fresh.comment, "changed_at": fresh.answered_at},
        where=FEEDBACK.c.answered_at >= since,
    )
    return (await connection.execute(changed.returning(FEEDBACK.c.id))).one_or_none() is not None

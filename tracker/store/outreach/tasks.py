"""What staff do by hand for somebody whom no message reaches: each task once, with the day by which it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Mode
from tracker.store.ground.columns import Instant, belongs_to, new_id, one_of, table
from tracker.store.ground.personal import Code, personal_row
from tracker.store.ground.rows import row_of, rows_of


class TaskKind(StrEnum):
    """What is to be done."""

    TELL_BY_HAND = "tell_by_hand"
    """Write a letter or call: nothing that we send reaches this person, and they may lose money or rights."""


class Task(SQLModel, table=True):
    """One thing to do about a case. `cause`: what it follows from, such as the key of the message that did not arrive;
    `reason`: why staff closed it, in a code, if that was not because it is done."""

    __table_args__ = (
        one_of("mode", Mode),
        one_of("kind", TaskKind),
        belongs_to("case", "case_id"),
        belongs_to("account", "done_by", mode=False),
        UniqueConstraint("organisation_id", "mode", "kind", "cause"),
        Index("task_case", "organisation_id", "mode", "case_id"),
        Index("task_open", "organisation_id", "mode", "due_on", postgresql_where="done_at IS NULL"),
    )
    organisation_id: UUID = Field(primary_key=True)
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    case_id: UUID
    kind: str = Field(sa_type=String)
    cause: str = Field(sa_type=Text, sa_column_kwargs=personal_row())
    due_on: date
    made_at: datetime = Field(sa_type=Instant)
    done_at: datetime | None = Field(default=None, sa_type=Instant)
    done_by: UUID | None = None
    reason: str | None = Field(default=None, sa_type=Code)


TASK = table(Task)


async def add_task(
    connection: AsyncConnection, scope: Scope, case_id: UUID, *, kind: TaskKind, cause: str, due_on: date, now: datetime
) -> bool:
    """Add a task; False when there is one of this kind for this cause already, done or not."""
    values = {"id": new_id(), "case_id": case_id, "kind": kind.value, "cause": cause, "due_on": due_on, "made_at": now}
    statement = insert(TASK).values(**scope.columns, **values).on_conflict_do_nothing().returning(TASK.c.id)
    return (await connection.execute(statement)).one_or_none() is not None


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that is to be done. `purpose` and `channel`: of the message that did not arrive, if it
    follows from one."""

    id: UUID
    case_id: UUID
    kind: TaskKind
    due_on: date
    made_at: datetime
    reference: str
    purpose: Purpose | None
    channel: Channel | None


_OPEN = """
    SELECT t.id, t.case_id, t.kind, t.due_on, t.made_at, c.reference, m.purpose, m.channel FROM task t
    JOIN "case" c ON c.organisation_id = t.organisation_id AND c.mode = t.mode AND c.id = t.case_id
    LEFT JOIN message m ON m.organisation_id = t.organisation_id AND m.mode = t.mode AND m.key = t.cause
    WHERE t.organisation_id = :organisation AND t.mode = :mode AND t.done_at IS NULL
    """

_ALL = text(f"{_OPEN} ORDER BY t.due_on, t.id LIMIT :limit")
_OF_CASE = text(f"{_OPEN} AND t.case_id = :case ORDER BY t.due_on, t.id LIMIT 20")


async def all_open(connection: AsyncConnection, scope: Scope, limit: int) -> list[OpenTask]:
    """The tasks of an organisation, those that are due first."""
    return rows_of(OpenTask, await connection.execute(_ALL, {**scope.values, "limit": limit}))


async def of_case(connection: AsyncConnection, scope: Scope, case_id: UUID) -> list[OpenTask]:
    """The tasks of a case, those that are due first."""
    return rows_of(OpenTask, await connection.execute(_OF_CASE, {**scope.values, "case": case_id}))


_DONE = text(
    """
    UPDATE task SET done_at = :now, done_by = :account, reason = :reason
    WHERE organisation_id = :organisation AND mode = :mode AND id = :task AND case_id = :case AND done_at IS NULL
    RETURNING id
    """
)


@dataclass(frozen=True, slots=True)
class DoneTask:
    """A task that was just marked done."""

    id: UUID


async def mark_done(
    connection: AsyncConnection,
    scope: Scope,
    case_id: UUID,
    task_id: UUID,
    account_id: UUID,
    *,
    now: datetime,
    reason: str | None = None,
) -> bool:
    """Mark a task of a case done, by this account; False when it is done already, or is none of that case."""
    values = {**scope.values, "case": case_id, "task": task_id, "account": account_id, "now": now, "reason": reason}
    return row_of(DoneTask, await connection.execute(_DONE, values)) is not None

"""What providers reported of our attempts, as they said it: kept, and never taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, String, UniqueConstraint, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.outreach.message_transitions import Mover, befores
from tracker.core.vocabulary.messages import MessageState
from tracker.core.vocabulary.words import Mode
from tracker.store.ground.columns import Instant, belongs_to, new_id, one_of, table
from tracker.store.ground.personal import Code, personal
from tracker.store.ground.rows import ScopedRow, row_of
from tracker.store.promises import tellings


class Receipt(SQLModel, table=True):
    """One report about one attempt; the same status twice is one receipt. `body`: what came, without addresses.

    `received_at` is machine time.
    """

    __table_args__ = (
        one_of("mode", Mode),
        belongs_to("attempt", "attempt_id"),
        UniqueConstraint("organisation_id", "mode", "attempt_id", "status"),
    )
    organisation_id: UUID = Field(primary_key=True)
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    attempt_id: UUID
    provider_id: str = Field(sa_type=Code)
    status: str = Field(sa_type=Code)
    code: str | None = Field(default=None, sa_type=Code)
    body: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, **personal("'{}'")))
    received_at: datetime = Field(sa_type=Instant)


RECEIPT = table(Receipt)

_ATTEMPT = text(
    """
    SELECT a.organisation_id, a.mode, a.id, a.message_id, a.number,
        clock_timestamp() AS at, clock_timestamp() + o.clock_offset AS now
    FROM attempt a JOIN organisation o ON o.id = a.organisation_id
    WHERE a.organisation_id = :organisation AND a.mode IN ('live', 'test') AND a.id = :attempt
    """
)


@dataclass(frozen=True, slots=True)
class ReportedAttempt(ScopedRow):
    """An attempt that a provider reports on, with machine time (`at`) and business time (`now`)."""

    id: UUID
    message_id: UUID
    number: int
    at: datetime
    now: datetime


async def attempt(connection: AsyncConnection, organisation_id: UUID, attempt_id: UUID) -> ReportedAttempt | None:
    """The attempt that a receipt is about."""
    values = {"organisation": organisation_id, "attempt": attempt_id}
    return row_of(ReportedAttempt, await connection.execute(_ATTEMPT, values))


async def save(
    connection: AsyncConnection,
    attempt: ReportedAttempt,
    *,
    provider_id: str,
    status: str,
    code: str | None,
    body: dict[str, str],
) -> bool:
    """Keep a receipt; False when the same was told before."""
    statement = insert(RECEIPT).values(
        **attempt.scope.columns,
        id=new_id(),
        attempt_id=attempt.id,
        provider_id=provider_id,
        status=status,
        code=code,
        body=body,
        received_at=attempt.at,
    )
    kept = statement.on_conflict_do_nothing(
        index_elements=["organisation_id", "mode", "attempt_id", "status"]
    ).returning(RECEIPT.c.id)
    return (await connection.execute(kept)).one_or_none() is not None


_ADVANCE = text(
    """
    UPDATE message SET state = :state, reason = NULL, settled_at = coalesce(settled_at, :now), lease_until = NULL
    WHERE organisation_id = :organisation AND mode = :mode AND id = :message
      AND ((attempt_number = :number AND state = ANY(CAST(:newest AS text[]))) OR state = ANY(CAST(:any AS text[])))
    """
).bindparams(bindparam("now", type_=Instant))

_CALLED = text(
    """
    UPDATE attempt SET provider_id = :provider_id, outcome = CASE WHEN CAST(:outcome AS text) IS NOT NULL THEN :outcome
        WHEN outcome IS NULL OR outcome IN ('unsure', 'not_sent') THEN 'accepted' ELSE outcome END
    WHERE organisation_id = :organisation AND mode = :mode AND id = :attempt
    """
)


async def advance(
    connection: AsyncConnection,
    attempt: ReportedAttempt,
    state: str,
    *,
    provider_id: str,
    outcome: str | None = None,
) -> bool:
    """Lead the message on to sent, delivered or failed, never back; True when it moved. A worker that is still
    handing it over finds it settled. `outcome` of the attempt, when it failed; if it did not, it has told its date."""
    where = attempt.scope.values
    moved = await connection.execute(
        _ADVANCE,
        {
            **where,
            "message": attempt.message_id,
            "number": attempt.number,
            "state": state,
            "now": attempt.now,
            "newest": befores(Mover.RECEIPT, MessageState(state)),
            "any": befores(Mover.OLD_RECEIPT, MessageState(state)),
        },
    )
    named = {**where, "attempt": attempt.id, "provider_id": provider_id}
    await connection.execute(_CALLED, {**named, "outcome": outcome if moved.rowcount else None})
    if outcome is None:
        await tellings.sent(connection, [{**where, "message": attempt.message_id, "number": attempt.number}])
    return moved.rowcount == 1

"""The outbox: every decision about saying something.

A row here is the only thing that passes between deciding and carrying. States and reasons: `core.vocabulary.messages`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, String, Text, UniqueConstraint, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.deciding.drafts import EMPTY_FACTS, LASTING_FACTS
from tracker.core.vocabulary.messages import MessageState, Purpose, Reason
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Mode
from tracker.store.ground.columns import Instant, belongs_to, of_scope, one_of, table
from tracker.store.ground.personal import Code, only_staying, personal, plain

_FACTS_THAT_STAY = only_staying("facts", LASTING_FACTS, EMPTY_FACTS)


class Message(SQLModel, table=True):
    """One decision to say something, or not to. `facts` is what it says, frozen when it was decided; `rung` the step
    of the channel ladder: 0 is the first choice, 1 the other channel when that failed.

    `due_at`, `decided_at` and `settled_at` are business time; `lease_until` is the database's.
    """

    __table_args__ = (
        one_of("mode", Mode),
        one_of("purpose", Purpose),
        one_of("state", MessageState),
        one_of("reason", Reason, optional=True),
        one_of("channel", Channel, optional=True),
        belongs_to("case", "case_id"),
        belongs_to("recipient", "recipient_id"),
        belongs_to("source", "source_id", mode=False),
        UniqueConstraint("organisation_id", "mode", "key"),
        Index("message_case", "organisation_id", "mode", "case_id"),
        Index("message_due", "organisation_id", "due_at", postgresql_where="state = 'due'"),
        Index("message_lease", "organisation_id", "lease_until", postgresql_where="state = 'sending'"),
        Index("message_held", "organisation_id", "source_id", postgresql_where="state = 'held'"),
        Index(
            "message_unknown",
            "organisation_id",
            "due_at",
            postgresql_where="state = 'unknown' AND settled_at IS NULL",
        ),
    )
    organisation_id: UUID = Field(primary_key=True)
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    key: str = Field(sa_type=Text, sa_column_kwargs=plain("codes and ids"))
    case_id: UUID
    entry_id: UUID | None = None
    source_id: UUID
    recipient_id: UUID | None = None
    party: str = Field(sa_type=Code)
    purpose: str = Field(sa_type=String)
    cause: str = Field(sa_type=Code)
    channel: str | None = Field(default=None, sa_type=String)
    language: str = Field(sa_type=Code)
    facts: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, **personal(_FACTS_THAT_STAY)))
    state: str = Field(sa_type=String)
    reason: str | None = Field(default=None, sa_type=String)
    decided_at: datetime = Field(sa_type=Instant)
    due_at: datetime = Field(sa_type=Instant)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    attempt_number: int = 0
    rung: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    lease_until: datetime | None = Field(default=None, sa_type=Instant)


MESSAGE = table(Message)


async def unhold(connection: AsyncConnection, scope: Scope, source_id: UUID) -> None:
    """The source is heard again: what was held for it is due."""
    await connection.execute(
        update(MESSAGE)
        .where(
            *of_scope(MESSAGE, scope),
            MESSAGE.c.source_id == source_id,
            MESSAGE.c.state == MessageState.HELD,
        )
        .values(state=MessageState.DUE, reason=None)
    )

"""The outbox: every decision about saying something.

A row here is the only thing that passes between deciding and carrying. States and reasons: `core.messages`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Row, String, Text, UniqueConstraint, bindparam, case, or_, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, Insert, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.events import Channel
from tracker.core.messages import MessageState, Purpose, Reason
from tracker.store.columns import Instant, Mode, belongs_to, one_of, table


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
    key: str = Field(sa_type=Text)
    case_id: UUID
    entry_id: UUID | None = None
    source_id: UUID
    recipient_id: UUID | None = None
    party: str
    purpose: str = Field(sa_type=String)
    cause: str
    channel: str | None = Field(default=None, sa_type=String)
    language: str
    facts: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    state: str = Field(sa_type=String)
    reason: str | None = Field(default=None, sa_type=String)
    decided_at: datetime = Field(sa_type=Instant)
    due_at: datetime = Field(sa_type=Instant)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    attempt_number: int = 0
    rung: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    lease_until: datetime | None = Field(default=None, sa_type=Instant)


MESSAGE = table(Message)


_OF_CASE = select(
    *(MESSAGE.c[name] for name in ("key", "purpose", "party", "cause", "state", "reason", "due_at"))
).where(
    MESSAGE.c.organisation_id == bindparam("organisation"),
    MESSAGE.c.mode == bindparam("mode"),
    MESSAGE.c.case_id == bindparam("case"),
)


async def of_case(connection: AsyncConnection, organisation_id: UUID, mode: Mode, case_id: UUID) -> Sequence[Row[Any]]:
    """All decisions about a case: key, purpose, party, cause, state, reason, due_at."""
    named = {"organisation": organisation_id, "mode": mode.value, "case": case_id}
    return (await connection.execute(_OF_CASE, named)).all()


def _deciding() -> Insert:
    statement = insert(MESSAGE)
    fresh = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["organisation_id", "mode", "key"],
        set_={
            "state": fresh.state, "reason": fresh.reason, "recipient_id": fresh.recipient_id,
            "channel": fresh.channel, "language": fresh.language, "facts": fresh.facts,
            "source_id": fresh.source_id, "entry_id": fresh.entry_id, "settled_at": None,
            "due_at": case((MESSAGE.c.state == MessageState.WITHHELD, fresh.due_at), else_=MESSAGE.c.due_at),
        },
        where=or_(*(MESSAGE.c.state == each for each in (MessageState.DUE, MessageState.HELD, MessageState.WITHHELD))),
    )  # fmt: skip


_DECIDE = _deciding()
"""Made once: to make and to compile it anew takes longer than to run it."""


async def decide(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    """Write decisions. One that is on record and undecided or withheld takes the new facts; what was said stays. An
    undecided one keeps its time, so that no stream of news puts it off for good."""
    if rows:
        await connection.execute(_DECIDE, rows)


_SUPERSEDE = text(
    """
    UPDATE message SET state = 'withheld', reason = 'superseded', settled_at = :now
    WHERE organisation_id = :organisation AND mode = :mode AND key = ANY(CAST(:keys AS text[]))
      AND state IN ('due', 'held', 'withheld')
    """
).bindparams(bindparam("now", type_=Instant))


async def supersede(
    connection: AsyncConnection, organisation_id: UUID, mode: Mode, keys: tuple[str, ...], now: datetime
) -> None:
    """Withhold messages that newer news has overtaken; what was said stays."""
    if keys:
        values = {"organisation": organisation_id, "mode": mode.value, "keys": list(keys), "now": now}
        await connection.execute(_SUPERSEDE, values)


async def unhold(connection: AsyncConnection, organisation_id: UUID, mode: Mode, source_id: UUID) -> None:
    """The source is heard again: what was held for it is due."""
    await connection.execute(
        update(MESSAGE)
        .where(
            MESSAGE.c.organisation_id == organisation_id, MESSAGE.c.mode == mode, MESSAGE.c.source_id == source_id,
            MESSAGE.c.state == MessageState.HELD,
        )
        .values(state=MessageState.DUE, reason=None)
    )  # fmt: skip


_PENDING = text(
    """
    SELECT min(at) FROM (
        (SELECT due_at AS at FROM message WHERE organisation_id = :id AND state = 'due' ORDER BY due_at LIMIT 1)
        UNION ALL
        (SELECT next_word_at FROM "case" WHERE organisation_id = :id AND next_word_at IS NOT NULL
         ORDER BY next_word_at LIMIT 1)
        UNION ALL
        (SELECT wake_at FROM "case" WHERE organisation_id = :id AND wake_at IS NOT NULL ORDER BY wake_at LIMIT 1)
        UNION ALL
        (SELECT parked_until FROM entry WHERE organisation_id = :id AND parked_until IS NOT NULL
         ORDER BY parked_until LIMIT 1)
        UNION ALL
        (SELECT passes_at FROM promise WHERE organisation_id = :id AND outcome IS NULL AND superseded_at IS NULL
         ORDER BY passes_at LIMIT 1)
        UNION ALL
        (SELECT forget_at FROM "case" WHERE organisation_id = :id AND forget_at IS NOT NULL ORDER BY forget_at LIMIT 1)
        UNION ALL
        (SELECT coalesce(learn_at, clock_timestamp() + clock_offset) FROM organisation WHERE id = :id)
    ) pending
    """
)


async def next_due(connection: AsyncConnection, organisation_id: UUID) -> datetime | None:
    """The next instant (business time) at which something of the organisation falls due: one index probe each."""
    found: datetime | None = (await connection.execute(_PENDING, {"id": organisation_id})).scalar_one()
    return found

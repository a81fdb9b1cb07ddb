"""The outbox: every decision about saying something, its attempts, and what the sandbox caught.

A row here is the only thing that passes between deciding and carrying. States and reasons: `core.messages`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, Row, String, Text, UniqueConstraint, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.events import Channel
from tracker.core.messages import MessageState, Purpose, Reason
from tracker.store.columns import Instant, Mode, belongs_to, one_of, table

LEASE_SECONDS = 60
"""How long a worker may keep a claimed message before another takes it over (database time)."""


class Message(SQLModel, table=True):
    """One decision to say something, or not to. `facts` is what it says, frozen when it was decided.

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
        Index("message_lease", "lease_until", postgresql_where="state = 'sending'"),
        Index("message_held", "organisation_id", "source_id", postgresql_where="state = 'held'"),
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
    lease_until: datetime | None = Field(default=None, sa_type=Instant)


class Attempt(SQLModel, table=True):
    """One try to send a message, committed before the provider is called, with the exact words."""

    __table_args__ = (
        one_of("mode", Mode),
        belongs_to("message", "message_id"),
        UniqueConstraint("organisation_id", "mode", "message_id", "number"),
    )
    organisation_id: UUID = Field(primary_key=True)
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    message_id: UUID
    number: int
    carrier: str
    content: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    outcome: str | None = None
    provider_id: str | None = None
    started_at: datetime = Field(sa_type=Instant)


class Caught(SQLModel, table=True):
    """What the sandbox carrier accepted: its own record, as a provider would keep one. Not unique by message, so
    that a message sent twice would show."""

    __table_args__ = (
        one_of("mode", Mode),
        belongs_to("attempt", "id"),
        Index("caught_newest", "id"),
    )
    organisation_id: UUID = Field(primary_key=True)
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    message_id: UUID
    address: str = Field(sa_type=Text)
    caught_at: datetime = Field(sa_type=Instant)


MESSAGE = table(Message)
ATTEMPT = table(Attempt)
CAUGHT = table(Caught)


async def of_case(connection: AsyncConnection, organisation_id: UUID, mode: Mode, case_id: UUID) -> Sequence[Row[Any]]:
    """All decisions about a case: key, purpose, party, cause, state, reason."""
    columns = [MESSAGE.c[name] for name in ("key", "purpose", "party", "cause", "state", "reason")]
    query = select(*columns).where(
        MESSAGE.c.organisation_id == organisation_id, MESSAGE.c.mode == mode, MESSAGE.c.case_id == case_id
    )
    return (await connection.execute(query)).all()


async def decide(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    """Write decisions. One that is on record and undecided or withheld takes the new facts; what was said stays."""
    if not rows:
        return
    statement = insert(MESSAGE).values(rows)
    fresh = statement.excluded
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["organisation_id", "mode", "key"],
            set_={
                "state": fresh.state, "reason": fresh.reason, "recipient_id": fresh.recipient_id,
                "channel": fresh.channel, "language": fresh.language, "facts": fresh.facts,
                "source_id": fresh.source_id, "entry_id": fresh.entry_id, "settled_at": None,
            },
            where=MESSAGE.c.state.in_([MessageState.DUE, MessageState.HELD, MessageState.WITHHELD]),
        )
    )  # fmt: skip


async def supersede(
    connection: AsyncConnection, organisation_id: UUID, mode: Mode, keys: tuple[str, ...], now: datetime
) -> None:
    """Withhold messages that newer news has overtaken; what was said stays."""
    if keys:
        await connection.execute(
            update(MESSAGE)
            .where(
                MESSAGE.c.organisation_id == organisation_id, MESSAGE.c.mode == mode, MESSAGE.c.key.in_(keys),
                MESSAGE.c.state.in_([MessageState.DUE, MessageState.HELD, MessageState.WITHHELD]),
            )
            .values(state=MessageState.WITHHELD, reason=Reason.SUPERSEDED, settled_at=now)
        )  # fmt: skip


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


_CLAIM = text(
    f"""
    WITH due AS MATERIALIZED (
        SELECT d.organisation_id, d.mode, d.id, d.now
        FROM organisation o CROSS JOIN LATERAL (
            SELECT m.organisation_id, m.mode, m.id, clock_timestamp() + o.clock_offset AS now FROM message m
            WHERE m.organisation_id = o.id AND m.state = 'due' AND m.due_at <= clock_timestamp() + o.clock_offset
            ORDER BY m.due_at LIMIT :limit FOR UPDATE OF m SKIP LOCKED
        ) d
        WHERE CAST(:only AS uuid) IS NULL OR o.id = CAST(:only AS uuid)
        LIMIT :limit
    )
    UPDATE message m SET state = 'sending', attempt_number = m.attempt_number + 1,
        lease_until = clock_timestamp() + interval '{LEASE_SECONDS} seconds'
    FROM due WHERE m.organisation_id = due.organisation_id AND m.mode = due.mode AND m.id = due.id
    RETURNING m.id
    """  # noqa: S608 - the only value put in is a constant of this module
)

_CLAIMED = text(
    """
    SELECT m.organisation_id, m.mode, m.id, m.case_id, m.purpose, m.cause, m.channel, m.language, m.facts,
        m.attempt_number,
        r.address, c.state AS case_state, c.void, c.news_entry, c.asked_entry, c.reference, c.next_word_on,
        o.slug, o.name AS organisation, o.zone, o.footing,
        clock_timestamp() + o.clock_offset AS now, h.heard_at, s.patience
    FROM message m
    JOIN organisation o ON o.id = m.organisation_id
    JOIN "case" c ON c.organisation_id = m.organisation_id AND c.mode = m.mode AND c.id = m.case_id
    JOIN source s ON s.organisation_id = m.organisation_id AND s.id = m.source_id
    LEFT JOIN heard h ON h.organisation_id = m.organisation_id AND h.mode = m.mode AND h.source_id = m.source_id
    LEFT JOIN recipient r ON r.organisation_id = m.organisation_id AND r.mode = m.mode AND r.id = m.recipient_id
    WHERE m.id = ANY(:ids) AND m.state = 'sending'
    """
)


async def claim(connection: AsyncConnection, limit: int, only: UUID | None = None) -> list[UUID]:
    """Claim due messages for a lease: by state and not by cursor, so that no late commit is passed over.

    Every organisation's own clock says what is due there. `only` restricts to one organisation.
    """
    return list((await connection.execute(_CLAIM, {"limit": limit, "only": only})).scalars())


async def claimed(connection: AsyncConnection, ids: list[UUID]) -> Sequence[Row[Any]]:
    """What a worker must know of the messages it has claimed."""
    return (await connection.execute(_CLAIMED, {"ids": ids})).all()


_BEGIN = text(
    """
    INSERT INTO attempt (organisation_id, mode, id, message_id, number, carrier, content, started_at)
    SELECT m.organisation_id, m.mode, :id, m.id, m.attempt_number, :carrier, :content, :now
    FROM message m
    WHERE m.organisation_id = :organisation AND m.mode = :mode AND m.id = :message
      AND m.state = 'sending' AND m.attempt_number = :number AND m.lease_until > clock_timestamp()
    RETURNING id
    """
).bindparams(bindparam("content", type_=JSONB), bindparam("now", type_=Instant))


async def begin_attempt(connection: AsyncConnection, values: dict[str, Any]) -> bool:
    """Record that a message is about to be sent; False when the lease is gone, and then it must not be sent."""
    return (await connection.execute(_BEGIN, values)).one_or_none() is not None


_CATCH = text(
    """
    INSERT INTO caught (organisation_id, mode, id, message_id, address, caught_at)
    SELECT m.organisation_id, m.mode, :attempt, m.id, :address, :now FROM message m
    WHERE m.organisation_id = :organisation AND m.mode = :mode AND m.id = :message
      AND m.state = 'sending' AND m.attempt_number = :number
    FOR UPDATE OF m
    """
).bindparams(bindparam("now", type_=Instant))


async def catch(connection: AsyncConnection, values: dict[str, Any]) -> bool:
    """Accept a message into the sandbox, unless its attempt has been overtaken."""
    return (await connection.execute(_CATCH, values)).rowcount == 1


_SETTLE_MESSAGE = text(
    """
    UPDATE message SET state = :state, reason = :reason, settled_at = :now, lease_until = NULL,
        due_at = coalesce(:due, due_at)
    WHERE organisation_id = :organisation AND mode = :mode AND id = :message
      AND state = 'sending' AND attempt_number = :number
    """
).bindparams(bindparam("now", type_=Instant), bindparam("due", type_=Instant))

_SETTLE_ATTEMPT = text(
    """
    UPDATE attempt SET outcome = :outcome, provider_id = :provider_id
    WHERE organisation_id = :organisation AND mode = :mode AND message_id = :message AND number = :number
      AND outcome IS NULL
    """
)


async def settle(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    """Write what became of claimed messages; each write is fenced by the attempt's number."""
    if not rows:
        return
    await connection.execute(_SETTLE_MESSAGE, rows)
    tried = [row for row in rows if row["outcome"] is not None]
    if tried:
        await connection.execute(_SETTLE_ATTEMPT, tried)


_OVERDUE = text(
    """
    SELECT id FROM message WHERE state = 'sending' AND lease_until < clock_timestamp()
    ORDER BY lease_until LIMIT :limit FOR UPDATE SKIP LOCKED
    """
)

_LEFT_BEHIND = text(
    """
    SELECT m.organisation_id, m.mode, m.id, m.attempt_number, a.id AS attempt_id, k.id AS caught_id,
        a.carrier, clock_timestamp() + o.clock_offset AS now
    FROM message m JOIN organisation o ON o.id = m.organisation_id
    LEFT JOIN attempt a ON a.organisation_id = m.organisation_id AND a.mode = m.mode AND a.message_id = m.id
        AND a.number = m.attempt_number
    LEFT JOIN caught k ON k.organisation_id = a.organisation_id AND k.mode = a.mode AND k.id = a.id
    WHERE m.id = ANY(:ids) AND m.state = 'sending'
    """
)


async def overdue(connection: AsyncConnection, limit: int) -> Sequence[Row[Any]]:
    """Claimed messages whose worker let the lease pass, locked: with the attempt, and whether it was caught.

    Locked first and asked then, by a second statement: what was caught while the first one looked for them is seen.
    """
    ids = list((await connection.execute(_OVERDUE, {"limit": limit})).scalars())
    return (await connection.execute(_LEFT_BEHIND, {"ids": ids})).all() if ids else []


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
    ) pending
    """
)


async def next_due(connection: AsyncConnection, organisation_id: UUID) -> datetime | None:
    """The next instant (business time) at which something of the organisation falls due: one index probe each."""
    found: datetime | None = (await connection.execute(_PENDING, {"id": organisation_id})).scalar_one()
    return found


async def in_flight(connection: AsyncConnection, organisation_id: UUID) -> bool:
    """Whether a worker is sending something of this organisation just now."""
    query = select(MESSAGE.c.id).where(
        MESSAGE.c.organisation_id == organisation_id, MESSAGE.c.state == MessageState.SENDING
    )
    return (await connection.execute(query.limit(1))).one_or_none() is not None


_CAUGHT = text(
    """
    SELECT k.id, k.address, k.caught_at, a.content, m.purpose, m.channel, c.reference, o.name AS organisation
    FROM caught k
    JOIN attempt a ON a.organisation_id = k.organisation_id AND a.mode = k.mode AND a.id = k.id
    JOIN message m ON m.organisation_id = k.organisation_id AND m.mode = k.mode AND m.id = k.message_id
    JOIN "case" c ON c.organisation_id = m.organisation_id AND c.mode = m.mode AND c.id = m.case_id
    JOIN organisation o ON o.id = k.organisation_id
    WHERE (CAST(:organisation AS text) IS NULL OR o.name = :organisation)
      AND (CAST(:reference AS text) IS NULL OR c.reference = :reference)
    ORDER BY k.id DESC LIMIT :limit
    """
)


async def caught(
    connection: AsyncConnection, *, organisation: str | None = None, reference: str | None = None, limit: int = 50
) -> Sequence[Row[Any]]:
    """The newest messages that the sandbox caught, of one organisation (by name) or of all."""
    values = {"organisation": organisation, "reference": reference, "limit": limit}
    return (await connection.execute(_CAUGHT, values)).all()

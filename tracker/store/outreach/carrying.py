"""The carrying of messages: claims under a lease, attempts, and what the sandbox caught.

Every write after a claim names the attempt's number: a worker that wakes up after its lease changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Column, LargeBinary, String, UniqueConstraint, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.outreach.attempts import FREE, Ending
from tracker.core.outreach.message_transitions import settles
from tracker.core.vocabulary.messages import MessageState, Purpose
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import CaseState, Channel, Footing, Mode
from tracker.store.case.survivors import OF_CASE
from tracker.store.ground.columns import Instant, belongs_to, listed, one_of
from tracker.store.ground.personal import Code, personal
from tracker.store.ground.rows import ScopedRow, rows_of
from tracker.store.outreach.messages import MESSAGE
from tracker.store.promises import tellings

LEASE_SECONDS = 60
"""How long a worker may keep a claimed message before another takes it over (database time)."""


class Attempt(SQLModel, table=True):
    """One try to send a message, committed before the provider is called, with the exact words. `outcome`: an
    `Ending`; none while it is under way. `promise_id`: the date that its words name, if they do. `digest`: a keyed hash
    of the address to which it went, by which a report about it is known to be about that address."""

    __table_args__ = (
        one_of("mode", Mode),
        belongs_to("message", "message_id"),
        belongs_to("promise", "promise_id"),
        UniqueConstraint("organisation_id", "mode", "message_id", "number"),
    )
    organisation_id: UUID = Field(primary_key=True)
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    message_id: UUID
    number: int
    carrier: str = Field(sa_type=Code)
    content: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, **personal("'{}'")))
    outcome: str | None = Field(default=None, sa_type=Code)
    provider_id: str | None = Field(default=None, sa_type=Code)
    promise_id: UUID | None = None
    started_at: datetime = Field(sa_type=Instant)
    digest: bytes | None = Field(default=None, sa_type=LargeBinary, sa_column_kwargs=personal())


OFFICE_CAUSE = r"""CASE WHEN m.cause LIKE 'office:%' THEN (
            SELECT 'office:' || p.id || CASE WHEN p.outcome IS NULL THEN '' ELSE '\:passed' END FROM promise p
            WHERE p.organisation_id = m.organisation_id AND p.mode = m.mode AND p.case_id = m.case_id
                AND p.basis = 'office' AND p.superseded_at IS NULL ORDER BY p.made_at DESC, p.id DESC LIMIT 1
        ) END"""
"""Of a message `m` about the office's own date: the cause that it would have now."""

_CLAIM = text(
    f"""
    WITH due AS MATERIALIZED (
        SELECT d.organisation_id, d.mode, d.id
        FROM organisation o CROSS JOIN LATERAL (
            SELECT m.organisation_id, m.mode, m.id FROM message m
            WHERE m.organisation_id = o.id AND m.state = 'due' AND m.due_at <= clock_timestamp() + o.clock_offset
            ORDER BY m.due_at LIMIT :limit FOR UPDATE OF m SKIP LOCKED
        ) d
        WHERE CAST(:only AS uuid) IS NULL OR o.id = CAST(:only AS uuid)
        LIMIT :limit
    ), taken AS (
        UPDATE message m SET state = 'sending', attempt_number = m.attempt_number + 1,
            lease_until = clock_timestamp() + interval '{LEASE_SECONDS} seconds'
        FROM due WHERE m.organisation_id = due.organisation_id AND m.mode = due.mode AND m.id = due.id
        RETURNING m.*
    )
    SELECT m.organisation_id, m.mode, m.id, m.case_id, m.key, m.purpose, m.cause, m.channel, m.language, m.facts,
        m.attempt_number, r.address, CASE WHEN r.current THEN r.normal END AS normal, r.confirmed_at,
        c.state AS case_state, c.void, c.news_entry,
        c.asked_entry, c.promise_id, {OFFICE_CAUSE} AS office_cause,
        c.reference, c.next_word_on, v.reference AS survivor, v.ended AS survivor_end,
        o.slug, o.name AS organisation, o.zone, o.footing,
        o.email_from, o.sms_from, o.live_at, o.mail_paused_until, m.decided_at,
        clock_timestamp() + o.clock_offset AS now, h.heard_at, s.patience
    FROM taken m
    JOIN organisation o ON o.id = m.organisation_id
    JOIN "case" c ON c.organisation_id = m.organisation_id AND c.mode = m.mode AND c.id = m.case_id
    JOIN source s ON s.organisation_id = m.organisation_id AND s.id = m.source_id
    LEFT JOIN LATERAL {OF_CASE} v ON true
    LEFT JOIN heard h ON h.organisation_id = m.organisation_id AND h.mode = m.mode AND h.source_id = m.source_id
    LEFT JOIN recipient r ON r.organisation_id = m.organisation_id AND r.mode = m.mode AND r.id = m.recipient_id
    """
)


@dataclass(frozen=True, slots=True)
class ClaimedMessage(ScopedRow):
    """A message under its lease, and what is true now of its case, its office and its source. `address` None: it was
    erased; `normal` None: it is no address, or the office gives it no more; `confirmed_at`: when the office gave it
    in place of another. `office_cause`: of a message about the office's own date, the cause that it would have now.
    `now`: business time of the organisation."""

    id: UUID
    case_id: UUID
    key: str
    purpose: Purpose
    cause: str
    channel: Channel
    language: str
    facts: dict[str, Any]
    attempt_number: int
    address: str | None
    normal: str | None
    confirmed_at: datetime | None
    case_state: CaseState
    void: bool
    news_entry: UUID | None
    asked_entry: UUID | None
    promise_id: UUID | None
    office_cause: str | None
    reference: str
    next_word_on: date | None
    survivor: str | None
    survivor_end: UUID | None
    slug: str
    organisation: str
    zone: str
    footing: Footing
    email_from: str | None
    sms_from: str | None
    live_at: datetime | None
    mail_paused_until: datetime | None
    decided_at: datetime
    now: datetime
    heard_at: datetime | None
    patience: timedelta


async def claim(connection: AsyncConnection, limit: int, only: UUID | None = None) -> list[ClaimedMessage]:
    """Claim due messages for a lease, and tell what a worker must know of each.

    Claimed by state and not by cursor, so that no late commit is passed over. Every organisation's own clock says
    what is due there. `only` restricts to one organisation.
    """
    return rows_of(ClaimedMessage, await connection.execute(_CLAIM, {"limit": limit, "only": only}))


@dataclass(frozen=True, slots=True)
class Beginning:
    """An attempt that is about to be made: `id` is its own, `number` that of the claim, `content` the exact words,
    `promise_id` the date that they name, `digest` the keyed hash of the address."""

    scope: Scope
    message_id: UUID
    number: int
    id: UUID
    carrier: str
    content: str
    now: datetime
    promise_id: UUID | None = None
    digest: bytes | None = None


_BEGIN = text(
    """
    INSERT INTO attempt (organisation_id, mode, id, message_id, number, carrier, content, started_at, promise_id,
        digest)
    SELECT m.organisation_id, m.mode, t.id, m.id, m.attempt_number, t.carrier, CAST(t.content AS jsonb), t.now,
        t.promise, t.digest
    FROM unnest(CAST(:organisations AS uuid[]), CAST(:modes AS text[]), CAST(:messages AS uuid[]),
        CAST(:numbers AS int[]), CAST(:ids AS uuid[]), CAST(:carriers AS text[]), CAST(:contents AS text[]),
        CAST(:nows AS timestamptz[]), CAST(:promises AS uuid[]), CAST(:digests AS bytea[]))
        AS t (organisation, mode, message, number, id, carrier, content, now, promise, digest)
    JOIN message m ON m.organisation_id = t.organisation AND m.mode = t.mode AND m.id = t.message
    WHERE m.state = 'sending' AND m.attempt_number = t.number AND m.lease_until > clock_timestamp()
    RETURNING id
    """
)


async def begin_attempts(connection: AsyncConnection, beginnings: Sequence[Beginning]) -> set[UUID]:
    """Record that messages are about to be sent; the ids of those attempts whose lease still holds. The others must
    not be sent."""
    columns = {
        "organisations": [each.scope.organisation_id for each in beginnings],
        "modes": [each.scope.mode.value for each in beginnings],
        "messages": [each.message_id for each in beginnings],
        "numbers": [each.number for each in beginnings],
        "ids": [each.id for each in beginnings],
        "carriers": [each.carrier for each in beginnings],
        "contents": [each.content for each in beginnings],
        "nows": [each.now for each in beginnings],
        "promises": [each.promise_id for each in beginnings],
        "digests": [each.digest for each in beginnings],
    }
    return set((await connection.execute(_BEGIN, columns)).scalars())


_KEEP = text(
    f"""
    UPDATE message SET lease_until = clock_timestamp() + interval '{LEASE_SECONDS} seconds'
    WHERE organisation_id = :organisation AND mode = :mode AND id = :message
      AND state = 'sending' AND attempt_number = :number AND lease_until > clock_timestamp()
    """
)


async def renew_lease(connection: AsyncConnection, scope: Scope, message_id: UUID, number: int) -> bool:
    """Begin the lease of a claimed message anew; False when it is over, so that it must not be sent any more."""
    values = {**scope.values, "message": message_id, "number": number}
    return (await connection.execute(_KEEP, values)).rowcount == 1


_SETTLE_MESSAGE = text(
    """
    UPDATE message SET state = :state, reason = :reason, lease_until = NULL,
        settled_at = CASE WHEN CAST(:due AS timestamptz) IS NULL THEN CAST(:now AS timestamptz) END,
        due_at = coalesce(CAST(:due AS timestamptz), due_at)
    WHERE organisation_id = :organisation AND mode = :mode AND id = :message
      AND attempt_number = :number
      AND (state = :held OR (state = 'unknown' AND :state IN ('sent', 'delivered')))
    """
).bindparams(bindparam("now", type_=Instant), bindparam("due", type_=Instant))

_SETTLE_ATTEMPT = text(
    """
    UPDATE attempt SET outcome = :outcome, provider_id = coalesce(:provider_id, provider_id)
    WHERE organisation_id = :organisation AND mode = :mode AND message_id = :message AND number = :number
      AND (outcome IS NULL OR outcome = 'unsure')
    """
)


async def settle(connection: AsyncConnection, rows: list[dict[str, Any]]) -> None:
    """Write what became of messages, fenced by the state in which each was held and the attempt's number; a late answer
    of the same attempt still ends a doubt. With a `due` time it is not over. What was accepted has been told.
    Raises ValueError where that is no move of a message's life."""
    for row in rows:
        settles(MessageState(row["held"]), MessageState(row["state"]))
    if rows:
        await connection.execute(_SETTLE_MESSAGE, rows)
    tried = [row for row in rows if row["outcome"] is not None]
    if tried:
        await connection.execute(_SETTLE_ATTEMPT, tried)
    await tellings.sent(connection, [row for row in tried if row["outcome"] == Ending.ACCEPTED])


async def settle_one(connection: AsyncConnection, row: dict[str, Any]) -> bool:
    """The same for one message; False when it was not held so any more."""
    settles(MessageState(row["held"]), MessageState(row["state"]))
    written = (await connection.execute(_SETTLE_MESSAGE, row)).rowcount == 1
    if row["outcome"] is not None:
        await connection.execute(_SETTLE_ATTEMPT, row)
    return written


_FREE = listed(FREE)

TRIES = f"""
    (SELECT count(*) FROM attempt t WHERE t.organisation_id = m.organisation_id AND t.mode = m.mode
     AND t.message_id = m.id AND (t.outcome IS NULL OR t.outcome NOT IN ({_FREE})))
"""
"""How many tries a message `m` has had, but for those that ended by no fault of its own."""

_TRIES = text(f"SELECT {TRIES} FROM message m WHERE organisation_id = :organisation AND mode = :mode AND id = :message")


async def tries(connection: AsyncConnection, scope: Scope, message_id: UUID) -> int:
    """How many tries a message has had that count."""
    named = {**scope.values, "message": message_id}
    return int((await connection.execute(_TRIES, named)).scalar_one())


async def in_flight(connection: AsyncConnection, organisation_id: UUID) -> bool:
    """Whether a worker is sending something of this organisation just now."""
    query = select(MESSAGE.c.id).where(
        MESSAGE.c.organisation_id == organisation_id, MESSAGE.c.state == MessageState.SENDING
    )
    return (await connection.execute(query.limit(1))).one_or_none() is not None

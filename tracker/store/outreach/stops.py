"""Who asked us to stop, and who to start again: a ledger that only grows, under a keyed hash of the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, bindparam, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Mode
from tracker.store.ground.columns import Instant, one_of, table
from tracker.store.ground.personal import Code, personal_stays
from tracker.store.ground.rows import row_of, rows_of


class Wish(StrEnum):
    """What the person asked for. The newest one counts."""

    STOP = "stop"
    START = "start"


class Stop(SQLModel, table=True):
    """One wish of one address. `purpose` None: everything. `via`: sms, link, provider or staff."""

    __table_args__ = (
        one_of("mode", Mode),
        one_of("channel", Channel),
        one_of("wish", Wish),
        one_of("purpose", Purpose, optional=True),
        Index("stop_newest", "organisation_id", "mode", "channel", "digest", "at"),
    )
    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    channel: str = Field(sa_type=String)
    digest: bytes = Field(
        sa_type=LargeBinary, sa_column_kwargs=personal_stays("a keyed hash of an address: the wish outlives the case")
    )
    wish: str = Field(sa_type=String)
    purpose: str | None = Field(default=None, sa_type=String)
    via: str = Field(sa_type=Code)
    at: datetime = Field(sa_type=Instant)


Asked = tuple[Scope, str, bytes]
"""Whose rows, a channel, and the keyed hash of an address."""

_STOPPED = text(
    """
    SELECT a.organisation, a.mode, a.channel, a.digest
    FROM unnest(CAST(:organisations AS uuid[]), CAST(:modes AS text[]), CAST(:channels AS text[]),
        CAST(:digests AS bytea[])) AS a (organisation, mode, channel, digest)
    JOIN LATERAL (
        SELECT s.wish FROM stop s WHERE s.organisation_id = a.organisation AND s.mode = a.mode
            AND s.channel = a.channel AND s.digest = a.digest AND s.purpose IS NULL
        ORDER BY s.at DESC, s.id DESC LIMIT 1
    ) newest ON newest.wish = 'stop'
    """
)


async def stopped(connection: AsyncConnection, asked: Sequence[Asked]) -> set[Asked]:
    """Those of these addresses that asked us to stop, and not to start again since: one query for all."""
    if not asked:
        return set()
    values = {
        "organisations": [scope.organisation_id for scope, _, _ in asked],
        "modes": [scope.mode.value for scope, _, _ in asked],
        "channels": [channel for _, channel, _ in asked],
        "digests": [digest for _, _, digest in asked],
    }
    rows = (await connection.execute(_STOPPED, values)).all()
    return {(Scope(row[0], Mode(row[1])), row[2], row[3]) for row in rows}


async def record(
    connection: AsyncConnection,
    asked: Asked,
    wish: Wish,
    *,
    via: str,
    id_: UUID,
    now: datetime,
    purpose: Purpose | None = None,
) -> bool:
    """Keep a wish; False when it is on record already: what a provider tells us may be told twice, its id is the
    same."""
    scope, channel, digest = asked
    statement = insert(table(Stop)).values(
        **scope.columns,
        id=id_,
        channel=channel,
        digest=digest,
        wish=wish.value,
        purpose=purpose.value if purpose else None,
        via=via,
        at=now,
    )
    written = await connection.execute(statement.on_conflict_do_nothing().returning(table(Stop).c.id))
    return written.one_or_none() is not None


_WITHHOLD = text(
    """
    UPDATE message m SET state = 'withheld', reason = 'stopped', settled_at = :now
    WHERE (m.organisation_id, m.mode, m.id) IN (
        SELECT q.organisation_id, q.mode, q.id FROM recipient r
        JOIN message q ON q.organisation_id = r.organisation_id AND q.mode = r.mode AND q.case_id = r.case_id
            AND q.recipient_id = r.id
        WHERE r.organisation_id = :organisation AND r.mode = :mode AND r.normal = :normal AND r.channel = :channel
          AND q.state IN ('due', 'held')
        ORDER BY q.id FOR UPDATE OF q)
    RETURNING m.id
    """
).bindparams(bindparam("now", type_=Instant))


async def withhold(
    connection: AsyncConnection, scope: Scope, channel: Channel, normal: str, now: datetime
) -> list[UUID]:
    """Withhold everything that waits to be sent to an address; returns the messages."""
    values = {**scope.values, "channel": channel.value, "normal": normal, "now": now}
    return list((await connection.execute(_WITHHOLD, values)).scalars())


_RECIPIENT = text(
    """
    SELECT m.mode, m.language, r.channel, r.address, r.normal, o.name AS organisation, o.country,
        clock_timestamp() + o.clock_offset AS now
    FROM message m JOIN organisation o ON o.id = m.organisation_id
    LEFT JOIN recipient r ON r.organisation_id = m.organisation_id AND r.mode = m.mode AND r.id = m.recipient_id
    WHERE m.organisation_id = :organisation AND m.mode IN ('live', 'test') AND m.id = :message
    """
)


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom a message goes or went, as they are reached now; without channel and address once those are erased.
    `normal` None: the address was not brought into its one form. `now`: the organisation's business time."""

    mode: Mode
    language: str
    channel: Channel | None
    address: str | None
    normal: str | None
    organisation: str
    country: str
    now: datetime


async def recipient(connection: AsyncConnection, organisation_id: UUID, message_id: UUID) -> Addressee | None:
    """To whom a message goes or went, as they are reached now; without an address once that is erased."""
    values = {"organisation": organisation_id, "message": message_id}
    return row_of(Addressee, await connection.execute(_RECIPIENT, values))


_TEXTED = text(
    """
    SELECT o.id, clock_timestamp() + o.clock_offset AS now, true AS own FROM organisation o
    WHERE o.sms_from = ANY(CAST(:senders AS text[]))
    UNION ALL
    SELECT o.id, clock_timestamp() + o.clock_offset, false FROM organisation o
    WHERE EXISTS (SELECT 1 FROM recipient r WHERE r.organisation_id = o.id AND r.mode = 'live'
                  AND r.normal = :number AND r.channel = :channel)
    """
)


@dataclass(frozen=True, slots=True)
class TextedOffice:
    """An organisation that a text may be meant for. `own`: it went to its own number. `now`: its business time."""

    id: UUID
    now: datetime
    own: bool


async def texted(
    connection: AsyncConnection, senders: Sequence[str], channel: Channel, number: str
) -> list[TextedOffice]:
    """The organisations that a text is meant for: those that send from where it went, else those that have a case
    with that number."""
    values = {"senders": list(senders), "channel": channel.value, "number": number}
    rows = rows_of(TextedOffice, await connection.execute(_TEXTED, values))
    return [row for row in rows if row.own] or rows


_NEWEST_CASE = text(
    """
    SELECT c.id, c.reference FROM recipient r
    JOIN "case" c ON c.organisation_id = r.organisation_id AND c.mode = r.mode AND c.id = r.case_id
    WHERE r.organisation_id = :organisation AND r.mode = 'live' AND r.normal = :number AND r.channel = :channel
      AND NOT c.void
    ORDER BY c.state = 'open' DESC, c.opened_at DESC LIMIT 1
    """
)


@dataclass(frozen=True, slots=True)
class TextedCase:
    """The case that a text is noted on."""

    id: UUID
    reference: str


async def newest_case(
    connection: AsyncConnection, organisation_id: UUID, channel: Channel, number: str
) -> TextedCase | None:
    """The newest case with this number on a channel, an open one before any that is closed."""
    values = {"organisation": organisation_id, "channel": channel.value, "number": number}
    return row_of(TextedCase, await connection.execute(_NEWEST_CASE, values))

"""Who asked us to stop, and who to start again: a ledger that only grows, under a keyed hash of the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, bindparam, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.outreach.wishes import ANSWER_WITHIN, Wish, WishInForce
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Mode
from tracker.store.case.parties import RECIPIENT
from tracker.store.ground.columns import Instant, belongs_to, of_scope, one_of, table
from tracker.store.ground.personal import Code, personal_stays
from tracker.store.ground.rows import row_of, rows_of


class Stop(SQLModel, table=True):
    """One wish of one address. `case_id` None: of all requests at this organisation; `purpose` None: everything.
    `via`: sms, link, provider or staff. `answer_by`: of a pause, until when they may still say that we go on."""

    __table_args__ = (
        one_of("mode", Mode),
        one_of("channel", Channel),
        one_of("wish", Wish),
        one_of("purpose", Purpose, optional=True),
        belongs_to("case", "case_id"),
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
    case_id: UUID | None = None
    via: str = Field(sa_type=Code)
    answer_by: datetime | None = Field(default=None, sa_type=Instant)
    at: datetime = Field(sa_type=Instant)


Asked = tuple[Scope, str, bytes, UUID | None]
"""Whose rows, a channel, the keyed hash of an address, and of which case it is asked; None: of all together."""

_MEANT = """
    SELECT s.* FROM stop s WHERE s.organisation_id = a.organisation AND s.mode = a.mode AND s.channel = a.channel
        AND s.digest = a.digest AND s.purpose IS NULL AND (s.case_id IS NULL OR s.case_id = a.case_id)
    """
_NEWEST = "ORDER BY s.at DESC, s.id DESC LIMIT 1"

_IN_FORCE = text(
    f"""
    SELECT a.place, CASE WHEN w.answer_by <= o.now THEN 'stop' ELSE w.wish END AS wish,
        CASE WHEN w.answer_by <= o.now THEN w.answer_by ELSE w.at END AS at, w.answer_by, w.via,
        w.case_id IS NOT NULL AS of_one
    FROM unnest(CAST(:organisations AS uuid[]), CAST(:modes AS text[]), CAST(:channels AS text[]),
        CAST(:digests AS bytea[]), CAST(:cases AS uuid[])) WITH ORDINALITY
        AS a (organisation, mode, channel, digest, case_id, place)
    JOIN (SELECT id, clock_timestamp() + clock_offset AS now FROM organisation) o ON o.id = a.organisation
    JOIN LATERAL (
        SELECT 0 AS rank, f.* FROM ({_MEANT} AND (s.answer_by IS NULL OR s.answer_by <= o.now) {_NEWEST}) f
        WHERE f.wish <> 'start'
        UNION ALL
        SELECT 1, p.* FROM ({_MEANT} {_NEWEST}) p WHERE p.answer_by > o.now
        ORDER BY rank LIMIT 1
    ) w ON true
    """
)


@dataclass(frozen=True, slots=True)
class PlacedWish:
    """A wish in force, with the place (from 1) of whoever asked in the question."""

    place: int
    wish: Wish
    at: datetime
    answer_by: datetime | None
    via: str
    of_one: bool


async def in_force(connection: AsyncConnection, asked: Sequence[Asked]) -> dict[Asked, WishInForce]:
    """Of these addresses, those that asked to hear nothing, and not to hear again since: one query for all. A pause
    that nobody answered in its time is a stop from then on."""
    if not asked:
        return {}
    values = {
        "organisations": [scope.organisation_id for scope, _, _, _ in asked],
        "modes": [scope.mode.value for scope, _, _, _ in asked],
        "channels": [channel for _, channel, _, _ in asked],
        "digests": [digest for _, _, digest, _ in asked],
        "cases": [case for _, _, _, case in asked],
    }
    rows = rows_of(PlacedWish, await connection.execute(_IN_FORCE, values))
    return {asked[row.place - 1]: WishInForce(row.wish, row.at, row.answer_by, row.via, row.of_one) for row in rows}


async def stopped(connection: AsyncConnection, asked: Sequence[Asked]) -> set[Asked]:
    """Those of these addresses that asked us to stop, and not to start again since: one query for all."""
    return {each for each, wish in (await in_force(connection, asked)).items() if wish.stops}


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
    scope, channel, digest, case = asked
    statement = insert(table(Stop)).values(
        **scope.columns,
        id=id_,
        channel=channel,
        digest=digest,
        wish=wish.value,
        purpose=purpose.value if purpose else None,
        case_id=case,
        via=via,
        answer_by=now + ANSWER_WITHIN if wish is Wish.PAUSE else None,
        at=now,
    )
    written = await connection.execute(statement.on_conflict_do_nothing().returning(table(Stop).c.id))
    return written.one_or_none() is not None


async def is_recorded(connection: AsyncConnection, scope: Scope, id_: UUID) -> bool:
    """Whether the wish of this id was told before."""
    stop = table(Stop)
    query = select(stop.c.id).where(*of_scope(stop, scope), stop.c.id == id_)
    return (await connection.execute(query)).one_or_none() is not None


async def normal_of(
    connection: AsyncConnection, scope: Scope, case_id: UUID, party: str, channel: Channel
) -> str | None:
    """Where a party of a case is reached by a channel, in its one form; None: nowhere."""
    query = select(RECIPIENT.c.normal).where(
        *of_scope(RECIPIENT, scope),
        RECIPIENT.c.case_id == case_id,
        RECIPIENT.c.party == party,
        RECIPIENT.c.channel == channel.value,
    )
    return (await connection.execute(query)).scalar_one_or_none()


_WITHHOLD = text(
    """
    UPDATE message m SET state = 'withheld', reason = 'stopped', settled_at = :now
    WHERE (m.organisation_id, m.mode, m.id) IN (
        SELECT q.organisation_id, q.mode, q.id FROM recipient r
        JOIN message q ON q.organisation_id = r.organisation_id AND q.mode = r.mode AND q.case_id = r.case_id
            AND q.recipient_id = r.id
        WHERE r.organisation_id = :organisation AND r.mode = :mode AND r.normal = :normal AND r.channel = :channel
          AND q.state IN ('due', 'held') AND (CAST(:case AS uuid) IS NULL OR q.case_id = CAST(:case AS uuid))
        ORDER BY q.id FOR UPDATE OF q)
    RETURNING m.id
    """
).bindparams(bindparam("now", type_=Instant))


async def withhold(
    connection: AsyncConnection, scope: Scope, place: tuple[Channel, str], case: UUID | None, now: datetime
) -> list[UUID]:
    """Withhold everything that waits to be sent to a place (a channel, and an address in its one form), about this case
    or about any; returns the messages."""
    values = {**scope.values, "channel": place[0].value, "normal": place[1], "case": case, "now": now}
    return list((await connection.execute(_WITHHOLD, values)).scalars())


_GO_ON = text(
    """
    UPDATE message m SET due_at = :now
    FROM recipient r
    WHERE r.organisation_id = :organisation AND r.mode = :mode AND r.normal = :normal AND r.channel = :channel
        AND m.organisation_id = r.organisation_id AND m.mode = r.mode AND m.case_id = r.case_id
        AND m.recipient_id = r.id AND m.state = 'due' AND m.attempt_number > 0 AND m.due_at > :now
        AND (CAST(:case AS uuid) IS NULL OR m.case_id = CAST(:case AS uuid))
    """
).bindparams(bindparam("now", type_=Instant))


async def go_on(
    connection: AsyncConnection, scope: Scope, place: tuple[Channel, str], case: UUID | None, now: datetime
) -> None:
    """What was put off by a pause is due; whatever else put it off is asked again at its release."""
    values = {**scope.values, "channel": place[0].value, "normal": place[1], "case": case, "now": now}
    await connection.execute(_GO_ON, values)


_RECIPIENT = text(
    """
    SELECT m.mode, m.case_id, m.language, c.reference, r.channel, r.address, r.normal, o.name AS organisation,
        o.country, clock_timestamp() + o.clock_offset AS now
    FROM message m JOIN organisation o ON o.id = m.organisation_id
    JOIN "case" c ON c.organisation_id = m.organisation_id AND c.mode = m.mode AND c.id = m.case_id
    LEFT JOIN recipient r ON r.organisation_id = m.organisation_id AND r.mode = m.mode AND r.id = m.recipient_id
    WHERE m.organisation_id = :organisation AND m.mode IN ('live', 'test') AND m.id = :message
    """
)


@dataclass(frozen=True, slots=True)
class Addressee:
    """To whom a message goes or went, as they are reached now; without channel and address once those are erased.
    `normal` None: the address was not brought into its one form. `now`: the organisation's business time."""

    mode: Mode
    case_id: UUID
    language: str
    reference: str
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

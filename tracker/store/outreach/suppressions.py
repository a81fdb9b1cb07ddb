"""Addresses that letters come back from: a ledger that only grows, under a keyed hash of the address, so that it
outlives the erasure of a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, bindparam, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.outreach.bounces import Suppression
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Mode
from tracker.store.ground.columns import Instant, new_id, one_of, table
from tracker.store.ground.personal import Code, personal_stays

SealedAddress = tuple[Scope, str, bytes]
"""Whose rows, a channel, and the keyed hash of an address."""


class SuppressionStep(StrEnum):
    """What is on record of an address. Of the last two the newer one counts."""

    COUNTED = "counted"
    """A soft bounce."""
    SUPPRESSED = "suppressed"
    """Nothing goes there any more."""
    LIFTED = "lifted"
    """It was confirmed anew."""


class SuppressionEntry(SQLModel, table=True):
    """One step of one address. `cause`: hard, soft or staff; `at` is business time: of a soft bounce when it came, of a
    suppression when the letter was sent."""

    __tablename__ = "suppression"
    __table_args__ = (
        one_of("mode", Mode),
        one_of("channel", Channel),
        one_of("step", SuppressionStep),
        Index("suppression_newest", "organisation_id", "mode", "channel", "digest", "at"),
    )
    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    channel: str = Field(sa_type=String)
    digest: bytes = Field(
        sa_type=LargeBinary,
        sa_column_kwargs=personal_stays("a keyed hash of an address: that it is dead outlives the case"),
    )
    step: str = Field(sa_type=String)
    cause: str = Field(sa_type=Code)
    at: datetime = Field(sa_type=Instant)


SUPPRESSION = table(SuppressionEntry)

_SUPPRESSED = text(
    """
    SELECT a.organisation, a.mode, a.channel, a.digest, newest.at
    FROM unnest(CAST(:organisations AS uuid[]), CAST(:modes AS text[]), CAST(:channels AS text[]),
        CAST(:digests AS bytea[])) AS a (organisation, mode, channel, digest)
    JOIN LATERAL (
        SELECT s.step, s.at FROM suppression s WHERE s.organisation_id = a.organisation AND s.mode = a.mode
            AND s.channel = a.channel AND s.digest = a.digest AND s.step IN ('suppressed', 'lifted')
        ORDER BY s.at DESC, s.id DESC LIMIT 1
    ) newest ON newest.step = 'suppressed'
    """
)


async def suppressed(connection: AsyncConnection, asked: Sequence[SealedAddress]) -> dict[SealedAddress, Suppression]:
    """Those of these addresses to which nothing goes, unless they were confirmed since: one query for all."""
    if not asked:
        return {}
    values = {
        "organisations": [scope.organisation_id for scope, _, _ in asked],
        "modes": [scope.mode.value for scope, _, _ in asked],
        "channels": [channel for _, channel, _ in asked],
        "digests": [digest for _, _, digest in asked],
    }
    rows = (await connection.execute(_SUPPRESSED, values)).all()
    return {(Scope(row[0], Mode(row[1])), row[2], row[3]): Suppression(row[4]) for row in rows}


async def record(
    connection: AsyncConnection, asked: SealedAddress, step: SuppressionStep, cause: str, now: datetime
) -> None:
    """Add a step of an address."""
    scope, channel, digest = asked
    values = {"id": new_id(), "channel": channel, "digest": digest, "step": step.value, "cause": cause, "at": now}
    await connection.execute(insert(SUPPRESSION).values(**scope.columns, **values))


_SOFT = text(
    """
    SELECT s.at FROM suppression s
    WHERE s.organisation_id = :organisation AND s.mode = :mode AND s.channel = :channel AND s.digest = :digest
      AND s.step = 'counted' AND s.at > coalesce((
        SELECT max(l.at) FROM suppression l WHERE l.organisation_id = s.organisation_id AND l.mode = s.mode
            AND l.channel = s.channel AND l.digest = s.digest AND l.step = 'lifted'), '-infinity')
      AND s.at > coalesce((
        SELECT max(m.settled_at) FROM recipient r
        JOIN message m ON m.organisation_id = r.organisation_id AND m.mode = r.mode AND m.case_id = r.case_id
            AND m.recipient_id = r.id
        WHERE r.organisation_id = s.organisation_id AND r.mode = s.mode AND r.normal = :normal
          AND r.channel = s.channel AND m.state IN ('sent', 'delivered')
          AND m.settled_at <= CAST(:now AS timestamptz) - interval '1 day'), '-infinity')
    ORDER BY s.at
    """
).bindparams(bindparam("now", type_=Instant))


async def soft(connection: AsyncConnection, asked: SealedAddress, normal: str | None, now: datetime) -> list[datetime]:
    """When letters to an address bounced softly, since it was confirmed, and since the last one that went there and did
    not come back for a day; oldest first."""
    scope, channel, digest = asked
    values = {**scope.values, "channel": channel, "digest": digest, "normal": normal, "now": now}
    return list((await connection.execute(_SOFT, values)).scalars())

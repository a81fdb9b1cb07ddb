"""Who asked us to stop, and who to start again: a ledger that only grows, under a keyed hash of the address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.events import Channel
from tracker.core.messages import Purpose
from tracker.store.columns import Instant, Mode, one_of


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
    digest: bytes = Field(sa_type=LargeBinary)
    wish: str = Field(sa_type=String)
    purpose: str | None = Field(default=None, sa_type=String)
    via: str
    at: datetime = Field(sa_type=Instant)


Asked = tuple[UUID, str, str, bytes]
"""Organisation, mode, channel, and the keyed hash of an address."""

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
    organisations, modes, channels, digests = zip(*asked, strict=True)
    values = {
        "organisations": list(organisations), "modes": list(modes), "channels": list(channels),
        "digests": list(digests),
    }  # fmt: skip
    return {(row[0], row[1], row[2], row[3]) for row in (await connection.execute(_STOPPED, values)).all()}

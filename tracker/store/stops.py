"""Who asked us to stop, and who to start again: a ledger that only grows, under a keyed hash of the address."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String
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

"""The accounts of staff, and who is signed in at the desk."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, Text
from sqlmodel import Field, SQLModel

from tracker.store.columns import Instant, belongs_to, one_of


class Position(StrEnum):
    """What an account may do: an agent answers people, a manager sees figures too."""

    AGENT = "agent"
    MANAGER = "manager"


class Account(SQLModel, table=True):
    """One member of staff. The password is kept as an Argon2 hash (RFC 9106); logins are unique everywhere."""

    __table_args__ = (one_of("position", Position), Index("account_login", "login", unique=True))
    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    id: UUID = Field(primary_key=True)
    login: str
    name: str
    position: str = Field(sa_type=String)
    password_hash: str = Field(sa_type=Text)
    disabled_at: datetime | None = Field(default=None, sa_type=Instant)


class DeskSession(SQLModel, table=True):
    """Somebody who is signed in: only the SHA-256 of the cookie's 256 random bits is kept. Machine time."""

    __tablename__ = "desk_session"
    __table_args__ = (
        belongs_to("account", "account_id", mode=False),
        Index("desk_session_digest", "digest", unique=True),
        Index("desk_session_expiry", "expires_at"),
    )
    organisation_id: UUID = Field(primary_key=True)
    id: UUID = Field(primary_key=True)
    account_id: UUID
    digest: bytes = Field(sa_type=LargeBinary)
    begun_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)

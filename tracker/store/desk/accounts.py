"""The accounts of staff, and who is signed in at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, Text, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode
from tracker.store.ground.columns import Instant, belongs_to, new_id, one_of, table
from tracker.store.ground.personal import personal_stays, plain
from tracker.store.ground.rows import row_of, rows_of

_OF_STAFF = "of staff and of no case: it says who wrote what, and the account is disabled when they leave"


class Position(StrEnum):
    """What an account may do: an agent answers people, a manager sees figures too."""

    AGENT = "agent"
    MANAGER = "manager"


class Account(SQLModel, table=True):
    """One member of staff. The password is kept as an Argon2 hash (RFC 9106); logins are unique everywhere."""

    __table_args__ = (one_of("position", Position), Index("account_login", "login", unique=True))
    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    id: UUID = Field(primary_key=True)
    login: str = Field(sa_column_kwargs=personal_stays(_OF_STAFF))
    name: str = Field(sa_column_kwargs=personal_stays(_OF_STAFF))
    position: str = Field(sa_type=String)
    password_hash: str = Field(sa_type=Text, sa_column_kwargs=personal_stays(_OF_STAFF))
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
    digest: bytes = Field(sa_type=LargeBinary, sa_column_kwargs=plain("of a cookie that was drawn"))
    begun_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)


ACCOUNT = table(Account)


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is signed in: their account, and the one organisation whose cases they may see."""

    organisation_id: UUID
    account_id: UUID
    login: str
    name: str
    position: Position
    digest: bytes
    """The SHA-256 of their cookie."""

    @property
    def scope(self) -> Scope:
        """Whose cases they may see: live ones."""
        return Scope(self.organisation_id, Mode.LIVE)


@dataclass(frozen=True, slots=True)
class StaffAccount:
    """An account as it stands; `disabled_at` None: it is good."""

    organisation_id: UUID
    id: UUID
    login: str
    name: str
    position: Position
    password_hash: str
    disabled_at: datetime | None


async def by_login(connection: AsyncConnection, login: str) -> StaffAccount | None:
    """The account of a login, disabled or not."""
    return row_of(StaffAccount, await connection.execute(select(ACCOUNT).where(ACCOUNT.c.login == login)))


async def of_organisation(connection: AsyncConnection, organisation_id: UUID) -> list[StaffAccount]:
    """The accounts of an organisation, by login."""
    query = select(ACCOUNT).where(ACCOUNT.c.organisation_id == organisation_id)
    return rows_of(StaffAccount, await connection.execute(query.order_by(ACCOUNT.c.login).limit(1000)))


async def add(connection: AsyncConnection, values: dict[str, Any]) -> bool:
    """Insert an account; False when its login is taken."""
    statement = insert(ACCOUNT).values(**values).on_conflict_do_nothing(index_elements=["login"])
    return (await connection.execute(statement.returning(ACCOUNT.c.id))).one_or_none() is not None


_SET_PASSWORD = text(
    "UPDATE account SET password_hash = :hash WHERE organisation_id = :organisation AND id = :account "
    "AND (CAST(:before AS text) IS NULL OR password_hash = :before)"
)


async def set_password(
    connection: AsyncConnection, organisation_id: UUID, account_id: UUID, hash_: str, before: str | None = None
) -> None:
    """Keep a new hash; with `before` only while that one still stands."""
    values = {"organisation": organisation_id, "account": account_id, "hash": hash_, "before": before}
    await connection.execute(_SET_PASSWORD, values)


_DISABLE = text(
    "UPDATE account SET disabled_at = clock_timestamp() WHERE organisation_id = :organisation AND id = :account "
    "AND disabled_at IS NULL"
)
_END_ALL = text("DELETE FROM desk_session WHERE organisation_id = :organisation AND account_id = :account")


async def disable(connection: AsyncConnection, organisation_id: UUID, account_id: UUID) -> None:
    """From now on an account cannot be used."""
    await connection.execute(_DISABLE, {"organisation": organisation_id, "account": account_id})


async def end_all(connection: AsyncConnection, organisation_id: UUID, account_id: UUID) -> None:
    """Sign an account out everywhere."""
    await connection.execute(_END_ALL, {"organisation": organisation_id, "account": account_id})


_BEGIN = text(
    """
    WITH moment AS MATERIALIZED (
        SELECT clock_timestamp() AS at
    )
    INSERT INTO desk_session (organisation_id, id, account_id, digest, begun_at, expires_at)
    SELECT a.organisation_id, :id, a.id, :digest, moment.at, moment.at + make_interval(secs => :seconds)
    FROM account a, moment
    WHERE a.organisation_id = :organisation AND a.id = :account AND a.disabled_at IS NULL AND a.password_hash = :hash
    RETURNING id
    """
)
_STALE = text(
    "DELETE FROM desk_session WHERE (organisation_id, id) IN "
    "(SELECT organisation_id, id FROM desk_session WHERE expires_at < clock_timestamp() LIMIT 100)"
)
_END = text("DELETE FROM desk_session WHERE digest = :digest")
_SIGNED_IN = text(
    """
    SELECT a.organisation_id, a.id, a.login, a.name, a.position FROM desk_session s
    JOIN account a ON a.organisation_id = s.organisation_id AND a.id = s.account_id
    WHERE s.digest = :digest AND s.expires_at > clock_timestamp() AND a.disabled_at IS NULL
    """
)


async def begin(connection: AsyncConnection, account: StaffAccount, digest: bytes, seconds: int) -> bool:
    """Sign an account in for so long, and forget sessions long over. False when meanwhile it was disabled or its
    password changed: `account` is as it was when the password was compared."""
    await connection.execute(_STALE)
    values = {
        "organisation": account.organisation_id,
        "id": new_id(),
        "account": account.id,
        "digest": digest,
        "seconds": seconds,
        "hash": account.password_hash,
    }
    return (await connection.execute(_BEGIN, values)).one_or_none() is not None


async def end(connection: AsyncConnection, digest: bytes) -> None:
    """Sign one session out."""
    await connection.execute(_END, {"digest": digest})


async def signed_in(connection: AsyncConnection, digest: bytes) -> Staff | None:
    """Whose session this is, while it lasts and the account is good."""
    row = (await connection.execute(_SIGNED_IN, {"digest": digest})).one_or_none()
    return None if row is None else Staff(row[0], row[1], row[2], row[3], Position(row[4]), digest)

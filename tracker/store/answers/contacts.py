"""When somebody contacted us, why, and what they could see at that moment; and what staff noted on a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.answers.contacts import ContactChannel, ContactReason, Demand
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode
from tracker.store.ground.columns import Instant, belongs_to, one_of, table
from tracker.store.ground.personal import personal_row, plain
from tracker.store.ground.rows import rows_of


class Contact(SQLModel, table=True):
    """One contact about one case. `seen`: stage, date, its state and next word as the page showed them then."""

    __table_args__ = (
        one_of("mode", Mode),
        one_of("channel", ContactChannel),
        one_of("reason", ContactReason),
        one_of("demand", Demand),
        belongs_to("case", "case_id"),
        belongs_to("account", "account_id", mode=False),
        Index("contact_case", "organisation_id", "mode", "case_id"),
        Index("contact_newest", "organisation_id", "mode", "at"),
    )
    organisation_id: UUID = Field(primary_key=True)
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    case_id: UUID
    account_id: UUID | None = None
    channel: str = Field(sa_type=String)
    reason: str = Field(sa_type=String)
    demand: str = Field(sa_type=String)
    seen: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, **plain("the stage and the dates of a page")))
    at: datetime = Field(sa_type=Instant)


class StaffNote(SQLModel, table=True):
    """What staff noted on a case, for staff. `account_id` None: we noted it ourselves, such as a text that came in."""

    __tablename__ = "staff_note"
    __table_args__ = (
        one_of("mode", Mode),
        belongs_to("case", "case_id"),
        belongs_to("account", "account_id", mode=False),
        Index("staff_note_case", "organisation_id", "mode", "case_id"),
    )
    organisation_id: UUID = Field(primary_key=True)
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    case_id: UUID
    account_id: UUID | None = None
    words: str = Field(sa_type=Text, sa_column_kwargs=personal_row())
    at: datetime = Field(sa_type=Instant)


CONTACT = table(Contact)
STAFF_NOTE = table(StaffNote)

_WHOSE = "(SELECT a.name FROM account a WHERE a.organisation_id = t.organisation_id AND a.id = t.account_id) AS name"

_CONTACTS = text(
    f"""
    SELECT t.at, t.channel, t.reason, {_WHOSE} FROM contact t
    WHERE t.organisation_id = :organisation AND t.mode = :mode AND t.case_id = :case
    ORDER BY t.at DESC, t.id DESC LIMIT :limit
    """
)

_NOTES = text(
    f"""
    SELECT t.at, t.words, {_WHOSE} FROM staff_note t
    WHERE t.organisation_id = :organisation AND t.mode = :mode AND t.case_id = :case
    ORDER BY t.at DESC, t.id DESC LIMIT :limit
    """
)


async def add(connection: AsyncConnection, values: dict[str, Any]) -> bool:
    """Keep a contact; False when it is on record already: a form may be sent twice, its id is the same."""
    statement = insert(CONTACT).values(**values).on_conflict_do_nothing()
    return (await connection.execute(statement.returning(CONTACT.c.id))).one_or_none() is not None


async def add_note(connection: AsyncConnection, values: dict[str, Any]) -> bool:
    """Keep a note of staff; False when it is on record already."""
    statement = insert(STAFF_NOTE).values(**values).on_conflict_do_nothing()
    return (await connection.execute(statement.returning(STAFF_NOTE.c.id))).one_or_none() is not None


@dataclass(frozen=True, slots=True)
class EarlierContact:
    """A contact about a case. `name`: whose account wrote it."""

    at: datetime
    channel: ContactChannel
    reason: ContactReason
    name: str | None


@dataclass(frozen=True, slots=True)
class EarlierNote:
    """A note on a case. `name`: whose account wrote it; None: we did."""

    at: datetime
    words: str
    name: str | None


async def of_case(
    connection: AsyncConnection, scope: Scope, case_id: UUID, limit: int = 100
) -> tuple[list[EarlierContact], list[EarlierNote]]:
    """The newest contacts about a case and the newest notes on it."""
    values = {**scope.values, "case": case_id, "limit": limit}
    contacts = rows_of(EarlierContact, await connection.execute(_CONTACTS, values))
    return contacts, rows_of(EarlierNote, await connection.execute(_NOTES, values))

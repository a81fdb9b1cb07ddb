"""Personal data, in one erasable place: who has a part in a case, and where each can be reached."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Index, LargeBinary, String, Text, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.case.events import PartyReported
from tracker.core.vocabulary.addresses import name_words
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Mode, Role
from tracker.store.ground.columns import Instant, belongs_to, of_scope, one_of, table
from tracker.store.ground.personal import Code, personal, plain


class Party(SQLModel, table=True):
    """What one event said of one party. All of them are kept, for a correction may take the newest out again.

    `unfit_as`: the kinds of known facts that what was sent as one can be none of. `words`: the words of the name,
    folded, so that staff find a case by a name.
    """

    __table_args__ = (
        one_of("mode", Mode),
        one_of("role", Role),
        one_of("prefers", Channel, optional=True),
        belongs_to("entry", "entry_id"),
        Index("party_words", "words", postgresql_using="gin"),
    )
    organisation_id: UUID = Field(primary_key=True)
    mode: str = Field(primary_key=True, sa_type=String)
    entry_id: UUID = Field(primary_key=True)
    party: str = Field(sa_type=Code)
    role: str = Field(sa_type=String)
    name: str | None = Field(default=None, sa_type=Text, sa_column_kwargs=personal())
    organisation: str | None = Field(default=None, sa_type=Text, sa_column_kwargs=personal())
    language: str | None = Field(default=None, sa_type=Code)
    channels: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False, **personal("'[]'")))
    known_fact: bytes | None = Field(default=None, sa_type=LargeBinary, sa_column_kwargs=personal())
    removed: bool = Field(sa_column=Column(Boolean, nullable=False))
    prefers: str | None = Field(default=None, sa_type=String)
    zone: str | None = Field(default=None, sa_column_kwargs=personal())
    unfit_as: list[str] = Field(
        sa_column=Column(ARRAY(Text), nullable=False, server_default="{}", **plain("kinds of known facts"))
    )
    words: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False, server_default="{}", **personal("'{}'")))


class Recipient(SQLModel, table=True):
    """Where a party of a case is reached now: messages point here, so that an address lives once.

    `normal`: the address in the one form in which it is compared, searched and dialled; None when it is none.
    `confirmed_at`: when the office last gave another address than before; None: it is the first.
    `current`: the office still gives one; else nothing goes there any more, and it is on record for what went.
    """

    __table_args__ = (
        one_of("mode", Mode),
        one_of("channel", Channel),
        belongs_to("case", "case_id"),
        UniqueConstraint("organisation_id", "mode", "case_id", "party", "channel"),
        Index("recipient_normal", "organisation_id", "mode", "normal"),
    )
    organisation_id: UUID = Field(primary_key=True)
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    case_id: UUID
    party: str = Field(sa_type=Code)
    channel: str = Field(sa_type=String)
    address: str = Field(sa_type=Text, sa_column_kwargs=personal("''"))
    normal: str | None = Field(default=None, sa_type=Text, sa_column_kwargs=personal())
    confirmed_at: datetime | None = Field(default=None, sa_type=Instant)
    current: bool = Field(default=True, sa_column_kwargs={"server_default": "true"})


PARTY = table(Party)
RECIPIENT = table(Recipient)


async def confirmed(connection: AsyncConnection, scope: Scope, case_id: UUID) -> dict[tuple[Channel, str], datetime]:
    """Of each address of a case that the office gave in place of another one: when it last did."""
    query = select(RECIPIENT.c.channel, RECIPIENT.c.address, RECIPIENT.c.confirmed_at).where(
        *of_scope(RECIPIENT, scope), RECIPIENT.c.case_id == case_id, RECIPIENT.c.confirmed_at.is_not(None)
    )
    rows = (await connection.execute(query.order_by(RECIPIENT.c.confirmed_at))).all()
    return {(Channel(row[0]), row[1]): row[2] for row in rows}


def party_row(entry: UUID, body: PartyReported) -> dict[str, Any]:
    """The columns of what an event said of a party, but for whose it is."""
    return {
        "entry_id": entry,
        "party": body.party,
        "role": body.role.value,
        "name": body.name,
        "organisation": body.organisation,
        "language": body.language,
        "channels": [
            {"channel": each.channel.value, "address": each.address, "normal": each.normal} for each in body.channels
        ],
        "known_fact": body.known_fact,
        "removed": body.remove,
        "prefers": body.prefers.value if body.prefers else None,
        "zone": body.zone,
        "unfit_as": list(body.unfit_as),
        "words": name_words(f"{body.name or ''} {body.organisation or ''}"),
    }

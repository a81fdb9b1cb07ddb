"""Services and the versions of their definitions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Text, UniqueConstraint, func, select, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.services.definitions import Definition
from tracker.core.services.stored_form import from_json, to_json
from tracker.store.ground.columns import Instant, new_id, table
from tracker.store.ground.personal import Code, plain


class DefinitionVersion(SQLModel, table=True):
    """One version of a service's definition: as it was written (`source_text`) and as it is used (`body`)."""

    __tablename__ = "definition"
    __table_args__ = (UniqueConstraint("organisation_id", "service", "version"),)
    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    id: UUID = Field(primary_key=True)
    service: str = Field(sa_type=Code)
    version: int
    source_text: str = Field(sa_type=Text, sa_column_kwargs=plain("what an office publishes"))
    body: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, **plain("what an office publishes")))
    applied_at: datetime = Field(sa_type=Instant)


DEFINITION = table(DefinitionVersion)


@dataclass(frozen=True, slots=True)
class Current:
    """The definition that cases of a service follow now."""

    id: UUID
    version: int
    definition: Definition


_NEWEST = text(
    """
    SELECT id, version FROM definition WHERE organisation_id = :organisation AND service = :service
    ORDER BY version DESC LIMIT 1
    """
)

_parsed: dict[UUID, Definition] = {}


async def current(connection: AsyncConnection, organisation_id: UUID, service: str) -> Current | None:
    """The newest definition of a service, or None when the organisation has no such service."""
    values = {"organisation": organisation_id, "service": service}
    row = (await connection.execute(_NEWEST, values)).one_or_none()
    return None if row is None else Current(row[0], row[1], await by_id(connection, organisation_id, row[0]))


async def by_id(connection: AsyncConnection, organisation_id: UUID, definition_id: UUID) -> Definition:
    """A definition by its version's id. A version never changes, so it is parsed once in a process."""
    if definition_id not in _parsed:
        query = select(DEFINITION.c.body).where(
            DEFINITION.c.organisation_id == organisation_id, DEFINITION.c.id == definition_id
        )
        if len(_parsed) > 1000:
            _parsed.clear()
        _parsed[definition_id] = from_json((await connection.execute(query)).scalar_one())
    return _parsed[definition_id]


async def add_version(
    connection: AsyncConnection, organisation_id: UUID, definition: Definition, source_text: str, now: datetime
) -> Current:
    """Store a definition as the next version of its service."""
    newest = await connection.execute(
        select(func.coalesce(func.max(DEFINITION.c.version), 0)).where(
            DEFINITION.c.organisation_id == organisation_id, DEFINITION.c.service == definition.service
        )
    )
    id_, version = new_id(), newest.scalar_one() + 1
    await connection.execute(
        insert(DEFINITION).values(
            organisation_id=organisation_id,
            id=id_,
            service=definition.service,
            version=version,
            source_text=source_text,
            body=to_json(definition),
            applied_at=now,
        )
    )
    return Current(id_, version, definition)


async def services_of(connection: AsyncConnection, organisation_id: UUID) -> list[str]:
    """The codes of an organisation's services."""
    query = select(DEFINITION.c.service).where(DEFINITION.c.organisation_id == organisation_id).distinct()
    return sorted((await connection.execute(query)).scalars())

"""What was done or refused, and by whom: an audit that only grows."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, String
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.vocabulary.oversight import Audited
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode
from tracker.store.ground.columns import Instant, new_id, one_of, table
from tracker.store.ground.personal import Code, plain


class Audit(SQLModel, table=True):
    """What was refused or looked at, by whom: ids and codes, no personal data."""

    __table_args__ = (one_of("mode", Mode),)
    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    actor: str = Field(sa_type=Code)
    action: str = Field(sa_type=Code)
    detail: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, **plain("codes and ids")))


AUDIT = table(Audit)


AUDITED: Final = """
    INSERT INTO audit (organisation_id, mode, id, at, actor, action, detail)
    SELECT CAST(:organisation AS uuid), CAST(:mode AS text), id, at, actor, action, detail
    FROM json_to_recordset(CAST(:audited AS json)) AS a (id uuid, at timestamptz, actor text, action text, detail jsonb)
    """
"""Add lines to the audit: a part of the statement that writes a decision."""


async def record(connection: AsyncConnection, scope: Scope, line: Audited, now: datetime) -> None:
    """Add a line to the audit."""
    await connection.execute(
        insert(AUDIT).values(
            **scope.columns, id=new_id(), at=now, actor=line.actor, action=line.action, detail=line.detail
        )
    )

"""What operators and auditors read: alerts, each once and counted, and an audit that only grows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Row, String, Text, UniqueConstraint, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.store.columns import Instant, Mode, new_id, one_of, table


class Alert(SQLModel, table=True):
    """Something an operator should do. The same thing again raises the count, not another alert."""

    __table_args__ = (one_of("mode", Mode), UniqueConstraint("organisation_id", "mode", "kind", "subject"))
    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    kind: str
    subject: str = Field(sa_type=Text)
    remedy: str = Field(sa_type=Text)
    times: int = 1
    first_at: datetime = Field(sa_type=Instant)
    last_at: datetime = Field(sa_type=Instant)


class Audit(SQLModel, table=True):
    """What was refused or looked at, by whom: ids and codes, no personal data."""

    __table_args__ = (one_of("mode", Mode),)
    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=Instant)
    actor: str
    action: str
    detail: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))


ALERT = table(Alert)
AUDIT = table(Audit)


async def alert(
    connection: AsyncConnection, organisation_id: UUID, mode: Mode, kind: str, subject: str, remedy: str, now: datetime
) -> None:
    """Tell operators of a situation, once."""
    statement = insert(ALERT).values(
        organisation_id=organisation_id, mode=mode.value, id=new_id(), kind=kind, subject=subject, remedy=remedy,
        times=1, first_at=now, last_at=now,
    )  # fmt: skip
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["organisation_id", "mode", "kind", "subject"],
            set_={"times": ALERT.c.times + 1, "last_at": now, "remedy": statement.excluded.remedy},
        )
    )


async def audit(
    connection: AsyncConnection, organisation_id: UUID, mode: Mode, actor: str, action: str,
    detail: dict[str, Any], now: datetime,
) -> None:  # fmt: skip
    """Add a line to the audit."""
    await connection.execute(
        insert(AUDIT).values(
            organisation_id=organisation_id, mode=mode.value, id=new_id(), at=now, actor=actor, action=action,
            detail=detail,
        )
    )  # fmt: skip


async def alerts(connection: AsyncConnection, organisation_id: UUID, limit: int = 100) -> Sequence[Row[Any]]:
    """The newest alerts of an organisation."""
    query = select(ALERT).where(ALERT.c.organisation_id == organisation_id)
    return (await connection.execute(query.order_by(ALERT.c.last_at.desc()).limit(limit))).all()

"""What was learned from cases: one row for each time a service's history was read. Aggregates only, no case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from tracker.store.columns import Instant


class Curve(SQLModel, table=True):
    """The survival of a service's cases, stage by stage, as it was known at `learned_at` (business time).

    `finished`: how many finished cases taught it; `body`: the tables, as `core.learning` writes them.
    """

    __table_args__ = (Index("curve_newest", "organisation_id", "service", "learned_at"),)
    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    id: UUID = Field(primary_key=True)
    service: str
    learned_at: datetime = Field(sa_type=Instant)
    window_from: date
    finished: int
    body: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))

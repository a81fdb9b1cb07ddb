"""What providers reported of our attempts, as they said it: kept, and never taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, String, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from tracker.store.columns import Instant, Mode, belongs_to, one_of


class Receipt(SQLModel, table=True):
    """One report about one attempt; the same status twice is one receipt. `body`: what came, without addresses.

    `received_at` is machine time.
    """

    __table_args__ = (
        one_of("mode", Mode),
        belongs_to("attempt", "attempt_id"),
        UniqueConstraint("organisation_id", "mode", "attempt_id", "status"),
    )
    organisation_id: UUID = Field(primary_key=True)
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    attempt_id: UUID
    provider_id: str
    status: str
    code: str | None = None
    body: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    received_at: datetime = Field(sa_type=Instant)

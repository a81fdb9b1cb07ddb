"""How it was for the person, after the end: one answer of each party of a case."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, String, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from tracker.store.columns import Instant, Mode, belongs_to, one_of


class PromiseKept(StrEnum):
    """What had become of the first date that was given, when the answer came."""

    KEPT = "kept"
    MISSED = "missed"
    NONE = "none"


class Feedback(SQLModel, table=True):
    """One answer: a score from 1 (bad) to 5 (good) and a comment, with what the case was when it was given."""

    __table_args__ = (
        one_of("mode", Mode),
        one_of("promise", PromiseKept),
        CheckConstraint("score BETWEEN 1 AND 5", name="score_scale"),
        belongs_to("case", "case_id"),
        UniqueConstraint("organisation_id", "mode", "case_id", "party"),
    )
    organisation_id: UUID = Field(primary_key=True)
    mode: str = Field(primary_key=True, sa_type=String)
    id: UUID = Field(primary_key=True)
    case_id: UUID
    party: str
    score: int
    comment: str | None = Field(default=None, sa_type=Text)
    language: str
    service: str
    stage: str
    outcome: str | None = None
    promise: str = Field(sa_type=String)
    answered_at: datetime = Field(sa_type=Instant)
    changed_at: datetime | None = Field(default=None, sa_type=Instant)

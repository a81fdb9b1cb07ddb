"""When somebody contacted us, why, and what they could see at that moment; and what staff noted on a case."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from tracker.store.columns import Instant, Mode, belongs_to, one_of


class ContactChannel(StrEnum):
    """How they reached us."""

    PHONE = "phone"
    EMAIL = "email"
    COUNTER = "counter"
    LETTER = "letter"
    SMS = "sms"


class ContactReason(StrEnum):
    """Why somebody contacted us."""

    WHERE_IS_IT = "where_is_it"
    DATE_PASSED = "date_passed"
    WHAT_DOES_IT_MEAN = "what_does_it_mean"
    WHAT_MUST_I_DO = "what_must_i_do"
    SENT_SOMETHING = "sent_something"
    CHANGE_DETAILS = "change_details"
    COMPLAINT = "complaint"
    SOMETHING_ELSE = "something_else"


class Demand(StrEnum):
    """Whether the contact was of value, or caused by our failure to do or say something (Seddon's terms)."""

    VALUE = "value"
    FAILURE = "failure"


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
    seen: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
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
    words: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Instant)

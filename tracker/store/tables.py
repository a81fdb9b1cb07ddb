"""All tables in one place: what migrations are compared with."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from tracker.store import (
    accounts,
    carrying,
    cases,
    contacts,
    curves,
    entries,
    feedback,
    keys,
    limits,
    messages,
    organisations,
    parties,
    promises,
    receipts,
    records,
    services,
    stops,
    tallies,
    tellings,
    word,
)  # fmt: skip

METADATA: MetaData = SQLModel.metadata

ROOMS = (
    accounts,
    carrying,
    cases,
    contacts,
    curves,
    entries,
    feedback,
    keys,
    limits,
    messages,
    organisations,
    parties,
    promises,
    receipts,
    records,
    services,
    stops,
    tallies,
    tellings,
    word,
)
"""The modules that hold tables; naming them here is what puts their tables into METADATA."""

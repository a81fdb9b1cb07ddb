"""All tables in one place: what migrations are compared with."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from tracker.store import (
    carrying,
    cases,
    entries,
    keys,
    limits,
    messages,
    organisations,
    parties,
    promises,
    records,
    services,
)  # fmt: skip

METADATA: MetaData = SQLModel.metadata

ROOMS = (carrying, cases, entries, keys, limits, messages, organisations, parties, promises, records, services)
"""The modules that hold tables; naming them here is what puts their tables into METADATA."""

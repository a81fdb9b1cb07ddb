"""All tables in one place: what migrations are compared with."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from tracker.store.answers import contacts, feedback
from tracker.store.case import cases, entries, parties
from tracker.store.desk import accounts
from tracker.store.ground import limits, organisations, records
from tracker.store.organisations import keys
from tracker.store.outreach import carrying, messages, receipts, stops
from tracker.store.promises import curves, promises, punctuality_counts, tallies, tellings
from tracker.store.services import definitions

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
    definitions,
    stops,
    tallies,
    tellings,
    punctuality_counts,
)
"""The modules that hold tables; naming them here is what puts their tables into METADATA."""

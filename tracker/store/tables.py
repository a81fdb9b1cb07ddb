"""All tables in one place: what migrations are compared with."""

from __future__ import annotations

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from tracker.core.case import events
from tracker.core.deciding.drafts import FrozenFacts
from tracker.core.vocabulary.personal import Mark, marked
from tracker.store.answers import contacts, feedback
from tracker.store.case import cases, entries, parties
from tracker.store.desk import accounts
from tracker.store.ground import alerts, audit, limits, organisations
from tracker.store.ground.personal import mark_of
from tracker.store.organisations import keys
from tracker.store.outreach import carrying, messages, outbox, receipts, stops, suppressions, tasks
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
    outbox,
    organisations,
    parties,
    promises,
    receipts,
    alerts,
    audit,
    definitions,
    stops,
    suppressions,
    tallies,
    tasks,
    tellings,
    punctuality_counts,
)
"""The modules that hold tables; naming them here is what puts their tables into METADATA."""

PERSONAL = events.PERSONAL.union(
    marked(FrozenFacts, Mark.PERSONAL),
    (column.name for table in METADATA.tables.values() for column in table.columns if mark_of(column) is not None),
)
"""Every name under which something personal is reported, said or kept: of a field of an event's body or of a message's
facts, or of a column."""

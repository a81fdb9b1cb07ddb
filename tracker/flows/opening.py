"""Bring a case into being from the events that wait for it: when its opening event comes, or when a new definition
makes one of them an opening event."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core import placing, references
from tracker.core.identity import Life, life_for
from tracker.core.timeline import Folded
from tracker.flows import refold as folding
from tracker.flows.refold import Subject
from tracker.store import cases, entries, organisations, services
from tracker.store.bodies import to_placed
from tracker.store.columns import Mode, new_id
from tracker.store.organisations import Office
from tracker.store.services import Current

PARKED_FOR = timedelta(days=30)
"""How long an event waits for the one that opens its case."""

MOST_WAITING = 2_000
"""More events than this do not wait for one number: the intake refuses them before."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A new case: what it is, and its public reference."""

    case: Folded
    reference: str


async def open_case(
    connection: AsyncConnection, office: Office, mode: Mode, named: Current, opener: Row[Any],
    waiting: Sequence[Row[Any]], epoch: int,
) -> Opened | None:  # fmt: skip
    """A case that begins with the entry `opener`, one of those `waiting` for its number; the others join it if they
    belong to the same life. None when a correction among them says that the opening event never happened.

    The caller holds the number's lock.
    """
    live_from = await organisations.live_from(connection, office.id, opener.source_id)
    subject = Subject(office, mode, new_id(), 0, named, live_from, opener.source_id, None)
    opened_at = placing.position(to_placed(opener).event, named.definition, office.zone)
    life = Life(subject.id, epoch, opened_at, opened_at)
    mine = [row for row in waiting if row.id == opener.id or life_for((life,), row.occurred_at, opens=False)]
    case = folding.folded(subject, [to_placed(row) for row in mine])
    if case.opener is None:
        return None
    values = folding.case_values(subject, case, None) | {
        "organisation_id": office.id, "mode": mode.value, "id": subject.id, "register": opener.register,
        "number": opener.number, "epoch": epoch, "service": named.definition.service, "live_from": live_from,
    }  # fmt: skip
    reference = await _add(connection, values)
    await folding.place(connection, subject, case, mine)
    await folding.settle(connection, subject, case, ())
    return Opened(case, reference)


async def open_waiting(
    connection: AsyncConnection, office: Office, mode: Mode, register: str, number: str
) -> Opened | None:
    """The case of the first opening event that waits for this number without effect and may have it now: it was held
    back, or a correction of it was itself corrected. The caller holds the number's lock."""
    waiting = await entries.waiting(connection, office.id, mode, register, number, MOST_WAITING)
    for row in waiting:
        named = await services.current(connection, office.id, row.service) if row.service else None
        if named is None or not placing.opens(to_placed(row).event, named.definition):
            continue
        epoch = len(await cases.by_number(connection, office.id, mode, register, number)) + 1
        opened = await open_case(connection, office, mode, named, row, waiting, epoch)
        if opened is not None:
            return opened
    return None


async def _add(connection: AsyncConnection, values: dict[str, Any]) -> str:
    """Insert a case under a reference drawn at random; one that is taken is drawn again."""
    while True:
        reference = references.reference(secrets.randbelow(references.CAPACITY))
        if await cases.add(connection, values | {"reference": reference}):
            return reference

"""Forget people: when their request has been over for long enough, or at once when somebody may ask for it.

Each case goes in one transaction, found by a partial index: it may be stopped at any point and goes on from there.
"""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.vocabulary import references
from tracker.core.vocabulary.errors import MistypedReference, SetupRefused
from tracker.core.vocabulary.oversight import Audited
from tracker.core.vocabulary.words import CaseState
from tracker.store.case import erasure, locks
from tracker.store.case.erasure import ErasableCase
from tracker.store.ground import audit, organisations
from tracker.store.ground.engine import Store
from tracker.store.ground.organisations import Office
from tracker.store.tables import METADATA

BATCH = 50


async def due(store: Store, only: UUID | None = None) -> int:
    """Erase one batch of the cases that have been kept long enough, in one organisation or in all; returns how many,
    so that a caller may go on. One whose message is being sent at this moment is left for the next time."""
    async with store.reading() as connection:
        found = await erasure.due(connection, only, BATCH)
    done = 0
    for case in found:
        done += await _forget(store, case, "kept_long_enough", asked=False)
    return done


async def at_once(store: Store, office: Office, reference: str, *, even_if_open: bool = False) -> None:
    """Erase one case now, on request. One that was erased before is erased again of what has come since.

    Raises MistypedReference, and SetupRefused when there is no such case, when it is open, or when a message of it
    is being sent at this moment.
    """
    typed = references.read(reference)
    if typed is None:
        raise MistypedReference("The reference does not add up.", "Compare it with the message, sign by sign.")
    async with store.reading() as connection:
        found = await erasure.by_reference(connection, office.id, typed)
    if found is None:
        raise SetupRefused(
            f"{office.slug} has no request of this reference.", "Check the reference, and the organisation."
        )
    if found.state is CaseState.OPEN and not even_if_open:
        raise SetupRefused(
            "The request is open: once it is erased, its page opens for nobody and nobody is told how it ends.",
            "Wait until it is finished, or add --even-if-open if the person wants it so.",
        )
    if not await _forget(store, found, "asked", asked=True):
        raise SetupRefused("A message of this request is being sent just now.", "Try again in a minute.")


class _UnderWay(Exception):
    """A message of the case is being sent: nothing is erased yet."""


async def _forget(store: Store, case: ErasableCase, why: str, *, asked: bool) -> bool:
    """Erase one case under its lock; False when there is nothing to do, or not now."""
    try:
        async with locks.holding(store, case.scope, [(case.register, case.number)]) as connection:
            return await _locked(connection, case, why, asked=asked)
    except _UnderWay:
        return False


async def _locked(connection: AsyncConnection, case: ErasableCase, why: str, *, asked: bool) -> bool:
    # Locks the row as well: an answer to our question about it may be on its way in.
    still = await erasure.still_due(connection, case.scope, case.id)
    if not (still or asked):
        return False
    office = await organisations.office(connection, case.organisation_id)
    if not await erasure.erase(connection, METADATA, case.scope, case.id, office.now):
        raise _UnderWay
    line = Audited("operator" if asked else "retention", "case.erased", {"case": str(case.id), "why": why})
    await audit.record(connection, case.scope, line, office.now)
    return True

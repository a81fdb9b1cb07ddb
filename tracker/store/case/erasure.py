"""Which cases have been kept long enough, and taking away what is personal of one.

Goes what is marked so where the tables are declared: names, addresses, known facts, exact words, notes and comments.
Stays, without identity: the timeline, the ledger of dates, counts, languages, contacts, the audit, and the keyed hash
under which somebody asked us to stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import CaseState
from tracker.store.case import erasing_statements
from tracker.store.ground.columns import Instant
from tracker.store.ground.rows import ScopedRow, row_of, rows_of

_DUE = text(
    """
    SELECT d.* FROM organisation o CROSS JOIN LATERAL (
        SELECT c.organisation_id, c.mode, c.id, c.register, c.number, c.state FROM "case" c
        WHERE c.organisation_id = o.id AND c.forget_at <= clock_timestamp() + o.clock_offset
        ORDER BY c.forget_at LIMIT :limit
    ) d
    WHERE CAST(:only AS uuid) IS NULL OR o.id = CAST(:only AS uuid)
    LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class ErasableCase(ScopedRow):
    """A case that may be forgotten, with the number that locks it."""

    id: UUID
    register: str
    number: str
    state: CaseState


async def due(connection: AsyncConnection, only: UUID | None, limit: int) -> list[ErasableCase]:
    """The cases that have been kept long enough, by each organisation's own clock."""
    return rows_of(ErasableCase, await connection.execute(_DUE, {"only": only, "limit": limit}))


_BY_REFERENCE = text(
    """
    SELECT organisation_id, mode, id, register, number, state FROM "case"
    WHERE reference = :reference AND organisation_id = :organisation
    """
)


async def by_reference(connection: AsyncConnection, organisation_id: UUID, reference: str) -> ErasableCase | None:
    """The organisation's case of this reference, open or not, erased or not."""
    values = {"organisation": organisation_id, "reference": reference}
    return row_of(ErasableCase, await connection.execute(_BY_REFERENCE, values))


_STILL_DUE = text(
    """
    SELECT c.forget_at <= clock_timestamp() + o.clock_offset FROM "case" c
    JOIN organisation o ON o.id = c.organisation_id
    WHERE c.organisation_id = :organisation AND c.mode = :mode AND c.id = :case FOR UPDATE OF c
    """
)


async def still_due(connection: AsyncConnection, scope: Scope, case_id: UUID) -> bool:
    """Whether a case is to be forgotten now that it is locked: meanwhile it may be erased, or open again."""
    values = {**scope.values, "case": case_id}
    return bool((await connection.execute(_STILL_DUE, values)).scalar_one_or_none())


_OF_CASE = "organisation_id = :organisation AND mode = :mode AND case_id = :case"

_SILENCE = text(
    f"""
    UPDATE message SET state = 'withheld', reason = 'superseded', settled_at = :now
    WHERE {_OF_CASE} AND state IN ('due', 'held')
    """
).bindparams(bindparam("now", type_=Instant))

_UNDER_WAY = text(f"SELECT EXISTS (SELECT 1 FROM message WHERE {_OF_CASE} AND state = 'sending')")

_CLOSE = text(
    """
    UPDATE "case" SET next_word_on = NULL, next_word_at = NULL, wake_at = NULL, forget_at = NULL,
        erased_at = coalesce(erased_at, :now), version = version + 1
    WHERE organisation_id = :organisation AND mode = :mode AND id = :case
    """
).bindparams(bindparam("now", type_=Instant))


async def erase(connection: AsyncConnection, tables: MetaData, scope: Scope, case_id: UUID, now: datetime) -> bool:
    """Take everything personal of a case away, as it is marked in `tables`; what is not said yet is never said.

    False, and the caller rolls back: a message is being sent at this moment, whose words would be written after
    us. The caller holds the number's lock. Erasing again takes away what has come since.
    """
    values = scope.values
    of_case = {**values, erasing_statements.CASE: case_id}
    await connection.execute(_SILENCE, {**of_case, "now": now})
    if (await connection.execute(_UNDER_WAY, of_case)).scalar_one():
        return False
    await connection.execute(_CLOSE, {**of_case, "now": now})
    erasure = erasing_statements.erasure(tables)
    ids: dict[str, Any] = {erasing_statements.CASE: case_id}
    for step in erasure.asked:
        found = await connection.execute(step.statement, {**values, step.owner: ids[step.owner]})
        ids[step.table] = list(found.scalars())
    for step in erasure.taken:
        await connection.execute(step.statement, {**values, step.owner: ids[step.owner]})
    return True

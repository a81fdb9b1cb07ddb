"""The locks of case numbers: whoever decides about a number holds its lock until the transaction ends.

A case that does not exist yet has no row to lock, so the name itself is locked.

The statements of a decision are long, look every row up by an index, and are the same each time. So until the
transaction ends they are planned once a connection and by the index: to plan them anew for every event would take the
server longer than to carry them out, and a plan from when the tables were empty would read them whole.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.deciding.dossier import Number
from tracker.core.vocabulary.scope import Scope
from tracker.store.ground.engine import Store

_PLANNED_ONCE = "SET LOCAL plan_cache_mode TO force_generic_plan; SET LOCAL enable_seqscan TO off"

_OFFICE = "hashtextextended(concat_ws(chr(31), {organisation}, 'definitions'), 0)"

# The office's lock first, which all that decide share. Then the numbers, hashed, each once and in order: two that lock
# some of the same numbers wait for each other, and never crosswise. Names come as hexadecimal digits: what somebody
# called a case is no SQL.
_LOCK = """
    SELECT count(CASE WHEN shared THEN pg_advisory_xact_lock_shared(key) ELSE pg_advisory_xact_lock(key) END) FROM (
        SELECT DISTINCT false AS shared, hashtextextended(convert_from(decode(name, 'hex'), 'UTF8'), 0) AS key
        FROM unnest('{{{names}}}'::text[]) AS name
        UNION ALL SELECT true, {office} ORDER BY shared DESC, key
    ) keys
"""

_ALONE = text(f"SELECT pg_advisory_xact_lock({_OFFICE.format(organisation='CAST(:organisation AS text)')})")


def holding(store: Store, scope: Scope, numbers: Collection[Number]) -> AbstractAsyncContextManager[AsyncConnection]:
    """A transaction that serialises everything about these numbers until it ends. They are locked by a statement of its
    own: the next one sees what this one waited for."""
    of = str(scope.organisation_id), scope.mode.value
    names = ",".join("\x1f".join((*of, *number)).encode().hex() for number in numbers)
    office = _OFFICE.format(organisation=f"'{scope.organisation_id}'")
    return store.transaction_after(f"{_PLANNED_ONCE}; {_LOCK.format(names=names, office=office)}")


async def alone(connection: AsyncConnection, organisation_id: UUID) -> None:
    """Wait for all decisions of an office that are in flight, and hold up others until the transaction ends: for who
    changes by what they are made. Must be the first statement."""
    await connection.execute(_ALONE, {"organisation": str(organisation_id)})

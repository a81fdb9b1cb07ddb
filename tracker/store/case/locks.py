"""The locks of case numbers: whoever decides about a number holds its lock until the transaction ends.

A case that does not exist yet has no row to lock, so the name itself is locked.

The statements of a decision are long, look every row up by an index, and are the same each time. So until the
transaction ends they are planned once a connection and by the index: to plan them anew for every event would take the
server longer than to carry them out, and a plan from when the tables were empty would read them whole.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.deciding.dossier import Number
from tracker.core.vocabulary.scope import Scope

_OFFICE = "hashtextextended(concat_ws(chr(31), CAST(:organisation AS text), 'definitions'), 0)"

# The office's lock first, which all that decide share. Then the numbers, hashed, each once and in order: two that lock
# some of the same numbers wait for each other, and never crosswise.
_LOCK = text(
    f"""
    SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true), (
        SELECT count(CASE WHEN shared THEN pg_advisory_xact_lock_shared(key) ELSE pg_advisory_xact_lock(key) END) FROM (
            SELECT DISTINCT false AS shared, hashtextextended(
                concat_ws(chr(31), CAST(:organisation AS text), CAST(:mode AS text), a.register, a.number), 0) AS key
            FROM unnest(CAST(:registers AS text[]), CAST(:numbers AS text[])) AS a (register, number)
            UNION ALL SELECT true, {_OFFICE} ORDER BY shared DESC, key
        ) keys
    )
    """
)

_ALONE = text(f"SELECT pg_advisory_xact_lock({_OFFICE})")


async def lock(connection: AsyncConnection, scope: Scope, numbers: Collection[Number]) -> None:
    """Serialise everything about these numbers until the transaction ends. Must be the first statement, and one of its
    own: the next one sees what this one waited for."""
    values = {
        "organisation": str(scope.organisation_id),
        "mode": scope.mode.value,
        "registers": [register for register, _ in numbers],
        "numbers": [number for _, number in numbers],
    }
    await connection.execute(_LOCK, values)


async def alone(connection: AsyncConnection, organisation_id: UUID) -> None:
    """Wait for all decisions of an office that are in flight, and hold up others until the transaction ends: for who
    changes by what they are made. Must be the first statement."""
    await connection.execute(_ALONE, {"organisation": str(organisation_id)})

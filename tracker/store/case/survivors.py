"""Merged cases: which one goes on in place of each, and that those who were joined to a case look at how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.case.survivor import Survivor
from tracker.core.deciding.dossier import Number
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Outcome
from tracker.store.ground.columns import Instant

MOST_STEPS = 20
"""A chain of merged cases is followed so far, and never in a circle."""


def _step(walked: str, of: str) -> str:
    """The case that the last one of a walk was joined to: of the same organisation, mode and register, and of a number
    that was used again the one that was there at the time, else the first that came."""
    merged_at = f"coalesce({walked}.since_at, CAST({walked}.since_on + 1 AS timestamp) AT TIME ZONE 'UTC')"
    return f"""(
        SELECT x.* FROM "case" x WHERE x.organisation_id = {of}.organisation_id AND x.mode = {of}.mode
            AND x.register = {walked}.register AND x.number = {walked}.merged_into AND NOT x.void
        ORDER BY x.opened_at > {merged_at}, CASE WHEN x.opened_at > {merged_at} THEN x.epoch ELSE -x.epoch END LIMIT 1
    )"""


_WALKED = "x.id, x.reference, x.service, x.register, x.merged_into, x.state, x.outcome, x.since_at, x.since_on"


def _survivor_of(of: str) -> str:
    """A row about the case that goes on in place of the merged case `of`, or none: its `reference`; `ended`: the entry
    by which it ended, and `ended_at`, while it is closed and was not joined to another itself; `ended_as`: its outcome,
    of one of the same service and not sensitive. Nothing else of it is for those who were joined."""
    return f"""(
        WITH RECURSIVE walk AS (
            SELECT {_WALKED}, x.news_entry, ARRAY[{of}.id, x.id] AS path
            FROM {_step(of, of)} x WHERE {of}.merged_into IS NOT NULL AND x.id <> {of}.id
            UNION ALL
            SELECT {_WALKED}, x.news_entry, walk.path || x.id
            FROM walk CROSS JOIN LATERAL {_step("walk", of)} x
            WHERE walk.merged_into IS NOT NULL AND x.id <> ALL(walk.path) AND cardinality(walk.path) <= {MOST_STEPS}
        )
        SELECT w.reference, CASE WHEN w.closed THEN w.news_entry END AS ended,
            CASE WHEN w.closed THEN coalesce(w.since_at, CAST(w.since_on AS timestamp) AT TIME ZONE 'UTC') END
                AS ended_at,
            CASE WHEN w.closed AND w.service = {of}.service AND NOT EXISTS (
                SELECT FROM entry e WHERE e.organisation_id = {of}.organisation_id AND e.mode = {of}.mode
                    AND e.id = w.news_entry AND e.sensitive) THEN w.outcome END AS ended_as
        FROM (SELECT walk.*, state = 'closed' AND outcome <> 'merged' AS closed FROM walk) w
        ORDER BY cardinality(w.path) DESC LIMIT 1
    )"""


OF_CASE = _survivor_of("c")
"""The survivor of the case `c`."""

_OF_MERGED = text(
    f"""
    SELECT c.id, v.ended, v.ended_at, v.ended_as FROM "case" c JOIN LATERAL {OF_CASE} v ON true
    WHERE c.organisation_id = :organisation AND c.mode = :mode AND c.id = ANY(CAST(:ids AS uuid[]))
    """
)


async def of_merged(connection: AsyncConnection, scope: Scope, ids: Sequence[UUID]) -> dict[UUID, Survivor]:
    """Which case goes on in place of each of these, where one is known."""
    rows = (await connection.execute(_OF_MERGED, {**scope.values, "ids": list(ids)})).all()
    return {row.id: Survivor(row.ended, row.ended_at, row.ended_as and Outcome(row.ended_as)) for row in rows}


_WAKE = text(
    f"""
    WITH RECURSIVE joined AS (
        SELECT c.id, c.register, c.number, c.erased_at, 1 AS step
        FROM unnest(CAST(:registers AS text[]), CAST(:numbers AS text[])) AS a (register, number)
        JOIN "case" c ON c.organisation_id = :organisation AND c.mode = :mode AND c.register = a.register
            AND c.merged_into = a.number
        UNION
        SELECT c.id, c.register, c.number, c.erased_at, j.step + 1
        FROM joined j JOIN "case" c ON c.organisation_id = :organisation AND c.mode = :mode
            AND c.register = j.register AND c.merged_into = j.number
        WHERE j.step < {MOST_STEPS}
    )
    UPDATE "case" c SET wake_at = least(c.wake_at, :now)
    WHERE c.organisation_id = :organisation AND c.mode = :mode
        AND c.id IN (SELECT id FROM joined WHERE erased_at IS NULL)
    """
).bindparams(bindparam("now", type_=Instant))


async def wake(connection: AsyncConnection, scope: Scope, ended: Sequence[Number], now: datetime) -> None:
    """Let the cases that were joined to these numbers, by whatever steps, be looked at now: those end otherwise than
    was known."""
    numbers = {"registers": [register for register, _ in ended], "numbers": [number for _, number in ended]}
    await connection.execute(_WAKE, {**scope.values, **numbers, "now": now})

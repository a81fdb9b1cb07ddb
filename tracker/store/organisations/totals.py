"""Counts over an organisation's rows, asked for by people and never by a hot path."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.vocabulary.scope import Scope

_COUNTS = {
    "cases": text(
        """
        SELECT state, count(*) FROM "case"
        WHERE organisation_id = :organisation AND mode = :mode AND NOT void GROUP BY 1 ORDER BY 1
        """
    ),
    "entries": text(
        """
        SELECT placement, count(*) FROM entry
        WHERE organisation_id = :organisation AND mode = :mode GROUP BY 1 ORDER BY 1
        """
    ),
    "messages": text(
        """
        SELECT purpose, count(*) FROM message
        WHERE organisation_id = :organisation AND mode = :mode AND state NOT IN ('withheld', 'held')
        GROUP BY 1 ORDER BY 1
        """
    ),
    "channels": text(
        """
        SELECT channel, count(*) FROM message
        WHERE organisation_id = :organisation AND mode = :mode AND state IN ('sent', 'delivered')
        GROUP BY 1 ORDER BY 1
        """
    ),
    "promises": text(
        """
        SELECT basis || ' ' || CASE WHEN superseded_at IS NOT NULL THEN 'superseded ' || coalesce(reason, '')
            ELSE coalesce(outcome, 'standing') END, count(*) FROM promise
        WHERE organisation_id = :organisation AND mode = :mode GROUP BY 1 ORDER BY 1
        """
    ),
    "withheld": text(
        """
        SELECT purpose || ' ' || reason, count(*) FROM message
        WHERE organisation_id = :organisation AND mode = :mode AND state IN ('withheld', 'held')
        GROUP BY 1 ORDER BY 1
        """
    ),
    "undelivered": text(
        """
        SELECT state, count(*) FROM message
        WHERE organisation_id = :organisation AND mode = :mode AND state IN ('due', 'sending', 'unknown', 'failed')
        GROUP BY 1 ORDER BY 1
        """
    ),
}


async def totals(connection: AsyncConnection, scope: Scope) -> dict[str, dict[str, int]]:
    """Counts by name, each a mapping from word to number."""
    found: dict[str, dict[str, int]] = {}
    for name, query in _COUNTS.items():
        rows = await connection.execute(query, scope.values)
        found[name] = {row[0]: row[1] for row in rows.all()}
    return found

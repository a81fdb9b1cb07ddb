"""Many rows at once, for organisations whose past is made up; and what happened while their clock was moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Table, bindparam, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.store.answers.contacts import CONTACT
from tracker.store.answers.feedback import FEEDBACK
from tracker.store.ground.columns import Instant, table
from tracker.store.ground.engine import Store
from tracker.store.outreach.carrying import Attempt
from tracker.store.outreach.outbox import Caught
from tracker.store.promises import tellings
from tracker.store.promises.tellings import Telling

TABLES: dict[str, Table] = {
    "telling": table(Telling),
    "attempt": table(Attempt),
    "caught": table(Caught),
    "feedback": FEEDBACK,
    "contact": CONTACT,
}
"""What there is of cases beside what was decided about them, in an order in which nothing points to what is not there
yet."""


_DATABASE = text("SELECT quote_ident(current_database())")
_HURRY = "ALTER ROLE CURRENT_USER IN DATABASE {name} SET synchronous_commit = off"
"""An identifier cannot be handed over as a value; the database quotes its own name."""


async def hurry(store: Store) -> None:
    """Let the database answer before its disk does, from now on: for one that holds nothing but what is made up.

    A power cut may take the last second, and damages nothing (PostgreSQL, synchronous_commit).
    """
    async with store.reading() as connection:
        name = (await connection.execute(_DATABASE)).scalar_one()
        await connection.execute(text(_HURRY.format(name=name)))
    await store.engine.dispose()  # connections that are made from now on know it


_ANALYSE = text("ANALYZE")
"""The database plans by what it believes of its tables, and believes that those are empty that were filled just now."""


async def write(connection: AsyncConnection, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Insert what happened around cases, by TABLES, and which dates their messages told. Rows of one
    table have the same columns."""
    for name, into in TABLES.items():
        if rows.get(name):
            await connection.execute(insert(into), rows[name])
    await connection.execute(_ANALYSE)
    await tellings.sent(
        connection,
        [
            {
                "organisation": row["organisation_id"],
                "mode": row["mode"],
                "message": row["message_id"],
                "number": row["number"],
            }
            for row in rows.get("attempt", ())
            if row["promise_id"] is not None
        ],
    )


_HAPPENED = (
    text(
        """
        SELECT 'message ' || m.purpose AS what, count(*) FROM message m
        JOIN attempt a ON a.organisation_id = m.organisation_id AND a.mode = m.mode AND a.message_id = m.id
        WHERE m.organisation_id = ANY(:organisations) AND a.started_at > :since AND m.state IN ('sent', 'delivered')
        GROUP BY 1
        """
    ).bindparams(bindparam("since", type_=Instant)),
    text(
        """
        SELECT 'date ' || what, count(*) FROM (
            SELECT 'given' AS what FROM promise p WHERE organisation_id = ANY(:organisations) AND made_at > :since
                AND NOT EXISTS (SELECT 1 FROM promise b WHERE b.organisation_id = p.organisation_id
                                AND b.mode = p.mode AND b.superseded_by = p.id)
            UNION ALL
            SELECT 'changed' FROM promise WHERE organisation_id = ANY(:organisations) AND superseded_at > :since
            UNION ALL
            SELECT outcome FROM promise WHERE organisation_id = ANY(:organisations) AND judged_at > :since
                AND outcome IS NOT NULL
        ) each GROUP BY 1
        """
    ).bindparams(bindparam("since", type_=Instant)),
    text(
        """
        SELECT 'erased', count(*) FROM "case" WHERE organisation_id = ANY(:organisations) AND erased_at > :since
        HAVING count(*) > 0
        """
    ).bindparams(bindparam("since", type_=Instant)),
)


async def happened(connection: AsyncConnection, organisations: Sequence[UUID], since: datetime) -> dict[str, int]:
    """What happened in organisations after an instant (business time), counted: `message <purpose>` for what was
    sent, `date given|changed|<outcome>`, `erased`."""
    values = {"organisations": list(organisations), "since": since}
    return {row[0]: row[1] for query in _HAPPENED for row in (await connection.execute(query, values)).all()}

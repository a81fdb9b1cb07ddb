"""Messages that may have gone: found by an index when it is time to ask the provider about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.outreach.retry import RETRY
from tracker.core.vocabulary.words import Channel
from tracker.store.ground.rows import ScopedRow, rows_of
from tracker.store.outreach.carrying import TRIES

_PAUSE = f"interval '{RETRY.next_question.total_seconds():.0f} seconds'"

_CLAIM = text(
    f"""
    WITH due AS MATERIALIZED (
        SELECT d.organisation_id, d.mode, d.id, d.now
        FROM organisation o CROSS JOIN LATERAL (
            SELECT m.organisation_id, m.mode, m.id, clock_timestamp() + o.clock_offset AS now FROM message m
            WHERE m.organisation_id = o.id AND m.state = 'unknown' AND m.settled_at IS NULL
              AND m.due_at <= clock_timestamp() + o.clock_offset
            ORDER BY m.due_at LIMIT :limit FOR UPDATE OF m SKIP LOCKED
        ) d
        WHERE CAST(:only AS uuid) IS NULL OR o.id = CAST(:only AS uuid)
        LIMIT :limit
    ), taken AS (
        UPDATE message m SET due_at = due.now + {_PAUSE}
        FROM due WHERE m.organisation_id = due.organisation_id AND m.mode = due.mode AND m.id = due.id
        RETURNING m.*, due.now
    )
    SELECT m.organisation_id, m.mode, m.id, m.attempt_number, m.channel, m.language, m.now,
        a.id AS attempt_id, a.carrier, a.content, a.started_at, r.address, r.normal,
        o.name AS organisation, o.email_from, o.sms_from, {TRIES} AS tries,
        (SELECT count(*) FROM attempt u WHERE u.organisation_id = m.organisation_id AND u.mode = m.mode
         AND u.message_id = m.id AND u.outcome = 'unsure') AS unsure,
        ARRAY(SELECT k.provider_id FROM message n
              JOIN attempt k ON k.organisation_id = n.organisation_id AND k.mode = n.mode AND k.message_id = n.id
              WHERE n.organisation_id = m.organisation_id AND n.mode = m.mode AND n.case_id = m.case_id
                AND n.recipient_id = m.recipient_id AND k.id <> a.id AND k.provider_id IS NOT NULL) AS known
    FROM taken m
    JOIN organisation o ON o.id = m.organisation_id
    JOIN attempt a ON a.organisation_id = m.organisation_id AND a.mode = m.mode AND a.message_id = m.id
        AND a.number = m.attempt_number
    LEFT JOIN recipient r ON r.organisation_id = m.organisation_id AND r.mode = m.mode AND r.id = m.recipient_id
    """
)


@dataclass(frozen=True, slots=True)
class UnknownMessage(ScopedRow):
    """A message that may have gone: with the exact words of its newest attempt (`content`), how often it was tried,
    of how many attempts we do not know the end (`unsure`), and what the provider calls other messages of the case to
    the same recipient (`known`). `address` None: it was erased. `now`: the organisation's business time."""

    id: UUID
    attempt_number: int
    channel: Channel
    language: str
    now: datetime
    attempt_id: UUID
    carrier: str
    content: dict[str, str]
    started_at: datetime
    address: str | None
    normal: str | None
    organisation: str
    email_from: str | None
    sms_from: str | None
    tries: int
    unsure: int
    known: list[str]


async def claim(connection: AsyncConnection, limit: int, only: UUID | None = None) -> list[UnknownMessage]:
    """Those about which it is time to ask. Nobody else asks about them until the next question is due."""
    return rows_of(UnknownMessage, await connection.execute(_CLAIM, {"limit": limit, "only": only}))

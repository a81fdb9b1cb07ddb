"""What is asked of an organisation before it goes live, what its rehearsal was like, and the step itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.vocabulary.channels import CHANNELS, Unit
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.words import Channel, Footing
from tracker.store.ground.columns import Instant
from tracker.store.ground.rows import one_row_of, rows_of

PAGE = 5_000

_READINESS = text(
    """
    SELECT o.footing, o.email_from, o.sms_from, o.clock_offset <> interval '0' AS moved,
        clock_timestamp() + o.clock_offset AS now,
        (SELECT count(*) FROM source s WHERE s.organisation_id = o.id) AS sources,
        (SELECT coalesce(array_agg(s.name ORDER BY s.name), '{}') FROM source s
         LEFT JOIN heard h ON h.organisation_id = s.organisation_id AND h.source_id = s.id AND h.mode = 'live'
         WHERE s.organisation_id = o.id
           AND (h.heard_at IS NULL OR h.heard_at + s.patience < clock_timestamp() + o.clock_offset)) AS silent,
        (SELECT coalesce(array_agg(DISTINCT e.service || ' ' || coalesce(e.body->>'status', '')), '{}') FROM entry e
         WHERE e.organisation_id = o.id AND e.mode = 'live' AND e.placement = 'quarantined') AS unmapped,
        EXISTS (SELECT 1 FROM message m WHERE m.organisation_id = o.id AND m.state = 'sending') AS sending,
        EXISTS (SELECT 1 FROM entry e WHERE e.organisation_id = o.id AND e.mode = 'live' AND e.type = 'case.status'
            AND e.occurred_at < e.heard_at - interval '7 days' AND e.heard_at > coalesce(
                (SELECT max(t.counted_at) FROM tally t WHERE t.organisation_id = o.id), '-infinity')) AS unlearned
    FROM organisation o WHERE o.id = :organisation
    """
)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Where an organisation stands before it goes live. `moved`: its clock was; `silent`: sources not heard in time;
    `unmapped`: status codes that nothing maps; `sending`: a message is on its way; `unlearned`: history came
    since dates were learned last. `now`: its business time."""

    footing: Footing
    email_from: str | None
    sms_from: str | None
    moved: bool
    now: datetime
    sources: int
    silent: list[str]
    unmapped: list[str]
    sending: bool
    unlearned: bool


_LOCK = text("SELECT 1 FROM organisation WHERE id = :organisation FOR UPDATE")


async def readiness(connection: AsyncConnection, organisation_id: UUID, *, locked: bool = False) -> Readiness:
    """Where an organisation stands. `locked` keeps new events out meanwhile."""
    if locked:
        # By a statement of its own: what was waited for is seen by the next one. Every new entry refers to this row.
        await connection.execute(_LOCK, {"organisation": organisation_id})
    return one_row_of(Readiness, await connection.execute(_READINESS, {"organisation": organisation_id}))


_CAUGHT = """
    FROM caught k
    JOIN message m ON m.organisation_id = k.organisation_id AND m.mode = k.mode AND m.id = k.message_id
    WHERE k.organisation_id = :organisation AND k.mode = 'live' AND k.caught_at >= :since
"""

_REHEARSED = text(
    f"""
    SELECT m.purpose, m.channel, count(*) AS messages, count(DISTINCT (m.case_id, m.party)) AS people,
        min(k.caught_at) AS first_at
    {_CAUGHT} GROUP BY m.purpose, m.channel ORDER BY m.purpose, m.channel
    """
).bindparams(bindparam("since", type_=Instant))

_PEOPLE = text(f"SELECT count(DISTINCT (m.case_id, m.party)) {_CAUGHT}").bindparams(bindparam("since", type_=Instant))


@dataclass(frozen=True, slots=True)
class RehearsedPurpose:
    """What the sandbox has caught of one purpose on one channel: how many messages, to how many people."""

    purpose: Purpose
    channel: Channel
    messages: int
    people: int
    first_at: datetime


async def rehearsed(
    connection: AsyncConnection, organisation_id: UUID, since: datetime
) -> tuple[list[RehearsedPurpose], int]:
    """What the sandbox has caught since then, by purpose and channel; and how many people that were in all. It
    counts rows, and is asked for by people alone."""
    values = {"organisation": organisation_id, "since": since}
    lines = rows_of(RehearsedPurpose, await connection.execute(_REHEARSED, values))
    return lines, int((await connection.execute(_PEOPLE, values)).scalar_one())


_TEXTS = text(
    """
    SELECT k.id, m.purpose, m.channel, a.content->>'text' AS text
    FROM caught k
    JOIN message m ON m.organisation_id = k.organisation_id AND m.mode = k.mode AND m.id = k.message_id
    JOIN attempt a ON a.organisation_id = k.organisation_id AND a.mode = k.mode AND a.id = k.id
    WHERE k.organisation_id = :organisation AND k.mode = 'live' AND k.caught_at >= :since AND m.channel = ANY(:channels)
      AND (CAST(:after AS uuid) IS NULL OR k.id > :after)
    ORDER BY k.id LIMIT :limit
    """
).bindparams(bindparam("since", type_=Instant))


async def texts(
    connection: AsyncConnection, organisation_id: UUID, since: datetime
) -> AsyncIterator[tuple[str, str, str]]:
    """Purpose, channel and words of every message that the sandbox has caught since then and that is paid for by its
    segments, a page at a time."""
    after, channels = None, [each.value for each, traits in CHANNELS.items() if traits.unit is Unit.SEGMENT]
    while True:
        values = {
            "organisation": organisation_id,
            "since": since,
            "channels": channels,
            "after": after,
            "limit": PAGE,
        }
        rows = (await connection.execute(_TEXTS, values)).all()
        for row in rows:
            yield row.purpose, row.channel, row.text or ""
        if len(rows) < PAGE:
            return
        after = rows[-1].id


_TO_ADOPT = text(
    """
    SELECT count(*) FROM "case"
    WHERE organisation_id = :organisation AND mode = 'live' AND state = 'open' AND NOT void AND erased_at IS NULL
    """
)


async def to_adopt(connection: AsyncConnection, organisation_id: UUID) -> int:
    """How many open cases would be adopted in silence."""
    return int((await connection.execute(_TO_ADOPT, {"organisation": organisation_id})).scalar_one())


_STEPS = tuple(
    text(step).bindparams(bindparam("now", type_=Instant))
    for step in (
        # Nobody has had what the sandbox caught: it must not count as said, on a page or in what is decided later.
        """
        UPDATE message SET state = 'withheld', reason = 'adopted', settled_at = :now, lease_until = NULL
        WHERE organisation_id = :organisation AND mode = 'live' AND state <> 'withheld'
        """,
        # Nor does it count as said what date there is, or a person who never heard it would not be told it.
        """
        DELETE FROM telling WHERE organisation_id = :organisation AND mode = 'live' AND message_id IS NOT NULL
            AND told_at <= :now
        """,
        # What was open is adopted: it is looked at anew, for the day of its next word and for its date.
        """
        UPDATE "case" SET live_from = :now, spoken_at = NULL, next_word_on = NULL, next_word_at = NULL,
            wake_at = CASE WHEN state = 'open' AND NOT void AND erased_at IS NULL THEN :now ELSE wake_at END,
            version = version + 1
        WHERE organisation_id = :organisation
        """,
        "UPDATE source SET live_from = :now WHERE organisation_id = :organisation",
    )
)

_LIVE = text(
    """
    UPDATE organisation SET footing = 'live', live_at = :now, email_from = :email_from, sms_from = :sms_from
    WHERE id = :organisation AND footing = 'sandbox'
    """
).bindparams(bindparam("now", type_=Instant))


async def go_live(
    connection: AsyncConnection, organisation_id: UUID, email_from: str | None, sms_from: str | None, now: datetime
) -> tuple[int, int]:
    """Take the step, in the caller's transaction; returns how many messages will never be said and how many cases
    were adopted. The caller holds the organisation's lock."""
    values = {"organisation": organisation_id, "now": now}
    unsaid, _, adopted, _ = [(await connection.execute(step, values)).rowcount for step in _STEPS]
    await connection.execute(_LIVE, {**values, "email_from": email_from, "sms_from": sms_from})
    return unsaid, adopted

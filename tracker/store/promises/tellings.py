"""To whom each date of the ledger was told, by what, and when first. Rows are added and never changed.

A date that nobody outside the office was told of is no word given, and may be corrected in silence: see
`core.promises.record`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.answers.tellings import Listener, Way
from tracker.core.vocabulary.channels import Writing, traits_of
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Mode
from tracker.store.ground.columns import Instant, belongs_to, listed, one_of


class Telling(SQLModel, table=True):
    """The first time that a date was told to an audience by a channel: `told_at` in business time; `message_id` when
    it was sent. It holds no identity, and stays when a case is erased."""

    __table_args__ = (
        one_of("mode", Mode),
        one_of("audience", Listener),
        one_of("channel", Way),
        belongs_to("promise", "promise_id"),
        belongs_to("message", "message_id"),
    )
    organisation_id: UUID = Field(primary_key=True)
    mode: str = Field(primary_key=True, sa_type=String)
    promise_id: UUID = Field(primary_key=True)
    audience: str = Field(primary_key=True, sa_type=String)
    channel: str = Field(primary_key=True, sa_type=String)
    told_at: datetime = Field(sa_type=Instant)
    message_id: UUID | None = None


# Both insert in the order of the key: two that tell of the same dates wait for each other, and never crosswise.
_KEEP = text(
    """
    INSERT INTO telling (organisation_id, mode, promise_id, audience, channel, told_at)
    SELECT :organisation, :mode, id, :audience, :channel, :told_at
    FROM unnest(CAST(:promises AS uuid[])) AS t (id) ORDER BY id
    ON CONFLICT DO NOTHING
    """
).bindparams(bindparam("told_at", type_=Instant))

_MAILED = listed(each for each in Channel if traits_of(each).writing is Writing.MAIL)

# A message that has the room names the office's own date beside ours. It may not know the role of whom it went to, such
# as one that was decided by an earlier version.
_SENT = text(
    f"""
    INSERT INTO telling (organisation_id, mode, promise_id, audience, channel, told_at, message_id)
    SELECT DISTINCT ON (a.organisation_id, a.mode, p.id, l.listener, m.channel)
        a.organisation_id, a.mode, p.id, l.listener, m.channel, a.started_at, m.id
    FROM unnest(CAST(:organisations AS uuid[]), CAST(:modes AS text[]), CAST(:messages AS uuid[]),
        CAST(:numbers AS int[])) AS t (organisation, mode, message, number)
    JOIN attempt a ON a.organisation_id = t.organisation AND a.mode = t.mode AND a.message_id = t.message
        AND a.number = t.number
    JOIN message m ON m.organisation_id = a.organisation_id AND m.mode = a.mode AND m.id = a.message_id
    CROSS JOIN LATERAL (SELECT coalesce(m.facts->>'role', '{Listener.PUBLIC}') AS listener) l
    CROSS JOIN LATERAL unnest(ARRAY[a.promise_id,
        CASE WHEN m.channel IN ({_MAILED}) THEN CAST(m.facts->>'beside_promise' AS uuid) END]) AS named (id)
    JOIN promise p ON p.organisation_id = a.organisation_id AND p.mode = a.mode AND p.id = named.id
    WHERE a.promise_id IS NOT NULL AND a.outcome = 'accepted'
    ORDER BY a.organisation_id, a.mode, p.id, l.listener, m.channel, a.started_at
    ON CONFLICT DO NOTHING
    """
)


async def save(
    connection: AsyncConnection,
    scope: Scope,
    promises: Sequence[UUID],
    audience: Listener,
    channel: Way,
    *,
    told_at: datetime,
) -> None:
    """Write that these dates were told. What is on record already stays as it is."""
    values = {
        **scope.values,
        "promises": list(promises),
        "audience": audience.value,
        "channel": channel.value,
        "told_at": told_at,
    }
    await connection.execute(_KEEP, values)


async def sent(connection: AsyncConnection, attempts: Sequence[dict[str, Any]]) -> None:
    """Write which dates were told by attempts (organisation, mode, message, number) that a carrier has accepted, as of
    when they were handed over. Of the others, and of those whose words name no date, nothing."""
    if attempts:
        columns = {f"{name}s": [each[name] for each in attempts] for name in _OF_ATTEMPT}
        await connection.execute(_SENT, columns)


_OF_ATTEMPT = ("organisation", "mode", "message", "number")

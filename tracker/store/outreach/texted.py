"""Whom a text is meant for: organisations, and the cases of the number that sent it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel
from tracker.store.ground.rows import rows_of

_TEXTED = text(
    """
    SELECT o.id, o.name, o.language, clock_timestamp() + o.clock_offset AS now, true AS own FROM organisation o
    WHERE o.sms_from = ANY(CAST(:senders AS text[]))
    UNION ALL
    SELECT o.id, o.name, o.language, clock_timestamp() + o.clock_offset, false FROM organisation o
    WHERE EXISTS (SELECT 1 FROM recipient r WHERE r.organisation_id = o.id AND r.mode = 'live'
                  AND r.normal = :number AND r.channel = :channel)
    """
)


@dataclass(frozen=True, slots=True)
class TextedOffice:
    """An organisation that a text may be meant for. `own`: it went to its own number. `now`: its business time."""

    id: UUID
    name: str
    language: str
    now: datetime
    own: bool


async def texted(
    connection: AsyncConnection, senders: Sequence[str], channel: Channel, number: str
) -> list[TextedOffice]:
    """The organisations that a text is meant for: those that send from where it went, else those that have a case
    with that number."""
    values = {"senders": list(senders), "channel": channel.value, "number": number}
    rows = rows_of(TextedOffice, await connection.execute(_TEXTED, values))
    return [row for row in rows if row.own] or rows


_CASES = text(
    """
    SELECT c.id, c.reference, coalesce((
        SELECT m.language FROM message m WHERE m.organisation_id = r.organisation_id AND m.mode = r.mode
            AND m.case_id = r.case_id AND m.recipient_id = r.id ORDER BY m.decided_at DESC LIMIT 1), c.language)
            AS language
    FROM recipient r
    JOIN "case" c ON c.organisation_id = r.organisation_id AND c.mode = r.mode AND c.id = r.case_id
    WHERE r.organisation_id = :organisation AND r.mode = :mode AND r.normal = :number AND r.channel = :channel
      AND NOT c.void
    ORDER BY c.state = 'open' DESC, c.opened_at DESC LIMIT :limit
    """
)
MOST_CASES = 200


@dataclass(frozen=True, slots=True)
class TextedCase:
    """A case that a text may be about, and the language in which the sender hears of it; None: it is not known."""

    id: UUID
    reference: str
    language: str | None


async def cases(connection: AsyncConnection, scope: Scope, channel: Channel, number: str) -> list[TextedCase]:
    """The cases with this number on a channel, the newest first, open ones before any that is closed."""
    values = {**scope.values, "channel": channel.value, "number": number, "limit": MOST_CASES}
    return rows_of(TextedCase, await connection.execute(_CASES, values))


_WRITTEN_TO = text(
    """
    SELECT a.place
    FROM unnest(CAST(:organisations AS uuid[]), CAST(:modes AS text[]), CAST(:channels AS text[]),
        CAST(:normals AS text[])) WITH ORDINALITY AS a (organisation, mode, channel, normal, place)
    WHERE EXISTS (
        SELECT 1 FROM recipient r
        JOIN message m ON m.organisation_id = r.organisation_id AND m.mode = r.mode AND m.case_id = r.case_id
            AND m.recipient_id = r.id AND m.state IN ('sent', 'delivered', 'unknown')
        WHERE r.organisation_id = a.organisation AND r.mode = a.mode AND r.normal = a.normal AND r.channel = a.channel)
    """
)

Place = tuple[Scope, Channel, str]
"""Whose rows, a channel, and an address in its one form."""


async def written_to(connection: AsyncConnection, places: Sequence[Place]) -> set[Place]:
    """Those of these addresses to which a message of this organisation went before: one query for all."""
    if not places:
        return set()
    values = {
        "organisations": [scope.organisation_id for scope, _, _ in places],
        "modes": [scope.mode.value for scope, _, _ in places],
        "channels": [channel.value for _, channel, _ in places],
        "normals": [normal for _, _, normal in places],
    }
    return {places[place - 1] for place in (await connection.execute(_WRITTEN_TO, values)).scalars()}

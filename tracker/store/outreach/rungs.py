"""The ladder of channels: a message that did not arrive by one is written again for another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import CaseState, Channel
from tracker.store.case.survivors import OF_CASE
from tracker.store.ground.columns import Instant, new_id
from tracker.store.ground.rows import row_of, rows_of
from tracker.store.outreach.carrying import OFFICE_CAUSE

_MISSED = text(
    f"""
    SELECT m.id, m.key, m.case_id, m.party, m.purpose, m.cause, m.rung,
        CAST(m.facts->>'definition' AS uuid) AS definition, c.reference, c.void, c.state AS case_state,
        c.news_entry, c.asked_entry, c.promise_id, {OFFICE_CAUSE} AS office_cause,
        v.ended AS survivor_end, o.country, o.zone, (
            SELECT min(CAST(n->>'due_on' AS date)) FROM jsonb_array_elements(c.needs) n
            WHERE n->>'supplied_at' IS NULL) AS wanted_by,
        EXISTS (SELECT 1 FROM message t WHERE t.organisation_id = m.organisation_id AND t.mode = m.mode
            AND t.case_id = m.case_id AND t.party = m.party AND t.purpose = m.purpose AND t.cause = m.cause
            AND t.rung > m.rung AND split_part(t.key, ':', 4) = split_part(m.key, ':', 4)) AS climbed
    FROM message m
    JOIN "case" c ON c.organisation_id = m.organisation_id AND c.mode = m.mode AND c.id = m.case_id
    JOIN organisation o ON o.id = m.organisation_id
    LEFT JOIN LATERAL {OF_CASE} v ON true
    WHERE m.organisation_id = :organisation AND m.mode = :mode AND m.id = :message
    """
)

_OTHERS = text(
    """
    SELECT r.id, r.channel, r.address, r.normal, r.confirmed_at FROM message m
    JOIN recipient r ON r.organisation_id = m.organisation_id AND r.mode = m.mode AND r.case_id = m.case_id
        AND r.party = m.party AND r.current
    WHERE m.organisation_id = :organisation AND m.mode = :mode AND m.id = :message
      AND NOT EXISTS (
        SELECT 1 FROM message t WHERE t.organisation_id = m.organisation_id AND t.mode = m.mode
            AND t.case_id = m.case_id AND t.party = m.party AND t.purpose = m.purpose AND t.cause = m.cause
            AND t.channel = r.channel
            AND split_part(t.key, ':', 4) = split_part(m.key, ':', 4))
    """
)

_SHARING = text(
    """
    SELECT t.id FROM message m
    JOIN message t ON t.organisation_id = m.organisation_id AND t.mode = m.mode AND t.case_id = m.case_id
        AND t.purpose = m.purpose AND t.cause = m.cause AND t.reason = 'same_address' AND t.facts->>'same_as' = m.party
    WHERE m.organisation_id = :organisation AND m.mode = :mode AND m.id = :message
    ORDER BY t.party, t.key
    """
)

_CLIMB = text(
    """
    INSERT INTO message (organisation_id, mode, id, key, case_id, entry_id, source_id, recipient_id, party, purpose,
        cause, channel, language, facts, state, decided_at, due_at, attempt_number, rung)
    SELECT m.organisation_id, m.mode, :new, :key, m.case_id, m.entry_id, m.source_id, :recipient, m.party, m.purpose,
        m.cause, :channel, m.language, m.facts || '{"same_as": null}', 'due', :now, :now, 0, :rung
    FROM message m WHERE m.organisation_id = :organisation AND m.mode = :mode AND m.id = :message
    ON CONFLICT (organisation_id, mode, key) DO NOTHING
    """
).bindparams(bindparam("now", type_=Instant))


@dataclass(frozen=True, slots=True)
class MissedMessage:
    """A message that did not arrive, and what is true now of its case. `definition`: the version by which it was
    decided; `office_cause`: of one about the office's own date, the cause that it would have now; `wanted_by`: when the
    first thing that is still wanted of the person is due; `climbed`: the same was written for another channel
    already."""

    id: UUID
    key: str
    case_id: UUID
    party: str
    purpose: Purpose
    cause: str
    rung: int
    definition: UUID
    reference: str
    void: bool
    case_state: CaseState
    news_entry: UUID | None
    asked_entry: UUID | None
    promise_id: UUID | None
    office_cause: str | None
    survivor_end: UUID | None
    country: str
    zone: str
    wanted_by: date | None
    climbed: bool


@dataclass(frozen=True, slots=True)
class OtherAddress:
    """Another address of somebody whom a message did not reach: a recipient of the case. `normal` None: it was not
    brought into its one form yet. `confirmed_at`: when the office gave it in place of another."""

    id: UUID
    channel: Channel
    address: str
    normal: str | None
    confirmed_at: datetime | None = None


async def missed(connection: AsyncConnection, scope: Scope, message_id: UUID) -> MissedMessage | None:
    """What a message was about, and whose it was."""
    values = {**scope.values, "message": message_id}
    return row_of(MissedMessage, await connection.execute(_MISSED, values))


async def others(connection: AsyncConnection, scope: Scope, message_id: UUID) -> list[OtherAddress]:
    """Where the same party is reached by channels on which the same thing was not tried yet; in no order."""
    values = {**scope.values, "message": message_id}
    return rows_of(OtherAddress, await connection.execute(_OTHERS, values))


async def sharing(connection: AsyncConnection, scope: Scope, message_id: UUID) -> list[UUID]:
    """The messages that were withheld since this one went to the same mailbox for somebody else."""
    values = {**scope.values, "message": message_id}
    return list((await connection.execute(_SHARING, values)).scalars())


async def climb(
    connection: AsyncConnection,
    scope: Scope,
    message_id: UUID,
    recipient: OtherAddress,
    now: datetime,
    *,
    key: str,
    rung: int,
) -> None:
    """Write the message again, for another channel; once, since its key is unique."""
    await connection.execute(
        _CLIMB,
        {
            **scope.values,
            "message": message_id,
            "new": new_id(),
            "key": key,
            "rung": rung,
            "recipient": recipient.id,
            "channel": recipient.channel,
            "now": now,
        },
    )

"""The one query behind a case's page and its JSON: the case, its office, history, dates and messages together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.vocabulary.messages import MessageState, Purpose
from tracker.core.vocabulary.words import (
    Base,
    Basis,
    CaseState,
    Channel,
    Clock,
    Confidence,
    Outcome,
    PromiseOutcome,
    WaitingOn,
)
from tracker.store.case.survivors import OF_CASE
from tracker.store.ground.rows import ScopedRow, row_of, rows_of

MOST_LINES = 200
"""The newest lines of a history, dates and messages that a page shows."""

_PAGE = text(
    f"""
    SELECT c.organisation_id, c.mode, c.id, c.service, c.reference, c.stage, c.since_at, c.since_on, c.state,
        c.outcome, c.waiting_on, c.clock, c.unmapped, c.delay_reason, c.needs, c.arrived_at, c.language, c.served_on,
        c.end_in_doubt, c.statutory_on, c.statutory_paused, v.reference AS survivor,
        v.ended IS NOT NULL AS survivor_ended, v.ended_as AS survivor_outcome, c.opened_at, c.opened_on,
        c.last_at, c.next_word_on, c.sooner, c.version, o.slug, o.name AS organisation, o.zone,
        o.live_at,
        clock_timestamp() + o.clock_offset AS now, h.heard_at, s.patience, d.id AS definition_id,
        CASE WHEN c.next_word_on IS NOT NULL THEN (
            SELECT jsonb_agg(jsonb_build_array(
                r.party, r.channel, r.normal, r.confirmed_at, coalesce(r.id = ANY(c.word_to), true)))
            FROM recipient r
            WHERE r.organisation_id = c.organisation_id AND r.mode = c.mode AND r.case_id = c.id
                AND r.normal IS NOT NULL AND r.current AND (c.word_to IS NULL OR r.party IN (
                    SELECT f.party FROM recipient f WHERE f.organisation_id = c.organisation_id AND f.mode = c.mode
                        AND f.case_id = c.id AND f.id = ANY(c.word_to)))) END AS word_to,
        EXISTS (SELECT FROM stop WHERE organisation_id = c.organisation_id AND mode = c.mode) AS some_stopped,
        EXISTS (SELECT FROM suppression WHERE organisation_id = c.organisation_id AND mode = c.mode) AS some_dead,
        CASE WHEN EXISTS (SELECT FROM stop WHERE organisation_id = c.organisation_id AND mode = c.mode) THEN (
            SELECT jsonb_agg(jsonb_build_array(r.channel, r.normal)) FROM recipient r
            WHERE r.organisation_id = c.organisation_id AND r.mode = c.mode AND r.case_id = c.id
                AND r.normal IS NOT NULL AND r.current) END AS reached, o.sms_from,
        (SELECT coalesce(jsonb_agg(line ORDER BY line.position DESC), '[]') FROM (
            SELECT CASE WHEN e.type <> 'case.note' THEN e.stage END AS stage, e.occurred_at AS at, e.occurred_on AS on,
                coalesce(e.words->>'public_note', CASE WHEN e.type = 'case.note' THEN e.words->>'text' END) AS note,
                row_number() OVER (
                    ORDER BY e.position_at, coalesce(e.sequence, -1), e.rank, e.source COLLATE "C",
                        e.event_id COLLATE "C"
                ) AS position
            FROM entry e
            WHERE e.organisation_id = c.organisation_id AND e.mode = c.mode AND e.case_id = c.id AND e.shown
            ORDER BY position DESC LIMIT :lines) line) AS history,
        (SELECT coalesce(jsonb_agg(p ORDER BY p.made_at DESC, p.id DESC), '[]') FROM (
            SELECT p.id, p.basis, p.earliest_on, p.half_by_on, p.latest_on, p.probability, p.cases, p.base,
                p.made_at, p.superseded_at, p.reason, p.outcome, p.passes_at, p.judged_at, (
                    SELECT jsonb_agg(jsonb_build_array(t.audience, t.channel, t.told_at)
                        ORDER BY t.told_at, t.channel, t.audience)
                    FROM telling t
                    WHERE t.organisation_id = p.organisation_id AND t.mode = p.mode AND t.promise_id = p.id
                ) AS told
            FROM promise p WHERE p.organisation_id = c.organisation_id AND p.mode = c.mode AND p.case_id = c.id
                AND (p.reason IS DISTINCT FROM 'case_corrected' OR p.superseded_at IS NULL
                    OR p.superseded_at >= p.made_at + interval '1 hour' AND NOT EXISTS (
                        SELECT FROM promise n WHERE n.organisation_id = p.organisation_id AND n.mode = p.mode
                            AND n.id = p.superseded_by AND n.latest_on = p.latest_on))
            ORDER BY p.made_at DESC, p.id DESC LIMIT :lines) p) AS promises,
        (SELECT everyone FROM curve WHERE organisation_id = c.organisation_id AND service = c.service
         ORDER BY learned_at DESC LIMIT 1) AS learned_from,
        (SELECT finished FROM curve WHERE organisation_id = c.organisation_id AND service = c.service
         ORDER BY learned_at DESC LIMIT 1) AS learned_from_own,
        w.confidence, w.kept AS dates_kept, w.broken AS dates_broken,
        (SELECT coalesce(jsonb_agg(m ORDER BY m.at DESC), '[]') FROM (
            SELECT m.purpose, m.channel, m.state, m.facts->>'stage' AS stage,
                coalesce(m.settled_at, m.decided_at) AS at, m.cause LIKE 'office:%' AS theirs
            FROM message m WHERE m.organisation_id = c.organisation_id AND m.mode = c.mode AND m.case_id = c.id
                AND m.state NOT IN ('withheld', 'held')
            ORDER BY coalesce(m.settled_at, m.decided_at) DESC LIMIT :lines) m) AS messages
    FROM "case" c
    JOIN organisation o ON o.id = c.organisation_id
    JOIN source s ON s.organisation_id = c.organisation_id AND s.id = c.source_id
    LEFT JOIN heard h ON h.organisation_id = c.organisation_id AND h.mode = c.mode AND h.source_id = c.source_id
    JOIN LATERAL (SELECT id FROM definition WHERE organisation_id = c.organisation_id AND service = c.service
        ORDER BY version DESC LIMIT 1) d ON true
    LEFT JOIN LATERAL {OF_CASE} v ON true
    LEFT JOIN word w ON w.organisation_id = c.organisation_id AND w.service = c.service AND w.current
    WHERE c.reference = :reference AND NOT c.void
    """
)


@dataclass(frozen=True, slots=True)
class PageLine:
    """One line of a history: a stage, a public note, or both."""

    stage: str | None
    at: datetime
    on: date | None
    note: str | None


@dataclass(frozen=True, slots=True)
class PagePromise:
    """A date that was given. `told`: (audience, channel, instant) of each first telling, oldest first."""

    id: UUID
    basis: Basis
    earliest_on: date | None
    half_by_on: date | None
    latest_on: date
    probability: float | None
    cases: int | None
    base: Base | None
    made_at: datetime
    superseded_at: datetime | None
    reason: str | None
    outcome: PromiseOutcome | None
    passes_at: datetime | None
    judged_at: datetime | None
    told: list[list[str]] | None


@dataclass(frozen=True, slots=True)
class PageMessage:
    """A message about the case that was not withheld. `stage`: where the case stood by its words; `theirs`: its news is
    of the office's own date."""

    purpose: Purpose
    channel: Channel
    state: MessageState
    stage: str | None
    at: datetime
    theirs: bool


@dataclass(frozen=True, slots=True)
class PageCase(ScopedRow):
    """Everything that a case's page shows. `now`: the organisation's business time.

    `word_to`: the addresses of those who are to hear the next word (party, channel, normal, when it was confirmed, and
    whether the word would go there first), or None; `some_stopped`: somebody of the office's did ask us to stop at some
    time, so that `stops` is worth asking whether one of these did; `some_dead`: letters came back from somewhere,
    likewise; `reached`: where some stopped, all addresses of the case; `sms_from`: what texts come from. `survivor`:
    the reference of the case that goes on in its place. `learned_from` and `learned_from_own`: how many finished cases
    the newest curve rests on. `dates_kept` and `dates_broken`: how many of the service's first dates came true by the
    last count, and how many did not; None before the first.
    """

    id: UUID
    service: str
    reference: str
    stage: str
    since_at: datetime | None
    since_on: date | None
    state: CaseState
    outcome: Outcome | None
    waiting_on: WaitingOn
    clock: Clock
    unmapped: bool
    delay_reason: str | None
    needs: list[dict[str, Any]]
    arrived_at: datetime | None
    language: str | None
    served_on: date | None
    end_in_doubt: bool
    statutory_on: date | None
    statutory_paused: bool
    survivor: str | None
    survivor_ended: bool
    survivor_outcome: Outcome | None
    opened_at: datetime
    opened_on: date | None
    last_at: datetime
    next_word_on: date | None
    sooner: bool
    version: int
    slug: str
    organisation: str
    zone: str
    live_at: datetime | None
    now: datetime
    heard_at: datetime | None
    patience: timedelta
    definition_id: UUID
    word_to: list[tuple[str, str, str, str | None, bool]] | None
    some_stopped: bool
    some_dead: bool
    reached: list[list[str]] | None
    sms_from: str | None
    history: tuple[PageLine, ...]
    promises: tuple[PagePromise, ...]
    learned_from: int | None
    learned_from_own: int | None
    confidence: Confidence | None
    dates_kept: int | None
    dates_broken: int | None
    messages: tuple[PageMessage, ...]


async def page(connection: AsyncConnection, reference: str) -> PageCase | None:
    """Everything that a case's page shows, or None when there is no such case.

    A date that was corrected within the hour, while the events of a case were still coming in, is not shown.
    """
    return row_of(PageCase, await connection.execute(_PAGE, {"reference": reference, "lines": MOST_LINES}))


_HOLDERS = text(
    """
    SELECT CAST(clock_timestamp() AT TIME ZONE INTERVAL '14 hours' AS date) AS today, c.organisation_id, c.known_facts,
        d.id AS definition_id
    FROM (SELECT 1) AS always
    LEFT JOIN "case" c ON c.reference = :reference AND NOT c.void
    LEFT JOIN LATERAL (SELECT id FROM definition WHERE organisation_id = c.organisation_id AND service = c.service
        ORDER BY version DESC LIMIT 1) d ON true
    """
)


@dataclass(frozen=True, slots=True)
class PageKey:
    """What opens a case's page: its organisation, the hashes of its known facts, and the definition that says what they
    are; none where there is no such case. `today`: the last day that it is by now anywhere."""

    today: date
    organisation_id: UUID | None
    known_facts: list[bytes] | None
    definition_id: UUID | None


async def holders(connection: AsyncConnection, reference: str) -> PageKey:
    """What opens a case's page. As quick for a long history as
    for none, so that the time of a refusal tells nothing."""
    (key,) = rows_of(PageKey, await connection.execute(_HOLDERS, {"reference": reference}))
    return key

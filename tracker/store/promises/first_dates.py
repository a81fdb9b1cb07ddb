"""The one question from which first dates are counted; which they are, and what became of them, says
`core.promises.first_dates`.

Whoever wants to know how a first date fared asks here: the public count, how far a service is relied on, the level at
which dates are read, the desk, and the answer to how it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.answers.tellings import Listener
from tracker.core.promises.first_dates import Background, Dated, FirstDate, Population, firsts, leading
from tracker.core.vocabulary.messages import MessageState
from tracker.core.vocabulary.purposes import purposes
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Basis, Change, Mode, Outcome, PromiseOutcome
from tracker.store.ground.columns import listed
from tracker.store.ground.organisations import Office

PART = 2_000
"""So many dates are read at a time: others have their turn between."""

_WARNINGS = listed(sorted(purposes(lambda traits: traits.warns)))
_MOVES = listed(sorted(purposes(lambda traits: traits.moves_date)))
"""Some of these give somebody their first date, and say of none that it has moved."""

_LEDGERS = f"""
    WITH known AS MATERIALIZED (
        SELECT c.id, clock_timestamp() + o.clock_offset AS now, o.zone,
            (coalesce(c.opened_on, (c.opened_at AT TIME ZONE o.zone)::date) + 1)::timestamp AT TIME ZONE o.zone
                AS received_until,
            CASE WHEN c.state = 'closed' THEN c.outcome END AS closed_as,
            CASE WHEN c.state = 'closed' THEN coalesce(c.since_on, (c.since_at AT TIME ZONE o.zone)::date) END
                AS ended_on,
            h.heard_at, s.patience, o.live_at, (
                SELECT array_agg(coalesce(m.settled_at, m.decided_at)) FROM message m
                WHERE m.organisation_id = c.organisation_id AND m.mode = c.mode AND m.case_id = c.id
                  AND m.purpose IN ({_WARNINGS}) AND m.cause NOT LIKE 'office:%'
                  AND (m.purpose NOT IN ({_MOVES}) OR m.facts->>'old_on' IS NOT NULL OR EXISTS (
                    SELECT FROM promise q WHERE q.organisation_id = c.organisation_id AND q.mode = c.mode
                      AND q.case_id = c.id AND CAST(q.superseded_by AS text) = m.cause
                      AND q.reason = '{Change.LIKELY_LATE}'))
                  AND m.state IN ('{MessageState.SENT}', '{MessageState.DELIVERED}')
            ) AS warned_at
        FROM "case" c
        JOIN organisation o ON o.id = c.organisation_id
        JOIN source s ON s.organisation_id = c.organisation_id AND s.id = c.source_id
        LEFT JOIN heard h ON h.organisation_id = c.organisation_id AND h.mode = c.mode AND h.source_id = c.source_id
        WHERE c.organisation_id = :organisation AND c.mode = :mode AND NOT c.void AND {{which}}
    )
    SELECT k.*, p.made_at, p.latest_on, p.passes_at, p.basis = '{Basis.OFFICE}', p.basis = '{Basis.HISTORY}',
        p.probability, p.reason, p.outcome IS NOT NULL OR p.superseded_at IS NOT NULL,
        CASE WHEN p.outcome = '{PromiseOutcome.KEPT}' THEN p.judged_at END,
        coalesce(p.outcome = '{PromiseOutcome.COULD_NOT_TELL}', false), (
            SELECT min(t.told_at) FROM telling t
            WHERE t.organisation_id = :organisation AND t.mode = :mode AND t.promise_id = p.id
              AND t.audience <> '{Listener.STAFF}' AND (k.live_at IS NULL OR t.told_at >= k.live_at)
        )
    FROM known k
    JOIN promise p ON p.organisation_id = :organisation AND p.mode = :mode AND p.case_id = k.id
    ORDER BY k.id, p.made_at, p.id
"""
"""Each date of the chosen cases: the id of the case and its time, its Background, and the date as Dated has it."""

_DATED = 2 + len(fields(Background))
"""The column with which a date begins."""

_OF_SERVICE = text(
    _LEDGERS.format(
        which="""c.service = :service AND c.id IN (
            SELECT case_id FROM promise WHERE organisation_id = :organisation AND mode = :mode
              AND latest_on BETWEEN :from_on AND :until_on)"""
    )
)
_OF_CASE = text(_LEDGERS.format(which="c.id = :case"))


async def passed(
    connection: AsyncConnection, office: Office, service: str, from_on: date, until_on: date
) -> dict[Population, list[FirstDate]]:
    """The first dates of a service's live cases whose day was from the one day until the other, and is over. The caller
    is in a transaction: they are read part by part."""
    values = {
        "organisation": office.id,
        "mode": Mode.LIVE.value,
        "service": service,
        "from_on": from_on,
        "until_on": until_on,
    }
    found: dict[Population, list[FirstDate]] = {each: [] for each in Population}

    def count(ledger: Sequence[Row[Any]]) -> None:
        dates, of = _read(ledger)
        for population, counted in found.items():
            counted += [
                each
                for each in firsts(dates, of, population, office.now)
                if each.over and from_on <= each.latest_on <= until_on
            ]

    rest: list[Row[Any]] = []
    async with connection.stream(_OF_SERVICE, values) as result:
        async for part in result.partitions(PART):
            *whole, rest = [list(rows) for _, rows in groupby([*rest, *part], itemgetter(0))]
            for ledger in whole:
                count(ledger)
    if rest:
        count(rest)
    return found


async def of_case(connection: AsyncConnection, scope: Scope, case_id: UUID) -> FirstDate | None:
    """The first date that people were told in a case: ours, else the office's; None where they were told none."""
    values = {**scope.values, "case": case_id}
    rows = (await connection.execute(_OF_CASE, values)).all()
    return leading(*_read(rows), rows[0].now) if rows else None


def _read(rows: Sequence[Row[Any]]) -> tuple[list[Dated], Background]:
    """The dates of one case, and what one must know of it."""
    zone, received_until, closed_as, ended_on, heard_at, patience, live_at, warned_at = rows[0][2:_DATED]
    of = Background(
        zone,
        received_until,
        Outcome(closed_as) if closed_as else None,
        ended_on,
        heard_at,
        patience,
        live_at,
        tuple(warned_at or ()),
    )
    return [Dated(*row[_DATED:]) for row in rows], of

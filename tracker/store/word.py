"""How each service kept its first dates: counted at night from the ledger, so that the public page counts nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, String, bindparam, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.core.events import Outcome
from tracker.core.keeping import WINDOW_DAYS, Account, Confidence, FirstDate, Standing
from tracker.store.columns import Instant, one_of, table
from tracker.store.organisations import Office


class Word(SQLModel, table=True):
    """The account of the dates that a service gave at one level, as `core.keeping.Account` explains it.

    `current`: it is the level that the service declares now; only there `confidence` and what belongs to it
    (`core.keeping.Standing`) mean anything. Dates that passed from `from_on` to `until_on` were counted.
    """

    __table_args__ = (one_of("confidence", Confidence),)
    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    service: str = Field(primary_key=True)
    probability: float = Field(primary_key=True)
    current: bool
    counted_at: datetime = Field(sa_type=Instant)
    from_on: date
    until_on: date
    kept: int
    broken: int
    unknown: int
    said_days: int | None = None
    half_days: int | None = None
    most_days: int | None = None
    moved: int
    told: int
    confidence: str = Field(sa_type=String)
    since_on: date | None = None
    looked_on: date | None = None
    given_from: date | None = None


WORD = table(Word)


@dataclass(frozen=True, slots=True)
class Counted:
    """What is stored of one level of a service."""

    service: str
    probability: float
    account: Account
    standing: Standing
    current: bool


_FIRST_DATES = text(
    """
    WITH given AS (
        SELECT p.case_id, p.id, p.probability, p.latest_on, p.passes_at, p.superseded_at, p.reason, p.outcome,
            p.judged_at, p.made_at, min(p.made_at) OVER (PARTITION BY p.case_id) AS first_at
        FROM promise p
        JOIN "case" c ON c.organisation_id = p.organisation_id AND c.mode = p.mode AND c.id = p.case_id
        WHERE p.organisation_id = :organisation AND p.mode = 'live' AND p.basis = 'history'
          AND p.reason IS DISTINCT FROM 'case_corrected' AND c.service = :service AND NOT c.void
          AND EXISTS (  -- OFFSET 0 keeps the planner from reading the dates of all services for each of them
              SELECT 1 FROM promise r WHERE r.organisation_id = p.organisation_id AND r.mode = p.mode
                AND r.case_id = p.case_id AND r.basis = 'history' AND r.latest_on >= :from_on AND r.latest_on < :today
              OFFSET 0
          ) AND NOT EXISTS (
              SELECT 1 FROM promise d WHERE d.organisation_id = p.organisation_id AND d.mode = p.mode
                AND d.case_id = p.case_id AND d.basis = 'definition' AND d.reason = 'likely_late'
          )
    ), first AS (
        SELECT DISTINCT ON (case_id) * FROM given WHERE reason IS DISTINCT FROM 'clock_paused'
        ORDER BY case_id, made_at, id
    )
    SELECT f.probability, (f.first_at AT TIME ZONE :zone)::date AS made_on, f.latest_on,
        CASE WHEN f.outcome = 'kept' AND (c.state <> 'closed' OR (f.judged_at AT TIME ZONE :zone)::date
            < coalesce(c.since_on, (c.since_at AT TIME ZONE :zone)::date)) THEN NULL ELSE f.outcome END AS outcome,
        CASE WHEN c.state = 'closed' THEN c.outcome END AS closed_as,
        CASE WHEN c.state = 'closed' THEN coalesce(c.since_on, (c.since_at AT TIME ZONE :zone)::date) END AS ended_on,
        coalesce(
            h.heard_at + s.patience < :now AND h.heard_at < (f.latest_on + 1)::timestamp AT TIME ZONE :zone, false
        ) AS silent,
        coalesce(f.reason IN ('likely_late', 'too_uncertain'), false) AS moved,
        EXISTS (
            SELECT 1 FROM message m
            WHERE m.organisation_id = c.organisation_id AND m.mode = c.mode AND m.case_id = c.id
              AND m.purpose IN ('date_changed', 'delayed') AND m.state IN ('sent', 'delivered')
              AND coalesce(m.settled_at, m.decided_at) >= f.first_at
              AND coalesce(m.settled_at, m.decided_at) < (f.latest_on + 1)::timestamp AT TIME ZONE :zone
        ) AS told,
        count(*) AS cases
    FROM first f
    JOIN "case" c ON c.organisation_id = :organisation AND c.mode = 'live' AND c.id = f.case_id
    JOIN organisation o ON o.id = c.organisation_id
    JOIN source s ON s.organisation_id = c.organisation_id AND s.id = c.source_id
    LEFT JOIN heard h ON h.organisation_id = c.organisation_id AND h.mode = c.mode AND h.source_id = c.source_id
    WHERE f.latest_on >= :from_on AND f.latest_on < :today AND f.probability IS NOT NULL
      AND (f.outcome IS NOT NULL OR f.superseded_at IS NOT NULL) AND (f.passes_at IS NULL OR f.passes_at <= :now)
      AND (o.live_at IS NULL OR f.first_at >= o.live_at)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    """
).bindparams(bindparam("now", type_=Instant))


async def first_dates(connection: AsyncConnection, office: Office, service: str, today: date) -> list[FirstDate]:
    """The first learned dates of a service's live cases that passed in the year before `today`, as counts.

    Where a date that was not learned had to be moved, what it was moved to is not the first. One that was corrected,
    because the case was elsewhere than we believed, is not either; one that moved while the clock was paused counts
    where it moved to. One that stands still while the clock is paused has not passed, nor has one whose source may yet
    report that it was kept. One that was kept by an end that was taken back counts by the end that there is now. What
    was given before the office went live was told to nobody, and does not count.
    """
    values = {
        "organisation": office.id, "service": service, "zone": office.zone,
        "from_on": today - timedelta(days=WINDOW_DAYS), "today": today, "now": office.now,
    }  # fmt: skip
    rows = (await connection.execute(_FIRST_DATES, values)).all()
    return [
        FirstDate(
            probability=row.probability, made_on=row.made_on, latest_on=row.latest_on, outcome=row.outcome,
            closed_as=Outcome(row.closed_as) if row.closed_as else None, ended_on=row.ended_on, silent=row.silent,
            moved=row.moved, told=row.told, cases=row.cases,
        )
        for row in rows
    ]  # fmt: skip


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('word ' || CAST(:organisation AS text), 0))")


async def lock(connection: AsyncConnection, organisation_id: UUID) -> None:
    """Let nobody else count this organisation's dates until the transaction ends."""
    await connection.execute(_LOCK, {"organisation": str(organisation_id)})


_STANDING = text(
    """
    SELECT confidence, since_on, looked_on, given_from, probability FROM word
    WHERE organisation_id = :organisation AND service = :service AND current
    """
)


async def standing(connection: AsyncConnection, organisation_id: UUID, service: str) -> Standing:
    """How far a service's dates are relied on, at whatever level it declared when it was last looked at."""
    row = (await connection.execute(_STANDING, {"organisation": organisation_id, "service": service})).one_or_none()
    return Standing() if row is None else Standing(Confidence(row[0]), *row[1:])


async def withdrawn(connection: AsyncConnection, organisation_id: UUID, service: str) -> bool:
    """Whether the service keeps its dates so badly that no new ones are given."""
    return (await standing(connection, organisation_id, service)).confidence is Confidence.WITHDRAWN


_TIDY = text("DELETE FROM word WHERE organisation_id = :organisation AND service = :service")


async def put(connection: AsyncConnection, office: Office, service: str, counted: list[Counted], today: date) -> None:
    """Store the account of a service, one for each level, in the place of the last one. The caller holds `lock`."""
    await connection.execute(_TIDY, {"organisation": office.id, "service": service})
    rows = [_row(office, each, today) for each in counted]
    await connection.execute(insert(WORD), rows)


def _row(office: Office, counted: Counted, today: date) -> dict[str, Any]:
    told, standing = counted.account, counted.standing
    return {
        "organisation_id": office.id, "service": counted.service, "probability": counted.probability,
        "current": counted.current, "counted_at": office.now, "from_on": today - timedelta(days=WINDOW_DAYS),
        "until_on": today - timedelta(days=1), "kept": told.record.kept, "broken": told.broken,
        "unknown": told.unknown, "said_days": told.said_days, "half_days": told.half_days,
        "most_days": told.most_days, "moved": told.moved, "told": told.told,
        "confidence": standing.confidence.value, "since_on": standing.since_on, "looked_on": standing.looked_on,
        "given_from": standing.given_from,
    }  # fmt: skip


_OF_OFFICE = text(
    """
    SELECT w.*, d.id AS definition_id FROM word w
    JOIN LATERAL (SELECT id FROM definition WHERE organisation_id = w.organisation_id AND service = w.service
        ORDER BY version DESC LIMIT 1) d ON true
    WHERE w.organisation_id = :organisation ORDER BY w.service, w.current DESC, w.counted_at DESC, w.probability DESC
    """
)


async def of_office(connection: AsyncConnection, organisation_id: UUID) -> list[Row[Any]]:
    """Everything that was stored for an organisation, with the newest definition of each service; the level that is
    declared now comes first."""
    return list((await connection.execute(_OF_OFFICE, {"organisation": organisation_id})).all())


_OFFICES = text(
    """
    SELECT o.slug, o.name FROM organisation o
    WHERE EXISTS (SELECT 1 FROM word w WHERE w.organisation_id = o.id)
      AND (o.footing = 'live' OR NOT EXISTS (SELECT 1 FROM organisation WHERE footing = 'live'))
    ORDER BY o.name, o.slug LIMIT :most
    """
)


async def offices(connection: AsyncConnection, most: int = 500) -> list[tuple[str, str]]:
    """(slug, name) of the organisations whose dates were counted: those that are live; where none is yet, those that
    try it out."""
    rows = (await connection.execute(_OFFICES, {"most": most})).all()
    return [(row[0], row[1]) for row in rows]

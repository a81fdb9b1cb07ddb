"""What learning keeps of cases: for each service and week, how many were at risk and finished, by stage and age."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, bindparam, func, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import String
from sqlmodel import Field, SQLModel

from tracker.core.promises.exposure import Visit, Week
from tracker.store.ground.columns import Instant, table
from tracker.store.ground.personal import Code, plain


class Tally(SQLModel, table=True):
    """The counts of a service in the week that begins on the Monday `week_on`, as `core.promises.exposure.Week` writes
    them. They name nobody, and stay when cases are forgotten."""

    organisation_id: UUID = Field(primary_key=True, foreign_key="organisation.id")
    service: str = Field(primary_key=True, sa_type=Code)
    week_on: date = Field(primary_key=True)
    body: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False, **plain("counts, no case")))
    counted_at: datetime = Field(sa_type=Instant)


TALLY = table(Tally)

_VISITS = text(
    """
    WITH chosen AS (
        SELECT c.id, c.service, c.outcome,
            CASE WHEN c.state = 'closed' THEN coalesce(c.since_on, (c.since_at AT TIME ZONE :zone)::date) END AS ended
        FROM "case" c
        WHERE c.organisation_id = :organisation AND c.mode = 'live' AND NOT c.void
    ), placed AS (
        SELECT c.id, c.service, c.outcome, c.ended, e.stage, (e.position_at AT TIME ZONE :zone)::date AS day,
            e.type = 'case.needs' AS turns,
            e.type = 'case.reopen' OR e.stage IS DISTINCT FROM lag(e.stage) OVER timeline AS enters,
            e.position_at IS DISTINCT FROM lead(e.position_at) OVER timeline AS stays,
            row_number() OVER timeline AS line
        FROM chosen c
        JOIN entry e ON e.organisation_id = :organisation AND e.mode = 'live' AND e.case_id = c.id
        WHERE e.placement = 'applied' AND e.stage IS NOT NULL
          AND e.type IN ('case.status', 'case.reopen', 'case.needs')
          AND NOT (c.service || ' ' || e.stage) = ANY(:closing)
          AND (c.ended IS NULL OR c.ended >= :since)
        WINDOW timeline AS (PARTITION BY c.id ORDER BY e.position_at, coalesce(e.sequence, -1), e.rank,
            e.source COLLATE "C", e.event_id COLLATE "C")
    ), entered AS (
        SELECT *, count(*) FILTER (WHERE enters) OVER (PARTITION BY id ORDER BY line) AS spell_number FROM placed
    ), line AS (
        SELECT *, (service || ' ' || stage) = ANY(:paused)
            AND count(*) FILTER (WHERE turns) OVER (PARTITION BY id, spell_number ORDER BY line) % 2 = 0 AS waits
        FROM entered
    ), moment AS (
        SELECT *, row_number() OVER (PARTITION BY id ORDER BY line) AS place,
            row_number() OVER (PARTITION BY id, day ORDER BY line DESC) AS back
        FROM line WHERE stays
    ), stayed AS (
        SELECT *, lag(stage) OVER (PARTITION BY id ORDER BY place) AS before,
            lag(waits) OVER (PARTITION BY id ORDER BY place) AS waited_before
        FROM moment
        WHERE place = 1 OR (back = 1 AND day IS DISTINCT FROM ended)
    ), spell AS (
        SELECT *, count(*) FILTER (WHERE waits) OVER (PARTITION BY id ORDER BY place) AS block,
            min(place) FILTER (WHERE NOT waits) OVER (PARTITION BY id) AS opening,
            (day = lead(day) OVER (PARTITION BY id ORDER BY place)) IS TRUE AS brief
        FROM stayed
        WHERE stage IS DISTINCT FROM before OR waits IS DISTINCT FROM waited_before
    ), running AS (
        SELECT id, block, min(day) FILTER (WHERE NOT waits) AS from_day, min(day) AS block_day,
            lead(min(day)) OVER (PARTITION BY id ORDER BY block) AS until_day, max(ended) AS ended
        FROM spell GROUP BY id, block
    ), clock AS (
        SELECT id, block, from_day, until_day, sum(coalesce(from_day, until_day, ended, block_day) - block_day)
            OVER (PARTITION BY id ORDER BY block) AS waited
        FROM running
    )
    SELECT s.service, s.stage, s.day + (k.waited - own.waited)::int - DATE '0001-01-01' + 1 AS start,
        CASE WHEN k.until_day IS NOT NULL THEN k.until_day - 1 ELSE s.ended END - DATE '0001-01-01' + 1 AS ended,
        k.until_day IS NULL AND s.ended IS NOT NULL AND s.outcome IN ('done', 'refused') AS finished,
        count(*), count(*) FILTER (WHERE s.place = s.opening),
        greatest(s.day, coalesce(k.from_day, s.ended)) - DATE '0001-01-01' + 1 AS entry, s.brief
    FROM spell s
    JOIN clock own ON own.id = s.id AND own.block = s.block
    JOIN clock k ON k.id = s.id AND k.block >= s.block
        AND (k.from_day IS NOT NULL OR (k.until_day IS NULL AND s.ended IS NOT NULL))
    WHERE NOT s.waits
    GROUP BY 1, 2, 3, 4, 5, 8, 9
    """
).bindparams(bindparam("paused", type_=ARRAY(String)), bindparam("closing", type_=ARRAY(String)))


async def visits(
    connection: AsyncConnection, organisation_id: UUID, zone: str, since: date, *, paused: list[str], closing: list[str]
) -> dict[str, list[Visit]]:
    """What became of live cases, as counts by service, stage and days: of those that are open, and those that ended
    since a day.

    A case counts once a day, at its last stage of that day, and at its first, which is a brief visit where that is
    another one; on the day on which it ended at its first alone. Of stages that it came to at the same instant the last
    one counts.
    `paused` names the stages whose clock is paused ("service stage"); the days spent in them are no age, until all that
    was asked has come: each report of needs that has a stage turned the clock there. `closing` names those that end a
    case: nobody waits in them.
    """
    values = {"organisation": organisation_id, "zone": zone, "since": since, "paused": paused, "closing": closing}
    found: dict[str, list[Visit]] = defaultdict(list)
    for row in (await connection.execute(_VISITS, values)).all():
        found[row[0]].append(Visit(*row[1:]))
    return found


_SINCE = text(
    """
    WITH counted AS (
        SELECT max(counted_at) - interval '1 hour' AS at FROM tally WHERE organisation_id = :organisation
    ), changed AS (
        SELECT case_id, type, occurred_on, occurred_at, position_at FROM entry
        WHERE organisation_id = :organisation AND mode = 'live' AND type IN ('case.status', 'case.reopen', 'case.needs')
          AND (heard_at > (SELECT at FROM counted) OR placed_at > (SELECT at FROM counted))
    ), touched AS (
        SELECT occurred_on, occurred_at, position_at FROM changed
        UNION ALL SELECT e.occurred_on, e.occurred_at, e.position_at FROM entry e
        WHERE e.organisation_id = :organisation AND e.mode = 'live' AND e.type = 'case.status'
          AND e.case_id IN (SELECT case_id FROM changed WHERE type = 'case.reopen')
    )
    SELECT CASE
        WHEN EXISTS (SELECT 1 FROM definition
            WHERE organisation_id = :organisation AND applied_at > (SELECT at FROM counted)) THEN DATE '0001-01-01'
        ELSE min(least(occurred_on, (least(occurred_at, position_at) AT TIME ZONE :zone)::date)) END
    FROM touched
    """
)


async def changed_since(connection: AsyncConnection, organisation_id: UUID, zone: str) -> date | None:
    """The earliest day of which anything was reported, corrected or released since the last count; None where nothing
    was. A reopening takes back an end, so all of its case counts; a new definition may pause other stages, so
    everything does (`date.min`). What was committed late, in the hour before a count, is looked at again."""
    values = {"organisation": organisation_id, "zone": zone}
    return (await connection.execute(_SINCE, values)).scalar_one_or_none()


async def counted_at(connection: AsyncConnection, organisation_id: UUID) -> datetime | None:
    """When was counted last (business time): the days before are counted. None where it never was."""
    query = select(func.max(TALLY.c.counted_at)).where(TALLY.c.organisation_id == organisation_id)
    at: datetime | None = (await connection.execute(query)).scalar_one()
    return at


async def of(connection: AsyncConnection, organisation_id: UUID, since: date) -> dict[date, dict[str, Week]]:
    """The weeks that were counted, from the one that begins on a day, by their Monday and service."""
    query = select(TALLY.c.week_on, TALLY.c.service, TALLY.c.body).where(
        TALLY.c.organisation_id == organisation_id, TALLY.c.week_on >= since
    )
    found: dict[date, dict[str, Week]] = defaultdict(dict)
    for week_on, service, body in (await connection.execute(query.order_by(TALLY.c.week_on))).all():
        found[week_on][service] = Week.from_json(body)
    return dict(found)


async def save(
    connection: AsyncConnection,
    organisation_id: UUID,
    weeks: Mapping[date, Mapping[str, Week]],
    oldest: date,
    now: datetime,
) -> None:
    """Store weeks in place of what was counted for them before, and drop those that begin before a day."""
    rows = [
        {
            "organisation_id": organisation_id,
            "service": service,
            "week_on": on,
            "body": week.to_json(),
            "counted_at": now,
        }
        for on, services in weeks.items()
        for service, week in services.items()
    ]
    await connection.execute(TALLY.delete().where(TALLY.c.organisation_id == organisation_id, TALLY.c.week_on < oldest))
    if rows:
        adding = insert(TALLY)
        await connection.execute(
            adding.on_conflict_do_update(
                index_elements=["organisation_id", "service", "week_on"],
                set_={"body": adding.excluded.body, "counted_at": adding.excluded.counted_at},
            ),
            rows,
        )

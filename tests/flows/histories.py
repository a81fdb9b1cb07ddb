"""Made-up pasts of many small cases, and what became of their first dates as plain SQL tells it, written for itself."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from tests.office import SERVICE, START, Desk
from tracker.core.vocabulary import references
from tracker.core.vocabulary.calendars import start_of
from tracker.core.vocabulary.messages import Purpose, key
from tracker.flows.organisations.offices import NewSource, add_source
from tracker.store.case.cases import CASE
from tracker.store.ground.columns import new_id, table
from tracker.store.ground.organisations import Heard
from tracker.store.outreach.messages import MESSAGE
from tracker.store.promises.promises import PROMISE
from tracker.store.promises.tellings import Telling

ZONE = "Europe/London"
DAY = timedelta(days=1)
Row = dict[str, Any]

_ENDS = ("done", "done", "done", "refused", "withdrawn", "merged", None, None)
_STEPS = ("stands", "stands", "stands", "likely_late", "likely_late", "too_uncertain", "clock_paused", "case_corrected")
_HEARERS = (
    (),
    (("public", "page"),),
    (("applicant", "email"),),
    (("staff", "desk"),),
    (("staff", "desk"), ("public", "phone")),
    (("helper", "sms"), ("public", "api")),
)


async def tell(desk: Desk, seed: int, cases: int) -> None:
    """Fill an office with so many cases, whose sources are heard or silent: the same for the same seed."""
    dice = random.Random(seed)
    await add_source(desk.store, desk.office, NewSource("silent", live_from=START - 900 * DAY, patience=4 * DAY))
    found = await desk.rows("SELECT id, name FROM source ORDER BY name")
    sources = {row.name: row.id for row in found}
    heard = {"backoffice": START - timedelta(hours=1), "silent": START - dice.randrange(3, 40) * DAY}
    told = [_case(dice, desk, seed * 10_000 + each, list(sources.values())) for each in range(cases)]
    async with desk.store.transaction() as connection:
        for name, at in heard.items():
            for mode in ("live", "test"):
                whose = {"organisation_id": desk.office.id, "mode": mode, "source_id": sources[name]}
                await connection.execute(insert(table(Heard)).values(**whose, heard_at=at, silence_told=False))
        for name, into in (("case", CASE), ("promise", PROMISE), ("telling", table(Telling)), ("message", MESSAGE)):
            rows = [row for each in told for row in each[name]]
            await connection.execute(insert(into), rows)


def _case(dice: random.Random, desk: Desk, number: int, sources: list[UUID]) -> dict[str, list[Row]]:
    opened_at = START - dice.uniform(4, 420) * DAY
    whose = {"organisation_id": desk.office.id, "mode": "test" if dice.random() < 0.05 else "live"}
    case_id, end = new_id(), dice.choice(_ENDS)
    ended_at = min(opened_at + dice.uniform(0, 90) * DAY, START - timedelta(hours=1))
    since = {"since_at": None, "since_on": ended_at.date()} if dice.random() < 0.3 else {"since_at": ended_at}
    case = {
        **whose,
        "id": case_id,
        "register": "r",
        "number": f"N-{number}",
        "epoch": 1,
        "service": SERVICE,
        "reference": references.reference(number),
        "source_id": dice.choice(sources),
        "needs": [],
        "known_facts": [],
        "stage": "granted" if end else "received",
        "state": "closed" if end else "open",
        "outcome": end,
        "waiting_on": "us",
        "clock": "running",
        "opened_at": opened_at,
        "last_at": ended_at,
        "version": 1,
        "since_on": None,
        "void": dice.random() < 0.05,
        "unmapped": False,
        **since,
    }
    given = [*_line(dice, opened_at, ours=True), *_line(dice, opened_at, ours=False)]
    dates = [{**whose, "case_id": case_id, **each} for each in given]
    asked = {
        **whose,
        "id": new_id(),
        "key": key(case_id, Purpose.FEEDBACK, "1", 0, "end"),
        "case_id": case_id,
        "source_id": case["source_id"],
        "party": "1",
        "purpose": "feedback",
        "cause": "end",
        "language": "en",
        "facts": {},
        "state": "delivered",
        "decided_at": START,
        "due_at": START,
    }
    tellings = [row for each in dates for row in _tellings(dice, each)]
    return {"case": [case], "promise": dates, "telling": tellings, "message": [asked]}


def _line(dice: random.Random, at: datetime, *, ours: bool) -> Iterator[Row]:
    """The dates of ours that a case was given one after another, or those of the office; now and then none. Each stands
    for two days at least."""
    if dice.random() < (0.1 if ours else 0.6):
        return
    at += dice.choice((0, 0, 0, 0.5, 3, 20)) * DAY
    basis, latest_on = _basis(dice, ours), _ahead(dice, at)
    before: Row | None = None
    while at < START:
        row = _date(basis, latest_on, at)
        if before is not None:
            yield before | {"superseded_by": row["id"]}
        before, step, next_at = None, _step(dice, basis), at + dice.uniform(2.1, 15) * DAY
        if step == "stands" or next_at >= START:
            yield row | _judged(dice, row)
            return
        if step in ("too_uncertain", "taken_back"):
            yield row | {"outcome": "withdrawn", "judged_at": next_at, "reason": "too_uncertain" if ours else None}
            if dice.random() < 0.5:
                return
            next_at += dice.uniform(0, 9) * DAY
        else:
            before = row | {"superseded_at": next_at, "reason": step}
        at = next_at
        if before is not None and step == "clock_paused":
            before["passes_at"] = None if dice.random() < 0.7 else row["passes_at"]
            latest_on += dice.randrange(1, 20) * DAY
        else:
            basis, latest_on = _basis(dice, ours), _ahead(dice, at)


def _step(dice: random.Random, basis: str) -> str:
    """What happens next to a date: it stands, or another takes its place for a reason, or none does."""
    if basis == "office" or (basis == "definition" and dice.random() < 0.1):
        return dice.choice(("stands", "office_changed_date", "taken_back" if basis == "office" else "stands"))
    return dice.choice(_STEPS)


def _basis(dice: random.Random, ours: bool) -> str:
    return dice.choice(("history", "history", "definition")) if ours else "office"


def _ahead(dice: random.Random, at: datetime) -> date:
    return at.date() + dice.choice((1, 2, 5, 14, 30, 60)) * DAY


def _date(basis: str, latest_on: date, at: datetime) -> Row:
    return {
        "id": new_id(),
        "basis": basis,
        "latest_on": latest_on,
        "passes_at": start_of(latest_on + DAY, ZONE),
        "made_at": at,
        "probability": 0.9 if basis == "history" else None,
        "superseded_by": None,
        "superseded_at": None,
        "reason": None,
        "outcome": None,
        "judged_at": None,
    }


def _judged(dice: random.Random, row: Row) -> Row:
    """What became of a date that stood, by the ledger: it may not have been judged yet, or its clock is paused."""
    outcome = dice.choice(("kept", "kept", "missed", "could_not_tell", "withdrawn", None, None))
    if outcome is None:
        return {"passes_at": None} if dice.random() < 0.3 else {}
    judged_at = min(row["made_at"] + dice.uniform(0, 70) * DAY, START)
    return {"outcome": outcome, "judged_at": judged_at}


def _tellings(dice: random.Random, row: Row) -> Iterator[Row]:
    for audience, channel in dice.choice(_HEARERS):
        at = row["made_at"] + dice.choice((0, 0, 0.3, 2, 9, 40)) * DAY
        if at < START:
            yield {
                "organisation_id": row["organisation_id"],
                "mode": row["mode"],
                "promise_id": row["id"],
                "audience": audience,
                "channel": channel,
                "told_at": at.astimezone(UTC),
            }


_FATE = """
    CASE WHEN c.state = 'closed' AND c.outcome IN ('withdrawn', 'merged') OR p.outcome = 'could_not_tell' THEN 'unknown'
        WHEN c.state = 'closed' AND ended.ended_on <= p.latest_on THEN 'kept'
        WHEN c.state = 'closed' AND p.outcome = 'kept'
            AND (p.judged_at AT TIME ZONE o.zone)::date >= ended.ended_on THEN 'kept'
        WHEN c.state = 'closed' THEN 'broken'
        WHEN h.heard_at + s.patience < clock.now AND h.heard_at < (p.latest_on + 1)::timestamp AT TIME ZONE o.zone
            THEN 'unknown'
        WHEN passed.over THEN 'broken' ELSE 'unknown' END
"""
_OF = """
    JOIN promise p ON p.id = f.id
    JOIN "case" c ON c.id = p.case_id
    JOIN organisation o ON o.id = c.organisation_id
    JOIN source s ON s.id = c.source_id
    LEFT JOIN heard h ON h.source_id = c.source_id AND h.mode = c.mode
    CROSS JOIN LATERAL (SELECT clock_timestamp() + o.clock_offset AS now) clock
    CROSS JOIN LATERAL (SELECT coalesce(c.since_on, (c.since_at AT TIME ZONE o.zone)::date) AS ended_on) ended
    CROSS JOIN LATERAL (SELECT CASE WHEN p.passes_at IS NOT NULL THEN p.passes_at <= clock.now
        ELSE (p.outcome IS NOT NULL OR p.superseded_at IS NOT NULL)
            AND p.latest_on < (clock.now AT TIME ZONE o.zone)::date END AS over) passed
    WHERE NOT c.void
"""

ORACLE_TOLD = text(
    f"""
    WITH RECURSIVE heard_of AS (
        SELECT t.mode, t.promise_id, min(t.told_at) AS told_at FROM telling t
        WHERE t.audience IN ('applicant', 'joint_applicant', 'helper', 'adviser', 'business', 'appointee', 'public')
        GROUP BY t.mode, t.promise_id
    ), in_order AS (
        SELECT p.id, p.case_id, p.basis = 'office' AS theirs, t.told_at,
            row_number() OVER (PARTITION BY p.case_id, p.basis = 'office' ORDER BY t.told_at, p.made_at, p.id) AS place
        FROM heard_of t JOIN promise p ON p.id = t.promise_id JOIN organisation o ON o.id = p.organisation_id
        WHERE t.told_at < (p.latest_on + 1)::timestamp AT TIME ZONE o.zone
    ), trail AS (
        SELECT id, id AS began, case_id, theirs, 0 AS step, told_at FROM in_order WHERE place = 1
        UNION ALL
        SELECT p.superseded_by, trail.began, trail.case_id, trail.theirs, trail.step + 1, trail.told_at
        FROM trail JOIN promise p ON p.id = trail.id WHERE p.reason = 'clock_paused'
    ), f AS (
        SELECT DISTINCT ON (case_id, theirs) id, told_at FROM trail ORDER BY case_id, theirs, step DESC
    )
    SELECT c.number, c.mode, p.basis, p.latest_on, passed.over, {_FATE} AS fate, f.told_at FROM f {_OF}
    """
)
"""Of each case the date of ours that was told first, and of the office's, each followed to where it moved while the
clock was paused."""

ORACLE_LEARNED = text(
    f"""
    WITH in_order AS (
        SELECT p.*, min(p.made_at) FILTER (WHERE p.basis = 'history') OVER (PARTITION BY p.case_id) AS began_at
        FROM promise p
        WHERE p.basis = 'definition' OR (p.basis = 'history' AND p.reason IS DISTINCT FROM 'case_corrected')
    ), f AS (
        SELECT DISTINCT ON (case_id) id FROM in_order l
        WHERE basis = 'history' AND reason IS DISTINCT FROM 'clock_paused' AND NOT EXISTS (
            SELECT 1 FROM in_order b WHERE b.case_id = l.case_id AND b.basis = 'definition'
              AND b.reason = 'likely_late' AND b.made_at < l.began_at)
        ORDER BY case_id, made_at, id
    )
    SELECT c.number, c.mode, p.basis, p.latest_on, passed.over, {_FATE} AS fate FROM f {_OF}
    """
)
"""Of each case the first date that was learned and not corrected, where no stand-in had been moved before."""

ORACLE_LEVEL = text(
    """
    SELECT count(*) AS passed, count(*) FILTER (
        WHERE c.state = 'closed' AND c.outcome IN ('done', 'refused')
          AND coalesce(c.since_on, (c.since_at AT TIME ZONE :zone)::date) <= greatest(p.latest_on,
            CASE WHEN p.outcome = 'kept' THEN (p.judged_at AT TIME ZONE :zone)::date END)) AS kept
    FROM promise p
    JOIN "case" c ON c.organisation_id = p.organisation_id AND c.mode = p.mode AND c.id = p.case_id
    JOIN source s ON s.organisation_id = c.organisation_id AND s.id = c.source_id
    LEFT JOIN heard h ON h.organisation_id = c.organisation_id AND h.mode = c.mode AND h.source_id = c.source_id
    WHERE p.mode = 'live' AND p.basis = 'history' AND p.probability = 0.9
      AND p.latest_on BETWEEN :from_on AND :until_on AND p.reason IS DISTINCT FROM 'case_corrected'
      AND p.reason IS DISTINCT FROM 'clock_paused' AND NOT c.void
      AND p.made_at < (coalesce(c.opened_on, (c.opened_at AT TIME ZONE :zone)::date) + 1)::timestamp
          AT TIME ZONE :zone + CAST(:grace AS interval)
      AND p.outcome IS DISTINCT FROM 'could_not_tell'
      AND (p.outcome IS NOT NULL OR p.superseded_at IS NOT NULL
          OR p.passes_at <= coalesce(h.heard_at + s.patience, p.passes_at))
      AND NOT (c.state = 'closed' AND c.outcome NOT IN ('done', 'refused'))
      AND NOT EXISTS (
        SELECT 1 FROM promise q WHERE q.organisation_id = p.organisation_id AND q.mode = p.mode
          AND q.case_id = p.case_id AND q.basis = 'history' AND q.reason IS DISTINCT FROM 'case_corrected'
          AND (q.made_at, q.id) < (p.made_at, p.id))
    """
)
"""How many dates of a span taught the level, and how many of them were kept: as it was asked before there was one
definition of a first date."""

"""A real log through the running service: the ledger must give and move the very dates that the backtest did.

    python -m tests.soak.kept_dates FILE [--cases 1500] [--until 2012-06-30] [--office-clock] [--as-shipped]

The service learns on Mondays, as the backtest does, a source may be quiet over the holidays, and every service is
trusted, whatever became of its dates: the backtest widens and withdraws nothing. Everything else runs as always: events
over HTTP at the instant at which they happened, the clock in between moved from one thing that falls due to the next.

With `--as-shipped` a source has the patience that it is given where nothing is said, and services are widened and
withdrawn by what became of their dates. Then dates differ from the backtest's; it says how many, and which services
fell or rose on which Monday, and fails for none of it.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import gzip
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from integrations.case_logs import CaseLog, Row, definitions, events, read
from tests.http import calling, settings
from tracker.backtest.log import read as read_for_walk
from tracker.backtest.walk import Plan, walk
from tracker.core.promises import punctuality
from tracker.core.promises.first_dates import Population
from tracker.core.vocabulary.calendars import start_of
from tracker.core.vocabulary.words import Mode
from tracker.flows.organisations import offices
from tracker.flows.services import versions
from tracker.main import create_app, put_together
from tracker.store.embedded.server import start
from tracker.store.ground import organisations
from tracker.store.ground.engine import Store, open_store
from tracker.store.promises import first_dates
from tracker.store.schema import migrate

SLUG, SOURCE, ZONE = "replayed", "case-log", "UTC"
YEAR = timedelta(days=punctuality.WINDOW_DAYS)
QUIET = timedelta(days=90)
LEARNED = clock_time(3)
"""By this time of a Monday it has been learned; each night would be usual."""

GIVEN = """
    SELECT c.number, p.made_at AT TIME ZONE 'UTC' AS made_at, p.latest_on, p.reason,
        coalesce(p.superseded_at, p.judged_at) AT TIME ZONE 'UTC' AS until, n.latest_on AS new_on
    FROM promise p
    JOIN "case" c ON c.organisation_id = p.organisation_id AND c.mode = p.mode AND c.id = p.case_id
    LEFT JOIN promise n ON n.organisation_id = p.organisation_id AND n.mode = p.mode AND n.id = p.superseded_by
    WHERE p.basis = 'history' ORDER BY c.number, p.made_at, p.id
"""
WARNED = """
    SELECT c.number, min(m.decided_at AT TIME ZONE 'UTC') AS decided_at, p.latest_on
    FROM message m
    JOIN "case" c ON c.organisation_id = m.organisation_id AND c.mode = m.mode AND c.id = m.case_id
    JOIN promise p ON p.organisation_id = m.organisation_id AND p.mode = m.mode AND p.id::text = m.cause
    WHERE m.purpose = 'delayed' GROUP BY c.number, p.id, p.latest_on ORDER BY c.number, decided_at
"""
NEXT_MONDAY = "UPDATE organisation SET learn_at = :at"
TRUSTED = "UPDATE word SET confidence = 'trusted' WHERE confidence <> 'trusted'"
TELLS_AT_ONCE = (  # only of a date that people know is anybody warned
    "CREATE FUNCTION told() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO telling (organisation_id, mode, "
    "promise_id, audience, channel, told_at) VALUES (NEW.organisation_id, NEW.mode, NEW.id, 'public', 'page', "
    "NEW.made_at); RETURN NEW; END $$",
    "CREATE TRIGGER told AFTER INSERT ON promise FOR EACH ROW EXECUTE FUNCTION told()",
)
RELIED_ON = "SELECT service, confidence FROM word WHERE current ORDER BY service"

Dates = dict[str, tuple[date, ...]]
Moves = dict[str, list[tuple[date, date, date | None, str]]]
Words = dict[str, list[tuple[date, date]]]


def cut(file: Path, until: date, into: Path, cases: int | None = None) -> Path:
    """The rows of a log before a day; of the cases that were received first, if only so many are wanted."""
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt", encoding="utf-8-sig", newline="") as given:
        heading, *rows = csv.reader(given)
    received: dict[str, str] = {}
    for row in rows:
        received[row[0]] = min(row[3], received.get(row[0], row[3]))
    wanted = set(sorted(received, key=lambda case: (received[case], case))[:cases])
    with into.open("w", encoding="utf-8", newline="") as taken:
        out = csv.writer(taken, lineterminator="\n")
        out.writerow(heading)
        out.writerows(row for row in rows if row[0] in wanted and row[3] < until.isoformat())
    return into


async def through_the_service(
    store: Store, folder: Path, log: CaseLog, *, pausing: bool, as_shipped: bool = False
) -> list[str]:
    """Send every row at its instant; learn on Mondays. Returns how services fell and rose, in order of time."""
    begin = log.rows[0].local().replace(tzinfo=UTC) - timedelta(minutes=5)
    office = await offices.add_organisation(
        store, slug=SLUG, name="Replayed", zone=ZONE, country="IT", clock_offset=begin - datetime.now(UTC)
    )
    async with store.transaction() as connection:
        for statement in TELLS_AT_ONCE:
            await connection.execute(text(statement))
    patience = None if as_shipped else QUIET
    await offices.add_source(store, office, offices.NewSource(SOURCE, zone=ZONE, live_from=begin, patience=patience))
    for definition in definitions(log).values():
        running = definition.replace('clock = "paused"', 'clock = "running"')
        await versions.apply(store, office, definition if pausing else running)
    key = await offices.add_key(store, office, SOURCE, Mode.LIVE)
    app = create_app(put_together(settings(folder), store))
    monday = begin.date() + timedelta(days=7 - begin.weekday())
    await _learn_on(store, monday)
    changes, before = list[str](), dict[str, str]()
    began, shown = time.monotonic(), None
    async with calling(app) as http:
        http.headers["Authorization"] = f"Bearer {key}"
        for place, row in enumerate(log.rows):
            if row.local() != shown:
                shown = row.local()
                while monday <= shown.date():
                    await _move(http, datetime.combine(monday, LEARNED))
                    if as_shipped:
                        before = await _relied_on(store, monday, before, changes)
                    else:
                        await _trust(store)
                    monday += timedelta(days=7)
                    await _learn_on(store, monday)
                await _move(http, shown)
            await _send(http, log, row)
            if place % 500 == 0:
                print(f"{place} of {len(log.rows)} rows, {shown}, {time.monotonic() - began:.0f} s", file=sys.stderr)
    return changes


async def _learn_on(store: Store, monday: date) -> None:
    async with store.transaction() as connection:
        at = start_of(monday, ZONE) + timedelta(hours=2, minutes=30)
        await connection.execute(text(NEXT_MONDAY), {"at": at})


async def _trust(store: Store) -> None:
    async with store.transaction() as connection:
        await connection.execute(text(TRUSTED))


async def _relied_on(store: Store, monday: date, before: dict[str, str], changes: list[str]) -> dict[str, str]:
    """How far each service's dates are relied on; what is new since `before` goes to `changes`."""
    async with store.transaction() as connection:
        rows = (await connection.execute(text(RELIED_ON))).all()
        found: dict[str, str] = {row.service: row.confidence for row in rows}
        office = await organisations.office_by_slug(connection, SLUG)
        for service, confidence in found.items():
            if office is not None and confidence != before.get(service, "trusted"):
                dates = await first_dates.passed(connection, office, service, monday - YEAR, monday - timedelta(days=1))
                record = punctuality.record(each.fate for each in dates[Population.LEARNED])
                changes.append(
                    f"{monday} {service}: {confidence} ({record.kept} kept of {record.total} that passed within a year)"
                )
    return found


async def _move(http: httpx.AsyncClient, to: datetime) -> None:
    answer = await http.post("/api/v1/clock", json={"to": to.isoformat() + "+00:00"})
    if answer.status_code != 200:
        raise AssertionError(answer.text)


async def _send(http: httpx.AsyncClient, log: CaseLog, row: Row) -> None:
    status = events(log, row, source=SOURCE, zone=ZONE)[0]
    answer = await http.post("/api/v1/events", json=status)
    if answer.status_code != 202:
        raise AssertionError(f"{status}: {answer.text}")


async def ledger(store: Store) -> tuple[Dates, Moves]:
    """The first learned date of each case with the day on which it was given, and its moves."""
    first: Dates = {}
    moves: Moves = defaultdict(list)
    async with store.reading() as connection:
        rows = (await connection.execute(text(GIVEN))).all()
    for row in rows:
        if row.reason == "case_corrected":
            continue
        first.setdefault(row.number, (row.made_at.date(), row.latest_on))
        if row.reason is not None:
            moves[row.number].append((row.until.date(), row.latest_on, row.new_on, row.reason))
    return first, dict(moves)


async def warned(store: Store) -> Words:
    """On which days it was decided to say that a date may not hold, and of which date: with nobody to tell it is
    decided all the same."""
    words: Words = defaultdict(list)
    async with store.reading() as connection:
        for row in (await connection.execute(text(WARNED))).all():
            words[row.number].append((row.decided_at.date(), row.latest_on))
    return dict(words)


def at_receipt(found: tuple[Dates, Moves], log: CaseLog) -> tuple[Dates, Moves]:
    """Only the cases that were given a date on the day on which they were received: when history has come to be enough
    the service gives dates to those that wait, the backtest does not."""
    received: dict[str, date] = {}
    for row in log.rows:
        received.setdefault(row.case_id, row.local().date())
    first = {number: given for number, given in found[0].items() if given[0] == received[number]}
    return first, {number: moves for number, moves in found[1].items() if number in first}


def walked(file: Path, *, pausing: bool) -> tuple[Dates, Moves, Words]:
    """The same of the backtest, and on which days a walk says that a date may not hold."""
    log = read_for_walk(file)
    found = walk(log, Plan(paused=frozenset({"more_info_requested"}) if pausing else None))
    first: Dates = {
        log.cases[each.case].id: (date.fromordinal(each.made_on), date.fromordinal(each.on))
        for each in found.promises
        if each.first and each.on is not None
    }
    moves: Moves = defaultdict(list)
    for move in found.moves:
        new_on = None if move.new_on is None else date.fromordinal(move.new_on)
        moves[log.cases[move.case].id].append(
            (date.fromordinal(move.changed_on), date.fromordinal(move.old_on), new_on, move.reason)
        )
    words: Words = defaultdict(list)
    for note in found.notes:
        words[log.cases[note.case].id].append((date.fromordinal(note.on), date.fromordinal(note.date_on)))
    return first, dict(moves), dict(words)


def compare(ours: dict[str, Any], theirs: dict[str, Any], name: str) -> int:
    """Print how many are the same; returns how many differ."""
    keys = sorted({*ours, *theirs})
    wrong = [key for key in keys if ours.get(key) != theirs.get(key)]
    print(f"{name}: {len(keys) - len(wrong)} of {len(keys)} cases the same")
    for key in wrong[:10]:
        print(f"  {key}: service {ours.get(key)}, backtest {theirs.get(key)}")
    return len(wrong)


def told(found: tuple[Dates, Moves], log: CaseLog) -> None:
    """Print how many of the cases that were late heard of another date before the first one that they were given."""
    ended = {row.case_id: row.local().date() for row in log.rows if row.is_final}
    last = log.rows[-1].local().date()
    first, moves = found
    late = [number for number, (_, on) in first.items() if ended.get(number, last + timedelta(days=1)) > on <= last]
    ahead = {number: (first[number][1] - moves[number][0][0]).days for number in late if number in moves}
    before = sum(1 for days in ahead.values() if days > 0)
    good = sum(
        1 for number, days in ahead.items() if days >= min(3.0, (first[number][1] - first[number][0]).days / 10) > 0
    )
    print(f"{len(late)} cases were late: {before} were given another date before, {good} three days before or more")


async def main() -> int:
    """Run both and compare."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.kept_dates", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--until", type=date.fromisoformat, help="only the rows before this day")
    parser.add_argument("--cases", type=int, help="only the cases that were received first, so many")
    parser.add_argument("--office-clock", action="store_true", help="dates stand still while the person has the ball")
    parser.add_argument("--as-shipped", action="store_true", help="services fall, and a source is not quiet for long")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tracker-kept-") as folder:
        file = cut(given.file, given.until or date.max, Path(folder) / "log.csv", given.cases)
        server = start(Path(folder) / "data", unsafe_without_fsync=True)
        store = open_store(server.url())
        try:
            await migrate(store)
            log = read(file)
            changes = await through_the_service(
                store, Path(folder), log, pausing=given.office_clock, as_shipped=given.as_shipped
            )
            ours = at_receipt(await ledger(store), log)
        finally:
            await store.close()
            server.close()
        theirs = walked(file, pausing=given.office_clock)[:2]
    told(ours, log)
    names = ("first dates", "moves")
    differing = sum(compare(one, other, name) for one, other, name in zip(ours, theirs, names, strict=True))
    if not given.as_shipped:
        return differing
    print("\n".join(["Services that fell or rose, on the Monday on which it was found:", *(changes or ["none"])]))
    return 0


if __name__ == "__main__":
    sys.exit(min(1, asyncio.run(main())))

"""Is the service the same as the day before? Replay a log, keep every row that it made, and compare two such keepsakes.

    python -m tests.soak.same_rows keep FILE --into ROWS.gz [--cases 2000] [--until DAY] [--shuffled SEED] [--batch N]
    python -m tests.soak.same_rows compare ROWS.gz OTHER.gz

A change of the heart is proven by `keep` on the commit before it and on its own, and `compare`. Everything goes through
the public API of the whole application, so that `keep` runs on either. The database's clock stands still but for the
organisation's own offset, messages that wait for one hour leave at once, and ids are written as what they stand for: a
case by its number, an entry by its event, a promise by its place in the case. What is left must be equal to the letter.

Shuffled, one event in five is sent twice, all in an order that the seed decides, after the clock has come to the end.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from sqlalchemy import text
from sqlalchemy.engine import make_url

from integrations.case_logs import CaseLog, definitions, events, read
from tests.http import calling, settings
from tests.soak.kept_dates import cut
from tests.soak.row_names import Names
from tracker.core.outreach import timing
from tracker.core.vocabulary.words import Mode
from tracker.flows.organisations import offices
from tracker.flows.services import versions
from tracker.main import create_app, put_together
from tracker.store.embedded.server import start
from tracker.store.ground.engine import Store, open_store
from tracker.store.schema import migrate

SOURCE, ZONE = "case-log", "Europe/Amsterdam"
STANDING_STILL = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
TWICE = 0.2
SHOWN = 10

FREEZE = (
    "CREATE SCHEMA frozen",
    "CREATE FUNCTION frozen.clock_timestamp() RETURNS timestamptz LANGUAGE sql STABLE "
    f"AS $$ SELECT timestamptz '{STANDING_STILL.isoformat()}' $$",
    "ALTER DATABASE tracker SET search_path = public, frozen, pg_catalog",
)
"""The server's clock is found in our schema before its own."""

CASES = """
    SELECT c.*, c.number || '/' || c.epoch AS called, s.name AS of_source FROM "case" c
    JOIN source s ON s.organisation_id = c.organisation_id AND s.id = c.source_id
"""


async def replayed(store: Store, folder: Path, log: CaseLog, seed: int | None, batch: int) -> Counter[str]:
    """Send a log; how many events came to which outcome."""
    begin = log.rows[0].local().replace(tzinfo=UTC) - timedelta(days=1)
    office = await offices.add_organisation(
        store, slug="replayed", name="Replayed", zone=ZONE, clock_offset=begin - STANDING_STILL
    )
    await offices.add_source(store, office, offices.NewSource(SOURCE, zone=ZONE, live_from=begin))
    for definition in definitions(log).values():
        await versions.apply(store, office, definition)
    key = await offices.add_key(store, office, SOURCE, Mode.LIVE)
    async with calling(create_app(put_together(settings(folder), store))) as http:
        http.headers["Authorization"] = f"Bearer {key}"
        send = _Sending(http, batch)
        if seed is None:
            await _in_order(send, log)
        else:
            await _shuffled(send, log, seed)
        await send.move(log.rows[-1].local() + timedelta(minutes=1))
    return send.outcomes


class _Sending:
    """Sends through the API, and counts."""

    def __init__(self, http: httpx.AsyncClient, batch: int) -> None:
        self.http, self.batch, self.outcomes, self.begun = http, batch, Counter[str](), time.monotonic()

    async def move(self, local: datetime) -> None:
        answer = await self.http.post("/api/v1/clock", json={"to": local.isoformat()})
        answer.raise_for_status()

    async def events(self, todo: list[dict[str, Any]]) -> None:
        if self.batch == 1:
            for event in todo:
                answer = await self.http.post("/api/v1/events", json=event)
                self.outcomes[answer.json().get("outcome") or str(answer.status_code)] += 1
            return
        for at in range(0, len(todo), self.batch):
            answer = await self.http.post("/api/v1/events/batch", json=todo[at : at + self.batch])
            answer.raise_for_status()
            for each in answer.json():
                self.outcomes[each.get("outcome") or str(each["status"])] += 1

    def tell(self, done: int, total: int, where: object) -> None:
        """Say how far it has come."""
        print(f"{done} of {total}, {where}, {time.monotonic() - self.begun:.0f} s", file=sys.stderr, flush=True)


async def _in_order(send: _Sending, log: CaseLog) -> None:
    shown: datetime | None = None
    together: list[dict[str, Any]] = []
    for place, row in enumerate(log.rows):
        if row.local() != shown:
            await send.events(together)
            together = []
            shown = row.local()
            await send.move(shown)
        together += events(log, row, source=SOURCE, zone=None)
        if place % 1000 == 0:
            send.tell(place, len(log.rows), shown)
    await send.events(together)


async def _shuffled(send: _Sending, log: CaseLog, seed: int) -> None:
    await send.move(log.rows[-1].local())
    dice = random.Random(seed)
    todo = [event for row in log.rows for event in events(log, row, source=SOURCE, zone=None)]
    todo += [event for event in todo if dice.random() < TWICE]
    dice.shuffle(todo)
    for at in range(0, len(todo), 1000):
        await send.events(todo[at : at + 1000])
        send.tell(at, len(todo), "shuffled")


TABLES = {
    "definition": "SELECT * FROM definition",
    "case": CASES,
    "entry": "SELECT * FROM entry",
    "party": "SELECT * FROM party",
    "recipient": "SELECT * FROM recipient",
    "promise": "SELECT * FROM promise ORDER BY made_at, id",
    "message": "SELECT * FROM message",
    "telling": "SELECT * FROM telling",
    "alert": "SELECT kind, subject, remedy, times, first_at, last_at FROM alert",
    "audit": "SELECT action, detail, actor, at FROM audit",
    "heard": "SELECT mode, heard_at, silence_told FROM heard",
    "word": "SELECT * FROM word",
}
"""What is read of each table."""


async def rows(url: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every row that events decide: its table, its name, its columns."""
    parsed = make_url(url)
    connection = await asyncpg.connect(
        host=parsed.query["host"], port=int(str(parsed.query["port"])), user="tracker", database="tracker"
    )
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
    tables = {name: await connection.fetch(query) for name, query in TABLES.items()}
    await connection.close()
    names = _named(tables)
    found = list[tuple[str, str, dict[str, Any]]]()
    for table, called in _called(names).items():
        for row in tables[table]:
            plain = names.row(row)
            if "case_id" in dict(row):
                plain["of_case"] = names.plain(row["case_id"])
            if table == "case":
                plain["facts_known"] = len(row["known_facts"])
                plain["word_to"] = sorted(plain["word_to"] or [])
            found.append((table, called(row), plain))
    return iter(found)


def _named(tables: dict[str, Any]) -> Names:
    """What each id stands for."""
    names, places = Names(), Counter[tuple[Any, str]]()
    for row in tables["definition"]:
        names.put(row["id"], f"{row['service']} v{row['version']}")
    for row in tables["case"]:
        names.put(row["id"], row["called"])
    for row in tables["entry"]:
        names.put(row["id"], row["event_id"])
    for row in tables["promise"]:
        places[row["case_id"], row["basis"]] += 1
        at = places[row["case_id"], row["basis"]]
        names.put(row["id"], f"{names.of[str(row['case_id'])]} {row['basis']} {at}")
    for row in tables["recipient"]:
        names.put(row["id"], f"{names.of[str(row['case_id'])]} {row['party']} {row['channel']}")
    for row in tables["message"]:
        names.put(row["id"], names.plain(row["key"]))
    return names


def _called(names: Names) -> dict[str, Callable[[Any], str]]:
    """How a row of each table is called."""
    return {
        "case": lambda row: row["called"],
        "entry": lambda row: row["event_id"],
        "party": lambda row: names.of[str(row["entry_id"])],
        "recipient": lambda row: names.of[str(row["id"])],
        "promise": lambda row: names.of[str(row["id"])],
        "message": lambda row: names.plain(row["key"]),
        "telling": lambda row: f"{names.of[str(row['promise_id'])]} {row['audience']} {row['channel']}",
        "alert": lambda row: f"{row['kind']} {names.plain(row['subject'])}",
        "audit": lambda row: f"{row['action']} {row['at']} {names.plain(row['detail'])}",
        "heard": lambda row: row["mode"],
        "word": lambda row: f"{row['service']} {row['probability']}",
    }


async def keep(given: argparse.Namespace) -> None:
    """Replay, and write the keepsake."""
    timing.SPREAD = timedelta(0)  # else it depends on the id of a case
    with tempfile.TemporaryDirectory(prefix="tracker-rows-", dir=given.ground) as folder:
        server = start(Path(folder) / "data", unsafe_without_fsync=True)
        store = open_store(server.url())
        try:
            async with store.transaction() as connection:
                for statement in FREEZE:
                    await connection.execute(text(statement))
            await store.engine.dispose()
            await migrate(store)
            into = Path(folder) / f"{given.file.name.partition('.')[0]}.csv"
            log = read(cut(given.file, given.until or date.max, into, given.cases))
            begun = time.monotonic()
            outcomes = await replayed(store, Path(folder), log, given.shuffled, given.batch)
            print(f"{sum(outcomes.values())} events in {time.monotonic() - begun:.0f} s: {dict(outcomes)}")
            with gzip.open(given.into, "wt", encoding="utf-8") as file:
                for each in await rows(server.url()):
                    file.write(json.dumps(each, sort_keys=True) + "\n")
        finally:
            await store.close()
            server.close()


def load(path: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """The rows of a keepsake by table and name."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return {(table, name): row for table, name, row in map(json.loads, file)}


def compare(given: argparse.Namespace) -> int:
    """Print for each table how many rows are equal, and of every kind of difference ten; returns how many differ."""
    ours, theirs = load(given.rows), load(given.other)
    same, kinds = Counter[str](), defaultdict[tuple[str, ...], list[str]](list)
    for key in sorted({*ours, *theirs}):
        one, other = ours.get(key), theirs.get(key)
        if one == other:
            same[key[0]] += 1
        elif one is None or other is None:
            missing, there = ("first", other) if one is None else ("second", one)
            kinds[key[0], f"not in the {missing}"].append(f"{key[1]}: {there}")
        else:
            names = tuple(sorted(name for name in {*one, *other} if one.get(name) != other.get(name)))
            differing = {name: (one.get(name), other.get(name)) for name in names}
            kinds[(key[0], *names)].append(f"{key[1]}: {differing}")
    for table, number in same.items():
        print(f"{table}: {number} equal")
    for kind, found in sorted(kinds.items(), key=lambda each: -len(each[1])):
        print(f"DIFFERENT {' '.join(kind)}: {len(found)}")
        print("\n".join(f"    {line[:600]}" for line in found[:SHOWN]))
    return sum(map(len, kinds.values()))


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.same_rows", description=__doc__)
    does = parser.add_subparsers(required=True, dest="does")
    keeping = does.add_parser("keep")
    keeping.add_argument("file", type=Path)
    keeping.add_argument("--into", type=Path, required=True)
    keeping.add_argument("--cases", type=int, help="only the cases that were received first, so many")
    keeping.add_argument("--until", type=date.fromisoformat, help="only the rows before this day")
    keeping.add_argument("--shuffled", type=int, help="the seed of the order")
    keeping.add_argument("--batch", type=int, default=1, help="so many events a request")
    keeping.add_argument("--ground", type=Path, help="where the database lies: /dev/shm is fast")
    comparing = does.add_parser("compare")
    comparing.add_argument("rows", type=Path)
    comparing.add_argument("other", type=Path)
    given = parser.parse_args()
    if given.does == "keep":
        asyncio.run(keep(given))
        return 0
    return min(1, compare(given))


if __name__ == "__main__":
    sys.exit(main())

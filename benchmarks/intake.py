"""Taking in one status event, against plain SQL that writes the same rows: each event one transaction, on disk.

The event moves a case of one applicant on: an entry, the case's row, a message, and whatever gives way to it. Ours is
`translate` and `ingest` in this process: the wire form checked, the grant checked, the case read and folded anew, the
rows written. Theirs is asyncpg with the rows ready made, as our own intake wrote them in a rehearsal on a copy of the
database: it reads nothing, checks nothing and decides nothing. Both write into copies of one database, with the same
tables and indexes, and wait for the disk at every commit.
"""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import orjson

from benchmarks.http_calls import call, posted, serving
from benchmarks.page import serve_ours
from benchmarks.side_by_side import (
    Side,
    against,
    arguments,
    copied,
    database_server,
    measure,
    migrated,
    reached,
    show,
)
from integrations.wire import translate
from tests.office import SECRET, SERVICE, START, Desk, open_desk
from tracker.core import known_facts
from tracker.flows import ingest as intake
from tracker.store import keys
from tracker.store.engine import Store, open_store
from tracker.store.keys import Sender

TABLES = ("entry", "promise", "recipient", "message", "case", "party", "alert", "audit")
"""The tables that the intake of an event may write, in an order that the foreign keys allow; but for `heard`, which
is written once a minute."""

KEY = ("organisation_id", "mode", "id")
TOGETHER = 8

Statement = tuple[str, list[Any]]


def event_of(number: int) -> bytes:
    """The event on the wire: the case goes from received to being checked."""
    return orjson.dumps(
        {
            "id": f"benchmark-{number}",
            "source": "backoffice",
            "type": "case.status",
            "subject": f"N-{number}",
            "time": START.isoformat(),
            "data": {"service": SERVICE, "status": "VAL"},
        }
    )


async def take(store: Store, sender: Sender, body: bytes) -> None:
    """What the intake does with one event, after it has read it from the network."""
    told = translate(
        body, "application/json", zone=sender.zone, fingerprint_key=SECRET,
        digest_known_fact=lambda fact: known_facts.digest(SECRET, str(sender.organisation_id), fact),
    )  # fmt: skip
    answer = await intake.ingest(store, sender, told.event, told.fingerprint)
    assert answer.outcome is intake.Intake.APPLIED, answer


async def make_cases(desk: Desk, number: int) -> None:
    """Cases with an applicant, each of which has just been received."""
    for each in range(number):
        await desk.status(f"N-{each}", "REC", at=START - timedelta(days=1))
        await desk.party(f"N-{each}", at=START - timedelta(hours=23))
    async with desk.store.transaction() as connection:
        await connection.exec_driver_sql("ANALYZE")


async def rows_of(connection: asyncpg.Connection, table: str) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """Every row of a table, by its key."""
    rows = [dict(row) for row in await connection.fetch(f'SELECT * FROM "{table}"')]
    return {tuple(row.get(name) for name in (*KEY, "source_id", "entry_id")): row for row in rows}


async def written(url: str, work: Callable[[], Any]) -> dict[Any, list[Statement]]:
    """The rows that `work` writes, as plain statements, by the id of their case."""
    connection = await asyncpg.connect(**reached(url))
    try:
        before = {table: await rows_of(connection, table) for table in TABLES}
        await work()
        found: dict[Any, list[Statement]] = {}
        for table in TABLES:
            for key, row in (await rows_of(connection, table)).items():
                if row != before[table].get(key):
                    case = row["id"] if table == "case" else row.get("case_id")
                    assert case is not None, f"a row of {table} that belongs to no case"
                    found.setdefault(case, []).append(_statement(table, before[table].get(key), row))
    finally:
        await connection.close()
    return found


def _statement(table: str, before: Mapping[str, Any] | None, row: Mapping[str, Any]) -> Statement:
    if before is None:
        places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
        columns = ", ".join(f'"{name}"' for name in row)
        return f'INSERT INTO "{table}" ({columns}) VALUES ({places})', list(row.values())
    changed = {name: value for name, value in row.items() if before[name] != value}
    sets = ", ".join(f'"{name}" = ${number}' for number, name in enumerate(changed, len(KEY) + 1))
    return (
        f'UPDATE "{table}" SET {sets} WHERE organisation_id = $1 AND mode = $2 AND id = $3',
        [*(row[name] for name in KEY), *changed.values()],
    )


async def write(connection: asyncpg.Connection, statements: Sequence[Statement]) -> None:
    """One event by plain SQL."""
    async with connection.transaction():
        for sql, values in statements:
            await connection.execute(sql, *values)


@dataclass
class Both:
    """The two ways, each with its own database and its own place in the row of events."""

    sender: Sender
    store: Store
    connections: list[asyncpg.Connection]
    plain: list[list[Statement]]
    each_round: int
    ours_next: int = 0
    plain_next: int = 0

    def _events(self) -> Iterator[bytes]:
        first, self.ours_next = self.ours_next, self.ours_next + self.each_round
        return map(event_of, range(first, self.ours_next))

    def _writes(self) -> Iterator[list[Statement]]:
        first, self.plain_next = self.plain_next, self.plain_next + self.each_round
        return iter(self.plain[first : self.plain_next])

    async def ours(self, together: int) -> int:
        """A round of `translate` and `ingest`."""
        todo = self._events()

        async def one() -> None:
            for body in todo:
                await take(self.store, self.sender, body)

        await asyncio.gather(*(one() for _ in range(together)))
        return self.each_round

    async def theirs(self, together: int) -> int:
        """A round of plain SQL."""
        todo = self._writes()

        async def one(connection: asyncpg.Connection) -> None:
            for statements in todo:
                await write(connection, statements)

        await asyncio.gather(*(one(each) for each in self.connections[:together]))
        return self.each_round

    async def over_http(self, port: int, key: str) -> int:
        """A round over HTTP, one event after the other."""
        header = f"Authorization: Bearer {key}"
        requests = [posted("/api/v1/events", body, "application/json", header) for body in self._events()]
        return await call(port, requests, 202, connections=1)


async def run(rounds: int, each_round: int) -> None:
    """Measure, and print the table."""
    number = each_round * (rounds + 1) * 3
    with database_server() as server, tempfile.TemporaryDirectory() as folder:
        made = open_store(await migrated(server, "base"))
        desk = await open_desk(made)
        await make_cases(desk, number)
        await made.close()

        rehearsal = open_store(await copied(server, "rehearsal", "base"))

        async def rehearse() -> None:
            for each in range(number):
                await take(rehearsal, desk.sender, event_of(each))

        found = await written(server.url("rehearsal"), rehearse)
        await rehearsal.close()
        assert len(found) == number
        store = open_store(await copied(server, "ours", "base"))
        plain_url = await copied(server, "plain", "base")
        connections = [await asyncpg.connect(**reached(plain_url)) for _ in range(TOGETHER)]
        async with store.reading() as reading:
            sender = await keys.sender_by_digest(reading, hashlib.sha256(desk.key.encode()).digest())
        assert sender is not None
        both = Both(sender, store, connections, list(found.values()), each_round)
        with serving(serve_ours, server.url("ours"), folder) as port:
            plain = Side("plain SQL", lambda: both.theirs(1))
            ours = Side("translate + ingest", lambda: both.ours(1))
            http = Side("over HTTP", lambda: both.over_http(port, desk.key))
            plain_together = Side(f"plain SQL, {TOGETHER} at once", lambda: both.theirs(TOGETHER))
            ours_together = Side(f"translate + ingest, {TOGETHER} at once", lambda: both.ours(TOGETHER))
            await measure([plain, ours, http, plain_together, ours_together], rounds)
        for each in connections:
            await each.close()
        await store.close()
    show(
        f"Events taken in, one transaction each, {each_round} a round",
        [against(plain, ours, 0.35), against(plain, http), against(plain_together, ours_together)],
        [f"Rows of an event: {', '.join(sql.split(' (')[0].split(' SET')[0] for sql, _ in both.plain[0])}."],
    )


if __name__ == "__main__":
    asked = arguments("The intake of single events against plain SQL.")
    asyncio.run(run(asked.rounds, 3 if asked.tiny else 100))

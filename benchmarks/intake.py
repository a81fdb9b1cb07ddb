"""Taking in status events, against plain SQL that writes the same rows, on disk: single ones, batches, whole histories.

A single event moves a case of one applicant on: an entry, the case's row, a message, and whatever gives way to it. Ours
is `translate` and `ingest` in this process: the wire form checked, the grant checked, the case read and folded, the
rows written. Theirs is asyncpg with the rows ready made, as our own intake wrote them in a rehearsal on a copy of the
database: it reads nothing, checks nothing and decides nothing. Both write into copies of one database, with the same
tables, indexes and foreign keys, and wait for the disk at every commit.

A batch is 500 such events, taken in by `take_in` in chunks of 50; theirs writes the rows of each chunk in bulk (one
prepared statement for all rows of a kind), one transaction a chunk. A history is cases with all their events from
first to last, in batches; theirs is COPY of the rows that came of them in the end.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import orjson

from benchmarks.http_calls import call, posted, serving
from benchmarks.page import serve_ours
from benchmarks.plain_rows import Statement, copy_many, histories, write, write_many, written
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
from integrations.inbound import context_of
from integrations.wire import translate
from tests.office import SECRET, SERVICE, START, Desk, open_desk
from tracker.core.deciding.reports import Answer, Intake
from tracker.flows.deciding import intake
from tracker.store.ground.engine import Store, open_store
from tracker.store.organisations import keys
from tracker.store.organisations.keys import Sender

TOGETHER = 8
BATCH = 500
"""Events in a request."""


def event_of(number: int, lap: int = 0) -> bytes:
    """The event on the wire: the case goes from received to being checked. In later laps it is asked for more, and is
    checked again."""
    return orjson.dumps(
        {
            "id": f"benchmark-{number}-{lap}",
            "source": "backoffice",
            "type": "case.status",
            "subject": f"N-{number}",
            "time": (START + timedelta(milliseconds=lap)).isoformat(),
            "data": {"service": SERVICE, "status": "RFI" if lap % 2 else "VAL"},
        }
    )


STEPS = ("REC", None, "VAL", "RFI", "RFI-IN", "ASSESS", "GRANTED")
"""The events of a history: statuses, and the applicant."""

FIRST_DAY = START - timedelta(days=60)


def history_of(number: int) -> list[bytes]:
    """All events of a case, from first to last."""
    found = []
    for place, code in enumerate(STEPS):
        at = FIRST_DAY + timedelta(days=7 * place, minutes=number)
        data: dict[str, Any] = {"service": SERVICE, "status": code}
        if code == STEPS[-1]:
            data["served_on"] = at.date().isoformat()
        if code is None:
            channels = [{"channel": "email", "address": f"somebody-{number}@example.org"}]
            data = {"party": "1", "name": "Alex Morgan", "known_fact": "AB1 2CD", "channels": channels}
        found.append(
            orjson.dumps(
                {
                    "id": f"history-{number}-{place}",
                    "source": "backoffice",
                    "type": "case.status" if code else "case.party",
                    "subject": f"H-{number}",
                    "time": at.isoformat(),
                    "data": data,
                }
            )
        )
    return found


async def take_many(store: Store, sender: Sender, bodies: Sequence[bytes]) -> None:
    """What the intake does with a batch, after it has read it from the network."""
    tongue = context_of(sender, SECRET)
    for at in range(0, len(bodies), BATCH):
        reports = [translate(body, "application/json", tongue) for body in bodies[at : at + BATCH]]
        for answer in await intake.take_in(store, sender, reports):
            assert isinstance(answer, Answer), answer


async def take(store: Store, sender: Sender, body: bytes) -> None:
    """What the intake does with one event, after it has read it from the network."""
    answer = await intake.ingest(store, sender, translate(body, "application/json", context_of(sender, SECRET)))
    assert answer.outcome is Intake.APPLIED, answer


async def make_cases(desk: Desk, number: int) -> None:
    """Cases with an applicant, each of which has just been received."""
    received, told = (START - timedelta(days=1)).isoformat(), (START - timedelta(hours=23)).isoformat()
    channels = [{"channel": "email", "address": "alex@example.org"}]
    party = {"party": "1", "role": "applicant", "name": "Alex Morgan", "known_fact": "AB1 2CD", "channels": channels}
    common = {"source": "backoffice"}
    for first, end in itertools.pairwise((0, min(BATCH, number), number)):
        await take_many(
            desk.store,
            desk.sender,
            [
                orjson.dumps(event)
                for each in range(first, end)
                for event in (
                    {
                        **common,
                        "id": f"r{each}",
                        "type": "case.status",
                        "subject": f"N-{each}",
                        "time": received,
                        "data": {"service": SERVICE, "status": "REC"},
                    },
                    {
                        **common,
                        "id": f"p{each}",
                        "type": "case.party",
                        "subject": f"N-{each}",
                        "time": told,
                        "data": party,
                    },
                )
            ],
        )
        async with desk.store.transaction() as connection:
            await connection.exec_driver_sql("ANALYZE")  # what was planned for empty tables is planned anew


@dataclass
class Both:
    """The two ways, each with its own database and its own place in the row of events and of histories."""

    sender: Sender
    store: Store
    connections: list[asyncpg.Connection]
    plain: list[list[Statement]]
    copied: list[dict[str, list[Mapping[str, Any]]]]
    ours_next: int = 0
    plain_next: int = 0
    ours_told: int = 0
    plain_told: int = 0

    def _events(self, number: int) -> Iterator[bytes]:
        first, self.ours_next = self.ours_next, self.ours_next + number
        return map(event_of, range(first, self.ours_next))

    def _writes(self, number: int) -> list[list[Statement]]:
        first, self.plain_next = self.plain_next, self.plain_next + number
        return self.plain[first : self.plain_next]

    async def ours(self, number: int, together: int) -> int:
        """A round of `translate` and `ingest`."""
        todo = self._events(number)

        async def one() -> None:
            for body in todo:
                await take(self.store, self.sender, body)

        await asyncio.gather(*(one() for _ in range(together)))
        return number

    async def theirs(self, number: int, together: int) -> int:
        """A round of plain SQL."""
        todo = iter(self._writes(number))

        async def one(connection: asyncpg.Connection) -> None:
            for statements in todo:
                await write(connection, statements)

        await asyncio.gather(*(one(each) for each in self.connections[:together]))
        return number

    async def ours_batched(self, number: int) -> int:
        """A batch through `translate` and `take_in`."""
        await take_many(self.store, self.sender, list(self._events(number)))
        return number

    async def theirs_batched(self, number: int) -> int:
        """A batch in bulk, a transaction for each chunk."""
        todo = self._writes(number)
        for at in range(0, len(todo), intake.CHUNK):
            await write_many(self.connections[0], todo[at : at + intake.CHUNK])
        return number

    async def ours_history(self, cases: int) -> int:
        """Whole histories through `translate` and `take_in`."""
        first, self.ours_told = self.ours_told, self.ours_told + cases
        bodies = [body for number in range(first, self.ours_told) for body in history_of(number)]
        await take_many(self.store, self.sender, bodies)
        return len(bodies)

    async def theirs_history(self, cases: int) -> int:
        """What came of them, by COPY: a transaction for as many cases as a batch holds."""
        first, self.plain_told = self.plain_told, self.plain_told + cases
        for at in range(first, self.plain_told, max(1, BATCH // len(STEPS))):
            rows: dict[str, list[Mapping[str, Any]]] = {}
            for case in self.copied[at : min(self.plain_told, at + max(1, BATCH // len(STEPS)))]:
                for table, found in case.items():
                    rows.setdefault(table, []).extend(found)
            await copy_many(self.connections[0], rows)
        return cases * len(STEPS)

    async def over_http(self, number: int, port: int, key: str) -> int:
        """A round over HTTP, one event after the other."""
        header = f"Authorization: Bearer {key}"
        requests = [posted("/api/v1/events", body, "application/json", header) for body in self._events(number)]
        return await call(port, requests, 202, connections=1)


async def run(rounds: int, each_round: int, batch: int, cases: int) -> None:
    """Measure, and print the table."""
    number, told = (each_round * 3 + batch) * (rounds + 1), cases * (rounds + 1)
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
        assert len(found) == number
        await take_many(rehearsal, desk.sender, [body for each in range(told) for body in history_of(each)])
        came = await histories(server.url("rehearsal"))
        await rehearsal.close()
        store = open_store(await copied(server, "ours", "base"))
        plain_url = await copied(server, "plain", "base")
        connections = [await asyncpg.connect(**reached(plain_url)) for _ in range(TOGETHER)]
        async with store.reading() as reading:
            sender = await keys.sender_by_digest(reading, hashlib.sha256(desk.key.encode()).digest())
        assert sender is not None
        both = Both(sender, store, connections, list(found.values()), [came[f"H-{each}"] for each in range(told)])
        with serving(serve_ours, server.url("ours"), folder) as port:
            plain = Side("plain SQL", lambda: both.theirs(each_round, 1))
            ours = Side("translate + ingest", lambda: both.ours(each_round, 1))
            http = Side("over HTTP", lambda: both.over_http(each_round, port, desk.key))
            plain_together = Side(f"plain SQL, {TOGETHER} at once", lambda: both.theirs(each_round, TOGETHER))
            ours_together = Side(f"translate + ingest, {TOGETHER} at once", lambda: both.ours(each_round, TOGETHER))
            plain_bulk = Side("plain SQL in bulk", lambda: both.theirs_batched(batch))
            ours_bulk = Side("translate + take_in", lambda: both.ours_batched(batch))
            copy = Side("COPY", lambda: both.theirs_history(cases))
            history = Side("histories", lambda: both.ours_history(cases))
            await measure(
                [plain, ours, http, plain_together, ours_together, plain_bulk, ours_bulk, copy, history], rounds
            )
        for each in connections:
            await each.close()
        await store.close()
    show(
        f"Events taken in: {each_round} a round one transaction each, batches of {batch}, {cases} histories",
        [
            against(plain, ours, 0.35),
            against(plain, http, 0.25),
            against(plain_together, ours_together, 0.2),
            against(plain_bulk, ours_bulk, 0.25),
            against(copy, history, 0.1),
        ],
        [f"Rows of an event: {', '.join(sql.split(' (')[0].split(' SET')[0] for sql, _ in both.plain[0])}."],
    )


if __name__ == "__main__":
    asked = arguments("The intake of events against plain SQL.")
    small, usual = (3, 6, 2), (100, 500, 70)
    asyncio.run(run(asked.rounds, *(small if asked.tiny else usual)))

"""How long a single event waits for its answer over HTTP: alone, while batches come in, and while histories come in.

A back office sends fifty single events a second over a few connections that are kept. Each event has its moment, and
its wait counts from that moment to the end of the answer, whether or not a connection was free then: an answer that is
late makes those behind it late too, and all of that is seen. Each of the events moves a case of its own on.

Meanwhile another client of the same organisation sends nothing; or batches of 500 such events, one after the other
without pause; or whole histories of new cases, as many as fit into 500 events. Batches move other cases than the single
events: two that speak of one case have to wait for each other anyway. The application runs in a process of its own, as
`tracker serve` runs it, and waits for the disk at every commit. The clients share this process, and all share the
machine.
"""

from __future__ import annotations

import asyncio
import itertools
import math
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial

from rich.console import Console
from rich.table import Table

from benchmarks.http_calls import Ask, connected, posted, serving
from benchmarks.intake import BATCH, STEPS, event_of, history_of, make_cases
from benchmarks.page import serve_ours
from benchmarks.side_by_side import Side, arguments, database_server, measure, migrated
from tests.office import open_desk
from tracker.store.ground.engine import open_store

A_SECOND = 50
"""Single events."""

KEPT = 8
"""Connections of the client that sends them."""

GOAL = 0.150
"""Seconds in which 99 of a hundred events are to be answered, whatever else comes in."""

JSON = "application/json"
TAKEN = b'"outcome":"applied"'


@dataclass
class State:
    """What else comes in meanwhile, and what was seen: the waits of each round in seconds, and the events of batches a
    second."""

    name: str
    batches: Iterator[list[bytes]]
    waits: list[list[float]] = field(default_factory=list)
    meanwhile: list[float] = field(default_factory=list)


@dataclass
class Office:
    """The back office: where it sends, with which headers, and which events are next."""

    port: int
    header: str
    singles: Iterator[int]
    lasting: float

    async def round(self, state: State) -> int:
        """Send single events for a while, in this state; how many there were."""
        number, over = max(1, round(A_SECOND * self.lasting)), asyncio.Event()
        requests = [posted("/api/v1/events", event_of(next(self.singles)), JSON, self.header) for _ in range(number)]
        async with AsyncExitStack() as opened:
            asks = [await opened.enter_async_context(connected(self.port)) for _ in range(KEPT)]
            another = await opened.enter_async_context(connected(self.port))
            begun = time.perf_counter()
            todo = iter([(begun + place / A_SECOND, request) for place, request in enumerate(requests)])
            beside = asyncio.create_task(self._batches(another, state.batches, over))
            waits = await asyncio.gather(*(_in_turn(ask, todo) for ask in asks))
            ended = time.perf_counter()
            over.set()
            answered = [(at, events) for at, events in await beside if at <= ended]
        state.waits.append([wait for each in waits for wait in each])
        state.meanwhile.append(sum(events for _, events in answered) / (answered[-1][0] - begun) if answered else 0.0)
        return number

    async def _batches(self, ask: Ask, batches: Iterator[list[bytes]], over: asyncio.Event) -> list[tuple[float, int]]:
        """One batch after the other until the round is over: when each was answered, and how many events it had."""
        found = []
        for events in batches:
            whole = b"[" + b",".join(events) + b"]"
            body = await ask(posted("/api/v1/events/batch", whole, JSON, self.header), 200)
            found.append((time.perf_counter(), len(events)))
            if body.count(TAKEN) != len(events):
                raise RuntimeError(f"a batch that was not taken whole: {body[:300]!r}")
            if over.is_set():
                break
        return found


async def _in_turn(ask: Ask, todo: Iterator[tuple[float, bytes]]) -> list[float]:
    """Over one connection whatever is next, not before its moment; how long each waited."""
    waits = []
    for moment, request in todo:
        await asyncio.sleep(max(0.0, moment - time.perf_counter()))
        body = await ask(request, 202)
        waits.append(time.perf_counter() - moment)
        if TAKEN not in body:
            raise RuntimeError(f"an event that was not taken: {body[:300]!r}")
    return waits


def moves(cases: int, batch: int) -> Iterator[list[bytes]]:
    """Batches of events that move these cases on, lap after lap, for ever."""
    for lap in itertools.count():
        for first in range(0, cases, batch):
            yield [event_of(number, lap) for number in range(first, first + batch)]


def stories(batch: int) -> Iterator[list[bytes]]:
    """Batches of whole histories, for ever."""
    each = max(1, batch // len(STEPS))
    for first in itertools.count(0, each):
        yield [body for number in range(first, first + each) for body in history_of(number)]


def under(waits: Sequence[float], share: float) -> float:
    """The shortest wait that this share of them does not exceed."""
    return sorted(waits)[max(0, math.ceil(share * len(waits)) - 1)]


def table(states: Sequence[State]) -> Table:
    """The waits of each state in milliseconds."""
    title = f"Waits for an answer at {A_SECOND} events a second; p99 is to stay under {1_000 * GOAL:.0f} ms"
    made = Table(title=title, title_justify="left")
    made.add_column("single events, in ms")
    for heading in ("p50", "p95", "p99", "longest", "p99 of a round", "batch events/s"):
        made.add_column(heading, justify="right")
    for state in states:
        waits = [wait for each in state.waits for wait in each]
        by_round = sorted(under(each, 0.99) for each in state.waits)
        made.add_row(
            state.name,
            *(f"{1_000 * under(waits, share):,.0f}" for share in (0.5, 0.95, 0.99, 1)),
            f"{1_000 * by_round[0]:,.0f} to {1_000 * by_round[-1]:,.0f}",
            f"{statistics.median(state.meanwhile):,.0f}",
        )
    return made


async def run(rounds: int, lasting: float, batch: int, cases: int) -> None:
    """Measure, and print the table."""
    with database_server() as server, tempfile.TemporaryDirectory() as folder:
        url = await migrated(server, "waits")
        states = [
            State("alone", iter([])),
            State(f"beside batches of {batch}", moves(cases, batch)),
            State("beside histories", stories(batch)),
        ]
        singles = len(states) * (rounds + 1) * max(1, round(A_SECOND * lasting))
        store = open_store(url)
        desk = await open_desk(store)
        await make_cases(desk, cases + singles)
        await store.close()
        with serving(serve_ours, url, folder) as port:
            office = Office(port, f"Authorization: Bearer {desk.key}", iter(range(cases, cases + singles)), lasting)
            await measure([Side(state.name, partial(office.round, state)) for state in states], rounds)
    for state in states:
        del state.waits[0], state.meanwhile[0]  # the round that is not measured
    Console(width=110).print(table(states))


if __name__ == "__main__":
    asked = arguments("How long a single event waits for its answer.")
    small, usual = (0.2, 20, 40), (3.0, BATCH, 3_000)
    asyncio.run(run(asked.rounds, *(small if asked.tiny else usual)))

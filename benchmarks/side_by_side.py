"""Two ways of doing the same work, measured in turn on the same machine: rounds in alternating order, and a table."""

from __future__ import annotations

import argparse
import gc
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import make_url

from tracker.store.embedded.server import EmbeddedServer, start
from tracker.store.ground.engine import open_store
from tracker.store.schema import migrate

ROUNDS = 7


@dataclass
class Side:
    """One way of doing the work. `work` does one round and returns how many pieces that was; `prepare` lays them out
    before the clock starts."""

    name: str
    work: Callable[[], Awaitable[int]]
    prepare: Callable[[], Awaitable[None]] | None = None
    rates: list[float] = field(default_factory=list)

    async def round(self) -> float:
        """Pieces a second of one round."""
        if self.prepare is not None:
            await self.prepare()
        gc.collect()
        begun = time.perf_counter()
        done = await self.work()
        return done / (time.perf_counter() - begun)


@dataclass(frozen=True, slots=True)
class Ratio:
    """Ours against theirs: the median of the rounds' ratios, and the lowest and the highest of them."""

    name: str
    theirs: float
    ours: float
    ratio: float
    lowest: float
    highest: float
    goal: float | None


async def measure(sides: Sequence[Side], rounds: int) -> None:
    """Run every side once unmeasured, then `rounds` times; every other round goes the other way round. What there is
    after the first is passed over by the garbage collector, as in a service that listens (`main`)."""
    for side in sides:
        await side.round()
    gc.collect()
    gc.freeze()
    for number in range(rounds):
        for side in sides if number % 2 == 0 else reversed(sides):
            side.rates.append(await side.round())


def against(theirs: Side, ours: Side, goal: float | None = None) -> Ratio:
    """Ours against theirs, round by round, so that what slows the machine for a while slows both."""
    ratios = [our / their for our, their in zip(ours.rates, theirs.rates, strict=True)]
    return Ratio(
        f"{ours.name} / {theirs.name}",
        statistics.median(theirs.rates),
        statistics.median(ours.rates),
        statistics.median(ratios),
        min(ratios),
        max(ratios),
        goal,
    )


def show(title: str, ratios: Sequence[Ratio], notes: Sequence[str] = ()) -> None:
    """Print the table."""
    table = Table(title=title, title_justify="left")
    table.add_column("ours / theirs")
    for heading in ("theirs/s", "ours/s", "ratio", "lowest", "highest", "goal"):
        table.add_column(heading, justify="right")
    for each in ratios:
        table.add_row(
            each.name,
            f"{each.theirs:,.0f}",
            f"{each.ours:,.0f}",
            f"{each.ratio:.2f}",
            f"{each.lowest:.2f}",
            f"{each.highest:.2f}",
            "" if each.goal is None else f"{each.goal:.2f}",
        )
    out = Console(width=110)
    out.print(table)
    for note in notes:
        out.print(note)


def arguments(what: str) -> argparse.Namespace:
    """--rounds, and --tiny: so little work that the figures mean nothing, to see that it runs."""
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="measured rounds of each side; five at least")
    parser.add_argument("--tiny", action="store_true", help="see that it runs; the figures mean nothing")
    given = parser.parse_args()
    if given.tiny:
        given.rounds = 1
    elif given.rounds < 5:
        parser.error("the median of fewer than five rounds says little")
    return given


@contextmanager
def database_server() -> Iterator[EmbeddedServer]:
    """A server of its own in a folder of its own, as durable as in earnest: every commit reaches the disk."""
    with tempfile.TemporaryDirectory(prefix="tmr-") as folder:
        server = start(Path(folder) / "data")
        try:
            yield server
        finally:
            server.close()


async def migrated(server: EmbeddedServer, name: str) -> str:
    """A new database with the schema; its URL."""
    await administer(server, f'CREATE DATABASE "{name}"')
    store = open_store(server.url(name), pool_size=1)
    try:
        await migrate(store)
    finally:
        await store.close()
    return server.url(name)


async def copied(server: EmbeddedServer, name: str, template: str) -> str:
    """A new database that is a copy of another, to which nobody is connected; its URL."""
    await administer(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    return server.url(name)


async def administer(server: EmbeddedServer, statement: str) -> None:
    """One statement outside of every transaction."""
    connection = await asyncpg.connect(**reached(server.url()))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def reached(url: str) -> dict[str, Any]:
    """What asyncpg needs to connect to the database that SQLAlchemy knows by this URL."""
    parsed = make_url(url)
    return {
        "host": parsed.query["host"],
        "port": int(str(parsed.query["port"])),
        "user": "tracker",
        "database": parsed.database,
        "server_settings": {"timezone": "UTC", "jit": "off"},
    }

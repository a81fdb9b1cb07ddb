"""The table that the soak prints, and the office that each part gets."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from tests.laws.case_sets import House
from tracker.store.embedded.server import EmbeddedServer
from tracker.store.ground.engine import open_store
from tracker.store.schema import migrate

LONGEST_SECONDS = 600
"""No part runs longer; the rounds that were done by then are reported."""


@dataclass
class Line:
    """What came of one part."""

    name: str
    rounds: int = 0
    failures: int = 0
    seconds: float = 0.0
    wrong: list[str] = field(default_factory=list)
    note: str = ""

    def fail(self, what: str) -> None:
        """Count a failure; the first few are told."""
        self.failures += 1
        if len(self.wrong) < 3:
            self.wrong.append(what)

    def print(self) -> None:
        """One line of the table, and what went wrong below it."""
        print(f"{self.name:42} {self.rounds:7} {self.failures:8} {self.seconds:9.1f}  {self.note}", flush=True)
        for what in self.wrong:
            print(f"    {what[:8000]}", flush=True)


class Table:
    """The lines so far."""

    def __init__(self) -> None:
        self.failures = 0
        print(f"{'name':42} {'rounds':>7} {'failures':>8} {'seconds':>9}", flush=True)

    @contextmanager
    def line(self, name: str) -> Iterator[Line]:
        """One part: timed, printed when it ends, failed when it raises."""
        line, begun = Line(name), time.monotonic()
        try:
            yield line
        except Exception as fault:
            example = "\n".join(getattr(fault, "__notes__", ()))  # where Hypothesis writes it
            line.fail(f"{type(fault).__name__}: {fault}\n{example}")
        line.seconds = time.monotonic() - begun
        self.failures += line.failures
        line.print()


@asynccontextmanager
async def house(server: EmbeddedServer, slug: str, pool_size: int = 10) -> AsyncIterator[House]:
    """An office of its own in the database of the soak."""
    store = open_store(server.url(), pool_size=pool_size)
    try:
        await migrate(store)
        yield await House.build(store, slug)
    finally:
        await store.close()

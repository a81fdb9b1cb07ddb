"""`python -m tests.soak [--rounds N] [--short] [--only PART]`: what takes too long for every commit, as a table.

One line each: name, rounds, failures, seconds. The exit status is 1 when anything failed. `--short` takes two
minutes; the whole takes less than half an hour, for no part runs longer than its share. The lives (`--only lives`) run
only when they are asked for, or in short: whole, each of the four feeds takes ten minutes on a quiet machine.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.laws.batches import BATCHES
from tests.laws.case_sets import House
from tests.laws.deliveries import DELIVERY, due_again, fill, lapse, multiply, wrongs
from tests.laws.rounds import INTAKE
from tests.laws.test_laws import LAWS
from tests.soak import came_back, chunks, cuts, schedulers, server_attack
from tests.soak.lives import report
from tests.soak.table import LONGEST_SECONDS, Table, house
from tracker.store.embedded.server import EmbeddedServer, start


@contextmanager
def database() -> Iterator[EmbeddedServer]:
    """A server with the schema that syncs to disk, as in production."""
    with tempfile.TemporaryDirectory(prefix="tracker-soak-") as folder:
        server = start(Path(folder) / "data")
        try:
            yield server
        finally:
            server.close()


def laws(table: Table, server: EmbeddedServer, examples: int) -> None:
    """The laws of the timeline, with many examples: ten for each round, so `--only laws --rounds 120` tries 1,200."""
    for place, (name, law) in enumerate(LAWS.items()):
        with table.line(f"law: {name}") as line, asyncio.Runner() as runner:
            scene = house(server, f"laws-{place}")
            home = runner.run(scene.__aenter__())
            line.rounds = examples
            try:
                law(runner, home, examples)
            finally:
                runner.run(scene.__aexit__(None, None, None))


async def at_once(table: Table, server: EmbeddedServer, rounds: int) -> None:
    """Intake from several connections at the same instant."""
    async with house(server, "at-once") as home:
        for name, happen in (INTAKE | BATCHES).items():
            with table.line(name) as line:
                until = time.monotonic() + LONGEST_SECONDS
                while line.rounds < rounds and time.monotonic() < until:
                    line.rounds += 1
                    if (wrong := await happen(home)) is not None:
                        line.fail(wrong)


async def left_behind(table: Table, server: EmbeddedServer, rounds: int) -> None:
    """Workers that die or sleep with messages in hand."""
    async with house(server, "left-behind") as home:
        await fill(home, 10)
        await multiply(home, 10)
        for name, happen in DELIVERY.items():
            with table.line(name) as line:
                until = time.monotonic() + LONGEST_SECONDS
                while line.rounds < rounds and time.monotonic() < until:
                    line.rounds += 1
                    if (wrong := await happen(home, 100)) is not None:
                        line.fail(wrong)


class Process:
    """A worker in an operating-system process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def begin(cls, server: EmbeddedServer, home: House) -> Process:
        """Start one and wait until it is ready."""
        pipe = asyncio.subprocess.PIPE
        command = ("-m", "tests.soak.carrier", server.url(), str(home.desk.office.id))
        made = cls(await asyncio.create_subprocess_exec(sys.executable, *command, stdin=pipe, stdout=pipe))
        await made.answer()
        return made

    def go(self) -> None:
        """Carry what is due."""
        assert self._process.stdin
        self._process.stdin.write(b"\n")

    async def answer(self) -> None:
        """Wait until it says that it is done."""
        assert self._process.stdout
        if not await asyncio.wait_for(self._process.stdout.readline(), 120):
            raise RuntimeError("a worker ended before it was done")

    async def kill(self) -> None:
        """End it at once, as by kill -9."""
        if self._process.returncode is None:
            self._process.kill()
        await self._process.wait()


async def two_processes(table: Table, server: EmbeddedServer, rounds: int, messages: int) -> None:
    """Two worker processes over the same due messages; then the same with one of them killed half-way."""
    async with house(server, "two-workers") as home:
        await fill(home, 20)
        await multiply(home, messages // 20)
        workers = [await Process.begin(server, home) for _ in range(2)]
        with table.line(f"two workers over {messages:,} due messages") as line:
            until, carrying = time.monotonic() + LONGEST_SECONDS, 0.0
            while line.rounds < rounds and time.monotonic() < until:
                line.rounds += 1
                await due_again(home)
                begun = time.monotonic()
                for each in workers:
                    each.go()
                await asyncio.gather(*(each.answer() for each in workers))
                carrying += time.monotonic() - begun
                if (wrong := await wrongs(home, messages)) is not None:
                    line.fail(wrong)
            line.note = f"{line.rounds * messages / carrying:,.0f} messages a second"
        with table.line("one of two workers killed -9 half-way") as line:
            until = time.monotonic() + LONGEST_SECONDS
            while line.rounds < max(1, rounds // 10) and time.monotonic() < until:
                line.rounds += 1
                if (wrong := await _killed_half_way(server, home, workers, messages)) is not None:
                    line.fail(wrong)
        for each in workers:
            await each.kill()


async def _killed_half_way(server: EmbeddedServer, home: House, workers: list[Process], messages: int) -> str | None:
    await due_again(home)
    for each in workers:
        each.go()
    await asyncio.sleep(0.1 + messages / 20_000)
    await workers[0].kill()
    answer = asyncio.ensure_future(workers[1].answer())
    while not answer.done():
        await asyncio.sleep(0.2)
        await lapse(home.desk.store)  # a minute passes
    await answer
    workers[0] = await Process.begin(server, home)
    for _ in range(2):
        await lapse(home.desk.store)
        workers[1].go()
        await workers[1].answer()
    return await wrongs(home, messages)


def attacks(table: Table, rounds: int) -> None:
    """kill -9 against the embedded server."""
    with tempfile.TemporaryDirectory(prefix="tracker-soak-") as folder, table.line("the database server") as line:
        for name, done, failed in server_attack.run(rounds, Path(folder) / "data"):
            line.rounds += done
            for _ in range(failed):
                line.fail(name)


PARTS = ("intake", "chunks", "back", "rescue", "workers", "schedulers", "laws", "server", "cuts", "lives")


def main(options: argparse.Namespace) -> int:
    """Run every part; the exit status."""
    rounds: int = 5 if options.short else options.rounds
    table = Table()
    few, many = (2, 400) if options.short else (rounds, 2_000)
    due = (300, 30, 4) if options.short else (5_000, 1_000, 40)
    parts: dict[str, Callable[[EmbeddedServer], object]] = {
        "intake": lambda server: asyncio.run(at_once(table, server, rounds)),
        "chunks": lambda server: asyncio.run(chunks.run(table, server, 2 if options.short else rounds)),
        "back": lambda server: asyncio.run(came_back.run(table, server, 2 if options.short else max(4, rounds // 2))),
        "rescue": lambda server: asyncio.run(left_behind(table, server, max(2, rounds // 5))),
        "workers": lambda server: asyncio.run(two_processes(table, server, few, many)),
        "schedulers": lambda server: asyncio.run(schedulers.run(table, server, *due)),
        "laws": lambda server: laws(table, server, 15 if options.short else 10 * rounds),
    }
    if options.only is None or options.only in parts:
        with database() as server:
            for name, run in parts.items():
                if options.only in (None, name):
                    run(server)
    if options.only in (None, "server"):
        attacks(table, 1 if options.short else max(2, rounds // 20))
    if options.only in (None, "cuts"):
        cuts.run(table, 1 if options.short else 20)
    if options.only == "lives" or (options.short and options.only is None):
        asyncio.run(report.run(table, options.lives or (6 if options.short else None), options.seed, options.feed))
    print("failed" if table.failures else "all held", flush=True)
    return 1 if table.failures else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="how often each thing is tried (200)")
    parser.add_argument("--short", action="store_true", help="a few rounds of each, in two minutes")
    parser.add_argument("--lives", type=int, help="so many lives a feed (as many as make 10,000 messages)")
    parser.add_argument("--seed", type=int, default=1, help="the seed of the lives (1)")
    parser.add_argument("--feed", choices=report.NAMES, help="one feed of the lives alone")
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main(_options()))

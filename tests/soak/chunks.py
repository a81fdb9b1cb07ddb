"""A process that takes in a batch of several chunks is killed -9: each chunk is whole or absent, and the same batch
sent again makes of it what it would have been."""

from __future__ import annotations

import asyncio
import hashlib
import random
import sys
import time
from collections import Counter
from typing import Any

from tests.laws.case_sets import House
from tests.soak.table import LONGEST_SECONDS, Table, house
from tests.soak.taker import batch
from tracker.core.deciding.reports import Answer, Intake
from tracker.flows.deciding.intake import CHUNK, take_in
from tracker.store.embedded.server import EmbeddedServer

STORED = "SELECT event_id FROM entry WHERE number LIKE :name || '-%'"
CASES = """
    SELECT right(c.number, 2) AS number, c.stage, c.state, c.version, c.needs::text, c.epoch, (
        SELECT string_agg(concat_ws(' ', right(e.event_id, 2), e.placement, e.stage, e.shown, e.rank), ', '
            ORDER BY e.event_id) FROM entry e
        WHERE e.organisation_id = c.organisation_id AND e.mode = c.mode AND e.case_id = c.id
    ) AS entries, (
        SELECT string_agg(concat_ws(' ', m.purpose, m.party, m.state, m.reason, m.facts->>'stage'), ', '
            ORDER BY m.purpose, m.party, m.state, m.reason, m.facts->>'stage') FROM message m
        WHERE m.organisation_id = c.organisation_id AND m.mode = c.mode AND m.case_id = c.id
    ) AS messages, (
        SELECT string_agg(concat_ws(' ', p.basis, p.latest_on, p.stage, p.outcome, p.reason), ', '
            ORDER BY p.made_at, p.id) FROM promise p
        WHERE p.organisation_id = c.organisation_id AND p.mode = c.mode AND p.case_id = c.id
    ) AS dates, (
        SELECT count(*) FROM recipient r
        WHERE r.organisation_id = c.organisation_id AND r.mode = c.mode AND r.case_id = c.id
    ) AS recipients
    FROM "case" c WHERE c.number LIKE :name || '-%' ORDER BY c.number
"""
PARTIES = """
    SELECT count(*) FROM entry e JOIN party p ON p.organisation_id = e.organisation_id AND p.mode = e.mode
        AND p.entry_id = e.id WHERE e.number LIKE :name || '-%'
"""


class Taker:
    """The process; begun anew after each death."""

    def __init__(self, server: EmbeddedServer, home: House) -> None:
        digest = hashlib.sha256(home.desk.key.encode()).hexdigest()
        self._command = (sys.executable, "-m", "tests.soak.taker", server.url(), digest)
        self._process: asyncio.subprocess.Process | None = None

    async def ready(self) -> None:
        """Begin it if there is none, and wait until it is ready."""
        if self._process is None:
            pipe = asyncio.subprocess.PIPE
            self._process = await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stdout=pipe)
            await self._answer()

    async def take(self, name: str) -> None:
        """Let it take a batch in, to the end."""
        self._ask(name)
        await self._answer()

    async def take_and_die(self, name: str, after: float) -> None:
        """Let it take a batch in, and kill it after so many seconds, whatever it has done by then."""
        assert self._process
        self._ask(name)
        await asyncio.sleep(after)
        await self.kill()

    async def kill(self) -> None:
        """End it as by kill -9. Raises RuntimeError when it had ended by itself."""
        if (process := self._process) is None:
            return
        self._process, ended = None, process.returncode
        if ended is None:
            process.kill()
        await process.wait()
        if ended is not None:
            raise RuntimeError(f"a process ended by itself, with status {ended}")

    def _ask(self, name: str) -> None:
        assert self._process and self._process.stdin
        self._process.stdin.write(f"{name}\n".encode())

    async def _answer(self) -> None:
        assert self._process and self._process.stdout
        if not await asyncio.wait_for(self._process.stdout.readline(), 120):
            raise RuntimeError("a process ended before it was done")


async def run(table: Table, server: EmbeddedServer, rounds: int) -> None:
    """Kill it in so many rounds, each at a random instant of its batch."""
    async with house(server, "chunks") as home:
        taker = Taker(server, home)
        with table.line("a batch of chunks killed -9 half-way") as line:
            try:
                await taker.ready()
                begun = time.monotonic()
                await taker.take("whole-0")
                lasts, until, whole = time.monotonic() - begun, begun + LONGEST_SECONDS, Counter[int]()
                kept = await _rows(home, "whole-0")
                while line.rounds < rounds and time.monotonic() < until:
                    name = f"r{line.rounds}-0"
                    line.rounds += 1
                    await taker.take_and_die(
                        name, random.triangular(0, lasts, lasts)
                    )  # the first chunk takes the longest
                    again = taker.ready() if line.rounds < rounds else asyncio.sleep(0)
                    (wrong, chunks), _ = await asyncio.gather(_wrong(home, name, kept), again)
                    whole[chunks] += 1
                    if wrong is not None:
                        line.fail(wrong)
                line.note = "chunks stored when it died: " + ", ".join(f"{k} in {whole[k]}" for k in sorted(whole))
            finally:
                await taker.kill()


async def _rows(home: House, name: str) -> list[Any]:
    """All that a batch came to."""
    found = [tuple(row) for row in await home.desk.rows(CASES, name=name)]
    return [*found, *(tuple(row) for row in await home.desk.rows(PARTIES, name=name))]


async def _wrong(home: House, name: str, kept: list[Any]) -> tuple[str | None, int]:
    """What is wrong after a death, or None; and how many chunks were stored by then."""
    told = batch(name)
    places = {each.event.id: place for place, each in enumerate(told)}
    stored = sorted(places[row.event_id] for row in await home.desk.rows(STORED, name=name))
    chunks, rest = divmod(len(stored), CHUNK)
    if rest or stored != list(range(len(stored))):
        return f"chunks are stored in part: {len(stored)} entries, {stored}", chunks
    answers = await take_in(home.desk.store, home.desk.sender, told)
    twice = [isinstance(each, Answer) and each.outcome is Intake.DUPLICATE for each in answers]
    late = sum(twice)  # what the server had been told to commit may have been committed after we looked
    if not all(isinstance(each, Answer) for each in answers) or late % CHUNK or not all(twice[:late]):
        return f"answered {answers}", chunks
    if not chunks <= late // CHUNK <= chunks + 1:
        return f"{chunks} chunks were stored, and {late} events were there already", chunks
    found = await _rows(home, name)
    differs = [(one, other) for one, other in zip(kept, found, strict=False) if one != other]
    if differs or len(found) != len(kept):
        return f"not what it is without a death: {len(found)} rows, {differs[:2]}", chunks
    return None, chunks

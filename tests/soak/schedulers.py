"""Two schedulers and two workers, each killed -9 in turn and begun again, until everything due is decided and carried:
cases 26 to 28, 31 to 33 and 36."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter

from tests.laws.case_sets import House
from tests.laws.deliveries import fill, multiply
from tests.laws.rounds import change
from tests.soak.table import LONGEST_SECONDS, Line, Table, house
from tracker.store.embedded.server import EmbeddedServer
from tracker.store.ground.leading import APPLICATION

KINDS = ("scheduler", "worker", "scheduler", "worker")

EXPLAINED = """
    SELECT m.purpose, m.state, m.reason, (SELECT count(*) FROM caught k WHERE k.message_id = m.id) AS caught,
        EXISTS (
            SELECT FROM alert a WHERE a.organisation_id = m.organisation_id AND a.kind = 'message_failed'
        ) AS alarmed, count(*) AS messages
    FROM message m WHERE recipient_id IS NOT NULL AND organisation_id = :office GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3
"""
WORDS = """
    SELECT words, count(*) FROM (
        SELECT count(m.id) AS words FROM "case" c LEFT JOIN message m
            ON m.case_id = c.id AND m.organisation_id = c.organisation_id AND m.purpose = 'still_working'
        WHERE c.organisation_id = :office GROUP BY c.id) each_case
    GROUP BY 1
"""
LEFT = """
    SELECT (SELECT count(*) FROM message WHERE organisation_id = :office AND state IN ('due', 'sending'))
        + (SELECT count(*) FROM "case" WHERE organisation_id = :office AND next_word_on = '2026-02-27') AS open
"""
PUT_OFF = (
    "UPDATE message SET due_at = decided_at + interval '9 days' WHERE organisation_id = :office",
    """UPDATE "case" SET next_word_on = '2026-02-27', next_word_at = '2027-01-01T00:00Z'
    WHERE organisation_id = :office""",
)
WAVE = (
    """UPDATE message SET due_at = decided_at WHERE organisation_id = :office AND id IN (
        SELECT id FROM message WHERE organisation_id = :office AND state = 'due'
            AND due_at > decided_at + interval '8 days' ORDER BY random() LIMIT :many)""",
    """UPDATE "case" SET next_word_at = '2026-02-27T10:00Z' WHERE organisation_id = :office AND id IN (
        SELECT id FROM "case" WHERE organisation_id = :office AND next_word_on = '2026-02-27'
            AND next_word_at > '2026-12-01' ORDER BY random() LIMIT :words)""",
)
"""What falls due before each kill: messages, and words about cases."""

LEADERS = """
    SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.granted AND a.application_name = :application
"""


class Station:
    """One process, which dies and is begun again."""

    def __init__(self, kind: str, server: EmbeddedServer) -> None:
        self._command = (sys.executable, "-m", "tests.soak.station", kind, server.url())
        self._process: asyncio.subprocess.Process | None = None

    async def begin(self) -> None:
        """Start it."""
        pipe = asyncio.subprocess.PIPE
        self._process = await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stdout=pipe)

    async def ready(self) -> None:
        """Wait until it is ready to begin."""
        assert self._process and self._process.stdout
        if not await asyncio.wait_for(self._process.stdout.readline(), 120):
            raise RuntimeError("a process ended before it was ready")

    def go(self) -> None:
        """Let it work."""
        assert self._process and self._process.stdin
        self._process.stdin.write(b"\n")

    async def kill(self) -> None:
        """End it as by kill -9. Raises RuntimeError when it had ended by itself."""
        assert self._process
        ended = self._process.returncode
        if ended is None:
            self._process.kill()
        await self._process.wait()
        if ended is not None:
            raise RuntimeError(f"a process ended by itself, with status {ended}")


async def run(table: Table, server: EmbeddedServer, messages: int, cases: int, kills: int) -> None:
    """`messages` and as many words as `cases`, which fall due in waves with a `kill` after each; then count what
    became of every one."""
    async with house(server, "schedulers") as home:
        await fill(home, cases)
        await multiply(home, messages // cases)
        for statement in PUT_OFF:
            await change(home.desk.store, statement, office=home.desk.office.id)
        with table.line(f"2 schedulers, 2 workers, kill -9: {messages:,} + {cases:,}") as line:
            stations = [Station(kind, server) for kind in KINDS]
            try:
                for each in stations:
                    await each.begin()
                wave = {"many": -(-messages // kills), "words": -(-cases // kills)}
                await _killed_in_turn(line, home, stations, kills, **wave)
                await _one_leads(line, home)
            finally:
                await asyncio.gather(*(each.kill() for each in stations), return_exceptions=True)
            await _judge(line, home, messages, cases)


async def _killed_in_turn(line: Line, home: House, stations: list[Station], kills: int, **wave: int) -> None:
    """Let a wave fall due and kill one, each in its turn and at a random moment; then let them finish in peace."""
    for each in stations:
        await each.ready()
    for each in stations:
        each.go()
    begun, office = time.monotonic(), home.desk.office.id
    while line.rounds < kills and time.monotonic() - begun < LONGEST_SECONDS:
        station = stations[line.rounds % len(stations)]
        if line.rounds >= len(stations):
            await station.ready()
        for statement in WAVE:
            await change(home.desk.store, statement, office=office, **wave)
        await asyncio.sleep(random.uniform(0.1, 1.5))
        line.rounds += 1
        await station.kill()
        await station.begin()
        station.go()
        await _hasten(home)
    line.note = f"killed in {time.monotonic() - begun:.0f} s"
    while time.monotonic() - begun < LONGEST_SECONDS:
        [row] = await home.desk.rows(LEFT, office=office)
        if not row.open:
            break
        await asyncio.sleep(0.5)
        await _hasten(home)
    line.note += f", all carried after {time.monotonic() - begun:.0f} s"


async def _hasten(home: House) -> None:
    """Let a lease last three seconds instead of sixty, and a pause before another try none."""
    for values, which in (
        (
            "lease_until = clock_timestamp() - interval '1 second'",
            "state = 'sending' AND lease_until < clock_timestamp() + interval '57 seconds'",
        ),
        ("due_at = decided_at", "state = 'due' AND due_at > decided_at AND attempt_number > 0"),
    ):
        rows = f"SELECT organisation_id, mode, id FROM message WHERE {which} ORDER BY id FOR UPDATE SKIP LOCKED"
        await change(home.desk.store, f"UPDATE message SET {values} WHERE (organisation_id, mode, id) IN ({rows})")


async def _one_leads(line: Line, home: House) -> None:
    """However it went, one leads within seconds, and one only."""
    for _ in range(100):
        [row] = await home.desk.rows(LEADERS, application=APPLICATION)
        if row.count == 1:
            return
        await asyncio.sleep(0.3)
    line.fail(f"{row.count} schedulers lead")


async def _judge(line: Line, home: House, messages: int, cases: int) -> None:
    """Each message caught once, or not at all with a row that says why; each word decided once."""
    found, office = Counter[str](), home.desk.office.id
    for row in await home.desk.rows(EXPLAINED, office=office):
        if row.state == "delivered" and row.caught == 1:
            what = "caught once"
        elif row.caught == 0 and (row.reason or (row.state in {"failed", "unknown"} and row.alarmed)):
            what = f"explained: {row.reason or row.state}"
        else:
            what = "wrong"
            line.fail(f"{row.messages} {row.purpose}: {row.state}, caught {row.caught} times, {row.reason}")
        found[what] += row.messages
    if found.total() != messages + cases:
        line.fail(f"{found.total()} messages instead of {messages + cases}")
    words = {row[0]: row[1] for row in await home.desk.rows(WORDS, office=office)}
    if words != {1: cases}:
        line.fail(f"(words of a case): cases = {words}")
    line.note += "; " + ", ".join(f"{count:,} {what}" for what, count in found.items())

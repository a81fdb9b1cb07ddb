"""Letters that come back, texts and finished tasks, cut half-way: by kill -9, or because the database goes away. What
is sent again, as providers and browsers do, is heeded once: nothing is lost and nothing is there twice."""

from __future__ import annotations

import asyncio
import json
import random
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asyncpg

from tests.http import settings
from tests.notifications.bounces.conftest import DEAD
from tests.notifications.bounces.imap_server import Folder, mailbox_server
from tests.notifications.bounces.shapes import report_about
from tests.notifications.conftest import BOUNCES, OURS, WITHOUT_QUIET
from tests.notifications.providers import Mailbox, mail_server
from tests.office import Desk, open_desk
from tests.soak.table import LONGEST_SECONDS, Line, Table
from tracker.flows.desk import accounts
from tracker.main import put_together
from tracker.store.embedded.server import EmbeddedServer
from tracker.store.ground.engine import open_store
from tracker.store.schema import migrate

LETTERS = 8
"""So many come back in a round: half by the mailbox, half by the webhook; half of each to people with a telephone."""
TEXTS = (("STOP", "stop"), ("Why do you send me these texts?", "pause"))
"""What two people text, and the wish that it comes to."""

OF_ROUND = {
    "receipts": "SELECT m.id::text FROM receipt q JOIN attempt a ON a.id = q.attempt_id JOIN message m ON"
    ' m.id = a.message_id JOIN "case" c ON c.id = m.case_id WHERE c.number LIKE :round',
    "next rungs": 'SELECT m.case_id::text FROM message m JOIN "case" c ON c.id = m.case_id'
    " WHERE c.number LIKE :round AND m.rung = 1",
    "tasks": 'SELECT t.case_id::text FROM task t JOIN "case" c ON c.id = t.case_id WHERE c.number LIKE :round',
    "notes": 'SELECT n.case_id::text FROM staff_note n JOIN "case" c ON c.id = n.case_id WHERE c.number LIKE :round',
}
"""What a round leaves, by what it must be single in."""
SHOULD_BE = {"receipts": LETTERS, "next rungs": LETTERS // 2, "tasks": LETTERS // 2 + 1, "notes": 1}
OF_ALL = {
    "addresses shut": "SELECT encode(digest, 'hex') FROM suppression"
    " WHERE organisation_id = :office AND step = 'suppressed'",
    "wishes": "SELECT encode(digest, 'hex') FROM stop WHERE organisation_id = :office",
    "tasks done": "SELECT detail->>'task' FROM audit WHERE organisation_id = :office AND action = 'desk.task_done'",
}
"""What all rounds leave."""


@dataclass
class Scene:
    """A live office, the mail server that took its letters, and the mailbox to which they come back."""

    server: EmbeddedServer
    desk: Desk
    account: str
    mail: Mailbox
    folder: Folder
    worker: Any
    numbered: int = 0
    finished: int = 0

    async def round(self, name: str) -> dict[str, Any]:
        """New cases, of which all letters come back; the job that says so. The tasks of earlier rounds are done."""
        to_do = await self.desk.rows(
            "SELECT case_id, id FROM task WHERE organisation_id = :office AND done_at IS NULL",
            office=self.desk.office.id,
        )
        before = len(self.mail.letters)
        for place in range(LETTERS):
            await self._case(f"{name}-{place}", email=True, phone=place % 2 == 0)
        numbers = [await self._case(f"{name}-t{place}", email=False, phone=True) for place in range(len(TEXTS))]
        await self.worker.carry(self.desk.office.id)
        sent = list(zip(self.mail.letters[before:], self.mail.paths[before:], strict=True))
        assert len(sent) == LETTERS, f"{len(sent)} letters went out"
        sent.sort(key=lambda each: str(each[0]["To"]))
        for letter, path in sent[: LETTERS // 2]:
            self.folder.arrives(report_about(DEAD, letter, path))
        self.finished += len(to_do)
        return {
            "office": str(self.desk.office.id),
            "account": self.account,
            "mailbox": self.folder.url,
            "reports": [
                {"message_id": str(letter["Message-ID"]), "kind": "hard"} for letter, _ in sent[LETTERS // 2 :]
            ],
            "texts": [
                {"MessageSid": f"SM{name}{place}", "From": number, "To": OURS, "Body": words}
                for place, (number, (words, _)) in enumerate(zip(numbers, TEXTS, strict=True))
            ],
            "tasks": [[str(row.case_id), str(row.id)] for row in to_do],
        }

    async def _case(self, number: str, *, email: bool, phone: bool) -> str:
        """A case that has just ended; the telephone number of its applicant."""
        self.numbered += 1
        dialled = f"+4479{10_000_000 + self.numbered}"
        channels = [{"channel": "email", "address": f"{number}@inbox.example"}] if email else []
        channels += [{"channel": "sms", "address": dialled}] if phone else []
        await self.desk.status(number, "REC")
        await self.desk.party(number, channels=channels)
        await self.desk.status(number, "WITHDRAWN")
        return dialled

    async def wrong(self, name: str, rounds: int) -> str | None:
        """What is wrong once all was sent again, or None."""
        if self.folder.letters:
            return f"{len(self.folder.letters)} letters are left in the mailbox"
        should = {**SHOULD_BE, "addresses shut": LETTERS * rounds, "wishes": 2 * rounds, "tasks done": self.finished}
        for what, statement in {**OF_ROUND, **OF_ALL}.items():
            values = {"round": f"{name}-%"} if what in OF_ROUND else {"office": self.desk.office.id}
            rows = [row[0] for row in await self.desk.rows(statement, **values)]
            if len(rows) != should[what] or len(set(rows)) != len(rows):
                return f"{what}: {len(rows)}, {len(set(rows))} of them different, and not {should[what]}"
        return None


class Receiver:
    """The process, begun anew after each death."""

    def __init__(self, server: EmbeddedServer) -> None:
        self._command = (sys.executable, "-m", "tests.soak.receiver", server.url())
        self._process: asyncio.subprocess.Process | None = None

    async def ready(self) -> None:
        """Begin it if there is none, and wait until it is ready."""
        if self._process is None:
            pipe = asyncio.subprocess.PIPE
            self._process = await asyncio.create_subprocess_exec(*self._command, stdin=pipe, stdout=pipe)
            await self.answer()

    def give(self, job: dict[str, Any]) -> None:
        """Let all of a job come in."""
        assert self._process and self._process.stdin
        self._process.stdin.write(json.dumps(job).encode() + b"\n")

    async def answer(self) -> None:
        """Wait until it has taken in what it could."""
        assert self._process and self._process.stdout
        if not await asyncio.wait_for(self._process.stdout.readline(), 120):
            raise RuntimeError("a process ended before it was done")

    async def kill(self) -> None:
        """End it as by kill -9."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
        if process is not None:
            await process.wait()


async def run(table: Table, server: EmbeddedServer, rounds: int) -> None:
    """So many rounds, each cut at a random instant, by death and by the loss of the database in turn."""
    store = open_store(server.url(), pool_size=4)
    receiver = Receiver(server)
    with table.line("what comes back, cut half-way") as line, tempfile.TemporaryDirectory() as folder:
        try:
            async with mail_server() as mail, mailbox_server() as came:
                await asyncio.gather(migrate(store), receiver.ready())
                parts = put_together(settings(Path(folder), smtp_url=mail.url, bounces_address=BOUNCES), store)
                desk = await open_desk(store, slug="came-back", start=datetime.now(UTC), definition=WITHOUT_QUIET)
                await desk.change(
                    "UPDATE organisation SET footing = 'live', clock_offset = '0', sms_from = :ours,"
                    " email_from = 'requests@northwick.example' WHERE id = :id",
                    ours=OURS,
                    id=desk.office.id,
                )
                await accounts.add(store, desk.office, "ann", name="Ann", password="correct horse battery staple")
                [account] = await desk.rows("SELECT id FROM account WHERE organisation_id = :id", id=desk.office.id)
                scene = Scene(server, desk, str(account.id), mail, came, parts.worker)
                await _cut_in_turn(line, scene, receiver, rounds)
                await parts.worker._carriers.close()
        finally:
            await receiver.kill()
            await store.close()


async def _cut_in_turn(line: Line, scene: Scene, receiver: Receiver, rounds: int) -> None:
    """The first round is whole: it says how long one takes, and leaves tasks to be done."""
    lasts, begun, half_way = 0.0, time.monotonic(), 0
    while line.rounds <= rounds and time.monotonic() < begun + LONGEST_SECONDS:
        job = await scene.round(f"r{line.rounds:04}")
        started = time.monotonic()
        receiver.give(job)
        if line.rounds:
            await asyncio.sleep(random.uniform(0, lasts))
            half_way += len(scene.folder.letters) > 0
            await (receiver.kill() if line.rounds % 2 else _database_away(scene, receiver))
            await receiver.ready()
            receiver.give(job)
        await receiver.answer()
        lasts = lasts or time.monotonic() - started
        if (wrong := await scene.wrong(f"r{line.rounds:04}", line.rounds + 1)) is not None:
            line.fail(f"round {line.rounds}: {wrong}")
            return
        line.rounds += 1
    line.note = f"{half_way} with letters still in the mailbox"


async def _database_away(scene: Scene, receiver: Receiver) -> None:
    """Every connection is cut by the server, as when it stops; the process goes on."""
    connection = await asyncpg.connect(scene.server.url().replace("+asyncpg", ""))
    try:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tracker'"
        )
    finally:
        await connection.close()
    await receiver.answer()

"""Delivery over SMTP: the Worker of a live organisation, against a bare loop that composes and sends the same mails.

Both hand over to Postfix's smtp-sink, which takes everything and keeps nothing. The bare loop has the facts of every
message ready: it renders the same templates, composes the same bytes and sends them with aiosmtplib, one after the
other on one connection, and in a second line on eight connections. It claims nothing, asks nothing whether a message
is still true, and writes nothing down. The Worker does all of that on disk, and uses eight connections.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import aiosmtplib
from sqlalchemy import text

from benchmarks.side_by_side import Side, against, arguments, database_server, measure, migrated, show
from notifications.channels import Outgoing
from notifications.email import compose
from notifications.render import render
from tests.http import settings
from tests.office import DEFINITION, Desk, open_desk
from tracker.flows.outreach import release
from tracker.flows.outreach.release import Links, Released
from tracker.main import put_together
from tracker.store.ground.columns import new_id
from tracker.store.ground.engine import Store, open_store
from tracker.store.outreach import carrying
from tracker.store.services import definitions

SINK = "/usr/sbin/smtp-sink"
CASES = 20
CONNECTIONS = 8
HOST = "track.example.org"
AT_ONCE = re.sub(r"(?m)^(quiet_hours|digest_minutes) = .*\n", "", DEFINITION).replace(
    "[outreach]\n", "[outreach]\nquiet_hours = []\ndigest_minutes = 0\n"
)
"""A service whose messages do not wait for one another, nor for the morning."""

_COPY = text(
    """
    INSERT INTO message
    SELECT (jsonb_populate_record(CAST(NULL AS message), p.m || jsonb_build_object(
        'id', gen_random_uuid(), 'key', concat(p.m->>'key', gen_random_uuid())))).*
    FROM pattern p CROSS JOIN generate_series(1, :copies)
    """
)


@contextmanager
def sink() -> Iterator[int]:
    """A mail server that takes everything; its port."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    process = subprocess.Popen([SINK, "-u", "nobody", "-c", f"127.0.0.1:{port}", "1000"], stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 10
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.05)  # it starts in a process of its own
        yield port
    finally:
        process.terminate()
        process.wait()


async def live_office(store: Store) -> Desk:
    """An office that is live, with cases that each have a message to send."""
    desk = await open_desk(store, start=datetime.now(UTC), definition=AT_ONCE)
    for each in range(CASES):
        await desk.status(f"D-{each}", "REC")
        await desk.party(f"D-{each}")
    async with store.transaction() as connection:
        for statement in (
            "UPDATE organisation SET footing = 'live', clock_offset = '0', email_from = 'planning@northwick.example'",
            "CREATE TABLE pattern AS SELECT to_jsonb(m) AS m FROM message m"
            " WHERE state = 'due' AND recipient_id IS NOT NULL",
            "DELETE FROM message WHERE state = 'due'",
        ):
            await connection.execute(text(statement))
    return desk


async def lay_out(store: Store, number: int) -> None:
    """Make so many messages due; those of rounds before are gone."""
    async with store.transaction() as connection:
        for table in ("telling", "attempt", "message WHERE state = 'sent'"):
            await connection.execute(text(f"DELETE FROM {table}"))
        await connection.execute(_COPY, {"copies": number // CASES})
    async with store.reading() as connection:
        await connection.execute(text("VACUUM ANALYZE message, attempt"))


async def mails_of(store: Store, organisation: UUID, number: int, links: Links) -> list[Released]:
    """What a worker would send of what is due, looked up and given back."""
    connection = await store.engine.connect()
    try:
        rows = await carrying.claim(connection, number, organisation)
        by_id = {
            row.facts["definition"]: await definitions.by_id(connection, organisation, UUID(row.facts["definition"]))
            for row in rows
        }
        await connection.rollback()
    finally:
        await connection.close()
    decisions = release.decide(rows, by_id, {}, links)
    return [each for each in decisions if isinstance(each, Released)]


def letter(released: Released, secret: bytes) -> tuple[str, str, bytes]:
    """The sender, the recipient and the bytes of a mail: rendered and composed."""
    sender = released.sender or f"no-reply@{HOST}"
    content, _ = render(released.facts, released.channel, sender)
    claimed = released.claimed
    outgoing = Outgoing(
        claimed.scope,
        claimed.id,
        new_id(),
        claimed.number,
        released.channel,
        released.address,
        content,
        claimed.now,
        released.sender,
        released.facts.organisation,
        released.facts.language,
        released.facts.stop_url,
    )
    return sender, released.address, compose(outgoing, sender, released.address, HOST, secret)


async def send_bare(port: int, mails: list[Released], secret: bytes, connections: int) -> int:
    """The bare loop."""
    todo = iter(mails)

    async def one() -> None:
        async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port) as smtp:
            for released in todo:
                sender, to, data = letter(released, secret)
                await smtp.sendmail(sender, [to], data)

    await asyncio.gather(*(one() for _ in range(connections)))
    return len(mails)


async def run(rounds: int, number: int) -> None:
    """Measure, and print the table."""
    with database_server() as server, sink() as port, tempfile.TemporaryDirectory() as folder:
        store = open_store(await migrated(server, "delivery"))
        desk = await live_office(store)
        given = settings(Path(folder), smtp_url=f"smtp://127.0.0.1:{port}", public_url=f"http://{HOST}")
        parts = put_together(given, store)
        await lay_out(store, number)
        mails = await mails_of(store, desk.office.id, number, Links(f"http://{HOST}", parts.secret))
        assert len(mails) == number
        async with store.transaction() as connection:
            await connection.execute(text("DELETE FROM message WHERE state = 'due'"))

        async def work() -> int:
            await parts.worker.carry(desk.office.id)
            return number

        async def check_and_lay_out() -> None:
            left = await desk.rows("SELECT state, count(*) FROM message GROUP BY state")
            assert {row.state for row in left} <= {"sent", "withheld"}, left
            await lay_out(store, number)

        ours = Side("the worker", work, check_and_lay_out)
        one = Side("a bare loop, one connection", lambda: send_bare(port, mails, parts.secret, 1))
        eight = Side(
            f"a bare loop, {CONNECTIONS} connections", lambda: send_bare(port, mails, parts.secret, CONNECTIONS)
        )
        await measure([one, ours, eight], rounds)
        await store.close()
    show(f"Messages handed to a mail server, {number} a round", [against(one, ours, 0.6), against(eight, ours)])


if __name__ == "__main__":
    asked = arguments("The delivery of e-mail against a bare loop.")
    if shutil.which(SINK) is None:
        print(f"Skipped: {SINK} is missing; on Debian it comes with the package postfix.")
    else:
        asyncio.run(run(asked.rounds, CASES if asked.tiny else 600))

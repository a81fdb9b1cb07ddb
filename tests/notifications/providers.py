"""The true edges, as servers of our own on free ports: a mail server, and the stand-in for Twilio."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import uvicorn
from aiosmtpd import smtp
from fastapi import FastAPI

from tracker.main import listening


@dataclass
class Mailbox:
    """What a mail server received, and how it answers: `refuse` by recipient, `answers` for the next letters at the
    end of their data, None for none: the connection is cut. `takes_utf8`: it offers SMTPUTF8."""

    url: str = ""
    letters: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    refuse_sender: str = ""
    answers: list[str | None] = field(default_factory=list)
    connections: int = 0
    hold: asyncio.Event | None = None
    held: int = 0
    takes_utf8: bool = False

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - named by the library
        """MAIL FROM."""
        if self.refuse_sender:
            return self.refuse_sender
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - named by the library
        """RCPT TO."""
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - named by the library
        """The final dot came. With `hold`, the answer waits for it."""
        if self.hold is not None:
            self.held += 1
            await self.hold.wait()
        answer = self.answers.pop(0) if self.answers else "250 2.0.0 queued as A1"
        if answer is None or answer.startswith("2"):
            letter = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
            self.to += envelope.rcpt_tos
            self.paths.append(envelope.mail_from)
        if answer is None:
            server.transport.abort()
            return "421 gone"
        return answer


@asynccontextmanager
async def mail_server() -> AsyncIterator[Mailbox]:
    """A mail server on a free port."""
    box = Mailbox()
    loop = asyncio.get_running_loop()

    made: list[smtp.SMTP] = []

    def connected() -> smtp.SMTP:
        box.connections += 1
        made.append(smtp.SMTP(box, hostname="mail.test", loop=loop, enable_SMTPUTF8=box.takes_utf8))
        return made[-1]

    listener = await loop.create_server(connected, "127.0.0.1", 0)
    box.url = f"smtp://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
    try:
        yield box
    finally:
        listener.close()
        for each in made:
            if each.transport is not None:
                each.transport.abort()
        await asyncio.sleep(0.01)  # the loop tells them that they are cut off


@asynccontextmanager
async def running(app: FastAPI, door: socket.socket | None = None) -> AsyncIterator[str]:
    """An application on a socket that listens, or on a free port: its address."""
    door = door or listening("127.0.0.1", 0)
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # pytest has its own
    task = asyncio.create_task(server._serve(sockets=[door]))
    try:
        while not server.started:
            await asyncio.sleep(0.005)
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        server.should_exit = True
        server.force_exit = True
        await task
        door.close()

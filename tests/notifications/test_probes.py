"""The two questions before going live: does the mail server answer, does Twilio know the account?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from notifications.probes import mail_fault, texts_fault
from tests.journeys.processes import free_port

SID = "AC" + "0" * 32


class Nothing:
    """Takes no mail: a probe must send none."""

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802 - named by the library
        raise AssertionError("a probe sent a mail")


def post_office(password: bytes | None = None) -> Controller:
    """A mail server on a port of its own; with a password, it knows one user."""

    def known(server: object, session: object, envelope: object, mechanism: str, given: object) -> AuthResult:
        return AuthResult(success=getattr(given, "password", b"") == password, handled=False)

    return Controller(
        Nothing(),
        hostname="127.0.0.1",
        port=free_port(),
        auth_require_tls=False,
        authenticator=known if password else None,
    )


async def test_a_mail_server_that_answers_is_good() -> None:
    server = post_office()
    server.start()
    try:
        assert await mail_fault(f"smtp://127.0.0.1:{server.port}") is None
    finally:
        server.stop()


async def test_a_wrong_password_is_told_and_not_repeated() -> None:
    server = post_office(b"right")
    server.start()
    try:
        assert await mail_fault(f"smtp://me:right@127.0.0.1:{server.port}") is None
        told = await mail_fault(f"smtp://me:wrongpass@127.0.0.1:{server.port}")
        assert told is not None and "password" in told
        assert "wrongpass" not in told
    finally:
        server.stop()


@pytest.mark.parametrize("url", [None, "mail.example.org", "http://mail.example.org", "smtp://:25"])
async def test_a_mail_server_that_cannot_be_read_is_told(url: str | None) -> None:
    told = await mail_fault(url)
    assert told is not None and "TRACKER_SMTP_URL" in told


async def test_a_server_that_is_away_or_speaks_something_else_is_told() -> None:
    told = await mail_fault(f"smtp://127.0.0.1:{free_port()}")
    assert told is not None and "does not answer as a mail server" in told
    async with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as base:
        told = await mail_fault(base.replace("http", "smtp"))
        assert told is not None and "does not answer as a mail server" in told


@asynccontextmanager
async def answering(answer: bytes) -> AsyncIterator[str]:
    """A server that gives everybody the same answer."""

    under_way: set[asyncio.Task[None]] = set()

    async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        under_way.add(task)
        with suppress(ConnectionError):
            writer.write(answer)
            await writer.drain()
            await reader.read(4_000)
            writer.close()
            await writer.wait_closed()

    server = await asyncio.start_server(answered, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()
        await asyncio.gather(*under_way)


def http(status: str, body: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (http("200 OK", '{"status": "active"}'), None),
        (http("200 OK", '{"status": "suspended"}'), "suspended"),
        (http("200 OK", "<html>"), "cannot be asked"),
        (http("200 OK", "[]"), "cannot be asked"),
        (http("401 Unauthorized", '{"code": 20003}'), "does not know"),
        (http("404 Not Found", "{}"), "does not know"),
        (http("503 Service Unavailable", ""), "503"),
        (b"220 mail.example.org\r\n", "cannot be asked"),
    ],
)
async def test_what_twilio_answers_is_told_in_words(answer: bytes, told: str | None) -> None:
    async with answering(answer) as base:
        fault = await texts_fault(SID, "token", base)
    assert fault is None if told is None else fault is not None and told in fault
    assert "token-value" not in (fault or "")


async def test_twilio_that_is_not_configured_or_away_is_told() -> None:
    assert "TRACKER_TWILIO_ACCOUNT_SID" in (await texts_fault(None, None, "https://api.twilio.com") or "")
    assert "cannot be asked" in (await texts_fault(SID, "token", f"http://127.0.0.1:{free_port()}") or "")
    assert "cannot be asked" in (await texts_fault(SID, "token", "not an address") or "")

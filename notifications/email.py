"""E-mail over SMTP. What mail servers say ends here, in our words.

A server's reply decides by its enhanced status code (RFC 3463) where it gives one, else by its code (RFC 5321):
what is permanent is not tried again. Until the final dot of the data nothing was sent; after it, only a reply tells.
"""

from __future__ import annotations

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import lru_cache
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib
from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from notifications.channels import Accepted, Answer, Later, Outgoing, PutOff, Refused, Unsure
from notifications.gates import CarrierGate
from notifications.mail_codes import ending, enhanced
from tracker.core.outreach.attempts import Ending
from tracker.core.vocabulary.seals import LinkKind, seal, short_seal
from tracker.flows.outreach.normal_form import mail_domain

CONNECTIONS = 8
"""At most so many connections to the server, each used again and again."""

SECONDS = 15.0
"""How long one reply of the server may take."""

LETTERS_OF_ONE_CONNECTION = 100
"""After so many the connection is made anew; some servers count."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_LONG_LINE = re.compile(r"[^\n]{900}")
_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server, as its URL names it. `tls`: from the first byte; else STARTTLS whenever it is offered."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None


def server(url: str) -> MailServer:
    """Read smtp://user:password@host:587 or smtps://...; raises ValueError, in words."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("write the mail server as smtp://user:password@host:587 or smtps://...")
    tls = parts.scheme == "smtps"
    return MailServer(
        parts.hostname, parts.port or (465 if tls else 587), tls,
        unquote(parts.username) if parts.username else None, unquote(parts.password) if parts.password else None,
    )  # fmt: skip


class Email:
    """Hands e-mails to one mail server. `bounces`: the mailbox to which they come back; each goes there with a mark of
    its own (name+mark@domain). Without it they come back to their sender."""

    name = "smtp"
    repeatable = True

    def __init__(self, server: MailServer, public_url: str, secret: bytes, bounces: str = "") -> None:
        self._server = server
        self._host = urlsplit(public_url).hostname or "localhost"
        self._secret = secret
        self._bounces = bounces
        self._gate = CarrierGate()
        self._idle: list[tuple[SMTP, int]] = []
        self._room = asyncio.Semaphore(CONNECTIONS)

    def rest(self) -> timedelta | None:
        """How long the server is left alone after it could not be reached."""
        return self._gate.rest()

    async def send(self, outgoing: Outgoing) -> Answer:
        """Hand one e-mail over."""
        to = _mailbox(outgoing.address)
        if to is None:
            return Refused(Ending.BAD_ADDRESS)
        fallback = f"no-reply@{self._host}"
        sender = _mailbox(outgoing.sender or fallback)
        if sender is None or not sender.isascii():
            sender = fallback
        data = compose(outgoing, sender, to, self._host, self._secret)
        path = return_path(self._bounces, self._secret, outgoing.attempt_id) if self._bounces else sender
        for fresh in (False, True):
            try:
                async with self._connection(fresh=fresh) as smtp:
                    return await self._hand_over(smtp, path, to, data)
            except aiosmtplib.SMTPAuthenticationError:
                return Later(self._gate.close(300.0), Ending.NO_CREDIT)
            except (SMTPException, OSError):
                continue  # a connection that stood idle may have been closed over there: once more with a new one
        return Later(self._gate.stumble(), Ending.PROVIDER_DOWN)

    async def ask(self, outgoing: Outgoing) -> Answer:
        """A mail server cannot be asked."""
        return Unsure()

    async def close(self) -> None:
        """Hang up."""
        while self._idle:
            smtp, _ = self._idle.pop()
            with suppress(SMTPException, OSError):
                await smtp.quit(timeout=2.0)
            smtp.close()

    @asynccontextmanager
    async def _connection(self, *, fresh: bool) -> AsyncIterator[SMTP]:
        """A connection, used before or new (`fresh`: new for sure); kept for the next letter unless something went
        wrong on it."""
        async with self._room:
            smtp, used = None, 0
            while self._idle and smtp is None and not fresh:
                smtp, used = self._idle.pop()
                smtp = smtp if smtp.is_connected else None
            if smtp is None:
                smtp, used = await self._connect(), 0
            good = False
            try:
                yield smtp
                good = smtp.is_connected and used + 1 < LETTERS_OF_ONE_CONNECTION
            finally:
                if good:
                    self._idle.append((smtp, used + 1))
                else:
                    smtp.close()

    async def _connect(self) -> SMTP:
        given = self._server
        smtp = SMTP(
            hostname=given.host, port=given.port, use_tls=given.tls, start_tls=False if given.tls else None,
            username=given.user, password=given.password, timeout=SECONDS, local_hostname=self._host,
        )  # fmt: skip
        try:
            await smtp.connect()
        except BaseException:
            smtp.close()
            raise
        return smtp

    async def _hand_over(self, smtp: SMTP, path: str, to: str, data: bytes) -> Answer:
        """One letter over a connection. What raises here was not sent. A local part beyond ASCII needs a server that
        says it takes such (SMTPUTF8, RFC 6531)."""
        options = () if to.isascii() else ("SMTPUTF8",)
        if options and not smtp.supports_extension("smtputf8"):
            return Refused(Ending.BAD_ADDRESS)
        try:
            await smtp.mail(path, options=options)
        except SMTPResponseException as refused:
            await _forget(smtp)
            return self._read(refused, about_sender=True)
        try:
            await smtp.rcpt(to, encoding="utf-8")
        except SMTPResponseException as refused:
            await _forget(smtp)
            return self._read(refused)
        ready = await smtp.execute_command(b"DATA", timeout=SECONDS)
        if ready.code != 354:
            await _forget(smtp)
            return self._read(SMTPResponseException(ready.code, ready.message))
        try:
            reply = await _finish(smtp, data)
        except (SMTPException, OSError):
            smtp.close()
            return Unsure()
        if reply.code != 250:
            return self._read(SMTPResponseException(reply.code, reply.message))
        self._gate.passed()
        return Accepted(_called(reply.message))

    def _read(self, refused: SMTPResponseException, *, about_sender: bool = False) -> Answer:
        """What a refusal means. A server that closes down (421), or does not know us (530, 535), refuses us and not
        the letter."""
        code = enhanced(refused.message)
        kind = code.kind if code else refused.code // 100
        if refused.code == 421:
            return Later(self._gate.stumble(), Ending.PROVIDER_DOWN)
        if refused.code in (530, 534, 535, 538):
            return Later(self._gate.close(300.0), Ending.NO_CREDIT)
        if kind != 5:
            full = refused.code == 452 or (code is not None and code.full)
            return PutOff(Ending.MAILBOX_FULL if full else Ending.PUT_OFF)
        found = ending(code) if code else None
        if about_sender and found in (None, Ending.BAD_ADDRESS, Ending.SENDER_REFUSED, Ending.REJECTED, Ending.BLOCKED):
            return Later(timedelta(hours=1), Ending.SENDER_REFUSED)
        if found is None:
            found = {550: Ending.BAD_ADDRESS, 551: Ending.BAD_ADDRESS, 552: Ending.MAILBOX_FULL,
                     553: Ending.BAD_ADDRESS}.get(refused.code, Ending.REJECTED)  # fmt: skip
        return Refused(Ending.REJECTED if found is Ending.SENDER_REFUSED else found)


async def _finish(smtp: SMTP, data: bytes) -> aiosmtplib.SMTPResponse:
    """The letter and its final dot. Once it is on its way, only the reply tells whether it was taken."""
    protocol = smtp.protocol
    if protocol is None:
        raise aiosmtplib.SMTPServerDisconnected("Connection lost")
    protocol.write(_DOT.sub(b"..", data) + b".\r\n")
    return await protocol.read_response(timeout=SECONDS)


async def _forget(smtp: SMTP) -> None:
    """Make the connection fit for the next letter; one on which that fails is not used again."""
    try:
        await smtp.rset()
    except (SMTPException, OSError):
        smtp.close()


def _called(message: str) -> str:
    """What the server calls the letter, as far as its reply says so; many write "queued as"."""
    return _CONTROL.sub(" ", message)[:200]


@lru_cache(maxsize=10_000)
def _mailbox(address: str) -> str | None:
    """The address as the envelope needs it: the local part as given, a domain of other letters as DNS has it; None when
    it is none."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not local or not domain or _CONTROL.search(address) or re.search(r"[\s<>]", local + domain):
        return None
    named = domain if domain.isascii() else mail_domain(domain)
    return f"{local}@{named}" if named else None


def compose(outgoing: Outgoing, sender: str, to: str, host: str, secret: bytes) -> bytes:
    """The whole letter. Its Message-ID is the message's, sealed, so that a second copy is known as one and a bounce
    that names it is known as ours; which attempt it was is sealed in X-Attempt. Nothing tells us whether it was read.

    Written out line by line (RFC 5322, RFC 2046): the standard library's generator parses every header again, and
    takes longer than everything else about a letter.
    """
    content, charset = outgoing.content, "ascii" if to.isascii() else "utf-8"  # headers as they are: RFC 6532
    headers = {
        "From": formataddr((_line(outgoing.organisation), sender)),
        "To": to,
        "Subject": _encoded(_line(content.subject or "")),
        "Date": format_datetime(outgoing.now),
        "Message-ID": f"<{seal(secret, LinkKind.LETTER, outgoing.scope.organisation_id, outgoing.message_id)}@{host}>",
        "X-Attempt": seal(secret, LinkKind.ATTEMPT, outgoing.scope.organisation_id, outgoing.attempt_id),
        "Auto-Submitted": "auto-generated",
        "Content-Language": _line(outgoing.language),
        "MIME-Version": "1.0",
    }
    if outgoing.stop_url:
        headers["List-Unsubscribe"] = f"<{_line(outgoing.stop_url)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    top = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    if content.html is None:
        return (top + _part("plain", content.text)).encode(charset, "replace")
    mark = f"part-{outgoing.attempt_id.hex}"
    parts = f"--{mark}\r\n{_part('plain', content.text)}\r\n--{mark}\r\n{_part('html', content.html)}\r\n--{mark}--"
    whole = f'{top}Content-Type: multipart/alternative; boundary="{mark}"\r\n\r\n{parts}\r\n'
    return whole.encode(charset, "replace")


def return_path(bounces: str, secret: bytes, attempt_id: UUID) -> str:
    """Where a letter comes back to: the mailbox for it, with a mark that names the attempt and that nobody can make
    (a variable envelope return path, with the sub-address of RFC 5233)."""
    local, _, domain = bounces.rpartition("@")
    return f"{local}+{short_seal(secret, LinkKind.RETURN, attempt_id)}@{domain}"


def _part(kind: str, words: str) -> str:
    """A part with its headers: ASCII as it is where no line is too long for a mail server (RFC 5321, 4.5.3.1.6),
    else UTF-8 in base64."""
    plain = _UNPRINTABLE.sub("", words)
    if plain.isascii() and not _LONG_LINE.search(plain):
        charset, way, body = "us-ascii", "7bit", plain
    else:
        charset, way, body = "utf-8", "base64", base64.encodebytes(plain.encode("utf-8", "replace")).decode("ascii")
    head = f"Content-Type: text/{kind}; charset={charset}\r\nContent-Transfer-Encoding: {way}\r\n\r\n"
    return head + body.replace("\n", "\r\n")


def _line(words: str) -> str:
    """One line for a header: what could begin another one is taken out."""
    return " ".join(_CONTROL.sub(" ", words).split())


def _encoded(line: str) -> str:
    """A line as a header may bear it (RFC 2047), folded if it is long."""
    if line.isascii() and len(line) <= 200:
        return line
    return Header(line, "utf-8", header_name="Subject").encode(linesep="\r\n")

"""The mailbox to which letters come back, read over IMAP (RFC 9051) by the one process that leads.

What was heeded, or is a report about nothing of ours, is deleted: it holds addresses. What is no report stays, marked
as read: somebody may have written to us. Whatever is in doubt when a connection breaks is read again, and counts once.
"""

from __future__ import annotations

import asyncio
import imaplib
import ipaddress
import logging
import ssl
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from notifications.bounces.reading import MOST_BYTES, read
from tracker.flows.outreach import bouncing
from tracker.store.ground.engine import Store

log = logging.getLogger(__name__)

SECONDS_BETWEEN: Final = 20.0
"""How often the mailbox is looked into, so that another channel goes out within the minute."""

SECONDS: Final = 15.0
"""How long one answer of the server may take."""

MOST_LETTERS: Final = 50
"""So many are read at a time; then what they say is heeded before the next."""

WRITE_IT: Final = "write the mailbox as imaps://user:password@host/folder, or imap://... for STARTTLS"


class MailboxRefused(Exception):
    """The server of the mailbox answered otherwise than it should: see that the folder is there, and may be written."""


@dataclass(frozen=True, slots=True)
class MailboxPlace:
    """A mailbox, as its URL names it. `tls`: from the first byte; else STARTTLS, without which no password is sent but
    to this machine itself."""

    host: str
    port: int
    tls: bool
    user: str
    password: str
    folder: str


def place(url: str) -> MailboxPlace:
    """Read imaps://user:password@host:993/INBOX; raises ValueError, in words."""
    parts = urlsplit(url)
    folder = unquote(parts.path.strip("/")) or "INBOX"
    plain = folder.isascii() and folder.isprintable() and '"' not in folder and "\\" not in folder
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username or not plain:
        raise ValueError(WRITE_IT)
    tls = parts.scheme == "imaps"
    user, password = unquote(parts.username), unquote(parts.password or "")
    return MailboxPlace(parts.hostname, parts.port or (993 if tls else 143), tls, user, password, folder)


@dataclass(frozen=True, slots=True)
class _Arrived:
    """Letters in the mailbox by their UID, which mean something under one UIDVALIDITY alone."""

    validity: bytes
    letters: Sequence[tuple[int, bytes]]


class BounceMailbox:
    """Reads one mailbox. Safe to be read by several at once: the same report counts once."""

    def __init__(self, place: MailboxPlace, secret: bytes) -> None:
        self._place = place
        self._secret = secret

    async def heed(self, store: Store) -> int:
        """Heed the reports that have come; returns how many letters were there. Nothing of the database is held while
        the server is spoken to. Raises MailboxRefused, and the errors of imaplib and of sockets."""
        arrived = await asyncio.to_thread(self._fetch)
        reports, others = list[int](), list[int]()
        for uid, raw in arrived.letters:
            report = await asyncio.to_thread(read, raw, self._secret)  # one made to be slow holds nobody up
            if report is not None:
                await bouncing.heed(store, self._secret, report)
            (others if report is None else reports).append(uid)
        if arrived.letters:
            await asyncio.to_thread(self._clear, arrived.validity, reports, others)
            log.info("bounces_read", extra={"reports": len(reports), "others": len(others)})
        return len(arrived.letters)

    def _fetch(self) -> _Arrived:
        """The letters that nobody has read, the oldest first, as far as a report goes."""
        with self._opened(readonly=True) as (server, validity):
            listed = _data(server.uid("SEARCH", "UNSEEN", "UNDELETED"))[0] or b""
            uids = [int(each) for each in listed.split()[:MOST_LETTERS]]
            return _Arrived(validity, [(uid, self._letter(server, uid)) for uid in uids])

    def _letter(self, server: imaplib.IMAP4, uid: int) -> bytes:
        answer = _data(server.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MOST_BYTES}>)"))
        return next((part[1] for part in answer if isinstance(part, tuple)), b"")

    def _clear(self, validity: bytes, reports: Sequence[int], others: Sequence[int]) -> None:
        with self._opened(readonly=False) as (server, now):
            if now != validity:
                return  # made anew meanwhile: these UIDs are others by now
            if others:
                _data(server.uid("STORE", _set(others), "+FLAGS.SILENT", r"(\Seen)"))
            if reports:
                _data(server.uid("STORE", _set(reports), "+FLAGS.SILENT", r"(\Seen \Deleted)"))
                if "UIDPLUS" in server.capabilities:  # else whoever cleans the mailbox takes them away
                    _data(server.uid("EXPUNGE", _set(reports)))

    @contextmanager
    def _opened(self, *, readonly: bool) -> Generator[tuple[imaplib.IMAP4, bytes]]:
        """A connection with the folder open, and the folder's UIDVALIDITY."""
        given, context = self._place, ssl.create_default_context()
        if given.tls:
            server: imaplib.IMAP4 = imaplib.IMAP4_SSL(given.host, given.port, ssl_context=context, timeout=SECONDS)
        else:
            server = imaplib.IMAP4(given.host, given.port, timeout=SECONDS)
        try:
            if not given.tls and "STARTTLS" in server.capabilities:
                server.starttls(context)
            elif not given.tls and not _is_here(given.host):
                raise MailboxRefused("the server offers no TLS")
            server.login(given.user, given.password)
            _data(server.select(f'"{given.folder}"', readonly))
            yield server, (server.response("UIDVALIDITY")[1] or [b""])[0] or b""
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                server.logout()
            with suppress(OSError):
                server.shutdown()  # a connection that broke is not closed by that


def _data(answer: tuple[str, list[Any]]) -> list[Any]:
    """What the server sent. Raises MailboxRefused when it did not do what it was asked for."""
    said, data = answer
    if said != "OK":
        raise MailboxRefused(said)
    return data


def _set(uids: Sequence[int]) -> str:
    return ",".join(map(str, uids))


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

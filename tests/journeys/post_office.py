"""Where a rehearsal's messages arrive: a mail server that speaks SMTP, and the stand-in for Twilio.

The office of a story is in sandbox, since its clock must be moved; its messages go out by the carriers of a live one.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from sqlalchemy import text

from notifications.channels import Carrier, Carriers
from notifications.deliver import Worker
from notifications.sandbox import Sandbox
from tests.http import settings
from tests.notifications.providers import Mailbox, mail_server, running
from tests.office import SECRET, Desk
from tracker.core.vocabulary.seals import LinkKind, unseal
from tracker.demo.standin import Standin
from tracker.flows.outreach.release import Links
from tracker.main import Parts, carriers_of, put_together
from tracker.store.ground.engine import Store

EMAIL_FROM, SMS_FROM = "permits@northwick.example", "+441632960001"


class Rehearsal(Carriers):
    """Carriers under which even a sandbox's messages leave: by the real ones, to servers of our own."""

    def of(self, sandbox: bool, channel: str) -> Carrier | None:
        """The carrier of a live organisation."""
        return self.live.get(channel)


@dataclass(frozen=True)
class Arrived:
    """A message as somebody got it: the `letter`, or the words of a text. `at`: when it was handed over."""

    at: datetime
    purpose: str
    to: str
    language: str
    state: str
    said: str
    letter: EmailMessage | None


@dataclass
class PostOffice:
    """Both servers, and what came to them."""

    box: Mailbox
    standin: Standin
    texts_url: str

    def parts(self, store: Store, folder: Path, port: int) -> Parts:
        """The application's parts, wired to these servers; it is reached, by receipts too, at this port."""
        given = settings(
            folder,
            public_url=f"http://127.0.0.1:{port}",
            smtp_url=self.box.url,
            twilio_base_url=self.texts_url,
            twilio_account_sid=self.standin.account,
            twilio_auth_token=self.standin.token,
        )
        parts = put_together(given, store)
        carriers = Rehearsal(Sandbox(store), carriers_of(given, parts.secret))
        return replace(parts, worker=Worker(store, carriers, Links(given.public_url, parts.secret)))

    async def arrived(self, desk: Desk) -> list[Arrived]:
        """Everything that came, oldest first, when every answer and receipt about it is in."""
        asked = (
            "SELECT m.id, m.purpose, m.language, m.state, a.started_at, a.provider_id, a.outcome FROM attempt a"
            " JOIN message m ON m.id = a.message_id"
        )
        letters, texts = list(self.box.letters), list(self.standin.texts)  # more may come while we ask
        await self.standin.settled()
        while any(row.outcome is None for row in await desk.rows(asked)):
            await asyncio.sleep(0.02)
        await self.standin.settled()
        rows = await desk.rows(asked)
        of_letter = {str(row.id): row for row in rows}
        of_text = {row.provider_id: row for row in rows}
        found = []
        for letter in letters:
            named = unseal(SECRET, LinkKind.LETTER, letter["Message-ID"].strip("<>").split("@")[0])
            assert named is not None
            row = of_letter[str(named[1])]
            found.append(
                Arrived(row.started_at, row.purpose, letter["To"], row.language, row.state, plain(letter), letter)
            )
        for taken in texts:
            row = of_text[taken.sid]
            found.append(Arrived(row.started_at, row.purpose, taken.to, row.language, row.state, taken.body, None))
        return sorted(found, key=lambda each: each.at)


def plain(letter: EmailMessage) -> str:
    """What a reader without HTML sees."""
    part = letter.get_body(("plain",))
    assert part is not None, letter
    return str(part.get_content())


def markup(letter: EmailMessage) -> str:
    """The HTML of a letter."""
    part = letter.get_body(("html",))
    assert part is not None, letter
    return str(part.get_content())


async def give_senders(desk: Desk) -> None:
    """Let an office have the senders that going live would give it."""
    async with desk.store.transaction() as connection:
        await connection.execute(
            text("UPDATE organisation SET email_from = :mail, sms_from = :sms WHERE id = :id"),
            {"mail": EMAIL_FROM, "sms": SMS_FROM, "id": desk.office.id},
        )


@asynccontextmanager
async def post_office() -> AsyncIterator[PostOffice]:
    """Both servers, running."""
    standin = Standin()
    async with mail_server() as box, running(standin.app()) as url:
        yield PostOffice(box, standin, url)

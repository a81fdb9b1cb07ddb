"""An office that is live, between a mail server and a stand-in for Twilio."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, assert_never

import httpx
import pytest
from sqlalchemy import text

from notifications import sms
from notifications.channels import Carrier, Carriers
from notifications.deliver import Worker
from notifications.email import Email, server
from notifications.sms import Sms
from tests.http import settings
from tests.notifications.providers import Mailbox, mail_server, running
from tests.notifications.watch import Watch
from tests.office import DEFINITION, SECRET, Desk, open_desk
from tracker.core.vocabulary.channels import CHANNELS, AddressForm
from tracker.core.vocabulary.words import Channel
from tracker.demo.standin import Standin
from tracker.main import Parts, create_app, listening, put_together
from tracker.store.ground.engine import Store

NUMBER = "+447700900123"
OURS = "+447700900999"
BOUNCES = "bounces@track.example"
WITHOUT_QUIET = DEFINITION.replace("[outreach]\n", "[outreach]\nquiet_hours = []\n")


def carrier_of(channel: Channel, mail: str, twilio: str, phones: Standin) -> Carrier:
    """What carries on a channel, to providers at these addresses."""
    match channel:
        case Channel.EMAIL:
            return Email(server(mail), "http://track.test", SECRET)
        case Channel.SMS:
            return Sms(phones.account, phones.token, twilio, "http://track.test", SECRET)
        case other:
            assert_never(other)


def theirs(channel: Channel) -> str:
    """Where a person is reached."""
    match CHANNELS[channel].form:
        case AddressForm.MAILBOX:
            return "alex@example.org"
        case AddressForm.TELEPHONE:
            return NUMBER
        case other:
            assert_never(other)


def ours(channel: Channel) -> str | None:
    """What the office's messages come from."""
    match channel:
        case Channel.EMAIL:
            return "requests@northwick.example"
        case Channel.SMS:
            return OURS
        case other:
            assert_never(other)


@dataclass
class Post:
    """A live office and everything that carries for it."""

    desk: Desk
    parts: Parts
    mail: Mailbox
    phones: Standin
    url: str
    http: httpx.AsyncClient
    made: int = 0

    @property
    def worker(self) -> Worker:
        """What carries."""
        return self.parts.worker

    @property
    def carriers(self) -> Carriers:
        """The real ones."""
        return self.worker._carriers

    async def end(self, *channels: tuple[str, str], **party: Any) -> str:
        """A case that has just ended, so that its applicant must hear of it; returns its number."""
        self.made += 1
        number = f"P-{self.made}"
        listed = [{"channel": channel, "address": address} for channel, address in channels]
        await self.desk.status(number, "REC")
        await self.desk.party(number, channels=listed, **party)
        await self.desk.status(number, "WITHDRAWN")
        return number

    async def by_mail(self, address: str = "alex@example.org", *more: tuple[str, str]) -> None:
        """A message that must be heard, by e-mail."""
        await self.end(("email", address), *more)

    async def by_text(self, number: str = NUMBER, *more: tuple[str, str]) -> None:
        """A message that must be heard, by text."""
        await self.end(("sms", number), *more, prefers="sms")

    async def carry(self) -> None:
        """Carry what is due, until nothing is left."""
        await self.worker.carry(self.desk.office.id)

    async def states(self) -> list[tuple[str, str, str | None]]:
        """(channel, state, newest outcome) of every message that was not overtaken, in order of rung."""
        rows = await self.desk.rows(
            """SELECT m.channel, m.state, (SELECT a.outcome FROM attempt a WHERE a.message_id = m.id
            ORDER BY a.number DESC LIMIT 1) FROM message m WHERE m.reason IS DISTINCT FROM 'superseded'
            ORDER BY m.rung, m.id"""
        )
        return [tuple(row) for row in rows]

    async def alerts(self) -> list[str]:
        """The kinds of the alerts."""
        return [row[0] for row in await self.desk.rows("SELECT kind FROM alert ORDER BY kind")]

    async def change(self, statement: str, **values: Any) -> None:
        """Change rows by hand, as time or another process would."""
        async with self.desk.store.transaction() as connection:
            await connection.execute(text(statement), values)

    async def later(self, minutes: int) -> None:
        """So many minutes pass for what waits, and for attempts."""
        await self.change(
            "UPDATE message SET due_at = due_at - make_interval(mins => :m) WHERE state IN ('due', 'unknown')",
            m=minutes,
        )
        await self.change("UPDATE attempt SET started_at = started_at - make_interval(mins => :m)", m=minutes)


@dataclass
class Ends:
    """The two providers alone, and carriers to them; no database."""

    mail: Mailbox
    phones: Standin
    carriers: dict[str, Carrier]


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits for the whole time-out of a provider that never answers."""
    monkeypatch.setattr(sms, "TIMES", httpx.Timeout(1.0, read=0.3))


@pytest.fixture
async def ends() -> AsyncIterator[Ends]:
    """A mail server, a stand-in for Twilio, and a carrier to each."""
    phones = Standin(receipts=())
    async with mail_server() as mail, running(phones.app()) as twilio:
        made = Ends(mail, phones, {each.value: carrier_of(each, mail.url, twilio, phones) for each in Channel})
        yield made
        for carrier in made.carriers.values():
            await carrier.close()


@pytest.fixture
async def post(store: Store, tmp_path: Path) -> AsyncIterator[Post]:
    """The office, its application on a port, and both providers."""
    phones, door = Standin(), listening("127.0.0.1", 0)
    async with mail_server() as mail, running(phones.app()) as twilio:
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        given = settings(
            tmp_path,
            public_url=url,
            smtp_url=mail.url,
            bounces_address=BOUNCES,
            twilio_account_sid=phones.account,
            twilio_auth_token=phones.token,
            twilio_base_url=twilio,
        )
        desk = await open_desk(store, start=datetime.now(UTC), definition=WITHOUT_QUIET)
        parts = put_together(given, store)
        async with running(create_app(parts), door), httpx.AsyncClient(base_url=url) as http:
            made = Post(desk, parts, mail, phones, url, http)
            senders = {name: ours(each) for each, traits in CHANNELS.items() if (name := traits.sender) is not None}
            named = "".join(f", {name} = :{name}" for name in senders)
            await made.change(f"UPDATE organisation SET footing = 'live', clock_offset = '0'{named}", **senders)
            yield made
            await phones.settled()
            await made.carriers.close()


@pytest.fixture
async def watch(store: Store) -> AsyncIterator[Watch]:
    """Nothing has happened yet."""
    async with mail_server() as mail:
        made = Watch(await open_desk(store), mail)
        yield made
        for each in made.carriers:
            await each.close()

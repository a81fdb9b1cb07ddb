"""A believable office for tests: an organisation, a service, a source, and events as its back office sends them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import text

from integrations.inbound import context_of
from integrations.wire import translate
from notifications.channels import Carriers
from notifications.deliver import Worker
from notifications.sandbox import Sandbox
from tracker.core.case.events import Body, StatusEvent
from tracker.core.deciding.changes import Changes
from tracker.core.deciding.dossier import Dossier
from tracker.core.deciding.reports import Answer
from tracker.core.promises.record import PromiseRecord
from tracker.core.vocabulary.words import Mode
from tracker.flows.deciding import intake
from tracker.flows.organisations import offices
from tracker.flows.outreach import normal_form
from tracker.flows.outreach.release import Links
from tracker.flows.promises import holidays
from tracker.flows.services import versions
from tracker.store.deciding import changes, dossier
from tracker.store.deciding.dossier import Wanted
from tracker.store.ground import organisations
from tracker.store.ground.engine import Store
from tracker.store.ground.organisations import Office
from tracker.store.organisations import keys
from tracker.store.organisations.keys import Sender

SECRET = b"a secret for tests that is long enough"
START = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
"""What the office's clock shows when a test begins: a Monday morning."""

DEFINITION = (Path(__file__).parents[1] / "templates" / "services" / "building-permit.toml").read_text()
SERVICE = "building-permit"


@dataclass
class Desk:
    """An office under test, its sender, and short ways to do what a back office and time do."""

    store: Store
    office: Office
    sender: Sender
    key: str
    made: int = 0

    async def say(self, number: str, type_: str, data: dict[str, Any], **top: Any) -> Answer:
        """Send one event as the HTTP intake would, after translation. `at` sets its time; an id is made up."""
        self.made += 1
        at = top.pop("at", None) or await self.now()
        body = {
            "id": top.pop("id", f"e{self.made}"),
            "source": self.sender.source,
            "type": type_,
            "subject": number,
            "time": at.isoformat() if isinstance(at, datetime) else at,
            "data": data,
            **top,
        }
        return await self.send(body)

    async def send(self, body: dict[str, Any]) -> Answer:
        """Send a wire event."""
        told = translate(orjson.dumps(body), "application/json", context_of(self.sender, SECRET))
        return await intake.ingest(self.store, self.sender, told)

    async def known(self, number: str) -> Dossier:
        """All that a decision about this number would know."""
        wanted = Wanted(self.sender.scope, [(self.sender.registers[0], number)])
        async with self.store.reading() as connection:
            found = await dossier.read(connection, wanted, holidays.working_days, normal_form.normal)
        return found.numbers[wanted.numbers[0]]

    async def give(self, *given: PromiseRecord) -> None:
        """Put dates into the ledger as they are, whatever the machine would have made of their cases."""
        async with self.store.transaction() as connection:
            await changes.write(connection, Changes(self.sender.scope, await self.now(), given=list(given)))

    async def status(self, number: str, status: str, **rest: Any) -> Answer:
        """Send a status."""
        top = {name: rest.pop(name) for name in ("at", "id", "sequence", "register") if name in rest}
        return await self.say(number, "case.status", {"service": SERVICE, "status": status, **rest}, **top)

    async def party(self, number: str, **rest: Any) -> Answer:
        """Send an applicant who is reached by e-mail."""
        top = {name: rest.pop(name) for name in ("at", "id", "sequence") if name in rest}
        data = {
            "party": "1",
            "role": "applicant",
            "name": "Alex Morgan",
            "known_fact": "AB1 2CD",
            "channels": [{"channel": "email", "address": "alex@example.org"}],
            **rest,
        }
        return await self.say(number, "case.party", data, **top)

    async def now(self) -> datetime:
        """What the office's clock shows."""
        async with self.store.reading() as connection:
            return (await organisations.office(connection, self.office.id)).now

    async def change(self, sql: str, **values: Any) -> None:
        """Bring rows into a state that only accidents or other processes would bring them into."""
        async with self.store.transaction() as connection:
            await connection.execute(text(sql), values)

    async def move(self, to: datetime) -> None:
        """Set the clock forward without doing what falls due."""
        async with self.store.transaction() as connection:
            await organisations.move_clock(connection, self.office.id, to)

    def worker(self) -> Worker:
        """A worker that carries into the sandbox."""
        sandbox = Sandbox(self.store)
        return Worker(self.store, Carriers(sandbox), self.links)

    @property
    def links(self) -> Links:
        """Where its messages point to."""
        return Links("https://track.example.org", SECRET)

    async def carry(self) -> None:
        """Carry everything that is due."""
        await self.worker().carry(self.office.id)

    async def rows(self, sql: str, **values: Any) -> list[Any]:
        """The rows of a question, for assertions."""
        async with self.store.reading() as connection:
            return list((await connection.execute(text(sql), values)).all())

    async def messages(self) -> list[tuple[str, str, str | None]]:
        """(purpose, state, reason) of every decision, in order of purpose."""
        found = await self.rows("SELECT purpose, state, reason FROM message ORDER BY purpose, state, key")
        return [tuple(row) for row in found]


async def open_desk(
    store: Store,
    *,
    slug: str = "northwick",
    start: datetime = START,
    mode: Mode = Mode.LIVE,
    definition: str = DEFINITION,
    source: offices.NewSource | None = None,
    zone: str = "Europe/London",
    country: str | None = None,
) -> Desk:
    """A new sandbox organisation with one service, one source and its key, its clock at `start`."""
    offset = start - datetime.now(UTC)
    office = await offices.add_organisation(
        store, slug=slug, name=f"{slug.title()} Council", zone=zone, country=country, clock_offset=offset
    )
    new = source or offices.NewSource("backoffice", live_from=start - timedelta(days=400))
    await offices.add_source(store, office, new)
    await versions.apply(store, office, definition)
    key = await offices.add_key(store, office, new.name, mode)
    async with store.reading() as connection:
        sender = await keys.sender_by_digest(connection, hashlib.sha256(key.encode()).digest())
    assert sender is not None
    return Desk(store, office, sender, key)


def event(body: Body, **rest: Any) -> StatusEvent:
    """A core event with everything that a test does not care about filled in."""
    values: dict[str, Any] = {"id": "e1", "source": "backoffice", "type": "case.status", "number": "N1", "time": START}
    return StatusEvent(body=body, **{**values, **rest})

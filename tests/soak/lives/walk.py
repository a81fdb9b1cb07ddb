"""A walk through seeded lives: the real application, its clock moved from due to due, looked at with every message.

Nothing of the product is written a second time here: events go through the HTTP door, what falls due is done by what a
sandbox does, messages are rendered by the worker, and the windows are read as their readers read them: the person's
page, the public JSON and the desk's answer, at the instant at which the message leaves and before it is on record.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy.ext.asyncio import create_async_engine

from notifications.channels import Answer, Carriers, Outgoing, Refused
from notifications.deliver import Worker
from notifications.sandbox import Sandbox
from tests.desk_staff import Agent, signed_in
from tests.http import calling, settings
from tests.office import SECRET, Desk, open_desk
from tests.soak.lives.feeds import Delivery, Feed, deliveries
from tests.soak.lives.happened import BEGIN, SOURCE, Life
from tests.soak.lives.seen import Seen, Windows
from tracker.core.outreach.attempts import Ending
from tracker.core.vocabulary.words import Rhythm
from tracker.flows.organisations import clock, offices
from tracker.flows.outreach.release import Links
from tracker.flows.services import versions
from tracker.main import create_app, put_together
from tracker.store.ground.engine import Store

SERVICES = {
    name: (Path(__file__).parent / "services" / f"{name}.toml").read_text() for name in ("permit", "bin", "claim")
}
GONE = "gone-"
"""Addresses that begin so take nothing."""

Watch = Callable[[Seen], None]
AFTER = timedelta(days=4)
"""So long the clock goes on when the last report has come."""


class Witness(Sandbox):
    """The sandbox, which looks around at whatever it catches. Addresses that are gone refuse."""

    def __init__(self, store: Store, see: Callable[[Outgoing], Awaitable[None]]) -> None:
        super().__init__(store)
        self._see = see

    async def send(self, outgoing: Outgoing) -> Answer:
        """Look, then catch."""
        if outgoing.address.startswith(GONE):
            return Refused(Ending.BAD_ADDRESS)
        await self._see(outgoing)
        return await super().send(outgoing)


@dataclass
class Walk:
    """One feed on its way. `report`: told of each delivery before it is sent; `watch`: of each message as it leaves."""

    desk: Desk
    http: httpx.AsyncClient
    unseen: httpx.AsyncClient
    agent: Agent
    worker: Worker
    lives: dict[str, Life]
    watch: Watch
    by_address: dict[str, str] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    cases: dict[str, UUID] = field(default_factory=dict)
    seen: int = 0

    async def see(self, outgoing: Outgoing) -> None:
        """Look at a message that leaves, and at every window on its case."""
        number = self.by_address[outgoing.address]
        said = outgoing.content
        windows = await self.windows(number)
        message = Seen(
            number,
            outgoing.now,
            outgoing.address,
            outgoing.channel,
            said.subject or "",
            said.text,
            said.html or "",
            windows,
        )
        self.seen += 1
        self.watch(message)

    async def windows(self, number: str) -> Windows:
        """The page, the JSON and the desk's answer about one life."""
        life, reference = self.lives[number], self.references[number]
        http = self.http if life.looks else self.unseen
        typed = {"reference": reference, "known_fact": life.postcode}
        page = await http.post("/track", data=typed, headers={"Accept": "text/html"})
        told = await http.post("/api/v1/track", json=typed)
        desk = await self.agent.http.get(f"/desk/cases/{await self._case(number)}?why=contacted")
        for each in (page, told, desk):
            each.raise_for_status()
        return Windows(page.text, told.json(), desk.text)

    async def _case(self, number: str) -> UUID:
        if number not in self.cases:
            sql = 'SELECT id FROM "case" WHERE number = :number AND organisation_id = :office'
            rows = await self.desk.rows(sql, number=number, office=self.desk.office.id)
            self.cases[number] = rows[0][0]
        return self.cases[number]

    async def deliver(self, delivery: Delivery) -> list[dict[str, Any]]:
        """Send what comes at one instant; what became of each event."""
        outcomes: list[dict[str, Any]] = []
        for at in range(0, len(delivery.events), 500):
            some = delivery.events[at : at + 500]
            body = [each.wire for each in some]
            answer = await self.http.post("/api/v1/events/batch", json=body, headers=self._key)
            answer.raise_for_status()
            outcomes += answer.json()
        for event, outcome in zip(delivery.events, outcomes, strict=True):
            if outcome.get("reference"):
                self.references.setdefault(event.number, outcome["reference"])
        return outcomes

    @property
    def _key(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.desk.key}"}

    async def until(self, to: datetime) -> None:
        """Move the clock there, doing on the way what falls due."""
        await clock.advance(self.desk.store, self.desk.office.id, to, self.worker.carry)


@asynccontextmanager
async def walking(store: Store, folder: Path, feed: Feed, lives: Sequence[Life], watch: Watch) -> AsyncIterator[Walk]:
    """An office of its own with its services, an agent at its desk, and the windows open."""
    logging.getLogger("tracker.flows.promises.put_on_record").setLevel(logging.ERROR)
    live_from = (BEGIN - timedelta(days=1)).astimezone(UTC)
    source = offices.NewSource(SOURCE, rhythm=Rhythm(feed.rhythm), live_from=live_from)
    desk = await open_desk(
        store, slug=feed.name.split()[-1], start=live_from, definition=SERVICES["permit"], source=source
    )
    for name in ("bin", "claim"):
        await versions.apply(store, desk.office, SERVICES[name])
    parts = put_together(settings(folder), store)
    app, standby = create_app(parts), _standby(store)
    apart = create_app(put_together(settings(folder), standby))
    async with calling(app) as http, signed_in(app, desk) as agent, calling(apart) as unseen:
        walk = Walk(desk, http, unseen, agent, parts.worker, {life.number: life for life in lives}, watch)
        walk.worker = Worker(store, Carriers(Witness(store, walk.see)), Links("https://track.example.org", SECRET))
        for life in lives:
            for event in life.events:
                for channel in event.data.get("channels", ()):
                    walk.by_address[channel["address"]] = life.number
        try:
            yield walk
        finally:
            await standby.close()


def _standby(store: Store) -> Store:
    """The same database through connections that only read, as a standby would be: a page that is shown over it is on
    nobody's record, so that whoever has never looked is told of nothing by our looking."""
    only = {"timezone": "UTC", "jit": "off", "default_transaction_read_only": "on"}
    engine = create_async_engine(store.engine.url, pool_size=10, max_overflow=0, connect_args={"server_settings": only})
    return Store(engine, asyncio.Semaphore(8))


Told = Callable[[Delivery, list[dict[str, Any]]], None]


async def walk_through(
    walk: Walk, feed: Feed, told: Told, each_day: Callable[[Walk, datetime], Awaitable[None]]
) -> None:
    """All that happened, as this feed brings it. `told`: what was delivered, and what became of it; `each_day`: called
    late in the evening of every day."""
    events = [event for life in walk.lives.values() for event in life.events]
    todo = deliveries(feed, events)
    evening = BEGIN.replace(hour=22)
    last = max(todo[-1].at, events[-1].at) + AFTER
    for delivery in [*todo, Delivery(last, ())]:
        while evening < delivery.at:
            await walk.until(evening.astimezone(UTC))
            await each_day(walk, evening.astimezone(UTC))
            evening += timedelta(days=1)
        await walk.until(delivery.at)
        if delivery.events:
            told(delivery, await walk.deliver(delivery))

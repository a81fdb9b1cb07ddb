"""`tracker replay`: a real case log through the HTTP intake, as its back office would have sent it.

The office's clock is moved to each event first, so that everything that falls due on the way happens when it
would have. Shuffled, it is moved to the last event at once, and only the cases can be compared.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from integrations.case_logs import CaseLog, definitions, events
from tracker.core.vocabulary.errors import SetupRefused
from tracker.core.vocabulary.words import Mode
from tracker.flows.organisations import offices
from tracker.flows.services import versions
from tracker.main import assembled
from tracker.settings import Settings

SOURCE = "case-log"
TOGETHER = 8
"""Connections used when shuffled; in order, one event goes after another, as a queue would send them."""


@dataclass(frozen=True, slots=True)
class PreparedReplay:
    """What `--prepare` made: the organisation and the key to replay with."""

    organisation: str
    source: str
    key: str
    services: int
    clock: datetime


@dataclass(slots=True)
class Outcomes:
    """What became of the events that were sent."""

    sent: int = 0
    by_outcome: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    report: dict[str, Any] = field(default_factory=dict)


async def prepare(settings: Settings, log: CaseLog, zone: str, country: str | None = None) -> PreparedReplay:
    """Make a sandbox organisation for a log: a definition a service, a source, a key, the clock at its start."""
    start = log.rows[0].local().replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    async with assembled(settings) as parts:
        slug = log.name.replace("_", "-").lower()[:40]
        offset = start - datetime.now(UTC) - timedelta(seconds=5)
        office = await _free_organisation(parts.store, slug, (zone, country), offset)
        await offices.add_source(parts.store, office, offices.NewSource(SOURCE, zone=zone, live_from=office.now))
        made = definitions(log)
        for text in made.values():
            await versions.apply(parts.store, office, text)
        key = await offices.add_key(parts.store, office, SOURCE, Mode.LIVE)
    return PreparedReplay(office.slug, SOURCE, key, len(made), start)


async def _free_organisation(store: Any, slug: str, where: tuple[str, str | None], offset: timedelta) -> Any:
    zone, country = where
    for place in range(1, 1000):
        try:
            name = slug if place == 1 else f"{slug}-{place}"
            return await offices.add_organisation(
                store,
                slug=name,
                name=name.replace("-", " ").title()[:60],
                zone=zone,
                country=country,
                clock_offset=offset,
            )
        except SetupRefused as taken:
            if "already" not in taken.detail:
                raise
    raise SetupRefused("There are a thousand organisations of this name.", "Start with a fresh data directory.")


async def replay(
    log: CaseLog,
    url: str,
    key: str,
    *,
    zone: str | None,
    seed: int | None,
    batch: int,
    progress: Callable[[int, int], None],
) -> Outcomes:
    """Send a log's events, `batch` of them in a request, and tell what became of them. Stops only when the service
    cannot be reached."""
    outcomes = Outcomes()
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=120) as client:
        sender = _Sender(client, outcomes, batch)
        if seed is None:
            await _in_order(sender, log, zone, progress)
        else:
            await _shuffled(sender, log, zone, seed, progress)
        await _move(client, log.rows[-1].local() + timedelta(minutes=1), zone)
        outcomes.report = (await client.get("/api/v1/report")).raise_for_status().json()
    return outcomes


@dataclass(frozen=True, slots=True)
class _Sender:
    """Sends events, one in a request or many, and counts what became of them."""

    client: httpx.AsyncClient
    outcomes: Outcomes
    batch: int

    async def send(self, events: list[dict[str, Any]]) -> None:
        """Send some events: those of a batch are decided one after the other, in this order."""
        for at in range(0, len(events), self.batch):
            await self._request(events[at : at + self.batch])

    async def _request(self, events: list[dict[str, Any]]) -> None:
        path, body = ("/api/v1/events", events[0]) if self.batch == 1 else ("/api/v1/events/batch", events)
        answer = await _patiently(lambda: self.client.post(path, json=body))
        if self.batch == 1:
            self._count(events[0], answer.status_code, answer.json())
            return
        for event, each in zip(events, answer.raise_for_status().json(), strict=True):
            self._count(event, each.get("status", 200), each)

    def _count(self, event: dict[str, Any], status: int, said: dict[str, Any]) -> None:
        self.outcomes.sent += 1
        if status in (200, 202):
            self.outcomes.by_outcome[said["outcome"]] += 1
            return
        self.outcomes.by_outcome[f"refused {status}"] += 1
        if len(self.outcomes.refused) < 10:
            self.outcomes.refused.append(f"{event['id']}: {said.get('detail')} {said.get('remedy')}")


async def _in_order(sender: _Sender, log: CaseLog, zone: str | None, progress: Callable[[int, int], None]) -> None:
    """What happened at one instant goes together; in batches, what happened until the last of a batch: the clock is
    moved there first, and people hear of the batch as of one piece of news."""
    waiting: list[dict[str, Any]] = []
    for place, row in enumerate(log.rows):
        at, ahead = row.local(), log.rows[place + 1].local() if place + 1 < len(log.rows) else None
        waiting += events(log, row, source=SOURCE, zone=zone)
        if ahead is None or (len(waiting) >= sender.batch and (sender.batch > 1 or ahead != at)):
            await _move(sender.client, at, zone)
            await sender.send(waiting)
            waiting = []
        progress(place + 1, len(log.rows))


async def _shuffled(
    sender: _Sender, log: CaseLog, zone: str | None, seed: int, progress: Callable[[int, int], None]
) -> None:
    await _move(sender.client, log.rows[-1].local(), zone)
    todo = [event for row in log.rows for event in events(log, row, source=SOURCE, zone=zone)]
    random.Random(seed).shuffle(todo)  # noqa: S311 - an order, not a secret
    total = len(todo)

    async def send_some() -> None:
        while todo:
            some = [todo.pop() for _ in range(min(sender.batch, len(todo)))]
            await sender.send(some)
            progress(total - len(todo), total)

    await asyncio.gather(*(send_some() for _ in range(TOGETHER)))


async def _move(client: httpx.AsyncClient, local: datetime, zone: str | None) -> None:
    to = local.replace(tzinfo=ZoneInfo(zone)).isoformat() if zone else local.isoformat()
    answer = await _patiently(lambda: client.post("/api/v1/clock", json={"to": to}))
    answer.raise_for_status()


async def _patiently(ask: Callable[[], Awaitable[httpx.Response]]) -> httpx.Response:
    """Try again while the service is away or asks to wait: the same id makes it safe."""
    for wait in (0.2, 0.5, 1.0, 2.0, 5.0, 10.0):
        try:
            answer = await ask()
            if answer.status_code != 503:
                return answer
        except httpx.TransportError:
            pass  # the next try tells; the last one raises
        await asyncio.sleep(wait)
    return await ask()

"""`tracker demo`: everything in one process, with offices and cases that look real, and nothing that leaves it."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from integrations.wire import translate
from templates.environment import ROOT, page
from tracker.core import known_facts, references
from tracker.core.definition_files import read
from tracker.core.definitions import Definition
from tracker.flows import offices, services
from tracker.flows.clock import advance
from tracker.flows.ingest import ingest
from tracker.flows.senders import recognise
from tracker.main import Parts, assembled, create_app, on_signals, web_server
from tracker.settings import Settings
from tracker.store.columns import Mode
from tracker.store.organisations import Rhythm, Sender

ZONE = "Europe/London"
HISTORY = timedelta(days=56)
"""How far back the demo's cases begin."""


@dataclass(frozen=True, slots=True)
class Story:
    """How a case of a service goes: after so many days, this status; `needs` asks for something with it."""

    service: str
    organisation: str
    facts: tuple[str, ...]
    steps: tuple[tuple[float, str], ...]
    needs: tuple[str, int] | None = None
    channel: str = "email"


OFFICES = {"northwick": "Northwick Council", "harbour": "Harbour Benefits"}
SOURCES = {"northwick": "permits", "harbour": "claims"}
PEOPLE = (
    "Alex Morgan",
    "Sam Okafor",
    "Nadia Rahman",
    "Ewa Kowalska",
    "Tom Price",
    "Mei Chen",
    "Ravi Patel",
    "Ana Silva",
)
POSTCODES = ("NW4 2BC", "NW4 7QT", "NW5 1AA", "NW6 3DF")
BIRTHDAYS = ("1979-04-12", "1986-11-02", "1958-01-30", "1993-07-21")

STORIES = (
    Story("building-permit", "northwick", POSTCODES, ((40, "REC"), (37, "VAL"))),
    Story("building-permit", "northwick", POSTCODES, ((30, "REC"), (27, "VAL"), (12, "RFI")), ("floor_plan", 20)),
    Story("building-permit", "northwick", POSTCODES, ((52, "REC"), (50, "VAL"), (30, "ASSESS"), (9, "CONSULT"))),
    Story("building-permit", "northwick", POSTCODES, ((55, "REC"), (53, "VAL"), (35, "ASSESS"), (6, "GRANTED"))),
    Story("missed-bin", "northwick", POSTCODES, ((3, "LOGGED"), (2, "ROUTED")), None, "sms"),
    Story("missed-bin", "northwick", POSTCODES, ((6, "LOGGED"), (5, "ROUTED"), (4, "DONE")), None, "sms"),
    Story("benefit-claim", "harbour", BIRTHDAYS, ()),
    Story("benefit-claim", "harbour", BIRTHDAYS, (), ("", 14)),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What the demo says of itself, and keeps beside its data so that a second start says the same."""

    source: dict[str, Any]
    cases: list[dict[str, str]]


def services_folder() -> Path:
    """Where the definitions of the demo's services lie."""
    return ROOT / "services"


def definitions() -> dict[str, tuple[str, Definition]]:
    """The demo's services: text and definition by code."""
    found = {}
    for path in sorted(services_folder().glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        definition = read(text)
        if not isinstance(definition, Definition):
            raise ValueError(f"{path.name}: {definition[0].path} {definition[0].problem}")
        found[definition.service] = (text, definition)
    return found


async def run(settings: Settings, *, cases: int, fresh: bool, as_json: bool, say: Callable[[str], None]) -> None:
    """Run the demo until it is stopped."""
    if fresh:
        await asyncio.to_thread(shutil.rmtree, settings.data_dir, True)
    async with assembled(settings) as parts:
        told = await _seed(parts, cases, say)
        url = f"http://127.0.0.1:{settings.port}"
        app = create_app(parts, outbox_open=True, extra=(_start_page(url, told),))
        server = web_server(app, settings, host=settings.host, port=settings.port)
        working = asyncio.create_task(parts.worker.run())
        serving = asyncio.create_task(server.serve())

        def stop() -> None:
            server.should_exit = True
            parts.worker.stop()

        on_signals(stop)
        while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn tells by a flag
            await asyncio.sleep(0.02)
        if server.started:
            now = (await offices.organisation(parts.store, "northwick")).now
            say(_as_json(url, told, now) if as_json else _as_text(url, told, now))
        await serving
        parts.worker.stop()
        with suppress(asyncio.CancelledError):
            await working


async def _seed(parts: Parts, cases: int, say: Callable[[str], None]) -> Told:
    """Make the offices and their cases at the first start; later starts find them."""
    kept = parts.settings.data_dir / "demo.json"
    if kept.exists():
        return Told(**json.loads(kept.read_text()))
    made = definitions()
    keys = {}
    for slug, name in OFFICES.items():
        office = await offices.add_organisation(
            parts.store, slug=slug, name=name, zone=ZONE, clock_offset=_morning() - HISTORY - datetime.now(UTC)
        )
        await offices.add_source(
            parts.store, office, offices.NewSource(SOURCES[slug], Rhythm.NIGHTLY, live_from=office.now - HISTORY)
        )
        for service in {story.service for story in STORIES if story.organisation == slug}:
            await services.apply(parts.store, office, made[service][0])
        keys[slug] = await offices.add_key(parts.store, office, SOURCES[slug], Mode.LIVE)
    known = []
    for slug in OFFICES:
        known += await _tell_stories(parts, slug, keys[slug], cases, made)
    first = made["building-permit"][1]
    source = {
        "key": keys["northwick"], "source": SOURCES["northwick"], "register": SOURCES["northwick"],
        "service": "building-permit", "statuses": list(first.mapping),
    }  # fmt: skip
    told = Told(source, sorted(known, key=lambda case: case["service"] != "building-permit"))
    kept.touch(mode=0o600)
    kept.write_text(json.dumps(asdict(told)))
    return told


def _morning() -> datetime:
    """Ten o'clock of this weekday, or of the next one when today is none."""
    zone = ZoneInfo(ZONE)
    today = datetime.now(zone).date()
    while today.weekday() > 4:
        today += timedelta(days=1)
    return datetime.combine(today, time(10), zone).astimezone(UTC)


async def _tell_stories(
    parts: Parts, slug: str, key: str, cases: int, made: dict[str, tuple[str, Definition]]
) -> list[dict[str, str]]:
    """Send what the back office would have sent over the last weeks, each day at its time."""
    dice = random.Random(slug)  # noqa: S311 - the same demo every time
    office = await offices.organisation(parts.store, slug)
    sender = await recognise(parts.store, key)
    end = _morning()
    stories = [story for story in STORIES if story.organisation == slug]
    share = round(cases * len(stories) / len(STORIES)) or 1
    plan: list[tuple[datetime, int, dict[str, Any]]] = []
    facts: dict[str, tuple[str, str]] = {}
    for place in range(share):
        story = stories[place % len(stories)]
        number = f"{story.service[:2].upper()}-{office.now.year % 100}-{1001 + place}"
        fact = story.facts[place % len(story.facts)]
        facts[number] = (story.service, fact)
        shift = timedelta(hours=dice.uniform(-20, 0)) if place >= len(stories) else timedelta(0)
        plan += _events(story, made[story.service][1], number, fact, place, end + shift, sender)
    plan.sort(key=lambda each: each[:2])
    references_of: dict[str, str] = {}
    for at, _, event in plan:
        await advance(parts.store, office.id, at, parts.worker.carry)
        answer = await _send(parts, sender, event)
        if answer:
            references_of[event["subject"]] = answer
    await advance(parts.store, office.id, end, parts.worker.carry)
    return [
        {"reference": references.spell(references_of[number]), "known_fact": fact, "service": service, "number": number}
        for number, (service, fact) in facts.items()
        if number in references_of
    ]


def _events(
    story: Story, definition: Definition, number: str, fact: str, place: int, end: datetime, sender: Sender
) -> list[tuple[datetime, int, dict[str, Any]]]:
    """The events of one case, in time."""
    steps = story.steps or _steps(definition, place)
    name = PEOPLE[place % len(PEOPLE)]
    planned: list[tuple[datetime, int, dict[str, Any]]] = []

    def plan(at: datetime, type_: str, data: dict[str, Any]) -> None:
        id_ = f"{number}-{len(planned)}"
        event = {
            "id": id_,
            "source": sender.source,
            "type": type_,
            "subject": number,
            "time": at.isoformat(),
            "data": data,
        }
        planned.append((at, len(planned), event))

    for step, (days, status) in enumerate(steps):
        at = end - timedelta(days=days) - timedelta(minutes=17 * (place + 1) + step)
        stage = definition.stage_for(status)
        served = {"served_on": at.date().isoformat()} if stage is not None and stage.formal else {}
        plan(at, "case.status", {"service": story.service, "status": status, **served})
        if step == 0:
            address = f"{name.split()[0].lower()}@example.org" if story.channel == "email" else f"07700 9001{place:02}"
            party = {"party": "1", "role": "applicant", "name": name, "known_fact": fact}
            plan(at, "case.party", {**party, "channels": [{"channel": story.channel, "address": address}]})
        if story.needs and step == len(steps) - 1:
            item = story.needs[0] or next(iter(definition.needs))
            due_on = (end + timedelta(days=story.needs[1])).date().isoformat()
            plan(at, "case.needs", {"items": [{"item": item, "code": item, "due_on": due_on}]})
    return planned


def _steps(definition: Definition, place: int) -> tuple[tuple[float, str], ...]:
    """The first statuses of a service's life cycle, further along for every other case."""
    by_stage: dict[str, str] = {}
    for status, stage in definition.mapping.items():
        by_stage.setdefault(stage, status)
    path = [by_stage[stage.code] for stage in definition.stages if not stage.closes and stage.code in by_stage]
    taken = path[: 2 + place % max(1, len(path) - 1)]
    return tuple((30.0 - 9 * step, status) for step, status in enumerate(taken[:4]))


async def _send(parts: Parts, sender: Sender, event: dict[str, Any]) -> str | None:
    told = translate(
        json.dumps(event).encode(), "application/json", zone=sender.zone, fingerprint_key=parts.secret,
        digest_known_fact=lambda fact: known_facts.digest(parts.secret, str(sender.organisation_id), fact),
    )  # fmt: skip
    return (await ingest(parts.store, sender, told.event, told.fingerprint)).reference


def _start_page(url: str, told: Told) -> APIRouter:
    """`/demo`: a link and a thing to try for each kind of user."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/demo")
    async def start() -> HTMLResponse:
        links = [{"who": who, "title": title, "url": link, "try": what} for who, title, link, what in _links(url, told)]
        return HTMLResponse(page("demo.html", "en", links=links))

    return routes


def _links(url: str, told: Told) -> list[tuple[str, str, str, str]]:
    first = told.cases[0]
    return [
        (
            "Citizen", "Track a request", f"{url}/track?reference={first['reference']}",
            f"The reference is {first['reference']} and the second detail is {first['known_fact']}.",
        ),
        ("Recipient", "Read the messages", f"{url}/outbox", "See each e-mail and text as it would have arrived."),
        (
            "Integrator", "Send an event", f"{url}/api/v1/openapi.json",
            f"Report a new status of case {first['number']} with the command that `tracker demo` printed.",
        ),
        ("Operator", "See that all is well", f"{url}/healthz", "The health check that a load balancer asks."),
    ]  # fmt: skip


def _curl(url: str, told: Told, now: datetime) -> str:
    source, first = told.source, told.cases[0]
    body = {
        "id": f"try-{now:%H%M%S}", "source": source["source"], "type": "case.status", "subject": first["number"],
        "time": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "data": {"service": source["service"], "status": "ASSESS"},
    }  # fmt: skip
    return (
        f"curl -X POST {url}/api/v1/events -H 'Authorization: Bearer {source['key']}' "
        f"-H 'Content-Type: application/json' -d '{json.dumps(body)}'"
    )


def _as_json(url: str, told: Told, now: datetime) -> str:
    return json.dumps(
        {
            "url": url, "outbox_url": f"{url}/outbox", "source": told.source, "cases": told.cases,
            "now": now.isoformat(timespec="seconds").replace("+00:00", "Z"),
        }
    )  # fmt: skip


def _as_text(url: str, told: Told, now: datetime) -> str:
    lines = [
        "",
        f"The demo is running: {url}/demo",
        f"Its clock shows {now.astimezone(ZoneInfo(ZONE)):%A %d %B %Y %H:%M}.",
    ]
    for who, title, link, what in _links(url, told):
        lines += ["", f"{who}: {title}", f"  {link}", f"  {what}"]
    lines += ["", "Send an event, then look at the page and the outbox again:", f"  {_curl(url, told, now)}"]
    return "\n".join([*lines, "", "Stop it with Ctrl-C; the next start keeps its data, --fresh begins anew."])

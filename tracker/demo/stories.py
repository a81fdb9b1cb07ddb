"""The demo's offices and what happened in them: made through the same door as every event, day by day."""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from integrations.wire import translate
from templates.environment import ROOT
from tracker.core import known_facts, references
from tracker.core.calendars import working_day_before
from tracker.core.definition_files import read
from tracker.core.definitions import Definition
from tracker.flows import offices, services
from tracker.flows.clock import advance
from tracker.flows.ingest import ingest
from tracker.flows.senders import recognise
from tracker.main import Parts
from tracker.store.columns import Mode
from tracker.store.keys import Sender
from tracker.store.organisations import Rhythm

ZONE = "Europe/London"
HISTORY = timedelta(days=70)
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
    Story("building-permit", "northwick", POSTCODES, ((6, "REC"),)),
    Story("building-permit", "northwick", POSTCODES, ((30, "REC"), (27, "VAL"), (12, "RFI")), ("floor_plan", 20)),
    Story("building-permit", "northwick", POSTCODES, ((52, "REC"), (50, "VAL"), (30, "ASSESS"), (9, "CONSULT"))),
    Story("building-permit", "northwick", POSTCODES, ((55, "REC"), (53, "VAL"), (35, "ASSESS"), (6, "GRANTED"))),
    Story("missed-bin", "northwick", POSTCODES, ((3, "LOGGED"), (2, "ROUTED")), None, "sms"),
    Story("missed-bin", "northwick", POSTCODES, ((6, "LOGGED"), (5, "ROUTED"), (4, "DONE")), None, "sms"),
    Story("benefit-claim", "harbour", BIRTHDAYS, ((34, "CLM01"), (30, "CLM02"), (13, "CLM05"))),
    Story("benefit-claim", "harbour", BIRTHDAYS, ((20, "CLM01"), (15, "CLM02"), (8, "CLM03")), ("identity", 14)),
)


@dataclass(frozen=True, slots=True)
class Told:
    """What the demo says of itself, and keeps beside its data so that a second start says the same."""

    source: dict[str, Any]
    cases: list[dict[str, str]]


def kept(folder: Path) -> Path:
    """Where the demo keeps what it told, beside its data."""
    return folder / "demo.json"


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


async def seed(parts: Parts, cases: int) -> Told:
    """Make the offices and their cases at the first start; later starts find them."""
    file = kept(parts.settings.data_dir)
    if file.exists():
        return Told(**json.loads(file.read_text()))
    made = definitions()
    keys = {}
    for slug, name in OFFICES.items():
        office = await offices.add_organisation(
            parts.store, slug=slug, name=name, zone=ZONE, clock_offset=_morning() - HISTORY - datetime.now(UTC)
        )
        system = offices.NewSource(
            SOURCES[slug], Rhythm.NIGHTLY, live_from=office.now - HISTORY, patience=timedelta(days=60)
        )
        await offices.add_source(parts.store, office, system)
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
    file.touch(mode=0o600)
    file.write_text(json.dumps(asdict(told)))
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
        shift = dice.randrange(0, 6) if place >= len(stories) else 0
        plan += _events(story, made[story.service][1], number, fact, place, end - timedelta(days=shift), sender)
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

    for step, (days, status) in enumerate(story.steps):
        at = _in_office_hours(end - timedelta(days=days), 37 * place + 11 * step)
        stage = definition.stage_for(status)
        served = {"served_on": at.date().isoformat()} if stage is not None and stage.formal else {}
        plan(at, "case.status", {"service": story.service, "status": status, **served})
        if step == 0:
            address = f"{name.split()[0].lower()}@example.org" if story.channel == "email" else f"07700 9001{place:02}"
            party = {"party": "1", "role": "applicant", "name": name, "known_fact": fact}
            plan(at, "case.party", {**party, "channels": [{"channel": story.channel, "address": address}]})
        if story.needs and step == len(story.steps) - 1:
            item = story.needs[0]
            due_on = (end + timedelta(days=story.needs[1])).date().isoformat()
            plan(at, "case.needs", {"items": [{"item": item, "code": item, "due_on": due_on}]})
    return planned


def _in_office_hours(day: datetime, minutes: int) -> datetime:
    """That many minutes into the office hours of a day, of the Friday before when it is a weekend."""
    local = day.astimezone(ZoneInfo(ZONE))
    working = working_day_before(local.date())
    opens = datetime.combine(working, time(9), local.tzinfo)
    return (opens + timedelta(minutes=minutes % 440)).astimezone(UTC)


async def _send(parts: Parts, sender: Sender, event: dict[str, Any]) -> str | None:
    told = translate(
        json.dumps(event).encode(), "application/json", zone=sender.zone, fingerprint_key=parts.secret,
        digest_known_fact=lambda fact: known_facts.digest(parts.secret, str(sender.organisation_id), fact),
    )  # fmt: skip
    return (await ingest(parts.store, sender, told.event, told.fingerprint)).reference

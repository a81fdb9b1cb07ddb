"""The demo's offices: a past of finished requests written in bulk, and the last week played through the real door."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from integrations.inbound import context_of
from integrations.wire import translate
from templates.environment import ROOT
from tracker.core.deciding.changes import Changes
from tracker.core.services.definitions import Definition
from tracker.core.services.files import read
from tracker.core.vocabulary import references
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode, Rhythm
from tracker.demo import afterwards, history, lesson, lives, people, stories
from tracker.demo.guide import DemoGuide, recall, save
from tracker.demo.history import Past
from tracker.demo.lives import COURSES, ZONE, InventedCase, Step
from tracker.flows.deciding.intake import ingest
from tracker.flows.desk import accounts
from tracker.flows.organisations import offices
from tracker.flows.organisations.clock import advance
from tracker.flows.organisations.senders import recognise
from tracker.flows.outreach.release import Links
from tracker.flows.promises import learn
from tracker.flows.services import versions
from tracker.main import Parts
from tracker.store.deciding import changes
from tracker.store.desk import accounts as stored_accounts
from tracker.store.desk.accounts import Position
from tracker.store.ground.organisations import Office
from tracker.store.organisations import seeding
from tracker.store.organisations.keys import Sender
from tracker.store.services import definitions as stored_services

OFFICES = {"northwick": "Northwick Council", "harbour": "Harbour Benefits"}
SOURCES = {"northwick": "permits", "harbour": "claims"}
PLAYED = timedelta(days=7)
"""So much of the demo's past goes through the real intake, message by message."""

PAST = timedelta(days=365)
"""So far back the first of its requests ended."""

MOST_OPEN = 60
"""So many requests are open at most: what a machine plays in well under a minute."""

RHYTHM, PATIENCE = Rhythm.NIGHTLY, timedelta(days=60)
"""How often its back offices report, and how long they may be quiet."""

BATCH = 200

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""


def definitions() -> dict[str, tuple[str, Definition]]:
    """The demo's services: text and definition by code."""
    found = {}
    for path in sorted((ROOT / "services").glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        definition = read(text)
        if not isinstance(definition, Definition):
            raise ValueError(f"{path.name}: {definition[0].path} {definition[0].problem}")
        found[definition.service] = (text, definition)
    return found


async def seed(parts: Parts, cases: int, progress: Progress = lambda what, done, all_: None) -> DemoGuide:
    """Make the offices and their cases at the first start; later starts find them."""
    before = recall(parts.settings.data_dir)
    if before is not None:
        return before
    made, end = definitions(), morning()
    await seeding.hurry(parts.store)
    keys: dict[str, str] = {}
    desk: list[dict[str, str]] = []
    for slug in OFFICES:
        keys[slug] = await _office(parts, slug, end - PLAYED, made)
        desk += await _accounts(parts, slug)
    planned = {slug: _plan(slug, cases, end, made) for slug in OFFICES}
    known = []
    for slug, (finished, going) in planned.items():
        known += await _send_all(parts, slug, keys[slug], finished, going, end=end, progress=progress)
    source = {
        "key": keys["northwick"], "source": SOURCES["northwick"], "register": SOURCES["northwick"],
        "service": "building-permit", "statuses": list(made["building-permit"][1].mapping),
    }  # fmt: skip
    told = DemoGuide(source, sorted(known, key=lambda case: case["service"] != "building-permit"), desk)
    save(parts.settings.data_dir, told)
    return told


def morning() -> datetime:
    """Ten o'clock of this weekday, or of the next one when today is none."""
    zone = ZoneInfo(ZONE)
    today = datetime.now(zone).date()
    while today.weekday() > 4:
        today += timedelta(days=1)
    return datetime.combine(today, time(10), zone).astimezone(UTC)


async def _office(parts: Parts, slug: str, begins: datetime, made: dict[str, tuple[str, Definition]]) -> str:
    """An office whose clock shows `begins`, with its services and its source; returns the source's key."""
    office = await offices.add_organisation(
        parts.store, slug=slug, name=OFFICES[slug], zone=ZONE, clock_offset=begins - datetime.now(UTC)
    )
    system = offices.NewSource(
        SOURCES[slug], RHYTHM, live_from=begins - 3 * PAST, patience=PATIENCE
    )  # fmt: skip
    await offices.add_source(parts.store, office, system)
    for service in {course.service for course in COURSES if course.organisation == slug}:
        await versions.apply(parts.store, office, made[service][0])
    return await offices.add_key(parts.store, office, SOURCES[slug], Mode.LIVE)


async def _accounts(parts: Parts, slug: str) -> list[dict[str, str]]:
    """One agent and one manager of an office, each with a password made up now."""
    office, made = await offices.organisation(parts.store, slug), []
    for position, name in ((Position.AGENT, "Robin Hale"), (Position.MANAGER, "Kim Adeyemi")):
        user, password = f"{position.value}@{slug}", secrets.token_urlsafe(12)
        await accounts.add(parts.store, office, user, name=name, password=password, position=position)
        made.append({"organisation": OFFICES[slug], "position": position.value, "user": user, "password": password})
    return made


def _plan(
    slug: str, cases: int, end: datetime, made: dict[str, tuple[str, Definition]]
) -> tuple[list[InventedCase], list[InventedCase]]:
    """The requests of an office: those that are over by now, and those that the demo is about."""
    source, dice = SOURCES[slug], afterwards.dice_of(slug, "lives")
    courses = [course for course in COURSES if course.organisation == slug]
    share = sum(course.share for course in courses) / sum(course.share for course in COURSES)
    open_ = min(MOST_OPEN, max(len(stories.STORIES), cases // 5), cases)
    mine = [story for story in stories.STORIES if story.organisation == slug]
    year = end.year % 100
    going = [
        stories.life_of(
            story, made[story.service][1], at, f"{story.service[:2].upper()}-{year}-{1001 + at}", source, end=end
        )
        for at, story in enumerate(mine[: max(1, round(open_ * share))])
    ]
    finished: list[InventedCase] = []
    begins = end - PLAYED
    counted = len(going)
    for place in range(counted, max(counted, round(cases * share))):
        course = dice.choices(courses, [course.share for course in courses])[0]
        number = f"{course.service[:2].upper()}-{year}-{1001 + place}"
        person = people.somebody(dice, place, texts=course.texts, postcode=slug == "northwick")
        days = lives.length(dice, course)
        is_open = place < round(open_ * share)
        over = end + timedelta(days=days * dice.uniform(-0.1, 0.9)) if is_open else begins - dice.random() * PAST
        life = lives.live(
            dice,
            course,
            made[course.service][1],
            number,
            source,
            person=person,
            begins=over - timedelta(days=days),
            days=days,
        )
        (going if is_open else finished).append(life)
    return finished, going


async def _send_all(
    parts: Parts,
    slug: str,
    key: str,
    finished: list[InventedCase],
    going: list[InventedCase],
    *,
    end: datetime,
    progress: Progress,
) -> list[dict[str, str]]:
    """Write the past of an office and play its last weeks; returns how each open request is found."""
    office = await offices.organisation(parts.store, slug)
    sender = await recognise(parts.store, key)
    begins = end - PLAYED
    reported = history.Reporting(sender, RHYTHM, PATIENCE, begins - 3 * PAST, parts.secret)
    spoken: dict[str, str] = {}
    past: list[Past] = []
    half_way, taught = begins - PAST / 2, None
    for at, life in enumerate(sorted([*finished, *going], key=lambda life: life.steps[0][0]), 1):
        opened_at = life.steps[0][0]
        if opened_at > half_way and taught is None:
            known = [(told.definition, told.case.case) for told in past]
            taught = await lesson.teach(parts.store, office, known, half_way)
        if opened_at <= begins:
            told = await _past(parts, office, reported, life, begins, taught=taught or {})
            past.append(told)
            spoken[life.number] = told.reference
        if at % 20 == 0 or at == len(finished) + len(going):
            progress(f"{office.name}: what was", at, len(finished) + len(going))
    await _write(parts, office, past, begins)
    await learn.due(parts.store, office.id)
    later = [step for life in [*finished, *going] for step in life.steps if begins < step[0] <= end]
    await _play(parts, office, sender, later, end, spoken=spoken, progress=progress)
    return [
        {
            "reference": references.spell(spoken[life.number]), "known_fact": life.person.fact,
            "service": life.service, "number": life.number, "name": life.person.name,
        }
        for life in going if life.number in spoken
    ]  # fmt: skip


async def _past(
    parts: Parts,
    office: Office,
    reported: history.Reporting,
    life: InventedCase,
    begins: datetime,
    *,
    taught: lesson.Taught,
) -> Past:
    async with parts.store.reading() as connection:
        current = await stored_services.current(connection, office.id, life.service)
    if current is None:
        raise LookupError(f"the definition of {life.service} is gone")
    return history.past(office, current, reported, life, begins, learned=taught.get(life.service))


async def _write(parts: Parts, office: Office, past: list[Past], begins: datetime) -> None:
    """Write whole cases, a few big transactions."""
    agent = await _agent(parts, office)
    sent = [history.attempts(told) for told in past]
    attempts = [row for mine in sent for row in mine]
    links = Links(parts.settings.public_url.rstrip("/"), parts.secret)
    caught = afterwards.letters(past, attempts, links)
    for at in range(0, len(past), BATCH):
        together = Changes(Scope(office.id, Mode.LIVE), begins)
        rows: dict[str, list[history.Row]] = {"telling": [], "attempt": [], "feedback": [], "contact": []}
        for told, mine in zip(past[at : at + BATCH], sent[at : at + BATCH], strict=True):
            together.add(history.changes(told, begins))
            rows["telling"] += afterwards.looks(told, begins)
            rows["attempt"] += mine
            rows["feedback"] += afterwards.feedback(told, begins)
            rows["contact"] += afterwards.contacts(told, begins, agent)
        async with parts.store.transaction() as connection:
            await changes.write(connection, together)
            await seeding.write(connection, rows)
    async with parts.store.transaction() as connection:
        await seeding.write(connection, {"caught": caught})


async def _agent(parts: Parts, office: Office) -> UUID:
    async with parts.store.reading() as connection:
        found = await stored_accounts.by_login(connection, f"{Position.AGENT.value}@{office.slug}")
    if found is None:
        raise LookupError("the agent's account is gone")
    id_: UUID = found.id
    return id_


async def _play(
    parts: Parts, office: Office, sender: Sender, steps: list[Step], end: datetime, *, spoken: dict[str, str],
    progress: Progress,
) -> None:  # fmt: skip
    """Send what the back office sent in the last weeks, each at its time, with everything that falls due between."""
    steps.sort(key=lambda step: (step[0], step[1]["id"]))
    for at, (when, event) in enumerate(steps, 1):
        await advance(parts.store, office.id, when, parts.worker.carry)
        reference = await _send(parts, sender, event)
        if reference:
            spoken[event["subject"]] = reference
        progress(f"{office.name}: the last week", at, len(steps))
    await advance(parts.store, office.id, end, parts.worker.carry)


async def _send(parts: Parts, sender: Sender, event: dict[str, Any]) -> str | None:
    told = translate(json.dumps(event).encode(), "application/json", context_of(sender, parts.secret))
    return (await ingest(parts.store, sender, told)).reference

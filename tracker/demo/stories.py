"""The demo's open requests that a visitor meets first, each at another point of its way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tracker.core.services.definitions import Definition
from tracker.demo.lives import InventedCase, Step, in_office_hours
from tracker.demo.people import InventedPerson


@dataclass(frozen=True, slots=True)
class Story:
    """How a case of a service goes: so many days before the end, this status; `needs` asks for something with it."""

    service: str
    organisation: str
    person: InventedPerson
    steps: tuple[tuple[float, str], ...]
    needs: tuple[str, int] | None = None


def _mail(name: str, language: str, fact: str) -> InventedPerson:
    return InventedPerson(name, language, (("email", f"{name.split()[0].lower()}@example.org"),), fact)


STORIES = (
    Story("building-permit", "northwick", _mail("Alex Morgan", "en", "NW4 2BC"), ((6, "REC"),)),
    Story(
        "building-permit", "northwick", _mail("Sam Okafor", "en", "NW4 7QT"), ((30, "REC"), (27, "VAL"), (12, "RFI")),
        ("floor_plan", 20),
    ),
    Story(
        "building-permit", "northwick", _mail("Nadia Rahman", "en", "NW5 1AA"),
        ((52, "REC"), (50, "VAL"), (30, "ASSESS"), (9, "CONSULT")),
    ),
    Story(
        "building-permit", "northwick", _mail("Ana Silva", "es", "NW6 3DF"),
        ((55, "REC"), (53, "VAL"), (35, "ASSESS"), (6, "GRANTED")),
    ),
    Story(
        "missed-bin", "northwick", InventedPerson("Megan Rees", "cy", (("sms", "07700 900104"),), "NW4 2BC"),
        ((3, "LOGGED"), (2, "ROUTED")),
    ),
    Story(
        "missed-bin", "northwick", InventedPerson("Mei Chen", "en", (("sms", "07700 900105"),), "NW4 7QT"),
        ((6, "LOGGED"), (5, "ROUTED"), (4, "DONE")),
    ),
    Story(
        "benefit-claim", "harbour", _mail("Ravi Patel", "en", "1958-01-30"),
        ((34, "CLM01"), (30, "CLM02"), (13, "CLM05")),
    ),
    Story(
        "benefit-claim", "harbour", InventedPerson("ليلى حداد", "ar", (("email", "laila@example.org"),), "1993-07-21"),
        ((20, "CLM01"), (15, "CLM02"), (8, "CLM03")), ("identity", 14),
    ),
)  # fmt: skip


def life_of(
    story: Story, definition: Definition, place: int, number: str, source: str, *, end: datetime
) -> InventedCase:
    """The life of a story's case up to `end`."""
    steps: list[Step] = []

    def add(at: datetime, type_: str, data: dict[str, Any]) -> None:
        event = {
            "id": f"{number}-{len(steps)}", "source": source, "type": type_, "subject": number, "time": at.isoformat(),
            "data": data,
        }  # fmt: skip
        steps.append((at, event))

    for step, (days, status) in enumerate(story.steps):
        at = in_office_hours(end - timedelta(days=days), 37 * place + 11 * step)
        stage = definition.stage_for(status)
        served = {"served_on": at.date().isoformat()} if stage is not None and stage.formal else {}
        add(at, "case.status", {"service": story.service, "status": status, **served})
        if step == 0:
            add(at, "case.party", story.person.event_data())
        if story.needs and step == len(story.steps) - 1:
            item = story.needs[0]
            due_on = (end + timedelta(days=story.needs[1])).date().isoformat()
            add(at, "case.needs", {"items": [{"item": item, "code": item, "due_on": due_on}]})
    return InventedCase(number, story.service, story.person, tuple(steps))

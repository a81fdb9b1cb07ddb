"""How a request goes at a back office: what happens to it, and when, in office hours. Made up, but always the same."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tracker.core.services.definitions import Definition
from tracker.core.vocabulary.calendars import WEEKDAYS
from tracker.demo.people import InventedPerson

ZONE = "Europe/London"


@dataclass(frozen=True, slots=True)
class Course:
    """How requests of a service go. `days`: half of them are over by then; `spread` is that of the logarithm.

    A step is (status, the share of the whole time after which it comes, how likely it is); an end (status, weight).
    """

    service: str
    organisation: str
    days: float
    spread: float
    share: float
    texts: float
    steps: tuple[tuple[str, float, float], ...]
    ends: tuple[tuple[str, int], ...]
    asks: dict[str, tuple[str, ...]]
    """What is asked for when this status is reported."""
    back: str | None = None
    """The status that says that it was supplied."""


COURSES = (
    Course(
        "building-permit", "northwick", 45, 0.42, 0.4, 0.12,
        (("REC", 0, 1), ("VAL", 0.06, 1), ("RFI", 0.15, 0.3), ("RFI-IN", 0.32, 0.3), ("ASSESS", 0.45, 1),
         ("CONSULT", 0.65, 0.35)),
        (("GRANTED", 80), ("REFUSED", 13), ("WITHDRAWN", 7)),
        {"RFI": ("floor_plan", "site_plan", "site_photo", "owner_consent", "fire_safety")}, "RFI-IN",
    ),
    Course(
        "missed-bin", "northwick", 3, 0.5, 0.3, 0.7,
        (("LOGGED", 0, 1), ("ROUTED", 0.3, 1), ("NOACCESS", 0.5, 0.08), ("CREW", 0.8, 0.6)),
        (("DONE", 94), ("CANCEL", 6)), {"NOACCESS": ("bin_out", "clear_way")}, "CREW",
    ),
    Course(
        "benefit-claim", "harbour", 25, 0.42, 0.3, 0.25,
        (("CLM01", 0, 1), ("CLM02", 0.12, 1), ("CLM03", 0.25, 0.25), ("CLM04", 0.4, 0.25), ("CLM05", 0.5, 1)),
        (("CLM10", 74), ("CLM11", 19), ("CLM12", 7)),
        {"CLM03": ("identity", "rent", "income", "bank", "doctor")}, "CLM04",
    ),
)  # fmt: skip


Step = tuple[datetime, dict[str, Any]]
"""When an event happened, and the event."""


@dataclass(frozen=True, slots=True)
class InventedCase:
    """One request: whose it is, and its events in time."""

    number: str
    service: str
    person: InventedPerson
    steps: tuple[Step, ...]


def length(dice: random.Random, course: Course) -> float:
    """How many days a request takes."""
    return min(course.days * 5, course.days * dice.lognormvariate(0, course.spread))


def live(
    dice: random.Random, course: Course, definition: Definition, number: str, source: str, *, person: InventedPerson,
    begins: datetime, days: float,
) -> InventedCase:  # fmt: skip
    """The life of a request that begins then and takes so many days."""
    end = dice.choices([code for code, _ in course.ends], [weight for _, weight in course.ends])[0]
    chosen: dict[float, bool] = {}  # what is asked for and what comes back are one throw
    marks = [(code, at) for code, at, chance in course.steps if chosen.setdefault(chance, dice.random() < chance)]
    steps: list[Step] = []
    asked: str | None = None
    before = begins - timedelta(days=4)

    def add(at: datetime, type_: str, data: dict[str, Any]) -> None:
        steps.append((at, {
            "id": f"{number}-{len(steps)}", "source": source, "type": type_, "subject": number, "time": at.isoformat(),
            "data": data,
        }))  # fmt: skip

    for code, share in [*marks, (end, 1.0)]:
        at = in_office_hours(begins + timedelta(days=days * share), dice.randrange(440))
        at = max(at, before + timedelta(minutes=dice.randrange(20, 90)))
        stage = definition.stage_for(code)
        served = {"served_on": at.date().isoformat()} if stage is not None and stage.formal else {}
        add(at, "case.status", {"service": course.service, "status": code, **served})
        if not share:
            add(at, "case.party", person.event_data() | ({"sensitive": True} if person.sensitive else {}))
        if code in course.asks:
            asked = dice.choice(course.asks[code])
            due = (at + timedelta(days=max(2, days / 2))).date().isoformat()
            add(at, "case.needs", {"items": [{"item": asked, "code": asked, "due_on": due}]})
        elif asked is not None:
            add(at, "case.needs", {"items": [{"item": asked, "supplied_at": at.isoformat()}]})
            asked = None
        before = at
    return InventedCase(number, course.service, person, tuple(steps))


def in_office_hours(day: datetime, minutes: int) -> datetime:
    """That many minutes into the office hours of a day, of the Friday before when it is a weekend."""
    local = day.astimezone(ZoneInfo(ZONE))
    working = WEEKDAYS.until(local.date())
    opens = datetime.combine(working, time(9), local.tzinfo)
    return (opens + timedelta(minutes=minutes % 440)).astimezone(UTC)

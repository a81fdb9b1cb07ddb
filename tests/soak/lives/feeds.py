"""When each event is delivered, by how an office reports: at once, nightly, weekly, and with one week lost for a while.

Live and nightly sources fall silent once, for longer than their patience: what happened meanwhile comes together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import groupby

from tests.soak.lives.happened import BEGIN, ZONE, Event

SILENT_FROM, SILENT_DAYS = BEGIN + timedelta(days=43), 8
"""Longer than a live source (4 days) or a nightly one (5) may be silent."""

LOST_WEEK, FOUND_AFTER = 5, timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Feed:
    """How an office reports. `rhythm`: what it declares."""

    name: str
    rhythm: str


FEEDS = (Feed("live", "live"), Feed("nightly", "nightly"), Feed("weekly", "weekly"), Feed("week lost", "weekly"))


@dataclass(frozen=True, slots=True)
class Delivery:
    """What comes at one instant, in the order in which it comes."""

    at: datetime
    events: tuple[Event, ...]


def deliveries(feed: Feed, events: list[Event]) -> list[Delivery]:
    """Everything that happened, as it comes."""
    timed = sorted(
        ((_when(feed, each.at), each.at, place, each) for place, each in enumerate(events)), key=lambda t: t[:3]
    )
    return [Delivery(at, tuple(each[3] for each in some)) for at, some in groupby(timed, key=lambda each: each[0])]


def _when(feed: Feed, at: datetime) -> datetime:
    local = at.astimezone(ZONE)
    match feed.name:
        case "live":
            soon = (at + timedelta(minutes=1)).replace(second=20, microsecond=0)
            return _after_silence(soon, timedelta(0))
        case "nightly":
            night = datetime.combine(local.date() + timedelta(days=1), time(2, 10), ZONE).astimezone(UTC)
            return _after_silence(night, timedelta(minutes=10))
        case _:
            sunday = local.date() + timedelta(days=7 - local.weekday() - 1 if local.weekday() < 6 else 7)
            report = datetime.combine(sunday, time(3, 0), ZONE)
            lost = feed.name == "week lost" and (report - BEGIN) // timedelta(days=7) == LOST_WEEK
            return (report + FOUND_AFTER if lost else report).astimezone(UTC)


def _after_silence(at: datetime, late: timedelta) -> datetime:
    ends = SILENT_FROM + timedelta(days=SILENT_DAYS)
    return (ends + late).astimezone(UTC) if SILENT_FROM <= at < ends else at

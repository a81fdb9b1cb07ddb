"""What happens in a life: events, as the office will report them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/London")
BEGIN = datetime(2026, 2, 2, 8, 0, tzinfo=ZONE)
SOURCE = "backoffice"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, as the office will report it."""

    at: datetime
    id: str
    number: str
    type: str
    data: dict[str, Any]

    @property
    def wire(self) -> dict[str, Any]:
        """What goes over the wire."""
        return {
            "id": self.id,
            "source": SOURCE,
            "type": self.type,
            "subject": self.number,
            "time": self.at.isoformat(),
            "data": self.data,
        }


@dataclass(frozen=True, slots=True)
class Life:
    """One request. `looks`: its person reads the page with every message; else nobody ever looks at it."""

    number: str
    service: str
    postcode: str
    looks: bool
    events: tuple[Event, ...]


def postcode(place: int) -> str:
    """A postcode of its own for each life."""
    letters = chr(65 + place // 10 % 10) + chr(65 + place % 10)
    return f"N{place // 1000 % 100} {place // 100 % 10}{letters}"

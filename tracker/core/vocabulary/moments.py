"""When something happened, as precisely as it is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened: an instant (aware UTC), or a day when only the day is known. Exactly one is set."""

    at: datetime | None = None
    on: date | None = None

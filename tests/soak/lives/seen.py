"""What is looked at: a message at the instant at which it leaves, and the windows on its case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Windows:
    """What the person's page, the public JSON and the desk say at one instant."""

    page: str
    told: dict[str, Any]
    desk: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A message that leaves, and the windows on its case just then."""

    number: str
    now: datetime
    address: str
    channel: str
    subject: str
    text: str
    html: str
    windows: Windows

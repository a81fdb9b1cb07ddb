"""What every carrier of messages offers, and the answers it may give.

A carrier is told the exact words and an attempt id that travels with them; it answers by what to do next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Content:
    """The exact words of a message. An SMS has `text` alone."""

    sender: str
    text: str
    subject: str | None = None
    html: str | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One attempt to send: whose it is, where it goes, what it says. Nothing in it is shared with another."""

    organisation_id: UUID
    mode: str
    message_id: UUID
    attempt_id: UUID
    number: int
    channel: str
    address: str
    content: Content
    now: datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has taken it, under this id."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Another worker has taken over since: nothing was sent."""


Answer = Accepted | Overtaken


class Carrier(Protocol):
    """A way to send. `name` is kept with each attempt."""

    name: str

    async def send(self, outgoing: Outgoing) -> Answer:
        """Hand the message over. No transaction and no connection is held by the caller meanwhile."""
        ...

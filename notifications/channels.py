"""What every carrier of messages offers, and the answers it may give.

A carrier is told the exact words and an attempt id that travels with them; it answers by what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from tracker.core.outreach.attempts import Ending
from tracker.core.vocabulary.scope import Scope


@dataclass(frozen=True, slots=True)
class Content:
    """The exact words of a message, and whom the reader sees as its sender. An SMS has `text` alone."""

    sender: str
    text: str
    subject: str | None = None
    html: str | None = None


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One attempt to send: whose it is, where it goes, what it says. Nothing in it is shared with another.

    `sender`: the organisation's own address or number on this channel, if it has given one. `stop_url`: where the
    reader asks us to stop; empty where there is no such link. `now`: business time at which the attempt began.
    `known`: what providers call other messages to the same recipient, so that asking cannot mistake one for this.
    """

    scope: Scope
    message_id: UUID
    attempt_id: UUID
    number: int
    channel: str
    address: str
    content: Content
    now: datetime
    sender: str | None = None
    organisation: str = ""
    language: str = "en"
    stop_url: str = ""
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has taken it, under this id. `delivered`: it has also arrived."""

    provider_id: str
    delivered: bool = False


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Another worker has taken over since: nothing was sent."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It will not go to this address, however often it is tried."""

    ending: Ending


@dataclass(frozen=True, slots=True)
class PutOff:
    """The other side says: not now. It is tried again after growing pauses, a few times."""

    ending: Ending = Ending.PUT_OFF


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing was sent and nothing is wrong with the message: it is due again after this, and no try is spent."""

    after: timedelta
    ending: Ending


@dataclass(frozen=True, slots=True)
class Unsure:
    """It may have gone. Asked about: there is no way to know."""


@dataclass(frozen=True, slots=True)
class Absent:
    """Asked about: the provider has not got it, as far as it shows now."""


Answer = Accepted | Overtaken | Refused | PutOff | Later | Unsure | Absent


class Carrier(Protocol):
    """A way to send. `name` is kept with each attempt. `repeatable`: a second copy bears the same id, so that the
    reader's mail system recognises it; one whose fate is not known may be sent once more."""

    name: str
    repeatable: bool

    def rest(self) -> timedelta | None:
        """How long nothing is to be handed over, since the provider is away or asked for it; None: go on."""
        ...

    async def send(self, outgoing: Outgoing) -> Answer:
        """Hand the message over. No transaction and no connection is held by the caller meanwhile."""
        ...

    async def ask(self, outgoing: Outgoing) -> Answer:
        """What became of an attempt whose end we do not know."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...


@dataclass(frozen=True, slots=True)
class Carriers:
    """The carriers of this installation. What is in sandbox never leaves it."""

    sandbox: Carrier
    live: Mapping[str, Carrier] = field(default_factory=dict)

    def of(self, sandbox: bool, channel: str) -> Carrier | None:
        """The carrier of a message; None when none is configured for its channel."""
        return self.sandbox if sandbox else self.live.get(channel)

    async def close(self) -> None:
        """Hang up everywhere."""
        for carrier in self.live.values():
            await carrier.close()

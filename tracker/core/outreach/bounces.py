"""What becomes of a letter and of its address when a report about it comes back after it was accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tracker.core.vocabulary.traits import for_each


class Bounce(StrEnum):
    """What such a report says."""

    HARD = "hard"
    """Nobody can be reached at this address."""
    SOFT = "soft"
    """It did not arrive this time: the mailbox is full, or its server was away for too long."""
    REFUSED = "refused"
    """This letter was not let in, for what it is or where it comes from; the address may be good."""
    COMPLAINT = "complaint"
    """Its reader calls it spam."""
    AUTO_REPLY = "auto_reply"
    """A machine answers that its reader is away. It arrived."""
    DELAYED = "delayed"
    """It has not arrived yet, and is tried again over there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceTraits:
    """What holds of all such reports."""

    lost: bool
    """The letter did not arrive: it goes on to the next rung."""
    again: bool
    """Where there is no other channel, the same one is tried again."""
    suppresses: bool
    """Nothing goes to that address any more until it is confirmed anew."""
    stops: bool
    """It counts as if its reader had asked us to stop."""


def _none(**but: bool) -> BounceTraits:
    return BounceTraits(**{**dict.fromkeys(("lost", "again", "suppresses", "stops"), False), **but})


BOUNCES: Final[Mapping[Bounce, BounceTraits]] = for_each(
    Bounce,
    {
        Bounce.HARD: _none(lost=True, suppresses=True),
        Bounce.SOFT: _none(lost=True, again=True),
        Bounce.REFUSED: _none(lost=True),
        Bounce.COMPLAINT: _none(stops=True),
        Bounce.AUTO_REPLY: _none(),
        Bounce.DELAYED: _none(),
    },
    __file__,
)


class LiftReason(StrEnum):
    """How staff know that an address works again, from which letters came back."""

    SAID_SO = "said_so"
    """The person says that it works: their mailbox was full, or its server away."""
    ADDRESS_RIGHT = "address_right"
    """It was compared with what the person says, letter by letter."""
    MISTAKE = "mistake"
    """It was shut by mistake."""


MOST_SOFT: Final = 3
"""So many soft bounces in a row are one too many,"""
SOFT_FOR: Final = timedelta(hours=72)
"""if there is at least so much time between the first and the last: a full mailbox may be emptied, a server mended."""


def worn_out(soft: Sequence[datetime]) -> bool:
    """Whether an address counts as dead, after soft bounces at these times with no letter that arrived in between."""
    return len(soft) >= MOST_SOFT and max(soft) - min(soft) >= SOFT_FOR


NEWEST_LETTERS: Final = 200
"""How many letters come back is counted of so many, the newest of an organisation,"""
LEAST_LETTERS: Final = 100
"""and judged where there are so many at least."""
MOST_SHARE: Final = 0.05
PAUSE: Final = timedelta(days=1)
"""For so long what is not urgent is not mailed, where more come back."""


def too_many(letters: int, came_back: int) -> bool:
    """Whether so many of these letters came back that mail systems may soon shut out all that its sender says."""
    return letters >= LEAST_LETTERS and came_back > MOST_SHARE * letters


@dataclass(frozen=True, slots=True)
class Suppression:
    """An address to which nothing goes. `since`: when the letter was sent that came back, business time."""

    since: datetime

    def holds(self, confirmed_at: datetime | None) -> bool:
        """Whether it still holds, for an address that the office gave anew at this time (None: it has not changed)."""
        return confirmed_at is None or confirmed_at <= self.since

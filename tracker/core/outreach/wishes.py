"""What one address has asked of us: to hear no more, of one request or of all, and to hear again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.purposes import PURPOSES

ANSWER_WITHIN = timedelta(days=3)
"""Who may have asked us to stop is asked once; without an answer for so long, they have."""


class Wish(StrEnum):
    """What an address asked for. The newest one counts."""

    STOP = "stop"
    START = "start"
    PAUSE = "pause"
    """It may be a stop: they were asked, and until they answer nothing comes that can wait."""
    WRONG_PERSON = "wrong_person"
    """The address is somebody's who has nothing to do with the request."""


class WishReason(StrEnum):
    """Why staff stop or start messages for somebody."""

    ASKED = "asked"
    """They asked us, on the phone, at the counter or in a letter."""
    HELPER = "helper"
    """Somebody asked who may act for them."""
    WRONG_PERSON = "wrong_person"
    """The address is somebody else's."""
    DANGER = "danger"
    """A message may harm them."""
    MISTAKE = "mistake"
    """It was stopped or started by mistake."""


@dataclass(frozen=True, slots=True)
class WishInForce:
    """A wish to hear nothing as it stands: a stop since `at`, or a pause (`answer_by` is to come). `of_one`: of one
    request alone. `via`: sms, link, provider or staff."""

    wish: Wish
    at: datetime
    answer_by: datetime | None
    via: str
    of_one: bool

    @property
    def stops(self) -> bool:
        """Whether nothing at all is sent: all but a pause."""
        return self.wish is not Wish.PAUSE

    def silences(self, purpose: Purpose) -> bool:
        """Whether a message of this purpose is not sent: in a pause, what a person must hear goes out."""
        return self.stops or PURPOSES[purpose].may_miss

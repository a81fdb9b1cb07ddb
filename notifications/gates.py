"""A gate before a provider's account: closed while the provider is away or asked us to be slower.

All senders of the account in this process stand before the same gate.
"""

from __future__ import annotations

import random
import time
from datetime import timedelta

FIRST_SECONDS = 2.0
LONGEST_SECONDS = 300.0


class CarrierGate:
    """Open until something goes wrong. Machine time of this process: nothing here is kept."""

    def __init__(self) -> None:
        self._until = 0.0
        self._stumbles = 0

    def rest(self) -> timedelta | None:
        """How long it stays closed; None: it is open."""
        left = self._until - time.monotonic()
        return timedelta(seconds=left) if left > 0 else None

    def close(self, seconds: float) -> timedelta:
        """Closed for so long at least; returns how long it stays closed."""
        self._until = max(self._until, time.monotonic() + seconds)
        return self.rest() or timedelta(seconds=seconds)

    def stumble(self) -> timedelta:
        """The provider is in trouble: closed for a growing and uneven time. Those who were already on their way
        when it closed do not make it longer."""
        shut = self.rest()
        if shut is not None:
            return shut
        self._stumbles += 1
        pause = min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** min(self._stumbles - 1, 20))
        return self.close(pause * random.uniform(0.75, 1.25))  # noqa: S311 - spreads, hides nothing

    def passed(self) -> None:
        """The provider has worked: the next trouble begins with a short pause again."""
        self._stumbles = 0

"""The case that goes on in place of one that was joined to it, as far as those who were joined may know of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tracker.core.vocabulary.words import Outcome


@dataclass(frozen=True, slots=True)
class Survivor:
    """Where a chain of merged cases comes to. `end`: the entry by which it ended, None while it is open; `ended_at`:
    when; `outcome`: how, None where that is not for others to know."""

    end: UUID | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None

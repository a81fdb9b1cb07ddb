"""What holds for every case of a decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tracker.core.deciding.fresh import Fresh
from tracker.core.vocabulary.words import Mode


@dataclass(frozen=True, slots=True)
class DecisionContext:
    """What holds for every case of a decision: live or test, the office's zone, what supplies ids, and what the clock
    shows."""

    mode: Mode
    zone: str
    fresh: Fresh
    now: datetime

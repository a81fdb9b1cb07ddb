"""How long a case's clock was paused: days on which the office waited, which do not count against it."""

from __future__ import annotations

from datetime import date

from tracker.core.case.timeline import Folded
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.words import Clock

Pause = tuple[date, date | None]
"""From a day up to another, or until now."""


def days_paused(case: Folded, since: date, until: date, zone: str) -> int:
    """Days from `since` up to `until` on which the clock of the case was paused."""
    return sum(max(0, (min(end or until, until) - max(since, begin)).days) for begin, end in pauses(case, zone))


def pauses(case: Folded, zone: str) -> list[Pause]:
    """When the clock of the case was paused, oldest first."""
    begins = [(day_of(at, zone), clock) for at, clock in case.turns]
    ends = [*(day for day, _ in begins[1:]), None]
    return [(begin, end) for (begin, clock), end in zip(begins, ends, strict=False) if clock is Clock.PAUSED]

"""How long a case's clock was paused: days on which the office waited, which do not count against it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tracker.core.case.timeline import Folded
from tracker.core.services.definitions import Definition, Stage
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.words import Clock

Stretch = tuple[date, date | None]
"""From a day up to another, or until now."""


def days_paused(case: Folded, definition: Definition, since: date, until: date, zone: str) -> int:
    """Days from `since` up to `until` on which the case stood in a stage whose clock is paused, by its timeline."""
    return sum(
        max(0, (min(end or until, until) - max(since, begin)).days)
        for begin, end in stretches(case, definition, lambda stage: stage.clock is Clock.PAUSED, zone)
    )


def stretches(case: Folded, definition: Definition, which: Callable[[Stage], bool], zone: str) -> list[Stretch]:
    """When the case stood in such stages, by its timeline, oldest first."""
    if not any(map(which, definition.stages)):
        return []
    begins = [
        (day_of(line.position, zone), which(stage))
        for line in case.lines
        if line.position is not None and line.stage is not None and (stage := definition.stage(line.stage)) is not None
    ]
    ends = [*(day for day, _ in begins[1:]), None]
    return [(begin, end) for (begin, such), end in zip(begins, ends, strict=True) if such]

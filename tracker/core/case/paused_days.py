"""How long a case's clock was paused: days on which the office waited, which do not count against it."""

from __future__ import annotations

from datetime import date

from tracker.core.case.timeline import Folded
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.words import Clock


def days_paused(case: Folded, definition: Definition, since: date, until: date, zone: str) -> int:
    """Days from `since` up to `until` on which the case stood in a stage whose clock is paused, by its timeline."""
    if all(stage.clock is not Clock.PAUSED for stage in definition.stages):
        return 0
    begins = [
        (max(since, day_of(line.position, zone)), stage.clock)
        for line in case.lines
        if line.position is not None and line.stage is not None and (stage := definition.stage(line.stage)) is not None
    ]
    ends = [*(day for day, _ in begins[1:]), until]
    return (
        sum(
            max(0, (min(end, until) - begin).days)
            for (begin, clock), end in zip(begins, ends, strict=True)
            if clock is Clock.PAUSED
        )
        if begins
        else 0
    )

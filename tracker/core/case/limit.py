"""The limit that the law sets for a case: its last day, and whether it stands still while the clock is paused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tracker.core.case.paused_days import pauses
from tracker.core.case.timeline import Folded
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary.calendars import day_of, word_due_at
from tracker.core.vocabulary.words import CaseState


@dataclass(frozen=True, slots=True)
class StatutoryLimit:
    """The last day that the law allows, with the days added on which it did not run. `stands_still`: it does not run
    now, and of the days that it stands still none is counted yet."""

    on: date
    stands_still: bool = False

    def passed_at(self, zone: str) -> datetime | None:
        """When people are told that it has passed: on the day after it, unless it stands still."""
        return None if self.stands_still else word_due_at(self.on + timedelta(days=1), zone)


def limit_of(case: Folded, definition: Definition, zone: str) -> StatutoryLimit | None:
    """None where the law sets no limit, and once the case has ended."""
    law = definition.statutory
    if law is None or case.opened_at is None or case.state is CaseState.CLOSED:
        return None
    opened_on = case.opened.on or day_of(case.opened_at, zone)
    on = opened_on + law.limit
    if not law.pauses:
        return StatutoryLimit(on)
    for begin, end in pauses(case, zone):
        if begin > on:  # it has passed: no pause brings it back
            break
        if end is None:
            return StatutoryLimit(on, stands_still=True)
        on += max(end - begin, timedelta(0))
    return StatutoryLimit(on)

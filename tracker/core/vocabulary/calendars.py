"""Days and instants in a zone: where a day begins, when the next word is due, when people are left in peace."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
WORD_HOUR = time(10)
"""The local hour at which a word that is due on a day is sent."""


def day_of(instant: datetime, zone: str) -> date:
    """The local calendar day of an instant."""
    return instant.astimezone(ZoneInfo(zone)).date()


def start_of(day: date, zone: str) -> datetime:
    """The first instant of a local day, aware UTC (midnight, or the end of a gap that swallowed it)."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def end_of(day: date, zone: str) -> datetime:
    """The last microsecond of a local day, aware UTC; days of 23 and 25 hours included."""
    return start_of(day + timedelta(days=1), zone) - MICROSECOND


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Monday to Friday, but for the days on which offices in a place are `closed`, and an office's `own` days off."""

    place: str | None = None
    closed: Container[date] = field(default=frozenset(), compare=False, repr=False)
    own: frozenset[date] = frozenset()

    def __contains__(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self.closed and day not in self.own

    def but(self, own: frozenset[date]) -> WorkingDays:
        """These, but for the office's own closed days."""
        return replace(self, own=own) if own else self

    def since(self, day: date) -> date:
        """The day itself, or the first working day after it."""
        while day not in self:
            day += DAY
        return day

    def until(self, day: date) -> date:
        """The day itself, or the last working day before it."""
        while day not in self:
            day -= DAY
        return day


WEEKDAYS = WorkingDays()


def next_word_on(
    last_word: datetime,
    silence: timedelta,
    zone: str,
    working: WorkingDays = WEEKDAYS,
    *,
    longest: timedelta | None = None,
) -> date:
    """The day by which somebody hears from us again: at most `silence` after the last word, and a working day.

    A silence that ends before the next working day runs until then. One that has grown, and may grow up to `longest`,
    ends on the working day after it if that is no longer: over a weekend it would shrink again.
    """
    last, ends = day_of(last_word, zone), day_of(last_word + silence, zone)
    if longest is not None and (after := working.since(ends)) <= day_of(last_word + longest, zone):
        return after
    due = working.until(ends)
    return due if due > last else working.since(last + DAY)


def word_due_at(day: date, zone: str) -> datetime:
    """The instant at which the word of that day is sent, aware UTC."""
    return datetime.combine(day, WORD_HOUR, ZoneInfo(zone)).astimezone(UTC)


def outside(at: datetime, begins: time, ends: time, zone: str) -> datetime:
    """The instant itself, or the end of the quiet hours that it falls in. Local hours, on days of 23 and 25 too.

    Quiet hours run from `begins` up to but without `ends`, over midnight when `ends` is earlier; where both are
    the same there are none.
    """
    local = at.astimezone(ZoneInfo(zone))
    clock = local.time()
    overnight = ends < begins
    quiet = (clock >= begins or clock < ends) if overnight else begins <= clock < ends
    if not quiet:
        return at
    day = local.date() + timedelta(days=1) if overnight and clock >= begins else local.date()
    end = datetime.combine(day, ends, ZoneInfo(zone)).astimezone(UTC)
    # On the day that clocks go back an hour comes twice; the first of the two has passed already in the second.
    return end if end > at else datetime.combine(day, ends, ZoneInfo(zone)).replace(fold=1).astimezone(UTC)

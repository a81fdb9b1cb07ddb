"""How the rows of a log reach us: as they happen, every night, every week, or with a week that goes astray."""

from __future__ import annotations

from enum import StrEnum

LOST_EVERY_WEEKS = 13
"""One week in so many goes astray; its rows come a week after the next one has begun as usual."""


class Feed(StrEnum):
    """When the rows of a day are known. Until then the day counts as not seen."""

    LIVE = "live"
    """At once."""
    NIGHTLY = "nightly"
    """At the beginning of the next day."""
    WEEKLY = "weekly"
    """At the beginning of the next Monday."""
    WEEK_LOST = "week-lost"
    """Nightly, but one week in thirteen comes a week late, after the one that follows it."""

    def loaded_on(self, day: int) -> int:
        """The day at whose beginning the rows of a day are known, all of them."""
        if self is Feed.WEEKLY:
            return monday(day) + 7
        if self is Feed.WEEK_LOST and _lost(day):
            return monday(day) + 14
        return day + 1

    def known_through(self, today: int) -> int:
        """The last day of which, at the beginning of today, everything is known."""
        if self is Feed.WEEKLY:
            return monday(today) - 1
        if self is Feed.WEEK_LOST:
            if _lost(today):
                return min(today, monday(today)) - 1
            if _lost(today - 7):
                return monday(today) - 8
        return today - 1


def monday(day: int) -> int:
    """The Monday of a day's week."""
    return day - (day - 1) % 7


def _lost(day: int) -> bool:
    return (day - 1) // 7 % LOST_EVERY_WEEKS == 0

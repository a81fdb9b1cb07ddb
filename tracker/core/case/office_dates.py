"""The dates that an office sets itself: which of them can be meant."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tracker.core.case.events import StatusEvent, StatusReported

MOST_AHEAD = timedelta(days=3653)
"""Ten years: a date that lies further ahead is a slip, or stands for none."""

FRESH = timedelta(days=14)
"""A report that is older than this comes from an archive, where a date that has passed since is nothing odd."""


def believable(expected_on: date, event: StatusEvent) -> bool:
    """Whether a date can be meant by this event: it lies neither before it nor beyond belief. By the event alone, so
    that it is the same whenever it comes; it may be a day older elsewhere on earth."""
    said_on = event.occurred_on or event.time.date()
    return said_on - timedelta(days=1) <= expected_on <= said_on + MOST_AHEAD


def is_set_aside(event: StatusEvent, today: date) -> bool:
    """Whether an event that arrives today names a date that is not taken: no belief, or its day is over."""
    body = event.body
    if not isinstance(body, StatusReported) or body.expected_on is None:
        return False
    return body.expected_on < today or not believable(body.expected_on, event)


def is_amiss(event: StatusEvent, today: date, now: datetime) -> bool:
    """Whether an operator should know of a date that is set aside: not of one that has passed in an archive."""
    body = event.body
    if not is_set_aside(event, today) or not isinstance(body, StatusReported) or body.expected_on is None:
        return False
    return now - event.time < FRESH or not believable(body.expected_on, event)

"""When somebody hears: not in their quiet hours, several updates at once, and what about a case falls due later."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from tracker.core.case.timeline import Folded
from tracker.core.outreach.deadlines import deadlines
from tracker.core.outreach.topics import UNDECIDED, Setting, Spoken, Topic, feedback_at, limit_at
from tracker.core.services.definitions import Definition, QuietHours
from tracker.core.vocabulary import calendars
from tracker.core.vocabulary.calendars import DAY, WEEKDAYS, WorkingDays
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.purposes import PURPOSES

UNTIL_IT_IS_NAMED = timedelta(minutes=1)
"""So long at least waits that we need something, for the office to say what: one message says both."""

IN_A_MOMENT = timedelta(minutes=10)
"""So long waits what is told late, since more of the same case is likely to come."""

SPREAD = timedelta(minutes=30)
"""Over this, messages are spread that waited for the same end of quiet hours."""


def due_at(
    topic: Topic, key: str, now: datetime, definition: Definition, zone: str, *, waiting: datetime | None
) -> datetime:
    """When a message that is decided at `now` goes out at the earliest, in its recipient's zone.

    `waiting`: when an update that was not sent yet was to go out; this one takes its place and its time.
    """
    purpose = topic.purpose
    at = now + IN_A_MOMENT if topic.waits else now
    if PURPOSES[purpose].collected or topic.gathers:
        least = UNTIL_IT_IS_NAMED if topic.gathers else timedelta(0)
        at = max(now, waiting) if waiting is not None else now + max(definition.outreach.digest, least)
    return allowed_at(purpose, key, at, definition.outreach.quiet, zone)


def allowed_at(purpose: Purpose, key: str, at: datetime, quiet: QuietHours | None, zone: str) -> datetime:
    """The instant itself, or some time after the end of the quiet hours that it falls in: the same for the same case,
    so that it makes no difference how often it is asked, and that it has begun is heard before what is new of it."""
    if quiet is None:
        return at
    free = calendars.outside(at, quiet.begins, quiet.ends, zone)
    if free == at or PURPOSES[purpose].prompt:
        return free
    share = _share(key.partition(":")[0])
    spread = free + SPREAD * (share / 2 if PURPOSES[purpose].begins else share)
    return spread if calendars.outside(spread, quiet.begins, quiet.ends, zone) == spread else free


def open_at(now: datetime, working: WorkingDays, zone: str) -> datetime:
    """The instant itself, if the office is open on its day; else when words are sent on the next day on which it is:
    one that was held may be free on any day."""
    today = calendars.day_of(now, zone)
    return now if today in working else calendars.word_due_at(working.since(today), zone)


def _share(key: str) -> float:
    """Some part of 1, the same for the same key."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=4).digest()) / 2**32


def adopted_since(case: UUID, now: datetime, definition: Definition) -> datetime:
    """From when the silence about a case is counted that is adopted now: as if its people had heard some time ago, so
    that the first words to all who were waiting come within the silence that the service allows, and over half of
    it."""
    return now - definition.outreach.pause(0) / 2 * _share(str(case))


def waiting_updates(spoken: Iterable[Spoken]) -> Mapping[str, datetime]:
    """For each party whom an update waits for that was not sent yet: when it was to go out."""
    found: dict[str, datetime] = {}
    for each in spoken:
        if each.due_at and each.state in UNDECIDED and PURPOSES[each.purpose].collected:
            found[each.party] = min(each.due_at, found.get(each.party, each.due_at))
    return found


def wake_at(case: Folded, definition: Definition, setting: Setting, review_at: datetime | None) -> datetime | None:
    """The next instant at which something about the case may be due: what is held back, a reminder, a deadline that
    passes, the question how it went, the limit set by law, another look at its date."""
    by_rule = (rule(case, definition, setting.zone) for rule in (feedback_at, limit_at))
    later = [case.wake_at, review_at, *by_rule]
    for each in deadlines(case, definition, setting.zone, setting.working):
        later += [each.remind_at, each.passed_at]
    return min((at for at in later if at is not None and at > setting.now), default=None)


def by_hand_on(today: date, deadlines: Iterable[date]) -> date:
    """The day by which staff say what no message could: the next working day, or the day by which the person must have
    acted, if that is sooner and has not passed."""
    return min([WEEKDAYS.since(today + DAY), *(each for each in deadlines if each >= today)])

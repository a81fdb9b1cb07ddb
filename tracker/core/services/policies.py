"""Reads the policies of a service definition: dates, outreach, feedback, retention, the limit set by law."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, time, timedelta

from tracker.core.services.definitions import (
    FeedbackPolicy,
    OutreachPolicy,
    PromisePolicy,
    QuietHours,
    RetentionPolicy,
    Statutory,
)
from tracker.core.services.toml_tables import TomlTable
from tracker.core.vocabulary.calendars import DAY, WEEKDAYS
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.purposes import purposes
from tracker.core.vocabulary.words import Channel, Role

PLACE = re.compile(r"[A-Z]{2}(?:-[A-Za-z0-9]{1,20})?")
"""A country or a part of it, as ISO 3166 writes them."""

OPTIONAL_PURPOSES = purposes(lambda traits: traits.optional)
"""What a service may leave unsaid. The rest people must hear; feedback has a policy of its own."""

TIMES_LONGER = 8
"""Where people hear often, no silence lasts for weeks: the longest is so many times the first."""

MOST_CLOSED, LONGEST_CLOSED = 200, 60
"""So many days off, and spans of them, may be named; and so many days may one span have, or many that follow on one
another."""

LEAST_RISK = 0.01
"""People warned of a smaller risk of missing a date would always be warned."""


def promise(root: TomlTable) -> PromisePolicy:
    """What is asked of dates of our own."""
    table = root.table("promise")
    if table is None:
        return PromisePolicy()
    probability = table.number("probability", 0.5, 0.99, PromisePolicy().probability)
    usual = PromisePolicy()
    place = "a country or a part of one, as GB, GB-ENG or ES-MD"
    warn_near = table.number("warn_near", LEAST_RISK, 1, usual.warn_near)
    policy = PromisePolicy(
        probability=probability,
        fallback_days=table.whole("fallback_days", 1, 3650),
        holidays=table.code("holidays", PLACE, place, required=False) or None,
        warn=table.number("warn", LEAST_RISK, 1, usual.warn),
        warn_near=warn_near,
        warn_last=table.number("warn_last", LEAST_RISK, 1, min(usual.warn_last, warn_near)),
        move=table.number("move", LEAST_RISK, 1, usual.move),
    )
    table.finish()
    return policy


def outreach(root: TomlTable) -> OutreachPolicy:
    """Who is told of what, how and when."""
    usual = OutreachPolicy()
    table = root.table("outreach")
    if table is None:
        return usual
    tell = table.choices("tell", Role)
    channels = table.choices("channels", Channel)
    silence = table.whole("silence_days", 1, 365)
    longest = table.whole("longest_silence_days", 1, 365)
    digest = table.whole("digest_minutes", 0, 240)
    before, after = table.whole("remind_days_before", 1, 60), table.whole("remind_days_after", 1, 60)
    news = table.whole("news_within_days", 1, 365)
    leave_out = table.choices("leave_out", sorted(OPTIONAL_PURPOSES)) or ()
    policy = OutreachPolicy(
        tell=usual.tell if tell is None else tuple(Role(role) for role in tell),
        channels=usual.channels if channels is None else tuple(Channel(channel) for channel in channels),
        silence=usual.silence if silence is None else timedelta(days=silence),
        longest_silence=_longest(silence, longest, usual),
        messages_per_case=table.whole("messages_per_case", 1, 200) or usual.messages_per_case,
        purposes=usual.purposes - {Purpose(purpose) for purpose in leave_out},
        quiet=_quiet(table, usual.quiet),
        digest=usual.digest if digest is None else timedelta(minutes=digest),
        remind_before=usual.remind_before if before is None else timedelta(days=before),
        remind_after=usual.remind_after if after is None else timedelta(days=after),
        news_within=usual.news_within if news is None else timedelta(days=news),
    )
    table.finish()
    return policy


def _longest(silence: int | None, longest: int | None, usual: OutreachPolicy) -> timedelta:
    """The longest silence: as it is written, else in the usual proportion to the first, up to the usual one."""
    if longest is not None:
        return timedelta(days=max(longest, silence or 1))
    first = usual.silence if silence is None else timedelta(days=silence)
    return max(first, min(usual.longest_silence, first * TIMES_LONGER))


def _quiet(table: TomlTable, usual: QuietHours | None) -> QuietHours | None:
    """`quiet_hours = ["21:00", "08:00"]`; an empty list means that there are none."""
    remedy = 'Write quiet_hours = ["21:00", "08:00"]: when they begin and when they end, in 24 hours.'
    given = table.names("quiet_hours", 0, 2, remedy)
    if "quiet_hours" not in table.content:
        return usual
    if not given:
        return None
    try:
        begins, ends = (time.fromisoformat(each) for each in given)
    except ValueError:
        table.fault("quiet_hours", "these are not two times of day", remedy)
        return usual
    return QuietHours(begins, ends)


def feedback(root: TomlTable) -> FeedbackPolicy:
    """Whether we ask how it went."""
    usual = FeedbackPolicy()
    table = root.table("feedback")
    if table is None:
        return usual
    ask, days = table.flag("ask", usual.ask), table.whole("after_days", 1, 90)
    table.finish()
    return FeedbackPolicy(ask, usual.after if days is None else timedelta(days=days))


def retention(root: TomlTable) -> RetentionPolicy:
    """How long cases are kept."""
    table = root.table("retention")
    if table is None:
        return RetentionPolicy()
    days = table.whole("days_after_close", 1, 10_000, required=True)
    table.finish()
    return RetentionPolicy() if days is None else RetentionPolicy(timedelta(days=days))


def statutory(root: TomlTable) -> Statutory | None:
    """The limit set by law."""
    table = root.table("statutory")
    if table is None:
        return None
    days = table.whole("days", 1, 3650, required=True)
    words = table.words("words", "statutory")
    pauses = table.flag("pauses", False)
    table.finish()
    return Statutory(timedelta(days=days or 1), words, pauses)


def closed_days(root: TomlTable) -> frozenset[date]:
    """The office's own days off: `closed_days = ["2026-12-24", "2026-12-27/2026-12-31"]`, days and spans of days."""
    remedy = 'Write closed_days = ["2026-12-24", "2026-12-27/2026-12-31"]: single days, and the first and last of many.'
    found: set[date] = set()
    for place, given in enumerate(root.names("closed_days", 0, MOST_CLOSED, remedy)):
        if not given:
            continue
        first, to, last = given.partition("/")
        try:
            begins, ends = date.fromisoformat(first), date.fromisoformat(last if to else first)
        except ValueError:
            root.fault_at("closed_days", place, "this is no day, and no two days with a / between them", remedy)
            continue
        if not 0 <= (ends - begins).days < LONGEST_CLOSED:
            problem = f"the last day comes before the first, or more than {LONGEST_CLOSED} days after it"
            root.fault_at("closed_days", place, problem, remedy)
            continue
        found |= {begins + timedelta(days=each) for each in range((ends - begins).days + 1)}
    if (shut := _shut_for_long(found)) is not None:
        problem = f"from {shut.isoformat()} on there is no working day for more than {LONGEST_CLOSED} days"
        root.fault("closed_days", problem, "Leave a day open in between: people who wait are written to on open days.")
    return frozenset(found)


def _shut_for_long(closed: Collection[date]) -> date | None:
    """The day from which on the office is shut for too long, weekends included, if there is one: for so long nobody who
    waits would hear a word."""
    begins = before = None
    for day in sorted(closed):
        if begins is None or before is None or WEEKDAYS.since(before + DAY) < day:
            begins = day
        if (day - begins).days >= LONGEST_CLOSED:
            return begins
        before = day
    return None

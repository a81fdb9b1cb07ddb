"""Days and instants in every zone of the world, on the days when clocks change and on all others."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.core.vocabulary.calendars import WEEKDAYS, day_of, end_of, next_word_on, start_of, word_due_at

ZONES = sorted(zoneinfo.available_timezones() - {"localtime", "Factory"})
FIRST, LAST = date(2020, 1, 1), date(2040, 12, 31)
LITTLE = timedelta(microseconds=1)

zones = st.sampled_from(ZONES)
seconds = st.integers(0, 21 * 365 * 86_400)
instants = seconds.map(lambda second: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=second))


@cache
def changing() -> list[tuple[str, date]]:
    """Every zone with the days on which its offset changes, and the days beside them."""
    days = []
    for zone in ZONES:
        there, at = ZoneInfo(zone), datetime(FIRST.year, 1, 1, tzinfo=UTC)
        before = at.astimezone(there).utcoffset()
        while at.year <= 2027:  # no rule is known to change later
            at += timedelta(days=1)
            if (after := at.astimezone(there).utcoffset()) != before:
                days += [(zone, (at - timedelta(days=back)).date()) for back in (2, 1, 0)]
                before = after
    return days


def test_days_meet_without_gap_or_overlap_where_clocks_change() -> None:
    for zone, day in changing():
        first, last = start_of(day, zone), end_of(day, zone)
        assert day_of(first, zone) == day
        assert day_of(last, zone) == day
        assert day_of(first - LITTLE, zone) < day
        assert day_of(last + LITTLE, zone) > day
        assert timedelta(hours=20) < last - first < timedelta(hours=28)  # Troll moves by two hours, Casey by three
        assert day_of(word_due_at(day, zone), zone) == day


@given(st.dates(FIRST, LAST), zones)
def test_an_instant_lies_within_its_day(day: date, zone: str) -> None:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert start_of(day, zone) < noon < end_of(day, zone)
    assert day_of(noon, zone) == day


@given(st.dates(FIRST, LAST))
def test_the_working_day_before_is_a_working_day_at_most_two_days_off(day: date) -> None:
    found = WEEKDAYS.until(day)
    assert found.weekday() < 5
    assert timedelta(0) <= day - found <= timedelta(days=2)
    assert (found == day) == (day.weekday() < 5)


@settings(max_examples=2000)
@given(instants, st.integers(1, 365), zones)
def test_the_next_word_comes_in_time_and_on_a_working_day(last_word: datetime, days: int, zone: str) -> None:
    silence = timedelta(days=days)
    due, last = next_word_on(last_word, silence, zone), day_of(last_word, zone)
    limit = day_of(last_word + silence, zone)
    assert due > last
    assert due.weekday() < 5
    if due > limit:  # only a weekend excuses it, and then it is the next Monday
        assert days < 3 or (days == 3 and limit - last < silence)
        assert due.weekday() == 0 or limit == last
        assert due - last <= timedelta(days=3)


@settings(max_examples=2000)
@given(instants, st.integers(1, 365), st.integers(0, 365), zones)
def test_a_pause_that_has_grown_shrinks_over_no_weekend(last_word: datetime, days: int, more: int, zone: str) -> None:
    silence, longest = timedelta(days=days), timedelta(days=days + more)
    due, last = next_word_on(last_word, silence, zone, longest=longest), day_of(last_word, zone)
    assert due > last and due.weekday() < 5
    before = next_word_on(last_word, silence, zone)
    assert due >= before
    if due < day_of(last_word + silence, zone):  # shorter only where the next working day is beyond the longest
        assert due == before and WEEKDAYS.since(day_of(last_word + silence, zone)) > day_of(last_word + longest, zone)
    assert due <= max(day_of(last_word + longest, zone), before)


def test_the_next_word_is_never_late_over_the_days_when_clocks_change() -> None:
    for zone, day in changing():
        for hour in (0, 12, 23):
            last_word = datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC)
            for days in (4, 7, 14):
                due = next_word_on(last_word, timedelta(days=days), zone)
                assert day_of(last_word, zone) < due <= day_of(last_word + timedelta(days=days), zone)
                assert due.weekday() < 5


@pytest.mark.parametrize(
    ("last_word", "days", "expected"),
    [
        ("2026-03-02T10:00", 14, "2026-03-16"),  # Monday to Monday
        ("2026-03-07T10:00", 14, "2026-03-20"),  # a Saturday: the Friday before
        ("2026-03-06T10:00", 1, "2026-03-09"),  # Friday: Monday, over the weekend
        ("2026-03-06T10:00", 2, "2026-03-09"),
        ("2026-03-07T10:00", 1, "2026-03-09"),
        ("2026-03-05T10:00", 2, "2026-03-06"),  # Thursday: Friday, not Saturday
        ("2026-10-24T23:30", 1, "2026-10-26"),  # a day of 25 hours follows
    ],
)
def test_the_next_word_in_london(last_word: str, days: int, expected: str) -> None:
    at = datetime.fromisoformat(last_word).replace(tzinfo=UTC)
    assert next_word_on(at, timedelta(days=days), "Europe/London") == date.fromisoformat(expected)

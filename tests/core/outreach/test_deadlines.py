"""What is asked has a day, a reminder before it and a word when it has passed; what says nothing new comes seldomer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.case.test_timeline import PERMIT, REC, ZONE, case_of
from tests.core.outreach.test_who_hears_what import ALEX, DAY, LIVE, after_telling, entry, said, wanted
from tracker.core.case.events import NeededItem, NeedsReported
from tracker.core.case.timeline import Folded
from tracker.core.outreach.deadlines import deadlines
from tracker.core.outreach.topics import Setting
from tracker.core.outreach.who_hears_what import warranted
from tracker.core.services.definitions import OutreachPolicy
from tracker.core.vocabulary.calendars import WEEKDAYS, day_of, next_word_on, word_due_at
from tracker.core.vocabulary.messages import Purpose

FIRST, SECOND, THIRD = date(2026, 2, 11), date(2026, 2, 12), date(2026, 2, 25)


def need(item: str, due_on: date | None) -> NeededItem:
    return NeededItem(item, text=f"A {item}", due_on=due_on)


def asked(*needs: NeededItem) -> Folded:
    return case_of(ALEX, REC, NeedsReported(needs))


def days(case: Folded, closed: frozenset[date] = frozenset()) -> list[tuple[date | None, date | None, date | None]]:
    """The day, when it is reminded of, and when it has passed."""
    found = deadlines(case, PERMIT, ZONE, WEEKDAYS.but(closed))
    return [
        (each.day, each.remind_at and day_of(each.remind_at, ZONE), each.passed_at and day_of(each.passed_at, ZONE))
        for each in found
    ]


def test_each_day_has_a_reminder_but_days_that_lie_together_need_one_t12() -> None:
    case = asked(need("plan", THIRD), need("photo", FIRST), need("form", SECOND), need("letter", None))
    assert days(case) == [
        (FIRST, date(2026, 2, 6), date(2026, 2, 12)),  # three days before would be a Sunday
        (SECOND, date(2026, 2, 9), date(2026, 2, 13)),
        (THIRD, date(2026, 2, 20), date(2026, 2, 26)),
    ]
    near = asked(need("photo", FIRST), need("form", FIRST + DAY), need("plan", FIRST + 2 * DAY))
    assert [remind for _, remind, _ in days(near)] == [date(2026, 2, 6), date(2026, 2, 9), None]


def test_no_reminder_comes_on_a_day_off_p11() -> None:
    off = frozenset({date(2026, 2, 6), date(2026, 2, 12), date(2026, 2, 13)})
    assert days(asked(need("plan", FIRST)), off) == [(FIRST, date(2026, 2, 5), date(2026, 2, 16))]


def test_no_reminder_comes_on_the_heels_of_the_request_t12_t18() -> None:
    """It would say the same again: two days are the least between them, and a day that is nearer has none."""
    monday = date(2026, 2, 16)

    def of(due_on: date) -> date | None:
        asks = (NeedsReported((need("plan", due_on),)), {"time": word_due_at(monday, ZONE), "id": "asks"})
        [(_, remind, _)] = days(case_of(ALEX, REC, asks))
        return remind

    assert [of(monday + each * DAY) for each in range(1, 5)] == [None, *[monday + 2 * DAY] * 3]
    assert of(monday + 8 * DAY) == date(2026, 2, 20), "three days before would be a Saturday"


def test_nobody_is_reminded_of_what_they_heard_of_that_same_day_t12_t18() -> None:
    """Whoever was asked late, since we heard of it late or by night, is not reminded some hours later."""
    case, reminded = asked(need("plan", FIRST)), word_due_at(date(2026, 2, 6), ZONE)
    for hours, expected in ((2, False), (20, False), (25, True)):
        told = tuple(replace(each, due_at=reminded - hours * DAY / 24) for each in after_telling(case))
        told = tuple(each for each in told if each.purpose is not Purpose.REMINDER)
        found = [each[0] for each in wanted(case, replace(LIVE, now=reminded), told)]
        assert ("reminder" in found) is expected, hours


def at(day: date) -> Setting:
    return replace(LIVE, now=word_due_at(day, ZONE))


def test_the_day_that_has_passed_is_told_once_and_only_while_it_is_wanted_t12() -> None:
    case = asked(need("plan", FIRST))
    told = tuple(replace(each, due_at=word_due_at(FIRST - 20 * DAY, ZONE)) for each in after_telling(case))
    late = ("deadline_passed", "1", f"{entry(2)}@{FIRST}", None)
    assert late not in wanted(case, at(FIRST), told)
    assert late in wanted(case, at(SECOND), told)
    heard = (*told, *(said(each) for each in warranted(case, PERMIT, at(SECOND), told)))
    assert {each[0] for each in wanted(case, at(THIRD), heard)} == {
        "acknowledged",
        "action_needed",
        "deadline_passed",
    }, "each of them is on record: nothing new"
    supplied = case_of(
        ALEX,
        REC,
        NeedsReported((need("plan", FIRST),)),
        NeedsReported((NeededItem("plan", supplied_at=LIVE.now),)),
    )
    assert "deadline_passed" not in [each[0] for each in wanted(supplied, at(THIRD), told)]


def test_days_that_pass_over_one_weekend_are_told_in_one_message_t12_t18() -> None:
    saturday, sunday, wednesday = date(2026, 2, 14), date(2026, 2, 15), date(2026, 2, 18)
    found = days(asked(need("plan", saturday), need("photo", sunday), need("form", wednesday)))
    assert [passed for _, _, passed in found] == [None, date(2026, 2, 16), date(2026, 2, 19)]
    assert date(2026, 2, 16) not in [remind for _, remind, _ in found], "it names what is wanted by Wednesday as well"


def test_a_day_that_speaks_for_another_is_told_to_who_heard_of_either_t12() -> None:
    """The second was asked for on its own day: whoever heard of it then is told of the first all the same."""
    saturday, sunday = date(2026, 2, 14), date(2026, 2, 15)
    late = (NeedsReported((need("photo", sunday),)), {"time": word_due_at(sunday, ZONE), "id": "late"})
    case = case_of(ALEX, REC, NeedsReported((need("plan", saturday),)), late)
    told = tuple(
        replace(each, due_at=word_due_at(sunday if each.cause == entry(3) else FIRST - 9 * DAY, ZONE))
        for each in after_telling(case)
        if each.purpose is not Purpose.DEADLINE_PASSED
    )
    first = tuple(replace(each, cause=entry(2), key="asked first") for each in told if each.cause == entry(3))
    first = tuple(replace(each, due_at=word_due_at(FIRST - 9 * DAY, ZONE)) for each in first)
    monday = at(date(2026, 2, 16))
    assert "deadline_passed" in [each[0] for each in wanted(case, monday, (*told, *first))]
    assert "deadline_passed" not in [each[0] for each in wanted(case, monday, told)], "nobody heard of the first"


def test_nobody_is_reminded_of_a_day_that_has_passed_t12_t18() -> None:
    """Where we hear of it a week late, the reminder and the word that its day has passed would leave in one minute."""
    case = asked(need("plan", FIRST))
    told = tuple(replace(each, due_at=word_due_at(FIRST - 20 * DAY, ZONE)) for each in after_telling(case))
    told = tuple(each for each in told if each.purpose is not Purpose.REMINDER)
    assert "reminder" in [each[0] for each in wanted(case, at(FIRST), told)]
    late = [each[0] for each in wanted(case, at(SECOND), told)]
    assert "deadline_passed" in late and "reminder" not in late


def test_who_was_asked_when_the_day_was_over_is_not_told_so_a_second_time_t12() -> None:
    case = asked(need("plan", FIRST))
    told = tuple(replace(each, due_at=word_due_at(THIRD, ZONE)) for each in after_telling(case))
    assert "deadline_passed" not in [each[0] for each in wanted(case, at(THIRD + DAY), told)]


@pytest.mark.parametrize(("first", "longest", "most"), [(2, 16, 8), (14, 42, 6)])
def test_a_stuck_request_is_not_written_about_without_end_t5(first: int, longest: int, most: int) -> None:
    """A missed bin and a permit that lies idle, for eighty days."""
    policy = OutreachPolicy(silence=timedelta(days=first), longest_silence=timedelta(days=longest))
    begun = datetime(2026, 3, 2, 10, tzinfo=LIVE.now.tzinfo)
    last, words = begun, 0
    while True:
        grown = policy.longest_pause if words else None
        due = word_due_at(next_word_on(last, policy.pause(words), ZONE, longest=grown), ZONE)
        if due > begun + timedelta(days=80):
            break
        assert timedelta(0) < due - last <= max(policy.pause(words) + timedelta(days=2), timedelta(days=4))
        last, words = due, words + 1
    assert 2 <= words <= most


@given(st.integers(1, 365), st.integers(1, 365), st.integers(0, 200))
def test_pauses_grow_up_to_the_longest(first: int, longest: int, words: int) -> None:
    policy = OutreachPolicy(silence=timedelta(days=first), longest_silence=timedelta(days=longest))
    assert policy.silence <= policy.pause(words) <= policy.pause(words + 1) <= timedelta(days=max(first, longest))

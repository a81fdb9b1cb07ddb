"""When people hear: quiet hours in every zone and on every change of clocks, digests, and what falls due later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.case.test_timeline import PERMIT, REC, STOP, VAL, ZONE, case_of, status
from tests.core.outreach.test_who_hears_what import ALEX, ASKED, DAY, LIVE, OPENED, after_telling, entry, said, wanted
from tracker.core.case.events import NeededItem, NeedsReported
from tracker.core.case.timeline import Folded
from tracker.core.outreach import timing
from tracker.core.outreach.deadlines import deadlines
from tracker.core.outreach.topics import Setting, feedback_at
from tracker.core.outreach.who_hears_what import warranted
from tracker.core.services.definitions import QuietHours
from tracker.core.vocabulary import calendars
from tracker.core.vocabulary.calendars import WEEKDAYS, WorkingDays
from tracker.core.vocabulary.messages import MessageState, Purpose, key
from tracker.core.vocabulary.words import Channel

NIGHT = QuietHours()
HOURS = st.times(min_value=time(0), max_value=time(23, 59)).map(lambda at: at.replace(second=0, microsecond=0))
MINUTES = st.integers(0, 21 * 366 * 24 * 60)
INSTANTS = MINUTES.map(lambda minutes: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))


def is_quiet(at: datetime, quiet: QuietHours, zone: str) -> bool:
    """Said another way than the code does: walk through the minutes of the local day."""
    local = at.astimezone(ZoneInfo(zone)).time()
    if quiet.begins <= quiet.ends:
        return quiet.begins <= local < quiet.ends
    return not quiet.ends <= local < quiet.begins


@settings(max_examples=600)
@given(INSTANTS, HOURS, HOURS, st.sampled_from(sorted(available_timezones())))
def test_nobody_hears_in_their_quiet_hours_and_nobody_waits_a_day_longer_case_43(
    at: datetime, begins: time, ends: time, zone: str
) -> None:
    quiet = QuietHours(begins, ends)
    for purpose in (Purpose.UPDATED, Purpose.FINISHED):
        allowed = timing.allowed_at(purpose, "some key", at, quiet, zone)
        assert at <= allowed <= at + timedelta(hours=26)
        assert not is_quiet(allowed, quiet, zone) or begins == ends
        assert timing.allowed_at(purpose, "some key", allowed, quiet, zone) == allowed, "asked again, the same"


@pytest.mark.parametrize(
    ("at", "free"),
    [
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC)),  # an hour is missing
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),  # an hour comes twice
        (datetime(2026, 10, 24, 20, 0, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),
        (datetime(2026, 10, 25, 8, 0, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),
        (datetime(2026, 10, 25, 20, 59, tzinfo=UTC), datetime(2026, 10, 25, 20, 59, tzinfo=UTC)),
    ],
)
def test_the_end_of_the_night_on_days_of_23_and_25_hours(at: datetime, free: datetime) -> None:
    assert timing.allowed_at(Purpose.FINISHED, "k", at, NIGHT, "Europe/London") == free


def test_what_waits_for_the_same_morning_is_spread_and_what_is_urgent_goes_first_case_44() -> None:
    at, free = datetime(2026, 3, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, 8, tzinfo=UTC)
    times = {timing.allowed_at(Purpose.UPDATED, f"k{n}", at, NIGHT, "Europe/London") for n in range(200)}
    assert len(times) == 200
    assert all(free <= each <= free + timing.SPREAD for each in times)
    assert max(times) - min(times) > timing.SPREAD * 0.8
    assert timing.allowed_at(Purpose.ACTION_NEEDED, "k", at, NIGHT, "Europe/London") == free


@given(st.uuids())
def test_after_the_night_that_it_has_begun_is_heard_before_what_is_new_of_it_t18(case: UUID) -> None:
    at = datetime(2026, 3, 3, 2, tzinfo=UTC)
    begun, news = (
        timing.allowed_at(purpose, key(case, purpose, "1", 0, cause), at, NIGHT, "Europe/London")
        for purpose, cause in ((Purpose.ACKNOWLEDGED, "opened"), (Purpose.UPDATED, "an entry"))
    )
    assert begun < news


def test_updates_wait_for_the_digest_and_a_newer_one_takes_the_time_of_the_first() -> None:
    policy = replace(PERMIT, outreach=replace(PERMIT.outreach, digest=timedelta(minutes=10), quiet=None))
    case = case_of(ALEX, REC, VAL)
    [acknowledged, updated] = warranted(case, policy, LIVE, ())
    assert acknowledged.due_at == LIVE.now
    assert updated.due_at == LIVE.now + timedelta(minutes=10)
    later = replace(LIVE, now=LIVE.now + timedelta(minutes=4))
    spoken = (said(acknowledged), said(updated, MessageState.DUE))
    newer = warranted(case_of(ALEX, REC, VAL, status("ASSESS")), policy, later, spoken)[-1]
    assert newer.key != updated.key
    assert newer.due_at == updated.due_at


def test_the_channel_that_somebody_chose_comes_before_the_service_s_order() -> None:
    both = PERMIT.outreach
    assert both.channels[0] is Channel.EMAIL
    person = replace(ALEX, channels=(*ALEX.channels, replace(ALEX.channels[0], channel=Channel.SMS)))
    for prefers, first in ((None, Channel.EMAIL), (Channel.SMS, Channel.SMS), (Channel.EMAIL, Channel.EMAIL)):
        [said_first] = warranted(case_of(replace(person, prefers=prefers), REC), PERMIT, LIVE, ())
        assert said_first.address is not None and said_first.address.channel is first


def test_the_quiet_hours_are_those_of_the_recipient_s_zone() -> None:
    night = replace(LIVE, now=datetime(2026, 1, 22, 12, tzinfo=UTC))
    [here] = warranted(case_of(ALEX, REC), PERMIT, night, ())
    [there] = warranted(case_of(replace(ALEX, zone="Pacific/Auckland"), REC), PERMIT, night, ())
    assert here.due_at == night.now
    assert there.due_at.astimezone(ZoneInfo("Pacific/Auckland")).hour == 8


def test_a_purpose_that_the_service_leaves_out_is_withheld_and_says_so() -> None:
    policy = replace(PERMIT, outreach=replace(PERMIT.outreach, purposes=frozenset(Purpose) - {Purpose.ACKNOWLEDGED}))
    assert [each.reason for each in warranted(case_of(ALEX, REC), policy, LIVE, ())] == ["purpose_off"]


def ask(due_on: date | None) -> NeedsReported:
    return NeedsReported((NeededItem("plan", text="A plan", due_on=due_on),))


def remind_at(case: Folded, working: WorkingDays = WEEKDAYS) -> datetime | None:
    """When the first reminder comes, if there is one."""
    return next((each.remind_at for each in deadlines(case, PERMIT, ZONE, working) if each.remind_at), None)


def now(at: datetime) -> Setting:
    return replace(LIVE, now=at)


def at_ten(day: date) -> datetime:
    return calendars.word_due_at(day, ZONE)


def test_a_reminder_comes_once_before_the_day_and_only_to_who_was_asked() -> None:
    day = date(2026, 2, 11)
    asked = case_of(ALEX, REC, ask(day))
    on = date(2026, 2, 6)  # three days before would be a Sunday
    assert remind_at(asked) == at_ten(on)
    told = after_telling(asked)
    at = Setting(LIVE.case, LIVE.live_from, False, ZONE, at_ten(on))
    before = replace(at, now=at.now - timedelta(seconds=1))
    assert "reminder" not in [each[0] for each in wanted(asked, before, told)]
    assert [each for each in wanted(asked, at, told) if each[0] == "reminder"] == [
        ("reminder", "1", f"{entry(2)}@{day}", None)
    ]
    assert "reminder" not in [each[0] for each in wanted(asked, at, ())], "who was not asked is not reminded"
    supplied = case_of(ALEX, REC, ASKED, NeedsReported((NeededItem("plan", supplied_at=OPENED),)))
    assert remind_at(supplied) is None


def test_a_request_without_a_day_is_remembered_after_a_while_and_never_on_the_same_day() -> None:
    asked = case_of(ALEX, REC, ask(None))
    assert asked.wanted[-1].asked_at < remind_at(asked) <= asked.wanted[-1].asked_at + 8 * DAY  # type: ignore[operator]  # None would fail here
    overdue = case_of(ALEX, REC, ask(date(2020, 1, 1)))
    assert remind_at(overdue) is None, "the request itself says that its day is over"


def test_how_it_went_is_asked_once_some_days_after_the_end_of_those_who_heard_of_it() -> None:
    ended = case_of(ALEX, REC, status("GRANTED", served_on=OPENED.date()))
    at = feedback_at(ended, PERMIT, ZONE)
    assert at is not None
    told = after_telling(ended)
    now = replace(LIVE, now=at)
    assert [each for each in wanted(ended, now, told) if each[0] == "feedback"] == [("feedback", "1", "closed", None)]
    for silent in (replace(now, now=at - timedelta(seconds=1)), replace(now, now=at + timedelta(days=31))):
        assert "feedback" not in [each[0] for each in wanted(ended, silent, told)]
    assert "feedback" not in [each[0] for each in wanted(ended, now, ())]
    withdrawn = case_of(ALEX, REC, STOP)
    assert feedback_at(withdrawn, PERMIT, ZONE) is None


def test_what_is_sensitive_is_never_asked_about() -> None:
    ended = case_of((ALEX, {"sensitive": True}), REC, status("GRANTED", served_on=OPENED.date()))
    at = feedback_at(ended, PERMIT, ZONE)
    assert at is not None
    assert "feedback" not in [each[0] for each in wanted(ended, replace(LIVE, now=at), after_telling(ended))]
    assert feedback_at(ended, replace(PERMIT, sensitive=True), ZONE) is None


def test_a_case_wakes_at_the_first_of_what_falls_due_and_never_in_the_past() -> None:
    asked = case_of(ALEX, REC, ask((OPENED + 21 * DAY).date()))
    at = remind_at(asked)
    assert at is not None
    assert timing.wake_at(asked, PERMIT, now(OPENED), None) == at
    assert timing.wake_at(asked, PERMIT, now(OPENED), OPENED + DAY) == OPENED + DAY
    assert timing.wake_at(asked, PERMIT, now(at), OPENED + DAY) == at_ten((OPENED + 22 * DAY).date()), "its day passes"

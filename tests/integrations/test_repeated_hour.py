"""The hour that comes twice in autumn: a local time without an offset means the latest instant that need not be in the
future when it is heard (P10)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.integrations.sent import event, read
from tests.office import Desk, open_desk
from tracker.core.case.events import FUTURE_TOLERANCE
from tracker.core.deciding.reports import Intake
from tracker.flows.organisations.offices import NewSource
from tracker.store.ground.engine import Store

MINUTE = timedelta(minutes=1)
BACK = {
    "Europe/London": (datetime(2026, 10, 25, 1, tzinfo=UTC), 60),
    "Europe/Amsterdam": (datetime(2026, 10, 25, 1, tzinfo=UTC), 60),
    "Australia/Lord_Howe": (datetime(2026, 4, 4, 15, tzinfo=UTC), 30),
}
"""When clocks go back in a zone, and by how many minutes."""

zones = st.sampled_from(sorted(BACK))


def wall(instant: datetime, zone: str) -> str:
    """What a clock on the wall shows, as an old system sends it."""
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None).isoformat()


@given(zones, st.integers(-180, 180), st.integers(0, 19))
def test_a_live_feed_is_read_as_it_happened_p10(zone: str, minutes: int, delay: int) -> None:
    """Whatever is heard before the second of the two could be meant, but for the tolerance of clocks."""
    at, _ = BACK[zone]
    meant = at + minutes * MINUTE
    assert read(event(time=wall(meant, zone)), zone=zone).timed(meant + delay * MINUTE).time == meant


@given(zones, st.integers(-180, 180), st.timedeltas(timedelta(hours=2), timedelta(days=9)))
def test_a_nightly_feed_has_one_reading_of_each_time_p10(zone: str, minutes: int, later: timedelta) -> None:
    at, length = BACK[zone]
    meant = at + minutes * MINUTE
    told = read(event(time=wall(meant, zone)), zone=zone).timed(meant + later).time
    first_pass = timedelta(0) < at - meant <= length * MINUTE
    assert told == (meant + length * MINUTE if first_pass else meant)


@given(zones, st.integers(-90, 90), st.timedeltas(timedelta(minutes=-9), timedelta(days=9)))
def test_it_is_never_put_into_the_future_p10(zone: str, minutes: int, later: timedelta) -> None:
    at, length = BACK[zone]
    meant = at + minutes * MINUTE
    heard = meant + later
    told = read(event(time=wall(meant, zone)), zone=zone).timed(heard).time
    assert told <= max(heard + FUTURE_TOLERANCE, meant)
    assert abs(told - meant) in (timedelta(0), length * MINUTE)


@pytest.mark.parametrize(
    ("time", "zone"),
    [
        ("2026-03-29T01:30:00", "Europe/London"),  # it does not exist
        ("2026-10-04T02:15:00", "Australia/Lord_Howe"),
        ("2026-10-25T01:30:00+01:00", "Europe/London"),  # it says which it is
        ("2026-10-25T01:30:00Z", "Europe/London"),
        ("2026-10-25T02:00:00", "Europe/London"),
    ],
)
def test_any_other_time_has_one_reading_p10(time: str, zone: str) -> None:
    assert read(event(time=time), zone=zone).second_time is None


def test_the_same_text_is_the_same_event_whenever_it_is_heard_p10() -> None:
    one = read(event(time="2026-10-25T01:30:00"), zone="Europe/London")
    assert one.second_time == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert one.fingerprint == read(event(time="2026-10-25T00:30:00Z"), zone="Europe/London").fingerprint, "as before"


async def in_london(store: Store, start: datetime) -> Desk:
    source = NewSource("backoffice", zone="Europe/London", live_from=start - timedelta(days=9))
    return await open_desk(store, source=source, start=start)


async def stage(desk: Desk) -> list[tuple[str, ...]]:
    return [tuple(row) for row in await desk.rows('SELECT stage FROM "case"')]


async def test_the_newer_stage_shows_and_a_retry_is_a_duplicate_p10(store: Store) -> None:
    first, second = datetime(2026, 10, 25, 0, 50, tzinfo=UTC), datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    desk = await in_london(store, first)
    await desk.status("P-1", "REC", id="one", at="2026-10-25T01:40:00")
    await desk.status("P-1", "VAL", id="two", at="2026-10-25T01:50:00")
    await desk.move(second)
    await desk.status("P-1", "ASSESS", id="three", at="2026-10-25T01:10:00")
    assert await stage(desk) == [("assessing",)]
    await desk.move(second + timedelta(hours=3))
    for id_, status, at in (("one", "REC", "01:40"), ("two", "VAL", "01:50"), ("three", "ASSESS", "01:10")):
        answer = await desk.status("P-1", status, id=id_, at=f"2026-10-25T{at}:00")
        assert answer.outcome is Intake.DUPLICATE
    assert await stage(desk) == [("assessing",)]


async def test_in_one_night_any_order_gives_the_same_case_p10(store: Store) -> None:
    told = (("REC", "00:40"), ("VAL", "01:10"), ("ASSESS", "01:50"), ("RFI", "02:10"))
    desk = await in_london(store, datetime(2026, 10, 25, 23, tzinfo=UTC))
    for number, order in enumerate(permutations(told)):
        for status, at in order:
            await desk.status(f"P-{number}", status, id=f"{status}-{number}", at=f"2026-10-25T{at}:00")
    found = await desk.rows('SELECT DISTINCT stage, since_at, opened_at FROM "case"')
    assert len(found) == 1

"""Dates lie on days on which the office works: the public holidays of where it is are none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.flows.promises.test_learn import finish, taught_desk
from tests.flows.promises.test_ledger import ledger, told, wait
from tests.office import DEFINITION, Desk, open_desk
from tracker.core.vocabulary.calendars import WEEKDAYS
from tracker.flows.promises import learn
from tracker.flows.promises.holidays import places, working_days
from tracker.flows.services import versions
from tracker.store.ground.engine import Store

NINE_IN_TEN = timedelta(days=29)
"""How long nine in ten of the cases took that `finish` sends."""


@pytest.mark.parametrize(
    ("place", "day"),
    [
        ("GB-ENG", date(2026, 12, 29)),  # Friday; Boxing Day falls on a Saturday, so Monday is free instead
        ("ES", date(2026, 12, 28)),
        (None, date(2026, 12, 25)),
    ],
)
async def test_no_date_lies_on_a_public_holiday(store: Store, place: str | None, day: date) -> None:
    opened_at = datetime(2026, 11, 26, 10, tzinfo=UTC)
    assert opened_at.date() + NINE_IN_TEN == date(2026, 12, 25)
    line = f'holidays = "{place}"' if place else ""
    desk = await open_desk(store, definition=DEFINITION.replace('holidays = "GB-ENG"', line))
    await finish(desk, 40)
    await learn.due(store)
    await desk.move(opened_at)
    await desk.status("P-1", "REC")
    assert await ledger(desk) == [("history", day.isoformat(), None, None)]


async def over_christmas(store: Store, opened_at: datetime) -> Desk:
    """An office in England that has learned, and a case that is opened now."""
    desk = await taught_desk(store)
    await desk.move(opened_at)
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    return desk


async def test_people_are_told_before_the_holidays_of_a_date_behind_them(store: Store) -> None:
    """Tuesday the 29th is the first working day after Thursday the 24th: then is the last chance."""
    desk = await over_christmas(store, datetime(2026, 11, 28, 10, tzinfo=UTC))
    await wait(desk, date(2026, 12, 26))
    assert [at.date() for purpose, at in await told(desk) if purpose in ("delayed", "date_changed")] == [
        date(2026, 12, 24)
    ]


async def test_a_date_that_waited_for_the_person_moves_to_a_working_day(store: Store) -> None:
    desk = await over_christmas(store, datetime(2026, 11, 16, 10, tzinfo=UTC))
    await wait(desk, date(2026, 11, 20))
    await desk.status("P-1", "RFI")
    await wait(desk, date(2026, 11, 30))
    await desk.status("P-1", "RFI-IN")
    assert await ledger(desk) == [
        ("history", "2026-12-15", "clock_paused", None),
        ("history", "2026-12-29", None, None),  # ten days on is Christmas Day
    ]


@pytest.mark.parametrize(
    ("place", "remedy"), [("GB-EN", 'Use one of: "GB", "GB-ENG"'), ("XX", "Write a country's code of ISO 3166")]
)
async def test_a_place_whose_holidays_nobody_knows_is_refused(place: str, remedy: str) -> None:
    (fault,) = await versions.faults(None, None, DEFINITION.replace("GB-ENG", place))
    assert fault.path == "promise.holidays"
    assert fault.remedy.startswith(remedy)


def test_working_days_are_looked_for_in_both_directions() -> None:
    easter = working_days("GB-ENG")
    assert easter.since(date(2026, 4, 3)) == date(2026, 4, 7)
    assert easter.until(date(2026, 4, 6)) == date(2026, 4, 2)
    assert WEEKDAYS.since(date(2026, 4, 4)) == date(2026, 4, 6)
    assert working_days("XX") is WEEKDAYS, "a place that a newer library has forgotten stops no case"


@pytest.mark.parametrize("place", sorted(places())[::25])
def test_every_place_has_a_working_day_within_a_month(place: str) -> None:
    working, day = working_days(place), date(2026, 1, 1)
    while day.year == 2026:
        assert working.since(day) - working.until(day) < timedelta(days=31)
        day += timedelta(days=1)

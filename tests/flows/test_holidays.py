"""Dates lie on days on which the office works: the public holidays of where it is are none."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.flows.test_learn import finish
from tests.flows.test_ledger import ledger
from tests.office import DEFINITION, open_desk
from tracker.core.calendars import WEEKDAYS
from tracker.flows import learn, services
from tracker.flows.holidays import places, working_days
from tracker.store.engine import Store

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


@pytest.mark.parametrize(
    ("place", "remedy"), [("GB-EN", 'Use one of: "GB", "GB-ENG"'), ("XX", "Write a country's code of ISO 3166")]
)
async def test_a_place_whose_holidays_nobody_knows_is_refused(place: str, remedy: str) -> None:
    (fault,) = await services.faults(None, None, DEFINITION.replace("GB-ENG", place))
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

"""The office's own days off: nobody hears a word or a reminder on one, no date lies there, and what was told stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.flows.promises.test_ledger import ledger, told, wait
from tests.office import DEFINITION, Desk, open_desk
from tracker.flows.organisations.clock import advance
from tracker.flows.services import versions
from tracker.store.ground.engine import Store

CHRISTMAS = "2026-12-21/2027-01-05"


def shut(*days: str, text: str = DEFINITION) -> str:
    """The definition with these days off."""
    return text.replace("[name]\n", f"closed_days = {list(days)}\n\n[name]\n", 1)


async def opened(store: Store, at: datetime, definition: str) -> Desk:
    """An office, and a case that is opened now."""
    desk = await open_desk(store, start=at, definition=definition)
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await desk.carry()
    return desk


async def next_word(desk: Desk) -> date:
    """The day by which its people hear next."""
    [(on,)] = await desk.rows("SELECT next_word_on FROM \"case\" WHERE number = 'P-1'")
    return date.fromisoformat(str(on))


async def test_no_date_lies_on_a_day_off_of_the_office_and_nobody_hears_on_one(store: Store) -> None:
    text = DEFINITION.replace("fallback_days = 56", "fallback_days = 28")
    desk = await opened(store, datetime(2026, 12, 2, 10, tzinfo=UTC), shut(CHRISTMAS, text=text))
    assert await ledger(desk) == [("definition", "2027-01-06", None, None)], "28 days on is the 30th"
    await wait(desk, date(2027, 1, 8))
    heard = {at.date() for _, at in await told(desk)}
    assert heard and not {day for day in heard if date(2026, 12, 21) <= day <= date(2027, 1, 5)}


@pytest.mark.parametrize(
    "newer",
    [DEFINITION, shut("2026-03-03/2026-03-20"), DEFINITION.replace("silence_days = 14", "silence_days = 28")],
    ids=["open again", "shut until later", "longer silence"],
)
async def test_the_day_of_the_next_word_that_people_know_is_put_off_by_no_newer_definition(
    store: Store, newer: str
) -> None:
    desk = await opened(store, datetime(2026, 3, 2, 10, tzinfo=UTC), shut("2026-03-16"))
    assert await next_word(desk) == date(2026, 3, 13)
    await versions.apply(store, desk.office, newer)
    assert await next_word(desk) == date(2026, 3, 13)


async def test_a_day_off_that_is_added_brings_the_next_word_forward(store: Store) -> None:
    desk = await opened(store, datetime(2026, 3, 2, 10, tzinfo=UTC), DEFINITION)
    assert await next_word(desk) == date(2026, 3, 16)
    await versions.apply(store, desk.office, shut("2026-03-13/2026-03-18"))
    assert await next_word(desk) == date(2026, 3, 12)


async def test_people_are_told_before_the_office_shuts_that_a_date_which_they_know_may_not_hold(store: Store) -> None:
    text = DEFINITION.replace("fallback_days = 56", "fallback_days = 28")
    desk = await opened(store, datetime(2026, 11, 26, 10, tzinfo=UTC), text)
    assert await ledger(desk) == [("definition", "2026-12-24", None, None)]
    await versions.apply(store, desk.office, shut(CHRISTMAS, text=text))
    assert await ledger(desk) == [("definition", "2026-12-24", None, None)], "what was told stands"
    await wait(desk, date(2026, 12, 30))
    days = [at.date() for purpose, at in await told(desk) if purpose in ("delayed", "date_changed")]
    assert days == [date(2026, 12, 18)]


@pytest.mark.parametrize(
    ("asked_at", "due_on", "reminded_on"),
    [
        (datetime(2026, 12, 18, 10, tzinfo=UTC), "2026-12-29", None),
        (datetime(2026, 12, 18, 10, tzinfo=UTC), "2027-01-08", date(2027, 1, 5)),
        (datetime(2026, 12, 11, 10, tzinfo=UTC), "2026-12-15", date(2026, 12, 14)),
        (datetime(2026, 12, 15, 10, tzinfo=UTC), "2026-12-22", date(2026, 12, 18)),
    ],
)
async def test_a_reminder_comes_on_an_open_day_or_not_at_all(
    store: Store, asked_at: datetime, due_on: str, reminded_on: date | None
) -> None:
    """Asked on the last day before the office shuts, on a Friday for a Tuesday, and for a day within its days off."""
    desk = await opened(store, asked_at, shut("2026-12-21/2027-01-04"))
    await desk.status("P-1", "RFI")
    items = [{"item": "plan", "code": "floor_plan", "due_on": due_on}]
    await desk.say("P-1", "case.needs", {"items": items})
    await wait(desk, date.fromisoformat(due_on) + timedelta(days=10))
    days = [at.date() for purpose, at in await told(desk) if purpose == "reminder"]
    assert days == ([reminded_on] if reminded_on else [])


async def test_a_word_that_a_silence_held_back_waits_for_a_day_on_which_the_office_is_open(store: Store) -> None:
    """The word of Monday the 16th is held; the source is heard on a Saturday, and the office is shut until Tuesday."""
    desk = await opened(store, datetime(2026, 3, 2, 10, tzinfo=UTC), shut("2026-03-23/2026-03-24"))
    await advance(store, desk.office.id, datetime(2026, 3, 21, 10, tzinfo=UTC), desk.worker().carry)
    await desk.status("ALIVE", "VAL")
    await wait(desk, date(2026, 3, 26))
    [(at,)] = await desk.rows("SELECT settled_at FROM message WHERE purpose = 'still_working' AND state = 'delivered'")
    assert at.date() == date(2026, 3, 25)

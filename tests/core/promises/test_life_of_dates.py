"""The life of a date, by the one machine for it: given, warned of once, moved, taken back, back again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import pytest

from tests.core.promises.test_weighing import DAILY, MONDAY, STEADY, ahead
from tracker.core.promises.life import (
    DateEvent,
    DateTerms,
    Development,
    HeldDate,
    Observation,
    developed,
    heard,
    looked_at,
)
from tracker.core.promises.survival import SurvivalTable
from tracker.core.promises.weighing import Advice, Window, judging_day, news_holds, withdrawn_cause

NEVER = SurvivalTable((0.0,) * 600, DAILY)
QUICK = SurvivalTable((0.5,) * 600, DAILY)


class Lessons:
    """What was learned: the stages of one table, but for that of the day of reception."""

    def __init__(self, table: SurvivalTable, received: SurvivalTable | None = None) -> None:
        self._table, self._received = table, received or table

    def table(self, stage: str) -> SurvivalTable:
        """The same for every stage."""
        return self._table

    risk_table = table

    def received_table(self, stage: str) -> SurvivalTable:
        """The same for every stage."""
        return self._received


def seen(day: int, table: SurvivalTable = STEADY, *, came: int = 0, **more: Any) -> Observation:
    """A case that came to its stage so many days after MONDAY, seen at ten o'clock on another such day."""
    today, terms = ahead(MONDAY, day), DateTerms(Lessons(table, more.pop("received", None)), 0.9, 0.9)
    at = datetime.combine(today, time(10), UTC)
    on = ahead(MONDAY, came)
    rest = {
        "at_receipt": came == 0,
        "known_on": ahead(today, -1),
        "came_at": datetime.combine(on, time(9), UTC),
        **more,
    }
    return Observation(terms, "review", on, judged_on=today, began_on=MONDAY, now=at, today=today, **rest)


def held(sight: Observation, before: HeldDate | None = None) -> HeldDate:
    """The date that is held after a turn, where one is."""
    found = developed(sight, before).held
    assert found is not None
    return found


def deeds(turn: Development) -> list[DateEvent]:
    return [each.deed for each in turn.happened]


def test_a_first_date_is_read_from_those_who_are_received_and_later_ones_from_those_who_stay() -> None:
    at_once = held(seen(0, QUICK, received=STEADY)).window
    next_day = held(seen(1, QUICK, received=STEADY)).window
    assert at_once is not None and next_day is not None
    assert at_once.latest_on > ahead(MONDAY, 40) > next_day.latest_on
    assert held(seen(5, QUICK, came=5, received=STEADY)).window == held(seen(5, QUICK, came=5)).window


def test_people_are_warned_once_and_the_date_moves_before_it_breaks() -> None:
    first, told, day = held(seen(0)), list[DateEvent](), 0
    now = first
    while DateEvent.MOVED not in told:
        day += 1
        turn = developed(seen(day), now)
        now, told = turn.held or now, told + deeds(turn)
    assert told == [DateEvent.WARNED, DateEvent.MOVED]
    assert (now.first_on, now.first_made_on, now.made_on) == (first.first_on, MONDAY, ahead(MONDAY, day))
    assert now.window is not None
    assert now.made_on < first.first_on < now.window.latest_on


def test_a_date_that_was_taken_back_comes_back_once_the_case_has_moved_on() -> None:
    first = held(seen(0))
    on = (first.first_on - MONDAY).days
    turn = developed(seen(on - 1, NEVER), first)
    assert deeds(turn) == [DateEvent.TAKEN_BACK]
    assert turn.verdict.step is Advice.GIVE_UP
    taken = turn.held
    assert developed(seen(on), taken) == Development(taken)
    early, late = (
        replace(seen(on, came=on - 1), came_at=datetime.combine(ahead(MONDAY, on - 1), time(hour), UTC))
        for hour in (9, 11)
    )
    assert deeds(developed(early, taken)) == []
    assert deeds(developed(late, taken)) == [DateEvent.GIVEN]
    again = held(late, taken)
    assert (again.first_on, again.first_made_on, again.taken_on) == (first.first_on, MONDAY, None)
    relied_on = replace(seen(on), terms=replace(seen(on).terms, relied_on_since=ahead(MONDAY, on)))
    assert deeds(developed(relied_on, taken)) == [DateEvent.GIVEN]


def test_a_date_moves_with_its_clock_and_stands_still_while_it_is_paused() -> None:
    first = held(seen(0))
    assert first.window is not None
    on = (first.first_on - MONDAY).days
    assert developed(seen(on + 20, paused=True, waited=20), first) == Development(first)
    moved = held(seen(on + 7, came=on + 7, waited=14), first).window
    assert moved == Window(
        *(
            ahead(each, 14)
            for each in (first.window.earliest_on, first.window.half_by_on, first.window.latest_on)
            if each
        )
    )
    heard_late = heard(seen(on + 30, waited=14, no_sooner=ahead(MONDAY, on + 31)), first).held
    assert heard_late is not None and heard_late.window is not None
    assert heard_late.window.latest_on >= ahead(MONDAY, on + 31)


def test_in_a_silence_nothing_is_said_and_what_passes_comes_back_after_it() -> None:
    first = held(seen(0))
    on = (first.first_on - MONDAY).days
    silent = developed(seen(on, silent=True), first)
    assert (silent.held, silent.happened) == (first, ())
    passed = developed(seen(on + 1, silent=True, passed=True), first)
    assert deeds(passed) == [DateEvent.PASSED]
    assert deeds(developed(seen(on + 2), passed.held)) == [DateEvent.GIVEN]
    assert deeds(developed(seen(on + 1, passed=True), first)) == [DateEvent.PASSED, DateEvent.GIVEN]


@pytest.mark.parametrize("at_once", [True, False])
def test_good_news_is_told_once_and_at_once_or_in_the_morning(at_once: bool) -> None:
    first = held(seen(0))
    sight = seen(5, QUICK, came=5)
    turn = looked_at(replace(sight, terms=replace(sight.terms, cheers_at_once=at_once)), first)
    assert deeds(turn) == ([DateEvent.CHEERED] if at_once else [])
    assert turn.verdict.sooner
    assert deeds(looked_at(seen(6, QUICK, came=5), turn.held)) == ([] if at_once else [DateEvent.CHEERED])


def test_a_service_that_gives_no_dates_gives_none_and_takes_back_what_would_move() -> None:
    def without(day: int) -> Observation:
        return replace(seen(day), terms=replace(seen(day).terms, gives=False))

    assert developed(without(0), None) == Development(None)
    first = held(seen(0))
    last = (first.first_on - MONDAY).days - 1
    assert deeds(developed(seen(last), first))[0] is DateEvent.MOVED
    assert deeds(developed(without(last), first)) == [DateEvent.TAKEN_BACK]


def test_a_stand_in_is_given_where_nothing_was_learned_and_the_office_set_no_date() -> None:
    terms = DateTerms(None, 0.9, 0.9, fallback_days=28)
    sight = replace(seen(0), terms=terms)
    assert heard(replace(sight, office=True), None) == Development(None)
    found = held(sight)
    assert found.window == Window(None, None, ahead(MONDAY, 28))
    assert (found.learned, found.probability) == (False, None)


@pytest.mark.parametrize(("hour", "day"), [(9, 1), (10, 2), (23, 2)])
def test_dates_are_judged_in_the_morning(hour: int, day: int) -> None:
    assert judging_day(datetime(2026, 3, 2, hour, tzinfo=UTC), "Europe/London") == date(2026, 3, day)


def test_news_of_a_date_holds_while_that_date_stands() -> None:
    one, other = UUID(int=1), UUID(int=2)
    assert news_holds(str(one), one)
    assert not any(news_holds(str(one), standing) for standing in (other, None))
    assert news_holds(withdrawn_cause(one), None)
    assert not news_holds(withdrawn_cause(one), other)

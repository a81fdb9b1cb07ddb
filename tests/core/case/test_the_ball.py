"""Who has the ball follows from what is asked: the stage, the requests, and what has come (T1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings

from tests.core.case.test_timeline import DAY, PERMIT, ZONE, case_of, status
from tests.laws.case_sets import Draft, case_sets, events
from tests.office import START
from tracker.core.answers.stages import ARRIVED, NOT_NEEDED, own_table
from tracker.core.case.events import Body, NeededItem, NeedsReported
from tracker.core.case.fold import fold
from tracker.core.case.ordering import Placed
from tracker.core.case.paused_days import days_paused
from tracker.core.vocabulary.words import CaseState, Clock, WaitingOn

REC, VAL, RFI = status("REC"), status("VAL"), status("RFI")
PLAN, PHOTO = NeededItem("plan", text="A plan"), NeededItem("photo", text="A photo")
GONE = replace(PLAN, remove=True)
US, YOU = (WaitingOn.US, Clock.RUNNING), (WaitingOn.YOU, Clock.PAUSED)


def needs(*items: NeededItem) -> NeedsReported:
    return NeedsReported(items)


def came(*items: str) -> NeedsReported:
    return needs(*(NeededItem(item, supplied_at=START - 39 * DAY) for item in items))


@pytest.mark.parametrize(
    ("bodies", "expected"),
    [
        ((REC, RFI), YOU),
        ((REC, RFI, needs(PLAN)), YOU),
        ((REC, RFI, needs(PLAN), came("plan")), US),
        ((REC, needs(PLAN), RFI, came("plan")), US),
        ((REC, RFI, needs(PLAN), came("plan"), RFI), US),  # a nightly extract says the same again
        ((REC, RFI, needs(PLAN, PHOTO), came("plan")), YOU),
        ((REC, RFI, needs(PLAN, PHOTO), came("plan"), came("photo")), US),
        ((REC, RFI, needs(PLAN), came("plan"), needs(PLAN)), YOU),  # it was no good, and is asked for anew
        ((REC, RFI, needs(PLAN), needs(replace(PLAN, remove=True))), US),
        ((REC, VAL, needs(PLAN)), (WaitingOn.YOU, Clock.RUNNING)),
        ((REC, VAL, needs(PLAN), came("plan")), US),
        ((REC, needs(PLAN), VAL), US),  # the office went on without it
        ((REC, needs(PLAN, PHOTO), VAL, came("plan")), US),  # what came since asks for nothing
        ((REC, needs(PLAN, PHOTO), VAL, needs(PLAN, PHOTO)), US),  # nor does what is said again
        ((REC, RFI, needs(PLAN), came("plan"), VAL, RFI), YOU),
    ],
)
def test_the_ball_is_where_the_last_report_put_it(bodies: tuple[Body, ...], expected: tuple[WaitingOn, Clock]) -> None:
    case = case_of(*bodies)
    assert (case.waiting_on, case.clock) == expected


def test_what_is_said_again_is_no_new_request_and_what_is_asked_anew_says_so() -> None:
    asked = case_of(REC, RFI, needs(PLAN), needs(PLAN), needs(PLAN))
    assert asked.needs["plan"].asked_by.int == 3, "the first of the three"
    later = case_of(REC, RFI, needs(PLAN), needs(replace(PLAN, due_on=date(2026, 4, 1))))
    assert later.needs["plan"].asked_by.int == 4 and not later.needs["plan"].again, "another day is news"
    anew = case_of(REC, RFI, needs(PLAN), came("plan"), needs(replace(PLAN, why="It was blurred.")))
    assert anew.needs["plan"].again and anew.needs["plan"].item.why == "It was blurred."


def test_the_days_after_everything_came_count_against_the_office() -> None:
    begun = START - 40 * DAY
    came_at = {"time": begun + 10 * DAY}
    case = case_of(REC, RFI, needs(PLAN), (came("plan"), came_at))
    assert days_paused(case, begun.date(), START.date(), ZONE) == 10
    assert days_paused(case_of(REC, RFI, needs(PLAN)), begun.date(), START.date(), ZONE) == 40


@pytest.mark.parametrize(
    ("bodies", "arrived"),
    [
        ((REC, RFI, needs(PLAN), needs(GONE)), False),
        ((REC, RFI, needs(PLAN, PHOTO), came("photo"), needs(GONE)), True),
        ((REC, RFI, needs(PLAN, PHOTO), needs(GONE, *came("photo").items)), True),
        ((REC, RFI, came("photo")), True),  # the stage waited, and nobody had said what for
        ((REC, needs(PHOTO), came("photo"), VAL, RFI, needs(PLAN), needs(GONE)), False),  # that came long ago
    ],
)
def test_what_the_office_took_back_has_not_arrived(bodies: tuple[Body, ...], arrived: bool) -> None:
    case = case_of(*bodies)
    assert (case.waiting_on, case.arrived is not None) == (WaitingOn.US, arrived)
    stage = PERMIT.stage(case.stage or "")
    assert own_table(stage, case.waiting_on, arrived=arrived) == (ARRIVED if arrived else NOT_NEEDED)
    assert own_table(stage, WaitingOn.YOU, arrived=False) == ""


@settings(max_examples=300, deadline=None)
@given(case_sets())
def test_whoever_is_waited_for_is_asked_for_something(drafts: tuple[Draft, ...]) -> None:
    """T1: nobody reads "we need something from you" without a report that asks it; and nobody is said to have sent all
    while something is wanted."""
    placed = [Placed(UUID(int=place + 1), each) for place, each in enumerate(events(drafts, "P-1"))]
    case = fold(placed, PERMIT, ZONE, START)
    if case.stage is None or case.state is CaseState.CLOSED:
        return
    if case.waiting_on is WaitingOn.YOU:
        assert case.asked is not None and case.arrived is None
    if case.arrived is not None:
        assert not case.wanted and case.waiting_on is not WaitingOn.YOU
    days = (START - timedelta(days=400)).date(), START.date()
    assert 0 <= days_paused(case, *days, ZONE) <= 400

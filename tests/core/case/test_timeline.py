"""What a case is: tables of sets of events, and properties of the fold."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.case_sets import QUIET, case_sets, events
from tests.office import SERVICE, START, event
from tracker.core.case.events import (
    Body,
    NeededItem,
    NeedsReported,
    NoteReported,
    PartyReported,
    ReopenReported,
    StatusReported,
)
from tracker.core.case.fold import Fold, fold
from tracker.core.case.ordering import Placed, key, on_its_day, position
from tracker.core.case.timeline import Folded, NewsKind
from tracker.core.services.definitions import Definition
from tracker.core.services.files import read
from tracker.core.vocabulary.calendars import start_of
from tracker.core.vocabulary.words import Audience, Outcome, Placement

ZONE = "Europe/London"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def _definition() -> Definition:
    found = read(QUIET)
    assert isinstance(found, Definition)
    return found


PERMIT = _definition()


def status(code: str, **rest: Any) -> StatusReported:
    """A status of the permit service."""
    return StatusReported(SERVICE, code, **rest)


def told(*bodies: Body | tuple[Body, dict[str, Any]]) -> list[Placed]:
    """Events e0, e1, ... an hour apart; a pair gives an event other values than those."""
    placed = []
    for place, each in enumerate(bodies):
        body, rest = each if isinstance(each, tuple) else (each, {})
        values = {"id": f"e{place}", "time": START - 40 * DAY + place * HOUR, **rest}
        placed.append(Placed(UUID(int=place + 1), event(body, **values)))
    return placed


def case_of(*bodies: Body | tuple[Body, dict[str, Any]], now: datetime = START) -> Folded:
    """The case that these events make, whatever their order."""
    placed = told(*bodies)
    found = fold(placed, PERMIT, ZONE, now)
    random.Random(7).shuffle(placed)
    assert fold(placed, PERMIT, ZONE, now) == found
    return found


def placements(case: Folded) -> list[str]:
    """Placements in order of the events' numbers."""
    return [line.placement.value for line in sorted(case.lines, key=lambda line: line.entry)]


REC, VAL, ASSESS, RFI, STOP = (status(code) for code in ("REC", "VAL", "ASSESS", "RFI", "WITHDRAWN"))


@pytest.mark.parametrize(
    ("bodies", "stage", "expected"),
    [
        ((), None, []),
        ((VAL,), None, ["flagged"]),
        ((REC,), "received", ["applied"]),
        ((REC, VAL, ASSESS), "assessing", ["applied"] * 3),
        ((VAL, REC), "received", ["flagged", "applied"]),
        ((REC, ASSESS, REC), "assessing", ["applied", "applied", "flagged"]),
        ((REC, STOP, VAL), "withdrawn", ["applied", "applied", "flagged"]),
        ((REC, STOP, STOP), "withdrawn", ["applied", "applied", "flagged"]),
        ((REC, VAL, STOP, ReopenReported()), "checking", ["applied"] * 4),
        ((REC, STOP, ReopenReported("ASSESS")), "assessing", ["applied"] * 3),
        ((REC, STOP, ReopenReported("WITHDRAWN")), "withdrawn", ["applied", "applied", "flagged"]),
        ((REC, STOP, ReopenReported("ZZ")), "withdrawn", ["applied", "applied", "quarantined"]),
        ((REC, ReopenReported()), "received", ["applied", "flagged"]),
        ((REC, status("ZZ")), "received", ["applied", "quarantined"]),
        ((status("ZZ"), REC), "received", ["quarantined", "applied"]),
        ((REC, status("REFUSED")), "received", ["applied", "unserved"]),
        ((REC, status("REFUSED", served_on=date(2026, 1, 20))), "refused", ["applied", "applied"]),
        ((REC, StatusReported("another", "WITHDRAWN")), "received", ["applied", "flagged"]),
    ],
)
def test_moves(bodies: tuple[Body, ...], stage: str | None, expected: list[str]) -> None:
    case = case_of(*bodies)
    assert case.stage == stage
    assert placements(case) == expected


def test_an_unmapped_status_hides_the_stage_until_the_next_known_one() -> None:
    assert case_of(REC, status("ZZ")).unmapped
    assert not case_of(REC, status("ZZ"), VAL).unmapped
    assert not case_of(REC, STOP, status("ZZ")).unmapped


@pytest.mark.parametrize(
    ("one", "other", "last"),
    [
        ({"sequence": 1}, {"sequence": 2}, "other"),
        ({"sequence": 2}, {"sequence": 1}, "one"),
        ({}, {"sequence": 1}, "other"),
        ({}, {}, "other"),  # the later stage of the life cycle
        ({"sequence": 5}, {"sequence": 5}, "other"),
    ],
)
def test_ties_go_by_sequence_then_life_cycle_case_7(one: dict[str, Any], other: dict[str, Any], last: str) -> None:
    at = START - DAY
    case = case_of(REC, (VAL, {"time": at, **one}), (ASSESS, {"time": at, **other}))
    assert case.stage == {"one": "checking", "other": "assessing"}[last]


def test_ties_of_equal_events_go_by_id_case_7() -> None:
    at = {"time": START - DAY}
    case = case_of(
        REC, (status("VAL", expected_on=date(2026, 4, 1)), at), (status("VAL", expected_on=date(2026, 5, 1)), at)
    )
    assert case.office_on == date(2026, 5, 1)


TENTH = date(2026, 2, 10)


@pytest.mark.parametrize(
    ("code", "on", "reported", "expected"),
    [
        ("REC", TENTH, datetime(2026, 2, 10, 15, tzinfo=UTC), datetime(2026, 2, 10, tzinfo=UTC)),
        ("VAL", TENTH, datetime(2026, 2, 10, 15, tzinfo=UTC), datetime(2026, 2, 10, 15, tzinfo=UTC)),
        ("VAL", TENTH, datetime(2026, 2, 12, 15, tzinfo=UTC), datetime(2026, 2, 10, 23, 59, 59, 999999, tzinfo=UTC)),
        ("VAL", date(2026, 2, 11), datetime(2026, 2, 10, 15, tzinfo=UTC), datetime(2026, 2, 11, tzinfo=UTC)),
        ("REC", date(2026, 2, 11), datetime(2026, 2, 10, 15, tzinfo=UTC), datetime(2026, 2, 11, tzinfo=UTC)),
        ("VAL", None, datetime(2026, 2, 10, 15, tzinfo=UTC), datetime(2026, 2, 10, 15, tzinfo=UTC)),
    ],
)
def test_where_a_day_stands(code: str, on: date | None, reported: datetime, expected: datetime) -> None:
    assert position(event(status(code), time=reported, occurred_on=on), PERMIT, ZONE) == expected


def test_a_day_keeps_its_precision_and_stands_after_the_instants_of_that_day() -> None:
    noon = datetime(2026, 2, 10, 12, tzinfo=UTC)
    case = case_of(
        (REC, {"occurred_on": TENTH}),
        (VAL, {"time": noon}),
        (ASSESS, {"occurred_on": TENTH, "time": noon + 3 * DAY}),
    )
    assert case.stage == "assessing"
    assert (case.since.on, case.since.at) == (TENTH, None)
    assert case.opened.on == TENTH


@pytest.mark.parametrize(
    ("bodies", "kind", "cause"),
    [
        ((REC,), NewsKind.OPENED, 0),
        ((REC, VAL), NewsKind.STAGE, 1),
        ((REC, VAL, VAL), NewsKind.STAGE, 1),
        ((REC, status("CONSULT")), NewsKind.OPENED, 0),  # this stage is shown and not told
        ((REC, status("CONSULT", public_note="A word")), NewsKind.NOTE, 1),
        ((REC, VAL, status("VAL", expected_on=date(2026, 4, 1))), NewsKind.DATE, 2),
        ((REC, NoteReported("A word", Audience.PUBLIC)), NewsKind.NOTE, 1),
        ((REC, NoteReported("A word")), NewsKind.OPENED, 0),
        ((REC, STOP, NoteReported("A word", Audience.PUBLIC)), NewsKind.CLOSED, 1),
        ((REC, status("ZZ")), NewsKind.OPENED, 0),
    ],
)
def test_what_is_news(bodies: tuple[Body, ...], kind: NewsKind, cause: int) -> None:
    news = case_of(*bodies).news
    assert news is not None
    assert (news.kind, news.entry) == (kind, UUID(int=cause + 1))


def test_it_last_happened_when_its_latest_event_did_whatever_it_became_or_when_it_came() -> None:
    bodies = [status("REC"), status("VAL"), status("NOBODY-KNOWS")]
    came = [
        replace(each, event=replace(each.event, time=START + place * timedelta(hours=1)))
        for place, each in enumerate(told(*bodies))
    ]
    for order in permutations(came):
        made = Fold(_definition(), "UTC", START + timedelta(days=1))
        for each in order:
            made.add(each)
        assert made.case.last_at == START + timedelta(hours=2)


def test_needs_are_asked_replaced_supplied_and_taken_back() -> None:
    plan = NeededItem("plan", text="A plan", due_on=date(2026, 4, 1))
    photo = NeededItem("photo", code="site_photo")
    asked = NeedsReported((plan, photo))
    assert [need.item.item for need in case_of(REC, asked).wanted] == ["plan", "photo"]
    supplied = NeedsReported((NeededItem("plan", supplied_at=START - DAY),))
    case = case_of(REC, asked, supplied)
    assert [need.item.item for need in case.wanted] == ["photo"]
    assert (case.needs["plan"].item.text, case.needs["plan"].item.due_on) == ("A plan", date(2026, 4, 1))
    assert list(case_of(REC, asked, NeedsReported((NeededItem("plan", remove=True),))).needs) == ["photo"]


def test_a_party_is_replaced_and_removed_and_keeps_what_is_sensitive_about_it() -> None:
    one = PartyReported("1", language="en")
    case = case_of(REC, (one, {"sensitive": True}))
    assert case.sensitive_parties == {"1"}
    case = case_of(REC, (one, {"sensitive": True}), PartyReported("1", language="cy"))
    assert (case.parties["1"].language, case.sensitive_parties) == ("cy", frozenset())
    assert not case_of(REC, one, PartyReported("1", remove=True)).parties


@settings(max_examples=400)
@given(case_sets(), st.randoms(use_true_random=False), st.sampled_from([ZONE, "Pacific/Auckland", "America/St_Johns"]))
def test_a_case_is_a_function_of_the_set_of_its_events(drafts: Any, shuffled: random.Random, zone: str) -> None:
    placed = [Placed(UUID(int=place + 1), each) for place, each in enumerate(events(drafts, "P-1"))]
    found = fold(placed, PERMIT, zone, START)
    keys = [key(each.event, PERMIT, zone) for each in placed]
    assert len(set(keys)) == len(keys), "the order is total"
    shuffled.shuffle(placed)
    again = fold(placed, PERMIT, zone, START)
    assert again == found
    assert list(again.needs) == list(found.needs)
    assert [line.position for line in found.lines] == sorted(line.position for line in found.lines if line.position)
    assert all(
        (line.position or START) <= max(each.event.time, start_of(each.event.occurred_on or date(2000, 1, 1), zone))
        for line in found.lines
        for each in placed
        if each.entry == line.entry
    )


@settings(max_examples=400)
@given(case_sets(), st.data())
def test_a_fold_never_goes_wrong_at_any_time(drafts: Any, data: st.DataObject) -> None:
    now = data.draw(st.sampled_from([START - 50 * DAY, START, START + 3 * DAY, START + 100 * DAY]))
    placed = [Placed(UUID(int=place + 1), each) for place, each in enumerate(events(drafts, "P-1"))]
    case = fold(placed, PERMIT, ZONE, now)
    assert {line.entry for line in case.lines} == {each.entry for each in placed}
    assert (case.stage is None) == (case.opener is None)
    assert (case.wake_at is None) == all(line.placement is not Placement.HELD for line in case.lines)
    assert case.wake_at is None or case.wake_at > now
    if case.stage is not None:
        stage = PERMIT.stage(case.stage)
        assert stage is not None
        assert (case.state == "closed") == stage.closes
        assert case.outcome == stage.outcome
        assert case.news is not None


def test_an_end_that_lies_before_the_beginning_is_in_doubt_until_the_next_report_t13() -> None:
    early = (STOP, {"time": START - 41 * DAY})
    assert case_of(early, REC).end_in_doubt and case_of(early, REC).stage == "received"
    assert placements(case_of(early, REC)) == ["flagged", "applied"]
    assert not case_of(early, REC, VAL).end_in_doubt
    assert not case_of(early, REC, STOP).end_in_doubt
    assert not case_of((VAL, {"time": START - 41 * DAY}), REC).end_in_doubt
    assert not case_of(REC, STOP).end_in_doubt


def test_what_is_to_happen_on_a_later_day_waits_for_it_t13() -> None:
    tomorrow, day = START + DAY, (START + DAY).date()
    ahead = event(STOP, time=START, occurred_on=day)
    assert on_its_day(ahead, ZONE).hold_until == start_of(day, ZONE)
    later = replace(ahead, hold_until=tomorrow + DAY)
    assert on_its_day(later, ZONE) == later
    for on in (START.date(), (START - DAY).date(), None):
        assert on_its_day(replace(ahead, occurred_on=on), ZONE) == replace(ahead, occurred_on=on)
    held = on_its_day(ahead, ZONE)
    assert case_of(REC, (STOP, {"time": START, "occurred_on": day, "hold_until": held.hold_until})).stage == "received"
    told_then = case_of(
        REC, (STOP, {"time": START, "occurred_on": day, "hold_until": held.hold_until}), now=start_of(day, ZONE)
    )
    assert (told_then.stage, told_then.since.on) == ("withdrawn", day)


def test_who_goes_on_in_place_of_a_case_and_when_it_was_served_go_with_the_end_t8_t18() -> None:
    merging = replace(PERMIT, stages=tuple(
        replace(each, outcome=Outcome.MERGED) if each.code == "withdrawn" else each for each in PERMIT.stages
    ))  # fmt: skip
    placed = told(REC, status("WITHDRAWN", merged_into="P-2"))
    assert fold(placed, merging, ZONE, START).merged_into == "P-2"
    assert fold(placed, PERMIT, ZONE, START).merged_into is None, "it was withdrawn"
    served = case_of(REC, status("REFUSED", served_on=date(2026, 1, 20)))
    assert served.served_on == date(2026, 1, 20)
    again = case_of(REC, status("REFUSED", served_on=date(2026, 1, 20)), ReopenReported())
    assert again.served_on is None

"""The one decision is pure, and of a batch it makes what it makes of its events one by one."""

from __future__ import annotations

import hashlib
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from types import CodeType, FrameType
from typing import Any
from uuid import UUID

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.core.case.test_timeline import PERMIT, ZONE
from tests.core.deciding.rows import SOURCE, Counting, Rows
from tests.laws.case_sets import OTHER_SERVICE, Draft, arrivals, case_sets, events
from tests.office import SERVICE, START
from tracker.core.case import timeline
from tracker.core.case.events import Body, CorrectionReported, NoteReported, StatusReported
from tracker.core.case.fold import Fold, fold
from tracker.core.case.ordering import Placed
from tracker.core.deciding.decide import Decided, decide
from tracker.core.deciding.dossier import Dossiers, Number, ServiceKnown
from tracker.core.deciding.reports import Answer, Intake, RefusedEvent, Report, Reporter
from tracker.core.vocabulary.messages import MessageState

BY = Reporter(SOURCE, "backoffice", ("backoffice",))
SERVICES = {
    SERVICE: ServiceKnown(UUID(int=3), PERMIT),
    OTHER_SERVICE: ServiceKnown(UUID(int=4), replace(PERMIT, service=OTHER_SERVICE)),
}
NUMBERS: list[Number] = [("backoffice", "N1"), ("backoffice", "N2")]
EXAMPLES = settings(max_examples=60, deadline=None, database=None, phases=(Phase.explicit, Phase.generate))


def reports(drafts: Sequence[Draft], number: str) -> list[Report]:
    """The events of a set as they arrive."""
    return [Report(each, hashlib.sha256(repr(each).encode()).digest()) for each in events(drafts, number)]


@st.composite
def streams(draw: st.DrawFn) -> list[Report]:
    """Events of two case numbers in some order of arrival, a few of them more than once."""
    told = [
        each
        for _, number in NUMBERS
        for found in [reports(draw(case_sets()), number)]
        for place in draw(arrivals(len(found)))
        for each in [found[place]]
    ]
    return draw(st.permutations(told))


def known(rows: Rows, seed: int = 0) -> Dossiers:
    """What is known by these rows of both numbers."""
    return rows.dossiers(NUMBERS, SERVICES, START, random.Random(seed))


def in_parts(
    told: Sequence[Report], sizes: Sequence[int], rows: Rows | None = None, fresh: Counting | None = None
) -> tuple[Rows, list[Any]]:
    """Decide about events in batches of these sizes, over and over, each on what the rows say by then."""
    rows, fresh = rows or Rows(), fresh or Counting()
    answers: list[Any] = []
    at = turn = 0
    while at < len(told):
        size = sizes[turn % len(sizes)]
        made = decide(known(rows, turn), told[at : at + size], fresh, START, by=BY)
        rows.write(made.changes)
        assert made.not_decided == ()
        answers += [plain(each) for each in made.answers]
        at, turn = at + size, turn + 1
    return rows, answers


def plain(answer: Answer | RefusedEvent) -> Any:
    """An answer that can be compared: errors are as equal as what they say."""
    return answer if isinstance(answer, Answer) else (type(answer.error), str(answer.error))


def told_of(made: Decided) -> Any:
    """All that a decision says, so that it can be compared."""
    return made.changes, made.now, [plain(each) for each in made.answers], made.not_decided, made.moved


@EXAMPLES
@given(streams(), streams())
def test_the_same_dossiers_events_and_ids_make_the_same_changes(before: list[Report], told: list[Report]) -> None:
    rows, _ = in_parts(before, [4])
    dossiers = known(rows)
    kept = deepcopy(dossiers)
    made = told_of(decide(dossiers, told, Counting(), START, by=BY))
    assert dossiers == kept, "a dossier is not changed by it"
    found = deepcopy(made)
    assert told_of(decide(dossiers, told, Counting(), START, by=BY)) == found
    assert made == found, "nor is a decision by the next one"
    assert told_of(decide(kept, told, Counting(), START, by=BY)) == found


@EXAMPLES
@given(streams(), st.integers(0, 90))
def test_a_look_changes_no_dossier_and_finds_the_same_again(before: list[Report], days: int) -> None:
    rows, _ = in_parts(before, [5])
    dossiers, now = known(rows), START + timedelta(days=days)
    kept = deepcopy(dossiers)
    first = told_of(decide(dossiers, (), Counting(), now))
    assert dossiers == kept
    assert told_of(decide(dossiers, (), Counting(), now)) == first


@EXAMPLES
@given(streams(), st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_a_batch_is_its_events_one_by_one(told: list[Report], sizes: list[int]) -> None:
    one_by_one, answers = in_parts(told, [1])
    for other in ([max(1, len(told))], sizes):
        rows, found = in_parts(told, other)
        assert found == answers
        for name in ("cases", "entries", "messages", "recipients", "given", "heard", "notices", "audited"):
            assert getattr(rows, name) == getattr(one_by_one, name), name


@EXAMPLES
@given(streams(), streams(), st.data())
def test_a_batch_is_its_events_one_by_one_whatever_was_said_and_erased_before(
    before: list[Report], told: list[Report], data: st.DataObject
) -> None:
    rows, _ = in_parts(before, [3])
    for key in list(rows.messages):
        state = data.draw(st.sampled_from([None, MessageState.SENDING, MessageState.DELIVERED]))
        if state is not None and rows.messages[key].state is MessageState.DUE:
            rows.messages[key] = replace(rows.messages[key], state=state)
    for id_ in list(rows.cases):
        if data.draw(st.integers(0, 3)) == 0:
            rows.forget(id_, START)
    told = [replace(each, event=replace(each.event, id=f"late {each.event.id}")) for each in told]
    one_by_one, answers = in_parts(told, [1], deepcopy(rows), Counting(10_000))
    at_once, found = in_parts(told, [max(1, len(told))], deepcopy(rows), Counting(10_000))
    assert found == answers
    for name in ("cases", "entries", "messages", "recipients", "given", "notices"):
        assert getattr(at_once, name) == getattr(one_by_one, name), name


@EXAMPLES
@given(case_sets(), st.data())
def test_a_case_made_event_by_event_is_the_case_made_at_once(drafts: tuple[Draft, ...], data: st.DataObject) -> None:
    placed = [Placed(UUID(int=place), each) for place, each in enumerate(events(drafts, "N1"), 1)]
    made = Fold(PERMIT, ZONE, START)
    for count, each in enumerate(order := data.draw(st.permutations(placed)), 1):
        made.add(each)
        assert made.case == fold(order[:count], PERMIT, ZONE, START)


@contextmanager
def counted(code: CodeType) -> Iterator[Counter[str]]:
    """How often a function is called meanwhile, and how often any is."""
    calls = Counter[str]()

    def profile(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call":
            calls["all"] += 1
            calls["it"] += frame.f_code is code

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        yield calls
    finally:
        sys.setprofile(before)


def long_case(count: int, *bodies: Body) -> list[Report]:
    """A case with an event every minute, of these bodies in turn."""
    drafts = [Draft(StatusReported(SERVICE, "REC"), START - timedelta(minutes=count))]
    drafts += [Draft(bodies[at % len(bodies)], START - timedelta(minutes=count - at)) for at in range(1, count)]
    found = events(drafts, "N1")
    return [Report(replace(each, id=f"{at:05}"), b"%032d" % at) for at, each in enumerate(found)]


TO_AND_FRO = StatusReported(SERVICE, "ASSESS"), StatusReported(SERVICE, "CONSULT")
REMARK = NoteReported("a word among us")


@pytest.mark.parametrize(("count", "bodies"), [(2_000, [REMARK]), (300, TO_AND_FRO)], ids=["remarks", "to and fro"])
def test_an_event_of_a_long_case_is_one_step(count: int, bodies: Sequence[Body]) -> None:
    told = long_case(count, *bodies)
    with counted(timeline.step.__code__) as calls:
        made = decide(known(Rows()), told, Counting(), START, by=BY)
    assert [each.outcome for each in made.answers if isinstance(each, Answer)] == [Intake.APPLIED] * count
    assert calls["it"] == count


def test_a_chunk_reads_its_case_once_however_long_it_is() -> None:
    told, rows, fresh, chunk = long_case(1_000, REMARK), Rows(), Counting(), 50
    for at in range(0, len(told), chunk):
        dossiers = known(rows, at)
        with counted(timeline.step.__code__) as calls:
            made = decide(dossiers, told[at : at + chunk], fresh, START, by=BY)
        assert calls["it"] == at + chunk
        rows.write(made.changes)
    [case] = rows.cases.values()
    assert (len(rows.entries), case.version) == (1_000, 1_000)


def test_late_events_of_a_long_case_cost_a_reading_each_and_no_more() -> None:
    told = long_case(200, *TO_AND_FRO)
    rows, fresh = Rows(), Counting()
    rows.write(decide(known(rows), told[:1] + told[100:], fresh, START, by=BY).changes)
    dossiers = known(rows)
    with counted(timeline.step.__code__) as calls:
        decide(dossiers, told[1:51], fresh, START, by=BY)
    assert calls["it"] <= 51 * 151


def test_one_event_too_many_is_refused_and_keeps_no_other_out() -> None:
    told, rows = long_case(2_001, REMARK), Rows()
    other = reports([Draft(StatusReported(SERVICE, "REC"), START)], "N2")
    made = decide(known(rows), told + other, Counting(), START, by=BY)
    rows.write(made.changes)
    assert [type(each) for each in made.answers] == [Answer] * 2_000 + [RefusedEvent, Answer]
    assert len(rows.entries) == 2_001


def test_the_answer_to_one_that_came_before_names_the_case_that_it_has_by_now() -> None:
    opener, later = reports(
        [Draft(StatusReported(SERVICE, "REC"), START - timedelta(hours=2)), Draft(REMARK, START)], "N1"
    )
    for sizes in ([1], [2], [3]):
        _, answers = in_parts([later, opener, later], sizes)
        assert [each.outcome for each in answers] == [Intake.PARKED, Intake.LATE, Intake.DUPLICATE]
        assert answers[2].reference == answers[1].reference is not None


def test_the_id_of_a_correction_in_the_same_batch_is_known() -> None:
    opener, slip = Draft(StatusReported(SERVICE, "REC"), START), Draft(StatusReported(SERVICE, "GRANTED"), START)
    told = reports((opener, slip, Draft(CorrectionReported("", "a slip"), START, target=1)), "N1")
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        rows, _ = in_parts([told[place] for place in order], [3])
        [case] = rows.cases.values()
        assert case.stage == "received"

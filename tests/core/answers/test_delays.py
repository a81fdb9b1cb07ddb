"""Why a date is late: which reason holds, whose words are said, and what is a delay at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.case.test_timeline import PERMIT, REC, VAL, ZONE, case_of, placements, status, told
from tests.laws.case_sets import case_sets
from tests.office import START
from tracker.core.answers import delays
from tracker.core.answers.delays import OURS, DelayKind, Waited, kind_of, reason_of, words_of
from tracker.core.answers.facts import PromiseFacts
from tracker.core.case.events import Body, CorrectionReported, ReopenReported, StatusReported
from tracker.core.case.fold import fold
from tracker.core.vocabulary.words import Change, Clock, WaitingOn

BUSY, ADVICE = "high_demand", "awaiting_advice"
STOP, AGAIN = status("WITHDRAWN"), ReopenReported()


def because(code: str, reason: str) -> StatusReported:
    return status(code, delay_reason=reason)


@pytest.mark.parametrize(
    ("bodies", "reason"),
    [
        ((REC,), None),
        ((because("REC", BUSY),), BUSY),
        ((REC, because("REC", BUSY)), BUSY),
        ((because("REC", BUSY), REC), BUSY),  # the same stage, told again: it holds still
        ((because("REC", BUSY), because("REC", ADVICE)), ADVICE),
        ((because("REC", BUSY), VAL), None),  # another stage
        ((because("REC", BUSY), because("VAL", ADVICE)), ADVICE),
        ((because("REC", BUSY), status("ZZ")), BUSY),  # not applied: nothing is known of another stage
        ((REC, VAL, because("REC", BUSY)), None),  # a move that may not be: flagged
        ((REC, because("WITHDRAWN", BUSY)), None),  # over
        ((because("REC", BUSY), STOP, AGAIN), None),
        ((REC, STOP, AGAIN, because("REC", BUSY)), BUSY),
        ((because("REC", "ZZ"),), "ZZ"),  # kept as it came: it may get words later
    ],
)
def test_the_newest_reason_holds_until_the_case_moves_on_without_one(
    bodies: tuple[Body, ...], reason: str | None
) -> None:
    assert case_of(*bodies).delay_reason == reason


def test_a_reason_goes_by_its_place_in_time_and_not_by_its_arrival() -> None:
    early, late = {"time": START - timedelta(days=9)}, {"time": START - timedelta(days=2)}
    assert case_of(REC, (because("REC", ADVICE), late), (because("REC", BUSY), early)).delay_reason == ADVICE


def test_a_reason_that_was_a_mistake_or_is_held_back_is_none() -> None:
    assert case_of(REC, because("REC", BUSY), CorrectionReported("e1", "a slip")).delay_reason is None
    held = {"hold_until": START + timedelta(days=1)}
    assert case_of(REC, (because("REC", BUSY), held)).delay_reason is None
    assert case_of(REC, (because("REC", BUSY), held), now=START + timedelta(days=2)).delay_reason == BUSY


def test_a_reason_alone_is_no_news() -> None:
    plain, said = case_of(REC, VAL, VAL), case_of(REC, VAL, because("VAL", BUSY))
    assert said.news == plain.news
    assert placements(said) == placements(plain) == ["applied"] * 3


@given(case_sets(), st.randoms(use_true_random=False))
def test_the_reason_is_a_function_of_the_set_of_events(drafts: Any, chance: Any) -> None:
    placed = told(*((each.body, {"time": each.time}) for each in drafts))
    first = fold(placed, PERMIT, ZONE, START)
    chance.shuffle(placed)
    again = fold(placed, PERMIT, ZONE, START)
    assert again.delay_reason == first.delay_reason
    given_ = {each.body.delay_reason for each in drafts if isinstance(each.body, StatusReported)}
    assert first.delay_reason is None or first.delay_reason in given_


def test_a_reason_has_the_definitions_words_or_none_here() -> None:
    worded = replace(PERMIT, delay_reasons={BUSY: {"en": "Spring is busy."}})
    assert words_of(BUSY, worded, "cy") == "Spring is busy."
    assert words_of(ADVICE, PERMIT, "es") == "Esperamos un informe de otra oficina."
    assert [words_of(reason, PERMIT, "en") for reason in OURS] == [""] * len(OURS)


@pytest.mark.parametrize(
    ("code", "waiting_on", "reason"),
    [
        (BUSY, WaitingOn.YOU, BUSY),
        (ADVICE, WaitingOn.US, ADVICE),
        ("ZZ", WaitingOn.US, "usual_spread"),
        ("ZZ", WaitingOn.OTHER, "waiting_for_others"),
        (None, WaitingOn.YOU, "waiting_for_you"),
        (None, WaitingOn.US, "usual_spread"),
    ],
)
def test_a_reason_that_nobody_worded_never_reaches_people(code: str | None, waiting_on: WaitingOn, reason: str) -> None:
    assert reason_of(code, waiting_on, PERMIT) == reason
    assert code is None or delays.is_worded(code, PERMIT) == (code == reason)


MADE = datetime(2026, 2, 2, 9, tzinfo=UTC)
TODAY = date(2026, 3, 2)
OURS_STANDS = PromiseFacts("history", None, None, date(2026, 3, 20), 0.9, MADE, None, None, None, told_at=MADE)
THEIRS = replace(OURS_STANDS, basis="office", probability=None)


def gone(promise: PromiseFacts, on: date, reason: str | None, outcome: str | None = None) -> PromiseFacts:
    """An earlier date than this one: replaced for a reason, or judged."""
    at = None if outcome else MADE
    return replace(
        promise, latest_on=on, made_at=MADE - timedelta(days=9), superseded_at=at, reason=reason, outcome=outcome
    )


EARLIER, LATER = date(2026, 3, 10), date(2026, 4, 10)
RUNNING, PAUSED = Waited(Clock.RUNNING, TODAY), Waited(Clock.PAUSED, TODAY)
PASSED = replace(OURS_STANDS, latest_on=date(2026, 3, 1))


@pytest.mark.parametrize(
    ("promises", "stands", "waited", "kind"),
    [
        ((), False, RUNNING, None),
        ((OURS_STANDS,), True, RUNNING, None),
        ((PASSED,), True, RUNNING, DelayKind.LATE),
        ((PASSED,), True, PAUSED, None),
        ((replace(PASSED, basis="office"),), True, PAUSED, DelayKind.LATE),
        ((replace(PASSED, outcome="missed"),), False, RUNNING, DelayKind.LATE),
        ((replace(PASSED, outcome="missed", superseded_at=MADE),), False, RUNNING, None),
        ((OURS_STANDS, gone(OURS_STANDS, EARLIER, Change.LIKELY_LATE)), True, RUNNING, DelayKind.MOVED),
        ((OURS_STANDS, gone(OURS_STANDS, EARLIER, None, "missed")), True, RUNNING, DelayKind.MOVED),
        ((OURS_STANDS, gone(replace(OURS_STANDS, told_at=None), EARLIER, None, "missed")), True, RUNNING, None),
        ((OURS_STANDS, gone(OURS_STANDS, LATER, Change.LIKELY_LATE)), True, RUNNING, None),
        ((OURS_STANDS, gone(OURS_STANDS, EARLIER, Change.CLOCK_PAUSED)), True, RUNNING, None),
        ((OURS_STANDS, gone(OURS_STANDS, EARLIER, Change.CASE_CORRECTED)), True, RUNNING, None),
        ((OURS_STANDS, gone(THEIRS, EARLIER, Change.OFFICE_CHANGED_DATE)), True, RUNNING, None),
        ((THEIRS, gone(THEIRS, EARLIER, Change.OFFICE_CHANGED_DATE)), True, RUNNING, DelayKind.MOVED),
        ((THEIRS, gone(THEIRS, LATER, Change.OFFICE_CHANGED_DATE)), True, RUNNING, None),
        ((THEIRS, gone(OURS_STANDS, EARLIER, None, "missed")), True, RUNNING, DelayKind.MOVED),
        (
            (replace(OURS_STANDS, outcome="withdrawn", reason=Change.TOO_UNCERTAIN),),
            False,
            RUNNING,
            DelayKind.TAKEN_BACK,
        ),
        ((replace(OURS_STANDS, outcome="withdrawn", reason=Change.CASE_CORRECTED),), False, RUNNING, None),
        ((OURS_STANDS,), True, replace(RUNNING, warned_at=MADE + timedelta(days=3)), DelayKind.WARNED),
        ((OURS_STANDS,), True, replace(RUNNING, warned_at=MADE - timedelta(days=3)), None),
        ((THEIRS,), True, replace(RUNNING, warned_at=MADE + timedelta(days=3)), None),
    ],
)
def test_what_is_amiss_with_a_date(
    promises: tuple[PromiseFacts, ...], stands: bool, waited: Waited, kind: DelayKind | None
) -> None:
    assert kind_of(promises, promises[0] if stands else None, waited) == kind

"""What takes an event out of the fold: corrections, holds, decisions that were not served yet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.core.case.test_timeline import ASSESS, PERMIT, REC, STOP, VAL, ZONE, case_of, placements, status, told
from tests.office import START
from tracker.core.case.events import CorrectionReported
from tracker.core.case.fold import fold

DAY = timedelta(days=1)


def fix(place: int, **rest: Any) -> tuple[CorrectionReported, dict[str, Any]]:
    """A correction of the event at this place."""
    return CorrectionReported(f"e{place}", "a slip"), rest


EARLY = START - 60 * DAY


@pytest.mark.parametrize(
    ("bodies", "stage", "expected"),
    [
        ((REC, VAL, fix(1)), "received", ["applied", "corrected", "applied"]),
        ((REC, STOP, fix(1)), "received", ["applied", "corrected", "applied"]),
        ((REC, fix(0)), None, ["corrected", "applied"]),
        ((REC, VAL, fix(9)), "checking", ["applied", "applied", "flagged"]),
        ((REC, VAL, fix(2)), "checking", ["applied", "applied", "flagged"]),  # of itself
        ((REC, VAL, fix(1), fix(2)), "checking", ["applied", "applied", "corrected", "applied"]),
        ((REC, VAL, fix(1), fix(2, time=EARLY)), "checking", ["applied", "applied", "corrected", "applied"]),
        ((REC, VAL, fix(1), fix(2), fix(3)), "received", ["applied", "corrected", "applied", "corrected", "applied"]),
        ((REC, VAL, fix(1), fix(1)), "received", ["applied", "corrected", "applied", "applied"]),
        ((REC, VAL, fix(1), fix(1), fix(2)), "received", ["applied", "corrected", "corrected", "applied", "applied"]),
        ((REC, VAL, fix(3), fix(2)), "checking", ["applied", "applied", "corrected", "applied"]),  # a circle
        ((REC, VAL, fix(1, hold_until=START + DAY)), "checking", ["applied", "applied", "held"]),
        ((REC, VAL, fix(1, hold_until=START - DAY)), "received", ["applied", "corrected", "applied"]),
        ((REC, (VAL, {"source": "other"}), fix(1)), "checking", ["applied", "applied", "flagged"]),
    ],
)
def test_corrections(bodies: tuple[Any, ...], stage: str | None, expected: list[str]) -> None:
    case = case_of(*bodies)
    assert case.stage == stage
    assert placements(case) == expected


def test_what_is_held_speaks_at_its_own_place_when_its_time_has_come() -> None:
    held = (VAL, {"hold_until": START + DAY})
    before = case_of(REC, held, ASSESS)
    assert (before.stage, before.wake_at, placements(before)[1]) == ("assessing", START + DAY, "held")
    after = case_of(REC, held, ASSESS, now=START + DAY)
    assert (after.stage, after.wake_at, placements(after)[1]) == ("assessing", None, "applied")


def test_the_earliest_of_what_is_held_wakes_the_case_and_what_was_corrected_does_not() -> None:
    first, second = (VAL, {"hold_until": START + DAY}), (ASSESS, {"hold_until": START + 9 * DAY})
    assert case_of(REC, second, first).wake_at == START + DAY
    assert case_of(REC, first, second, fix(1)).wake_at == START + 9 * DAY


def test_a_decision_that_will_be_served_is_held_until_that_day() -> None:
    served = status("REFUSED", served_on=date(2026, 3, 20))
    assert placements(case_of(REC, served)) == ["applied", "held"]
    assert case_of(REC, served).wake_at == datetime(2026, 3, 20, tzinfo=UTC)
    assert case_of(REC, served, now=datetime(2026, 3, 20, tzinfo=UTC)).stage == "refused"
    assert case_of(REC, status("VAL", served_on=date(2026, 3, 20))).stage == "checking"


def test_two_thousand_corrections_of_corrections_are_read_in_a_moment() -> None:
    chain = [REC, VAL, *(fix(place) for place in range(1, 1501))]
    placed = told(*chain)
    case = fold(placed, PERMIT, ZONE, START + 365 * DAY)
    assert case.stage == "checking"

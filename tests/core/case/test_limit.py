"""The limit set by law: it runs from the beginning, and stands still where the law says so (T9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.core.case.test_timeline import DAY, PERMIT, REC, RFI, VAL, ZONE, case_of, status
from tests.office import START
from tracker.core.case.limit import StatutoryLimit, limit_of
from tracker.core.services.definitions import Statutory

OPENED_ON = (START - 40 * DAY).date()
RUNS = replace(PERMIT, statutory=Statutory(timedelta(days=20), {"en": "The law"}))
PAUSES = replace(PERMIT, statutory=Statutory(timedelta(days=20), {"en": "The law"}, pauses=True))


def on(body: Any, day: int) -> tuple[Any, dict[str, Any]]:
    """An event so many days after the opening."""
    return body, {"time": START - 40 * DAY + day * DAY}


@pytest.mark.parametrize(
    ("bodies", "days", "stands_still"),
    [
        ((REC,), 20, False),
        ((REC, on(RFI, 5)), 20, True),
        ((REC, on(RFI, 5), on(VAL, 12)), 27, False),
        ((REC, on(RFI, 5), on(VAL, 12), on(RFI, 25)), 27, True),
        ((REC, on(RFI, 5), on(VAL, 12), on(RFI, 28)), 27, False),  # it had passed before
        ((REC, on(RFI, 5), on(VAL, 12), on(RFI, 28), on(VAL, 35)), 27, False),
        ((REC, on(status("CONSULT"), 5)), 20, False),  # we wait, but not for the person
    ],
)
def test_the_limit_pauses_where_the_law_says_so_t9(bodies: tuple[Any, ...], days: int, stands_still: bool) -> None:
    case = case_of(*bodies)
    found = limit_of(case, PAUSES, ZONE)
    assert found == StatutoryLimit(OPENED_ON + timedelta(days=days), stands_still)
    assert (found.passed_at(ZONE) is None) is stands_still, "it never passes while it stands still"
    assert limit_of(case, RUNS, ZONE) == StatutoryLimit(OPENED_ON + timedelta(days=20))


def test_there_is_no_limit_without_a_law_a_case_or_after_its_end_t9() -> None:
    assert limit_of(case_of(REC), replace(PERMIT, statutory=None), ZONE) is None
    assert limit_of(case_of(VAL), PAUSES, ZONE) is None
    assert limit_of(case_of(REC, status("WITHDRAWN")), PAUSES, ZONE) is None

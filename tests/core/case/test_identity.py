"""Whose number it is: a number that was used again never leads to an old page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.case.identity import REUSE_GAP, Epoch, epoch_for

DAY = timedelta(days=1)
BEGAN = datetime(2015, 3, 2, tzinfo=UTC)
OLD = Epoch(UUID(int=1), 1, BEGAN, BEGAN + 100 * DAY)
NEW = Epoch(UUID(int=2), 2, OLD.last_at + REUSE_GAP + 30 * DAY, OLD.last_at + REUSE_GAP + 90 * DAY)


@pytest.mark.parametrize(
    ("lives", "at", "opens", "expected"),
    [
        ((), BEGAN, True, None),
        ((), BEGAN, False, None),
        ((OLD,), BEGAN, True, OLD),
        ((OLD,), BEGAN + 50 * DAY, False, OLD),
        ((OLD,), OLD.last_at + REUSE_GAP, True, OLD),
        ((OLD,), OLD.last_at + REUSE_GAP + DAY, True, None),
        ((OLD,), OLD.last_at + REUSE_GAP + DAY, False, OLD),
        ((OLD,), BEGAN - REUSE_GAP, False, OLD),
        ((OLD,), BEGAN - REUSE_GAP, True, OLD),
        ((OLD,), BEGAN - REUSE_GAP - DAY, True, None),
        ((OLD,), BEGAN - REUSE_GAP - DAY, False, None),
        ((OLD, NEW), NEW.opened_at, True, NEW),
        ((OLD, NEW), NEW.opened_at - DAY, False, OLD),
        ((NEW, OLD), NEW.last_at + DAY, False, NEW),
    ],
)
def test_which_life_an_event_belongs_to(
    lives: tuple[Epoch, ...], at: datetime, opens: bool, expected: Epoch | None
) -> None:
    assert epoch_for(lives, at, opens=opens) == expected


@given(st.integers(-9000, 9000), st.booleans())
def test_the_order_of_lives_does_not_matter_and_no_event_skips_a_life(days: int, opens: bool) -> None:
    at = BEGAN + days * DAY
    found = epoch_for((OLD, NEW), at, opens=opens)
    assert found == epoch_for((NEW, OLD), at, opens=opens)
    if at >= NEW.opened_at:
        assert found in (NEW, None)
    if not opens and at >= BEGAN:
        assert found is not None

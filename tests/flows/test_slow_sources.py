"""Sources that report at night or once a week: a date is judged once the source has had the time to tell."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.flows.test_ledger import ledger
from tests.office import START, open_desk
from tracker.flows.clock import advance
from tracker.flows.offices import NewSource
from tracker.store.engine import Store
from tracker.store.organisations import Rhythm

PROMISED = date(2026, 3, 13)


@pytest.mark.parametrize(
    ("rhythm", "reported", "ended", "became"),
    [
        (Rhythm.LIVE, datetime(2026, 3, 14, 2, tzinfo=UTC), PROMISED, "missed"),
        (Rhythm.NIGHTLY, datetime(2026, 3, 14, 2, tzinfo=UTC), PROMISED, "kept"),
        (Rhythm.NIGHTLY, datetime(2026, 3, 15, 2, tzinfo=UTC), date(2026, 3, 14), "missed"),
        (Rhythm.WEEKLY, datetime(2026, 3, 16, 2, tzinfo=UTC), PROMISED, "kept"),
        (Rhythm.WEEKLY, datetime(2026, 3, 16, 2, tzinfo=UTC), date(2026, 3, 14), "missed"),
    ],
)
async def test_an_end_that_is_told_with_the_next_load_keeps_the_date(
    store: Store, rhythm: Rhythm, reported: datetime, ended: date, became: str
) -> None:
    desk = await open_desk(
        store, source=NewSource("backoffice", rhythm, live_from=START - timedelta(days=9), patience=timedelta(days=30))
    )
    await desk.status("P-1", "REC", expected_on=PROMISED.isoformat())
    await advance(store, desk.office.id, reported, desk.worker().carry)
    await desk.status("P-1", "GRANTED", at=datetime(ended.year, ended.month, ended.day, 15, tzinfo=UTC))
    assert [row for row in await ledger(desk) if row[0] == "office"] == [("office", "2026-03-13", None, became)]

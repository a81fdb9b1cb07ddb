"""The comparison of the service with the backtest stays true: which cases it takes, and what happens as shipped."""

from __future__ import annotations

import csv
import gzip
import re
from datetime import date
from pathlib import Path

from integrations.case_logs import read
from tests.backtest.logs import HEADER, Row, day
from tests.soak.kept_dates import cut, ledger, through_the_service
from tracker.store.ground.engine import Store


def test_a_log_is_cut_to_the_cases_that_were_received_first_and_keeps_all_of_their_rows(tmp_path: Path) -> None:
    rows = [
        Row("late", "tree", "received", day(9)),
        Row("first", "tree", "decided", day(20), True),
        Row("first", "tree", "received", day(1)),
        Row("second", "tree", "received", day(2)),
        Row("second", "tree", "decided", day(30), True),
    ]
    file = tmp_path / "log.csv.gz"
    with gzip.open(file, "wt", newline="", encoding="utf-8") as into:
        csv.writer(into).writerows([HEADER, *(row.cells() for row in rows)])
    short = read(cut(file, date.max, tmp_path / "cut.csv", cases=2))
    assert [(row.case_id, row.step) for row in short.rows] == [
        ("first", "received"),
        ("second", "received"),
        ("first", "decided"),
        ("second", "decided"),
    ]
    until = cut(file, date.fromisoformat(day(30)), tmp_path / "cut.csv")
    assert [row.case_id for row in read(until).rows] == ["first", "second", "late", "first"]


async def test_as_shipped_a_service_whose_dates_break_falls_and_that_is_told(store: Store, tmp_path: Path) -> None:
    """Requests that were done in two days for a month are not done at all from then on."""
    file = tmp_path / "log.csv"
    with file.open("w", newline="", encoding="utf-8") as into:
        out = csv.writer(into)
        out.writerow(HEADER)
        for number in range(100):
            out.writerow(Row(f"C{number}", "tree", "received", day(number, 9)).cells())
            if number < 33:
                out.writerow(Row(f"C{number}", "tree", "decided", day(number + 2, 9), True).cells())
    changes = await through_the_service(store, tmp_path, read(file), pausing=False, as_shipped=True)
    first, _ = await ledger(store)
    assert len(first) > 60
    assert re.fullmatch(r"2024-\d\d-\d\d tree: widened \(\d+ kept of \d+ that passed within a year\)", changes[0])
    assert date.fromisoformat(changes[0][:10]).weekday() == 0

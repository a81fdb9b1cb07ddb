"""What compares rows before and after a change finds every row that differs, is missing or is new."""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.soak.row_names import Names
from tests.soak.same_rows import compare

Rows = list[tuple[str, str, dict[str, Any]]]

ROWS: Rows = [
    ("case", "P-1/1", {"stage": "received", "wake_at": None}),
    ("promise", "P-1/1 history 1", {"latest_on": "2026-04-09", "outcome": None}),
    ("message", "P-1/1:updated:0:0:e1:1", {"state": "due", "facts": {"promise_on": "2026-04-09"}}),
]


def kept(path: Path, rows: Rows) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return path


def differing(folder: Path, after: Rows) -> int:
    before = kept(folder / "before.gz", ROWS)
    return compare(argparse.Namespace(rows=before, other=kept(folder / "after.gz", after)))


def test_the_same_rows_in_any_order_are_the_same(tmp_path: Path) -> None:
    assert differing(tmp_path, ROWS[::-1]) == 0


@pytest.mark.parametrize(
    "after",
    [
        [("case", "P-1/1", {"stage": "checking", "wake_at": None}), *ROWS[1:]],
        [ROWS[0], ("promise", "P-1/1 history 1", {"latest_on": "2026-04-10", "outcome": None}), ROWS[2]],
        [*ROWS[:2], ("message", ROWS[2][1], {"state": "due", "facts": {"promise_on": None}})],
        ROWS[:2],
        [*ROWS, ("message", "P-1/1:finished:0:0:e2:1", {"state": "due", "facts": {}})],
        [("case", "P-1/1", {"stage": "received"}) for _ in range(1)] + ROWS[1:2] + [("message", ROWS[2][1], {})],
    ],
)
def test_a_planted_fault_is_found(tmp_path: Path, after: Rows) -> None:
    assert differing(tmp_path, after) >= 1


def test_an_id_is_written_as_what_it_stands_for_and_nothing_else_is_touched() -> None:
    names, id_ = Names(), "01a22cb1-0a6a-7644-8782-f1f8036f8a16"
    names.put(id_, "P-1/1")
    assert names.plain(f"{id_}:updated:0:0:2026-03-02:1") == "P-1/1:updated:0:0:2026-03-02:1"
    assert names.row({"id": id_, "stage": "received", "wake_at": None}) == {"stage": "received", "wake_at": None}

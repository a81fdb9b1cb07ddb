"""The benchmarks stay true: each one runs in a tiny form and prints its table. How fast anything is, no test asks."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import subprocess
import sys
import time

import orjson
import pytest

from benchmarks import delivery, plain_rows, waits
from benchmarks.page import positional
from benchmarks.side_by_side import Side, against, measure
from tests.journeys.processes import ROOT, environment


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("page", "bare asyncpg + Jinja"),
        ("intake", "translate + ingest"),
        pytest.param(
            "delivery",
            "the worker",
            marks=pytest.mark.skipif(shutil.which(delivery.SINK) is None, reason="Postfix's smtp-sink is missing"),
        ),
    ],
)
def test_a_benchmark_runs_and_prints_its_ratios(name: str, said: str) -> None:
    shown = tiny(name)
    assert said in shown
    assert "ratio" in shown


def test_the_waits_are_printed_for_each_state() -> None:
    shown = tiny("waits")
    assert all(said in shown for said in ("alone", "beside batches", "beside histories", "p99"))


def tiny(name: str) -> str:
    """What a benchmark prints in its tiny form."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", "--tiny"],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_an_event_waits_from_its_moment_even_while_no_connection_is_free() -> None:
    async def ask(_request: bytes, _status: int) -> bytes:
        await asyncio.sleep(0.02)
        return waits.TAKEN

    moment = time.perf_counter()
    first, second = asyncio.run(waits._in_turn(ask, iter([(moment, b""), (moment, b"")])))
    assert first > 0.01
    assert second > 0.03


def test_a_share_of_the_waits_is_told_by_one_of_them() -> None:
    assert waits.under([4, 1, 3, 2], 0.5) == 2
    assert waits.under(range(1, 101), 0.99) == 99
    assert waits.under([7], 0.5) == waits.under([7], 1) == 7


def test_batches_move_every_case_once_in_a_lap_and_repeat_no_event() -> None:
    batches = list(itertools.islice(waits.moves(4, 2), 6))
    events = [orjson.loads(event) for batch in batches for event in batch]
    assert [event["subject"] for event in events[:4]] == ["N-0", "N-1", "N-2", "N-3"]
    assert [batch[0]["data"]["status"] for batch in (events[:4], events[4:8], events[8:])] == ["VAL", "RFI", "VAL"]
    assert len({event["id"] for event in events}) == 12


def test_a_ratio_is_the_median_of_the_rounds_and_not_of_the_sides() -> None:
    theirs, ours = Side("theirs", _nothing, rates=[100, 10, 50]), Side("ours", _nothing, rates=[50, 9, 20])
    found = against(theirs, ours)
    assert (found.ratio, found.lowest, found.highest) == (0.5, 0.4, 0.9)


def test_every_other_round_begins_with_the_other_side() -> None:
    order = []

    async def one() -> int:
        order.append("one")
        return 1

    async def two() -> int:
        order.append("two")
        return 1

    asyncio.run(measure([Side("one", one), Side("two", two)], 2))
    assert order == ["one", "two", "one", "two", "two", "one"]


def test_named_parameters_become_positions_and_casts_stay() -> None:
    assert positional("a = :at AND b = :atlas AND c = CAST(:at AS text)::at", "at") == (
        "a = $1 AND b = :atlas AND c = CAST($1 AS text)::at"
    )


def test_plain_sql_writes_only_the_columns_that_changed() -> None:
    before = {"organisation_id": 1, "mode": "live", "id": 2, "state": "due", "reason": None}
    assert plain_rows._statement("message", before, before | {"state": "withheld"}) == (
        'UPDATE "message" SET "state" = $4 WHERE organisation_id = $1 AND mode = $2 AND id = $3',
        [1, "live", 2, "withheld"],
    )


async def _nothing() -> int:
    return 0

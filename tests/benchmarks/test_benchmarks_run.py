"""The benchmarks stay true: each one runs in a tiny form and prints its table. How fast anything is, no test asks."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys

import pytest

from benchmarks import delivery, plain_rows
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
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{name}", "--tiny"],
        cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert said in done.stdout
    assert "ratio" in done.stdout


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

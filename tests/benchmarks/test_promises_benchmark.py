"""The benchmark of dates stays true: it runs on logs of a few cases, says which are missing, and what is missed."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import promises
from benchmarks.promise_parts import PARTS
from benchmarks.promise_speed import measured
from benchmarks.promise_targets import TARGETS, lines
from benchmarks.promise_walks import BUILDING, ENVIRONMENT, FINES, NYC, Done, Job, file_of, run
from tests.backtest.logs import HEADER, Times, office
from tracker.backtest.feeds import Feed
from tracker.backtest.walk import Plan

ROOT = Path(__file__).parents[2]


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one of the four logs, made up."""
    with (tmp_path / f"{BUILDING}.csv").open("w", newline="", encoding="utf-8") as file:
        rows = office(4, Times.TIMED, cases=250, days=200)
        csv.writer(file).writerows([HEADER, *(row.cells() for row in rows)])
    monkeypatch.setenv("TRACKER_DATA", str(tmp_path))
    return tmp_path


def test_the_benchmark_runs_and_says_which_logs_are_missing(logs: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.promises", "--cases", "500", "--practice"],
        cwd=ROOT, env=os.environ | {"TRACKER_DATA": str(logs)}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    for log in (ENVIRONMENT, FINES, NYC):
        assert f"{log} is missing in {logs}" in done.stdout.replace("\n", "")
    for said in ("1 kept at receipt", "missed by", "5 one promise", "90th percentile of the completed"):
        assert said in done.stdout


def test_without_any_log_it_says_where_they_belong(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.promises"],
        cwd=ROOT, env=os.environ | {"TRACKER_DATA": str(tmp_path)}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2 and "set TRACKER_DATA" in done.stdout


def test_feeds_and_parts_have_a_row_each(logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert file_of(BUILDING) == logs / f"{BUILDING}.csv"
    promises._feeds([run(Job(BUILDING, feed, Plan(feed=Feed(feed)))) for feed in ("weekly", "week-lost")])
    promises._parts([
        run(Job(BUILDING, name, Plan(method=method, watched=False))) for name, method in PARTS.items()
    ])  # fmt: skip
    told = capsys.readouterr().out
    assert "weekly" in told and "week-lost" in told and "8 kept at receipt" not in told
    assert all(told.count(name) >= 2 for name in PARTS)


def test_each_part_says_something_else_than_the_method_as_it_is() -> None:
    usual, *others = PARTS.values()
    assert all(other != usual for other in others)


def test_a_target_is_missed_by_what_lies_outside_of_it(logs: Path) -> None:
    done: Done = run(Job(BUILDING, "as it is", Plan()))
    assert done.judged is not None and done.megabytes > 1
    (kept,) = lines(TARGETS[0], BUILDING, done.judged)
    share = done.judged.receipt.record.share or 0
    assert kept.asked == "0.885 to 0.92"
    assert kept.missed == pytest.approx(max(0, 0.885 - share, share - 0.92))
    assert list(lines(TARGETS[1], NYC, done.judged)) == []  # nothing is asked of later steps there


def test_the_time_of_a_refit_is_measured_with_as_many_cases_as_asked_for() -> None:
    found = measured(300)
    assert found.cases == 300 and found.refit > 0 and found.promise > 0

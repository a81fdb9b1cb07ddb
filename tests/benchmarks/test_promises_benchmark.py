"""The benchmark of dates stays true: it runs on logs of a few cases, says which are missing, and what is missed."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from dataclasses import replace
from math import sqrt
from pathlib import Path

import pytest

from benchmarks import promise_cuts, promises
from benchmarks.promise_chance import interval
from benchmarks.promise_cuts import peeked
from benchmarks.promise_parts import PARTS
from benchmarks.promise_speed import measured
from benchmarks.promise_tables import Sheet, parts
from benchmarks.promise_targets import TARGETS, lines
from benchmarks.promise_walks import BUILDING, ENVIRONMENT, FINES, NYC, Done, Job, file_of, run
from tests.backtest.logs import HEADER, Times, office
from tests.journeys.processes import ROOT, environment
from tracker.backtest.log import Log, read
from tracker.backtest.walk import Plan, walk
from tracker.backtest.walked import Walked
from tracker.core.promises.punctuality import Interval, Record


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one of the seven logs, made up."""
    with (tmp_path / f"{BUILDING}.csv").open("w", newline="", encoding="utf-8") as file:
        rows = office(4, Times.TIMED, cases=250, days=200)
        csv.writer(file).writerows([HEADER, *(row.cells() for row in rows)])
    monkeypatch.setenv("TRACKER_DATA", str(tmp_path))
    return tmp_path


def test_the_benchmark_runs_and_says_which_logs_are_missing(logs: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.promises", "--cases", "500", "--live", "--practice"],
        cwd=ROOT,
        env=environment(TRACKER_DATA=str(logs)),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    for log in (ENVIRONMENT, FINES, NYC):
        assert f"{log} is missing in {logs}" in done.stdout.replace("\n", "")
    for said in ("1 kept at receipt", "missed by", "5 one promise", "90th percentile of the completed"):
        assert said in done.stdout
    assert "this whole command" not in done.stdout  # it did not do the whole


def test_without_any_log_it_says_where_they_belong(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.promises"],
        cwd=ROOT,
        env=environment(TRACKER_DATA=str(tmp_path)),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2 and "set TRACKER_DATA" in done.stdout


def test_one_table_has_every_target_on_every_clock_and_feed(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert file_of(BUILDING) == logs / f"{BUILDING}.csv"
    monkeypatch.setattr(promises, "run_all", lambda jobs: enumerate(map(run, jobs)))  # no process for each
    _, (targets, told, machine) = promises._measured([BUILDING], live=False, cases=200)
    rows = {(row[0], row[1]): row[2:] for row in targets.rows}
    for number in "1247":  # no service and no quarter here has the cases that 3 and 13 ask for
        names, others = (
            {name for log, name in rows if log == label and name.split()[0] == number}
            for label in ("building", "building, office days")
        )
        assert names and names == others
    assert {name.split()[0] for _, name in rows} == {str(number) for number in range(1, 15) if number not in (3, 13)}
    for log in ("building", "building, office days", "building, nightly", "building, weekly", "building, week-lost"):
        asked, found, verdict = rows[log, "6 promises, moves and words that a cut changes"]
        assert (asked, verdict) == ("0", "met") and re.fullmatch(r"0 of [\d,]+, in \d cuts?", found)
    for feed in ("nightly", "weekly", "week-lost"):
        assert rows[f"building, {feed}", "8 kept at receipt"][0] == "0.86 to 0.93"
    for name in ("2 rel at receipt", "2 rel at later steps", "4 date changes a case", "7 without a date at receipt"):
        assert re.match(r"\d\.\d{3} \(\d\.\d{3} to \d\.\d{3}\)", rows["building", name][1]), name
    assert rows["building", "1 kept at receipt"] != rows["building, office days", "1 kept at receipt"]
    assert any(row[:2] == ("building, office days", "it took, median days") for row in told.rows)
    assert any(row[0] == "this whole command" for row in machine.rows)


def test_parts_have_a_row_each_on_both_windows(logs: Path) -> None:
    jobs = [Job(BUILDING, name, Plan(method=method, watched=False)) for name, method in PARTS.items()]
    tuning, test = parts([run(job) for job in jobs])
    assert [row[0] for row in tuning.rows] == [row[0] for row in test.rows] == list(PARTS)
    assert all(len(row) == 2 for row in (*tuning.rows, *test.rows))


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


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (Record(90, 100), "met"),
        (Record(87, 100), "missed by 0.015, within the interval"),
        (Record(8_700, 10_000), "missed by 0.015"),
        (Record(95, 100), "missed by 0.030, within the interval"),
        (Record(88_496, 100_000), "missed by less than 0.001, within the interval"),
    ],
)
def test_a_target_is_met_by_the_figure_itself_and_where_it_lies_within_the_interval_that_is_said(
    kept: Record, said: str, logs: Path
) -> None:
    judged = run(Job(BUILDING, "", Plan(watched=False))).judged
    assert judged is not None
    target = replace(TARGETS[0], figure=lambda _: kept)
    (line,) = lines(target, BUILDING, judged)
    assert line.verdict == said
    (line,) = lines(replace(target, stretch=True), BUILDING, judged)
    assert line.verdict == f"{said} (stretch)"


def test_an_interval_of_a_ratio_is_as_wide_as_theory_has_it_and_the_same_each_time() -> None:
    shares = [float(number % 10 != 0) for number in range(2_000)]
    found = interval(shares, [1.0] * 2_000, "seed")
    assert found is not None and found == interval(shares, [1.0] * 2_000, "seed")
    assert found != interval(shares, [1.0] * 2_000, "another")
    reach = 1.96 * sqrt(0.9 * 0.1 / 2_000)
    assert found.low == pytest.approx(0.9 - reach, abs=0.2 * reach)
    assert found.high == pytest.approx(0.9 + reach, abs=0.2 * reach)


def test_an_interval_is_nothing_where_there_is_nothing_to_divide_by_and_a_point_where_all_are_alike() -> None:
    assert interval([], [], "seed") is None
    assert interval([1.0], [0.0], "seed") is None
    assert interval([3.0] * 9, [2.0] * 9, "seed") == Interval(1.5, 1.5)


def test_a_walk_that_peeks_is_found_by_cutting_the_log(logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = logs / f"{BUILDING}.csv"
    log = read(file)
    walked = walk(log, Plan())
    honest = peeked(file, log, walked, Plan(), 2)
    assert (honest.cuts, honest.different) == (2, 0) and honest.compared > 100

    def peeking(short: Log, plan: Plan) -> Walked:
        found = walk(short, plan)
        found.promises[0] = replace(found.promises[0], on=short.snapshot)
        return found

    monkeypatch.setattr(promise_cuts, "walk", peeking)
    assert peeked(file, log, walked, Plan(), 2).different == 4  # what either says and the other does not


def test_tables_are_pasted_between_their_marks_and_nothing_else_is_touched(tmp_path: Path) -> None:
    file, sheet = tmp_path / "README.md", Sheet("Sums", ("log", "found"), [("building", "1.0")])
    file.write_text("one\n<!-- promises -->\nold\n<!-- /promises -->\ntwo\n<!-- parts -->\nkeep\n<!-- /parts -->\n")
    for _ in range(2):
        promises.paste(file, {"promises": ["Today.", sheet]})
        assert file.read_text() == (
            "one\n<!-- promises -->\nToday.\n\n**Sums**\n\n| log | found |\n| --- | --- |\n| building | 1.0 |\n"
            "<!-- /promises -->\ntwo\n<!-- parts -->\nkeep\n<!-- /parts -->\n"
        )
    before = file.read_text()
    with pytest.raises(SystemExit, match="has no place"):
        promises.paste(file, {"promises": [], "practice": [sheet]})
    assert file.read_text() == before
    for name in ("promises", "practice", "parts"):
        assert promises.README.read_text().count(f"<!-- {name} -->\n") == 1
        assert promises.README.read_text().count(f"<!-- /{name} -->\n") == 1


def test_tables_are_not_pasted_where_logs_are_missing(logs: Path) -> None:
    before = promises.README.read_bytes()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.promises", "--write"],
        cwd=ROOT,
        env=environment(TRACKER_DATA=str(logs)),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2 and "wants all seven logs" in done.stderr
    assert promises.README.read_bytes() == before


def test_the_time_of_a_refit_is_measured_with_as_many_cases_as_asked_for() -> None:
    found = measured(300)
    assert found.cases == 300 and found.refit > 0 and found.promise > 0

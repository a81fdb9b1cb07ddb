"""Where `tracker backtest` reads from and writes to: odd places are used or refused by name, before the walk."""

from __future__ import annotations

import csv
import os
import stat
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.backtest.logs import HEADER, Times, office
from tests.journeys.processes import ROOT, TRACKER, environment
from tracker.backtest import files
from tracker.backtest.files import NotWritten
from tracker.cli import app
from tracker.commands import backtesting
from tracker.commands.terminal import plainly

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """A small log."""
    path = tmp_path / "cases.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADER, *(row.cells() for row in office(4, Times.DATED, cases=60))])
    return path


@needs_full
def test_a_disk_that_is_full_is_told_with_the_file_that_found_no_room() -> None:
    with pytest.raises(NotWritten) as caught, files.written(FULL) as file:
        file.write("x" * 100_000)
    said = plainly(caught.value) or ""
    assert said.startswith(f"{FULL} cannot be written (No space left on device).") and "room" in said
    assert "database" not in said


@needs_full
def test_what_is_printed_to_a_full_disk_is_not_blamed_on_the_database(cases: Path) -> None:
    with FULL.open("w") as full:
        done = subprocess.run(
            [*TRACKER, "backtest", str(cases), "--json"],
            cwd=ROOT,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=120,
        )
    assert done.returncode == 2
    assert "What was to be written could not be (No space left on device)" in done.stderr
    assert "database" not in done.stderr


def test_a_file_that_cannot_be_written_is_refused_by_its_own_name_before_the_walk(
    cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("it walked")

    monkeypatch.setattr(backtesting, "_walked", never)
    too_long = tmp_path / ("x" * 254)  # its parts have a longer name still
    for path in (too_long, *([Path("/proc/x.csv")] if Path("/proc/self").exists() else [])):
        done = CliRunner().invoke(app, ["backtest", str(cases), "--moves", str(path)])
        assert isinstance(done.exception, NotWritten), done.exception
        assert str(done.exception).startswith(f"{path} cannot be written (") and ".part" not in str(done.exception)
    assert sorted(tmp_path.iterdir()) == [cases]


def test_looking_whether_a_file_can_be_written_leaves_no_trace(tmp_path: Path) -> None:
    path, link = tmp_path / "p.csv", tmp_path / "link.csv"
    path.write_text("before")
    link.symlink_to(path)
    for each in (path, link, tmp_path / "new.csv", Path(os.devnull)):
        files.check(each)
    assert sorted(tmp_path.iterdir()) == [link, path] and path.read_text() == "before" and link.is_symlink()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_in_which_one_may_not_write_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(stat.S_IRUSR | stat.S_IXUSR)
    with pytest.raises(NotWritten, match="Permission denied"):
        files.check(tmp_path / "p.csv")


@pytest.mark.skipif(not Path("/dev/stdin").exists(), reason="this system has no such name for it")
def test_a_log_is_read_from_what_another_program_prints(cases: Path) -> None:
    done = subprocess.run(
        [*TRACKER, "backtest", "/dev/stdin"],
        cwd=ROOT,
        env=environment(),
        input=cases.read_bytes(),
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.startswith(b"stdin: 60 cases of 5 services")
    assert "`zcat cases.csv.gz | tracker backtest\n/dev/stdin`" in (ROOT / "docs" / "backtest.md").read_text()


def test_what_a_spreadsheet_would_carry_out_is_a_text_in_what_is_written(tmp_path: Path) -> None:
    log, out = tmp_path / "cases.csv", tmp_path / "promises.csv"
    names = ["=1+1", "+441632", "-2", "@SUM(A1)", "plain"]
    log.write_text(
        "case_id,service,step,occurred_at,is_final\n"
        + "".join(f"{name},=cmd,@received,2024-01-0{n},0\n" for n, name in enumerate(names, 1))
    )
    assert CliRunner().invoke(app, ["backtest", str(log), "--out", str(out)]).exit_code == 0
    with out.open(newline="") as file:
        rows = [row[:3] for row in csv.reader(file)][1:]
    assert rows == [[each if each == "plain" else f"'{each}", "'=cmd", "'@received"] for each in names]

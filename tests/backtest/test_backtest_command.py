"""`tracker backtest`: its files, its report and its picture, and how it refuses what it cannot use."""

from __future__ import annotations

import csv
import json
import os
import re
from datetime import date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from tests.backtest.logs import BEGAN, HEADER, Row, Times, day, office
from tests.backtest.test_hostile_logs import crowd
from tracker.backtest import files
from tracker.backtest.log import read
from tracker.cli import app
from tracker.commands.terminal import plainly
from tracker.flows.promises.holidays import working_days

KEYS = {
    "": {"log", "asked", "judged", "tuning", "practice", "months", "calibration"},
    "log": {"file", "cases", "closed", "services", "received_from", "received_to", "snapshot", "left_out"},
    "asked": {"probability", "feed", "office_clock", "paused_steps", "holidays"},
    "judged": {"received_from", "received_to", "receipt", "later", "stability", "quarters"},
    "receipt": {
        "cases", "no_date", "no_date_share", "unknown", "kept", "judged", "share", "interval", "rel", "rel_by_step",
        "promised_days_median", "took_days_median", "took_days_p90", "worst_50", "worst_200", "services",
    },
    "stability": {
        "dates", "changes", "changes_a_case", "taken_back", "late_taken_back", "late_taken_back_share",
        "moved", "never_moved_share", "clock_resumed", "false_changes",
        "false_changes_share", "late", "told", "told_share", "told_early", "told_early_share", "days_ahead_median",
        "notes", "needless_notes", "needless_notes_share", "good_news", "good_news_true", "good_news_true_share",
    },
}  # fmt: skip
"""What others may rely on: docs/backtest.md says what each means."""


def written(folder: Path, rows: list[Row], name: str = "cases.csv") -> Path:
    """A log as a file."""
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADER, *(row.cells() for row in rows)])
    return path


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """A log of some months."""
    return written(tmp_path, office(4, Times.TIMED, cases=300, days=200))


def backtest(*words: object) -> Result:
    """The command, as one gives it."""
    return CliRunner().invoke(app, ["backtest", *map(str, words)])


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a file that was written."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def heading(path: Path) -> str:
    """The first line of a file."""
    return path.read_text().split("\n")[0]


def test_the_files_have_the_columns_that_are_documented_and_are_in_order_of_time(cases: Path, tmp_path: Path) -> None:
    out, moves, notes = (tmp_path / name for name in ("promises.csv", "moves.csv", "notes.csv"))
    assert backtest(cases, "--out", out, "--moves", moves, "--notes", notes).exit_code == 0
    assert heading(out) == "case_id,service,step,made_at,promised_on,probability"
    assert heading(moves) == "case_id,changed_at,old_on,new_on,reason"
    assert heading(notes) == "case_id,noted_at,date_on,word"
    for path, column in ((out, "made_at"), (moves, "changed_at"), (notes, "noted_at")):
        rows = table(path)
        keys = [(datetime.fromisoformat(row[column]), row["case_id"]) for row in rows]
        assert rows and keys == sorted(keys)
        assert b"\r" not in path.read_bytes()
    promised = table(out)
    assert {row["probability"] for row in promised} == {"0.9"}
    assert {row["promised_on"] for row in promised[:5]} == {""}  # nothing was learned yet
    dates = [date.fromisoformat(row["promised_on"]) for row in promised if row["promised_on"]]
    assert dates and all(each.weekday() < 5 for each in dates)
    assert {row["case_id"] for row in promised} == {case.id for case in read(cases).cases}


def test_the_same_log_gives_the_same_bytes(cases: Path, tmp_path: Path) -> None:
    names = ("p.csv", "m.csv", "n.csv", "s.svg")
    told = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        words = zip(("--out", "--moves", "--notes", "--plot"), (folder / name for name in names), strict=True)
        told.append(backtest(cases, "--json", *(word for pair in words for word in pair)).stdout)
    assert told[0] == told[1]
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_log_that_is_cut_leaves_the_beginning_of_the_file(tmp_path: Path) -> None:
    rows = office(7, Times.TIMED, cases=300, days=200)
    at = datetime.fromisoformat(day(120, 12))
    whole, short = written(tmp_path, rows), written(tmp_path, [row for row in rows if row.at < at], "short.csv")
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    assert backtest(whole, "--out", one).exit_code == backtest(short, "--out", other).exit_code == 0
    before = [row for row in table(other) if datetime.fromisoformat(row["made_at"]) < at]
    assert len(before) > 100
    assert table(one)[: len(before)] == before


def test_the_report_as_json_has_the_keys_that_others_rely_on(cases: Path) -> None:
    done = backtest(cases, "--json", "--probability", "0.8", "--feed", "nightly")
    found = json.loads(done.stdout)
    assert set(found) == KEYS[""]
    for name in ("log", "asked", "judged"):
        assert set(found[name]) == KEYS[name]
    assert set(found["tuning"]) == KEYS["judged"]
    for part in ("receipt", "later"):
        assert set(found["judged"][part]) == KEYS["receipt"]
    assert set(found["judged"]["stability"]) == KEYS["stability"]
    asked = {"probability": 0.8, "feed": "nightly", "office_clock": False, "paused_steps": [], "holidays": None}
    assert found["asked"] == asked
    assert len(found["practice"]) == 6 and found["practice"][0].keys() > {"practice", "share", "rel"}
    documented = (Path(__file__).parents[2] / "docs" / "backtest.md").read_text()
    assert [key for keys in KEYS.values() for key in keys if f"`{key}`" not in documented] == []


def test_without_options_people_read_tables(cases: Path) -> None:
    done = backtest(cases)
    assert done.exit_code == 0
    for words in ("300 cases of 5 services", "Asked for 90%", "90th percentile of the completed", "In people's view"):
        assert words in done.stdout


def test_the_picture_is_well_formed_and_says_in_words_what_it_shows(cases: Path, tmp_path: Path) -> None:
    path = tmp_path / "dates <&>.svg"
    odd = cases.rename(tmp_path / "a <b> & c.csv")
    done = backtest(odd, "--plot", path, "--json")
    root = ElementTree.fromstring(path.read_text())
    name = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{name}svg" and root.get("role") == "img"
    assert root.findtext(f"{name}title") == "Dates of a <b> & c.csv: asked for 90 %"
    assert "asked for 50 %, kept" in (root.findtext(f"{name}desc") or "")
    words = {each.text for each in root.iter(f"{name}text")}
    assert {"share kept", "probability asked for", "month in which the case was received"} <= words
    places = [float(each.get(axis) or "nan") for each in root.iter(f"{name}circle") for axis in ("cx", "cy")]
    assert places and all(0 <= place <= 960 for place in places)
    tried = json.loads(done.stdout)["calibration"]
    assert [each["asked"] for each in tried] == [0.5, 0.6, 0.7, 0.8, 0.9]


def test_no_date_lies_on_a_holiday_of_the_place_that_is_named(cases: Path, tmp_path: Path) -> None:
    plain, free = tmp_path / "plain.csv", tmp_path / "free.csv"
    assert backtest(cases, "--out", plain).exit_code == 0
    assert backtest(cases, "--out", free, "--moves", tmp_path / "moves.csv", "--holidays", "GB-ENG").exit_code == 0
    working = working_days("GB-ENG")
    found = [(row["case_id"], date.fromisoformat(row["promised_on"])) for row in table(free) if row["promised_on"]]
    before = [(row["case_id"], date.fromisoformat(row["promised_on"])) for row in table(plain) if row["promised_on"]]
    assert [day for _, day in found if day not in working] == []
    assert [day for _, day in before if day not in working], "there are such days in the log"
    refused = backtest(cases, "--holidays", "Narnia")
    assert refused.exit_code == 2 and "--holidays is a country" in refused.output


def test_days_with_the_applicant_move_the_date_and_do_not_count(tmp_path: Path) -> None:
    """Every case takes five days of the office; late ones wait forty days for the applicant in between."""
    rows = []
    for number in range(260):
        held = number > 120
        rows.append(Row(f"C{number}", "tree", "received", day(number)))
        if held:
            rows.append(Row(f"C{number}", "tree", "more_info_requested", day(number + 2)))
            rows.append(Row(f"C{number}", "tree", "more_info_received", day(number + 42)))
        rows.append(Row(f"C{number}", "tree", "decided", day(number + 5 + 40 * held), True))
    log, moves = written(tmp_path, rows), tmp_path / "moves.csv"
    plain, clock = backtest(log, "--json"), backtest(log, "--json", "--office-clock", "--moves", moves)
    shares = [json.loads(each.stdout)["judged"]["receipt"]["share"] for each in (plain, clock)]
    assert shares[1] == 1.0 and shares[0] < 1.0
    resumed = [row for row in table(moves) if row["reason"] == "clock_paused"]
    assert resumed
    for row in resumed:
        later = date.fromisoformat(row["new_on"]) - date.fromisoformat(row["old_on"])
        assert timedelta(days=40) <= later <= timedelta(days=42)
    assert json.loads(clock.stdout)["judged"]["stability"]["clock_resumed"] > 0


def test_a_step_that_no_case_comes_to_is_told(cases: Path) -> None:
    done = backtest(cases, "--json", "--office-clock", "--paused-step", "on_hold")
    assert done.exit_code == 0 and "the step on_hold" in done.stderr
    assert json.loads(done.stdout)["asked"]["paused_steps"] == ["on_hold"]


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    rows = [*office(1, Times.DATED), Row("odd", "tree", "decided", day(3), True)]
    done = backtest(written(tmp_path, rows), "--json")
    assert "Left out (1): cases that ended before they were received, such as odd." in done.stderr
    assert json.loads(done.stdout)["log"]["left_out"][0]["count"] == 1


def test_a_log_of_one_open_case_gets_a_report_too(tmp_path: Path) -> None:
    log = written(tmp_path, [Row("C1", "tree", "received", day(3))])
    done = backtest(log, "--plot", tmp_path / "one.svg", "--out", tmp_path / "one.csv")
    assert done.exit_code == 0 and ElementTree.fromstring((tmp_path / "one.svg").read_text()) is not None
    assert [row["promised_on"] for row in table(tmp_path / "one.csv")] == [""]
    assert "1 case of 1 service, 0 of them closed" in done.stdout


def test_a_log_too_short_to_be_judged_says_so_and_names_no_days(tmp_path: Path) -> None:
    rows = [Row(f"C{number}", "tree", "received", day(number % 5)) for number in range(60)]
    log = written(tmp_path, [*rows, *(Row(row.case_id, "tree", "decided", day(40), True) for row in rows)])
    found = json.loads(backtest(log, "--json").stdout)["judged"]
    assert (found["received_from"], found["received_to"], found["receipt"]["cases"]) == (None, None, 0)
    told = backtest(log).stdout
    assert "No case can be judged" in told and "cases received" not in told


def test_a_case_of_the_first_day_of_the_calendar_is_judged_and_nothing_tuned_before_it(tmp_path: Path) -> None:
    log = written(tmp_path, [Row("C1", "tree", "received", "0001-01-01")])
    found = json.loads(backtest(log, "--json").stdout)
    days = [(found[part]["received_from"], found[part]["received_to"]) for part in ("judged", "tuning")]
    assert days == [("0001-01-01", "0001-01-01"), (None, None)]


def test_a_clock_may_be_paused_until_the_last_snapshot_that_is_taken(tmp_path: Path) -> None:
    rows = [
        *crowd(BEGAN.date()),
        Row("C1", "tree", "received", day(40)),
        Row("C1", "tree", "more_info_requested", day(42)),
    ]
    log, out = written(tmp_path, rows), tmp_path / "p.csv"
    done = backtest(log, "--office-clock", "--snapshot", "9000-12-31", "--out", out)
    assert done.exit_code == 0
    assert [bool(row["promised_on"]) for row in table(out) if row["case_id"] == "C1"] == [True]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--probability", "0.4"], "greater than or equal to 0.5"),
        (["--feed", "yearly"], "'live', 'nightly', 'weekly', 'week-lost'"),
        (["--paused-step", "on_hold"], "--office-clock"),
        (["--out", "nowhere/p.csv"], "does not exist"),
        (["--out", "."], "is a directory"),
        (["--out", "cases.csv"], "is the log itself"),
        (["--notes", "./cases.csv"], "is the log itself"),
        (["--out", "same.csv", "--moves", "same.csv"], "given twice"),
        (["--snapshot", "soon"], "2026-03-31"),
        (["--snapshot", "2020-01-01"], "before the last row"),
        (["--snapshot", "9001-01-01"], "after the year 9000; give a day such as 2026-03-31"),
        (["--office-clock", "--paused-step", ""], "a step as the log names it"),
    ],
)
def test_what_cannot_be_done_is_refused_in_plain_words(
    words: list[str], said: str, cases: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(cases.parent)
    before = cases.read_bytes()
    done = backtest("cases.csv", *words)
    assert done.exit_code == 2
    assert said in re.sub(r"[\s│]+", " ", done.stderr)
    assert list(cases.parent.iterdir()) == [cases] and cases.read_bytes() == before


def test_a_file_that_is_no_log_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("a,b\n1,2\n")
    done = backtest(path, "--out", tmp_path / "p.csv")
    assert done.exception is not None and "the first line must name" in (plainly(done.exception) or "")
    assert not (tmp_path / "p.csv").exists()


def test_a_file_takes_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("before")
    with pytest.raises(RuntimeError), files.written(path) as file:
        file.write("half of")
        raise RuntimeError
    assert path.read_text() == "before" and list(tmp_path.iterdir()) == [path]
    with files.written(path) as file:
        file.write("after")
    assert path.read_text() == "after" and list(tmp_path.iterdir()) == [path]


def test_what_is_no_plain_file_is_written_to() -> None:
    with files.written(Path(os.devnull)) as file:
        file.write("gone")
    assert not Path(os.devnull).is_file()

"""Logs as other offices write them: what is read of them, what is set aside and why, and what is refused at once."""

from __future__ import annotations

import gzip
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from integrations.case_logs import SetAside, read, rows
from integrations.log_layout import LogRefused, read_layout
from tracker.backtest import log as logs

HEADER = "case_id,service,step,occurred_at,is_final"
DUTCH = """
case_id = "Zaaknummer"
service = "Soort"
step = "Status"
occurred_at = "Datum"
is_final = "Afgesloten"
dates = "day-first"
zone = "Europe/Amsterdam"
"""

READ: Mapping[str, tuple[str, str, str]] = {
    "semicolons": ("", f"{HEADER.replace(',', ';')}\nC1;tree;received;2024-01-02;0", "2024-01-02"),
    "tabs": ("", f"{HEADER.replace(',', chr(9))}\nC1\ttree\treceived\t2024-01-02\t0", "2024-01-02"),
    "bars": ("", f"{HEADER.replace(',', '|')}\nC1|tree|received|2024-01-02|0", "2024-01-02"),
    "another order, and more": (
        "",
        "is_final,note,step,case_id,occurred_at,service\n0,x,received,C1,2024-01-02,tree",
        "2024-01-02",
    ),
    "capitals and spaces": (
        "",
        "Case_ID, SERVICE ,Step,Occurred_At,IS_FINAL\nC1,tree,received,2024-01-02,0",
        "2024-01-02",
    ),
    "FALSE": ("", f"{HEADER}\nC1,tree,received,2024-01-02,FALSE", "2024-01-02"),
    "no": ("", f"{HEADER}\nC1,tree,received,2024-01-02, no ", "2024-01-02"),
    "an offset without a zone": ("", f"{HEADER}\nC1,tree,received,2024-01-02T23:30:00+05:00,0", "2024-01-02T23:30:00"),
    "Greenwich without a zone": ("", f"{HEADER}\nC1,tree,received,2024-01-02T23:30:00Z,0", "2024-01-02T23:30:00"),
    "Greenwich in a zone": (
        'zone = "Europe/Paris"',
        f"{HEADER}\nC1,tree,received,2024-01-02T23:30:00Z,0",
        "2024-01-03T00:30:00",
    ),
    "a wall clock in a zone": (
        'zone = "Europe/Paris"',
        f"{HEADER}\nC1,tree,received,2024-01-02T23:30:00,0",
        "2024-01-02T23:30:00",
    ),
    "day first": ('dates = "day-first"', f"{HEADER}\nC1,tree,received,3/4/2024,0", "2024-04-03"),
    "month first": ('dates = "month-first"', f"{HEADER}\nC1,tree,received,3/4/2024 9:05,0", "2024-03-04T09:05:00"),
    "day first beside ISO": (
        'dates = "day-first"',
        f"{HEADER}\nC1,tree,received,2024-04-03T09:00,0",
        "2024-04-03T09:00",
    ),
    "names of the office": (
        DUTCH,
        "Zaaknummer;Soort;Status;Datum;Afgesloten\nC1;tree;received;31.04.2024;0\nC2;tree;received;03.04.2024;0",
        "2024-04-03",
    ),
    "steps that end": (
        'ends = ["done"]',
        "case_id,service,step,occurred_at\nC1,tree,received,2024-01-02",
        "2024-01-02",
    ),
}


def written(folder: Path, body: str, layout: str = "") -> tuple[Path, Path]:
    """A log and the file that says how it is laid out."""
    log, columns = folder / "log.csv", folder / "columns.toml"
    log.write_text(body + "\n", encoding="utf-8")
    columns.write_text(layout, encoding="utf-8")
    return log, columns


@pytest.mark.parametrize("name", READ)
def test_what_other_offices_write_is_read(tmp_path: Path, name: str) -> None:
    layout, body, at = READ[name]
    log, columns = written(tmp_path, body, layout)
    found = list(rows(log, layout=read_layout(columns), aside=SetAside()))
    assert [(row.service, row.step, row.occurred_at, row.is_final) for row in found] == [
        ("tree", "received", at, False)
    ]


def test_steps_that_end_a_case_are_named_where_no_column_says_so(tmp_path: Path) -> None:
    body = "case_id,service,step,occurred_at\nC1,tree,received,2024-01-02\nC1,tree,done,2024-01-09"
    log, columns = written(tmp_path, body, 'ends = ["done", "refused"]')
    assert [row.is_final for row in read(log, layout=read_layout(columns)).rows] == [False, True]


GOOD = "".join(f"G{n},tree,received,2024-01-0{n},0\nG{n},tree,done,2024-02-0{n},1\n" for n in range(1, 4))
ASIDE: Mapping[str, tuple[str, str]] = {
    "no day": ("C1,tree,received,soon,0", "occurred_at is no time and no day that can be"),
    "the 29th of a common year": ("C1,tree,received,2023-02-29,0", "occurred_at is no time and no day that can be"),
    "day first, unsaid": ("C1,tree,received,31/12/2024,0", "occurred_at is no time and no day that can be"),
    "the year 10000": ("C1,tree,received,10000-01-01,0", "occurred_at is no time and no day that can be"),
    "maybe": ("C1,tree,received,2024-01-01,maybe", "is_final is neither 1 nor 0, yes nor no"),
    "2": ("C1,tree,received,2024-01-01,2", "is_final is neither 1 nor 0, yes nor no"),
    "no service": ("C1,,received,2024-01-01,0", "service is empty"),
    "no case": (",tree,received,2024-01-01,0", "case_id is empty"),
    "NUL": ("C1,tr\0ee,received,2024-01-01,0", "service holds NUL or another control character"),
    "an escape": ("C1,tree,re\x1bceived,2024-01-01,0", "step holds NUL or another control character"),
    "a column too many": ("C1,tree,received,2024-01-01,0,x", "there are 6 columns, and 5 in the first line"),
    "a column too few": ("C1,tree,received,2024-01-01", "there are 4 columns, and 5 in the first line"),
    "a comma in a name": ("C1,tree, elm,received,2024-01-01,0", "there are 6 columns, and 5 in the first line"),
}


@pytest.mark.parametrize("name", ASIDE)
def test_a_row_that_cannot_be_read_is_set_aside_with_its_reason_and_the_rest_is_kept(tmp_path: Path, name: str) -> None:
    row, why = ASIDE[name]
    log, _ = written(tmp_path, f"{HEADER}\n{GOOD}{row}\n")
    found = read(log)
    assert {each.case_id for each in found.rows} == {"G1", "G2", "G3"}
    assert (1, f"rows, since {why}", "line 8") in found.aside.summary()
    walked = logs.read(log)
    assert len(walked.cases) == 3 and walked.left_out[f"rows, since {why}"] == 1
    with pytest.raises(LogRefused, match=f"line 8: {why}"):
        list(rows(log))


def test_a_case_whose_beginning_or_end_cannot_be_read_is_left_out_and_one_that_lacks_a_step_is_not(
    tmp_path: Path,
) -> None:
    """The days of the first would be wrong; those of the second are what they are."""
    body = (
        "first,tree,received,soon,0\nfirst,tree,done,2024-02-01,1\n"
        "last,tree,received,2024-01-01,0\nlast,tree,done,soon,1\n"
        "perhaps,tree,received,2024-01-01,0\nperhaps,tree,done,2024-02-01,maybe\n"
        "step,tree,received,2024-01-01,0\nstep,tree,review,soon,0\nstep,tree,done,2024-02-01,1\n"
    )
    log, _ = written(tmp_path, f"{HEADER}\n{GOOD}{body}")
    assert {each.case_id for each in read(log).rows} == {"G1", "G2", "G3", "step"}
    assert {each.id for each in logs.read(log).cases} == {"G1", "G2", "G3", "step"}
    assert (3, "cases whose first row or whose end cannot be read", "first") in read(log).aside.summary()


def test_where_no_row_can_be_read_the_log_is_refused_and_the_column_named(tmp_path: Path) -> None:
    log, _ = written(tmp_path, f"{HEADER}\n" + "C1,tree,received,31/12/2024,0\n" * 3)
    refusal = r"none of its rows can be read. In 3 of them, as in line 2, occurred_at is no time and no day"
    for reading in (read, logs.read):
        with pytest.raises(LogRefused, match=refusal):
            reading(log)


NOTHING = {
    "an empty archive": gzip.compress(b""),
    "many empty archives": gzip.compress(b"") * 1_000_000,
    "blocks that hold nothing": gzip.compress(b"")[:10] + b"\x00\x00\x00\xff\xff" * 10_000_000,
    "no archive": b"",
    "zeros": b"\0" * 1_000_000,
}


@pytest.mark.parametrize("name", NOTHING)
def test_an_archive_that_unpacks_to_nothing_is_refused_at_once(tmp_path: Path, name: str) -> None:
    log, begun = tmp_path / "log.csv.gz", time.process_time()
    log.write_bytes(NOTHING[name])
    with pytest.raises(LogRefused, match=r"log\.csv\.gz unpacks to nothing"):
        read(log)
    assert time.process_time() - begun < 5


WRONG = {
    "no TOML": ("case_id =", "cannot be read as TOML"),
    "another key": ('kase = "x"', "kase is not read. Write case_id, service, step, occurred_at, is_final, dates, zone"),
    "a number": ("step = 3", "step is not read"),
    "nothing": ('step = " "', "step is not read"),
    "an end that is no list": ('ends = "done"', "ends is not read"),
    "dates of no kind": ('dates = "year-first"', "Write dates as iso, day-first, month-first"),
    "no zone": ('zone = "Mars/Base"', "a zone as Europe/Paris"),
    "a zone that leads elsewhere": ('zone = "../../etc/passwd"', "a zone as Europe/Paris"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_layout_that_cannot_be_read_says_what_to_write(tmp_path: Path, name: str) -> None:
    said, told = WRONG[name]
    _, columns = written(tmp_path, HEADER, said)
    with pytest.raises(LogRefused, match=told.replace(".", r"\.")):
        read_layout(columns)


@pytest.mark.parametrize("body", ["Zaaknummer;Soort\nC1;tree", "x" * 200_000, '"' + HEADER])
def test_columns_that_are_called_otherwise_are_asked_for(tmp_path: Path, body: str) -> None:
    log, _ = written(tmp_path, body)
    with pytest.raises(LogRefused, match=r"must name the columns case_id,service,step,occurred_at,is_final.*--columns"):
        read(log)

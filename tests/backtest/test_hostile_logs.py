"""Logs as nobody should write them: each is answered or refused in words, and nothing false is said of it."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from integrations.log_layout import LogRefused
from tests.backtest.logs import PAUSED, Row, Times, day, loaded, office
from tracker.backtest.feeds import Feed
from tracker.backtest.log import FURTHEST_YEAR, MOST_STAGES, Log, read
from tracker.backtest.walk import Plan, walk
from tracker.backtest.walked import Walked

LINE = b"C1,tree,received,2024-01-01,0\n"
HEADER = b"case_id,service,step,occurred_at,is_final\n"
PLANS = [Plan(feed=feed, paused=paused) for feed in Feed for paused in (None, PAUSED)]


def faults(log: Log, walked: Walked) -> list[str]:
    """What must never be said."""
    found = []
    for each in walked.promises:
        if each.on is not None and each.on <= each.made_on:
            found.append(f"a date before the day it was made: {each}")
        if each.made_on < log.cases[each.case].received:
            found.append(f"a promise before there was a case: {each}")
    firsts = [each.case for each in walked.promises if each.first]
    if len(firsts) != len(set(firsts)):
        found.append("two first promises for one case")
    for move in walked.moves:
        if move.new_on is not None and move.new_on <= max(move.old_on, move.changed_on):
            found.append(f"a new date that is not later: {move}")
        if move.changed_on > log.snapshot:
            found.append(f"a move after the log ends: {move}")
    return found


def said(log: Log) -> int:
    """Walk by every plan; how many promises there are, once nothing is wrong with any."""
    walks = [walk(log, plan) for plan in PLANS]
    assert [fault for each in walks for fault in faults(log, each)] == []
    return len(walks[0].promises)


def crowd(began: date, count: int = 150, service: str = "tree") -> list[Row]:
    """So many cases that are done within three weeks, three received each day: enough to be learned from."""
    random, rows = Random(1), list[Row]()
    for number in range(count):
        received = began + timedelta(days=number // 3)
        rows.append(Row(f"{service}{number}", service, "received", received.isoformat()))
        ended = received + timedelta(days=random.randrange(1, 21))
        rows.append(Row(f"{service}{number}", service, "done", ended.isoformat(), True))
    return rows


USUAL = crowd(date(2024, 1, 1))
LATE = [Row("late", "tree", "received", "2024-02-29"), Row("late", "tree", "review", "2024-03-05")]

ODD: dict[str, list[Row]] = {
    "one case": [Row("C1", "tree", "received", "2024-01-01")],
    "closed on the day it was received": [Row("C1", "tree", "received", "2024-01-01T09:00:00"),
                                          Row("C1", "tree", "done", "2024-01-01T09:00:00", True)],
    "closed before it was received": [*USUAL, Row("C1", "tree", "received", "2024-02-02"),
                                      Row("C1", "tree", "done", "2024-02-01", True)],
    "all are open": [row for row in USUAL if not row.final],
    "all closed on one day": [*(row for row in USUAL if not row.final),
                              *(Row(row.case_id, "tree", "done", "2024-04-01", True) for row in USUAL if row.final)],
    "clocks go forward and back": [*USUAL, Row("C1", "tree", "received", "2024-03-31T02:30:00"),
                                   Row("C1", "tree", "review", "2024-10-27T02:30:00"),
                                   Row("C1", "tree", "done", "2024-10-27T02:30:00", True)],
    "a case in every row twice": [*USUAL, *USUAL, *LATE, *LATE],
    "two ends": [*USUAL, Row("C1", "tree", "received", "2024-02-01"), Row("C1", "tree", "done", "2024-02-09", True),
                 Row("C1", "tree", "done", "2024-02-19", True)],
    "rows after the end": [*USUAL, Row("C1", "tree", "received", "2024-02-01"),
                           Row("C1", "tree", "done", "2024-02-09", True), Row("C1", "tree", "review", "2024-02-19")],
    "a step that was never seen": [*USUAL, *LATE, Row("late", "tree", "x" * 3_000, "2024-03-06")],
    "a leap day": [*USUAL, Row("C1", "tree", "received", "2024-02-29"), *LATE],
    "a service of one case": [*USUAL, Row("C1", "a/b/c", "received", "2024-02-29"), Row("C2", "/", "received", day(1))],
    "NUL and odd letters": [*USUAL, Row("C\0", "tr\0ee", "\u202ereceived \U0001f333", "2024-02-29"), *LATE],
    "a case in two services": [*USUAL, Row("late", "house", "review", "2024-03-05"), *LATE],
    "the first days of the calendar": [*crowd(date(1, 1, 1)), Row("C1", "tree", "received", "0001-01-01")],
    "the last days of the calendar": [*crowd(date(9999, 10, 1)), *USUAL],
    "the end of the calendar is near": [*crowd(date(FURTHEST_YEAR, 10, 20)),
                                        Row("C1", "tree", "received", f"{FURTHEST_YEAR}-12-31")],
    "a million days": [*USUAL, Row("C1", "tree", "received", "0001-01-01"),
                       Row("C1", "tree", "done", "9999-12-31", True)],
    "thousands of years between two rows": [*crowd(date(1, 1, 1)), Row("open", "tree", "received", "0001-03-01"),
                                            *crowd(date(2024, 1, 1), service="new"),
                                            Row("C1", "tree", "received", f"{FURTHEST_YEAR}-02-01")],
}  # fmt: skip


@pytest.mark.parametrize("name", list(ODD))
def test_an_odd_log_is_answered_in_bounded_time(tmp_path: Path, name: str) -> None:
    begun = time.process_time()
    log = loaded(tmp_path, ODD[name])
    assert said(log) > 0
    assert time.process_time() - begun < 10


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), times=st.sampled_from(Times))
def test_whatever_the_log_no_date_lies_in_the_past_and_none_moves_earlier(
    tmp_path: Path, seed: int, times: Times
) -> None:
    log = loaded(tmp_path, office(seed, times))
    walks = [walk(log, plan) for plan in Random(seed).sample(PLANS, 3)]
    assert [fault for each in walks for fault in faults(log, each)] == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6))
def test_the_order_of_the_rows_makes_no_difference(tmp_path: Path, seed: int) -> None:
    rows = office(seed, Times.TIMED, cases=60)
    once = {(row.case_id, row.at): row for row in rows}  # of one instant the order in the file is all there is
    shuffled = Random(seed).sample(list(once.values()), len(once))
    one, other = loaded(tmp_path, sorted(once.values(), key=lambda row: row.at)), loaded(tmp_path, shuffled)
    assert (one.cases, one.snapshot, one.left_out) == (other.cases, other.snapshot, other.left_out)


FILES: dict[str, bytes] = {
    "empty": b"",
    "a header alone": HEADER,
    "other columns": b"id,what,when\n1,2,3\n",
    "a column too many": HEADER + b"C1,tree,received,2024-01-01,0,x\n",
    "no column of the end": HEADER + b"C1,tree,received,2024-01-01\n",
    "an end of maybe": HEADER + b"C1,tree,received,2024-01-01,maybe\n",
    "no service": HEADER + b"C1,,received,2024-01-01,0\n",
    "no day": HEADER + b"C1,tree,received,soon,0\n",
    "the 29th of a common year": HEADER + b"C1,tree,received,2023-02-29,0\n",
    "the year 10000": HEADER + b"C1,tree,received,10000-01-01,0\n",
    "the year 0": HEADER + b"C1,tree,received,0000-01-01,0\n",
    "another encoding": HEADER + "C1,träe,received,2024-01-01,0\n".encode("latin-1"),
    "two bytes a letter": (HEADER + LINE).decode().encode("utf-16"),
    "noise": bytes(Random(5).randrange(256) for _ in range(5_000)),
    "a quote that never ends": HEADER + b'C1,"tree,received,2024-01-01,0\n' + LINE * 9_000,
    "gzip without the name": gzip.compress(HEADER + LINE),
    "only what ended before it began": HEADER + b"C1,tree,received,2024-02-01,0\nC1,tree,done,2024-01-01,1\n",
    "only the year 9999": HEADER + b"C1,tree,received,9999-01-01,0\n",
    "as many services as cases": HEADER
    + b"".join(b"C%d,S%d,received,2024-01-01,0\n" % (number, number) for number in range(200_000)),
}


@pytest.mark.parametrize("name", list(FILES))
def test_what_is_no_log_is_refused_in_words(tmp_path: Path, name: str) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(FILES[name])
    with pytest.raises(LogRefused, match=r"log\.csv.*\."):
        read(path)


@pytest.mark.parametrize("harm", [lambda body: body[:-20], lambda body: b"no gzip " + body, lambda body: b""])
def test_a_harmed_archive_is_refused(tmp_path: Path, harm: Callable[[bytes], bytes]) -> None:
    path = tmp_path / "log.csv.gz"
    path.write_bytes(harm(gzip.compress(HEADER + LINE * 5_000)))
    with pytest.raises(LogRefused, match=r"log\.csv\.gz"):
        read(path)


def test_no_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(LogRefused, match="cannot be opened"):
            read(path)


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + HEADER + LINE,
        (HEADER + LINE).replace(b"\n", b"\r\n"),
        HEADER + b'"C1","tree","received","2024-01-01","0"\n',
        (HEADER + LINE).rstrip(b"\n"),
        b"\n" + HEADER + b"\n\r\n" + LINE + b"\n\n",
    ],
    ids=["a byte order mark", "lines of Windows", "all in quotes", "no last line end", "empty lines"],
)
def test_csv_of_any_make_is_read(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(body)
    assert [(case.id, case.service, case.lines[0].step) for case in read(path).cases] == [("C1", "tree", "received")]


def test_many_services_that_a_log_may_have_are_walked_in_bounded_time(tmp_path: Path) -> None:
    random, begun = Random(2), time.process_time()
    rows = [Row(f"C{n}", f"S{n}/x", "received", day(random.randrange(60))) for n in range(MOST_STAGES // 10)]
    rows += [Row(row.case_id, row.service, "done", day(65 + n % 60), True) for n, row in enumerate(rows)]
    log = loaded(tmp_path, rows)
    assert faults(log, walk(log, Plan())) == []
    assert time.process_time() - begun < 20


def test_a_day_on_which_very_many_are_loaded_is_walked_in_bounded_time(tmp_path: Path) -> None:
    rows = [Row(f"C{n}", "tree", "received", day(0, 9)) for n in range(20_000)]
    rows += [Row(row.case_id, "tree", "review", day(1, 9)) for row in rows]
    begun, log = time.process_time(), loaded(tmp_path, rows)
    assert len(walk(log, Plan(feed=Feed.NIGHTLY)).promises) == 40_000
    assert time.process_time() - begun < 20


def test_a_case_of_very_many_rows_is_walked_in_bounded_time(tmp_path: Path) -> None:
    rows = [Row("C1", "tree", "received", day(n, hour)) for n in range(4_000) for hour in range(15)]
    begun, log = time.process_time(), loaded(tmp_path, rows)
    assert len(walk(log, Plan()).promises) == 1
    assert time.process_time() - begun < 3


def test_what_is_left_out_is_counted_with_an_example(tmp_path: Path) -> None:
    extra = [Row("C2", *row.cells()[1:4], final=row.final) for row in ODD["two ends"] if row.case_id == "C1"]
    log = loaded(tmp_path, [*ODD["closed before it was received"], *extra, Row("C3", "tree", "received", "9999-01-01")])
    assert log.examples == {
        "cases that ended before they were received": "C1",
        "rows after the end of their case": "C2",
        f"cases received after the year {FURTHEST_YEAR}": "C3",
    }
    assert set(log.left_out.values()) == {1}


def test_a_case_is_of_the_service_that_received_it_wherever_its_rows_stand(tmp_path: Path) -> None:
    rows = [Row("C1", "house", "review", "2024-03-05"), Row("C1", "tree", "received", "2024-03-04")]
    assert [case.service for case in loaded(tmp_path, rows).cases] == ["tree"]


@pytest.mark.parametrize("end", ["2024-03-04", "20240304", "2024-W10-1", "2024W101"])
def test_a_date_is_a_day_without_a_time_however_it_is_written(tmp_path: Path, end: str) -> None:
    rows = [Row("C1", "tree", "received", "2024-03-04T09:00:00"), Row("C1", "tree", "done", end, True)]
    log = loaded(tmp_path, rows)
    assert [(case.end, case.ended_at) for case in log.cases] == [(date(2024, 3, 4).toordinal(), "2024-03-04")]


def test_an_end_of_which_only_the_day_is_known_comes_last_on_that_day(tmp_path: Path) -> None:
    rows = [Row("C1", "tree", "done", "2024-03-04", True), Row("C1", "tree", "received", "2024-03-04T09:00:00")]
    log = loaded(tmp_path, rows)
    assert [(case.end, case.ended_at) for case in log.cases] == [(date(2024, 3, 4).toordinal(), "2024-03-04")]

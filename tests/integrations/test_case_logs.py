"""Case logs as files and as events: what is read of them, and what is said of those that cannot be read."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from integrations.case_logs import events, read, rows
from integrations.log_layout import LogRefused

HEADER = "case_id,service,step,occurred_at,is_final\n"
LINE = "C1,tree,received,2024-01-01,0\n"
LONG = csv.field_size_limit() + 1


def refusal(path: Path) -> str:
    """What is said of a file, without its folder."""
    with pytest.raises(LogRefused) as found:
        list(rows(path))
    return str(found.value).removeprefix(f"{path.parent}/")


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (f"C1,tree,{'x' * LONG},2024-01-01,0\n", 2),
        (LINE + f'\nC1,"tree,review,2024-01-01,0\n{LINE * 9_000}', 4),
    ],
    ids=["a long step", "a quote that never ends"],
)
def test_a_column_that_is_too_long_is_refused_with_the_line_where_it_begins(
    tmp_path: Path, body: str, line: int
) -> None:
    path = tmp_path / "log.csv"
    path.write_text(HEADER + body)
    reason = "a column has more than 131,072 characters. Is there a quotation mark that is never closed?"
    assert refusal(path) == f"log.csv, line {line}: {reason}"


def test_the_line_at_fault_is_counted_as_an_editor_counts_it(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(HEADER + '\n"C\n1",tree,received,2024-01-01,0\n\nC2,tree,received,soon,0\n')
    assert refusal(path) == "log.csv, line 6: occurred_at is no time and no day that can be."


def test_a_gzipped_file_without_its_ending_is_told_to_take_it(tmp_path: Path) -> None:
    path, harmed = tmp_path / "log.csv", tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress((HEADER + LINE).encode()))
    assert refusal(path) == "log.csv is gzipped. Give it a name that ends in .gz, or unpack it."
    harmed.write_bytes(gzip.compress(path.read_bytes()))
    assert "cannot be read as CSV" in refusal(harmed)
    path.rename(harmed)
    assert [row.case_id for row in rows(harmed)] == ["C1"]


def test_a_compact_date_is_sent_as_the_day_that_it_is(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(HEADER + LINE.replace("-", ""))
    log = read(path)
    status, _ = events(log, log.rows[0], source="office", zone=None)
    assert (status["time"], status["data"]["occurred_on"]) == ("2024-01-01T17:00:00", "2024-01-01")

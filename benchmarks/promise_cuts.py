"""Logs cut short at random instants: what was said before must stay the same, field for field."""

from __future__ import annotations

import csv
import gzip
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from random import Random

from integrations.log_layout import LogRefused
from tests.backtest.peeking import differences, instant, said
from tracker.backtest.log import Log, read
from tracker.backtest.walk import Plan, walk
from tracker.backtest.walked import Walked


@dataclass(frozen=True, slots=True)
class Peeked:
    """`cuts` of a log; how many promises, moves and soft words were compared, and how many of them differed."""

    cuts: int = 0
    compared: int = 0
    different: int = 0


def peeked(file: Path, log: Log, walked: Walked, plan: Plan, cuts: int) -> Peeked:
    """Cut a log so many times, walk what is left by the same plan, and compare. The instants come from its name."""
    random = Random(file.name.split(".")[0])
    times, found = [line[3] for line in _lines(file)][1:], Peeked()
    with tempfile.TemporaryDirectory(prefix="tracker-cuts-") as folder:
        while found.cuts < cuts:
            at = instant(random, datetime.fromisoformat(random.choice(times)))
            try:
                short = read(_cut(file, at, Path(folder) / "cut.csv"))
            except LogRefused:
                continue  # before the first case
            wrong = differences(log, walked, short, walk(short, plan), at)
            same = len(said(log, walked, at, short.snapshot))
            found = Peeked(found.cuts + 1, found.compared + same, found.different + len(wrong))
    return found


def _cut(file: Path, at: datetime, into: Path) -> Path:
    """The rows of a log before an instant."""
    lines = _lines(file)
    with into.open("w", encoding="utf-8", newline="") as taken:
        out = csv.writer(taken)
        out.writerow(next(lines))
        out.writerows(line for line in lines if datetime.fromisoformat(line[3]) < at)
    return into


def _lines(file: Path) -> Iterator[list[str]]:
    """A log's lines as its file has them, the heading first."""
    opener = gzip.open if file.suffix == ".gz" else open
    with opener(file, "rt", encoding="utf-8-sig", newline="") as given:
        yield from csv.reader(given)

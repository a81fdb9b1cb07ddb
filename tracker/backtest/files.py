"""What a backtest writes down: tables of what was promised, moved and noted. No file is ever half-written."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from tracker.backtest.log import Log
from tracker.backtest.walk import MORNING
from tracker.backtest.walked import DATE, GoodNews, Noted, Walked, day_of

PROMISES = ("case_id", "service", "step", "made_at", "promised_on", "probability")
MOVES = ("case_id", "changed_at", "old_on", "new_on", "reason")
NOTES = ("case_id", "noted_at", "date_on", "word")
LATE, SOONER = "may_be_late", "likely_sooner"


@contextmanager
def written(path: Path) -> Iterator[TextIO]:
    """A file to write, which takes its name when it is whole. What is no plain file, such as a pipe, is written to."""
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    path = path.resolve()  # a link stays one
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            yield file
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def promises(path: Path, log: Log, walked: Walked, probability: float) -> None:
    """What was promised, in order of time: cutting the log cuts the end of this file off, and changes nothing in it."""
    ordered = sorted(walked.promises, key=lambda each: (each.made_at, log.cases[each.case].id))
    _table(
        path,
        PROMISES,
        (
            (log.cases[each.case].id, log.cases[each.case].service, each.step, each.made_at, _on(each.on), probability)
            for each in ordered
        ),
    )


def moves(path: Path, log: Log, walked: Walked) -> None:
    """How dates were changed or, without a new one, taken back, in order of time."""
    ordered = sorted(walked.moves, key=lambda each: (each.changed_at, log.cases[each.case].id))
    _table(
        path,
        MOVES,
        (
            (log.cases[each.case].id, each.changed_at, _on(each.old_on), _on(each.new_on), each.reason)
            for each in ordered
        ),
    )


def notes(path: Path, log: Log, walked: Walked) -> None:
    """Words that a date may not hold, or that it is likely to be sooner, in order of time."""
    said = [(each, LATE) for each in walked.notes] + [(each, SOONER) for each in walked.good_news]
    ordered = sorted(said, key=lambda each: (each[0].on, log.cases[each[0].case].id))
    _table(
        path,
        NOTES,
        ((log.cases[each.case].id, _noted(log, each), _on(each.date_on), word) for each, word in ordered),
    )


def _noted(log: Log, each: Noted | GoodNews) -> str:
    return _on(each.on) + (MORNING if len(log.cases[each.case].lines[0].at) > DATE else "")


def _on(day: int | None) -> str:
    return "" if day is None else day_of(day).isoformat()


def _table(path: Path, heading: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    with written(path) as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(heading)
        table.writerows(lines)

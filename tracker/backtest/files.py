"""What a backtest writes down: tables of what was promised, moved and noted. No file is ever half-written."""

from __future__ import annotations

import csv
import errno
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
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""How a formula begins."""
LATE, SOONER = "may_be_late", "likely_sooner"


class NotWritten(Exception):
    """A file that was asked for cannot be written; the message names it as it was given, and says what to do."""

    def __init__(self, path: Path, fault: OSError) -> None:
        super().__init__(
            f"{path} cannot be written ({fault.strerror or fault}). Give a file in a folder where you may write, on a "
            "disk with room for it."
        )


@contextmanager
def written(path: Path) -> Iterator[TextIO]:
    """A file to write, which takes its name when it is whole. What is no plain file, such as a pipe, is written to.
    Raises NotWritten."""
    try:
        with _whole(path) as file:
            yield file
    except OSError as fault:
        raise NotWritten(path, fault) from fault


def check(path: Path) -> None:
    """Find out before a long walk whether a file can be written after it, and leave no trace. Raises NotWritten."""
    try:
        if not _special(path):
            beside = _beside(path)
            beside.touch()
            beside.unlink()
        elif not os.access(path, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as fault:
        raise NotWritten(path, fault) from fault


@contextmanager
def _whole(path: Path) -> Iterator[TextIO]:
    if _special(path):
        with path.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    beside = _beside(path)
    try:
        with beside.open("w", encoding="utf-8", newline="") as file:
            yield file
        beside.replace(_real(path))
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _special(path: Path) -> bool:
    return path.exists() and not path.is_file()


def _beside(path: Path) -> Path:
    """Where a file is written until it is whole."""
    real = _real(path)
    return real.with_name(f".{real.name}.{os.getpid()}.part")


def _real(path: Path) -> Path:
    """What a link leads to, so that it stays one; a link to itself is told when it is opened."""
    return Path(os.path.realpath(path))


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
        table.writerows([_inert(cell) for cell in line] for line in lines)


def _inert(cell: object) -> object:
    """What a spreadsheet would carry out as a formula begins with an apostrophe, which makes it a text there (OWASP,
    CSV injection)."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULAS) else cell

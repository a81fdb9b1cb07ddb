"""How a case log is laid out: what its office calls the columns, what parts them, how it writes a day, and what ends a
case.

Of a log whose columns bear our names nothing has to be said, whatever parts them and wherever they stand. Of any other
a small file says it, in TOML:

    case_id = "Zaaknummer"          # what the columns are called; what is left out bears our name
    occurred_at = "Datum"
    dates = "day-first"             # 31.12.2026, or month-first, 12/31/2026; else ISO 8601
    zone = "Europe/Amsterdam"       # of times that say how far they are from Greenwich
    ends = ["Afgehandeld"]          # steps that end a case, where no column says so
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

COLUMNS = ("case_id", "service", "step", "occurred_at", "is_final")
PARTED_BY = (",", ";", "\t", "|")
_YES, _NO = frozenset({"1", "true", "t", "yes", "y"}), frozenset({"0", "false", "f", "no", "n"})
_WRITTEN = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Control characters, but for tab and line ends."""


class LogRefused(Exception):
    """The file is not a case log, or that of its columns cannot be read; the message says where and how to mend it."""


class Unread(Exception):
    """A row cannot be read; the message says which column is to blame, and for what."""


class DateOrder(StrEnum):
    """How days are written."""

    ISO = "iso"
    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"


@dataclass(frozen=True, slots=True)
class LogLayout:
    """How a log is laid out. `names`: what the office calls our columns, where otherwise than we do; `zone`: in which
    times with an offset are read, else by the clock that they show; `ends`: the steps that end a case, else the column
    `is_final` says so."""

    names: Mapping[str, str] = field(default_factory=dict)
    dates: DateOrder = DateOrder.ISO
    zone: ZoneInfo | None = None
    ends: frozenset[str] = frozenset()

    @property
    def wanted(self) -> Mapping[str, str]:
        """The columns that a log must have: ours, and what the office calls them."""
        return {each: self.names.get(each, each) for each in COLUMNS if each != "is_final" or not self.ends}


OURS = LogLayout()
KEYS = (*COLUMNS, "dates", "zone", "ends")


def read_layout(path: Path) -> LogLayout:
    """Read a file that says how a log is laid out. Raises LogRefused, which names what is wrong and what to write."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise LogRefused(
            f'{path} cannot be read as TOML: {fault}. Write lines such as case_id = "Case number".'
        ) from fault
    for name, value in said.items():
        given = value if name == "ends" and isinstance(value, list) else [value]
        if name not in KEYS or (name == "ends") is not isinstance(value, list) or not all(map(_is_text, given)):
            raise LogRefused(f"{path}: {name} is not read. Write {', '.join(KEYS[:-1])} as texts, and ends as a list.")
    try:
        dates = DateOrder(said.get("dates", DateOrder.ISO))
        zone = ZoneInfo(said["zone"]) if "zone" in said else None
    except (ValueError, OSError, ZoneInfoNotFoundError) as fault:
        raise LogRefused(
            f"{path}: dates or zone is not known. Write dates as {', '.join(DateOrder)}, and a zone as Europe/Paris."
        ) from fault
    return LogLayout(
        {name: said[name] for name in COLUMNS if name in said}, dates, zone, frozenset(said.get("ends", ()))
    )


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns of a log stand, by their names of ours, of so many in all; `parted_by` what parts them."""

    layout: LogLayout
    parted_by: str
    places: Mapping[str, int]
    width: int

    def row(self, cells: Sequence[str]) -> tuple[str, str, str, str, bool]:
        """The case, the service, the step, the local time (ISO 8601) or day, and whether it ends the case. Raises
        Unread."""
        if len(cells) != self.width:
            raise Unread(f"there are {len(cells)} columns, and {self.width} in the first line")
        case_id, service, step = (self._name(cells, each) for each in COLUMNS[:3])
        at = self.when(cells[self.places["occurred_at"]].strip())
        if at is None:
            raise Unread(f"{self._called('occurred_at')} is no time and no day that can be")
        final = self.is_final(cells)
        if final is None:
            raise Unread(f"{self._called('is_final')} is neither 1 nor 0, yes nor no")
        return case_id, service, step, at, final

    def case_of(self, cells: Sequence[str]) -> str | None:
        """The case that a row is about, if that much can be read."""
        try:
            return self._name(cells, "case_id")
        except (Unread, IndexError):
            return None

    def is_final(self, cells: Sequence[str]) -> bool | None:
        """Whether a row ends its case; None where that cannot be read."""
        if len(cells) != self.width:
            return None
        if self.layout.ends:
            return cells[self.places["step"]] in self.layout.ends
        said = cells[self.places["is_final"]].strip().lower()
        return said in _YES if said in _YES | _NO else None

    def when(self, said: str) -> str | None:
        """A time as ISO 8601 by the clock on the office's wall, or a day; None where it is neither."""
        try:
            if self.layout.dates is not DateOrder.ISO and (found := _WRITTEN.fullmatch(said)) is not None:
                return _iso(found, day_first=self.layout.dates is DateOrder.DAY_FIRST)
            at = datetime.fromisoformat(said)
            if at.tzinfo is None:
                return said
            return (at.astimezone(self.layout.zone) if self.layout.zone else at).replace(tzinfo=None).isoformat()
        except (ValueError, OverflowError):
            return None

    def _name(self, cells: Sequence[str], column: str) -> str:
        cell = cells[self.places[column]]
        if not cell:
            raise Unread(f"{self._called(column)} is empty")
        if _UNFIT.search(cell):
            raise Unread(f"{self._called(column)} holds NUL or another control character")
        return cell

    def _called(self, column: str) -> str:
        return self.layout.wanted[column]


def columns_of(path: Path, line: str, layout: LogLayout) -> Columns:
    """Where the columns stand, by the first line of the log. Raises LogRefused."""
    for parted_by in PARTED_BY:
        try:
            names = [each.strip().casefold() for each in next(csv.reader([line], delimiter=parted_by), [])]
        except csv.Error:  # one of them is too long to be a name
            continue
        places = {
            ours: names.index(name)
            for ours, theirs in layout.wanted.items()
            if (name := theirs.strip().casefold()) in names
        }
        if len(places) == len(layout.wanted):
            return Columns(layout, parted_by, places, len(names))
    raise LogRefused(
        f"{path}: the first line must name the columns {','.join(layout.wanted.values())}. Where your office calls "
        'them otherwise, say so in a file with lines such as case_id = "Case number", and give it as --columns.'
    )


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _iso(found: re.Match[str], *, day_first: bool) -> str:
    """A day, with its time if it has one, as ISO 8601. Raises ValueError where there is no such day."""
    one, two, year, hour, minute, second = found.groups()
    day, month = (one, two) if day_first else (two, one)
    told = f"{year}-{month:0>2}-{day:0>2}" + (f"T{hour:0>2}:{minute}:{second or '00'}" if hour else "")
    datetime.fromisoformat(told)
    return told

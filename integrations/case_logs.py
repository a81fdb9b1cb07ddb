"""Case logs (CSV: case_id, service, step, occurred_at, is_final, or as their layout says) into events, as their back
office would send them.

The first row of a case is its reception, the row with `is_final` 1 its end. `occurred_at` is a local time without
a zone, or a plain date. The parties are made up, and the known fact of a case is its case_id.
"""

from __future__ import annotations

import csv
import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from integrations.log_layout import OURS, LogLayout, LogRefused, Unread, columns_of

GZIPPED = b"\x1f\x8b"
"""How a gzipped file begins (RFC 1952), which is no UTF-8."""
GZIP_BEGINNING = 64 * 1024
"""So much of an archive is looked at before it is unpacked."""

REPORTED_AT = time(17)
"""When a step that is known only to the day is reported: at the end of that office day."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a log: the `place` counts the rows of its case from 0."""

    case_id: str
    place: int
    service: str
    step: str
    occurred_at: str
    is_final: bool

    @property
    def dated(self) -> bool:
        """Whether only the day is known."""
        return len(self.occurred_at) <= len("2026-03-02")  # or shorter: 20260302

    def local(self) -> datetime:
        """When it was reported, by the clock on the office's wall."""
        at = datetime.fromisoformat(self.occurred_at)
        return datetime.combine(at.date(), REPORTED_AT) if self.dated else at


@dataclass(slots=True)
class SetAside:
    """What of a log cannot be read: how many rows, by why, and the line of the first of each; and the `cases` of which
    not all is known that their days depend on: how they began, or whether and when they ended."""

    rows: Counter[str] = field(default_factory=Counter)
    lines: dict[str, int] = field(default_factory=dict)
    cases: set[str] = field(default_factory=set)

    def add(self, why: str, line: int) -> None:
        """Count a row."""
        self.rows[why] += 1
        self.lines.setdefault(why, line)

    def summary(self) -> list[tuple[int, str, str]]:
        """How many of what, and where to look."""
        found = [(count, f"rows, since {why}", f"line {self.lines[why]}") for why, count in sorted(self.rows.items())]
        if self.cases:
            found.append((len(self.cases), "cases whose first row or whose end cannot be read", min(self.cases)))
        return found


@dataclass(frozen=True, slots=True)
class CaseLog:
    """The rows of a log in order of time, and the steps that end cases in some rows but not in all. `aside`: what of it
    could not be read."""

    name: str
    rows: tuple[Row, ...]
    ambiguous: frozenset[tuple[str, str]]
    aside: SetAside

    def status(self, row: Row) -> str:
        """The status code that a row reports: its step, told apart where the same step may end a case or not."""
        return f"{row.step} (end)" if row.is_final and (row.service, row.step) in self.ambiguous else row.step

    def cases(self) -> int:
        """How many cases the log has."""
        return len({row.case_id for row in self.rows})


def read(path: Path, limit: int | None = None, layout: LogLayout = OURS) -> CaseLog:
    """Read a log, plain or gzipped; `limit` takes the first so many cases. Raises LogRefused."""
    aside = SetAside()
    found = [row for row in list(rows(path, limit, layout=layout, aside=aside)) if row.case_id not in aside.cases]
    if not found:
        raise LogRefused(
            f"{path} has no rows that can be used. A log has a header and a line for each step of each case."
        )
    ends: dict[tuple[str, str], set[bool]] = {}
    for row in found:
        ends.setdefault((row.service, row.step), set()).add(row.is_final)
    ambiguous = frozenset(key for key, kinds in ends.items() if len(kinds) == 2)
    ordered = tuple(sorted(found, key=lambda row: (row.local(), row.case_id, row.place)))
    return CaseLog(path.name.split(".")[0], ordered, ambiguous, aside)


def rows(
    path: Path, limit: int | None = None, *, layout: LogLayout = OURS, aside: SetAside | None = None
) -> Iterator[Row]:
    """The rows of a log one by one, as they stand in the file; `limit` takes the first so many cases. What cannot be
    read goes `aside`, and what is left of the cases named there is to be left out; without it, and where nothing is
    left, the log is refused. Raises LogRefused."""
    try:
        _check_gzip(path)
        yield from _rows(path, limit, layout, aside)
    except (UnicodeDecodeError, gzip.BadGzipFile, zlib.error, EOFError) as fault:
        if isinstance(fault, UnicodeDecodeError) and fault.object.startswith(GZIPPED) and path.suffix != ".gz":
            raise LogRefused(f"{path} is gzipped. Give it a name that ends in .gz, or unpack it.") from fault
        raise LogRefused(f"{path} cannot be read as CSV in UTF-8, plain or (named .gz) gzipped.") from fault


def _check_gzip(path: Path) -> None:
    """An archive may go on for ever and hold nothing: one whose beginning unpacks to nothing is refused at once."""
    if path.suffix != ".gz":
        return
    with path.open("rb") as file:
        packed = file.read(GZIP_BEGINNING)
    while packed.strip(b"\0"):
        member = zlib.decompressobj(wbits=31)  # 31: with the header of gzip
        if member.decompress(packed, 1):
            return
        packed = member.unused_data
    raise LogRefused(f"{path} unpacks to nothing. Was the log written into it?")


def _rows(path: Path, limit: int | None, layout: LogLayout, aside: SetAside | None) -> Iterator[Row]:
    opener = gzip.open if path.suffix == ".gz" else open
    places: Counter[str] = Counter()
    with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
        before, first = _first_line(file)
        columns = columns_of(path, first, layout)
        for line, cells in _lines(path, file, columns.parted_by, before):
            try:
                case_id, service, step, at, final = columns.row(cells)
            except Unread as fault:
                if aside is None:
                    raise LogRefused(f"{path}, line {line}: {fault}.") from fault
                aside.add(str(fault), line)
                unread = columns.case_of(cells)
                if unread is not None and (unread not in places or columns.is_final(cells) is not False):
                    aside.cases.add(unread)
                continue
            if limit is not None and case_id not in places and len(places) >= limit:
                continue
            yield Row(case_id, places[case_id], service, step, at, final)
            places[case_id] += 1
    if aside is not None and aside.rows and not places:
        raise LogRefused(f"{path}: none of its rows can be read. {_most(aside)}")


def _most(aside: SetAside) -> str:
    """What is amiss most often."""
    why, count = aside.rows.most_common(1)[0]
    return f"In {count:,} of them, as in line {aside.lines[why]}, {why}."


def _first_line(file: TextIO) -> tuple[int, str]:
    """The first line that is not empty, and how many lines there are up to it."""
    for number, line in enumerate(file, 1):
        if line.strip():
            return number, line
    return 0, ""


def _lines(path: Path, file: TextIO, parted_by: str, before: int) -> Iterator[tuple[int, list[str]]]:
    """The columns of each further line that is not empty, with its number; where a column has line ends in it, the
    first. `before`: so many lines have been read."""
    reader, line = csv.reader(file, delimiter=parted_by), before + 1
    try:
        for fields in reader:
            if fields:
                yield line, fields
            line = before + reader.line_num + 1
    except csv.Error as fault:  # the only one of a reader that is not strict
        raise LogRefused(
            f"{path}, line {line}: a column has more than {csv.field_size_limit():,} characters. Is there a quotation "
            "mark that is never closed?"
        ) from fault


def events(log: CaseLog, row: Row, *, source: str, zone: str | None) -> list[dict[str, Any]]:
    """The events that a row becomes: its status, and with the first row the applicant. With a zone, times carry
    their offset; without, they go as local times of the source."""
    local = row.local()
    at = local.replace(tzinfo=ZoneInfo(zone)).isoformat() if zone else local.isoformat()
    occurred = {"occurred_on": local.date().isoformat()} if row.dated else {}
    common = {"source": source, "subject": row.case_id, "time": at}
    status = {
        **common,
        "id": f"{row.case_id}-{row.place}",
        "type": "case.status",
        "sequence": row.place,
        "data": {"service": row.service, "status": log.status(row), **occurred},
    }
    if row.place > 0:
        return [status]
    party = {
        **common,
        "id": f"{row.case_id}-party",
        "type": "case.party",
        "sequence": row.place,
        "data": {
            "party": "1",
            "role": "applicant",
            "name": f"Applicant {row.case_id}",
            "known_fact": row.case_id,
            "channels": [{"channel": "email", "address": f"{_local_part(row.case_id)}@example.org"}],
            **occurred,
        },
    }
    return [status, party]


def _local_part(case_id: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "-", case_id)[:60]


def definitions(log: CaseLog) -> dict[str, str]:
    """A service definition (TOML) for each service of the log, made from its steps."""
    steps: dict[str, dict[str, dict[str, bool]]] = {}
    for row in log.rows:
        known = steps.setdefault(row.service, {}).setdefault(log.status(row), {"opens": False, "closes": False})
        known["opens"] |= row.place == 0
        known["closes"] |= row.is_final
    return {service: _definition(service, stages) for service, stages in steps.items()}


def _definition(service: str, statuses: dict[str, dict[str, bool]]) -> str:
    if not any(kind["closes"] for kind in statuses.values()):
        statuses = {**statuses, "closed": {"opens": False, "closes": True}}
    name = _words(service)
    parts = [
        f'service = {_toml(service)}\nlanguages = ["en"]\n',
        f"name = {{ en = {_toml(name[:80])} }}\n",
        'known_fact = { kind = "other", label = { en = "Case number" } }\n',
        'help = { en = "Call the office that you applied to." }\n',
        'complaint = { en = "If you are not happy with how this went, write to the office." }\n',
    ]
    taken: set[str] = set()
    for status, kind in statuses.items():
        parts.append(_stage(status, _code(status, taken), opens=kind["opens"], closes=kind["closes"]))
    return "".join(parts)


def _stage(status: str, code: str, *, opens: bool, closes: bool) -> str:
    headline = _words(status)[:70]
    asks = "more_info_requested" in status
    lines = [
        "\n[[stages]]",
        f"code = {_toml(code)}",
        f"codes = [{_toml(status)}]",
        f'waiting_on = "{"you" if asks else "us"}"',
        f'clock = "{"paused" if asks else "running"}"',
        f"headline = {{ en = {_toml(headline)} }}",
        f"meaning = {{ en = {_toml(f'The office has reported this step: {headline}.')} }}",
        'next = { en = "We tell you when the office reports its next step." }',
    ]
    if opens:
        lines.append("opens = true")
    if closes:
        lines += ["closes = true", 'outcome = "done"']
    return "\n".join(lines) + "\n"


def _code(status: str, taken: set[str]) -> str:
    code = re.sub(r"[^a-z0-9]+", "_", status.lower()).strip("_") or "step"
    if not code[0].isalpha():
        code = f"step_{code}"
    code, place = code[:36].rstrip("_"), 2
    while code in taken:
        code, place = f"{code[:32]}_{place}", place + 1
    taken.add(code)
    return code


def _words(raw: str) -> str:
    words = re.sub(r"[^\w()/&,'-]+", " ", raw.replace("_", " ")).strip().rstrip(".,:;!?")
    return words[:1].upper() + words[1:] if words else "Step"


def _toml(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'

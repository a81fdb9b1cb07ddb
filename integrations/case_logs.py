"""Case logs (CSV: case_id, service, step, occurred_at, is_final) into events, as their back office would send them.

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
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any, TextIO
from zoneinfo import ZoneInfo

COLUMNS = ["case_id", "service", "step", "occurred_at", "is_final"]
GZIPPED = b"\x1f\x8b"
"""How a gzipped file begins (RFC 1952), which is no UTF-8."""

REPORTED_AT = time(17)
"""When a step that is known only to the day is reported: at the end of that office day."""


class LogRefused(Exception):
    """The file is not a case log; the message says where and how to mend it."""


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


@dataclass(frozen=True, slots=True)
class CaseLog:
    """The rows of a log in order of time, and the steps that end cases in some rows but not in all."""

    name: str
    rows: tuple[Row, ...]
    ambiguous: frozenset[tuple[str, str]]

    def status(self, row: Row) -> str:
        """The status code that a row reports: its step, told apart where the same step may end a case or not."""
        return f"{row.step} (end)" if row.is_final and (row.service, row.step) in self.ambiguous else row.step

    def cases(self) -> int:
        """How many cases the log has."""
        return len({row.case_id for row in self.rows})


def read(path: Path, limit: int | None = None) -> CaseLog:
    """Read a log, plain or gzipped; `limit` takes the first so many cases. Raises LogRefused."""
    found = list(rows(path, limit))
    if not found:
        raise LogRefused(f"{path} has no rows. A log has a header and a line for each step of each case.")
    ends: dict[tuple[str, str], set[bool]] = {}
    for row in found:
        ends.setdefault((row.service, row.step), set()).add(row.is_final)
    ambiguous = frozenset(key for key, kinds in ends.items() if len(kinds) == 2)
    ordered = tuple(sorted(found, key=lambda row: (row.local(), row.case_id, row.place)))
    return CaseLog(path.name.split(".")[0], ordered, ambiguous)


def rows(path: Path, limit: int | None = None) -> Iterator[Row]:
    """The rows of a log one by one, as they stand in the file; `limit` takes the first so many cases. Raises
    LogRefused."""
    try:
        yield from _rows(path, limit)
    except (UnicodeDecodeError, gzip.BadGzipFile, zlib.error, EOFError) as fault:
        if isinstance(fault, UnicodeDecodeError) and fault.object.startswith(GZIPPED) and path.suffix != ".gz":
            raise LogRefused(f"{path} is gzipped. Give it a name that ends in .gz, or unpack it.") from fault
        raise LogRefused(f"{path} cannot be read as CSV in UTF-8, plain or (named .gz) gzipped.") from fault


def _rows(path: Path, limit: int | None) -> Iterator[Row]:
    opener = gzip.open if path.suffix == ".gz" else open
    places: Counter[str] = Counter()
    with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
        lines = _lines(path, file)
        if next(lines, (1, []))[1] != COLUMNS:
            raise LogRefused(f"{path}: the first line must be {','.join(COLUMNS)}.")
        for line, fields in lines:
            if len(fields) != len(COLUMNS) or fields[4] not in ("0", "1"):
                raise LogRefused(f"{path}, line {line}: five columns are wanted, the last 0 or 1.")
            row = Row(fields[0], places[fields[0]], fields[1], fields[2], fields[3], fields[4] == "1")
            _check(path, line, row)
            if limit is not None and row.case_id not in places and len(places) >= limit:
                continue
            places[row.case_id] += 1
            yield row


def _lines(path: Path, file: TextIO) -> Iterator[tuple[int, list[str]]]:
    """The columns of each line that is not empty, with its number; where a column has line ends in it, the first."""
    reader, line = csv.reader(file), 1
    try:
        for fields in reader:
            if fields:
                yield line, fields
            line = reader.line_num + 1
    except csv.Error as fault:  # the only one of a reader that is not strict
        raise LogRefused(
            f"{path}, line {line}: a column has more than {csv.field_size_limit():,} characters. Is there a quotation "
            "mark that is never closed?"
        ) from fault


def _check(path: Path, line: int, row: Row) -> None:
    try:
        at = datetime.fromisoformat(row.occurred_at)
    except ValueError as fault:
        raise LogRefused(f"{path}, line {line}: occurred_at is not a local time or a date.") from fault
    if at.tzinfo is not None or not (row.case_id and row.service and row.step):
        raise LogRefused(f"{path}, line {line}: a case, a service, a step and a time without offset are wanted.")


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

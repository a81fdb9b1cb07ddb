"""A case log as the backtest walks it: one record for each case, days as `date.toordinal()`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from sys import intern

from integrations.case_logs import LogRefused, rows

FURTHEST_DAYS = 50 * 366
"""A row so long after its case was received is a slip of the pen, and is left out as if it had never come."""


@dataclass(frozen=True, slots=True)
class Line:
    """A step that a case came to: on which day, at what time as the log writes it."""

    day: int
    at: str
    step: str


@dataclass(slots=True)
class Case:
    """The steps of a case in order of time, and the day on which it ended, if it did."""

    id: str
    service: str
    lines: list[Line]
    end: int | None = None

    @property
    def received(self) -> int:
        """The day on which it was received."""
        return self.lines[0].day


@dataclass(slots=True)
class Log:
    """The cases in order of their reception; `snapshot` is the last day that is known of. `left_out` says what could
    not be used, with one example each."""

    cases: list[Case] = field(default_factory=list)
    snapshot: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def leave_out(self, why: str, case_id: str) -> None:
        """Count something that could not be used."""
        self.left_out[why] += 1
        self.examples.setdefault(why, case_id)


@dataclass(slots=True)
class _Raw:
    service: str
    rows: list[tuple[datetime, bool, str, str]] = field(default_factory=list)


def read(path: Path) -> Log:
    """Read a log, plain or gzipped. Raises LogRefused, which says where and how to mend it; single cases that make no
    sense are left out and counted."""
    raw: dict[str, _Raw] = {}
    try:
        for row in rows(path):
            case = raw.get(row.case_id)
            if case is None:
                case = raw[row.case_id] = _Raw(intern(row.service))
            case.rows.append((datetime.fromisoformat(row.occurred_at), row.is_final, row.occurred_at, intern(row.step)))
    except OSError as fault:
        raise LogRefused(f"{path} cannot be opened: {fault.strerror}.") from fault
    log = Log()
    for case_id in list(raw):
        found = _case(log, case_id, raw.pop(case_id))
        if found is not None:
            log.cases.append(found)
            log.snapshot = max(log.snapshot, found.lines[-1].day, found.end or 0)
    if not log.cases:
        raise LogRefused(f"{path} has no case that can be used. A case needs a first row that does not end it.")
    log.cases.sort(key=lambda case: (case.received, case.lines[0].at, case.id))
    return log


def _case(log: Log, case_id: str, raw: _Raw) -> Case | None:
    """The rows of a case in order of time. What is decided here looks back only, never ahead."""
    ordered = sorted(raw.rows, key=lambda row: (row[0], row[1]))
    if ordered[0][1]:
        log.leave_out("cases that ended before they were received", case_id)
        return None
    began, case = ordered[0][0], Case(case_id, raw.service, [])
    for at, final, written, step in ordered:
        if (at - began).days > FURTHEST_DAYS:
            log.leave_out("rows more than fifty years after the case was received", case_id)
        elif case.end is not None:
            log.leave_out("rows after the end of their case", case_id)
        elif final:
            case.end = at.toordinal()
        else:
            case.lines.append(Line(at.toordinal(), written, step))
    return case

"""A case log as the backtest walks it: one record for each case, days as `date.toordinal()`."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from sys import intern

from integrations.case_logs import Row, SetAside, rows
from integrations.log_layout import OURS, LogLayout, LogRefused

FURTHEST_DAYS = 50 * 366
"""A row so long after its case was received is a slip of the pen, and is left out as if it had never come."""

FURTHEST_YEAR = 9_000
"""A case received after it is one as well, and no log is complete until then: dates end with the year 9999."""

MOST_STAGES = 5_000
"""So many pairs of service and step a log may name. One that names more has something else in these columns."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A step that a case came to: on which day, at what local time (ISO 8601; the day alone where no more is known)."""

    day: int
    at: str
    step: str


@dataclass(slots=True)
class LoggedCase:
    """The steps of a case in order of time, the last one of each instant; the day on which it ended, if it did, and at
    what local time."""

    id: str
    service: str
    lines: list[LogLine]
    end: int | None = None
    ended_at: str = ""

    @property
    def received(self) -> int:
        """The day on which it was received."""
        return self.lines[0].day

    def on(self, day: int) -> list[LogLine]:
        """What it came to on a day, found without reading all the rest: a case may have very many lines."""
        first, after = (bisect_left(self.lines, each, key=lambda line: line.day) for each in (day, day + 1))
        return self.lines[first:after]


@dataclass(slots=True)
class Log:
    """The cases in order of their reception; `snapshot` is the last day that is known of. `left_out` says what could
    not be used, with one example each."""

    cases: list[LoggedCase] = field(default_factory=list)
    snapshot: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def leave_out(self, why: str, case_id: str) -> None:
        """Count something that could not be used."""
        self.left_out[why] += 1
        self.examples.setdefault(why, case_id)


Raw = tuple[datetime, bool, str, str, str]
"""A row as cases are put together from it: by when it had happened, whether it ends the case, the time as it is told,
the step, the service."""


def read(path: Path, layout: LogLayout = OURS) -> Log:
    """Read a log, plain or gzipped. Raises LogRefused, which says where and how to mend it; rows that cannot be read,
    and single cases that make no sense, are left out and counted."""
    raw: dict[str, list[Raw]] = {}
    aside = SetAside()
    stages: set[tuple[str, str]] = set()
    try:
        for row in rows(path, layout=layout, aside=aside):
            raw.setdefault(row.case_id, []).append(_raw(row))
            stages.add((row.service, row.step))
            if len(stages) > MOST_STAGES:
                raise LogRefused(
                    f"{path} names more than {MOST_STAGES:,} services and steps. A service is what is asked for and a "
                    "step where a case stands, each with one name for many cases: is there something else in a column?"
                )
    except OSError as fault:
        raise LogRefused(f"{path} cannot be opened: {fault.strerror}.") from fault
    log = Log()
    for count, why, example in aside.summary():
        log.left_out[why], log.examples[why] = count, example
    for case_id in aside.cases:
        raw.pop(case_id, None)
    for case_id in list(raw):
        found = _case(log, case_id, raw.pop(case_id))
        if found is not None:
            log.cases.append(found)
            log.snapshot = max(log.snapshot, found.lines[-1].day, found.end or 0)
    if not log.cases:
        raise LogRefused(f"{path} has no case that can be used. A case needs a first row that does not end it.")
    log.cases.sort(key=lambda case: (case.received, case.lines[0].at, case.id))
    return log


def _raw(row: Row) -> Raw:
    """An end of which only the day is known comes after all else that happened on that day."""
    at = datetime.fromisoformat(row.occurred_at)
    told = at.date().isoformat() if row.dated else at.isoformat()
    by = datetime.combine(at, time.max) if row.dated and row.is_final else at
    return by, row.is_final, told, intern(row.step), intern(row.service)


def _case(log: Log, case_id: str, raw: list[Raw]) -> LoggedCase | None:
    """The rows of a case in order of time. What is decided here looks back only, never ahead."""
    ordered = sorted(raw, key=lambda row: row[:2])
    if ordered[0][1]:
        log.leave_out("cases that ended before they were received", case_id)
        return None
    began, case = ordered[0][0], LoggedCase(case_id, ordered[0][4], [])
    if began.year > FURTHEST_YEAR:
        log.leave_out(f"cases received after the year {FURTHEST_YEAR}", case_id)
        return None
    for at, final, told, step, _ in ordered:
        if (at - began).days > FURTHEST_DAYS:
            log.leave_out("rows more than fifty years after the case was received", case_id)
        elif case.end is not None:
            log.leave_out("rows after the end of their case", case_id)
        elif final:
            case.end, case.ended_at = at.toordinal(), told
        else:
            if case.lines and case.lines[-1].at == told:
                case.lines.pop()
            case.lines.append(LogLine(at.toordinal(), told, step))
    return case

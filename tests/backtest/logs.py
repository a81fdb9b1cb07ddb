"""Case logs that were never any office's: as odd as real ones, and small."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from random import Random

from tracker.backtest.log import Log, read

HEADER = ["case_id", "service", "step", "occurred_at", "is_final"]
SERVICES = ("north/tree", "north/house", "south/tree", "south/house", "west")
BEGAN = datetime.fromisoformat("2024-02-19")  # a Monday, ten days before a 29th of February
HOURS = (0, 5, 9, 10, 15, 23)  # few, so that rows are often of the same instant
PAUSED = frozenset({"more_info_requested", "site_visit_awaited"})


class Times(StrEnum):
    """How a log tells when something happened."""

    TIMED = "timed"
    DATED = "dated"
    MIXED = "mixed"


@dataclass(frozen=True)
class Row:
    """A row as the file has it."""

    case_id: str
    service: str
    step: str
    occurred_at: str
    final: bool = False

    @property
    def at(self) -> datetime:
        """When it happened; a day alone is its midnight."""
        return datetime.fromisoformat(self.occurred_at)

    def cells(self) -> list[str]:
        """As the file has it."""
        return [self.case_id, self.service, self.step, self.occurred_at, "1" if self.final else "0"]


def loaded(folder: Path, rows: Iterable[Row], name: str = "log.csv") -> Log:
    """The rows, written to a file and read again."""
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADER, *(row.cells() for row in rows)])
    return read(path)


def day(number: int, hour: int | None = None) -> str:
    """A day after BEGAN as a log tells it."""
    at = BEGAN + timedelta(days=number, hours=hour or 0)
    return at.date().isoformat() if hour is None else at.isoformat()


def office(seed: int, times: Times, cases: int = 110, days: int = 130) -> list[Row]:
    """Some months of an office: several services, cases of many steps, some that wait for the applicant, some that
    never end, and days on which whatever is old is closed in bulk."""
    random, rows = Random(seed), list[Row]()
    clearing = {service: random.randrange(60, days) for service in SERVICES if random.random() < 0.5}
    pace = {service: random.uniform(2, 25) for service in SERVICES}
    for number in range(cases):
        service = random.choice(SERVICES)
        rows += _case(
            random, f"C{number}", service, random.randrange(days), pace[service], clearing.get(service), times
        )
    random.shuffle(rows)
    return rows


def _case(
    random: Random, case_id: str, service: str, number: int, pace: float, clearing: int | None, times: Times
) -> list[Row]:
    rows, hour, dated = list[Row](), random.choice(HOURS), times is Times.DATED
    steps = ["received", *random.choices(["review", "advice", *sorted(PAUSED), "review"], k=random.randrange(5))]
    end = number + int(random.expovariate(1 / pace))
    if clearing is not None and number < clearing < number + 60:
        end = clearing
    for place, step in enumerate(steps):
        if place and random.random() < 0.6:
            number, hour = number + random.randrange(10), random.choice(HOURS)
        if number > end:
            break
        if times is Times.MIXED:
            dated = random.random() < 0.5
        rows.append(Row(case_id, service, step, day(number, None if dated else hour)))
    if random.random() < 0.9:
        final_hour = max(hour, random.choice(HOURS)) if number >= end else random.choice(HOURS)
        if times is Times.MIXED:
            dated = random.random() < 0.5
        rows.append(Row(case_id, service, "decided", day(max(end, number), None if dated else final_hour), True))
    return rows

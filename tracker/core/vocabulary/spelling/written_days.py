"""A day as people write it: 25 March 1980, 25/3/80, 1980-03-25, 25031980; and whether another day may be meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tracker.core.vocabulary.spelling import letters
from tracker.core.vocabulary.spelling.month_names import BESIDE, MONTHS

OLDEST_YEARS = 120
"""Nobody is older; with this and with "not in the future" a year of two digits finds its century."""

LONGEST = 60
"""No date is longer."""

_TIME_OF_DAY = re.compile(r"[t ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*(z|[+-]\d{2}:?\d{2})?$")
"""What some systems write after a day (RFC 3339, or a space for its T)."""

_MOST_DAYS = 31

_BETWEEN = re.compile(r"[\d\w\s/.,،'’–—−-]+")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way of reading a date. `year`: of two or four digits, as it stands there; `digits`: all of it, in the order
    in which it stands there."""

    year: str
    month: int
    day: int
    digits: str

    def on(self, year: int) -> date | None:
        """The day of this year, if the calendar has it."""
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return None


def births(text: str, today: date) -> tuple[date, ...]:
    """The days on which somebody may have been born who writes this, the earliest first: none for what is no date, two
    or more where it can be read in several ways. Not in the future, and not longer ago than `OLDEST_YEARS`."""
    first = date(today.year - OLDEST_YEARS, today.month, min(today.day, 28))
    days = {day for each in _readings(text, closed=True) for day in _days(each, today)}
    return tuple(sorted(day for day in days if first <= day <= today))


def plain_form(text: str) -> str | None:
    """How a written date is kept, whatever the day on which it comes; None for what is not written as a date.

    With a whole year and one reading it is yyyymmdd. Else the digits as they stand, 03041980 or 250380: `spellings` has
    them for every day that may be meant. Digits without anything between them are left as they are, since they may be
    a number of another kind.
    """
    readings = [each for each in _readings(text, closed=False) if each.on(_some_year(each))]
    days = {each.on(int(each.year)) for each in readings if len(each.year) == 4}
    if len(days) == 1 and (day := days.pop()) is not None:
        return f"{day.year:04}{day.month:02}{day.day:02}"
    return readings[0].digits if readings else None


def spellings(day: date) -> frozenset[str]:
    """All forms under which this day may be kept."""
    year, month, of_month = f"{day.year:04}", f"{day.month:02}", f"{day.day:02}"
    orders = ((year, month, of_month), (of_month, month, year), (month, of_month, year))
    return frozenset("".join(part[cut:] for part in order) for order in orders for cut in (0, -2))


def _some_year(reading: _Reading) -> int:
    return int(reading.year) if len(reading.year) == 4 else 2000  # a leap year: of its century nothing is known


def _days(reading: _Reading, today: date) -> Iterator[date]:
    century = today.year // 100 * 100
    short = len(reading.year) == 2
    years = [century - back + int(reading.year) for back in (0, 100, 200)] if short else [int(reading.year)]
    for year in years:
        day = reading.on(year)
        if day is not None:
            yield day


def _readings(text: str, *, closed: bool) -> list[_Reading]:
    """Every way of reading a text as a date; `closed`: digits with nothing between them, too."""
    if len(text) > LONGEST:
        return []
    plain = _TIME_OF_DAY.sub("", letters.plain(text).strip())
    if not _BETWEEN.fullmatch(plain):
        return []
    numbers: list[str] = []
    named: list[str] = []
    for token in _TOKEN.findall(plain):
        (numbers if token.isdigit() else named).append(token)
    if not named:
        return list(_of_numbers(_cut(numbers[0]) if closed and len(numbers) == 1 else [numbers]))
    month = _month(named)
    return [] if month is None else list(_with_name(numbers, month))


def of_boxes(day: str, month: str, year: str) -> str | None:
    """A day from three boxes as one text with a single order, the month by its number or its name; None for what is no
    day of the calendar."""
    day, month, year = (letters.plain(each).strip() for each in (day, month, year))
    if month.isdigit():
        month = next((name for name, number in MONTHS.items() if f"{number}" == month.lstrip("0")), "")
    written = f"{day} {month} {year}"
    return written if day and month and year and plain_form(written) else None


def _cut(digits: str) -> list[list[str]]:
    """Eight or six digits, cut in the ways in which a date can be."""
    match len(digits):
        case 8:
            return [[digits[:2], digits[2:4], digits[4:]], [digits[:4], digits[4:6], digits[6:]]]
        case 6:
            return [[digits[:2], digits[2:4], digits[4:]]]
        case _:
            return []


def _of_numbers(ways: list[list[str]]) -> Iterator[_Reading]:
    """A date of three numbers: day or month first, or the year."""
    for numbers in ways:
        lengths = tuple(map(len, numbers))
        if len(lengths) != 3 or max(lengths) > 4 or lengths[1] > 2:
            continue
        first, middle, last = numbers
        digits = "".join(each.zfill(2) for each in numbers)
        if lengths[0] <= 2 and lengths[2] in (2, 4):
            yield _Reading(last, int(middle), int(first), digits)
            yield _Reading(last, int(first), int(middle), digits)
        if lengths[2] <= 2 and (lengths[0] == 4 or int(first) > _MOST_DAYS):
            yield _Reading(first, int(middle), int(last), digits)


def _with_name(numbers: list[str], month: int) -> Iterator[_Reading]:
    """A date of two numbers and the name of a month: the longer one is the year, of two alike the second."""
    if len(numbers) != 2:
        return
    day, year = sorted(numbers, key=len)
    if len(day) <= 2 and len(year) in (2, 4):
        yield _Reading(year, month, int(day), f"{day.zfill(2)}{month:02}{year}")


def _month(named: list[str]) -> int | None:
    """The one month that these words name, beside words that say nothing; a name may be of two words."""
    found, at = set(), 0
    said = [each for each in named if each not in BESIDE]
    while at < len(said):
        width = 2 if " ".join(said[at : at + 2]) in MONTHS and at + 1 < len(said) else 1
        found.add(MONTHS.get(" ".join(said[at : at + width])))
        at += width
    return found.pop() if len(found) == 1 else None

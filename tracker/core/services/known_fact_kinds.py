"""Whether what was sent can be the known fact that a service asks for: a postcode, a surname, a date of birth.

It is asked once, of what was sent, since the fact itself is not stored. A fact that passes need not be the person's;
one that does not pass is nobody's, and must open no page.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import permutations
from typing import Final

from tracker.core.vocabulary.fillers import says_nothing

_NO_FIXED_PLACE = re.compile(r"ZZ99\d[A-Z]{2}")
"""Postcodes that British registers give those of whom they know none."""

_BLANK_DAYS = frozenset(
    {
        *(date(1, 1, 1), date(1753, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1900, 1, 1), date(1901, 1, 1)),
        *(date(2199, 12, 31), date(9999, 12, 31)),
    }
)
"""What databases and spreadsheets write where there is no date."""

_YEARS = range(1850, 2200)
_ROUND_CENTURY = 1900


def unfit_as(fact: str) -> tuple[str, ...]:
    """The kinds of known facts that this can be none of."""
    plain = _plain(fact)
    return tuple(kind for kind, fits in _FITS.items() if not fits(plain))


def _plain(fact: str) -> str:
    """With the letters and digits of ASCII where they are but another way of writing them."""
    return "".join(str(unicodedata.decimal(each, each)) for each in unicodedata.normalize("NFKC", fact)).strip()


def _is_postcode(plain: str) -> bool:
    """Postcodes of all countries have a digit and at most ten signs. Zeros or nines alone fill a field."""
    code = "".join(each for each in plain if each.isalnum()).upper()
    digits = {each for each in code if each.isdigit()}
    filled = set(code) <= {"0"} or set(code) == {"9"} or _NO_FIXED_PLACE.fullmatch(code) is not None
    return bool(digits) and 2 < len(code) <= 10 and not filled and not says_nothing(plain)


def _is_surname(plain: str) -> bool:
    return any(each.isalpha() for each in plain) and not says_nothing(plain, as_name=True)


def _is_date_of_birth(plain: str) -> bool:
    """Some way of reading it gives a day of the calendar on which somebody may have been born."""
    return any(_is_birthday(*each) for each in _days(plain))


def _is_birthday(year: int, month: int, day: int) -> bool:
    try:
        return date(year, month, day) not in _BLANK_DAYS and year in _YEARS
    except ValueError:
        return False


def _days(plain: str) -> Iterator[tuple[int, int, int]]:
    """Year, month and day, in every order in which they may be meant; a month in words is any month."""
    numbers, letters = re.findall(r"\d+", plain), re.search(r"[^\W\d_]{3,}", plain)
    if len(numbers) == 1 and not letters and len(numbers[0]) in (6, 8):
        whole = numbers[0]
        parts = [[whole[:2], whole[2:4], whole[4:]], [whole[:-4], whole[-4:-2], whole[-2:]]]
    elif len(numbers) == 2 and letters:
        parts = [[*numbers, str(month)] for month in range(1, 13)]
    else:
        parts = [numbers]
    for each in parts:
        if len(each) == 3 and all(len(number) <= 4 for number in each):
            yield from ((_year(year), int(month), int(day)) for year, month, day in permutations(each))


def _year(written: str) -> int:
    """The year; of one in two digits that of the last century, which is as good as another to see whether it can be."""
    return int(written) + (_ROUND_CENTURY if len(written) == 2 else 0)


def _is_anything(plain: str) -> bool:
    digits = {each for each in plain if each.isalnum()}
    return bool(digits) and digits != {"0"} and not says_nothing(plain)


_FITS: Final[Mapping[str, Callable[[str], bool]]] = {
    "postcode": _is_postcode,
    "surname": _is_surname,
    "date_of_birth": _is_date_of_birth,
    "other": _is_anything,
}
"""Every kind that a definition may name, and what can be one."""

KNOWN_FACTS: Final = tuple(_FITS)

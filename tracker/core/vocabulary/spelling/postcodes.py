"""Postcodes in which O and 0, or I, 1 and l were taken for each other: E1 OAA for E1 0AA."""

from __future__ import annotations

import re
from itertools import product
from math import prod

_ALIKE = {char: group for group in ("O0", "I1L") for char in group}

_WELL_FORMED = re.compile(
    r"[A-PR-UWYZ][A-HK-Y]?(0|[1-9]([0-9]|[A-HJKMNP-Z])?)[0-9][ABD-HJLNP-UW-Z]{2}"  # United Kingdom (BS 7666)
    r"|[0-9]{3,10}"  # most countries
    r"|[1-9][0-9]{3}[A-Z]{2}"  # Netherlands
    r"|[ABCEGHJ-NPRSTVXY][0-9][A-Z][0-9][A-Z][0-9]"  # Canada
    r"|[AC-FHKNPRTV-Y][0-9][0-9W][AC-FHKNPRTV-Y0-9]{4}"  # Ireland
)

MOST = 729
"""So many ways of reading one postcode are tried, 3 to the 6th; one that has more is taken as it is."""


def same(code: str) -> frozenset[str]:
    """A postcode (capitals and digits alone), and those that it may be for.

    What is a right postcode as it is never stands for another right one: SL1 1AA is not S11 1AA. It does stand for what
    an office mistyped, and what is no right postcode stands for each that is.
    """
    ways = [_ALIKE.get(char, char) for char in code]
    if prod(map(len, ways)) > MOST:
        return frozenset((code,))
    right = _WELL_FORMED.fullmatch(code) is not None
    tried = ("".join(each) for each in product(*ways))
    return frozenset(each for each in tried if each == code or not (right and _WELL_FORMED.fullmatch(each)))

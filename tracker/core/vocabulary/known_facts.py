"""The second thing that opens the page: one generic fact, in one form and kept only as a keyed hash.

What a back office sends is brought into one form without knowing what kind of fact it is: a person is often reported
before the request that says so. What somebody types is offered in every form under which it may be kept. Several
spellings of one fact have one form wherever that can be, so that a try is worth one guess; docs/known-facts.md counts
where it is worth more.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tracker.core.vocabulary.spelling import letters, postcodes, written_days

POSTCODE, SURNAME, DATE_OF_BIRTH, OTHER = "postcode", "surname", "date_of_birth", "other"
KINDS = (POSTCODE, SURNAME, DATE_OF_BIRTH, OTHER)
"""What may open the page beside the reference; each service declares one."""

_DAY_FIRST = re.compile(r"^(\d{1,2})\D+(\d{1,2})\D+(\d{4})$")
_YEAR_FIRST = re.compile(r"^(\d{4})\D+(\d{1,2})\D+(\d{1,2})$")

_MARKED = "+"
"""Ends the form of what is written in a script whose marks count. The forms of before dropped them, so that one of
those must never be one of these."""


@dataclass(frozen=True, slots=True)
class Offers:
    """What somebody typed, as hashes of all that it may be kept as: `exact` as it stands, as a `postcode`, and as each
    of `births`, the birthdays that it can be read as."""

    exact: tuple[bytes, ...]
    postcode: tuple[bytes, ...]
    birthdays: tuple[bytes, ...]
    births: tuple[date, ...]

    def fit(self, kept: list[bytes], kind: str) -> bool:
        """Whether a kept hash of this kind of fact is among those offered. All are compared, whatever the kind, in
        constant time each. A birthday that can be read in several ways fits nothing, or one try would be two."""
        exact, postcode, birthday = (matches(kept, each) for each in (self.exact, self.postcode, self.birthdays))
        if len(self.births) > 1:
            return exact and kind != DATE_OF_BIRTH
        return exact or birthday or (postcode and kind == POSTCODE)

    @property
    def every(self) -> tuple[bytes, ...]:
        """All of them, for a search, which proves nothing."""
        return (*self.exact, *self.postcode, *self.birthdays)


def normalise(fact: str) -> str:
    """The one form of a fact: without case, accents, strokes, spaces and punctuation, with plain digits for those of
    any script; a date that can be read in one way only is yyyymmdd. Empty for what holds no letter and no digit.

    >>> normalise("sw1a 1aa"), normalise("O'Brien-Núñez"), normalise("Müller"), normalise("Mueller")
    ('SW1A1AA', 'OBRIENNUNEZ', 'MULLER', 'MULLER')
    >>> normalise("1980-03-07"), normalise("27/3/1980"), normalise("27 Mar 1980"), normalise("7/3/1980")
    ('19800307', '19800327', '19800327', '07031980')
    """
    day = written_days.plain_form(fact)
    if day is not None:
        return day
    folded = letters.name(fact)
    return folded.upper() + _MARKED if letters.is_marked(folded) else folded.upper()


def digest(secret: bytes, organisation: str, fact: str) -> bytes:
    """HMAC-SHA256 (RFC 2104) of the normalised fact, bound to the organisation, so that equal facts of two
    organisations cannot be recognised by their hashes."""
    return _digest(secret, organisation, normalise(fact))


def offers(secret: bytes, organisation: str, typed: str, today: date) -> Offers:
    """What somebody typed, ready to be compared: as it is kept now, and as it was kept in earlier releases.

    `today` finds the century of a year of two digits. The work depends on what was typed alone.
    """
    births = written_days.births(typed, today)
    code = letters.letters_and_digits(letters.plain(typed)).upper()

    def hashed(forms: Iterable[str]) -> tuple[bytes, ...]:
        return tuple(_digest(secret, organisation, each) for each in sorted(forms) if each)

    return Offers(
        exact=hashed({normalise(typed), normalise_before(typed)}),
        postcode=hashed(_with_digits(each) for each in postcodes.same(code)),
        birthdays=hashed(form for day in births for form in written_days.spellings(day)),
        births=births,
    )


def matches(kept: list[bytes], offered: tuple[bytes, ...]) -> bool:
    """Whether one of the kept hashes is one of those offered; all are compared, in constant time each."""
    fits = False
    for each in kept:
        for tried in offered:
            fits |= hmac.compare_digest(each, tried)
    return fits


def normalise_before(fact: str) -> str:
    """The form of a fact in the first releases: what was reported then is kept so until it is reported anew.

    It differs from `normalise` in letters with strokes, in digraphs, and in dates, of which it reads the day first.
    """
    plain = unicodedata.normalize("NFKD", fact).strip()
    plain = "".join(str(unicodedata.decimal(char, char)) for char in plain if not unicodedata.combining(char))
    if match := _DAY_FIRST.match(plain):
        day, month, year = match.groups()
        return f"{year}{int(month):02}{int(day):02}"
    if match := _YEAR_FIRST.match(plain):
        year, month, day = match.groups()
        return f"{year}{int(month):02}{int(day):02}"
    return "".join(char for char in plain.casefold().upper() if char.isalnum())


def _with_digits(code: str) -> str:
    """A postcode in its form; one without a digit was taken for a name."""
    return code if any(map(str.isdigit, code)) else normalise(code)


def _digest(secret: bytes, organisation: str, normal: str) -> bytes:
    return hmac.digest(secret, f"known-fact\0{organisation}\0{normal}".encode(), hashlib.sha256)

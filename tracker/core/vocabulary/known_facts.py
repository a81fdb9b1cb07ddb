"""The second thing that opens the page: one generic fact, normalised and kept only as a keyed hash."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

_DAY_FIRST = re.compile(r"^(\d{1,2})\D+(\d{1,2})\D+(\d{4})$")
_YEAR_FIRST = re.compile(r"^(\d{4})\D+(\d{1,2})\D+(\d{1,2})$")


def normalise(fact: str) -> str:
    """The fact without case, accents, spaces and punctuation, with plain digits for those of any script; a date
    becomes yyyymmdd (day before month).

    >>> normalise("sw1a 1aa"), normalise("O'Brien-Núñez"), normalise("7/3/1980"), normalise("1980-03-07")
    ('SW1A1AA', 'OBRIENNUNEZ', '19800307', '19800307')
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


def digest(secret: bytes, organisation: str, fact: str) -> bytes:
    """HMAC-SHA256 (RFC 2104) of the normalised fact, bound to the organisation, so that equal facts of two
    organisations cannot be recognised by their hashes."""
    return hmac.digest(secret, f"known-fact\0{organisation}\0{normalise(fact)}".encode(), hashlib.sha256)


def matches(stored: list[bytes], offered: bytes) -> bool:
    """Whether one of the stored hashes is the offered one; every one is compared, in constant time each."""
    found = False
    for each in stored:
        found |= hmac.compare_digest(each, offered)
    return found

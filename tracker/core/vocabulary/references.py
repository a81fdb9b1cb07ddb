"""The public reference of a case: twelve symbols, easy to read out, the last a check character.

Nineteen symbols without vowels and without look-alikes, so no word can be spelled and no symbol mistaken.
The check character is that of ISO/IEC 7064's pure systems with radix 2, at modulus 19: since 19 is prime
and 2 is a primitive root of it, every single wrong symbol and every swap of two neighbours is caught.
An identifier, not a secret.
"""

from __future__ import annotations

import unicodedata

ALPHABET = "CDFGHJKMNPRTVWX3479"
LENGTH = 12
CAPACITY = len(ALPHABET) ** (LENGTH - 1)
"""How many references there are: 19^11, about 10^14."""

_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
_MISREAD = str.maketrans({"0": "D", "O": "D", "Q": "D", "U": "V", "6": "G"})
"""Symbols that a reference never contains, and the one that each was misread from."""


def reference(number: int) -> str:
    """The reference of a number in [0, CAPACITY). Draw the number at random: references must not be guessable."""
    if not 0 <= number < CAPACITY:
        raise ValueError(f"a reference is made from a number in [0, {CAPACITY})")
    symbols = ""
    for _ in range(LENGTH - 1):
        number, value = divmod(number, len(ALPHABET))
        symbols = ALPHABET[value] + symbols
    return symbols + _check(symbols)


def read(typed: str) -> str | None:
    """The reference that was meant, or None when it cannot be one: a wrong length, symbol or check character.

    Forgiving: case, spaces, dashes, dots, full-width forms and the usual misreadings do not matter.
    """
    if len(typed) > 100:
        return None
    symbols = _symbols(typed)
    if len(symbols) != LENGTH or any(symbol not in _VALUE for symbol in symbols):
        return None
    return symbols if _check(symbols[:-1]) == symbols[-1] else None


def near(typed: str) -> tuple[str, ...]:
    """The references that are one slip away from what was typed: one symbol wrong, missing or too many, or two
    neighbours swapped. Empty when it is right as it is, or like no reference. At most a few dozen.
    """
    if len(typed) > 100 or read(typed) is not None:
        return ()
    symbols = _symbols(typed)
    places = range(len(symbols))
    match len(symbols) - LENGTH:
        case 0:
            tried = {symbols[:at] + each + symbols[at + 1 :] for at in places for each in ALPHABET}
            tried |= {symbols[:at] + symbols[at + 1] + symbols[at] + symbols[at + 2 :] for at in places[:-1]}
        case -1:
            tried = {symbols[:at] + each + symbols[at:] for at in (*places, len(symbols)) for each in ALPHABET}
        case 1:
            tried = {symbols[:at] + symbols[at + 1 :] for at in places}
        case _:
            return ()
    return tuple(sorted(each for each in tried if read(each) == each))


def spell(symbols: str) -> str:
    """The reference in groups of four, as it is printed and read out: `CDFG-HJKM-NPRX`."""
    return "-".join(symbols[start : start + 4] for start in range(0, len(symbols), 4))


def _symbols(typed: str) -> str:
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(char for char in plain if char.isalnum()).translate(_MISREAD)


def _check(symbols: str) -> str:
    remainder = 0
    for symbol in symbols:
        remainder = (remainder + _VALUE[symbol]) * 2 % len(ALPHABET)
    return ALPHABET[(1 - remainder) % len(ALPHABET)]

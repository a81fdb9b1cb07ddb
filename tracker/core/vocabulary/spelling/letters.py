"""Letters in one plain form, so that Wałęsa is Walesa and Müller is Mueller, on every floor alike.

What a Latin letter becomes where a keyboard or a system lacks it is in ICAO Doc 9303, part 3, section 6 (the lines
below a passport's photograph). Whoever types a name writes it so, or leaves the marks out.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

_LETTERS = {
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŧ": "t", "ŋ": "n", "ĸ": "q", "þ": "th", "ə": "e",
    "æ": "ae", "œ": "oe", "ɓ": "b", "ɖ": "d", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ɛ": "e", "ɔ": "o", "ƶ": "z", "ɨ": "i",
    "ʉ": "u", "ƀ": "b", "ǝ": "e",
    "ی": "ي", "ک": "ك",
}  # fmt: skip
"""Letters that no decomposition of Unicode reaches; the last two are one letter on the keyboards of two languages."""

_FOLDED = str.maketrans(_LETTERS)

_DIGRAPHS = re.compile(r"a[ae]+|oe+|ue+")
"""What stands for å, ä, æ, ö, ø, œ and ü where a keyboard lacks them. Both spellings become the letter without its
mark, so that one form holds for all three: Müller, Mueller, Muller."""

_UNMARKED = frozenset({"LATIN", "GREEK", "ARABIC", "HEBREW"})
"""Scripts whose writers leave marks out: accents, tonos in capitals, vowel signs. In others a mark makes another
letter, as in й, が or कि, and stays."""

_TATWEEL = "\u0640"


def plain(text: str) -> str:
    """The text in small letters without accents, strokes and what cannot be seen, with digits 0-9 for those of any
    script. Words, spaces and punctuation stay.

    >>> plain("Wałęsa"), plain("ØVERLAND"), plain("Straße"), plain("٧/٣/١٩٨٠")
    ('walesa', 'overland', 'strasse', '7/3/1980')
    """
    kept, unmarked = [], True
    for char in unicodedata.normalize("NFKD", text):
        kind = unicodedata.category(char)
        if kind == "Cf" or char == _TATWEEL or "\u02b0" <= char <= "\u02ff":
            continue  # invisible, or a sign beside a letter: the apostrophe of some languages
        if not kind.startswith("M"):
            unmarked = not char.isalpha() or _script(char) in _UNMARKED
        elif unmarked:
            continue
        kept.append(str(unicodedata.decimal(char, char)))
    return unicodedata.normalize("NFC", "".join(kept).casefold().translate(_FOLDED))


def is_marked(text: str) -> bool:
    """Whether a text in plain form has letters whose marks were left in place."""
    return any(char.isalpha() and _script(char) not in _UNMARKED for char in text)


def letters_and_digits(text: str) -> str:
    """A text in plain form without spaces and punctuation."""
    return "".join(char for char in text if char.isalnum() or unicodedata.category(char).startswith("M"))


def name(text: str) -> str:
    """A name or a code as one word: one form for all ways of writing it. In a code, which has digits, each letter
    counts, so that 1012 AA and 1012 AE stay two postcodes."""
    closed = letters_and_digits(plain(text))
    return closed if any(map(str.isdigit, closed)) else _DIGRAPHS.sub(lambda pair: pair.group()[0], closed)


def words(text: str) -> list[str]:
    """The words of a name, each once, in the order given, each in the form of `name`."""
    parts = groupby(plain(text), lambda char: bool(letters_and_digits(char)))
    return list(dict.fromkeys(name("".join(part)) for inside, part in parts if inside))


def mixes_alphabets(text: str) -> bool:
    """Whether Latin letters stand beside Greek or Cyrillic ones, many of which look the same (UTS 39, section 5.1)."""
    found = {_script(char) for char in text if char.isalpha()}
    return "LATIN" in found and not found.isdisjoint({"CYRILLIC", "GREEK"})


def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0]

"""A text as it is read: without what it quotes and what it is signed with, cut at its marks, each word in one form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

REFERENCE = "\ue000"
"""Stands where a reference stood."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words between two marks. `asks`: a question mark ends it; `hard`: something stronger than a comma does;
    `line`: it begins a line; `shouted`: all of it in capitals; `uncased`: in a script without them."""

    words: tuple[str, ...]
    folded: tuple[str, ...]
    asks: bool
    hard: bool
    line: bool

    @property
    def shouted(self) -> bool:
        """Whether capitals say nothing about names here."""
        return len(self.words) > 1 and all(each.upper() == each for each in self.words)

    @property
    def uncased(self) -> bool:
        """Whether its script has no capitals."""
        return all(each.upper() == each.lower() for each in self.words)


_QUOTED = re.compile(r"^\s*>|^.{0,200}\b(?:wrote|escribió|ysgrifennodd)\s*:\s*$|^.{0,200}كتب.{0,40}:\s*$")
_RULE = re.compile(r"^\s*(?:--+|__+|==+|—+)\s*$")


def own_part(text: str, signs: tuple[str, ...]) -> str:
    """The text without what it quotes and what a telephone writes under it; the whole where nothing else is there."""
    kept: list[str] = []
    for line in text.splitlines():
        if _RULE.match(line) or fold(line).strip(" .-([<«").startswith(signs):
            break
        if not _QUOTED.match(line):
            kept.append(line)
    return "\n".join(kept) if any(each.strip() for each in kept) else text


def sentences(text: str) -> Iterator[Sentence]:
    """The text between its marks; one that is spelt letter by letter is one word."""
    letters = re.findall(r"\w", text)
    if 3 <= len(letters) <= 12 and re.fullmatch(r"\W*(?:\w\W+)*\w\W*", text) and re.search(r"\w\W+\w", text):
        text = "".join(letters)
    for number, line in enumerate(text.splitlines()):
        begins = number > 0
        for body, marks in _BETWEEN_MARKS.findall(_DASH.sub(" . ", line)):
            words = tuple(words_of(body))
            if words:
                folded = tuple(fold(each) for each in words)
                asks = ("?" in marks or "؟" in marks) and "!" not in marks
                yield Sentence(words, folded, asks, marks.strip() not in (",", "،"), begins)
                begins = False


_MARKS = r".!?؟;:,،…()\[\]\"“”«»¡¿/|"
_BETWEEN_MARKS = re.compile(rf"([^{_MARKS}]+)([{_MARKS}\s]*)")
_DASH = re.compile(r"\s[-–—]+\s")
_WORD = re.compile(r"[^\W_]+|\ue000|[^\w\s]")


def words_of(text: str) -> list[str]:
    """The words of a text, and its pictures. An apostrophe is no end of a word."""
    joined = re.sub(r"(?<=\w)['’`ʼ´](?=\w)", "", re.sub(r"(?<=\w)['’`ʼ´](?=[rnRN]\b)", " ", _unmarked(text)))
    found = _WORD.findall(joined)
    return [each for each in found if each[0].isalnum() or each == REFERENCE or unicodedata.category(each[0]) == "So"]


_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي", "ـ": None})


def _unmarked(text: str) -> str:
    """Without accents and what cannot be seen."""
    apart = unicodedata.normalize("NFKD", text)
    seen = (each for each in apart if unicodedata.category(each)[0] not in "MC" or each.isspace() or each == REFERENCE)
    return "".join(seen)


def fold(text: str) -> str:
    """Without case, accents and the marks by which Arabic letters differ from writer to writer."""
    folded = _unmarked(text.translate(_ARABIC)).casefold().translate(_ARABIC)
    return re.sub(r"(?<=\w)\u0648\u0627\b", "\u0648", folded)  # the silent last letter of a plural

"""The words of one language by their part in a text: which phrase begins at a word."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from tracker.core.outreach.clauses import Part
from tracker.core.outreach.sayings import one_slip
from tracker.core.outreach.sentences import fold, words_of

MOST_WORDS = 7
"""So many words a phrase of the word lists has at most."""

_SHORTEST_SLIP = 5

Book = Mapping[Part, Sequence[str]]
"""The words of one language by their part in a text. A word that ends in * stands for all that begin like it."""


class Lexicon:
    """The words of a language, by their first."""

    def __init__(self, book: Book) -> None:
        self._whole: dict[tuple[str, ...], Part] = {}
        self._begun: list[tuple[tuple[str, ...], Part]] = []
        for part in reversed(Part):  # of a word that is listed twice, the first part counts
            for phrase in book.get(part, ()):
                words = tuple(words_of(fold(phrase.replace("*", "")))) or (phrase,)
                if phrase.endswith("*"):
                    self._begun.append((words, part))
                else:
                    self._whole[words] = part
        self._first = {words[0] for words in self._whole} | {words[0] for words, _ in self._begun if len(words) > 1}
        self._stems: tuple[str, ...] = tuple(words[0] for words, _ in self._begun if len(words) == 1)

    def at(self, words: Sequence[str], at: int) -> tuple[int, Part | None]:
        """The longest phrase that begins here: how many words it has, and its part."""
        alone = (words[at],)
        begins = any(each[0] in self._first for each in (alone, *_shorter(alone)))
        if not begins and not words[at].startswith(self._stems):
            return 0, None
        for length in range(min(MOST_WORDS, len(words) - at), 0, -1):
            tried = tuple(words[at : at + length])
            for each in (tried, *_shorter(tried)):
                if each in self._whole:
                    return length, self._whole[each]
            for begun, part in self._begun:
                if len(begun) == length and tried[:-1] == begun[:-1] and tried[-1].startswith(begun[-1]):
                    return length, part
        return 0, None

    def parts(self, words: Sequence[str]) -> Iterator[Part]:
        """The parts that stand anywhere in these words."""
        at = 0
        while at < len(words):
            length, part = self.at(words, at)
            if part is not None:
                yield part
            at += max(1, length)

    def stop_with_a_slip(self, word: str) -> str | None:
        """The stop word that this one may be, typed with one slip: "unsubscrbe"."""
        stops = (words[0] for words, part in self._whole.items() if part is Part.STOP and len(words) == 1)
        return next((each for each in stops if len(each) >= _SHORTEST_SLIP and one_slip(word, each)), None)

    def apart(self, word: str, most: int = 4) -> tuple[str, ...]:
        """The words of which this one is written together; nothing where it is not."""
        if (word,) in self._whole:
            return (word,)
        for cut in range(len(word) - 2, 2, -1) if most > 1 else ():
            if (word[:cut],) in self._whole and (rest := self.apart(word[cut:], most - 1)):
                return (word[:cut], *rest)
        return ()


def _shorter(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The same with letters that are drawn out drawn in: "stoooop"."""
    if any(re.search(r"(.)\1\1", each) for each in words):
        yield tuple(re.sub(r"(.)\1{2,}", r"\1\1", each) for each in words)
        yield tuple(re.sub(r"(.)\1{2,}", r"\1", each) for each in words)
        yield tuple(re.sub(r"(.)\1+$", r"\1", re.sub(r"(.)\1{2,}", r"\1", each)) for each in words)

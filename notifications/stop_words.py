"""What a text asks for, by the words of every language that we know."""

from __future__ import annotations

from functools import cache

from templates import own_words
from tracker.core.outreach.clauses import Part
from tracker.core.outreach.replies import Reader, Reply


def read(words: str) -> Reply:
    """What a text asks for."""
    return _reader().read(words)


@cache
def _reader() -> Reader:
    books = [{part: own_words.texted(code, part.value) for part in Part} for code in own_words.written()]
    return Reader(books, [own_words.sayings(code) for code in own_words.written()])

"""What a text asks for: to hear nothing more, or to hear from us again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from templates import own_words
from tracker.store.outreach.stops import Wish


def read(words: str) -> Wish | None:
    """The wish that a text is, in any case, with any punctuation, in the languages that we know; None: no wish. A
    text that says more is none: staff read it."""
    return _wishes().get(plain(words[:200]))


@cache
def _wishes() -> Mapping[str, Wish]:
    return {plain(each): wish for wish in Wish for each in own_words.texted(wish.value)}


def plain(words: str) -> str:
    """Words without case, accents, punctuation and what cannot be seen."""
    folded = unicodedata.normalize("NFKD", words).casefold()
    letters = "".join(each for each in folded if unicodedata.category(each)[0] not in "MC" or each.isspace())
    return " ".join(re.sub(r"[\W_]+", " ", letters).split())

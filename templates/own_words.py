"""Our own words: what is said where an office has none, and what people text us.

One file for each language, `words/<code>.toml`. What a language lacks is said in English.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from templates import languages

WORDS = Path(__file__).parent / "words"

Tables = Mapping[str, Mapping[str, str | list[str]]]
"""The tables of such a file: a text under each key, or the list of what a text may say."""


@cache
def tables(code: str) -> Tables:
    """The tables of one language; none where it has no file. Raises tomllib.TOMLDecodeError."""
    file = WORDS / f"{code}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def said(language: str, table: str, key: str) -> str:
    """What stands under this key, in this language or else in English. KeyError for a key that English lacks."""
    spoken = languages.understood(language) or languages.SOURCE
    return str(tables(spoken).get(table, {}).get(key) or tables(languages.SOURCE)[table][key])


def texted(wish: str) -> tuple[str, ...]:
    """All that a text may say for this wish ("stop" or "start"), in the languages in their order."""
    known = (tables(file.stem).get("texts", {}) for file in sorted(WORDS.glob("*.toml")))
    return tuple(each for texts in known for each in texts.get(wish, ()))

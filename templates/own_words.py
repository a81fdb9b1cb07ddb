"""Our own words: what is said where an office has none, and what people text us.

One file for each language, `words/<code>.toml`. What a language lacks is said in English.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
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


def written() -> tuple[str, ...]:
    """The languages that have such a file, in their order."""
    return tuple(file.stem for file in sorted(WORDS.glob("*.toml")))


def texted(code: str, part: str) -> tuple[str, ...]:
    """The words of this part (such as "stop" or "courtesy") in what people of one language text us."""
    return tuple(tables(code).get("texts", {}).get(part, ()))


def sayings(code: str) -> Mapping[str, Sequence[str]]:
    """The families and patterns of words by which whole sentences of one language are understood."""
    return {key: tuple(words) for key, words in tables(code).get("sayings", {}).items()}


def answered(language: str, key: str, **given: str) -> str:
    """What we text back (`[answers]`), in this language or else in English. KeyError for a key that English lacks."""
    return said(language, "answers", key).format(**given)

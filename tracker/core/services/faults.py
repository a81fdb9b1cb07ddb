"""What can be wrong with a service definition: a place, what is wrong there, and how to mend it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

MOST_FAULTS = 200
"""More faults than this are not listed: the first ones have to be mended anyway."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """`path` is the key in the file, such as `stages[2].headline.cy` (counted from 0), or a place
    that has no key: `line 12`, `the last line`, `file`."""

    path: str
    problem: str
    remedy: str


Faults = tuple[Fault, ...]
"""Every fault found, in the order of the file. Empty means none."""


def shown(text: str, most: int = 60) -> str:
    """A foreign text that is safe to show in a sentence: one line, printable, not long."""
    cut = text if len(text) <= most else text[: most - 3] + "..."
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in cut)


def below(path: str, key: str) -> str:
    """The path of a key under a path, quoted where TOML would ask for quotes."""
    step = key if _BARE.fullmatch(key) and len(key) <= 60 else '"' + shown(key) + '"'
    return f"{path}.{step}" if path else step


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that the writer most likely meant, or None when nothing comes close."""
    close = difflib.get_close_matches(word[:60].lower(), sorted(set(choices)), n=1, cutoff=0.6)
    return close[0] if close else None


def listed(words: Iterable[str], most: int = 40) -> str:
    """The words in quotes, parted by commas; past `most` the rest is left out."""
    every = list(words)
    tail = ", ..." if len(every) > most else ""
    return ", ".join(f'"{shown(word)}"' for word in every[:most]) + tail


def covered(path: str, blamed: Iterable[str]) -> bool:
    """Whether a fault already stands at this path or at a table around it."""
    return any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in blamed)

"""Tables of traits: a word of a closed set has a row of its own, and none is forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

W = TypeVar("W", bound=StrEnum)
T = TypeVar("T")


def for_each(words: type[W], rows: Mapping[W, T], file: str = "") -> Mapping[W, T]:
    """The table, which has a row for each of these words. Raises LookupError, already when the table is read in, and
    names the words that have none, and the `file` in which the rows are."""
    missing = [each.value for each in words if each not in rows]
    if missing:
        raise LookupError(f"No traits are declared for {words.__name__}: {', '.join(missing)}. Add a row in {file}.")
    return rows

"""Rows of a database without its ids: each is written as what it stands for, so that two databases can be compared."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

DROPPED = frozenset(
    {
        "organisation_id",
        "id",
        "version",
        "reference",
        "source_id",
        "case_id",
        "known_facts",
        "fingerprint",
        "known_fact",
        "curve_id",
        "called",
        "lease_until",
    }
)
"""Columns that hold what is drawn anew each time, or that say it in another way."""


class Names:
    """What the ids of a database stand for."""

    def __init__(self) -> None:
        self.of: dict[str, str] = {}

    def put(self, id_: object, name: str) -> None:
        self.of[str(id_)] = name

    def plain(self, value: Any) -> Any:
        """A value without ids: each is replaced by what it stands for, also inside of words and lists."""
        if isinstance(value, dict):
            return {key: self.plain(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.plain(each) for each in value]
        if isinstance(value, bytes):
            return value.hex()
        if value is None or isinstance(value, bool | int | float):
            return value
        said = value.isoformat() if isinstance(value, date | datetime) else str(value)
        return ":".join(self.of.get(part, part) for part in said.split(":")) if "-" in said else said

    def row(self, row: Any) -> dict[str, Any]:
        """A row, as it is compared."""
        return {name: self.plain(value) for name, value in dict(row).items() if name not in DROPPED}

"""What is personal in a table: marked where the column is declared, and read by all that follows from it.

An erasure is made from these marks (`store.case.erasing_statements`), and so is what no log ever says
(`store.tables.PERSONAL`). A column that could hold words, addresses or hashes says what it is: `personal`, `plain`, or
`Code` by its type. Those of a closed set of words have said so by `one_of`.

Each mark is what a `Column` takes: `Column(JSONB, nullable=False, **personal("'[]'"))`, or
`Field(sa_type=Text, sa_column_kwargs=personal())`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from sqlalchemy import Column, String, Table

_KEY: Final = "personal"


class Code(String):
    """A code, an id or a name that an office gave to a thing: it stays when a case is erased, and names nobody."""


@dataclass(frozen=True, slots=True)
class PersonalColumn:
    """How a personal column is erased. `put`: the SQL that takes the place of what it holds; none where the row goes
    as a whole, or where it is `kept` from an erasure of cases, and why."""

    put: str | None = None
    kept: str | None = None

    @property
    def goes(self) -> bool:
        """Whether an erasure of the case changes it."""
        return self.kept is None


def personal(put: str = "NULL") -> dict[str, Any]:
    """It goes with its case: by the foreign keys that lead from its row to one. `put` stands in its place, as SQL."""
    return {"info": {_KEY: PersonalColumn(put)}}


def personal_row() -> dict[str, Any]:
    """The whole row goes with its case."""
    return {"info": {_KEY: PersonalColumn()}}


def personal_stays(why: str) -> dict[str, Any]:
    """It is somebody's, and no erasure of a case takes it: say why."""
    return {"info": {_KEY: PersonalColumn(kept=why)}}


def plain(why: str) -> dict[str, Any]:
    """It is text, JSON or a hash, and nobody's: say why."""
    return {"info": {"plain": why}}


def mark_of(column: Column[Any]) -> PersonalColumn | None:
    """The mark of a column that is personal."""
    mark: PersonalColumn | None = column.info.get(_KEY)
    return mark


def going(table: Table) -> dict[str, PersonalColumn]:
    """The columns of a table that are erased with a case, by name."""
    marks = ((each.name, mark_of(each)) for each in table.columns)
    return {name: mark for name, mark in marks if mark is not None and mark.goes}


def emptied(table: Table) -> str:
    """All that is personal in a row set to what an erasure puts there: of an UPDATE what stands after SET."""
    return ", ".join(f'"{name}" = {mark.put}' for name, mark in going(table).items() if mark.put is not None)


def only_staying(column: str, kept: Collection[str], empty: Mapping[str, Any]) -> str:
    """What is put in place of an object of which some keys stay: `empty`, and on top of it those that it has."""
    return (
        f"'{orjson.dumps(empty).decode()}' || coalesce((SELECT jsonb_object_agg(key, value) FROM jsonb_each({column}) "
        f"WHERE key = ANY('{{{','.join(sorted(kept))}}}')), '{{}}')"
    )

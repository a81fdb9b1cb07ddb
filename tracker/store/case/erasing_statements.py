"""The statements of an erasure, made from what is marked personal where the tables are declared.

A row belongs to a case by its foreign keys: to the case itself, or to a row without which it could not be (a party to
an entry, a receipt to an attempt, an attempt to a message). Ids are asked for first and then named one by one: as one
statement with subqueries, a table whose statistics are old (after a bulk of new cases) is read whole for each row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from sqlalchemy import MetaData, Table, TextClause, text

from tracker.store.ground.personal import emptied, going

CASE: Final = "case"
"""What an erasure begins with. Its id is the parameter of that name; ids of another table's rows go under its own."""


@dataclass(frozen=True, slots=True)
class Belonging:
    """By which of its columns a row belongs to a row of another table."""

    column: str
    owner: str


@dataclass(frozen=True, slots=True)
class ErasingStep:
    """One statement about the rows of a table that belong to rows of `owner`: the case, or rows asked for before."""

    table: str
    owner: str
    statement: TextClause


@dataclass(frozen=True, slots=True)
class Erasure:
    """What erasing one case takes: ids to ask for, each by those before it, and then what is done to each table."""

    asked: tuple[ErasingStep, ...]
    taken: tuple[ErasingStep, ...]


@cache
def erasure(metadata: MetaData) -> Erasure:
    """The erasure of a case in these tables: rows are emptied, those first that others belong to, then deleted, those
    first that belong to others.

    Raises LookupError where something is marked to go with a case, and its table belongs to none.
    """
    tables = [each for each in metadata.sorted_tables if going(each)]
    owners = {owner for each in tables for owner in _owners(each, metadata)}
    asked = tuple(_asking(each, metadata) for each in metadata.sorted_tables if each.name in owners)
    kept = [_emptying(each, metadata) for each in tables if not _is_deleted(each)]
    deleted = [_deleting(each, metadata) for each in reversed(tables) if _is_deleted(each)]
    return Erasure(asked, (*kept, *deleted))


def belonging(table: Table, metadata: MetaData) -> Belonging | None:
    """By what the rows of a table belong to a case, at once or through others; None: they belong to none."""
    if table.name == CASE:
        return Belonging("id", CASE)
    keys = sorted(_keys(table), key=lambda key: (key.owner != CASE, key.column))
    for key in keys:
        if key.owner == CASE or (
            not table.columns[key.column].nullable and belonging(metadata.tables[key.owner], metadata) is not None
        ):
            return key
    return None


def _keys(table: Table) -> Iterator[Belonging]:
    """The rows of other tables that a row names by their ids."""
    for constraint in table.foreign_key_constraints:
        for element in constraint.elements:
            owner, _, column = element.target_fullname.rpartition(".")
            if column == "id" and owner != table.name:
                yield Belonging(element.parent.name, owner)


def _owners(table: Table, metadata: MetaData) -> Iterator[str]:
    """The tables through which the rows of a table belong to a case."""
    found = _belonging(table, metadata)
    if found.owner != CASE:
        yield found.owner
        yield from _owners(metadata.tables[found.owner], metadata)


def _belonging(table: Table, metadata: MetaData) -> Belonging:
    found = belonging(table, metadata)
    if found is None:
        raise LookupError(
            f"{table.name} holds what goes with a case, and belongs to none: give it a foreign key that leads to one, "
            "or mark its columns personal_stays, and say why"
        )
    return found


def _asking(table: Table, metadata: MetaData) -> ErasingStep:
    return _step(table, metadata, f'SELECT id FROM "{table.name}"', "")


def _is_deleted(table: Table) -> bool:
    """Whether a mark says that the whole row goes."""
    return any(mark.put is None for mark in going(table).values())


def _deleting(table: Table, metadata: MetaData) -> ErasingStep:
    return _step(table, metadata, f'DELETE FROM "{table.name}"', "")


def _emptying(table: Table, metadata: MetaData) -> ErasingStep:
    """What is but null when it is gone is not written again."""
    columns = going(table)
    held = " OR ".join(f'"{name}" IS NOT NULL' for name in columns)
    end = f" AND ({held})" if {mark.put for mark in columns.values()} == {"NULL"} else ""
    return _step(table, metadata, f'UPDATE "{table.name}" SET {emptied(table)}', end)


def _step(table: Table, metadata: MetaData, beginning: str, end: str) -> ErasingStep:
    found = _belonging(table, metadata)
    whose = f"= :{CASE}" if found.owner == CASE else f"= ANY(:{found.owner})"
    where = f'organisation_id = :organisation AND mode = :mode AND "{found.column}" {whose}{end}'
    return ErasingStep(table.name, found.owner, text(f"{beginning} WHERE {where}"))

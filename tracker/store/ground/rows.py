"""Rows as records: what leaves the store has types. A record's fields are the columns of its query, in their order."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Result

from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode
from tracker.store.ground.json_rows import reader

Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class ScopedRow:
    """A row that says whose it is; what else it has comes after."""

    organisation_id: UUID
    mode: Mode

    @property
    def scope(self) -> Scope:
        """Whose row it is."""
        return Scope(self.organisation_id, self.mode)


class ColumnsDiffer(TypeError):
    """A query does not bring the fields of its record: name its columns like them, in their order."""


def rows_of(of: type[Record], result: Result[Any]) -> list[Record]:
    """All rows of a result, as such records."""
    converted = _agreed(of, result)
    return [of(*_converted(row, converted)) for row in result]


def row_of(of: type[Record], result: Result[Any]) -> Record | None:
    """The row of a result as such a record; None when there is none. Raises MultipleResultsFound."""
    converted = _agreed(of, result)
    row = result.one_or_none()
    return None if row is None else of(*_converted(row, converted))


def one_row_of(of: type[Record], result: Result[Any]) -> Record:
    """The row of a result that always has one. Raises NoResultFound, MultipleResultsFound."""
    converted = _agreed(of, result)
    return of(*_converted(result.one(), converted))


Converted = list[tuple[int, Callable[[Any], Any]]]
"""The places of the columns that the driver brings in another form than their field has, and what makes it of them."""


def _agreed(of: type[Any], result: Result[Any]) -> Converted:
    """What is to be converted for such records. Raises ColumnsDiffer."""
    names, converted = _shape(typing.cast(Any, of))
    found = tuple(result.keys())
    if found != names:
        raise ColumnsDiffer(f"{of.__name__} has the fields {', '.join(names)}; its query brings {', '.join(found)}")
    return converted


def _converted(row: Sequence[Any], converted: Converted) -> Sequence[Any]:
    if not converted:
        return row
    values = list(row)
    for place, convert in converted:
        if values[place] is not None:
            values[place] = convert(values[place])
    return values


@cache
def _shape(of: type[Any]) -> tuple[tuple[str, ...], Converted]:
    """The names of a record's fields, and how those are read which are words of a closed set, or rows as JSON."""
    names, hints = tuple(each.name for each in fields(of)), typing.get_type_hints(of)
    found = ((place, _converter(hints[name])) for place, name in enumerate(names))
    return names, [(place, convert) for place, convert in found if convert is not None]


def _converter(hint: Any) -> Callable[[Any], Any] | None:
    """How a column is read into a field of this type; None where the driver brings it as it is."""
    if isinstance(hint, types.UnionType):
        hint = next(each for each in typing.get_args(hint) if each is not types.NoneType)
    if typing.get_origin(hint) is tuple:  # of rows as JSON
        inner = typing.get_args(hint)[0]
        read: Callable[[Any], Any] = reader(inner)
        return lambda value: tuple(read(each) for each in value)
    return hint if isinstance(hint, type) and issubclass(hint, StrEnum) else None

"""Rows as JSON, both ways: a record's fields bear the names of the columns, and their types say how each is read."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

import orjson

Record = TypeVar("Record")


def reader(of: type[Record]) -> Callable[[Mapping[str, Any]], Record]:
    """A function that makes such a record of a row that came as JSON. Fields without a default must be there."""
    hints = typing.get_type_hints(of)
    converted = [(each.name, _converter(hints[each.name])) for each in fields(typing.cast(Any, of))]
    plain = [name for name, convert in converted if convert is None]
    others = [(name, convert) for name, convert in converted if convert is not None]
    optional = {each.name for each in fields(typing.cast(Any, of)) if each.default is not each.default_factory}

    def read(row: Mapping[str, Any]) -> Record:
        values = {name: row[name] for name in plain if name in row or name not in optional}
        for name, convert in others:
            if name in row or name not in optional:
                value = row[name]
                values[name] = None if value is None else convert(value)
        return of(**values)

    return read


def _converter(hint: Any) -> Callable[[Any], Any] | None:
    """How a field of this type is read; None where JSON says it as it is."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        hint = next(each for each in typing.get_args(hint) if each is not types.NoneType)
    if typing.get_origin(hint) is list:
        inner = _converter(typing.get_args(hint)[0])
        return None if inner is None else lambda value: [inner(each) for each in value]
    if hint is bytes:
        return lambda value: bytes.fromhex(value[2:])
    if hint in (UUID,):
        return UUID
    if hint in (datetime, date):
        return typing.cast(Callable[[Any], Any], hint.fromisoformat)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    return None


def written(rows: Iterable[Any]) -> str:
    """Records or dictionaries as a JSON array, as PostgreSQL's json_populate_recordset reads it."""
    return orjson.dumps(list(rows), default=_other).decode()


def _other(value: object) -> str:
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, UUID):  # the driver's own kind of them
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")

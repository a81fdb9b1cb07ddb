"""Column types and constraints that every table shares: aware instants, words checked by the database."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

import uuid_utils.compat as uuid_utils
from sqlalchemy import CheckConstraint, ColumnElement, DateTime, ForeignKeyConstraint, Table
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import SQLModel

from tracker.core.vocabulary.scope import Scope


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as timestamptz and read back in UTC.

    A naive value is refused: asyncpg would silently take it for local time and shift it.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse what has no offset."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"the naive time {value.isoformat()} cannot be stored: give it an offset")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read in UTC."""
        return None if value is None else value.astimezone(UTC)


def listed(words: Iterable[StrEnum]) -> str:
    """Words of a closed set as SQL lists them: `'due', 'held'`."""
    return ", ".join(f"'{word.value}'" for word in words)


def one_of(column: str, words: type[StrEnum], *, optional: bool = False) -> CheckConstraint:
    """The column holds one of these words: SQLModel validates nothing when a table row is built."""
    clause = f"{column} IN ({listed(words)})"
    return CheckConstraint(f"{column} IS NULL OR {clause}" if optional else clause, name=f"{column}_word")


def belongs_to(target: str, column: str, *, mode: bool = True) -> ForeignKeyConstraint:
    """A foreign key that carries the organisation (and mode), so that no row can point into another's data."""
    if mode:
        return ForeignKeyConstraint(
            ["organisation_id", "mode", column], [f"{target}.organisation_id", f"{target}.mode", f"{target}.id"]
        )
    return ForeignKeyConstraint(["organisation_id", column], [f"{target}.organisation_id", f"{target}.id"])


def table(model: type[SQLModel]) -> Table:
    """The Core table of a model: hot paths read rows, not objects."""
    return cast(Table, cast(Any, model).__table__)


def of_scope(rows: Table, scope: Scope) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """That rows of a table are of this scope."""
    return rows.c.organisation_id == scope.organisation_id, rows.c.mode == scope.mode


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): unique, and in order of creation, so that indexes grow at one end."""
    return uuid_utils.uuid7()

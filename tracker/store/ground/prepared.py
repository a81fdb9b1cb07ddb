"""Statements that are carried out for every event: made ready once, and then handed to the driver itself.

What SQLAlchemy makes of a result serves many uses, and takes longer than the driver needs to bring it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import text
from sqlalchemy.dialects.postgresql.asyncpg import dialect
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.store.ground.engine import driver_of

_DIALECT = dialect()  # type: ignore[no-untyped-call]  # the library gives it no types


class PreparedStatement:
    """A statement with named values (`:name`), each of which says of what type it is. It answers with one row."""

    def __init__(self, sql: str) -> None:
        compiled = text(sql).compile(dialect=_DIALECT)
        self._sql, self._names = str(compiled), compiled.positiontup or ()

    async def row(self, connection: AsyncConnection, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Carry it out; the row, by the names of its columns. Not to be the first statement of a transaction, since it
        begins none. Raises the driver's own errors (asyncpg.PostgresError)."""
        driver = await driver_of(connection)
        try:
            found = await driver.fetchrow(self._sql, *(values[name] for name in self._names))
        except Exception:
            if driver.is_closed():
                await connection.invalidate()  # there is nothing left to roll back
            raise
        assert found is not None, "a statement without a row"
        return cast(Mapping[str, Any], found)

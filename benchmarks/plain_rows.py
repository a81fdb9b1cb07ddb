"""The rows that an intake wrote, and plain SQL by asyncpg that writes the same: one by one, in bulk, or by COPY."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import asyncpg

from benchmarks.side_by_side import reached

TABLES = ("entry", "promise", "recipient", "message", "case", "party", "alert", "audit")
"""The tables that the intake of an event may write, in an order that the foreign keys allow; but for `heard`, which
is written once a minute."""

COPIED = ("case", "entry", "party", "recipient", "promise", "message")
"""The tables of a history, in an order that the foreign keys allow."""

KEY = ("organisation_id", "mode", "id")

Statement = tuple[str, list[Any]]


async def rows_of(connection: asyncpg.Connection, table: str) -> dict[tuple[Any, ...], Mapping[str, Any]]:
    """Every row of a table, by its key."""
    rows = [dict(row) for row in await connection.fetch(f'SELECT * FROM "{table}"')]
    return {tuple(row.get(name) for name in (*KEY, "source_id", "entry_id")): row for row in rows}


async def written(url: str, work: Callable[[], Any]) -> dict[Any, list[Statement]]:
    """The rows that `work` writes, as plain statements, by the id of their case."""
    connection = await asyncpg.connect(**reached(url))
    try:
        before = {table: await rows_of(connection, table) for table in TABLES}
        await work()
        found: dict[Any, list[Statement]] = {}
        for table in TABLES:
            for key, row in (await rows_of(connection, table)).items():
                if row != before[table].get(key):
                    case = row["id"] if table == "case" else row.get("case_id")
                    assert case is not None, f"a row of {table} that belongs to no case"
                    found.setdefault(case, []).append(_statement(table, before[table].get(key), row))
    finally:
        await connection.close()
    return found


def _statement(table: str, before: Mapping[str, Any] | None, row: Mapping[str, Any]) -> Statement:
    if before is None:
        places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
        columns = ", ".join(f'"{name}"' for name in row)
        return f'INSERT INTO "{table}" ({columns}) VALUES ({places})', list(row.values())
    changed = {name: value for name, value in row.items() if before[name] != value}
    sets = ", ".join(f'"{name}" = ${number}' for number, name in enumerate(changed, len(KEY) + 1))
    return (
        f'UPDATE "{table}" SET {sets} WHERE organisation_id = $1 AND mode = $2 AND id = $3',
        [*(row[name] for name in KEY), *changed.values()],
    )


async def write(connection: asyncpg.Connection, statements: Sequence[Statement]) -> None:
    """One event by plain SQL."""
    async with connection.transaction():
        for sql, values in statements:
            await connection.execute(sql, *values)


async def write_many(connection: asyncpg.Connection, events: Sequence[Sequence[Statement]]) -> None:
    """A chunk of events in bulk: what is written in one way goes together."""
    together: dict[str, list[list[Any]]] = {}
    for statements in events:
        for sql, values in statements:
            together.setdefault(sql, []).append(values)
    async with connection.transaction():
        for sql, rows in together.items():
            await connection.executemany(sql, rows)


async def copy_many(connection: asyncpg.Connection, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """The rows of whole histories by COPY, table by table."""
    async with connection.transaction():
        for table in COPIED:
            if rows.get(table):
                columns = list(rows[table][0])
                records = [tuple(row.values()) for row in rows[table]]
                await connection.copy_records_to_table(table, records=records, columns=columns)


async def histories(url: str) -> dict[str, dict[str, list[Mapping[str, Any]]]]:
    """The rows that came of the histories: by case number, and by table."""
    connection = await asyncpg.connect(**reached(url))
    try:
        cases = {row["id"]: row["number"] for row in await connection.fetch('SELECT id, number FROM "case"')}
        entries: dict[Any, Any] = {}
        found: dict[str, dict[str, list[Mapping[str, Any]]]] = {}
        for table in COPIED:
            for record in await connection.fetch(f'SELECT * FROM "{table}"'):
                row = dict(record)
                case = row["id"] if table == "case" else row.get("case_id") or entries.get(row.get("entry_id"))
                if table == "entry":
                    entries[row["id"]] = row["case_id"]
                number = cases.get(case, "")
                if number.startswith("H-"):
                    found.setdefault(number, {}).setdefault(table, []).append(row)
    finally:
        await connection.close()
    return found

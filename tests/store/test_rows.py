"""What leaves the store has types: rows come out as the records that their queries promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import NoResultFound

from tracker.core.vocabulary.words import Channel, Mode
from tracker.store.ground.engine import Store
from tracker.store.ground.rows import ColumnsDiffer, one_row_of, row_of, rows_of


@dataclass(frozen=True, slots=True)
class Line:
    """A row within a row, as JSON."""

    on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Read:
    """A row with words of closed sets."""

    mode: Mode
    channel: Channel | None
    number: int
    lines: tuple[Line, ...]


QUERY = """
    SELECT * FROM (VALUES ('live', 'sms', 1, '[{"on": "2026-03-01", "note": "a"}, {"on": null, "note": "b"}]'::jsonb),
        ('test', NULL, 2, '[]'::jsonb)) AS v (mode, channel, number, lines)
"""


async def test_words_come_out_as_words_of_their_sets_and_rows_within_rows_as_records(store: Store) -> None:
    async with store.reading() as connection:
        first, second = rows_of(Read, await connection.execute(text(QUERY)))
    assert first == Read(Mode.LIVE, Channel.SMS, 1, (Line(date(2026, 3, 1), "a"), Line(None, "b")))
    assert first.mode is Mode.LIVE and first.channel is Channel.SMS
    assert second == Read(Mode.TEST, None, 2, ())


async def test_one_row_is_asked_for_or_none(store: Store) -> None:
    async with store.reading() as connection:
        found = row_of(Read, await connection.execute(text(f"{QUERY} WHERE number = 2")))
        assert found is not None and found == one_row_of(
            Read, await connection.execute(text(f"{QUERY} LIMIT 1 OFFSET 1"))
        )
        assert row_of(Read, await connection.execute(text(f"{QUERY} LIMIT 0"))) is None
        with pytest.raises(NoResultFound):
            one_row_of(Read, await connection.execute(text(f"{QUERY} LIMIT 0")))


@pytest.mark.parametrize(
    "columns", ["mode, channel, number", "mode, channel, lines, number", "mode, channel, number, 1"]
)
async def test_a_query_that_brings_other_columns_than_its_record_has_is_refused(store: Store, columns: str) -> None:
    async with store.reading() as connection:
        with pytest.raises(ColumnsDiffer, match="Read has the fields mode, channel, number, lines"):
            rows_of(Read, await connection.execute(text(f"SELECT {columns} FROM ({QUERY} LIMIT 0) q")))

"""Counts of failed tries, per window of time, so that guessing is slow whoever does it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import Field, SQLModel

from tracker.store.ground.columns import Instant
from tracker.store.ground.personal import personal_stays


class Failure(SQLModel, table=True):
    """Failed tries of one kind in one window. `bucket` is a keyed hash: no reference and no address is kept."""

    __table_args__ = (Index("failure_window", "window_at"),)
    bucket: bytes = Field(
        primary_key=True, sa_column_kwargs=personal_stays("a keyed hash of a reference or an address, for a day")
    )
    window_at: datetime = Field(primary_key=True, sa_type=Instant)
    times: int


_WINDOW = "date_bin(make_interval(secs => :seconds), clock_timestamp(), TIMESTAMPTZ 'epoch')"

_COUNTS = text(f"SELECT bucket, times FROM failure WHERE bucket = ANY(:buckets) AND window_at = {_WINDOW}")

_ADD = text(
    f"""
    INSERT INTO failure (bucket, window_at, times) VALUES (:bucket, {_WINDOW}, 1)
    ON CONFLICT (bucket, window_at) DO UPDATE SET times = failure.times + 1
    """
)

_FORGET = text(
    """
    DELETE FROM failure WHERE (bucket, window_at) IN (
        SELECT bucket, window_at FROM failure WHERE window_at < clock_timestamp() - interval '1 day' LIMIT :limit)
    """
)


async def counts(connection: AsyncConnection, buckets: list[bytes], seconds: int) -> dict[bytes, int]:
    """Failures in the present window, by bucket."""
    rows = await connection.execute(_COUNTS, {"buckets": buckets, "seconds": seconds})
    return {row[0]: row[1] for row in rows.all()}


async def add(connection: AsyncConnection, buckets: list[bytes], seconds: int) -> None:
    """Count one failure in each bucket."""
    await connection.execute(_ADD, [{"bucket": bucket, "seconds": seconds} for bucket in sorted(buckets)])


async def forget(connection: AsyncConnection, limit: int = 1000) -> None:
    """Drop counts of windows long past."""
    await connection.execute(_FORGET, {"limit": limit})

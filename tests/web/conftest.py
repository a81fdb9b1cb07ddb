"""The application over a database of its own, called through HTTP within the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.http import Site, open_site
from tracker.flows.answers.tries import WINDOW_SECONDS
from tracker.store.ground.engine import Store

LONGEST_SECONDS = 45
_PASSED = text(f"SELECT CAST(extract(epoch FROM clock_timestamp()) AS bigint) % {WINDOW_SECONDS}")


@pytest.fixture
async def site(store: Store, tmp_path: Path) -> AsyncIterator[Site]:
    """The application, an office and its key."""
    async with open_site(store, tmp_path) as opened:
        yield opened


@pytest.fixture
async def one_window(store: Store) -> None:
    """Failed tries are counted in windows of time: one that has just begun, or lasts long enough for a test's tries.
    Else a slow machine would try half of them in the next, where nothing was counted."""
    async with store.reading() as connection:
        left = WINDOW_SECONDS - (await connection.scalar(_PASSED))
    if left < LONGEST_SECONDS:
        await asyncio.sleep(left + 1)

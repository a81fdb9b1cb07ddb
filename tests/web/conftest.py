"""The application over a database of its own, called through HTTP within the process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.http import Site, open_site
from tracker.store.engine import Store


@pytest.fixture
async def site(store: Store, tmp_path: Path) -> AsyncIterator[Site]:
    """The application, an office and its key."""
    async with open_site(store, tmp_path) as opened:
        yield opened

"""What the tests of flows share."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.conftest import Postgres
from tracker.store.ground.engine import Store, open_store


@pytest.fixture
def ground(postgres: Postgres) -> Iterator[tuple[asyncio.Runner, Store]]:
    """One database for all examples of a test, and the loop that its connections belong to."""
    with asyncio.Runner() as runner:
        name, url = runner.run(postgres.fresh())
        store = open_store(url, pool_size=4)
        yield runner, store
        runner.run(store.close())
        runner.run(postgres.drop(name))

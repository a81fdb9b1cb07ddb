"""One embedded PostgreSQL for the whole run; a database copied from a migrated template for each test."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from tracker.store.embedded.server import start
from tracker.store.ground.engine import Store, open_store
from tracker.store.schema import migrate

TEMPLATE = "template_tracker"


async def _admin(url: str, *statements: str) -> None:
    parsed = make_url(url)
    connection = await asyncpg.connect(
        host=parsed.query["host"], port=int(str(parsed.query["port"])), user="tracker", database="tracker"
    )
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def _make_template(server_url: str, template_url: str) -> None:
    await _admin(server_url, f'DROP DATABASE IF EXISTS "{TEMPLATE}"', f'CREATE DATABASE "{TEMPLATE}"')
    store = open_store(template_url, pool_size=1)
    await migrate(store)
    await store.close()


def pytest_collection_finish() -> None:
    """Ten thousand collected tests stay to the end: the garbage collector need not walk through them time and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _logging_as_found() -> Iterator[None]:
    """A command that a test runs in this process sets up the logs; the next test finds them as pytest left them."""
    root = logging.getLogger()
    found = {name: each.level for name, each in root.manager.loggerDict.items() if isinstance(each, logging.Logger)}
    level, handlers = root.level, list(root.handlers)
    yield
    root.setLevel(level)
    root.handlers[:] = handlers
    for name, each in root.manager.loggerDict.items():
        if isinstance(each, logging.Logger):
            each.setLevel(found.get(name, logging.NOTSET))


def _ground() -> Path | None:
    """In memory, where there is plenty: a database of hundreds of files is copied for every test, and thrown away."""
    memory = Path("/dev/shm")
    plenty = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 4 * 2**30
    return memory if plenty else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server, with a template database that the migrations have made."""
    with tempfile.TemporaryDirectory(prefix="tmr-", dir=_ground()) as folder:
        server = start(Path(folder) / "data", unsafe_without_fsync=True)
        try:
            asyncio.run(_make_template(server.url(), server.url(TEMPLATE)))
            yield Postgres(server.url, server)
        finally:
            server.close()


class Postgres:
    """Hands out fresh databases."""

    def __init__(self, url: object, server: object) -> None:
        self.url = url
        self.server = server

    async def fresh(self) -> tuple[str, str]:
        """A new database with the schema: its name and its URL."""
        name = f"t_{os.getpid()}_{uuid.uuid4().hex[:12]}"
        await _admin(self.url("tracker"), f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}" STRATEGY FILE_COPY')
        return name, self.url(name)

    async def drop(self, name: str) -> None:
        try:
            await _admin(self.url("tracker"), f'DROP DATABASE "{name}"')
        except asyncpg.ObjectInUseError:  # a test that broke off left a connection behind
            await _admin(self.url("tracker"), f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def store(postgres: Postgres) -> AsyncIterator[Store]:
    """A store over a database of its own."""
    name, url = await postgres.fresh()
    opened = open_store(url, pool_size=10)
    yield opened
    await opened.close()
    await postgres.drop(name)

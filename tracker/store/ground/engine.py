"""The way to the database: `transaction()` to change something, `reading()` to look."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

import asyncpg
import orjson
from sqlalchemy import event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

TRUSTED_SECONDS = 1.0
"""A connection that was used so recently is only asked whether it was hung up on; one that rested longer is tried."""


_ALIVE = text("SELECT 1")


@dataclass(frozen=True, slots=True)
class Store:
    """One pool of connections. No transaction and no connection is held while a provider is being called.

    `turns`: to be held while cases are decided about, since a decision keeps its connection while it waits for the lock
    of a number: so many batches about one number leave connections to those who only look.
    """

    engine: AsyncEngine
    turns: asyncio.Semaphore

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end of the block, rolled back if it raises."""
        async with self.engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def transaction_after(self, first: str) -> AsyncIterator[AsyncConnection]:
        """One transaction whose beginning is sent together with its first statements: these take no way of their own
        to the server and back. `first` is carried out as it stands: what comes from outside must not be in it."""
        async with self.reading() as connection:  # so that nobody else begins a transaction or ends it
            driver = await driver_of(connection)
            try:
                await driver.execute(f"BEGIN; {first}")
                yield connection
                await driver.execute("COMMIT")
            except BaseException:
                await _roll_back(connection, driver)
                raise

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for questions only: each statement stands by itself, so there is no transaction to end."""
        async with self.engine.connect() as connection:
            yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    async def alive(self) -> bool:
        """Whether the database answers."""
        async with self.reading() as connection:
            return bool((await connection.execute(_ALIVE)).scalar_one() == 1)

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()


async def driver_of(connection: AsyncConnection) -> asyncpg.Connection:
    """The driver's own connection, for what SQLAlchemy has no word for, or makes slow."""
    return cast(asyncpg.Connection, (await connection.get_raw_connection()).driver_connection)


async def _roll_back(connection: AsyncConnection, driver: asyncpg.Connection) -> None:
    """End a transaction without effect; a connection on which that cannot be done is used no more."""
    try:
        await driver.execute("ROLLBACK")
    except BaseException:
        await connection.invalidate()


def open_store(url: str, *, pool_size: int = 10) -> Store:
    """A store on this database (`postgresql+asyncpg://...`); connections are made when first needed."""
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_use_lifo=True,  # the connection that was used last has its plans and its caches warm
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={"server_settings": {"timezone": "UTC", "application_name": "tracker", "jit": "off"}},
    )
    _ping_before_use(engine)
    return Store(engine, asyncio.Semaphore(max(1, pool_size - max(1, pool_size // 4))))


def _ping_before_use(engine: AsyncEngine) -> None:
    """Find dead connections before they are used, as pool_pre_ping does. That asks the server three times before each
    use, for longer than a page takes; here it is asked only over a connection that rested for a while. One that the
    server closed, as it does when it stops or crashes, is known without asking. All others are then made anew, too.
    """

    @event.listens_for(engine.sync_engine, "checkin")
    def note(connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
        record.info["rests_since"] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def ping(connection: DBAPIConnection, record: ConnectionPoolEntry, _: object) -> None:
        rests_since = record.info.get("rests_since")
        if rests_since is None:  # it has just been made
            return
        if connection.driver_connection.is_closed():
            raise InvalidatePoolError
        if time.monotonic() - rests_since > TRUSTED_SECONDS:
            try:
                connection.ping()
            except engine.dialect.loaded_dbapi.Error as fault:
                raise InvalidatePoolError from fault

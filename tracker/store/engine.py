"""The way to the database: `transaction()` to change something, `reading()` to look."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine


@dataclass(frozen=True, slots=True)
class Store:
    """One pool of connections. No transaction and no connection is held while a provider is being called."""

    engine: AsyncEngine

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """One transaction: committed at the end of the block, rolled back if it raises."""
        async with self.engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for questions only: each statement stands by itself, so there is no transaction to end."""
        async with self.engine.connect() as connection:
            yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    async def alive(self) -> bool:
        """Whether the database answers."""
        async with self.reading() as connection:
            return bool((await connection.execute(text("SELECT 1"))).scalar_one() == 1)

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()


def open_store(url: str, *, pool_size: int = 10) -> Store:
    """A store on this database (`postgresql+asyncpg://...`); connections are made when first needed."""
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=True,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={"server_settings": {"timezone": "UTC", "application_name": "tracker", "jit": "off"}},
    )
    return Store(engine)

"""Runs migrations on the connection that it is given, or on TRACKER_DATABASE_URL."""

from __future__ import annotations

import asyncio
import os

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from tracker.store.tables import METADATA


def migrate(connection: Connection) -> None:
    """Run what is missing, in one transaction."""
    context.configure(connection=connection, target_metadata=METADATA, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


async def _connect_and_migrate() -> None:
    engine = create_async_engine(os.environ["TRACKER_DATABASE_URL"])
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


given = context.config.attributes.get("connection")
if context.is_offline_mode():
    context.configure(dialect_name="postgresql", target_metadata=METADATA, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
elif given is not None:
    migrate(given)
else:
    asyncio.run(_connect_and_migrate())

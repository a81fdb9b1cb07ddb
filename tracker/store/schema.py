"""Brings a database to the schema of this release."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from tracker.store.ground.engine import Store

_MIGRATING = 0x7261636B
"""The advisory lock under which one process migrates while others wait."""

_LOCK = text("SELECT pg_advisory_xact_lock(:key)")


async def migrate(store: Store) -> None:
    """Run the migrations that are missing; safe to call from several processes at once."""
    async with store.transaction() as connection:
        await connection.execute(_LOCK, {"key": _MIGRATING})
        await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", "migrations:")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

"""Who of several leads: the one whose own connection holds an advisory lock.

The lock belongs to the session: it ends with the connection, whoever cut it, and outlives no process. It says who
should work, and makes nothing safe: for a moment two may believe that they lead.
"""

from __future__ import annotations

import asyncio
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from tracker.store.ground.engine import Store

APPLICATION: Final = "tracker-lead"
"""What the connection calls itself in `pg_stat_activity`."""

ANSWER_SECONDS: Final = 5.0
"""A database that takes longer over a single row is as good as away."""

_LOCK: Final = 0x7469636B
_TAKE = text("SELECT pg_try_advisory_lock(:key), pg_backend_pid()").bindparams(key=_LOCK)
_WHO = text("SELECT pg_backend_pid()")


class Leadership:
    """One candidate. It has a connection of its own beside the pool, which work in hand may have used up."""

    def __init__(self, store: Store) -> None:
        self._engine = create_async_engine(
            store.engine.url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            # A host that vanished without a word is noticed by the server, too, so that another can lead.
            connect_args={
                "server_settings": {
                    "application_name": APPLICATION,
                    "timezone": "UTC",
                    "tcp_keepalives_idle": "5",
                    "tcp_keepalives_interval": "5",
                    "tcp_keepalives_count": "2",
                }
            },
        )
        self._connection: AsyncConnection | None = None
        self._session: int | None = None
        self._turn = asyncio.Lock()

    async def take(self) -> bool:
        """Try to lead; False while another does. Raises what is raised when the database is away."""
        async with self._turn:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    if self._connection is None:
                        self._connection = await self._engine.connect()
                    taken, session = (await self._connection.execute(_TAKE)).one()
            except BaseException:
                await self._drop()
                raise
            self._session = session if taken else None
            return bool(taken)

    async def holds(self) -> bool:
        """Whether the lock is still ours: asked of the session that took it, in one round trip. False also when
        there is no answer."""
        async with self._turn:
            if self._connection is None or self._session is None:
                return False
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    # Compared, for a broken connection is silently replaced by a new one, which holds nothing.
                    held = bool((await self._connection.execute(_WHO)).scalar_one() == self._session)
            except Exception:
                held = False
            except BaseException:
                await self._drop()
                raise
            if not held:
                await self._drop()
            return held

    async def leave(self) -> None:
        """Give up the lock, and the connection with it."""
        async with self._turn:
            await self._drop()

    async def _drop(self) -> None:
        connection, self._connection, self._session = self._connection, None, None
        if connection is not None:
            await connection.invalidate()
            await connection.close()

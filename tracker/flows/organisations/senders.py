"""Who is reporting."""

from __future__ import annotations

import hashlib

from tracker.core.vocabulary.errors import UnknownKey
from tracker.store.ground.engine import Store
from tracker.store.organisations import keys
from tracker.store.organisations.keys import Sender


async def recognise(store: Store, token: str) -> Sender:
    """Who is sending, by an API key. Raises UnknownKey."""
    async with store.reading() as connection:
        sender = await keys.sender_by_digest(connection, hashlib.sha256(token.encode()).digest())
    if sender is None:
        raise UnknownKey
    return sender

"""Put on record that somebody was told of a date: the first time for each audience and channel.

What was sent is put on record by the store, where a carrier's answer is written.
"""

from __future__ import annotations

import asyncio
import logging

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.answers.facts import CaseFacts
from tracker.core.answers.tellings import Listener, Way, untold
from tracker.core.vocabulary.scope import Scope
from tracker.store.ground.engine import Store
from tracker.store.promises import tellings

log = logging.getLogger(__name__)

SECONDS = 2.0
"""How long a page waits for its date to be put on record."""


async def shown(store: Store, scope: Scope, facts: CaseFacts, listener: Listener, way: Way) -> None:
    """A page or an answer with these facts is about to be shown. Writes nothing when its dates are on record.

    In a transaction of its own that raises nothing: on a standby that can only be read the page is shown all the same.
    """
    if not untold(facts, listener, way):
        return
    try:
        async with asyncio.timeout(SECONDS), store.transaction() as connection:
            await told(connection, scope, facts, listener, way)
    except Exception as fault:  # whatever it is: who waits for an answer must not wait for our books
        log.warning("telling_not_kept", extra={"fault": type(fault).__name__, "channel": way.value})


async def told(connection: AsyncConnection, scope: Scope, facts: CaseFacts, listener: Listener, way: Way) -> None:
    """Somebody was told of the dates of these facts."""
    fresh = [each.id for each in untold(facts, listener, way) if each.id is not None]
    if fresh:
        await tellings.save(connection, scope, fresh, listener, way, told_at=facts.now)

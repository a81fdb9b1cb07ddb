"""What was made of an organisation's events, in numbers: for a replay and for whoever sets a source up."""

from __future__ import annotations

from tracker.store.ground.engine import Store
from tracker.store.organisations import totals as stored
from tracker.store.organisations.keys import Sender


async def totals(store: Store, sender: Sender) -> dict[str, dict[str, int]]:
    """Cases by state, entries by placement, messages by purpose and state, withheld ones by reason.

    It counts rows, so it is no hot path: one query for each figure, on demand.
    """
    async with store.reading() as connection:
        return await stored.totals(connection, sender.scope)

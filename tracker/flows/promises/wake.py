"""Wake the open cases of a service for which no date of ours stands, or a stand-in that nobody was told of, once there
may be one to give: the next sweep looks at them."""

from __future__ import annotations

from uuid import UUID

from tracker.store.ground.engine import Store
from tracker.store.ground.organisations import Office
from tracker.store.promises import curves

BATCH = 500


async def wake(store: Store, office: Office, service: str) -> None:
    """Let sweeps look at them, one batch in each transaction. Should this be cut short, the rest get their dates with
    their next event or word."""
    after: UUID | None = None
    while True:
        async with store.transaction() as connection:
            woken = await curves.wake_dateless(connection, office.id, service, office.now, after=after, limit=BATCH)
        if not woken:
            return
        after = max(woken)

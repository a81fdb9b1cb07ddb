"""Brief operators: take what they have not heard of yet, and keep that they have.

Taken under a lease and kept only when a mail server has accepted the mail that says it: between the two a process may
die, and then it is told a little later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from tracker.store.ground import alerts
from tracker.store.ground.alerts import UntoldAlert
from tracker.store.ground.engine import Store

MOST = 50
"""So many alerts are in one briefing; what is left is in the next."""


@dataclass(frozen=True, slots=True)
class Briefing:
    """What operators are to hear now, at most `MOST` alerts, ordered by organisation; `more` wait for the next time.

    `at`: machine time. `id` is the same when the very same is told again.
    """

    id: UUID
    alerts: tuple[UntoldAlert, ...]
    more: int
    at: datetime


async def take(store: Store) -> Briefing | None:
    """Claim what is to be told; None when there is nothing, or when it is too soon after the last time."""
    async with store.transaction() as connection:
        rows, more = await alerts.claim_untold(connection, MOST)
    if not rows:
        return None
    same = " ".join(sorted(f"{row.id} {row.times}" for row in rows))
    return Briefing(uuid5(NAMESPACE_URL, f"briefing:{same}"), tuple(rows), more, rows[0].tried_at)


async def heard(store: Store, briefing: Briefing) -> None:
    """Keep that operators have heard it. One transaction for each alert: events that raise several of them at this
    moment lock them in an order of their own."""
    for each in briefing.alerts:
        async with store.transaction() as connection:
            await alerts.mailed(connection, each)

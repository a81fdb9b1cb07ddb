"""Addresses to which nothing goes any more, since letters come back from there; and those that were confirmed anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.outreach.bounces import worn_out
from tracker.store.outreach import suppressions
from tracker.store.outreach.suppressions import SealedAddress, SuppressionStep


async def suppress(connection: AsyncConnection, asked: SealedAddress, cause: str, since: datetime) -> bool:
    """Send nothing to an address any more, after what became of a letter that was sent at `since`: what was confirmed
    later stays good. False when as much is known already."""
    held = (await suppressions.suppressed(connection, [asked])).get(asked)
    if held is not None and held.since >= since:
        return False
    await suppressions.record(connection, asked, SuppressionStep.SUPPRESSED, cause, since)
    return True


async def count_soft(
    connection: AsyncConnection, asked: SealedAddress, normal: str | None, since: datetime, now: datetime
) -> bool:
    """Count a soft bounce of a letter that was sent at `since`; True when by now its address counts as dead, and
    nothing goes there any more. `normal`: the address, as far as it is known."""
    await suppressions.record(connection, asked, SuppressionStep.COUNTED, "soft", now)
    if worn_out(await suppressions.soft(connection, asked, normal, now)):
        return await suppress(connection, asked, "soft", since)
    return False


async def lift(connection: AsyncConnection, asked: SealedAddress, cause: str, now: datetime) -> bool:
    """An address was confirmed anew: messages go there again. False when they did already."""
    if asked not in await suppressions.suppressed(connection, [asked]):
        return False
    await suppressions.record(connection, asked, SuppressionStep.LIFTED, cause, now)
    return True


async def closed(connection: AsyncConnection, asked: Mapping[SealedAddress, datetime | None]) -> set[SealedAddress]:
    """Those of these addresses to which nothing goes; each with the time at which the office last gave it in place of
    another one, which lifts what was suppressed before."""
    held = await suppressions.suppressed(connection, list(asked))
    return {each for each, suppression in held.items() if suppression.holds(asked[each])}

"""Who asked us to stop, and who to start again: by a text, by the link in an e-mail, or told by the provider.

A wish is kept once, for one address in one organisation, and what waits to be sent there is withheld at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.vocabulary import addresses
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.seals import LinkKind, unseal
from tracker.core.vocabulary.words import Channel
from tracker.flows.outreach import ladder, normal_form
from tracker.store.ground import organisations
from tracker.store.ground.columns import new_id
from tracker.store.ground.engine import Store
from tracker.store.outreach import stops
from tracker.store.outreach.stops import Addressee, Wish


async def heed(
    connection: AsyncConnection,
    secret: bytes,
    asked: tuple[Scope, Channel, str],
    wish: Wish,
    *,
    via: str,
    now: datetime,
    id_: UUID | None = None,
) -> bool:
    """Keep a wish of (scope, channel, normal address), in the caller's transaction; of a stop, withhold
    what waits, and let what people must hear go on to the next rung. False when this wish (`id_`) was kept before."""
    scope, channel, normal = asked
    under = (scope, channel.value, addresses.digest(secret, channel, normal))
    if not await stops.record(connection, under, wish, via=via, id_=id_ or new_id(), now=now):
        return False
    if wish is Wish.STOP:
        for message in await stops.withhold(connection, scope, channel, normal, now):
            await ladder.next_rung(connection, secret, scope, message, now, asked_to_stop=True)
    return True


async def wish(store: Store, secret: bytes, asked: tuple[Scope, Channel, str], wish: Wish, *, via: str) -> bool:
    """Keep one wish, in a transaction of its own."""
    async with store.transaction() as connection:
        now = (await organisations.office(connection, asked[0].organisation_id)).now
        return await heed(connection, secret, asked, wish, via=via, now=now)


async def stopped_by_provider(
    connection: AsyncConnection, secret: bytes, scope: Scope, message_id: UUID, now: datetime
) -> None:
    """The provider refused a message, for it knows of a stop that we had not heard of."""
    found = await stops.recipient(connection, scope.organisation_id, message_id)
    place = None if found is None else _place(found)
    if place is not None:
        await heed(connection, secret, (scope, *place), Wish.STOP, via="provider", now=now)


@dataclass(frozen=True, slots=True)
class Linked:
    """What the link of a message leads to: whose messages, in which language, and whether they are stopped now."""

    organisation: str
    language: str
    stopped: bool


async def by_link(store: Store, secret: bytes, token: str, wish: Wish | None) -> Linked | None:
    """What the link in an e-mail asks for, done; without a wish only looked at, so that a scanner changes nothing.
    None: it is not a link of ours."""
    named = unseal(secret, LinkKind.STOP, token)
    if named is None:
        return None
    async with store.transaction() as connection:
        found = await stops.recipient(connection, *named)
        if found is None:
            return None
        place = _place(found)
        if place is None:  # erased since: nothing goes there any more
            return Linked(found.organisation, found.language, True)
        channel, normal = place
        scope = Scope(named[0], found.mode)
        asked = (scope, channel.value, addresses.digest(secret, channel, normal))
        stopped = bool(await stops.stopped(connection, [asked]))
        if wish is not None and stopped is not (wish is Wish.STOP):
            await heed(connection, secret, (scope, channel, normal), wish, via="link", now=found.now)
            stopped = not stopped
        return Linked(found.organisation, found.language, stopped)


def _place(found: Addressee) -> tuple[Channel, str] | None:
    """The channel and the address in its one form, if there still is one."""
    if found.channel is None or found.address is None:
        return None
    normal = found.normal or normal_form.normal(found.channel, found.address, found.country)
    return None if normal is None else (found.channel, normal)

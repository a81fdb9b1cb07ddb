"""Who asked us to stop, and who to start again: by a text, by the link in an e-mail, by staff, or told by the provider.

A wish is kept once, for one address in one organisation, about one request or about all; what waits to be sent there is
withheld at once, and what the person must know goes on to the next rung.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.outreach.wishes import Wish, WishInForce
from tracker.core.vocabulary import addresses, references
from tracker.core.vocabulary.oversight import Notice
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.seals import LinkKind, unseal
from tracker.core.vocabulary.words import Channel
from tracker.flows.outreach import ladder, normal_form
from tracker.store.ground import alerts, organisations
from tracker.store.ground.columns import new_id
from tracker.store.ground.engine import Store
from tracker.store.outreach import stops, texted
from tracker.store.outreach.stops import Addressee


async def heed(
    connection: AsyncConnection,
    secret: bytes,
    asked: tuple[Scope, Channel, str],
    wish: Wish,
    *,
    via: str,
    now: datetime,
    id_: UUID | None = None,
    case: UUID | None = None,
) -> bool:
    """Keep a wish of (scope, channel, normal address) about one case or about all, in the caller's transaction; of a
    stop, withhold what waits, and let what people must hear go on to the next rung. A pause withholds nothing: what can
    wait is put off when it is due. False when this wish (`id_`) was kept before."""
    scope, channel, normal = asked
    under = (scope, channel.value, addresses.digest(secret, channel, normal), case)
    if not await stops.record(connection, under, wish, via=via, id_=id_ or new_id(), now=now):
        return False
    match wish:
        case Wish.STOP | Wish.WRONG_PERSON:
            for message in await stops.withhold(connection, scope, (channel, normal), case, now):
                await ladder.next_rung(connection, secret, scope, message, now, asked_to_stop=True)
        case Wish.START:
            await stops.go_on(connection, scope, (channel, normal), case, now)
        case Wish.PAUSE:
            pass
    if wish is Wish.WRONG_PERSON:
        await _alert_wrong_person(connection, scope, (channel, normal), now)
    return True


async def _alert_wrong_person(
    connection: AsyncConnection, scope: Scope, place: tuple[Channel, str], now: datetime
) -> None:
    """Operators are told whose address is not theirs, by the newest of the requests that it stands in."""
    found = await texted.cases(connection, scope, *place)
    if found:
        remedy = "Ask this person for their number or address, and correct it in the back office: somebody else has it."
        notice = Notice("wrong_person", references.spell(found[0].reference), remedy)
        await alerts.raise_alert(connection, scope, notice, now)


async def wish(store: Store, secret: bytes, asked: tuple[Scope, Channel, str], wish: Wish, *, via: str) -> bool:
    """Keep one wish about everything, in a transaction of its own."""
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


class Reach(StrEnum):
    """What a wish is about."""

    REQUEST = "request"
    """The request that the link is of."""
    OFFICE = "office"
    """All requests at this organisation."""


@dataclass(frozen=True, slots=True)
class Linked:
    """What the link of a message leads to: whose messages, about which request, in which language; `stopped`: what is
    stopped now, if anything; `wrong_person`: because they are somebody else's."""

    organisation: str
    reference: str
    language: str
    stopped: Reach | None
    wrong_person: bool = False


@dataclass(frozen=True, slots=True)
class LinkedWish:
    """What a press on the link's page asks for."""

    wish: Wish
    of: Reach


async def by_link(store: Store, secret: bytes, token: str, pressed: LinkedWish | None) -> Linked | None:
    """What the link in an e-mail asks for, done; without a wish only looked at, so that a scanner changes nothing.
    None: it is not a link of ours. Whatever is so already is not asked again."""
    named = unseal(secret, LinkKind.STOP, token)
    if named is None:
        return None
    async with store.transaction() as connection:
        found = await stops.recipient(connection, *named)
        if found is None:
            return None
        place = _place(found)
        if place is None:  # erased since: nothing goes there any more
            return _linked(found, None, erased=True)
        scope = Scope(named[0], found.mode)
        under = (scope, place[0].value, addresses.digest(secret, *place), found.case_id)
        before = (await stops.in_force(connection, [under])).get(under)
        if pressed is not None and _changes(before, pressed):
            case = found.case_id if pressed.of is Reach.REQUEST and pressed.wish is not Wish.WRONG_PERSON else None
            asked = (scope, *place)
            await heed(connection, secret, asked, pressed.wish, via="link", now=found.now, case=case)
            before = (await stops.in_force(connection, [under])).get(under)
        return _linked(found, before)


def _changes(before: WishInForce | None, pressed: LinkedWish) -> bool:
    """Whether a press asks for something that is not so."""
    if pressed.wish is Wish.START:
        return before is not None
    if before is None or not before.stops:
        return True
    wider = before.of_one and pressed.of is Reach.OFFICE
    return wider or (pressed.wish is Wish.WRONG_PERSON and before.wish is not Wish.WRONG_PERSON)


def _linked(found: Addressee, wish: WishInForce | None, *, erased: bool = False) -> Linked:
    stopped = None
    if erased or (wish is not None and wish.stops):
        stopped = Reach.REQUEST if wish is not None and wish.of_one else Reach.OFFICE
    wrong = wish is not None and wish.wish is Wish.WRONG_PERSON
    return Linked(found.organisation, references.spell(found.reference), found.language, stopped, wrong)


def _place(found: Addressee) -> tuple[Channel, str] | None:
    """The channel and the address in its one form, if there still is one."""
    if found.channel is None or found.address is None:
        return None
    normal = found.normal or normal_form.normal(found.channel, found.address, found.country)
    return None if normal is None else (found.channel, normal)

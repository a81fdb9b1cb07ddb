"""The people of a case as staff see them: how each is reached, and what keeps messages from going there."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.case.timeline import Folded
from tracker.core.outreach.wishes import WishInForce
from tracker.core.vocabulary import addresses
from tracker.core.vocabulary.words import Channel
from tracker.flows.desk.inquiry import Inquiry
from tracker.flows.outreach import normal_form, suppressing
from tracker.store.case import parties
from tracker.store.outreach import stops


@dataclass(frozen=True, slots=True)
class Reached:
    """Where somebody is reached. `usable`: something can be sent there; `stopped`: they asked us to stop; `wish`: the
    `Wish` in force, of this request (`of_one`) or of all, or nothing; `suppressed`: letters come back from there."""

    channel: str
    address: str
    usable: bool
    stopped: bool
    wish: str = ""
    of_one: bool = False
    suppressed: bool = False


@dataclass(frozen=True, slots=True)
class PartySeen:
    """Somebody who has a part in the case; `id`: the office's own for them."""

    id: str
    role: str
    name: str
    organisation: str
    language: str
    sensitive: bool
    channels: tuple[Reached, ...]


async def people(
    connection: AsyncConnection, asked: Inquiry, case: UUID, folded: Folded, country: str
) -> tuple[PartySeen, ...]:
    """Everybody who has a part in a case, in the order of the office's own names for them."""
    places = {
        (each.channel, each.address): (
            asked.staff.scope,
            each.channel.value,
            addresses.digest(asked.secret, each.channel.value, normal),
            case,
        )
        for party in folded.parties.values()
        for each in party.channels
        if (normal := normal_form.normal(each.channel, each.address, country)) is not None
    }
    wishes = await stops.in_force(connection, list(dict.fromkeys(places.values())))
    confirmed = await parties.confirmed(connection, asked.staff.scope, case)
    given = {place[:3]: confirmed.get(where) for where, place in places.items()}
    dead = await suppressing.closed(connection, given)
    seen = []
    for id_, party in sorted(folded.parties.items()):
        reached = []
        for each in party.channels:
            place = places.get((each.channel, each.address))
            wish, suppressed = (wishes.get(place), place[:3] in dead) if place is not None else (None, False)
            reached.append(_reached(each.channel, each.address, wish, usable=place is not None, suppressed=suppressed))
        seen.append(
            PartySeen(
                id_,
                party.role.value,
                party.name or "",
                party.organisation or "",
                party.language or "",
                id_ in folded.sensitive_parties,
                tuple(reached),
            )
        )
    return tuple(seen)


def _reached(channel: Channel, address: str, wish: WishInForce | None, *, usable: bool, suppressed: bool) -> Reached:
    if wish is None:
        return Reached(channel.value, address, usable, False, suppressed=suppressed)
    return Reached(channel.value, address, True, wish.stops, wish.wish.value, wish.of_one, suppressed)

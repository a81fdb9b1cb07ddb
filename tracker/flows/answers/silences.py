"""Why somebody hears nothing about a case: which addresses asked us to stop, and how each begins again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.answers.facts import SilenceFacts
from tracker.core.outreach.wishes import Wish, WishInForce
from tracker.core.vocabulary import addresses
from tracker.core.vocabulary.channels import HowToStop, StoppedBy, how_to_stop, traits_of
from tracker.store.answers.pages import PageCase
from tracker.store.outreach import stops

Place = tuple[str, str]
"""A channel, and an address in its one form."""

Silenced = Mapping[Place, WishInForce]


async def silenced(connection: AsyncConnection, secret: bytes, row: PageCase) -> Silenced:
    """Of the addresses of a case's row, those that asked us to stop or were asked whether we are to."""
    if not row.reached or not row.some_stopped:
        return {}
    asked: dict[stops.Asked, Place] = {
        (row.scope, channel, addresses.digest(secret, channel, normal), row.id): (channel, normal)
        for channel, normal in row.reached
    }
    found = await stops.in_force(connection, list(asked))
    return {asked[each]: wish for each, wish in found.items()}


def silence_facts(row: PageCase, silent: Silenced) -> tuple[SilenceFacts, ...]:
    """What the page says of each, without the address: the newest first, each once."""
    said = dict.fromkeys(_silence(row, channel, wish) for (channel, _), wish in silent.items())
    return tuple(sorted(said, key=lambda each: (each.at, each.channel), reverse=True))


def _silence(row: PageCase, channel: str, wish: WishInForce) -> SilenceFacts:
    until = wish.answer_by if wish.wish is Wish.PAUSE else None
    return SilenceFacts(channel, wish.wish.value, wish.at, wish.of_one, until, _start_by(row, channel, wish))


def _start_by(row: PageCase, channel: str, wish: WishInForce) -> str:
    """How the messages begin again: by a text, by the link of an e-mail, or by asking the office."""
    if wish.wish is Wish.WRONG_PERSON:
        return "office"
    match traits_of(channel).stopped_by:
        case StoppedBy.LINK:
            return "link"
        case StoppedBy.ANSWER:
            return "text" if how_to_stop(channel, row.sms_from) is HowToStop.REPLY else "office"
        case StoppedBy.NOTHING:
            return "office"
        case other:
            assert_never(other)

"""Why somebody hears nothing about a case: which addresses asked us to stop, and how each begins again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import assert_never

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.answers.facts import SilenceFacts
from tracker.core.outreach.wishes import Wish, WishInForce
from tracker.core.vocabulary import addresses
from tracker.core.vocabulary.channels import HowToStop, StoppedBy, how_to_stop, traits_of
from tracker.flows.outreach import suppressing
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


async def dead(connection: AsyncConnection, secret: bytes, row: PageCase) -> Collection[Place]:
    """Of the addresses of those who are to hear the next word, those that letters come back from."""
    if not row.word_to or not row.some_dead:
        return ()
    given = {
        (row.scope, channel, addresses.digest(secret, channel, normal)): (channel, normal, confirmed_at)
        for _, channel, normal, confirmed_at, _ in row.word_to
    }
    confirmed = {each: datetime.fromisoformat(at) if at else None for each, (_, _, at) in given.items()}
    return {given[each][:2] for each in await suppressing.closed(connection, confirmed)}


def somebody_is_reached(row: PageCase, channels: Collection[str], silent: Silenced, dead: Collection[Place]) -> bool:
    """Whether somebody can be sent the next word: where it goes first, or on another of these channels where letters
    come back from there."""
    known = row.word_to or ()
    for party, channel, normal, _, first in known:
        if not first or (channel, normal) in silent:
            continue
        others = [(at, each) for who, at, each, _, _ in known if who == party and at in channels]
        if (channel, normal) not in dead or any(each not in silent and each not in dead for each in others):
            return True
    return False


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

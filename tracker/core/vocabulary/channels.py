"""The channels by which people are reached: what holds of each, declared here once and asked for everywhere else.

What a library must do for a channel (its carrier, how an address is read, how it is rendered) is chosen on the floor of
that library, by these traits or in a `match` that the type checker holds to be whole.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from tracker.core.vocabulary.traits import for_each
from tracker.core.vocabulary.words import Channel


class AddressForm(StrEnum):
    """What an address is."""

    MAILBOX = "mailbox"
    TELEPHONE = "telephone"


class Writing(StrEnum):
    """How a message is written."""

    MAIL = "mail"
    """A subject, plain text and HTML, with the whole answer."""
    LINE = "line"
    """One line with the news alone."""


class StoppedBy(StrEnum):
    """How its reader stops the messages of a channel."""

    LINK = "link"
    """Each message bears a link for it."""
    ANSWER = "answer"
    """They answer a message with STOP."""
    NOTHING = "nothing"
    """They cannot, but for telling the office."""


class Unit(StrEnum):
    """What is paid for."""

    MESSAGE = "message"
    SEGMENT = "segment"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelTraits:
    """What holds of all messages on a channel."""

    form: AddressForm
    """What an address is: how it is read and compared."""
    as_given: bool
    """It is sent to the address as the office gave it, since capitals may matter there; else to its one form."""
    writing: Writing
    """How a message is written, and shown when the sandbox caught it."""
    unit: Unit
    """What is paid for."""
    stopped_by: StoppedBy
    """How its reader stops them."""
    sender: str | None
    """The column of an organisation that says what its messages come from; None: nothing is to be named."""
    longest: int
    """So many characters an address may have as the office gives it."""


CHANNELS: Final[Mapping[Channel, ChannelTraits]] = for_each(
    Channel,
    {
        Channel.EMAIL: ChannelTraits(
            form=AddressForm.MAILBOX,
            as_given=True,
            writing=Writing.MAIL,
            unit=Unit.MESSAGE,
            stopped_by=StoppedBy.LINK,
            sender="email_from",
            longest=254,
        ),
        Channel.SMS: ChannelTraits(
            form=AddressForm.TELEPHONE,
            as_given=False,
            writing=Writing.LINE,
            unit=Unit.SEGMENT,
            stopped_by=StoppedBy.ANSWER,
            sender="sms_from",
            longest=40,
        ),
    },
    __file__,
)


_NAME = re.compile(r".*[A-Za-z]")
_SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")


class HowToStop(StrEnum):
    """What the first message to an address says of how to stop them, where no link does."""

    REPLY = "stop_by_reply"
    """Answer it with STOP."""
    ELSEWHERE = "stop_elsewhere"
    """Nobody can answer its sender, which is a name: the page says where to ask."""


def how_to_stop(channel: str, sender: str | None) -> HowToStop | None:
    """What the first message of this sender says of how to stop; None where each bears a link for it. Where no sender
    is named yet (in a sandbox), a number is assumed."""
    if traits_of(channel).stopped_by is not StoppedBy.ANSWER:
        return None
    named = sender is not None and _NAME.match(sender) and not _SERVICE.fullmatch(sender)
    return HowToStop.ELSEWHERE if named else HowToStop.REPLY


def traits_of(channel: str) -> ChannelTraits:
    """What holds of a channel, by the word that a row bears. Raises ValueError when it is none."""
    return CHANNELS[Channel(channel)]


def sent_to(channel: str, address: str | None, normal: str | None) -> str | None:
    """Where a message goes, of an address as the office gave it and its one form."""
    return address if traits_of(channel).as_given else normal


def sender_of(row: Any, channel: str) -> str | None:
    """What an organisation's messages on a channel come from, of a row that has its columns; None: it named nothing,
    or there is nothing to name."""
    column = traits_of(channel).sender
    sender: str | None = getattr(row, column) if column is not None else None
    return sender

"""Where people are reached, in the one form in which addresses are dialled, compared and searched."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

from tracker.core.vocabulary.channels import CHANNELS, AddressForm
from tracker.core.vocabulary.words import Channel

_MAIL = re.compile(r"[^\s@<>(),;:\"\[\]\\]+@[^\s@<>(),;:\"\[\]\\.]+(?:\.[^\s@<>(),;:\"\[\]\\.]+)+")


def normal(channel: Channel, address: str, country: str) -> str | None:
    """The one form of an address on a channel; None when it is none."""
    return read(CHANNELS[channel].form, address, country)


@lru_cache(maxsize=10_000)
def read(form: AddressForm, address: str, country: str) -> str | None:
    """An e-mail address in small letters, a telephone number in E.164 (read as one of `country` when it has no
    prefix); None when it is no such thing."""
    text = address.strip()
    match form:
        case AddressForm.MAILBOX:
            return text.lower() if len(text) <= 254 and _MAIL.fullmatch(text) else None
        case AddressForm.TELEPHONE:
            return _dialled(text, country)


def _dialled(text: str, country: str) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

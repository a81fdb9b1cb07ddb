"""Where people are reached, in the one form in which addresses are dialled, compared and searched."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

from tracker.core.vocabulary.words import Channel

_MAIL = re.compile(r"[^\s@<>(),;:\"\[\]\\]+@[^\s@<>(),;:\"\[\]\\.]+(?:\.[^\s@<>(),;:\"\[\]\\.]+)+")


@lru_cache(maxsize=10_000)
def normal(channel: Channel, address: str, country: str) -> str | None:
    """An e-mail address in small letters, a telephone number in E.164 (read as one of `country` when it has no
    prefix); None when it is neither."""
    text = address.strip()
    if channel is Channel.EMAIL:
        return text.lower() if len(text) <= 254 and _MAIL.fullmatch(text) else None
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

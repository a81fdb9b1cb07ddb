"""Names and addresses in the one form in which they are compared."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from tracker.core.vocabulary.spelling import letters

MOST_WORDS = 10

_WORD = re.compile(r"[^\W_]+")


def name_words(name: str) -> list[str]:
    """The words of a name, each once, so that staff find it however it is typed: Walesa for Wałęsa, Mueller for Müller.
    At most ten."""
    return letters.words(name)[:MOST_WORDS]


def name_words_before(name: str) -> list[str]:
    """The same as earlier releases kept them: without case and accents, with strokes and digraphs as they stand."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    return list(dict.fromkeys(_WORD.findall(plain.casefold())))[:MOST_WORDS]


def digest(secret: bytes, channel: str, normal: str) -> bytes:
    """What a "stop" is kept under, so that it outlives the erasure of the address: a keyed hash (HMAC, RFC 2104)."""
    return hmac.digest(secret, f"stop\0{channel}\0{normal}".encode(), hashlib.sha256)[:16]


class AddressFault(StrEnum):
    """Why nothing can be sent to what stands in place of an address."""

    EMPTY = "empty"
    """Nothing, or a word or a sign for nothing: unknown, n/a, -."""
    UNREADABLE = "unreadable"
    """No address of this channel can be seen in it."""
    SEVERAL = "several"
    """More than one address: whose the others are, nobody can tell."""
    FILLER = "filler"
    """Digits that fill a field, such as 00000000."""
    IMPOSSIBLE = "impossible"
    """No number of its country has so many digits, or it is dialled from within an area alone."""
    NO_DOMAIN = "no_domain"
    """What follows the @ can be no domain of the internet."""


class AddressDoubt(StrEnum):
    """What makes it doubtful that an address reaches the person, though it is tried; or what was left out of it."""

    EXTENSION = "extension"
    """An extension was left out, which no text reaches."""
    REMARK = "remark"
    """Words beside the address were left out."""
    UNASSIGNED = "unassigned"
    """As long as the numbers of its country, but of no range that is in use there."""
    NOT_MOBILE = "not_mobile"
    """A landline, or a number of a service."""
    UNUSUAL = "unusual"
    """A local part that many mail servers do not take: letters beyond ASCII, or dots where there are none."""
    MIXED = "mixed"
    """A name in the domain has letters of two alphabets that look alike: it may be another domain than is meant."""


@dataclass(frozen=True, slots=True)
class AddressReading:
    """What an address was read as. `address`: as the office gave it, without what was left out; `normal`: its one
    form. Both are None where there is a `fault`."""

    address: str | None
    normal: str | None
    fault: AddressFault | None = None
    doubts: tuple[AddressDoubt, ...] = ()

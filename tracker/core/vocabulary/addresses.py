"""Names and addresses in the one form in which they are compared."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

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

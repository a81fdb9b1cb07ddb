"""Names and addresses in the one form in which they are compared."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")


def name_words(name: str) -> list[str]:
    """The words of a name without case and accents, each once, as staff may type them: at most ten."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    return list(dict.fromkeys(_WORD.findall(plain.casefold())))[:10]


def digest(secret: bytes, channel: str, normal: str) -> bytes:
    """What a "stop" is kept under, so that it outlives the erasure of the address: a keyed hash (HMAC, RFC 2104)."""
    return hmac.digest(secret, f"stop\0{channel}\0{normal}".encode(), hashlib.sha256)[:16]

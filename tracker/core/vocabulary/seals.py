"""Tokens that travel in links: an id under a keyed hash, so that nobody can make one and nothing need be stored."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from enum import StrEnum
from uuid import UUID

_TAG_BYTES = 12
"""96 bits of HMAC-SHA-256 (RFC 2104, truncated as in its section 5)."""


class LinkKind(StrEnum):
    """What a token is for; one kind never opens another."""

    FEEDBACK = "feedback"
    """Answers how it went; names a message."""
    STOP = "stop"
    """Stops e-mails to one address; names a message."""
    ATTEMPT = "attempt"
    """Lets a provider's receipt find the attempt that it tells of."""
    LETTER = "letter"
    """Is the Message-ID of an e-mail; names a message."""
    RETURN = "return"
    """Is in the return path of an e-mail, to which it bounces; names an attempt."""


def seal(secret: bytes, kind: LinkKind, organisation: UUID, id_: UUID) -> str:
    """A token of 59 characters that stands for this id, safe in a URL."""
    named = organisation.bytes + id_.bytes
    return base64.urlsafe_b64encode(named + _tag(secret, kind, named)).rstrip(b"=").decode()


def unseal(secret: bytes, kind: LinkKind, token: str) -> tuple[UUID, UUID] | None:
    """The organisation and id that a token stands for; None when it is not one of ours, or of another kind."""
    if len(token) != 59:
        return None
    try:
        whole = base64.b64decode(token + "=", altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    organisation, id_ = UUID(bytes=whole[:16]), UUID(bytes=whole[16:32])
    # The last character holds two bits that say nothing: the token is compared as it is written.
    return (organisation, id_) if hmac.compare_digest(seal(secret, kind, organisation, id_), token) else None


def short_seal(secret: bytes, kind: LinkKind, id_: UUID) -> str:
    """A token of 45 small letters and digits, for where there is room for no more and capitals may get lost: the name
    of a mailbox has at most 64 characters (RFC 5321, 4.5.3.1.1). It does not say whose the id is."""
    return base64.b32encode(id_.bytes + _tag(secret, kind, id_.bytes)).rstrip(b"=").decode().lower()


def unseal_short(secret: bytes, kind: LinkKind, token: str) -> UUID | None:
    """The id that a short token stands for, in capitals too; None when it is not one of ours, or of another kind."""
    if len(token) != 45:
        return None
    try:
        id_ = UUID(bytes=base64.b32decode(f"{token}===", casefold=True)[:16])
    except (binascii.Error, ValueError):
        return None
    sealed = short_seal(secret, kind, id_).encode()
    return id_ if hmac.compare_digest(sealed, token.lower().encode()) else None


def _tag(secret: bytes, kind: LinkKind, named: bytes) -> bytes:
    return hmac.digest(secret, f"seal\0{kind}\0".encode() + named, hashlib.sha256)[:_TAG_BYTES]

"""How often somebody may try to open a page: what a try is counted in, and when it is enough."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

from tracker.core.vocabulary.errors import TooManyRequests

WINDOW_SECONDS = 900
PER_REFERENCE, PER_ADDRESS, IN_ALL = 20, 100, 3_000
"""Failed tries in a window after which no more are answered: for one reference, from one address, in all."""


def failing(secret: bytes, reference: str, address: str) -> dict[bytes, int]:
    """What a failed try is counted in, as keyed hashes, with the limit of each."""
    return {
        _bucket(secret, "reference", reference): PER_REFERENCE,
        _bucket(secret, "address", address): PER_ADDRESS,
        _bucket(secret, "all", ""): IN_ALL,
    }


def asking(secret: bytes, reference: str, address: str) -> dict[bytes, int]:
    """What is counted when we ask which day is meant: apart, since it is no failed try; but the same text opens a page
    whose fact is no birthday, so that it must not be tried without end."""
    return {
        _bucket(secret, "asked reference", reference): PER_REFERENCE,
        _bucket(secret, "asked address", address): PER_ADDRESS,
    }


def check(counts: Mapping[bytes, int], buckets: Mapping[bytes, int]) -> None:
    """Raises TooManyRequests where one of these is full."""
    if any(counts.get(bucket, 0) >= most for bucket, most in buckets.items()):
        raise TooManyRequests(
            "Too many tries with details that do not fit together.",
            "Wait fifteen minutes, then try again. The office can help you on the phone.",
            retry_after_seconds=WINDOW_SECONDS,
        )


def _bucket(secret: bytes, kind: str, value: str) -> bytes:
    return hmac.digest(secret, f"limit\0{kind}\0{value}".encode(), hashlib.sha256)[:16]

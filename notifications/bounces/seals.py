"""What our seals in a report name. Nothing else says whose letter it is about: not its sender, nor its subject."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tracker.core.vocabulary.seals import LinkKind, unseal, unseal_short
from tracker.flows.outreach.bouncing import SealedName

MOST_NAMES: Final = 5
MOST_TRIED: Final = 100
"""So many pieces that look like a seal are tried: a report has a handful, who sends more wants to keep us busy."""

_LONG: Final = re.compile(r"(?<![\w-])[\w-]{59}(?![\w-])", re.ASCII)
_RETURN: Final = re.compile(r"\+([a-z2-7]{45})@", re.ASCII | re.IGNORECASE)


def names_in(texts: Iterable[str], secret: bytes) -> tuple[SealedName, ...]:
    """What is sealed in these texts, each once: attempts by their return path or header, messages by their id."""
    seen = dict.fromkeys(name for text in texts for name in _names(text, secret))
    by_attempt_first = sorted(seen, key=lambda name: (name.is_message, name.organisation_id is not None))
    return tuple(by_attempt_first[:MOST_NAMES])


def _names(text: str, secret: bytes) -> Iterator[SealedName]:
    for match in _some(_RETURN, text):
        attempt = unseal_short(secret, LinkKind.RETURN, match[1])
        if attempt is not None:
            yield SealedName(attempt)
    for match in _some(_LONG, text):
        for kind in (LinkKind.ATTEMPT, LinkKind.LETTER):
            named = unseal(secret, kind, match[0])
            if named is not None:
                yield SealedName(named[1], named[0], kind is LinkKind.LETTER)


def _some(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    for _, match in zip(range(MOST_TRIED), pattern.finditer(text), strict=False):
        yield match

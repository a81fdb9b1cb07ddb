"""Enhanced status codes of mail servers (RFC 3463), in a reply or in a bounce. They end here, in our words."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from tracker.core.outreach.attempts import Ending
from tracker.core.outreach.bounces import Bounce


class EnhancedCode(NamedTuple):
    """What a server says of a letter. `kind`: 2 it worked, 4 not now, 5 never; `subject`, `detail`: about what."""

    kind: int
    subject: int
    detail: int

    @property
    def full(self) -> bool:
        """Whether it says that the mailbox is full."""
        return (self.subject, self.detail) == (2, 2)


_CODE: Final = re.compile(r"\s*([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")

_ENDINGS: Final = {
    (1, 0): Ending.BAD_ADDRESS,
    (1, 1): Ending.BAD_ADDRESS,
    (1, 2): Ending.BAD_ADDRESS,
    (1, 3): Ending.BAD_ADDRESS,
    (1, 6): Ending.BAD_ADDRESS,
    (1, 10): Ending.BAD_ADDRESS,
    (1, 7): Ending.SENDER_REFUSED,
    (1, 8): Ending.SENDER_REFUSED,
    (2, 0): Ending.BAD_ADDRESS,
    (2, 1): Ending.BAD_ADDRESS,
    (2, 2): Ending.MAILBOX_FULL,
    (2, 3): Ending.REJECTED,
    (4, 4): Ending.BAD_ADDRESS,
    (7, 0): Ending.BLOCKED,
    (7, 1): Ending.BLOCKED,
}
"""Subject and detail of a code, where they say more than that it was refused."""


def enhanced(text: str) -> EnhancedCode | None:
    """The code with which a text begins; None when it begins with none."""
    match = _CODE.match(text)
    return EnhancedCode(int(match[1]), int(match[2]), int(match[3])) if match else None


def ending(code: EnhancedCode) -> Ending:
    """What a refusal for good means."""
    return _ENDINGS.get((code.subject, code.detail), Ending.BLOCKED if code.subject == 7 else Ending.REJECTED)


def bounced(code: EnhancedCode) -> tuple[Bounce, Ending]:
    """What a letter came back for. Where a code for good says nothing more (5.0.0), the address is dead: it is what
    servers write that know no code for it. A full mailbox is soft, however the server numbers it."""
    if code.full:
        return Bounce.SOFT, Ending.MAILBOX_FULL
    if code.kind != 5:
        return Bounce.SOFT, Ending.UNREACHABLE
    if (code.subject, code.detail) == (0, 0):
        return Bounce.HARD, Ending.BAD_ADDRESS
    means = ending(code)
    return (Bounce.HARD if means is Ending.BAD_ADDRESS else Bounce.REFUSED), means

"""The life of a message: from which state it may move to which, and by what. Nothing else moves it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from itertools import product
from typing import Final

from tracker.core.vocabulary.messages import MessageState


class Mover(StrEnum):
    """What moves a message."""

    DECISION = "decision"
    """A decision about its case: it is to be said, or not; what was not said yet may be decided anew."""
    PAST = "past"
    """The demo's past, in which it was sent when it was due."""
    NEWER_NEWS = "newer_news"
    """A decision that warrants it no longer."""
    SOURCE_HEARD = "source_heard"
    """Its source, which had fallen silent, is heard again."""
    LADDER = "ladder"
    """Another channel failed: it is written again for this one."""
    RESENDING = "resending"
    """Staff send it once more."""
    CLAIM = "claim"
    """A worker takes it under a lease."""
    WORKER = "worker"
    """The worker who holds it, or who finds that its lease was left behind; a late answer ends a doubt."""
    QUESTION = "question"
    """It may have gone, and we have asked about it, or give up asking."""
    RECEIPT = "receipt"
    """A report about its newest attempt."""
    OLD_RECEIPT = "old_receipt"
    """A report about any of its attempts."""
    BOUNCE = "bounce"
    """Its letter came back, and there is no other channel, or another address by now: the same is tried again."""
    STOP = "stop"
    """Its reader asked us to stop."""
    ERASURE = "erasure"
    """Everything personal of its case is taken away."""
    GOING_LIVE = "going_live"
    """Its organisation goes live: what the sandbox caught was never said."""


Passage = tuple[MessageState | None, MessageState]
"""From a state to another, or to the same with other facts; from None: it is new."""

_NEW: tuple[None] = (None,)
_DUE, _HELD, _WITHHELD = MessageState.DUE, MessageState.HELD, MessageState.WITHHELD
_SENDING, _SENT, _DELIVERED = MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED
_UNKNOWN, _FAILED = MessageState.UNKNOWN, MessageState.FAILED
_UNSAID = (_DUE, _HELD, _WITHHELD)


def _from(befores: Iterable[MessageState | None], *afters: MessageState) -> frozenset[Passage]:
    return frozenset(product(befores, afters))


MOVES: Final[Mapping[Mover, frozenset[Passage]]] = {
    Mover.DECISION: _from((*_NEW, *_UNSAID), _DUE, _WITHHELD),
    Mover.PAST: _from(_NEW, _DELIVERED),
    Mover.NEWER_NEWS: _from(_UNSAID, _WITHHELD),
    Mover.SOURCE_HEARD: _from([_HELD], _DUE),
    Mover.LADDER: _from(_NEW, _DUE),
    Mover.RESENDING: _from(_NEW, _DUE),
    Mover.CLAIM: _from([_DUE], _SENDING),
    Mover.WORKER: _from([_SENDING], _DUE, _HELD, _WITHHELD, _SENT, _DELIVERED, _UNKNOWN, _FAILED)
    | _from([_UNKNOWN], _SENT, _DELIVERED),
    Mover.QUESTION: _from([_UNKNOWN], _DUE, _UNKNOWN, _SENT, _DELIVERED, _FAILED),
    # A message whose attempt we do not know the end of may have been put back; what its receipt says is true of it.
    Mover.RECEIPT: _from([_SENDING, _UNKNOWN, *_UNSAID], _SENT, _DELIVERED)
    | _from([_SENDING, _UNKNOWN, _SENT], _FAILED),
    Mover.OLD_RECEIPT: _from([_SENT, _UNKNOWN, _FAILED], _DELIVERED),
    Mover.BOUNCE: _from([_SENDING, _UNKNOWN, _SENT], _DUE),
    Mover.STOP: _from([_DUE, _HELD], _WITHHELD),
    Mover.ERASURE: _from([_DUE, _HELD], _WITHHELD),
    Mover.GOING_LIVE: _from(set(MessageState) - {_WITHHELD}, _WITHHELD),
}
"""What each may do, and nothing else."""


def befores(mover: Mover, after: MessageState) -> list[MessageState]:
    """From where this leads to a state."""
    return [each for each in MessageState if (each, after) in MOVES[mover]]


def settles(held: MessageState, after: MessageState) -> None:
    """Raises ValueError unless a message that is held in one state may be settled in another."""
    mover = Mover.QUESTION if held is _UNKNOWN else Mover.WORKER
    if (held, after) not in MOVES[mover]:
        raise ValueError(f"no message that is {held} becomes {after}")

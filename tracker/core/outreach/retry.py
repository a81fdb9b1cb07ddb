"""How often and when a message is tried again: one policy, asked after every ending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tracker.core.vocabulary.messages import MessageState


class Setback(StrEnum):
    """How an attempt ended that did not bring a message through, or a question about such an attempt."""

    REFUSED = "refused"
    """It will not go to this address."""
    PUT_OFF = "put_off"
    """The other side says: not now."""
    LATER = "later"
    """Nothing was sent and nothing is wrong with the message: it can go after `wish`."""
    NOT_CONFIGURED = "not_configured"
    """Nothing carries on its channel."""
    CUT_OFF = "cut_off"
    """Its worker is gone, and certainly did not send it."""
    UNSURE = "unsure"
    """It may have gone."""
    STILL_UNSURE = "still_unsure"
    """We wanted to ask about it, and there is nobody who can tell; `repeatable`: a copy would be known as one."""
    ABSENT = "absent"
    """Asked about it: the provider does not show it."""
    ASK_LATER = "ask_later"
    """Asked about it: the provider can tell after `wish`, or gave no answer that helps (`wish` None)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came before: `tries` that count, `number` of the newest attempt, `unsure` attempts whose end we do not know,
    `since` the newest attempt began, and `wish`: when the other side asks us to come back."""

    tries: int = 1
    number: int = 1
    unsure: int = 1
    since: timedelta = timedelta(0)
    wish: timedelta | None = None
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Now:
    """What becomes of the message: due again (`due`), asked about again (`unknown`), both `after` this; or it is over:
    it will not arrive (`failed`), or nobody will ever know (`unknown`)."""

    state: MessageState
    after: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """The pauses and the patience of all carriers."""

    pauses: tuple[timedelta, ...]
    """How long a message rests after each try that the other side put off; with the last it has had its tries."""
    unconfigured: timedelta
    """How long a message waits when no carrier for its channel is configured."""
    most_cut_off: int
    """How often the sending of one message may be cut off before it is given up."""
    cut_off: timedelta
    """How much longer it rests for each attempt that was cut off."""
    longest_cut_off: timedelta
    first_question: timedelta
    """How long we wait for a receipt before we ask about an attempt whose end we do not know."""
    next_question: timedelta
    """How long until we ask once more."""
    grace: timedelta
    """For so long a provider's list may not show yet what it has taken."""
    patience: timedelta
    """For so long we ask; then it stays unknown, and an operator is told."""
    repeat: timedelta
    """How long we wait before a message that bears the same id is sent once more."""

    def now(self, setback: Setback, tried: Tried) -> Now:
        """What now, after this ending and so many attempts."""
        match setback:
            case Setback.REFUSED:
                return _FAILED
            case Setback.PUT_OFF:
                left = tried.tries <= len(self.pauses)
                return _due(self.pauses[max(tried.tries, 1) - 1]) if left else _FAILED
            case Setback.LATER:
                return _due(tried.wish or timedelta(0))
            case Setback.NOT_CONFIGURED:
                return _due(self.unconfigured)
            case Setback.CUT_OFF:
                again = min(self.cut_off * (tried.number - 1), self.longest_cut_off)
                return _due(again) if tried.tries < self.most_cut_off else _FAILED
            case Setback.UNSURE:
                return Now(MessageState.UNKNOWN, self.first_question)
            case Setback.STILL_UNSURE | Setback.ABSENT | Setback.ASK_LATER:
                return self._asked(setback, tried)

    def _asked(self, setback: Setback, tried: Tried) -> Now:
        """What now, of one that may have gone and that we have asked about, or meant to."""
        if tried.since > self.patience:
            return _UNKNOWN
        if setback is Setback.STILL_UNSURE and tried.repeatable:
            return _due(max(timedelta(0), self.repeat - tried.since)) if tried.unsure <= 1 else _UNKNOWN
        if setback is Setback.ABSENT and tried.since >= self.grace:
            return _due(timedelta(0)) if tried.tries < self.most_cut_off else _FAILED
        return Now(MessageState.UNKNOWN, self.next_question if tried.wish is None else tried.wish)


def _due(after: timedelta) -> Now:
    return Now(MessageState.DUE, after)


_FAILED = Now(MessageState.FAILED)
_UNKNOWN = Now(MessageState.UNKNOWN)

RETRY = RetryPolicy(
    pauses=tuple(timedelta(minutes=each) for each in (1, 5, 20, 60, 240)),
    unconfigured=timedelta(hours=1),
    most_cut_off=5,
    cut_off=timedelta(minutes=1),
    longest_cut_off=timedelta(hours=1),
    first_question=timedelta(minutes=2),
    next_question=timedelta(minutes=5),
    grace=timedelta(minutes=5),
    patience=timedelta(hours=24),
    repeat=timedelta(minutes=10),
)
"""The policy of this product."""

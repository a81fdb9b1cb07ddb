"""Why a date is late, was moved or may not hold: the office's reason in its words, or else the code of one of ours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tracker.core.answers.facts import PromiseFacts
from tracker.core.services.definitions import Definition, say
from tracker.core.vocabulary.words import Basis, Change, Clock, PromiseOutcome, WaitingOn

USUAL_SPREAD, WAITING_FOR_OTHERS, WAITING_FOR_YOU = "usual_spread", "waiting_for_others", "waiting_for_you"
"""What is said where the office gave no reason: by who has the ball."""

OURS = (
    "high_demand",
    "staff_shortage",
    WAITING_FOR_OTHERS,
    WAITING_FOR_YOU,
    "more_checks",
    "system_problem",
    USUAL_SPREAD,
)
"""Reasons that a definition need not word: there are words of ours for each. A definition that words one of them
itself is followed."""


class DelayKind(StrEnum):
    """What is amiss with a date: a word of the API."""

    LATE = "late"
    """Its day has passed."""
    MOVED = "moved"
    """It lies later than the one before it, which could not be kept."""
    TAKEN_BACK = "taken_back"
    """It was taken back, and none has taken its place."""
    WARNED = "warned"
    """It stands, but people were told that it may not be kept."""


@dataclass(frozen=True, slots=True)
class Waited:
    """What of an open case decides whether a date of it is late: whether our time runs, today in the office's zone,
    and when people were last told that a date may not be kept."""

    clock: Clock
    today: date
    warned_at: datetime | None = None


def is_worded(code: str, definition: Definition) -> bool:
    """Whether there are words for a reason of the back office."""
    return code in definition.delay_reasons or code in OURS


def reason_of(code: str | None, waiting_on: WaitingOn, definition: Definition) -> str:
    """The reason to give: the office's where it has words, else who is waited for, else that it happens.

    A code without words never reaches people; it counts as none until the definition knows it.
    """
    if code is not None and is_worded(code, definition):
        return code
    match waiting_on:
        case WaitingOn.YOU:
            return WAITING_FOR_YOU
        case WaitingOn.OTHER:
            return WAITING_FOR_OTHERS
        case WaitingOn.US:
            return USUAL_SPREAD


def words_of(reason: str, definition: Definition, language: str) -> str:
    """A reason that `reason_of` gave, in the words of the definition; nothing where ours are to be said."""
    return say(definition.delay_reasons.get(reason, {}), language, definition.language)


def kind_of(promises: tuple[PromiseFacts, ...], standing: PromiseFacts | None, waited: Waited) -> DelayKind | None:
    """What is amiss with the dates of an open case (newest first), or None while all is as it was said.

    The office's own moves do not make a date of ours late that stands beside. Days on which we waited, and what was
    corrected, are no delay either.
    """
    newest = promises[0] if promises else None
    led = standing or (
        newest if newest and newest.outcome == PromiseOutcome.MISSED and not newest.superseded_at else None
    )
    if led is None:
        ours = next((each for each in promises if each.basis != Basis.OFFICE), None)
        taken_back = ours is not None and ours.told_at is not None and ours.reason == Change.TOO_UNCERTAIN
        return DelayKind.TAKEN_BACK if taken_back else None
    stands_still = waited.clock is Clock.PAUSED and led.basis != Basis.OFFICE and led.outcome is None
    if led.outcome == PromiseOutcome.MISSED or (led.latest_on < waited.today and not stands_still):
        return DelayKind.LATE
    if any(_gave_way(each, led) for each in promises):
        return DelayKind.MOVED
    if led.basis != Basis.OFFICE and waited.warned_at is not None and waited.warned_at >= led.made_at:
        return DelayKind.WARNED
    return None


def _gave_way(before: PromiseFacts, led: PromiseFacts) -> bool:
    """Whether an earlier date that people were told could not be kept, so that a later one stands in its place."""
    if before.told_at is None or before.latest_on >= led.latest_on or before.made_at > led.made_at:
        return False
    if led.basis == Basis.OFFICE:
        return before.reason == Change.OFFICE_CHANGED_DATE or before.outcome == PromiseOutcome.MISSED
    return before.basis != Basis.OFFICE and (
        before.reason == Change.LIKELY_LATE or before.outcome == PromiseOutcome.MISSED
    )

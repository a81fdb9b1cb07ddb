"""What arrives at the intake, and what it answers: events as they are reported, by whom, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tracker.core.case.events import FUTURE_TOLERANCE, StatusEvent
from tracker.core.deciding.dossier import Number
from tracker.core.vocabulary.errors import NotGranted, TooManyRequests, TrackerError
from tracker.core.vocabulary.oversight import Notice
from tracker.core.vocabulary.words import Placement


class Intake(StrEnum):
    """What became of an accepted event."""

    APPLIED = "applied"
    LATE = "late"
    FLAGGED = "flagged"
    PARKED = "parked"
    QUARANTINED = "quarantined"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who is reporting: a source, and the registers that it may report into, its own first."""

    source_id: UUID
    source: str
    registers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IntakeNote:
    """What the sender is answered about a part of an event that is taken: where it stands (`pointer`, RFC 6901) and a
    plain sentence (`note`) that repeats nothing of it. `notice`: what an operator should do about it, if anything."""

    pointer: str
    note: str
    notice: Notice | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One event as it arrives; `fingerprint` (HMAC-SHA256, 32 bytes) answers "same id, same content?" without keeping
    the content; `notes`: what came up in reading it. `second_time`: of a local time that clocks show twice, in autumn,
    the second instant that it may mean; that of the event is the first."""

    event: StatusEvent
    fingerprint: bytes
    notes: tuple[IntakeNote, ...] = ()
    second_time: datetime | None = None

    def timed(self, now: datetime) -> StatusEvent:
        """The event at the time that it means, since it is heard `now`: the latest that need not be in the future."""
        if self.second_time is None or self.second_time > now + FUTURE_TOLERANCE:
            return self.event
        return replace(self.event, time=self.second_time)

    def with_event(self, event: StatusEvent) -> Report:
        """The report with its event as it is meant."""
        return self if event is self.event else replace(self, event=event)


@dataclass(frozen=True, slots=True)
class Answer:
    """The intake's answer: the outcome, the entry that keeps the event, and the case's reference if it has one.

    `note` says why an event that was taken does not show yet, or that its date was set aside; `notes` what else was set
    aside of it, or may not do.
    """

    outcome: Intake
    entry: UUID
    reference: str | None = None
    note: str | None = None
    notes: tuple[IntakeNote, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedEvent:
    """An event of which nothing is stored, and why: the error says how to mend it."""

    error: TrackerError


NOTES = {
    Placement.HELD: "Nobody reads of this before its day, or data.hold_until.",
    Placement.UNSERVED: "A formal decision: it is announced once an event with data.served_on says that it was served.",
}
"""What the sender of an event is told whose time to show has not come."""

DATE_SET_ASIDE = (
    "data.expected_on was not taken: its day is over, or it lies more than ten years ahead. Send the right date in "
    "a new event, or leave it out."
)
"""What the sender of a date is told that cannot be meant, or was over before it came."""


def notes_of(placement: Placement | None, *, date_set_aside: bool) -> str | None:
    """What the sender of an event is told beside its outcome."""
    said = (NOTES.get(placement) if placement else None, DATE_SET_ASIDE if date_set_aside else None)
    return " ".join(each for each in said if each) or None


def numbers_of(events: Iterable[StatusEvent], by: Reporter) -> Iterator[Number]:
    """The numbers that a decision about events must know."""
    for event in events:
        register, refusal = granted(event, by)
        if refusal is None:
            yield register, event.number


def granted(event: StatusEvent, by: Reporter) -> tuple[str, NotGranted | None]:
    """The register of an event, and why its sender may not report into it, if so."""
    register = event.register or by.registers[0]
    if event.source != by.source:
        return register, NotGranted(
            "This key belongs to another source than the event names.",
            f"Send source '{by.source}', or use the key of the source that is reporting.",
            pointer="/source",
        )
    if register not in by.registers:
        return register, NotGranted(
            "The source of this key may not report into that register.",
            f"Use one of its registers ({', '.join(by.registers)}), or ask an operator to grant it.",
            pointer="/register",
        )
    return register, None


def too_many() -> TooManyRequests:
    """A number that has more events than any case has."""
    return TooManyRequests(
        "This case number has sent more events than any case has; it looks like a loop.",
        "Stop sending for this case, find the loop in the back office, then send the event again.",
        retry_after_seconds=3600,
    )

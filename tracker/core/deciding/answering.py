"""What the sender of an event is answered: what became of it, and what to know of it beside."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from tracker.core.case import office_dates
from tracker.core.case.events import StatusEvent
from tracker.core.deciding.case_in_hand import CaseInHand
from tracker.core.deciding.dossier import Entered
from tracker.core.deciding.reports import Answer, Intake, notes_of
from tracker.core.vocabulary.words import Placement


def answer_of(case: CaseInHand, entered: Entered, today: date) -> Answer:
    """The answer for an entry of a case; `today` in the organisation's zone."""
    reference = case.record.reference if case.record else None
    note = note_of(entered.event, case.line(entered.id).placement, today)
    return Answer(_outcome(case, entered.id), entered.id, reference, note)


def note_of(event: StatusEvent, placement: Placement | None, today: date) -> str | None:
    """What the sender is told beside the outcome."""
    return notes_of(placement, date_set_aside=office_dates.is_set_aside(event, today))


def _outcome(case: CaseInHand, entry: UUID) -> Intake:
    """What became of an entry. Late is what stands before something that happened after it."""
    line = case.line(entry)
    if line.placement is Placement.QUARANTINED:
        return Intake.QUARANTINED
    if line.placement is Placement.FLAGGED:
        return Intake.FLAGGED
    return Intake.APPLIED if case.case.lines[-1].position == line.position else Intake.LATE

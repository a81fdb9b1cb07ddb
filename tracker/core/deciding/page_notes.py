"""Whether somebody can open the page of a case, and what sender and operators are to know where they cannot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tracker.core.case.events import PartyReported, StatusEvent
from tracker.core.deciding.case_in_hand import CaseInHand
from tracker.core.deciding.dossier import Entered
from tracker.core.deciding.reports import Answer, IntakeNote, Report
from tracker.core.vocabulary.oversight import Notice

_POINTER = "/data/known_fact"

_WANTED = {
    "postcode": "a postcode",
    "surname": "a surname",
    "date_of_birth": "a date of birth, such as 1958-03-25",
    "other": "what the service asks for",
}
"""What is wanted, by kind."""


def with_notes(answer: Answer, report: Report, case: CaseInHand | None) -> tuple[Answer, list[Notice]]:
    """The answer to an event with what came up in reading it, and whether its party can open the page of the case that
    has it by now; and what operators are to know of that."""
    notes = (*report.notes, *_page_notes(report.event, case))
    noted = replace(answer, notes=notes) if notes != answer.notes else answer
    return noted, [each.notice for each in notes if each.notice is not None]


def of_waiting(opened: CaseInHand | None, opener: Entered) -> Iterator[Notice]:
    """What operators are to know when a case opens for which parties waited whose fact could not be judged before."""
    for each in opened.entries.values() if opened is not None else ():
        body = each.event.body
        if each is opener or not isinstance(body, PartyReported) or body.known_fact is None:
            continue
        if not _can_open(body, opened):
            yield _notice(each.event, body)


def _page_notes(event: StatusEvent, case: CaseInHand | None) -> Iterator[IntakeNote]:
    """What to answer where this event leaves its party without what opens the page."""
    body = event.body
    if (
        not isinstance(body, PartyReported)
        or body.remove
        or (case is not None and case.erased)
        or _can_open(body, case)
    ):
        return
    wanted = _WANTED[case.service.definition.known_fact.kind if case is not None else "other"]
    why = f"This cannot be {wanted}, and was set aside" if body.unfit_as else "No known_fact was sent"
    note = f"{why}: this person cannot open the page. Send the party again in a new event, with {wanted}."
    yield IntakeNote(_POINTER, note, _notice(event, body))


def _can_open(body: PartyReported, case: CaseInHand | None) -> bool:
    """Whether a party has what opens the page; while its case is not known, whether it may open any."""
    if case is not None:
        return body.opens(case.service.definition.known_fact.kind)
    return body.known_fact is not None


def _notice(event: StatusEvent, body: PartyReported) -> Notice:
    return Notice(
        "page_not_openable",
        f"{event.source} {'unfit' if body.unfit_as else 'missing'}",
        "Have the source send each person's own known_fact, of the kind that the service asks for: see notes in its "
        "answers.",
    )

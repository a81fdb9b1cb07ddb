"""What an operator should look at in an event that was taken: a code without a meaning, a move that cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.core.answers import delays
from tracker.core.case.events import StatusEvent, StatusReported
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary.oversight import Notice
from tracker.core.vocabulary.words import Placement


def noticed(event: StatusEvent, placement: Placement | None, definition: Definition | None) -> Iterator[Notice]:
    """What is to be told of an event that became this; `placement` None: it opened its case. `definition`: that of the
    service which it names, if it does."""
    if placement is Placement.QUARANTINED:
        service, status = getattr(event.body, "service", ""), getattr(event.body, "status", None)
        yield Notice(
            "status_unmapped",
            f"{service} {status}",
            "Add the code to a stage of the service and run `tracker services apply`; its events follow by themselves.",
        )
    elif placement is Placement.FLAGGED:
        yield Notice(
            "illegal_move",
            f"{event.source} {event.type}",
            "Look at the source's order of statuses; if the move is right, allow it in leads_to or send case.reopen.",
        )
    body = event.body
    if definition is None or not isinstance(body, StatusReported) or body.delay_reason is None:
        return
    if not delays.is_worded(body.delay_reason, definition):  # the event counts, and people read a reason of ours
        yield Notice(
            "reason_unworded",
            f"{body.service} {body.delay_reason}",
            "Word the code in [delay_reasons] of the service and run `tracker services apply`; open cases follow.",
        )


def date_set_aside(event: StatusEvent) -> Notice:
    """What is to be told of a date of the office's that cannot be meant, or was over before it came."""
    remedy = "Ask the back office which dates it sends as expected_on: this one was over, or more than ten years ahead."
    return Notice("date_set_aside", f"{event.source} {getattr(event.body, 'service', '')}", remedy)


def not_read(fault: Exception, subject: str) -> Notice:
    """What is to be told of a case that cannot be decided about."""
    remedy = "Look at the log of the time; the case is looked at again every hour. Is its definition still there?"
    return Notice("case_not_read", f"{type(fault).__name__} {subject}", remedy)

"""What an operator should look at in an event that was taken: a code without a meaning, a move that cannot be."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from uuid import UUID

from tracker.core.answers import delays
from tracker.core.case.events import Body, NeedsReported, PartyReported, StatusEvent, StatusReported
from tracker.core.deciding.dossier import MessageRecord
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary.oversight import Notice
from tracker.core.vocabulary.spelling import language_tags
from tracker.core.vocabulary.words import Placement


def noticed(event: StatusEvent, placement: Placement | None, definition: Definition | None) -> Iterator[Notice]:
    """What is to be told of an event that became this; `placement` None: it opened its case. `definition`: that of the
    service which it names, else of its case, if that is known."""
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
    if definition is not None:
        yield from _unworded(event.body, definition)


def _unworded(body: Body, definition: Definition) -> Iterator[Notice]:
    """Codes for which the definition has no words: the event counts, and people read words of ours."""
    match body:
        case StatusReported(delay_reason=str() as code) if not delays.is_worded(code, definition):
            yield Notice(
                "reason_unworded",
                f"{body.service} {code}",
                "Word the code in [delay_reasons] of the service and run `tracker services apply`; open cases follow.",
            )
        case NeedsReported(items):
            for code in dict.fromkeys(item.code for item in items if item.code and item.code not in definition.needs):
                yield Notice(
                    "need_unworded",
                    f"{definition.service} {code}",
                    "People are asked for something and not told what. Word the code in [needs] of the service and run "
                    "`tracker services apply`; open cases follow.",
                )


def date_set_aside(event: StatusEvent) -> Notice:
    """What is to be told of a date of the office's that cannot be meant, or was over before it came."""
    remedy = "Ask the back office which dates it sends as expected_on: this one was over, or more than ten years ahead."
    return Notice("date_set_aside", f"{event.source} {getattr(event.body, 'service', '')}", remedy)


def unspoken(events: Iterable[StatusEvent], definition: Definition) -> Iterator[Notice]:
    """What is to be told of parties whose language the service of their case does not speak: they read its own."""
    for event in events:
        body = event.body
        tag = body.language if isinstance(body, PartyReported) and not body.remove else None
        if tag and language_tags.serving(tag, definition.languages) is None:
            yield Notice(
                "language_not_spoken",
                f"{event.source} {definition.service} {tag}",
                f"The service speaks {', '.join(definition.languages)}; they read {definition.language}. Have the "
                "source send the code of a language (BCP 47), as en or cy. If it is one, add it to the service.",
            )


def not_read(fault: Exception, subject: str) -> Notice:
    """What is to be told of a case that cannot be decided about."""
    remedy = "Look at the log of the time; the case is looked at again every hour. Is its definition still there?"
    return Notice("case_not_read", f"{type(fault).__name__} {subject}", remedy)


def of_doubts(number: str, cases: Collection[UUID]) -> Iterator[Notice]:
    """What is to be told of cases whose end was reported to lie before their beginning."""
    remedy = "Ask the office for the right date. Then have the end sent again, or the beginning corrected."
    yield from (Notice("end_in_doubt", number, remedy) for _ in cases)


def of_messages(service: str, messages: Iterable[MessageRecord]) -> Iterator[Notice]:
    """What is to be told where people are told that the office was asked to look at their case: this does ask. One
    alert for a service, since all cases of a slow one come to this."""
    if any(each.reason is None and each.facts.get("asked_office") for each in messages):
        remedy = (
            "People have waited long without news, and read that the office was asked to look. List the cases as "
            "docs/operations.md says, and have the office report of each a stage, a date or what it needs."
        )
        yield Notice("nothing_new", service, remedy)

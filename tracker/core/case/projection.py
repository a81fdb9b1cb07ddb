"""What a case is, as the columns of its row: a projection of its events, so that a page is one query."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tracker.core.case.adoption import has_spoken_up
from tracker.core.case.events import NeededItem
from tracker.core.case.timeline import Folded
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary import calendars
from tracker.core.vocabulary.words import CaseState


def projected(
    case: Folded, definition: Definition, zone: str, live_from: datetime | None, spoken_at: datetime | None
) -> dict[str, Any]:
    """The columns that the events decide. `spoken_at`: when people heard of the case last, or would have."""
    if case.stage is None or case.opened_at is None:
        raise ValueError("a case without an opening event has no row")
    word_on = _word_on(case, definition, zone, live_from, spoken_at)
    parties = [party for _, party in sorted(case.parties.items())]
    return {
        "stage": case.stage,
        "since_at": case.since.at,
        "since_on": case.since.on,
        "state": case.state,
        "outcome": case.outcome,
        "waiting_on": case.waiting_on,
        "clock": case.clock,
        "unmapped": case.unmapped,
        "delay_reason": case.delay_reason,
        "needs": [plain_need(need.item) for need in case.needs.values()],
        "known_facts": [party.known_fact for party in parties if party.opens(definition.known_fact.kind)],
        "language": next((party.language for party in parties if party.language), None),
        "opened_at": case.opened_at,
        "opened_on": case.opened.on,
        "last_at": case.last_at or case.opened_at,
        "spoken_at": spoken_at,
        "next_word_on": word_on,
        "void": False,
        "next_word_at": calendars.word_due_at(word_on, zone) if word_on else None,
        "news_entry": case.news.entry if case.news else None,
        "asked_entry": case.wanted[-1].asked_by if case.wanted else None,
    }


def _word_on(
    case: Folded, definition: Definition, zone: str, live_from: datetime | None, spoken_at: datetime | None
) -> date | None:
    """The day by which somebody hears from us again."""
    if spoken_at is None or case.state is not CaseState.OPEN or not has_spoken_up(case, live_from):
        return None
    return calendars.next_word_on(spoken_at, definition.outreach.silence, zone)


def forget_at(case: Folded, definition: Definition, zone: str, now: datetime) -> datetime | None:
    """When its personal data has been kept long enough: some time after the end, by the definition."""
    if case.opener is None:
        return now + definition.retention.after_close
    if case.state is not CaseState.CLOSED:
        return None
    ended_at = case.since.at or (calendars.end_of(case.since.on, zone) if case.since.on else None)
    return ended_at and ended_at + definition.retention.after_close


def plain_need(item: NeededItem) -> dict[str, Any]:
    """One thing that the person is asked for, as it is stored."""
    return {
        "item": item.item,
        "text": item.text,
        "code": item.code,
        "due_on": item.due_on.isoformat() if item.due_on else None,
        "supplied_at": item.supplied_at.isoformat() if item.supplied_at else None,
    }

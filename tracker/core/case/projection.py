"""What a case is, as the columns of its row: a projection of its events, so that a page is one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tracker.core.case.limit import limit_of
from tracker.core.case.needs import Need
from tracker.core.case.timeline import Folded
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary import calendars
from tracker.core.vocabulary.calendars import WEEKDAYS, WorkingDays
from tracker.core.vocabulary.words import CaseState


@dataclass(frozen=True, slots=True)
class Silence:
    """Since when people have heard nothing of a case (None: they never heard of it), and how many words in a row have
    said that there is nothing new. `told_on`: the day by which they expect the next one, which no other days off and no
    longer silence of a newer definition put off."""

    since: datetime | None = None
    words: int = 0
    told_on: date | None = None


def projected(
    case: Folded,
    definition: Definition,
    zone: str,
    silence: Silence,
    *,
    working: WorkingDays = WEEKDAYS,
) -> dict[str, Any]:
    """The columns that the events decide, and the day of the next word."""
    if case.stage is None or case.opened_at is None:
        raise ValueError("a case without an opening event has no row")
    word_on = None
    if silence.since is not None and case.state is CaseState.OPEN:
        pause = definition.outreach.pause(silence.words)
        longest = definition.outreach.longest_pause if silence.words else None
        word_on = calendars.next_word_on(silence.since, pause, zone, working, longest=longest)
        word_on = min(word_on, silence.told_on or word_on)
    limit = limit_of(case, definition, zone)
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
        "served_on": case.served_on,
        "merged_into": case.merged_into,
        "end_in_doubt": case.end_in_doubt,
        "statutory_on": limit.on if limit else None,
        "statutory_paused": limit is not None and limit.stands_still,
        "needs": [plain_need(need) for need in case.needs.values()],
        "known_facts": [party.known_fact for party in parties if party.opens(definition.known_fact.kind)],
        "language": next((party.language for party in parties if party.language), None),
        "opened_at": case.opened_at,
        "opened_on": case.opened.on,
        "last_at": case.last_at or case.opened_at,
        "spoken_at": silence.since,
        "quiet_words": silence.words,
        "next_word_on": word_on,
        "void": False,
        "next_word_at": calendars.word_due_at(word_on, zone) if word_on else None,
        "news_entry": case.news.entry if case.news else None,
        "asked_entry": case.asked.entry if case.asked else None,
        "arrived_at": case.arrived.at if case.arrived else None,
    }


def forget_at(case: Folded, definition: Definition, zone: str, now: datetime) -> datetime | None:
    """When its personal data has been kept long enough: some time after the end, by the definition."""
    if case.opener is None:
        return now + definition.retention.after_close
    if case.state is not CaseState.CLOSED:
        return None
    ended_at = case.since.at or (calendars.end_of(case.since.on, zone) if case.since.on else None)
    return ended_at and ended_at + definition.retention.after_close


def plain_need(need: Need) -> dict[str, Any]:
    """One thing that the person is asked for, as it is stored."""
    item = need.item
    return {
        "item": item.item,
        "text": item.text,
        "code": item.code,
        "due_on": item.due_on.isoformat() if item.due_on else None,
        "supplied_at": item.supplied_at.isoformat() if item.supplied_at else None,
        "why": item.why,
        "send_to": item.send_to,
        "if_not": item.if_not,
        "again": need.again,
    }

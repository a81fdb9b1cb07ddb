"""A decision to say something, as the row that carries it: what it says is frozen here, in codes and dates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict
from uuid import UUID

from tracker.core.case.projection import plain_need
from tracker.core.case.timeline import Folded
from tracker.core.deciding.case_dates import DatesNow
from tracker.core.deciding.dossier import MessageRecord, RecipientRecord
from tracker.core.deciding.fresh import Fresh
from tracker.core.outreach.who_hears_what import Outreach
from tracker.core.vocabulary.messages import MessageState
from tracker.core.vocabulary.personal import Lasting, Mark, Personal, Plain, empty, marks
from tracker.core.vocabulary.words import Clock


class FrozenFacts(TypedDict):
    """What a message says, as it is frozen when it is decided. What is `Kept` stays once the case is erased: codes,
    flags and dates. Whatever is not goes, also what an earlier version wrote; a text or a list stands there empty."""

    definition: Lasting[str]
    stage: Lasting[str | None]
    unmapped: Lasting[bool]
    waiting_on: Lasting[str]
    outcome: Lasting[str | None]
    needs: Personal[list[dict[str, Any]]]
    note: Personal[str]
    sensitive: Lasting[bool]
    zone: Personal[str | None]
    old_on: Lasting[str | None]
    promise_on: Lasting[str | None]
    half_by_on: Lasting[str | None]
    promise_basis: Lasting[str | None]
    promise_base: Plain[str | None]
    promise: Lasting[str | None]
    role: Lasting[str | None]
    probability: Lasting[float | None]
    sooner: Lasting[bool]
    delay_reason: Plain[str | None]
    same_as: Lasting[str | None]


LASTING_FACTS = tuple(name for name, mark in marks(FrozenFacts).items() if mark is Mark.LASTING)
EMPTY_FACTS = {name: value for name, value in empty(FrozenFacts).items() if value is not None}
"""What stands in an erased message in place of what is always there."""


@dataclass(frozen=True, slots=True)
class Sayer:
    """What a message must know of its case: which it is, who reports on it, and by which definition it is worded."""

    case: UUID
    source: UUID
    definition: UUID


def draft(
    sayer: Sayer,
    case: Folded,
    said: Outreach,
    recipients: Mapping[tuple[str, str], RecipientRecord],
    dates: DatesNow,
    *,
    fresh: Fresh,
    now: datetime,
) -> MessageRecord:
    """The row of a decision to say something, or not to."""
    channel = said.address.channel.value if said.address else None
    recipient = recipients.get((said.party, channel)) if channel else None
    return MessageRecord(
        id=fresh.id(),
        key=said.key,
        case_id=sayer.case,
        entry_id=said.entry,
        source_id=sayer.source,
        recipient_id=recipient.id if recipient else None,
        party=said.party,
        purpose=said.purpose,
        cause=said.cause,
        channel=channel,
        language=said.language,
        facts=dict(_facts(sayer, case, said, dates)),
        state=MessageState.WITHHELD if said.reason else MessageState.DUE,
        reason=said.reason,
        decided_at=now,
        due_at=said.due_at,
    )


def _facts(sayer: Sayer, case: Folded, said: Outreach, dates: DatesNow) -> FrozenFacts:
    """What the message says: codes and dates; its words come from this version of the definition. While the clock is
    paused a date of ours stands still, and no message repeats it."""
    standing = dates.standing
    if standing is not None and standing.ours and case.clock is Clock.PAUSED:
        standing = None
    party = case.parties.get(said.party)
    return {
        "definition": str(sayer.definition),
        "stage": case.stage,
        "unmapped": case.unmapped,
        "waiting_on": case.waiting_on.value,
        "outcome": case.outcome.value if case.outcome else None,
        "needs": [] if said.sensitive else [plain_need(need.item) for need in case.wanted],
        "note": said.note,
        "sensitive": said.sensitive,
        "zone": said.zone,
        "old_on": _iso(said.old_on),
        "promise_on": _iso(standing.latest_on if standing else None),
        "half_by_on": _iso(standing.half_by_on if standing else None),
        "promise_basis": standing.basis.value if standing else None,
        "promise_base": standing.base if standing else None,
        "promise": str(standing.id) if standing else None,
        "role": party.role.value if party else None,
        "probability": standing.probability if standing else None,
        "sooner": dates.sooner,
        "delay_reason": case.delay_reason,
        "same_as": said.same_as,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def without_words(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a message about a case that was erased."""
    return {**EMPTY_FACTS, **{name: facts[name] for name in LASTING_FACTS if name in facts}}

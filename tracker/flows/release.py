"""Is it still true, now, at sending? Facts are frozen when a message is decided and checked when it is released."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from tracker.core import references
from tracker.core.definitions import Definition, say
from tracker.core.events import CaseState
from tracker.core.facts import OutreachFacts
from tracker.core.messages import MessageState, Purpose, Reason
from tracker.core.outreach import still_true
from tracker.core.words import CHECKING_HEADLINE, CHECKING_MEANING, need_facts
from tracker.store import carrying, services
from tracker.store.columns import Mode
from tracker.store.engine import Store


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that a worker holds under its lease."""

    organisation_id: UUID
    mode: Mode
    id: UUID
    number: int
    now: datetime
    """The organisation's business time when it was looked at."""


@dataclass(frozen=True, slots=True)
class Released:
    """Send it: the facts to render, and where it goes. `sandbox`: nothing may leave."""

    claimed: Claimed
    channel: str
    address: str
    facts: OutreachFacts
    sandbox: bool
    organisation_slug: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """Do not send it: withheld or held, with the reason."""

    claimed: Claimed
    state: MessageState
    reason: Reason


Decision = Released | Stopped


async def claim(store: Store, limit: int, only: UUID | None, track_url: str) -> list[Decision]:
    """Claim up to `limit` due messages and say of each whether it is still to be sent."""
    async with store.transaction() as connection:
        rows = await carrying.claim(connection, limit, only)
    if not rows:
        return []
    async with store.reading() as connection:
        definitions = {
            row.facts["definition"]: await services.by_id(
                connection, row.organisation_id, UUID(row.facts["definition"])
            )
            for row in rows
        }
    return decide(rows, definitions, track_url)


def decide(rows: Sequence[Row[Any]], definitions: dict[str, Definition], track_url: str) -> list[Decision]:
    """What becomes of each claimed message, by what is true now."""
    decisions: list[Decision] = []
    for row in rows:
        claimed = Claimed(row.organisation_id, Mode(row.mode), row.id, row.attempt_number, row.now)
        stop = _stop(row)
        if stop is not None:
            decisions.append(Stopped(claimed, *stop))
            continue
        facts = outreach_facts(row, definitions[row.facts["definition"]], track_url)
        sandbox = row.footing == "sandbox"
        decisions.append(Released(claimed, row.channel, row.address, facts, sandbox, row.slug))
    return decisions


def _stop(row: Row[Any]) -> tuple[MessageState, Reason] | None:
    if Mode(row.mode) is Mode.TEST:
        return MessageState.WITHHELD, Reason.TEST_MODE
    if row.address is None:
        return MessageState.WITHHELD, Reason.NO_CHANNEL
    if not still_true(
        Purpose(row.purpose), row.cause, exists=not row.void, closed=row.case_state == CaseState.CLOSED,
        news=str(row.news_entry), asked=str(row.asked_entry),
    ):  # fmt: skip
        return MessageState.WITHHELD, Reason.SUPERSEDED
    if row.heard_at is not None and row.now - row.heard_at > row.patience:
        return MessageState.HELD, Reason.SOURCE_SILENT
    return None


def outreach_facts(row: Row[Any], definition: Definition, track_url: str) -> OutreachFacts:
    """The words of a message: those of the definition's version that it was decided by."""
    facts, language, fallback = row.facts, row.language, definition.language
    stage = definition.stage(facts["stage"])
    if facts["unmapped"]:
        stage = None
    promise_on = facts["promise_on"]
    return OutreachFacts(
        purpose=row.purpose,
        organisation=row.organisation,
        service=say(definition.name, language, fallback),
        reference=references.spell(row.reference),
        headline=say(stage.headline if stage else CHECKING_HEADLINE, language, fallback),
        meaning=say(stage.meaning if stage else CHECKING_MEANING, language, fallback),
        next=say(stage.next, language, fallback) if stage else "",
        waiting_on=facts["waiting_on"],
        needs=tuple(need_facts(each, definition, language) for each in facts["needs"]),
        note=facts["note"],
        promise_on=date.fromisoformat(promise_on) if promise_on else None,
        promise_basis="office" if promise_on else None,
        next_word_by=row.next_word_on if row.case_state == CaseState.OPEN else None,
        outcome=facts["outcome"],
        appeal=say(definition.appeal, language, fallback),
        help=say(definition.help, language, fallback),
        track_url=track_url,
        sensitive=facts["sensitive"],
        language=language,
        zone=row.zone,
    )

"""Is it still true, now, at sending? Facts are frozen when a message is decided and checked when it is released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, assert_never
from uuid import UUID

from tracker.core.answers import delays
from tracker.core.answers.facts import OutreachFacts
from tracker.core.answers.needs import need_facts
from tracker.core.answers.tellings import names_date
from tracker.core.outreach import timing
from tracker.core.outreach.who_hears_what import still_true
from tracker.core.services.definitions import Definition, Words, say
from tracker.core.vocabulary import addresses, references
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.channels import StoppedBy, sender_of, sent_to, traits_of
from tracker.core.vocabulary.messages import MessageState, Purpose, Reason
from tracker.core.vocabulary.purposes import PURPOSES
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.seals import LinkKind, seal
from tracker.core.vocabulary.words import CaseState, Footing, Mode, WaitingOn
from tracker.store.ground.engine import Store
from tracker.store.outreach import carrying, stops
from tracker.store.outreach.carrying import ClaimedMessage
from tracker.store.services import definitions


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that a worker holds under its lease."""

    scope: Scope
    id: UUID
    number: int
    now: datetime
    """The organisation's business time when it was looked at."""


@dataclass(frozen=True, slots=True)
class Links:
    """Where messages point to: the address of this installation, and the secret that seals its links."""

    base: str
    secret: bytes

    def to(self, kind: LinkKind, claimed: Claimed) -> str:
        """The recipient's own link of this kind."""
        return f"{self.base}/{kind}/{seal(self.secret, kind, claimed.scope.organisation_id, claimed.id)}"


@dataclass(frozen=True, slots=True)
class Released:
    """Send it: the facts to render, and where it goes. `sandbox`: nothing may leave. `sender`: what it comes from
    once the organisation is live. `promise`: the date that its words name, if they do."""

    claimed: Claimed
    channel: str
    address: str
    facts: OutreachFacts
    sandbox: bool
    organisation_slug: str
    sender: str | None
    promise: UUID | None


@dataclass(frozen=True, slots=True)
class Postponed:
    """Not now: these are the recipient's quiet hours."""

    claimed: Claimed
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Stopped:
    """Do not send it: withheld or held, with the reason."""

    claimed: Claimed
    state: MessageState
    reason: Reason


Decision = Released | Postponed | Stopped


async def claim(store: Store, limit: int, only: UUID | None, links: Links) -> list[Decision]:
    """Claim up to `limit` due messages and say of each whether it is still to be sent."""
    async with store.transaction() as connection:
        rows = await carrying.claim(connection, limit, only)
    if not rows:
        return []
    async with store.reading() as connection:
        by_id = {
            row.facts["definition"]: await definitions.by_id(
                connection, row.organisation_id, UUID(row.facts["definition"])
            )
            for row in rows
        }
        asked = [wish for row in rows if (wish := _wish(row, links.secret)) is not None]
        stopped = await stops.stopped(connection, asked)
    return decide(rows, by_id, stopped, links)


def decide(
    rows: Sequence[ClaimedMessage], by_id: dict[str, Definition], stopped: set[stops.Asked], links: Links
) -> list[Decision]:
    """What becomes of each claimed message, by what is true now."""
    decisions: list[Decision] = []
    for row in rows:
        claimed = Claimed(row.scope, row.id, row.attempt_number, row.now)
        definition = by_id[row.facts["definition"]]
        stop = _stop(row, _wish(row, links.secret) in stopped)
        if stop is not None:
            decisions.append(Stopped(claimed, *stop))
            continue
        zone = row.facts.get("zone") or row.zone
        allowed = timing.allowed_at(Purpose(row.purpose), row.key, row.now, definition.outreach.quiet, zone)
        if allowed > row.now:
            decisions.append(Postponed(claimed, allowed))
            continue
        decisions.append(
            Released(
                claimed,
                row.channel,
                sent_to(row.channel, row.address, row.normal) or "",  # `_stop` lets none pass that has neither
                outreach_facts(row, definition, links),
                row.footing == Footing.SANDBOX,
                row.slug,
                sender_of(row, row.channel),
                named(row.purpose, row.channel, row.facts),
            )
        )
    return decisions


def named(purpose: str, channel: str, facts: Mapping[str, Any]) -> UUID | None:
    """The date that the words of a message name, by its frozen facts."""
    promise, closed = facts.get("promise"), facts["outcome"] is not None
    names = names_date(Purpose(purpose), channel, sensitive=facts["sensitive"], closed=closed)
    return UUID(promise) if promise and names else None


def _wish(row: ClaimedMessage, secret: bytes) -> stops.Asked | None:
    """Under what a wish of this recipient to hear nothing would be kept."""
    if row.normal is None:
        return None
    return row.scope, row.channel, addresses.digest(secret, row.channel, row.normal)


def _stop(row: ClaimedMessage, stopped: bool) -> tuple[MessageState, Reason] | None:
    if row.mode is Mode.TEST:
        return MessageState.WITHHELD, Reason.TEST_MODE
    if row.live_at is not None and row.decided_at < row.live_at:  # by an event that came in the moment of going live
        return MessageState.WITHHELD, Reason.ADOPTED
    if row.address is None:
        return MessageState.WITHHELD, Reason.NO_CHANNEL
    if not still_true(
        Purpose(row.purpose),
        row.cause,
        exists=not row.void,
        closed=row.case_state == CaseState.CLOSED,
        news=str(row.news_entry),
        asked=str(row.asked_entry),
        promise=row.promise_id,
    ):
        return MessageState.WITHHELD, Reason.SUPERSEDED
    if row.normal is None:
        return MessageState.WITHHELD, Reason.BAD_ADDRESS
    if stopped:
        return MessageState.WITHHELD, Reason.STOPPED
    if row.heard_at is not None and row.now - row.heard_at > row.patience:
        return MessageState.HELD, Reason.SOURCE_SILENT
    return None


def outreach_facts(row: ClaimedMessage, definition: Definition, links: Links) -> OutreachFacts:
    """The words of a message: those of the definition's version that it was decided by."""
    facts, language = row.facts, row.language
    stage = None if facts["unmapped"] else definition.stage(facts["stage"])
    claimed = Claimed(row.scope, row.id, row.attempt_number, row.now)
    half_by_on = _day(facts.get("half_by_on"))
    reason = delays.reason_of(facts.get("delay_reason"), WaitingOn(facts["waiting_on"]), definition)

    def words(of: Words) -> str:
        return say(of, language, definition.language)

    return OutreachFacts(
        purpose=row.purpose,
        organisation=row.organisation,
        service=words(definition.name),
        reference=references.spell(row.reference),
        headline=words(stage.headline) if stage else "",
        meaning=words(stage.meaning) if stage else "",
        next=words(stage.next) if stage else "",
        waiting_on=facts["waiting_on"],
        needs=tuple(need_facts(each, definition, language) for each in facts["needs"]),
        note=facts["note"],
        promise_on=_day(facts["promise_on"]),
        promise_basis=facts.get("promise_basis"),
        next_word_by=row.next_word_on if row.case_state == CaseState.OPEN else None,
        outcome=facts["outcome"],
        appeal=words(definition.appeal),
        help=words(definition.help),
        track_url=f"{links.base}/track",
        sensitive=facts["sensitive"],
        language=language,
        zone=facts.get("zone") or row.zone,
        old_on=_day(facts.get("old_on")),
        half_by_on=half_by_on if half_by_on and half_by_on > day_of(row.now, row.zone) else None,
        probability=facts.get("probability"),
        promise_base=facts.get("promise_base"),
        sooner=facts.get("sooner", False),
        if_late=words(stage.if_late) if stage else "",
        delay_reason=delays.words_of(reason, definition, language),
        delay_code=reason,
        complaint=words(definition.complaint),
        feedback_url=links.to(LinkKind.FEEDBACK, claimed) if PURPOSES[Purpose(row.purpose)].asks else "",
        stop_url=_stop_url(row.channel, claimed, links),
        domains=(*definition.domains, *((row.email_from,) if row.email_from else ())),
    )


def _stop_url(channel: str, claimed: Claimed, links: Links) -> str:
    """Where the reader asks us to stop; empty where that is not done by a link."""
    match traits_of(channel).stopped_by:
        case StoppedBy.LINK:
            return links.to(LinkKind.STOP, claimed)
        case StoppedBy.ANSWER | StoppedBy.NOTHING:
            return ""
        case other:
            assert_never(other)


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None

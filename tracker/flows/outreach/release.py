"""Is it still true, now, at sending? Facts are frozen when a message is decided and checked when it is released."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, assert_never
from uuid import UUID

from tracker.core.answers import delays, endings
from tracker.core.answers.message_facts import OutreachFacts
from tracker.core.answers.needs import need_facts
from tracker.core.answers.stages import asks_beside, own_table
from tracker.core.outreach import timing
from tracker.core.outreach.dates_named import names_date
from tracker.core.outreach.wishes import WishInForce
from tracker.core.services.definitions import Definition, Stage, Words, say
from tracker.core.vocabulary import references
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.channels import StoppedBy, how_to_stop, sender_of, sent_to, traits_of
from tracker.core.vocabulary.messages import MessageState, Purpose, Reason
from tracker.core.vocabulary.moments import Moment
from tracker.core.vocabulary.purposes import PURPOSES
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.seals import LinkKind, seal
from tracker.core.vocabulary.words import CaseState, Footing, WaitingOn
from tracker.flows.outreach import holding, suppressing
from tracker.flows.promises import holidays
from tracker.store.ground.engine import Store
from tracker.store.outreach import carrying, stops, texted
from tracker.store.outreach.carrying import ClaimedMessage
from tracker.store.outreach.suppressions import SealedAddress
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
    once the organisation is live. `promise`: the date that its words name, if they do. `digest`: the keyed hash of the
    address."""

    claimed: Claimed
    channel: str
    address: str
    facts: OutreachFacts
    sandbox: bool
    organisation_slug: str
    sender: str | None
    promise: UUID | None
    digest: bytes | None


@dataclass(frozen=True, slots=True)
class Postponed:
    """Not now: these are the recipient's quiet hours, they were asked whether we are to go on, or mail that is not
    urgent rests."""

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
        asked = {wish: row.confirmed_at for row in rows if (wish := holding.wish_of(row, links.secret)) is not None}
        wishes = await stops.in_force(connection, list(asked))
        dead = await suppressing.closed(connection, {each[:3]: at for each, at in asked.items()})
        places = [place for row in rows if (place := holding.first_place(row)) is not None]
        heard = await texted.written_to(connection, list(dict.fromkeys(places)))
    return decide(rows, by_id, wishes, links, dead=dead, unwritten=set(places) - heard)


def decide(
    rows: Sequence[ClaimedMessage],
    by_id: dict[str, Definition],
    wishes: Mapping[stops.Asked, WishInForce],
    links: Links,
    *,
    dead: Collection[SealedAddress] = (),
    unwritten: Collection[texted.Place] = (),
) -> list[Decision]:
    """What becomes of each claimed message, by what is true now. `wishes`: to hear nothing; `dead`: the addresses from
    which letters come back; `unwritten`: those to which nothing went yet, so that their first message says how to stop
    them."""
    decisions: list[Decision] = []
    first = set(unwritten)
    for row in rows:
        claimed = Claimed(row.scope, row.id, row.attempt_number, row.now)
        definition = by_id[row.facts["definition"]]
        asked = holding.wish_of(row, links.secret)
        wish = wishes.get(asked) if asked is not None else None
        stop = holding.stop(row, wish is not None and wish.stops, asked is not None and asked[:3] in dead)
        if stop is not None:
            decisions.append(Stopped(claimed, *stop))
            continue
        paused = holding.paused_until(row)
        if wish is not None and wish.silences(Purpose(row.purpose)) and wish.answer_by is not None:
            paused = max(wish.answer_by, paused or wish.answer_by)
        if paused is not None:
            decisions.append(Postponed(claimed, paused))
            continue
        zone = row.facts.get("zone") or row.zone
        allowed = timing.allowed_at(Purpose(row.purpose), row.key, row.now, definition.outreach.quiet, zone)
        if PURPOSES[row.purpose].stays:
            working = holidays.working_days(definition.promise.holidays).but(definition.closed_days)
            allowed = max(allowed, timing.open_at(row.now, working, row.zone))
        if allowed > row.now:
            decisions.append(Postponed(claimed, allowed))
            continue
        place = holding.first_place(row)
        says_how = place in first
        first.discard(place)
        decisions.append(
            Released(
                claimed,
                row.channel,
                sent_to(row.channel, row.address, row.normal) or "",  # `_stop` lets none pass that has neither
                outreach_facts(row, definition, links, says_how=says_how),
                row.footing == Footing.SANDBOX,
                row.slug,
                sender_of(row, row.channel),
                named(row.purpose, row.channel, row.facts, day_of(row.now, zone)),
                asked[2] if asked else None,
            )
        )
    return decisions


def named(purpose: str, channel: str, facts: Mapping[str, Any], today: date) -> UUID | None:
    """The date that the words of a message name that is sent today, by its frozen facts."""
    promise, on, closed = facts.get("promise"), _day(facts.get("promise_on")), facts["outcome"] is not None
    over = on is not None and on < today
    names = names_date(Purpose(purpose), channel, sensitive=facts["sensitive"], closed=closed, over=over)
    return UUID(promise) if promise and names else None


def outreach_facts(
    row: ClaimedMessage, definition: Definition, links: Links, *, says_how: bool = False
) -> OutreachFacts:
    """The words of a message: those of the definition's version that it was decided by."""
    facts, language = row.facts, row.language
    stage = None if facts["unmapped"] else definition.stage(facts["stage"])
    ours = own_table(stage, WaitingOn(facts["waiting_on"]), arrived=facts.get("arrived_at") is not None)
    worded = None if ours else stage
    claimed = Claimed(row.scope, row.id, row.attempt_number, row.now)
    half_by_on, old_on, today = _day(facts.get("half_by_on")), _day(facts.get("old_on")), day_of(row.now, row.zone)
    is_late = old_on is not None and old_on < today
    beside = stage is not None and asks_beside(stage, facts["needs"])
    reason = delays.reason_of(facts.get("delay_reason"), WaitingOn(facts["waiting_on"]), definition)

    def words(of: Words) -> str:
        return say(of, language, definition.language)

    said = OutreachFacts(
        purpose=row.purpose,
        organisation=row.organisation,
        service=words(definition.name),
        reference=references.spell(row.reference),
        headline=words(worded.headline) if worded else "",
        meaning=words(worded.meaning) if worded else "",
        next=words(worded.next) if worded else "",
        waiting_on=facts["waiting_on"],
        needs=need_facts(facts["needs"], definition, language),
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
        old_on=old_on,
        theirs=facts.get("theirs", False),
        beside_on=_day(facts.get("beside_on")),
        came_true=facts.get("came_true"),
        half_by_on=half_by_on if half_by_on and half_by_on > today else None,
        probability=facts.get("probability"),
        promise_base=facts.get("promise_base"),
        sooner=facts.get("sooner", False),
        if_late=words(worded.if_late) if worded and is_late and not beside else "",
        delay_reason=delays.words_of(reason, definition, language),
        delay_code=reason,
        complaint=words(definition.complaint),
        feedback_url=links.to(LinkKind.FEEDBACK, claimed) if PURPOSES[Purpose(row.purpose)].asks else "",
        stop_url=_stop_url(row.channel, claimed, links),
        how_to_stop=how_to_stop(row.channel, sender_of(row, row.channel)) if says_how else None,
        ours=ours,
        you_can=words(worded.you_can) if worded and not beside else "",
        today=today,
        domains=(*definition.domains, *((row.email_from,) if row.email_from else ())),
        asked_office=facts.get("asked_office", 0),
    )
    return _with_rights(_with_times(said, row), row, definition, stage)


def _with_times(said: OutreachFacts, row: ClaimedMessage) -> OutreachFacts:
    """When it began, when the office last said so, and that it is told late."""
    facts, heard_at = row.facts, _instant(row.facts.get("heard_at"))
    return replace(
        said,
        since=Moment(_instant(facts.get("since_at")), _day(facts.get("since_on"))),
        heard_on=day_of(heard_at, row.zone) if heard_at else _day(facts.get("heard_on")),
        late_on=_day(facts.get("late_on")),
    )


def _with_rights(
    said: OutreachFacts, row: ClaimedMessage, definition: Definition, stage: Stage | None
) -> OutreachFacts:
    """What is said of ends: one that holds no longer, what can be done about one, and what the law says."""
    facts, language = row.facts, row.language
    limit = say(definition.statutory.words, language, definition.language) if definition.statutory else ""
    return replace(
        said,
        told_headline=endings.words_of_end(facts.get("told_stage"), definition, language),
        told_on=_day(facts.get("told_on")),
        appeal_by=endings.appeal_by(stage, _day(facts.get("served_on")), _day(facts.get("ended_on"))),
        next="" if facts.get("survivor_end") else said.next,
        survivor=references.spell(row.survivor) if row.survivor and facts.get("merged_into") else "",
        survivor_ended=facts.get("survivor_end") is not None,
        survivor_outcome=facts.get("survivor_outcome"),
        end_in_doubt=facts.get("end_in_doubt", False),
        statutory=limit,
        statutory_on=_day(facts.get("statutory_on")),
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


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None

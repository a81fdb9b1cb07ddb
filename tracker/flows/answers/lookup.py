"""What a person may read about one case: the same facts for the page and for the API."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.answers import delays, endings
from tracker.core.answers.facts import (
    CaseFacts,
    DelayFacts,
    HistoryFacts,
    MessageFacts,
    PromiseFacts,
    StageFacts,
)
from tracker.core.answers.needs import need_facts
from tracker.core.answers.stages import asks_beside, own_table
from tracker.core.answers.tellings import Listener, Way
from tracker.core.promises.weighing import FEWEST
from tracker.core.services.definitions import Definition, Stage, say
from tracker.core.vocabulary import known_facts, references
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.errors import AmbiguousDate, CaseNotFound, MistypedReference
from tracker.core.vocabulary.moments import Moment
from tracker.core.vocabulary.purposes import PURPOSES
from tracker.core.vocabulary.words import Basis, CaseState, Change, Confidence
from tracker.flows.answers import dates, silences, tries
from tracker.flows.answers.silences import Silenced
from tracker.flows.answers.tries import WINDOW_SECONDS
from tracker.flows.promises import put_on_record
from tracker.store.answers import pages
from tracker.store.answers.pages import PageCase, PageKey, PageLine, PageMessage
from tracker.store.ground import limits
from tracker.store.ground.engine import Store
from tracker.store.services import definitions


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody typed, and from where (an address of the network, for the limits only); `way` is what answers."""

    reference: str
    known_fact: str
    address: str
    language: str | None = None
    way: Way = Way.PAGE


async def look_up(store: Store, secret: bytes, asked: Asked) -> CaseFacts:
    """The case that this pair opens.

    Raises MistypedReference by the check character alone, without looking anything up; CaseNotFound, one answer
    for every other wrong combination; AmbiguousDate where a birthday with several readings opens nothing, whatever
    the reference, since only what was typed may be told; TooManyRequests when too many tries failed. Each failed try
    does the same work: a comparison, and a count; the page is asked for only when it opens. That a date is shown for
    the first time is put on record.
    """
    reference = references.read(asked.reference)
    if reference is None:
        raise MistypedReference(
            "The reference does not add up: one of its letters or numbers is not right.",
            "Compare it with your message, sign by sign. It has 12 letters and numbers, in three groups of four.",
            pointer="/reference",
        )
    failing = tries.failing(secret, reference, asked.address)
    asking = tries.asking(secret, reference, asked.address)
    async with store.reading() as connection:
        counts = await limits.counts(connection, [*failing, *asking], WINDOW_SECONDS)
        tries.check(counts, failing)
        held = await pages.holders(connection, reference)
        organisation = str(held.organisation_id or "")
        offered = known_facts.offers(secret, organisation, asked.known_fact, held.today)
        kind = await _kind(connection, held)
        if not offered.fit([bytes(32)] if held.known_facts is None else held.known_facts, kind):
            if len(offered.births) > 1:
                tries.check(counts, asking)
                await limits.add(connection, list(asking), WINDOW_SECONDS)
                raise AmbiguousDate(offered.births)
            await limits.add(connection, list(failing), WINDOW_SECONDS)
            raise CaseNotFound
        row = await pages.page(connection, reference)
        if row is None:
            raise CaseNotFound
        definition = await definitions.by_id(connection, row.organisation_id, row.definition_id)
        silent = await silences.silenced(connection, secret, row)
        dead = await silences.dead(connection, secret, row)
    facts = case_facts(row, definition, asked.language, silent, dead)
    await put_on_record.shown(store, row.scope, facts, Listener.PUBLIC, asked.way)
    return facts


async def _kind(connection: AsyncConnection, held: PageKey) -> str:
    """What kind of fact opens this page, if there is such a page."""
    if held.organisation_id is None or held.definition_id is None:
        return known_facts.OTHER
    return (await definitions.by_id(connection, held.organisation_id, held.definition_id)).known_fact.kind


def case_facts(
    row: PageCase,
    definition: Definition,
    language: str | None = None,
    silent: Silenced = MappingProxyType({}),
    dead: Collection[silences.Place] = (),
) -> CaseFacts:
    """The facts of a case's row in a language: the one asked for, else the person's, else the service's first, in the
    words of the definition.
    `silent`: the addresses that are silenced; `dead`: those that letters come back from."""
    spoken = definition.spoken(language, row.language)
    stage = None if row.unmapped else definition.stage(row.stage)
    opened = Moment(on=row.opened_on) if row.opened_on else Moment(at=row.opened_at)
    promises = dates.promises(row)
    standing = dates.leading(promises)
    messages = tuple(_message(each) for each in row.messages)
    source_silent = row.heard_at is not None and row.now - row.heard_at > row.patience

    def words(of: Any) -> str:
        return say(of, spoken, definition.language)

    shown = CaseFacts(
        reference=references.spell(row.reference),
        organisation=row.organisation,
        service=words(definition.name),
        stage=_stage(row, stage, definition, spoken),
        state=row.state,
        outcome=row.outcome,
        waiting_on=row.waiting_on,
        clock=row.clock,
        promise=standing,
        no_promise_reason=_no_promise_reason(row, definition, promises, standing),
        next_word_by=None if source_silent else row.next_word_on,
        needs=need_facts(row.needs, definition, spoken),
        history=_history(row.history, definition, spoken),
        promises=promises,
        messages=messages,
        last_reported_at=row.last_at,
        source_silent=source_silent,
        language=spoken,
        zone=row.zone,
        now=row.now,
        opened=opened,
        help=words(definition.help),
        complaint=words(definition.complaint),
        appeal=words(definition.appeal),
        statutory="",
        statutory_on=None,
        version=row.version,
        office=row.slug,
        delay=_delay(row, promises, definition, spoken) if row.state is CaseState.OPEN else None,
        sooner=row.sooner and standing is not None and not source_silent,
        word_is_sent=not source_silent
        and silences.somebody_is_reached(row, definition.outreach.channels, silent, dead),
        first=dates.first(row),
        came_true=dates.came_true(row, standing),
        silences=silences.silence_facts(row, silent),
    )
    return _with_rights(shown, row, definition)


def _with_rights(shown: CaseFacts, row: PageCase, definition: Definition) -> CaseFacts:
    """What is said of ends and of the law: an end that holds no longer, what can be done about one, and the limit."""
    limit, closed, spoken = definition.statutory, row.state is CaseState.CLOSED, shown.language
    since_on = row.since_on or (day_of(row.since_at, row.zone) if row.since_at else None)
    statutory_on = None
    if limit is not None and not closed:  # a case from before the limit was kept has it once it is read again
        statutory_on = row.statutory_on or (row.opened_on or day_of(row.opened_at, row.zone)) + limit.limit
    return replace(
        shown,
        statutory=say(limit.words, spoken, definition.language) if limit else "",
        statutory_on=statutory_on,
        statutory_paused=row.statutory_paused and statutory_on is not None,
        reversed=endings.reversed_end(row.messages, row.stage if closed else None, definition, spoken, row.zone),
        appeal_by=endings.appeal_by(definition.stage(row.stage), row.served_on, since_on) if closed else None,
        survivor=references.spell(row.survivor) if closed and row.survivor else "",
        survivor_ended=closed and row.survivor_ended,
        survivor_outcome=row.survivor_outcome if closed else None,
        end_in_doubt=row.end_in_doubt and not closed,
    )


def _delay(
    row: PageCase,
    promises: tuple[PromiseFacts, ...],
    definition: Definition,
    language: str,
) -> DelayFacts | None:
    """What is amiss with the date of an open case, and why, as far as it is known."""
    doubts = (each.at for each in row.messages if PURPOSES[each.purpose].doubts_date and not each.theirs)
    warned_at = max(doubts, default=None)
    waited = delays.Waited(row.clock, day_of(row.now, row.zone), warned_at)
    kind = delays.kind_of(promises, dates.leading(promises), waited)
    if kind is None:
        return None
    reason = delays.reason_of(row.delay_reason, row.waiting_on, definition)
    return DelayFacts(kind.value, reason, delays.words_of(reason, definition, language))


def _stage(row: PageCase, stage: Stage | None, definition: Definition, language: str) -> StageFacts:
    since = Moment(on=row.since_on) if row.since_on else Moment(at=row.since_at)
    ours = own_table(stage, row.waiting_on, arrived=row.arrived_at is not None)
    if stage is None:
        return StageFacts(None, "", "", Moment(), "", "", "", "", ours)

    def words(of: Any) -> str:
        return say(of, language, definition.language)

    if ours:
        return StageFacts(stage.code, "", "", Moment(at=row.arrived_at), "", "", "", "", ours)
    beside = asks_beside(stage, row.needs)
    return StageFacts(
        stage.code,
        words(stage.headline),
        words(stage.meaning),
        since,
        "" if row.survivor_ended else words(stage.next),  # that we go on with the other one
        "" if beside else words(stage.you_can),
        "" if beside else words(stage.if_late),
        words(stage.other),
    )


def _no_promise_reason(
    row: PageCase, definition: Definition, promises: tuple[PromiseFacts, ...], standing: PromiseFacts | None
) -> str | None:
    """Why there is no date: a word of the API; the page says it in a sentence."""
    if standing is not None:
        return None
    if row.state is CaseState.CLOSED:
        return "finished"
    if row.confidence is Confidence.WITHDRAWN:
        return "dates_not_kept"
    ours = next((each for each in promises if each.basis != Basis.OFFICE), None)
    given_up = ours is not None and ours.reason == Change.TOO_UNCERTAIN
    stood_in = definition.promise.stood_in  # then only its own history gives dates
    learned_from = (row.learned_from_own if stood_in else row.learned_from) or 0
    return "too_uncertain" if given_up or learned_from >= FEWEST else "too_little_history"


def _history(lines: Sequence[PageLine], definition: Definition, language: str) -> tuple[HistoryFacts, ...]:
    stages = [definition.stage(definition.moved.get(each.stage, each.stage)) if each.stage else None for each in lines]
    return tuple(
        HistoryFacts(
            when=Moment(on=line.on) if line.on else Moment(at=line.at),
            stage=line.stage,
            headline=say(stage.headline, language, definition.language) if stage else "",
            note=line.note or "",
            undone=undone,
        )
        for line, stage, undone in zip(lines, stages, endings.undone(stages), strict=True)
    )


def _message(row: PageMessage) -> MessageFacts:
    return MessageFacts(row.purpose, row.channel, row.state, row.at)

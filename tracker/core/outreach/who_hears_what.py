"""Who hears what: the messages that a case warrants, as a function of what it is and of what was said before.

The decision looks at the state of the case, not at the event that just came. So the same events in any order
warrant the same messages, a stale step warrants none, and several changes become one message as long as the
first was not released.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tracker.core.case.events import Address, PartyReported
from tracker.core.case.timeline import Folded
from tracker.core.outreach import timing
from tracker.core.outreach.reversals import fallen_end, reversals, times_taken_back
from tracker.core.outreach.topics import TOLD, DateNews, Setting, Spoken, Topic, topics
from tracker.core.promises.weighing import news_holds
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary import calendars
from tracker.core.vocabulary.messages import MessageState, Purpose, Reason, key
from tracker.core.vocabulary.purpose_traits import Ground
from tracker.core.vocabulary.purposes import PURPOSES
from tracker.core.vocabulary.words import CaseState, Channel

UNDECIDED = frozenset({MessageState.DUE, MessageState.HELD})
"""States in which nothing was said yet, so that newer news may still take its place."""

SAID = TOLD | UNDECIDED
"""States of what was said, or will be."""

CUT = frozenset({Reason.BUDGET_SPENT, Reason.PURPOSE_OFF, Reason.OLD_NEWS})
"""Reasons of the service's own to say nothing, and that it is no news any more: what is withheld for one of them is no
word, and keeps no promise."""


@dataclass(frozen=True, slots=True)
class Outreach:
    """Send this from `due_at` on (reason None), or withhold it and say why. `address` is None when there is nowhere
    to send it; `zone` is the recipient's. `late_on`: the day on which it happened, where they hear of it late;
    `fallen`: by which message they were told of an end that holds no longer; `news`: the entry of which it tells as
    well."""

    key: str
    purpose: Purpose
    party: str
    cause: str
    entry: UUID | None
    address: Address | None
    language: str
    sensitive: bool
    due_at: datetime
    zone: str
    note: str = ""
    reason: Reason | None = None
    old_on: date | None = None
    late_on: date | None = None
    fallen: Spoken | None = None
    news: str | None = None
    theirs: bool = False


@dataclass(frozen=True, slots=True)
class _Situation:
    """What it rests on whether and how a party hears of something."""

    case: Folded
    definition: Definition
    setting: Setting
    spoken: tuple[Spoken, ...]


def warranted(
    case: Folded, definition: Definition, setting: Setting, spoken: tuple[Spoken, ...], dates: tuple[DateNews, ...] = ()
) -> tuple[Outreach, ...]:
    """The messages that ought to have been said about this case by now, each to send or withheld with its reason."""
    found = [*reversals(case, definition, spoken), *topics(case, definition, setting, spoken, dates)]
    parties = _hearers(case, definition)
    if not parties:
        return tuple(_nobody(topic, definition, setting) for topic in found if not topic.after)
    situation = _Situation(case, definition, setting, spoken)
    told = tuple(
        _to(party, topic, situation)
        for topic in found
        for party in parties
        if not topic.after or _heard(party.party, topic, spoken)
        if topic.to in (None, party.party)
        if PURPOSES[topic.purpose].to_sensitive or party.party not in case.sensitive_parties
    )
    twice = _heard_in_passing(told, spoken)
    return tuple(each for each in told if not (PURPOSES[each.purpose].collected and (each.party, each.cause) in twice))


def _heard_in_passing(wanted: tuple[Outreach, ...], spoken: tuple[Spoken, ...]) -> set[tuple[str, str]]:
    """The parties and the news that they hear, or heard, in a message of another purpose: one message says both."""
    heard = {each.key: each for each in spoken if each.state in TOLD}
    return {(each.party, each.news) for each in heard.values() if each.news is not None} | {
        (each.party, each.news)
        for each in wanted
        if each.news is not None and each.reason is None and each.key not in heard
    }


def still_working(
    case: Folded, definition: Definition, setting: Setting, spoken: tuple[Spoken, ...], due_on: date
) -> tuple[Outreach, ...]:
    """The word that is due when nothing has happened: nobody waits longer than the service's silence."""
    topic = Topic(Purpose.STILL_WORKING, due_on.isoformat(), None)
    parties = _hearers(case, definition)
    if not parties:
        return (_nobody(topic, definition, setting),)
    situation = _Situation(case, definition, setting, spoken)
    return tuple(_to(party, topic, situation) for party in parties)


def word_to(case: Folded, definition: Definition) -> tuple[tuple[str, Channel], ...]:
    """The party and channel of each to whom the word that is due by a day would go, whether the address is one or not:
    for this word nobody is looked for by another channel."""
    found = ((party.party, _reached(party, definition)) for party in _hearers(case, definition))
    return tuple((party, address.channel) for party, address in found if address is not None)


def is_to_be_written(said: Outreach, before: Spoken | None) -> bool:
    """Whether a decision is to be written: a first one, one that nobody has heard yet (its facts may have moved), or
    one that was withheld for a reason that holds no longer."""
    if before is None or before.state in UNDECIDED:
        return True
    return before.state is MessageState.WITHHELD and before.reason is not said.reason


def superseded(spoken: tuple[Spoken, ...], wanted: tuple[Outreach, ...]) -> tuple[str, ...]:
    """Keys of undecided messages that the case warrants no longer, and of those that had nobody to hear them until
    somebody came. A word that was due by date stays until there is something newer to say; a message on another
    rung of the ladder or said again stands and falls with the first."""
    keep = {each.key for each in wanted}
    newer = bool(keep - {each.key for each in spoken})
    told_now = {(each.purpose, each.cause) for each in wanted if each.party}
    meant = {(each.purpose, each.party, each.cause) for each in wanted}
    return tuple(
        each.key
        for each in spoken
        if each.key not in keep
        and (
            (
                each.state in UNDECIDED
                and (each.purpose, each.party, each.cause) not in meant
                and (newer or not PURPOSES[each.purpose].stays)
            )
            or (each.reason is Reason.NO_RECIPIENT and (each.purpose, each.cause) in told_now)
        )
    )


def still_true(
    purpose: Purpose,
    cause: str,
    *,
    exists: bool,
    closed: bool,
    news: str,
    asked: str | None,
    promise: UUID | None,
    office: str | None,
) -> bool:
    """Whether a message may still be said, by what its case is now: `news` and `asked` are the entries that are
    newest to tell and to ask, `promise` is the date of ours that stands, `office` the cause of news about the office's.
    Between decision and release its worker
    may have died, and the case have moved on."""
    traits = PURPOSES[purpose]
    if traits.holds_while is not None and not (exists and closed is (traits.holds_while is CaseState.CLOSED)):
        return False
    match traits.rests_on:
        case Ground.CASE:
            return True
        case Ground.NEWS:
            return cause == news
        case Ground.REQUEST:
            return cause == asked
        case Ground.WANTED:
            return asked is not None
        case Ground.ARRIVED:
            return asked is None
        case Ground.DATE:
            return news_holds(cause, promise, office)


def _hearers(case: Folded, definition: Definition) -> list[PartyReported]:
    """The parties whom the service tells."""
    return [party for _, party in sorted(case.parties.items()) if party.role in definition.outreach.tell]


def _heard(party: str, topic: Topic, spoken: tuple[Spoken, ...]) -> bool:
    """Whether the party has heard of what the topic follows on, in time."""
    by = topic.heard_by
    return any(
        each.party == party
        and each.cause in topic.after
        and each.state in TOLD
        and (by is None or each.due_at is None or each.due_at < by)
        for each in spoken
    )


def _heard_the_end(party: str, spoken: tuple[Spoken, ...]) -> bool:
    """Nobody who heard how it ended is then told that it has begun, should it be opened again."""
    return any(each.party == party and PURPOSES[each.purpose].ends and each.state in TOLD for each in spoken)


def _to(party: PartyReported, topic: Topic, situation: _Situation) -> Outreach:
    definition, setting = situation.definition, situation.setting
    address = _reached(party, definition)
    times = times_taken_back(topic, party.party, situation.spoken)
    id_ = key(setting.case, topic.purpose, party.party, 0, topic.cause, resend=times)
    language = definition.spoken(party.language)
    sensitive = definition.sensitive or topic.sensitive or party.party in situation.case.sensitive_parties
    zone = party.zone or setting.zone
    waiting = timing.waiting_update(party.party, situation.spoken, UNDECIDED)
    late = topic.at is not None and setting.is_old(topic.at, definition)
    due_at = timing.due_at(topic, id_, setting.now, definition, zone, waiting=waiting)
    reason = _reason(party, topic, id_, address, situation)
    known = any(
        each.party == party.party and each.cause == topic.news for each in situation.spoken if each.state in TOLD
    )
    return Outreach(
        id_,
        topic.purpose,
        party.party,
        topic.cause,
        topic.entry,
        address,
        language,
        sensitive,
        due_at,
        zone,
        "" if sensitive or known else topic.note,
        reason,
        topic.old_on,
        calendars.day_of(topic.at, zone) if late and topic.at is not None else None,
        fallen_end(situation.case, definition, party.party, situation.spoken),
        topic.news,
        topic.theirs,
    )


def _reached(party: PartyReported, definition: Definition) -> Address | None:
    """Where a party is reached first: by the channel they chose, else in the service's order."""
    by_channel: Mapping[str, Address] = {address.channel: address for address in reversed(party.channels)}
    chosen = (party.prefers,) if party.prefers in definition.outreach.channels else ()
    ladder = (*chosen, *definition.outreach.channels)
    return next((by_channel[each] for each in ladder if each in by_channel), None)


def _reason(
    party: PartyReported, topic: Topic, id_: str, address: Address | None, situation: _Situation
) -> Reason | None:
    """Why this is not said, if it is not."""
    definition, spoken = situation.definition, situation.spoken
    if topic.withhold is not None:
        return topic.withhold
    if situation.setting.test:
        return Reason.TEST_MODE
    if topic.purpose not in definition.outreach.purposes:
        return Reason.PURPOSE_OFF
    if PURPOSES[topic.purpose].begins and _heard_the_end(party.party, spoken):
        return Reason.SUPERSEDED
    if address is None:
        return Reason.NO_CHANNEL
    if PURPOSES[topic.purpose].cut and _spent(party.party, id_, definition, spoken):
        return Reason.BUDGET_SPENT
    return None


def _spent(party: str, id_: str, definition: Definition, spoken: tuple[Spoken, ...]) -> bool:
    """Words that only keep a silence short are not counted: a long wait must not cost anybody the news at its end."""
    said = [
        each
        for each in spoken
        if each.party == party and each.state in TOLD and each.key != id_ and PURPOSES[each.purpose].counted
    ]
    return len(said) >= definition.outreach.messages_per_case


def _nobody(topic: Topic, definition: Definition, setting: Setting) -> Outreach:
    reason = topic.withhold or Reason.NO_RECIPIENT
    id_ = key(setting.case, topic.purpose, "", 0, topic.cause)
    return Outreach(
        id_,
        topic.purpose,
        "",
        topic.cause,
        topic.entry,
        None,
        definition.language,
        True,
        setting.now,
        setting.zone,
        "",
        reason,
        topic.old_on,
        theirs=topic.theirs,
    )

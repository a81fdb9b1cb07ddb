"""Who hears what: the messages that a case warrants, as a function of what it is and of what was said before.

The decision looks at the state of the case, not at the event that just came. So the same events in any order
warrant the same messages, a stale step warrants none, and several changes become one message as long as the
first was not released.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from tracker.core.case.events import Address, PartyReported
from tracker.core.case.timeline import Folded
from tracker.core.outreach import mailboxes, timing
from tracker.core.outreach.dates_named import dates_named_to
from tracker.core.outreach.mergers import fallen_survivor, of_survivor
from tracker.core.outreach.reversals import ends_heard, fallen_end, reversals, times_taken_back
from tracker.core.outreach.topics import TOLD, UNDECIDED, DateNews, Setting, Spoken, Topic, topics
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary import calendars
from tracker.core.vocabulary.channels import Writing, traits_of
from tracker.core.vocabulary.messages import Purpose, Reason, key
from tracker.core.vocabulary.purpose_traits import Ground
from tracker.core.vocabulary.purposes import PURPOSES
from tracker.core.vocabulary.words import Channel

SAID = TOLD | UNDECIDED
"""States of what was said, or will be."""

NO_NEWS = frozenset({Reason.SAME_ADDRESS, Reason.ROLE_NOT_TOLD})
"""Reasons of those who are not told themselves: that somebody is one of them is nothing new to say."""

CUT = frozenset({Reason.ADOPTED, Reason.BUDGET_SPENT, Reason.PURPOSE_OFF, Reason.OLD_NEWS}) | NO_NEWS
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
    same_as: str | None = None
    """The party in whose message it is, for whom the reason is that they have the same address."""
    asked_office: int = 0
    """With this word the office is asked to look at the case, for the nth time in a row."""


@dataclass(frozen=True, slots=True)
class _Situation:
    """What it rests on whether and how a party hears of something. `hearers`: whom the service tells, and where they
    are reached; `boxes`: who of them share a mailbox; `heard`: who was told of what; `dates`: and of which dates;
    `ends`: and by which message of an end; `waiting`: whom an update waits for, and since when it may leave;
    `sensitive`: parties who are, or who share a mailbox with one."""

    case: Folded
    definition: Definition
    setting: Setting
    spoken: tuple[Spoken, ...]
    hearers: tuple[mailboxes.Reached, ...]
    boxes: tuple[tuple[str, ...], ...]
    heard: mailboxes.Told
    dates: Mapping[str, frozenset[str]]
    ends: Mapping[str, Spoken]
    waiting: Mapping[str, datetime]
    sensitive: frozenset[str]


def warranted(
    case: Folded, definition: Definition, setting: Setting, spoken: tuple[Spoken, ...], dates: tuple[DateNews, ...] = ()
) -> tuple[Outreach, ...]:
    """The messages that ought to have been said about this case by now, each to send or withheld with its reason."""
    situation = _situation(case, definition, setting, spoken)
    found = [*reversals(case, definition, situation.ends), *topics(case, definition, setting, spoken, dates)]
    found += of_survivor(case, setting, situation.ends)
    untold = _untold(found, situation)
    if not situation.hearers:
        said = (topic for topic in found if not topic.after and not topic.first)
        return (*(_nobody(topic, definition, setting) for topic in said), *untold)
    told = tuple(each for topic in found for each in _to_all(topic, situation))
    twice = _heard_in_passing(told, spoken)
    once = (each for each in told if not (_may_pass(each, setting) and (each.party, each.cause) in twice))
    return (*once, *untold)


def _heard_in_passing(wanted: tuple[Outreach, ...], spoken: tuple[Spoken, ...]) -> set[tuple[str, str]]:
    """The parties and the news that they hear, or heard, in a message of another purpose: one message says both."""
    told = {each.key for each in spoken if each.state in TOLD}
    return {(each.party, each.news) for each in spoken if each.news is not None and each.key in told} | {
        (each.party, each.news)
        for each in wanted
        if each.news is not None and each.reason is None and each.key not in told
    }


def _may_pass(each: Outreach, setting: Setting) -> bool:
    """Whether it may be heard in a message of another purpose: an update, and the first time that the other case has
    ended."""
    ended = PURPOSES[each.purpose].rests_on is Ground.SURVIVOR
    first = ended and each.key == key(setting.case, each.purpose, each.party, 0, each.cause)
    return PURPOSES[each.purpose].collected or first


def still_working(
    case: Folded, definition: Definition, setting: Setting, spoken: tuple[Spoken, ...], due_on: date, *, word: int = 1
) -> tuple[Outreach, ...]:
    """The word that is due when nothing has happened, the nth in a row: nobody waits longer than the service's silence,
    or hears the same without end."""
    topic = Topic(Purpose.STILL_WORKING, due_on.isoformat(), None)
    situation = _situation(case, definition, setting, spoken)
    if not situation.hearers:
        return (_nobody(topic, definition, setting),)
    times = definition.outreach.times_asked(word)
    return tuple(replace(each, asked_office=times) for each in _to_all(topic, situation))


def word_to(case: Folded, definition: Definition) -> tuple[tuple[str, Channel], ...]:
    """The party and channel of each to whom the word that is due by a day would go first, whether the address is one or
    not."""
    found = mailboxes.hearers_of(case, definition)
    first = {box[0] for box in mailboxes.sharing(found)}
    return tuple((party.party, at.channel) for party, at in found if at is not None and party.party in first)


def _situation(case: Folded, definition: Definition, setting: Setting, spoken: tuple[Spoken, ...]) -> _Situation:
    hearers = mailboxes.hearers_of(case, definition)
    boxes, sensitive = mailboxes.sharing(hearers), case.sensitive_parties
    if sensitive:
        sensitive = sensitive.union(*(box for box in boxes if not case.sensitive_parties.isdisjoint(box)))
    return _Situation(
        case,
        definition,
        setting,
        spoken,
        hearers,
        boxes,
        mailboxes.heard_by_all(spoken),
        dates_named_to(spoken, setting.zone),
        ends_heard(spoken),
        timing.waiting_updates(spoken),
        sensitive,
    )


def _to_all(topic: Topic, situation: _Situation) -> Iterator[Outreach]:
    """One thing to each whom it concerns: to those who heard of what it follows, and of a mailbox to one."""
    hearers = [
        (party, address)
        for party, address in situation.hearers
        if topic.to in (None, party.party) and (not topic.after or _heard(party.party, topic, situation))
        if PURPOSES[topic.purpose].to_sensitive or party.party not in situation.sensitive
        if not topic.first or _lacks_date(party, address, situation)
    ]
    concerned = {party.party for party, _ in hearers}
    boxes = [[party for party in box if party in concerned] for box in situation.boxes]
    same = mailboxes.in_place_of([box for box in boxes if box], topic, situation.spoken, situation.heard)
    return (_to(each, topic, situation, same.get(each[0].party)) for each in hearers)


def _heard(party: str, topic: Topic, situation: _Situation) -> bool:
    """Whether the party has heard of what the topic follows on, in time."""
    by = topic.heard_by
    in_time = {
        each.cause
        for each in situation.spoken
        if each.state in TOLD and (by is None or each.due_at is None or each.due_at < by)
    }
    return any(who == party and cause in topic.after and cause in in_time for who, _, cause in situation.heard)


def _lacks_date(party: PartyReported, address: Address | None, situation: _Situation) -> bool:
    """Whether somebody who has heard from us was told no date, and will not be by what else we write: a letter names
    the date whatever it is about, a text hardly ever. What is sensitive names none."""
    if address is None or traits_of(address.channel).writing is not Writing.LINE:
        return False
    if situation.definition.sensitive or party.party in situation.sensitive or situation.dates.get(party.party):
        return False
    return any(who == party.party for who, _, _ in situation.heard)


def _untold(found: list[Topic], situation: _Situation) -> tuple[Outreach, ...]:
    """Whoever has a role that this service does not tell: of the beginning and the end a row says so."""
    case, definition = situation.case, situation.definition
    silent = [party for _, party in sorted(case.parties.items()) if party.role not in definition.outreach.tell]
    return tuple(
        replace(_nobody(topic, definition, situation.setting, party.party), reason=Reason.ROLE_NOT_TOLD)
        for topic in found
        if PURPOSES[topic.purpose].begins or PURPOSES[topic.purpose].ends
        for party in silent
    )


def _heard_the_end(party: str, heard: mailboxes.Told) -> bool:
    """Nobody who heard how it ended is then told that it has begun, should it be opened again."""
    return any(who == party and PURPOSES[purpose].ends for who, purpose, _ in heard)


def _to(hearer: mailboxes.Reached, topic: Topic, situation: _Situation, same_as: str | None) -> Outreach:
    (party, address), definition, setting = hearer, situation.definition, situation.setting
    end = situation.ends.get(party.party)
    times = times_taken_back(topic, party.party, situation.spoken, end)
    id_ = key(setting.case, topic.purpose, party.party, 0, topic.cause, resend=times)
    language = definition.spoken(party.language)
    sensitive = definition.sensitive or topic.sensitive or party.party in situation.sensitive
    zone = party.zone or setting.zone
    late = topic.at is not None and setting.is_old(topic.at, definition)
    due_at = timing.due_at(topic, id_, setting.now, definition, zone, waiting=situation.waiting.get(party.party))
    reason = _reason(party, topic, id_, address, situation)
    if same_as is not None and reason in (None, Reason.BUDGET_SPENT):
        reason = Reason.SAME_ADDRESS
    dates = situation.dates.get(party.party, frozenset())
    old_on = next((day for id_, day in topic.before if id_ in dates), None) if topic.before else topic.old_on
    known = topic.news is not None and any(
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
        old_on,
        calendars.day_of(topic.at, zone) if late and topic.at is not None else None,
        fallen_end(situation.case, definition, end) or fallen_survivor(situation.case, setting, end),
        topic.news,
        topic.theirs,
        same_as if reason is Reason.SAME_ADDRESS else None,
    )


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
    if PURPOSES[topic.purpose].begins and _heard_the_end(party.party, situation.heard):
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


def _nobody(topic: Topic, definition: Definition, setting: Setting, party: str = "") -> Outreach:
    reason = topic.withhold or Reason.NO_RECIPIENT
    id_ = key(setting.case, topic.purpose, party, 0, topic.cause)
    about = (id_, topic.purpose, party, topic.cause, topic.entry, None, definition.language)
    return Outreach(*about, True, setting.now, setting.zone, "", reason, topic.old_on, theirs=topic.theirs)

"""Who hears what: the messages that a case warrants, as a function of what it is and of what was said before.

The decision looks at the state of the case, not at the event that just came. So the same events in any order
warrant the same messages, a stale step warrants none, and several changes become one message as long as the
first was not released.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from tracker.core.definitions import Definition
from tracker.core.events import Address, CaseState, PartyReported, WaitingOn
from tracker.core.messages import MessageState, Purpose, Reason, key
from tracker.core.placing import Placement
from tracker.core.timeline import Folded, News, NewsKind

TOLD = frozenset({MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED, MessageState.UNKNOWN})
"""States in which somebody has heard it, or may have."""

UNDECIDED = frozenset({MessageState.DUE, MessageState.HELD})
"""States in which nothing was said yet, so that newer news may still take its place."""

UNCUT = frozenset(set(Purpose) - {Purpose.UPDATED})
"""Purposes that no budget cuts: what is urgent, and the word that was promised by a day."""


ONE_OCCASION = timedelta(hours=1)
"""Within this, a stage that waits for the person and the request for what is missing are one piece of news."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message of the case that is already on record."""

    key: str
    purpose: Purpose
    party: str
    cause: str
    state: MessageState
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Outreach:
    """Send this (reason None), or withhold it and say why. `address` is None when there is nowhere to send it."""

    key: str
    purpose: Purpose
    party: str
    cause: str
    entry: UUID | None
    address: Address | None
    language: str
    sensitive: bool
    note: str = ""
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What outreach must know besides the case itself. `live_from`: when its source went live, or None."""

    case: UUID
    live_from: datetime | None
    test: bool


@dataclass(frozen=True, slots=True)
class _Topic:
    purpose: Purpose
    cause: str
    entry: UUID | None
    note: str = ""
    sensitive: bool = False
    withhold: Reason | None = None


def warranted(
    case: Folded, definition: Definition, setting: Setting, spoken: tuple[Spoken, ...]
) -> tuple[Outreach, ...]:
    """The messages that ought to have been said about this case by now, each to send or withheld with its reason."""
    if case.opener is None:
        return ()
    topics = _topics(case, setting, spoken)
    parties = {id_: party for id_, party in case.parties.items() if party.role in definition.outreach.tell}
    if not parties:
        return tuple(_nobody(topic, definition, setting) for topic in topics)
    return tuple(
        _to(party, topic, case, definition, setting, spoken)
        for topic in topics
        for _, party in sorted(parties.items())
        if topic.purpose is not Purpose.CORRECTED or _heard(party.party, topic.cause, spoken)
    )


def still_working(
    case: Folded, definition: Definition, setting: Setting, spoken: tuple[Spoken, ...], due_on: date
) -> tuple[Outreach, ...]:
    """The word that is due when nothing has happened: nobody waits longer than the service's silence."""
    topic = _Topic(Purpose.STILL_WORKING, due_on.isoformat(), None)
    parties = [party for _, party in sorted(case.parties.items()) if party.role in definition.outreach.tell]
    if not parties:
        return (_nobody(topic, definition, setting),)
    return tuple(_to(party, topic, case, definition, setting, spoken) for party in parties)


def superseded(spoken: tuple[Spoken, ...], wanted: tuple[Outreach, ...]) -> tuple[str, ...]:
    """Keys of undecided messages that the case warrants no longer, and of those that had nobody to hear them until
    somebody came. A word that was due by date stays until there is something newer to say."""
    keep = {each.key for each in wanted}
    newer = bool(keep - {each.key for each in spoken})
    told_now = {(each.purpose, each.cause) for each in wanted if each.party}
    return tuple(
        each.key
        for each in spoken
        if each.key not in keep
        and (
            (each.state in UNDECIDED and (newer or each.purpose is not Purpose.STILL_WORKING))
            or (each.reason is Reason.NO_RECIPIENT and (each.purpose, each.cause) in told_now)
        )
    )


def still_true(purpose: Purpose, cause: str, *, exists: bool, closed: bool, news: str, asked: str) -> bool:
    """Whether a message may still be said, by what its case is now: `news` and `asked` are the entries that are
    newest to tell and to ask. Between decision and release its worker may have died, and the case have moved on."""
    match purpose:
        case Purpose.CORRECTED:
            return True
        case Purpose.FINISHED:
            return exists and closed and cause == news
        case Purpose.UPDATED:
            return exists and not closed and cause == news
        case Purpose.ACTION_NEEDED:
            return exists and not closed and cause == asked
        case Purpose.ACKNOWLEDGED | Purpose.STILL_WORKING:
            return exists and not closed


def is_adopted(case: Folded, live_from: datetime | None) -> bool:
    """Whether the case was open before its source went live."""
    return live_from is not None and case.opened_at is not None and case.opened_at < live_from


def has_spoken_up(case: Folded, live_from: datetime | None) -> bool:
    """Whether silence limits apply: always, but for adopted cases only from their first real news on."""
    if not is_adopted(case, live_from):
        return case.opener is not None
    return case.news is not None and live_from is not None and case.news.position >= live_from


def _topics(case: Folded, setting: Setting, spoken: tuple[Spoken, ...]) -> list[_Topic]:
    adopted = is_adopted(case, setting.live_from)
    old_news = Reason.ADOPTED if adopted and not has_spoken_up(case, setting.live_from) else None
    topics = [*_corrections(case, spoken)]
    news = case.news
    if case.state is CaseState.CLOSED and news is not None:
        return [*topics, _Topic(Purpose.FINISHED, str(news.entry), news.entry, news.note, news.sensitive, old_news)]
    opener = case.opener
    if opener is not None:
        silent = Reason.ADOPTED if adopted else None
        topics.append(_Topic(Purpose.ACKNOWLEDGED, "opened", opener.entry, "", opener.event.sensitive, silent))
    if case.wanted:
        newest = case.wanted[-1]
        before = adopted and setting.live_from is not None and newest.asked_at < setting.live_from
        withhold = Reason.ADOPTED if before else None
        topics.append(_Topic(Purpose.ACTION_NEEDED, str(newest.asked_by), newest.asked_by, withhold=withhold))
    if news is not None and news.kind is not NewsKind.OPENED and not case.unmapped and not _asks(case, news):
        topics.append(_Topic(Purpose.UPDATED, str(news.entry), news.entry, news.note, news.sensitive, old_news))
    return topics


def _asks(case: Folded, news: News) -> bool:
    """Whether the news is but the request for what is wanted: a stage that waits for the person, entered when it was
    asked for. One message says both."""
    if not case.wanted or news.kind is not NewsKind.STAGE or case.waiting_on is not WaitingOn.YOU:
        return False
    return abs(case.wanted[-1].asked_at - news.position) <= ONE_OCCASION


def _corrections(case: Folded, spoken: tuple[Spoken, ...]) -> list[_Topic]:
    """What we told of an event that never happened must be taken back, once for each."""
    void = {str(line.entry): line.entry for line in case.lines if line.placement is Placement.CORRECTED}
    told = {each.cause for each in spoken if each.state in TOLD and each.purpose is not Purpose.CORRECTED}
    return [_Topic(Purpose.CORRECTED, cause, entry) for cause, entry in sorted(void.items()) if cause in told]


def _heard(party: str, cause: str, spoken: tuple[Spoken, ...]) -> bool:
    return any(each.party == party and each.cause == cause and each.state in TOLD for each in spoken)


def _heard_the_end(party: str, spoken: tuple[Spoken, ...]) -> bool:
    """Nobody who heard how it ended is then told that it has begun, should it be opened again."""
    return any(each.party == party and each.purpose is Purpose.FINISHED and each.state in TOLD for each in spoken)


def _to(
    party: PartyReported,
    topic: _Topic,
    case: Folded,
    definition: Definition,
    setting: Setting,
    spoken: tuple[Spoken, ...],
) -> Outreach:
    by_channel: Mapping[str, Address] = {address.channel: address for address in reversed(party.channels)}
    address = next((by_channel[each] for each in definition.outreach.channels if each in by_channel), None)
    id_ = key(setting.case, topic.purpose, party.party, 0, topic.cause)
    language = party.language if party.language in definition.languages else definition.language
    sensitive = definition.sensitive or topic.sensitive or party.party in case.sensitive_parties
    reason = topic.withhold or (Reason.TEST_MODE if setting.test else None)
    if reason is None and topic.purpose is Purpose.ACKNOWLEDGED and _heard_the_end(party.party, spoken):
        reason = Reason.SUPERSEDED
    if reason is None and address is None:
        reason = Reason.NO_CHANNEL
    if reason is None and topic.purpose not in UNCUT and _spent(party.party, id_, definition, spoken):
        reason = Reason.BUDGET_SPENT
    return Outreach(
        id_, topic.purpose, party.party, topic.cause, topic.entry, address, language or definition.language,
        sensitive, "" if sensitive else topic.note, reason,
    )  # fmt: skip


def _spent(party: str, id_: str, definition: Definition, spoken: tuple[Spoken, ...]) -> bool:
    said = [each for each in spoken if each.party == party and each.state in TOLD and each.key != id_]
    return len(said) >= definition.outreach.messages_per_case


def _nobody(topic: _Topic, definition: Definition, setting: Setting) -> Outreach:
    reason = topic.withhold or Reason.NO_RECIPIENT
    id_ = key(setting.case, topic.purpose, "", 0, topic.cause)
    return Outreach(id_, topic.purpose, "", topic.cause, topic.entry, None, definition.language, True, "", reason)

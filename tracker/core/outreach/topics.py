"""What there is to say about a case: its topics, by what it is now and by what was said before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from tracker.core.case.adoption import has_spoken_up, is_adopted
from tracker.core.case.timeline import Folded, News, NewsKind
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary import calendars
from tracker.core.vocabulary.messages import MessageState, Purpose, Reason
from tracker.core.vocabulary.purposes import PURPOSES
from tracker.core.vocabulary.words import CaseState, Outcome, Placement, WaitingOn

TOLD = frozenset({MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED, MessageState.UNKNOWN})
"""States in which somebody has heard it, or may have."""

ONE_OCCASION = timedelta(hours=1)
"""Within this, a stage that waits for the person and the request for what is missing are one piece of news."""

ASK_NO_LATER = timedelta(days=30)
"""After this nobody is asked any more how it went."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message of the case that is already on record. `same_as`: the party in whose message it is, where it was
    withheld because both have one address."""

    key: str
    purpose: Purpose
    party: str
    cause: str
    state: MessageState
    reason: Reason | None = None
    due_at: datetime | None = None
    same_as: str | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What outreach must know besides the case itself. `live_from`: when its source went live, or None."""

    case: UUID
    live_from: datetime | None
    test: bool
    zone: str
    now: datetime


@dataclass(frozen=True, slots=True)
class DateNews:
    """News about the date that we gave: `date_changed` or `delayed`, caused by the promise of this id."""

    purpose: Purpose
    cause: str
    old_on: date | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing to say. `after`: only those who heard of this cause hear of it."""

    purpose: Purpose
    cause: str
    entry: UUID | None
    note: str = ""
    sensitive: bool = False
    withhold: Reason | None = None
    after: str | None = None
    old_on: date | None = None


def topics(
    case: Folded, definition: Definition, setting: Setting, spoken: tuple[Spoken, ...], dates: tuple[DateNews, ...]
) -> list[Topic]:
    """Everything that ought to have been said by now, each topic once."""
    adopted = is_adopted(case, setting.live_from)
    old_news = Reason.ADOPTED if adopted and not has_spoken_up(case, setting.live_from) else None
    found = _corrections(case, spoken)
    news = case.news
    if case.state is CaseState.CLOSED and news is not None:
        end = Topic(Purpose.FINISHED, str(news.entry), news.entry, news.note, news.sensitive, old_news)
        return [*found, end, *_feedback(case, definition, setting, news)]
    opener = case.opener
    if opener is not None:
        silent = Reason.ADOPTED if adopted else None
        found.append(Topic(Purpose.ACKNOWLEDGED, "opened", opener.entry, "", opener.event.sensitive, silent))
    found += _asked(case, definition, setting, adopted=adopted)
    if news is not None and news.kind is not NewsKind.OPENED and not case.unmapped and not _asks(case, news):
        found.append(Topic(Purpose.UPDATED, str(news.entry), news.entry, news.note, news.sensitive, old_news))
    return [*found, *(Topic(each.purpose, each.cause, None, withhold=old_news, old_on=each.old_on) for each in dates)]


def remind_at(case: Folded, definition: Definition, zone: str) -> datetime | None:
    """When the person is reminded of what is still wanted: before it is due, or some time after it was asked for.

    Never on the day of the request itself.
    """
    if not case.wanted or case.state is CaseState.CLOSED:
        return None
    policy, asked_at = definition.outreach, case.wanted[-1].asked_at
    asked_on = calendars.day_of(asked_at, zone)
    due = [need.item.due_on for need in case.wanted if need.item.due_on is not None]
    on = min(due) - policy.remind_before if due else asked_on + policy.remind_after
    return calendars.word_due_at(max(on, asked_on + timedelta(days=1)), zone)


def feedback_at(case: Folded, definition: Definition, zone: str) -> datetime | None:
    """When the person is asked how it went, if at all: not after a withdrawal, and never about what is sensitive."""
    if case.state is not CaseState.CLOSED or case.outcome not in (Outcome.DONE, Outcome.REFUSED):
        return None
    if not definition.feedback.ask or definition.sensitive or (case.news is not None and case.news.sensitive):
        return None
    ended_on = case.since.on or (calendars.day_of(case.since.at, zone) if case.since.at else None)
    return calendars.word_due_at(ended_on + definition.feedback.after, zone) if ended_on else None


def _asked(case: Folded, definition: Definition, setting: Setting, *, adopted: bool) -> list[Topic]:
    """The request for what is missing, and the reminder of it."""
    if not case.wanted:
        return []
    newest = case.wanted[-1]
    before = adopted and setting.live_from is not None and newest.asked_at < setting.live_from
    withhold = Reason.ADOPTED if before else None
    cause = str(newest.asked_by)
    found = [Topic(Purpose.ACTION_NEEDED, cause, newest.asked_by, withhold=withhold)]
    at = remind_at(case, definition, setting.zone)
    if at is not None and at <= setting.now:
        found.append(Topic(Purpose.REMINDER, cause, newest.asked_by, withhold=withhold, after=cause))
    return found


def _feedback(case: Folded, definition: Definition, setting: Setting, news: News) -> list[Topic]:
    at = feedback_at(case, definition, setting.zone)
    if at is None or not at <= setting.now <= at + ASK_NO_LATER:
        return []
    return [Topic(Purpose.FEEDBACK, "closed", news.entry, after=str(news.entry))]


def _asks(case: Folded, news: News) -> bool:
    """Whether the news is but the request for what is wanted: a stage that waits for the person, entered when it was
    asked for. One message says both."""
    if not case.wanted or news.kind is not NewsKind.STAGE or case.waiting_on is not WaitingOn.YOU:
        return False
    return abs(case.wanted[-1].asked_at - news.position) <= ONE_OCCASION


def _corrections(case: Folded, spoken: tuple[Spoken, ...]) -> list[Topic]:
    """What we told of an event that never happened must be taken back, once for each."""
    void = {str(line.entry): line.entry for line in case.lines if line.placement is Placement.CORRECTED}
    told = {each.cause for each in spoken if each.state in TOLD and not PURPOSES[each.purpose].takes_back}
    return [Topic(Purpose.CORRECTED, cause, void[cause], after=cause) for cause in sorted(void) if cause in told]

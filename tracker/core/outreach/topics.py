"""What there is to say about a case: its topics, by what it is now and by what was said before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from tracker.core.case.adoption import has_spoken_up, is_adopted
from tracker.core.case.limit import limit_of
from tracker.core.case.survivor import Survivor
from tracker.core.case.timeline import Folded, News, NewsKind
from tracker.core.outreach.deadlines import deadlines
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary import calendars
from tracker.core.vocabulary.calendars import DAY, WEEKDAYS, WorkingDays
from tracker.core.vocabulary.messages import MessageState, Purpose, Reason
from tracker.core.vocabulary.purposes import PURPOSES
from tracker.core.vocabulary.rhythm import PERIOD
from tracker.core.vocabulary.words import CaseState, Outcome, Placement, Rhythm, WaitingOn

TOLD = frozenset({MessageState.SENDING, MessageState.SENT, MessageState.DELIVERED, MessageState.UNKNOWN})
"""States in which somebody has heard it, or may have."""

UNDECIDED = frozenset({MessageState.DUE, MessageState.HELD})
"""States in which nothing was said yet, so that newer news may still take its place."""

ONE_OCCASION = timedelta(hours=1)
"""Within this, a stage that waits for the person and the word of what is missing are one piece of news."""

ASK_NO_LATER = timedelta(days=30)
"""After this nobody is asked any more how it went."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message of the case that is already on record. `stage`: where the case stood by its words; `sensitive`: it gave
    no details; `news`: the entry of which it told beside its own; `told_at`: when it was said, or is to be; `same_as`:
    the party in whose message it is, where it was withheld because both have one address. By `channel`, `outcome`,
    `promise`, its day and `beside_promise` one knows which dates its words name."""

    key: str
    purpose: Purpose
    party: str
    cause: str
    state: MessageState
    reason: Reason | None = None
    due_at: datetime | None = None
    stage: str | None = None
    sensitive: bool | None = None
    news: str | None = None
    told_at: datetime | None = None
    same_as: str | None = None
    channel: str | None = None
    outcome: str | None = None
    promise: str | None = None
    beside_promise: str | None = None
    promise_on: date | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """What outreach must know besides the case itself. `live_from`: when its source went live, or None; `working`: the
    days on which the service is open; `rhythm`: how often its source reports; `survivor`: the case that goes on in its
    place, if it was joined to one that is known."""

    case: UUID
    live_from: datetime | None
    test: bool
    zone: str
    now: datetime
    working: WorkingDays = WEEKDAYS
    rhythm: Rhythm = Rhythm.LIVE
    survivor: Survivor | None = None

    def is_old(self, at: datetime, definition: Definition) -> bool:
        """Whether what happened then is no news any more."""
        return self.now - at > max(definition.outreach.news_within, 2 * PERIOD[self.rhythm])

    def before_live(self, case: Folded, at: datetime) -> Reason | None:
        """Why nothing is said of what was reported of a case that was open before its source went live, if it stands
        before that."""
        adopted = self.live_from is not None and is_adopted(case, self.live_from)
        return Reason.ADOPTED if adopted and self.live_from is not None and at < self.live_from else None


@dataclass(frozen=True, slots=True)
class DateNews:
    """News about a date: `date_changed` or `delayed`, caused by a promise. `old_on`: the date that it was; `before`:
    those that a new one took the place of (their ids and days), newest first: each person is told of the last that they
    know, and of none where they know none; `theirs`: it is the office's own; `old`: it happened too long ago to be told
    now; `first`: it is news to those alone whom no message told a date."""

    purpose: Purpose
    cause: str
    old_on: date | None = None
    theirs: bool = False
    old: bool = False
    before: tuple[tuple[str, date], ...] = ()
    first: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing to say. `after`: only those who heard of one of these causes hear of it, by the instant `heard_by` if
    there is one; `to`: only this party. `gathers`: it waits a little for what may come with it, as updates do; `waits`:
    more of the same is likely to come in a moment, so that it may not have to be told. `at`: when it happened; `news`:
    the entry of which it tells as well, so that nobody hears of that twice; `before` and `first`: as in `DateNews`."""

    purpose: Purpose
    cause: str
    entry: UUID | None
    note: str = ""
    sensitive: bool = False
    withhold: Reason | None = None
    after: tuple[str, ...] = ()
    old_on: date | None = None
    heard_by: datetime | None = None
    gathers: bool = False
    to: str | None = None
    at: datetime | None = None
    news: str | None = None
    waits: bool = False
    theirs: bool = False
    before: tuple[tuple[str, date], ...] = ()
    first: bool = False


def topics(
    case: Folded, definition: Definition, setting: Setting, spoken: tuple[Spoken, ...], dates: tuple[DateNews, ...]
) -> list[Topic]:
    """Everything that ought to have been said by now, each topic once."""
    if case.opener is None:
        return []
    adopted = is_adopted(case, setting.live_from)
    quiet = Reason.ADOPTED if adopted and not has_spoken_up(case, setting.live_from) else None
    found = _corrections(case, spoken)
    news = case.news
    if case.state is CaseState.CLOSED and news is not None:
        old = setting.before_live(case, news.position)
        end = Topic(Purpose.FINISHED, str(news.entry), news.entry, news.note, news.sensitive, old, at=news.position)
        if case.merged_into is not None:  # the other one may have ended as well: that is known in a moment
            other = setting.survivor.end if setting.survivor is not None else None
            end = replace(end, waits=True, news=str(other) if other is not None else None)
        return [*found, end, *_feedback(case, definition, setting, news)]
    opener, silent = case.opener, Reason.ADOPTED if adopted else None
    at, quiet_about = case.opened_at, opener.event.sensitive
    late = at is not None and setting.is_old(at, definition)
    found.append(Topic(Purpose.ACKNOWLEDGED, "opened", opener.entry, "", quiet_about, silent, at=at, waits=late))
    found += _limit_passed(case, definition, setting)
    found += _asked(case, definition, setting)
    found += _arrived(case, setting)
    if news is not None and not case.unmapped and not _is_said_otherwise(case, definition, news, dates):
        stale = Reason.OLD_NEWS if setting.is_old(news.position, definition) else None
        old = setting.before_live(case, news.position) or stale
        found.append(Topic(Purpose.UPDATED, str(news.entry), news.entry, news.note, news.sensitive, old))
    note, along = news_along(case)
    return found + [
        Topic(
            each.purpose,
            each.cause,
            None,
            note,
            withhold=quiet,
            old_on=each.old_on,
            gathers=each.first,
            news=along,
            theirs=each.theirs,
            before=each.before,
            first=each.first,
        )
        for each in dates
        if not each.old and not case.end_in_doubt  # it may have ended: what would be late?
    ]


def _is_said_otherwise(case: Folded, definition: Definition, news: News, dates: tuple[DateNews, ...]) -> bool:
    """Whether something else says the news: the acknowledgement, that the person is asked, or that what they were asked
    for has arrived, the office's new date."""
    others = (each for each in dates if each.theirs and not each.first)
    moved = news.kind is NewsKind.DATE and any(PURPOSES[each.purpose].moves_date for each in others)
    stage = definition.stage(case.stage or "")
    waited = stage is not None and stage.waiting_on is WaitingOn.YOU and news.kind is NewsKind.STAGE and not news.note
    return news.kind is NewsKind.OPENED or moved or (waited and case.arrived is not None) or _asks(case, news)


def feedback_at(case: Folded, definition: Definition, zone: str) -> datetime | None:
    """When the person is asked how it went, if at all: not after a withdrawal, and never about what is sensitive."""
    if case.state is not CaseState.CLOSED or case.outcome not in (Outcome.DONE, Outcome.REFUSED):
        return None
    if not definition.feedback.ask or definition.sensitive or (case.news is not None and case.news.sensitive):
        return None
    ended_on = case.since.on or (calendars.day_of(case.since.at, zone) if case.since.at else None)
    return calendars.word_due_at(ended_on + definition.feedback.after, zone) if ended_on else None


def _asked(case: Folded, definition: Definition, setting: Setting) -> list[Topic]:
    """That something is asked of the person, the reminders of it, and that a day for it has passed."""
    asked, news, today = case.asked, case.news, calendars.day_of(setting.now, setting.zone)
    if asked is None:
        return []
    withhold = setting.before_live(case, asked.at)
    said = news if news is not None and _asks(case, news) else None
    note, along = news_along(case)
    found = [
        Topic(
            Purpose.ACTION_NEEDED,
            str(asked.entry),
            asked.entry,
            said.note if said else note,
            sensitive=said.sensitive if said else False,
            withhold=withhold,
            gathers=not case.wanted,
            at=asked.at,
            news=along,
        )
    ]
    for each in deadlines(case, definition, setting.zone, setting.working):
        after, ahead = (*each.of, str(asked.entry)), each.day is None or each.day >= today
        if ahead and each.remind_at is not None and each.remind_at <= setting.now:
            again = Topic(Purpose.REMINDER, each.cause, asked.entry, withhold=withhold, after=after)
            found.append(replace(again, heard_by=each.remind_at - DAY))
        if each.passed_at is not None and each.passed_at <= setting.now:
            late = Topic(Purpose.DEADLINE_PASSED, each.cause, asked.entry, withhold=withhold, after=after)
            found.append(replace(late, heard_by=each.passed_at - DAY))
    return found


def _arrived(case: Folded, setting: Setting) -> list[Topic]:
    """That what was asked for has come, as long as the office has not moved on."""
    if case.arrived is None:
        return []
    entry, withhold = case.arrived.entry, setting.before_live(case, case.arrived.at)
    return [Topic(Purpose.SUPPLIED, str(entry), entry, withhold=withhold)]


def _feedback(case: Folded, definition: Definition, setting: Setting, news: News) -> list[Topic]:
    at = feedback_at(case, definition, setting.zone)
    if at is None or not at <= setting.now <= at + ASK_NO_LATER:
        return []
    return [Topic(Purpose.FEEDBACK, "closed", news.entry, after=(str(news.entry),))]


def _asks(case: Folded, news: News) -> bool:
    """Whether the news is but that something is wanted: a stage that waits for the person, entered when it was
    asked for. One message says both."""
    if case.asked is None or news.kind is not NewsKind.STAGE or case.waiting_on is not WaitingOn.YOU:
        return False
    return abs(case.asked.at - news.position) <= ONE_OCCASION


def news_along(case: Folded) -> tuple[str, str | None]:
    """The note and the entry of the news that a message of another purpose may tell as well: all but its opening, and
    what must keep its details out of it."""
    news = case.news
    if news is None or news.kind is NewsKind.OPENED or news.sensitive or case.unmapped:
        return "", None
    return news.note, str(news.entry)


def limit_at(case: Folded, definition: Definition, zone: str) -> datetime | None:
    """When people are told that the limit set by law has passed, if it runs."""
    limit = limit_of(case, definition, zone)
    return limit.passed_at(zone) if limit is not None else None


def _limit_passed(case: Folded, definition: Definition, setting: Setting) -> list[Topic]:
    """That the limit has passed, once; of a case that was adopted not where it had passed before."""
    at = limit_at(case, definition, setting.zone)
    if at is None or at > setting.now:
        return []
    return [Topic(Purpose.LIMIT_PASSED, "limit", None, withhold=setting.before_live(case, at), waits=True)]


def _corrections(case: Folded, spoken: tuple[Spoken, ...]) -> list[Topic]:
    """What we told of an event that never happened must be taken back, once for each."""
    void = {str(line.entry): line.entry for line in case.lines if line.placement is Placement.CORRECTED}
    told = {each.cause for each in spoken if each.state in TOLD and not _taken_back_apart(each.purpose)}
    return [Topic(Purpose.CORRECTED, cause, void[cause], after=(cause,)) for cause in sorted(void) if cause in told]


def _taken_back_apart(purpose: Purpose) -> bool:
    """Whether what it said is never corrected, or by a purpose of its own: that it has not ended so."""
    return PURPOSES[purpose].takes_back or PURPOSES[purpose].ends

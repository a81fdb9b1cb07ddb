"""A service definition: what an office does for people, as data.

Read from TOML (one file a service) by `core.services.files`; stored as versions; cases follow the newest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from tracker.core.promises.weighing import USUAL
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.spelling import language_tags
from tracker.core.vocabulary.words import Channel, Clock, Outcome, Role, WaitingOn

GROWTH = 1.5
"""By so much the pause grows with each word in a row that says nothing new."""

MOST_GROWN = 20
"""After so many such words the pause has long been at its longest."""

MOST_ALIKE = 3
"""So often in a row somebody may hear the same. With the next word the office is asked to look at the case, and the
word says so."""

Words = Mapping[str, str]
"""Language code -> text. The definition's first language is always there."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One public stage of a service, with the words a person reads while their case is in it.

    `leads_to` lists the stages that may follow; empty means any. A stage that `closes` has an `outcome`.
    A `formal` stage is a decision in law: it is announced only once an event says that it was served.
    `tell` False keeps a stage out of messages; it still shows on the page. `appeal_within`: so long after it was
    served, or after the end where it is not formal, it can be asked that it is looked at again.
    """

    code: str
    headline: Words
    meaning: Words
    next: Words
    waiting_on: WaitingOn = WaitingOn.US
    other: Words = field(default_factory=dict)
    clock: Clock = Clock.RUNNING
    opens: bool = False
    closes: bool = False
    outcome: Outcome | None = None
    formal: bool = False
    tell: bool = True
    leads_to: tuple[str, ...] = ()
    you_can: Words = field(default_factory=dict)
    if_late: Words = field(default_factory=dict)
    appeal_within: timedelta | None = None


@dataclass(frozen=True, slots=True)
class KnownFact:
    """The second thing that opens the page, and how to ask for it."""

    kind: str
    label: Words
    hint: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NeedWords:
    """What is asked for under a code, `why`, `send_to`: where and how to send it, and `if_not`: what happens if it does
    not come in time."""

    what: Words
    why: Words = field(default_factory=dict)
    send_to: Words = field(default_factory=dict)
    if_not: Words = field(default_factory=dict)


UNWORDED = NeedWords({})
"""A code that the definition does not know."""


@dataclass(frozen=True, slots=True)
class PromisePolicy:
    """Dates of our own: asked for at this probability; `fallback_days` while history is too thin; `holidays`: the
    country, or the part of one (ISO 3166), on whose public holidays no date lies.

    `warn`, `warn_near`, `warn_last` and `move` are probabilities of missing a date: from them on people are warned,
    warned shortly before it, warned on the last working day before it, and given a new one.
    0 < warn_last <= warn_near <= warn <= move <= 1, and move lies above 1 - probability.
    """

    probability: float = 0.9
    fallback_days: int | None = None
    holidays: str | None = None
    warn: float = USUAL.warn
    warn_near: float = USUAL.warn_near
    warn_last: float = USUAL.warn_last
    move: float = USUAL.move

    @property
    def stood_in(self) -> bool:
        """Whether a date of the service's own stands in while its history is too thin."""
        return self.fallback_days is not None


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local hours in which nobody hears from us: from `begins` up to but without `ends`, over midnight if need be."""

    begins: time = time(21)
    ends: time = time(8)


@dataclass(frozen=True, slots=True)
class OutreachPolicy:
    """Who is told of what, by which channel first, when, and how long silence may last.

    `digest`: several updates inside this window become one message. `remind_before`: this long before something is
    due from the person, or `remind_after` the request where no day was set, they are reminded of it once.
    `news_within`: what happened longer ago is no news by itself.

    While nothing happens, a word comes after `silence`, and then after pauses that grow up to `longest_silence`.
    """

    tell: tuple[Role, ...] = (Role.APPLICANT, Role.JOINT_APPLICANT, Role.BUSINESS, Role.APPOINTEE)
    channels: tuple[Channel, ...] = (Channel.EMAIL, Channel.SMS)
    silence: timedelta = timedelta(days=14)
    messages_per_case: int = 20
    purposes: frozenset[Purpose] = frozenset(Purpose)
    quiet: QuietHours | None = QuietHours()
    digest: timedelta = timedelta(minutes=10)
    remind_before: timedelta = timedelta(days=3)
    remind_after: timedelta = timedelta(days=7)
    news_within: timedelta = timedelta(days=14)
    longest_silence: timedelta = timedelta(days=42)

    @staticmethod
    def times_asked(word: int) -> int:
        """How often by now the office is asked to look, with the nth word in a row that says nothing new; 0: not with
        this one. What was said before the first may have been the same as well: news, and a reminder of it."""
        return 0 if (word + 1) % MOST_ALIKE else (word + 1) // MOST_ALIKE

    def pause(self, words: int) -> timedelta:
        """How long nobody hears from us at most, once so many words in a row have said nothing new, in whole days."""
        grown = self.silence * GROWTH ** min(words, MOST_GROWN)
        return min(timedelta(days=grown.days) if grown.days else grown, self.longest_pause)

    @property
    def longest_pause(self) -> timedelta:
        """How long a pause may get."""
        return max(self.silence, self.longest_silence)


@dataclass(frozen=True, slots=True)
class FeedbackPolicy:
    """Whether and when we ask how it went."""

    ask: bool = True
    after: timedelta = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """How long after its end a case and its personal data are kept."""

    after_close: timedelta = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Statutory:
    """A limit set by law, beside our own expectation, and what the law gives when it passes. `pauses`: the days on
    which the clock is paused do not count."""

    limit: timedelta
    words: Words
    pauses: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """Everything that is particular to one service. Stages stand in the order of their life cycle.

    `closed_days`: the office's own days off, beside weekends and public holidays: no word and no reminder comes then,
    and no date of ours lies on one.
    `domains`: where the office's own pages and mailboxes are; a note may name what lies under them.
    """

    service: str
    languages: tuple[str, ...]
    name: Words
    known_fact: KnownFact
    stages: tuple[Stage, ...]
    mapping: Mapping[str, str]
    help: Words
    complaint: Words
    appeal: Words = field(default_factory=dict)
    needs: Mapping[str, NeedWords] = field(default_factory=dict)
    delay_reasons: Mapping[str, Words] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    promise: PromisePolicy = PromisePolicy()
    outreach: OutreachPolicy = OutreachPolicy()
    feedback: FeedbackPolicy = FeedbackPolicy()
    retention: RetentionPolicy = RetentionPolicy()
    statutory: Statutory | None = None
    sensitive: bool = False
    closed_days: frozenset[date] = frozenset()
    domains: tuple[str, ...] = ()

    @property
    def language(self) -> str:
        """The language everything is worded in, and the one to fall back on."""
        return self.languages[0]

    def spoken(self, *wished: str | None) -> str:
        """The first of these wishes (BCP 47) that the service can meet, in its own code; else its own language."""
        tags = (language_tags.serving(each, self.languages) for each in wished if each)
        return next((each for each in tags if each), self.language)

    def stage(self, code: str) -> Stage | None:
        """The stage of this code, or None."""
        return next((stage for stage in self.stages if stage.code == code), None)

    def rank(self, code: str) -> int:
        """The stage's place in the life cycle, from 0; unknown stages come last."""
        return next((place for place, stage in enumerate(self.stages) if stage.code == code), len(self.stages))

    def stage_for(self, status: str) -> Stage | None:
        """The stage that a back-office status code means, or None: an unmapped code never reaches people."""
        code = self.mapping.get(status)
        return None if code is None else self.stage(code)


def say(words: Words, language: str, fallback: str) -> str:
    """The text in this language or in the form of it that there is, else in the fallback language, else nothing."""
    return (
        words.get(language)
        or words.get(language_tags.serving(language, words) or fallback)
        or words.get(fallback)
        or ""
    )

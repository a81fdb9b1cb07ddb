"""What may be said about one case, in one language: the same facts for page, API and messages.

`flows.answers.lookup` fills them; `web.track` renders them as a page or as JSON, so that the two cannot differ. The
words are the office's: where it has none there is a code, and `web.in_words` puts ours in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tracker.core.promises.first_dates import FirstDate
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.moments import Moment
from tracker.core.vocabulary.words import Base, Basis, CaseState, PromiseOutcome


@dataclass(frozen=True, slots=True)
class StageFacts:
    """The current stage in words. `code` is None while a report of the office is checked.

    `ours`: the table of our own words that take the place of the stage's, which do not hold now: `checking`, or
    `arrived` where it waited for the person and all has come, `not_needed` where the office took back what it had
    asked. The office's own words are not there then.
    """

    code: str | None
    headline: str
    meaning: str
    since: Moment
    next: str
    you_can: str
    if_late: str
    other: str
    ours: str = ""


@dataclass(frozen=True, slots=True)
class NeedFacts:
    """One thing the person is asked for; no `text` where the office has no words. `supplied_at` None: still wanted.

    `why` it is needed, `send_to`: where and how to send it, `if_not`: what happens if it does not come by `due_on`;
    empty where the office does not say. `again`: it had been sent, and is asked for anew.
    """

    item: str
    text: str
    due_on: date | None
    supplied_at: datetime | None
    why: str = ""
    send_to: str = ""
    if_not: str = ""
    again: bool = False


@dataclass(frozen=True, slots=True)
class HistoryFacts:
    """One dated line of what has happened. `note` is a public note of the office, or nothing; `undone`: it is an end
    that holds no longer."""

    when: Moment
    stage: str | None
    headline: str
    note: str
    undone: bool = False


@dataclass(frozen=True, slots=True)
class ToldFacts:
    """To whom a date was told first, by what, and when: codes of `core.answers.tellings`."""

    audience: str
    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PromiseFacts:
    """A date that was given: `basis` says whose ("office": theirs; "history": learned from `cases` finished cases;
    "definition": the service's stand-in while history is thin), `superseded_at` when it was replaced. `base`: whose
    cases these were (a `Base`); None where it was not learned, and on dates from before that was kept.

    `id` is its row in the ledger; `told` where it was told before it is shown now, oldest first; `told_at`: when
    anybody outside the office was told of it first, before its day was over; None: it is no word that was given.
    """

    basis: Basis
    earliest_on: date | None
    half_by_on: date | None
    latest_on: date
    probability: float | None
    made_at: datetime
    superseded_at: datetime | None
    reason: str | None
    outcome: PromiseOutcome | None
    cases: int | None = None
    base: Base | None = None
    id: UUID | None = None
    told: tuple[ToldFacts, ...] = ()
    told_at: datetime | None = None

    @property
    def theirs(self) -> bool:
        """Whether the office set it itself."""
        return self.basis == Basis.OFFICE

    @property
    def stands(self) -> bool:
        """Whether it was neither replaced nor judged."""
        return self.superseded_at is None and self.outcome is None


@dataclass(frozen=True, slots=True)
class DelayFacts:
    """What is amiss with a date of an open case (a `delays.DelayKind`), and why: the reason's code, and the office's
    words for it; none where the reason is one of ours."""

    kind: str
    reason: str
    text: str


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """One message about the case: to whom it went is not said, since the page may be open to several parties."""

    purpose: str
    channel: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReversedFacts:
    """An end that people were told of and that holds no longer: in the words of then, and the day of the telling."""

    headline: str
    on: date


@dataclass(frozen=True, slots=True)
class SilenceFacts:
    """Why nothing comes by a channel: a `Wish` of one address, `at` which it was made, whether `of_one` request alone
    or of all, `until` when an answer is waited for, and how to begin again: by `text`, `link`, or the `office`."""

    channel: str
    wish: str
    at: datetime
    of_one: bool
    until: datetime | None
    start_by: str


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Everything the citizen's page and `POST /api/v1/track` say about one case; `office`: the short name of whose;
    `sooner`: it is likely to be finished well before `promise`, which stands all the same; `word_is_sent`: somebody can
    be written to, so that the word by `next_word_by` is sent, and not only to be read on the page. `appeal_by`: until
    when it can be asked that the end is looked at again; `survivor`: the reference of the case that goes on in its
    place, `survivor_ended` and `survivor_outcome`: that it has ended too, and how, where that may be said;
    `end_in_doubt`: an end was reported that lies before the beginning; `statutory_paused`: the limit set by law does
    not run now. `first`: the first date that anybody outside the office was told, by which the case is judged.
    `came_true`: so many in a hundred of the service's first dates did, where that is surely fewer than `promise`
    claims; else None; `silences`: why nothing comes by a channel."""

    reference: str
    organisation: str
    service: str
    stage: StageFacts
    state: str
    outcome: str | None
    waiting_on: str
    clock: str
    promise: PromiseFacts | None
    no_promise_reason: str | None
    next_word_by: date | None
    needs: tuple[NeedFacts, ...]
    history: tuple[HistoryFacts, ...]
    promises: tuple[PromiseFacts, ...]
    messages: tuple[MessageFacts, ...]
    last_reported_at: datetime
    source_silent: bool
    language: str
    zone: str
    now: datetime
    opened: Moment
    help: str
    complaint: str
    appeal: str
    statutory: str
    statutory_on: date | None
    version: int
    office: str = ""
    delay: DelayFacts | None = None
    sooner: bool = False
    word_is_sent: bool = False
    reversed: ReversedFacts | None = None
    appeal_by: date | None = None
    survivor: str = ""
    survivor_ended: bool = False
    survivor_outcome: str | None = None
    end_in_doubt: bool = False
    statutory_paused: bool = False
    first: FirstDate | None = None
    came_true: int | None = None
    silences: tuple[SilenceFacts, ...] = ()

    @property
    def led(self) -> PromiseFacts | None:
        """The date that the answer leads with: the one that stands, else the newest where its day has passed while the
        case is open, which is owned up to until there is a new one."""
        newest = self.promises[0] if self.promises else None
        passed = newest is not None and newest.superseded_at is None and self._has_passed(newest)
        return self.promise or (newest if passed else None)

    def _has_passed(self, given: PromiseFacts) -> bool:
        """Whether the day of a date is over without an end. Of one that passed in a silence that is known once the
        office is heard again, and the case still open."""
        heard = self.state != CaseState.CLOSED and not self.source_silent
        return given.outcome == PromiseOutcome.MISSED or (heard and given.outcome == PromiseOutcome.COULD_NOT_TELL)

    @property
    def share(self) -> float | None:
        """The share of requests that are finished by the date that stands, where it is known whose requests taught it
        and dates of the service come true as often."""
        promise = self.promise
        return promise.probability if promise is not None and promise.base and self.came_true is None else None

    @property
    def half_on(self) -> date | None:
        """The day by which half are finished, where it is worth saying beside the date: see `says_half`."""
        promise = self.promise
        if promise is None or promise.half_by_on is None or not self.share:
            return None
        made_on, today = day_of(promise.made_at, self.zone), day_of(self.now, self.zone)
        return promise.half_by_on if says_half(made_on, promise.half_by_on, promise.latest_on, today) else None

    @property
    def broken(self) -> tuple[PromiseFacts, ...]:
        """The dates that were told and do not stand as they were told, ours and the office's, newest first: replaced,
        taken back, or passed. Of an open case without the one that the answer leads with."""
        closed = self.state == CaseState.CLOSED
        led = None if closed else self.led
        return tuple(
            each
            for each in self.promises
            if each is not led and each.told_at is not None
            if _gone(each, closed=closed) or self._has_passed(each)
        )


def says_half(made_on: date, half_on: date, latest_on: date, today: date) -> bool:
    """Whether the day by which half are finished is worth saying beside the date: it lies ahead, and before the middle
    of the wait that the date means, counted from when it was given."""
    return half_on > today and 2 * (half_on - made_on) < latest_on - made_on


def _gone(each: PromiseFacts, *, closed: bool) -> bool:
    """Whether a date was replaced or taken back; one that ended with its case, since that was withdrawn, was not."""
    taken_back = each.outcome == PromiseOutcome.WITHDRAWN and (each.reason is not None or not closed)
    return each.superseded_at is not None or taken_back

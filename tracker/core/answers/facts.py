"""What may be said about one case, in one language: the same facts for page, API and messages.

`flows.answers.lookup` fills them; `web.track` renders them as a page or as JSON, so that the two cannot differ. The
words are the office's: where it has none there is a code, and `web.in_words` puts ours in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from tracker.core.vocabulary.channels import ChannelTraits, traits_of
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.moments import Moment
from tracker.core.vocabulary.purpose_traits import PurposeTraits
from tracker.core.vocabulary.purposes import PURPOSES
from tracker.core.vocabulary.words import Base, Basis, PromiseOutcome


@dataclass(frozen=True, slots=True)
class StageFacts:
    """The current stage in words. `code` is None, and no words are there, while a report of the office is checked."""

    code: str | None
    headline: str
    meaning: str
    since: Moment
    next: str
    you_can: str
    if_late: str
    other: str


@dataclass(frozen=True, slots=True)
class NeedFacts:
    """One thing the person is asked for; no `text` where the office has no words. `supplied_at` None: still wanted."""

    item: str
    text: str
    due_on: date | None
    supplied_at: datetime | None


@dataclass(frozen=True, slots=True)
class HistoryFacts:
    """One dated line of what has happened. `note` is a public note of the office, or nothing."""

    when: Moment
    stage: str | None
    headline: str
    note: str


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

    `id` is its row in the ledger; `told` where it was told before it is shown now, oldest first.
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
class CaseFacts:
    """Everything the citizen's page and `POST /api/v1/track` say about one case; `office`: the short name of whose;
    `sooner`: it is likely to be finished well before `promise`, which stands all the same; `word_is_sent`: somebody can
    be written to, so that the word by `next_word_by` is sent, and not only to be read on the page."""

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


@dataclass(frozen=True, slots=True)
class CaughtFacts:
    """A message that the sandbox caught instead of sending it. `html` is None for an SMS."""

    id: str
    purpose: str
    channel: str
    address: str
    reference: str
    organisation: str
    caught_at: datetime
    sender: str
    subject: str | None
    text: str
    html: str | None
    segments: int | None
    encoding: str | None
    units: int | None

    @property
    def channel_traits(self) -> ChannelTraits:
        """What holds of its channel."""
        return traits_of(self.channel)


@dataclass(frozen=True, slots=True)
class OutreachFacts:
    """What one message is rendered from: frozen when it was decided, in the recipient's language. `headline` and
    `meaning` are empty while the newest status is checked.

    `promise_on` is the date that stands, with `half_by_on`, `probability` and `promise_base` (a `Base`) where it is
    learned; `old_on` the one that it replaced; `sooner`: that it is likely to be finished well before it;
    `delay_reason` says in words why it takes longer, `delay_code` which reason that is. `feedback_url` and `stop_url`
    are this recipient's own; empty where there is none. `domains`: the office's own, and the mailbox that it writes
    from; what lies elsewhere is no address that a note may name.
    """

    purpose: str
    organisation: str
    service: str
    reference: str
    headline: str
    meaning: str
    next: str
    waiting_on: str
    needs: tuple[NeedFacts, ...]
    note: str
    promise_on: date | None
    promise_basis: str | None
    next_word_by: date | None
    outcome: str | None
    appeal: str
    help: str
    track_url: str
    sensitive: bool
    language: str
    zone: str
    old_on: date | None = None
    half_by_on: date | None = None
    probability: float | None = None
    promise_base: str | None = None
    sooner: bool = False
    if_late: str = ""
    delay_reason: str = ""
    delay_code: str = ""
    complaint: str = ""
    feedback_url: str = ""
    stop_url: str = ""
    domains: tuple[str, ...] = ()

    @property
    def traits(self) -> PurposeTraits:
        """What holds of all messages of this purpose."""
        return PURPOSES[Purpose(self.purpose)]

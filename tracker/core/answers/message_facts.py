"""What one message is made of, and what the sandbox caught of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from tracker.core.answers.facts import NeedFacts
from tracker.core.vocabulary.channels import ChannelTraits, traits_of
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.moments import Moment
from tracker.core.vocabulary.purpose_traits import PurposeTraits
from tracker.core.vocabulary.purposes import PURPOSES


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
    """What one message is rendered from: frozen when it was decided, in the recipient's language. `ours`: the table of
    our own words that take the place of those of the stage, as in `StageFacts`; `since`: when that began; `you_can`:
    what a stage that waits for the person asks of them; `heard_on`: the day of the office's last report.

    `promise_on` is the date that stands, with `half_by_on`, `probability` and `promise_base` (a `Base`) where it is
    learned; `old_on` the one that people know and that it replaced, `theirs`: both are the office's own;
    `beside_on`: the office's own date beside ours, or ours beside the office's; `came_true`: so many in a hundred
    first dates did, where that is surely fewer than `probability`; `sooner`: that it is likely to be finished well
    before it; `delay_reason` says in words why it takes longer, `delay_code` which reason that is. `feedback_url`
    and `stop_url` are this recipient's own; empty where there is none. `late_on`: the day on which it happened,
    where it is told late; `told_headline` and `told_on`: an end that they were told of and that holds no longer;
    `survivor`: the reference of the case that goes on; `statutory_on`: the limit set by law. `how_to_stop`: a
    `HowToStop`, or words for it; of the first message that somebody gets by a channel where no link says it, else
    None. `domains`: the office's own, and the mailbox that it writes from; what lies elsewhere is no address that a
    note may name.
    `asked_office`: the office is asked to look at the case, for the nth time since anything was new; 0: it is not.
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
    today: date
    old_on: date | None = None
    theirs: bool = False
    beside_on: date | None = None
    came_true: int | None = None
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
    how_to_stop: str | None = None
    domains: tuple[str, ...] = ()
    ours: str = ""
    you_can: str = ""
    since: Moment = Moment()
    heard_on: date | None = None
    late_on: date | None = None
    told_headline: str = ""
    told_on: date | None = None
    appeal_by: date | None = None
    survivor: str = ""
    survivor_ended: bool = False
    survivor_outcome: str | None = None
    end_in_doubt: bool = False
    statutory: str = ""
    statutory_on: date | None = None
    asked_office: int = 0

    @property
    def share(self) -> float | None:
        """The share of requests that are finished by `promise_on`, where it is known whose, and dates come true so."""
        return self.probability if self.promise_base and self.came_true is None else None

    @property
    def traits(self) -> PurposeTraits:
        """What holds of all messages of this purpose."""
        return PURPOSES[Purpose(self.purpose)]

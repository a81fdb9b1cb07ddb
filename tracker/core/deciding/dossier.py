"""All that a decision needs to know of some case numbers: read once, and then decided about without asking again.

The records bear the names of the columns that they are read from and written to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tracker.core.case.events import StatusEvent
from tracker.core.case.survivor import Survivor
from tracker.core.outreach.topics import Spoken
from tracker.core.promises.learning import SurvivalCurve
from tracker.core.promises.punctuality import NONE, Record
from tracker.core.promises.record import PromiseRecord
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary.calendars import WEEKDAYS, WorkingDays
from tracker.core.vocabulary.messages import MessageState, Purpose, Reason
from tracker.core.vocabulary.personal import Personal
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import CaseState, Clock, Confidence, Outcome, Placement, Rhythm, WaitingOn

Number = tuple[str, str]
"""A register, and a case number in it: what a back office calls a request."""


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """What a case is: the columns of its row. See `store.case.cases`."""

    id: UUID
    register: str
    number: str
    epoch: int
    service: str
    reference: str
    source_id: UUID
    live_from: datetime | None
    stage: str
    since_at: datetime | None
    since_on: date | None
    state: CaseState
    outcome: Outcome | None
    waiting_on: WaitingOn
    clock: Clock
    unmapped: bool
    delay_reason: str | None
    served_on: date | None
    merged_into: str | None
    end_in_doubt: bool
    statutory_on: date | None
    statutory_paused: bool
    needs: Personal[list[dict[str, Any]]]
    known_facts: Personal[list[bytes]]
    language: str | None
    opened_at: datetime
    opened_on: date | None
    last_at: datetime
    void: bool
    spoken_at: datetime | None
    next_word_on: date | None
    next_word_at: datetime | None
    quiet_words: int
    arrived_at: datetime | None
    word_to: list[UUID] | None
    wake_at: datetime | None
    news_entry: UUID | None
    asked_entry: UUID | None
    promise_id: UUID | None
    sooner: bool
    forget_at: datetime | None
    erased_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class EntryPlace:
    """Where an entry stands: in which case, and what the fold made of it there; `parked_until` while it waits for
    one."""

    case_id: UUID | None
    placement: Placement
    stage: str | None
    shown: bool
    position_at: datetime
    rank: int
    parked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """An entry: the event that it keeps, who reported it, and where it stands. `fingerprint`: an HMAC of what it said,
    wanted of one that is new. `heard_at`: when it came, business time."""

    id: UUID
    event: StatusEvent
    register: str
    source_id: UUID
    spot: EntryPlace
    fingerprint: bytes = b""
    heard_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecipientRecord:
    """Where a party of a case is reached by a channel; `normal`: in the one form in which addresses are compared;
    `confirmed_at`: when the office last gave another one than before; `current`: it still gives one."""

    id: UUID
    case_id: UUID
    party: str
    channel: str
    address: Personal[str]
    normal: Personal[str | None]
    confirmed_at: datetime | None = None
    current: bool = True


@dataclass(frozen=True, slots=True)
class MessageRecord:
    """One decision to say something, or not to: the columns of its row. `retimed`: its due time is new; else one that
    is on record and undecided keeps its own."""

    id: UUID
    key: str
    case_id: UUID
    entry_id: UUID | None
    source_id: UUID
    recipient_id: UUID | None
    party: str
    purpose: Purpose
    cause: str
    channel: str | None
    language: str
    facts: Personal[dict[str, Any]]
    state: MessageState
    reason: Reason | None
    decided_at: datetime
    due_at: datetime
    settled_at: datetime | None = None
    attempt_number: int = 0
    rung: int = 0
    retimed: bool = True


@dataclass(frozen=True, slots=True)
class CaseKnown:
    """All that is on record of one case. `spoken` by key, `recipients` by party and channel; `given` oldest first;
    `survivor`: the case that goes on in its place, read without its lock: what changes it has this one looked at."""

    record: CaseRecord
    entries: tuple[Entered, ...] = ()
    spoken: Mapping[str, Spoken] = field(default_factory=dict)
    given: tuple[PromiseRecord, ...] = ()
    recipients: Mapping[tuple[str, str], RecipientRecord] = field(default_factory=dict)
    survivor: Survivor | None = None


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is on record under one number: its cases by epoch, and the entries that wait for one, oldest first.

    `fault`: it could not be read, and why; the number can be named and no more.
    """

    number: Number
    cases: tuple[CaseKnown, ...] = ()
    waiting: tuple[Entered, ...] = ()
    fault: Exception | None = None


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """An event id that came before: its entry, a fingerprint of what it said, and the reference of its case."""

    entry: UUID
    fingerprint: bytes
    reference: str | None


@dataclass(frozen=True, slots=True)
class ServiceKnown:
    """By what cases of a service are read: its newest definition, the newest curve and the days on which it works, and
    how far its dates are relied on, since which day if that ever changed, and how many of its first
    dates came true."""

    definition_id: UUID
    definition: Definition
    curve_id: UUID | None = None
    curve: SurvivalCurve | None = None
    working: WorkingDays = WEEKDAYS
    confidence: Confidence | None = None
    relied_on_since: date | None = None
    record: Record = NONE

    @property
    def open_days(self) -> WorkingDays:
        """The days on which the office is there: its own days off are none. Words and deadlines go by them."""
        return self.working.but(self.definition.closed_days)


@dataclass(frozen=True, slots=True)
class SourceKnown:
    """A back-office system: how often it reports, how long it may be quiet, when it went live and was heard last."""

    rhythm: Rhythm
    patience: timedelta
    live_from: datetime | None = None
    heard_at: datetime | None = None

    def is_silent(self, now: datetime) -> bool:
        """Whether it has been quiet for longer than it may be."""
        return self.heard_at is not None and self.heard_at + self.patience < now


@dataclass(frozen=True, slots=True)
class Dossiers:
    """What is known of some numbers of one scope, of the event ids that arrive, and of the services and sources that
    these concern. `zone`: the organisation's; `now`: what its clock showed when it was read. `services_known`: the
    codes of all services, read where an event names one that is not there."""

    scope: Scope
    zone: str
    now: datetime
    numbers: Mapping[Number, Dossier] = field(default_factory=dict)
    seen: Mapping[tuple[UUID, str], SeenEvent] = field(default_factory=dict)
    services: Mapping[str, ServiceKnown] = field(default_factory=dict)
    sources: Mapping[UUID, SourceKnown] = field(default_factory=dict)
    services_known: tuple[str, ...] = ()

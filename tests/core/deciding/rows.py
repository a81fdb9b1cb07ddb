"""Rows in memory: what a database would keep of decisions, so that one decision can follow the other without one."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tracker.core.case.events import without_words
from tracker.core.deciding.changes import Changes
from tracker.core.deciding.dossier import (
    CaseKnown,
    CaseRecord,
    Dossier,
    Dossiers,
    Entered,
    MessageRecord,
    Number,
    RecipientRecord,
    SeenEvent,
    ServiceKnown,
    SourceKnown,
)
from tracker.core.deciding.drafts import on_record
from tracker.core.promises.record import PromiseRecord
from tracker.core.vocabulary.messages import MessageState, Reason
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode, Rhythm

SCOPE = Scope(UUID(int=1), Mode.LIVE)
SOURCE = UUID(int=2)
OPEN = (MessageState.DUE, MessageState.HELD, MessageState.WITHHELD)
RENEWED = ("state", "reason", "recipient_id", "channel", "language", "facts", "source_id", "entry_id", "settled_at")
"""What a message that is on record takes over from one that is decided again, besides its time."""


class Counting:
    """Ids and references in their order, so that two runs can be compared to the letter."""

    def __init__(self, after: int = 1_000) -> None:
        self._ids = self._references = after

    def id(self) -> UUID:
        """The next id."""
        self._ids += 1
        return UUID(int=self._ids)

    def reference(self) -> str:
        """The next reference."""
        self._references += 1
        return f"R{self._references:06}"


@dataclass
class Rows:
    """The tables. `sent` are keys of messages that a worker has carried."""

    cases: dict[UUID, CaseRecord] = field(default_factory=dict)
    entries: dict[UUID, Entered] = field(default_factory=dict)
    messages: dict[str, MessageRecord] = field(default_factory=dict)
    recipients: dict[tuple[UUID, str, str], RecipientRecord] = field(default_factory=dict)
    given: dict[UUID, PromiseRecord] = field(default_factory=dict)
    heard: dict[UUID, datetime] = field(default_factory=dict)
    notices: Counter[Any] = field(default_factory=Counter)
    audited: list[Any] = field(default_factory=list)

    def write(self, changes: Changes) -> None:
        """Do what a decision comes to. Every row must be there, or must not be there yet, as it was decided."""
        for source in changes.unheld:
            self._unhold(source)
        for record in changes.opened:
            assert record.id not in self.cases
            self.cases[record.id] = record
        for case in changes.cases:
            assert case.wake_was == self.cases[case.record.id].wake_at
            self.cases[case.record.id] = case.record
        for entered in changes.entries:
            assert entered.id not in self.entries
            self.entries[entered.id] = entered
        for move in changes.moves:
            before = self.entries[move.entry]
            assert before.spot.placement.value == move.was
            self.entries[move.entry] = replace(before, spot=move.spot)
        for reached in changes.recipients:
            self.recipients[reached.case_id, reached.party, reached.channel] = reached
        self._dates(changes)
        for message in changes.messages:
            self._say(message, retimed=message.key in changes.retimed)
        for key in changes.overtaken:
            if self.messages[key].state in OPEN:
                self.messages[key] = replace(
                    self.messages[key], state=MessageState.WITHHELD, reason=Reason.SUPERSEDED, settled_at=changes.now
                )
        self.heard |= dict.fromkeys(changes.heard, changes.now)
        self.notices.update(changes.notices)
        self.audited += changes.audited

    def forget(self, id_: UUID, now: datetime) -> None:
        """Erase a case: what happened is kept, whom it concerned is not."""
        self.cases[id_] = replace(
            self.cases[id_], erased_at=now, known_facts=[], next_word_on=None, next_word_at=None, wake_at=None
        )
        for each in [each for each in self.entries.values() if each.spot.case_id == id_]:
            self.entries[each.id] = replace(each, event=without_words(each.event))
        for at, reached in self.recipients.items():
            if reached.case_id == id_:
                self.recipients[at] = replace(reached, address="", normal=None)

    def _dates(self, changes: Changes) -> None:
        for made in changes.given:
            assert made.id not in self.given
            self.given[made.id] = made
        for changed in changes.changed:
            assert self.given[changed.id].stands or self.given[changed.id].ended_with_its_case
            self.given[changed.id] = changed

    def _unhold(self, source: UUID) -> None:
        for key, each in self.messages.items():
            if each.state is MessageState.HELD and each.source_id == source:
                self.messages[key] = replace(each, state=MessageState.DUE, reason=None)

    def _say(self, message: MessageRecord, *, retimed: bool) -> None:
        before, message = self.messages.get(message.key), replace(message, retimed=True)
        if before is None:
            self.messages[message.key] = message
        elif before.state in OPEN:
            afresh = before.state is MessageState.WITHHELD or retimed
            due_at = message.due_at if afresh else before.due_at
            values = {name: getattr(message, name) for name in RENEWED}
            self.messages[message.key] = replace(before, due_at=due_at, **values)

    def dossiers(
        self, numbers: Iterable[Number], services: dict[str, ServiceKnown], now: datetime, shuffle: random.Random
    ) -> Dossiers:
        """What a decision about these numbers would know. Entries come in any order, as from a database."""
        entries = list(self.entries.values())
        shuffle.shuffle(entries)
        seen = {
            (each.source_id, each.event.id): SeenEvent(each.id, each.fingerprint, self._reference(each))
            for each in entries
        }
        source = SourceKnown(Rhythm.LIVE, timedelta(days=3), now - timedelta(days=400), self.heard.get(SOURCE))
        found = {number: self._dossier(number, entries) for number in numbers}
        return Dossiers(SCOPE, "Europe/London", now, found, seen, services, {SOURCE: source}, tuple(services))

    def _reference(self, entered: Entered) -> str | None:
        return self.cases[entered.spot.case_id].reference if entered.spot.case_id else None

    def _dossier(self, number: Number, entries: list[Entered]) -> Dossier:
        records = sorted(
            (each for each in self.cases.values() if (each.register, each.number) == number),
            key=lambda each: each.epoch,
        )
        waiting = [
            each for each in entries if each.spot.case_id is None and (each.register, each.event.number) == number
        ]
        return Dossier(
            number,
            tuple(self._known(each, entries) for each in records),
            tuple(sorted(waiting, key=lambda each: each.event.time)),
        )

    def _known(self, record: CaseRecord, entries: list[Entered]) -> CaseKnown:
        return CaseKnown(
            record,
            tuple(each for each in entries if each.spot.case_id == record.id),
            {key: on_record(each) for key, each in self.messages.items() if each.case_id == record.id},
            tuple(each for each in self.given.values() if each.case_id == record.id),
            {(party, channel): each for (case, party, channel), each in self.recipients.items() if case == record.id},
        )

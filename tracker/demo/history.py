"""Lives that are over, decided by the very decision that the flows make, in memory, and written in bulk.

A life is gone through from one instant to the next at which something about it happened or fell due. What comes of it
are rows, such that reading the case again changes nothing.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from integrations.inbound import context_of
from integrations.wire import translate
from tracker.core.deciding.case_in_hand import CaseInHand
from tracker.core.deciding.changes import Changes
from tracker.core.deciding.decide import Deciding
from tracker.core.deciding.dossier import Dossier, Dossiers, MessageRecord, ServiceKnown, SourceKnown
from tracker.core.deciding.reports import Report, Reporter
from tracker.core.outreach.attempts import Ending
from tracker.core.promises.learning import SurvivalCurve
from tracker.core.promises.record import PromiseRecord
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.messages import MessageState
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import CaseState, Mode, Rhythm
from tracker.demo.lives import InventedCase
from tracker.flows.deciding.transaction import FRESH
from tracker.flows.outreach.release import named
from tracker.flows.promises import holidays
from tracker.store.ground.columns import new_id
from tracker.store.ground.organisations import Office
from tracker.store.organisations.keys import Sender
from tracker.store.services.definitions import Current

Row = dict[str, Any]

Learned = tuple[UUID, SurvivalCurve]
"""The curve that dates were read from, and its id."""


@dataclass
class Past:
    """One case as it came to be, in memory. `deciding`: all that was decided about it."""

    office: Office
    definition: Definition
    dice: random.Random
    deciding: Deciding

    @property
    def case(self) -> CaseInHand:
        """The case itself. Raises LookupError before it is opened."""
        found = self.cases()
        if not found:
            raise LookupError("the life has not begun")
        return found[0]

    def cases(self) -> list[CaseInHand]:
        """The case, once it is opened."""
        return [case for under in self.deciding.under() for case in under.cases]

    @property
    def number(self) -> str:
        """What the back office calls it."""
        return next(under.number[1] for under in self.deciding.under())

    @property
    def reference(self) -> str:
        """What the case is called in public."""
        record = self.case.record
        return record.reference if record is not None else ""


@dataclass(frozen=True, slots=True)
class Reporting:
    """Who reported a past, since when, how often, and by which secret it is read."""

    sender: Sender
    rhythm: Rhythm
    patience: timedelta
    live_from: datetime
    secret: bytes


def past(
    office: Office, current: Current, told: Reporting, life: InventedCase, until: datetime, *, learned: Learned | None
) -> Past:
    """A life up to an instant. `learned`: None where nothing was learned yet, and its date is the service's own
    stand-in."""
    curve_id, curve = learned or (None, None)
    number = told.sender.registers[0], life.number
    working = holidays.working_days(current.definition.promise.holidays)
    service = ServiceKnown(current.id, current.definition, curve_id, curve, working)
    dossiers = Dossiers(
        Scope(office.id, Mode.LIVE),
        office.zone,
        life.steps[0][0],
        {number: Dossier(number)},
        services={life.service: service},
        sources={told.sender.source_id: SourceKnown(told.rhythm, told.patience, told.live_from)},
    )
    dice = random.Random(life.number)  # noqa: S311 - the same demo every time
    found = Past(office, current.definition, dice, Deciding(dossiers, FRESH, dossiers.now))
    by = Reporter(told.sender.source_id, told.sender.source, told.sender.registers)
    steps = [step for step in life.steps if step[0] <= until]
    while True:
        at = min([*([steps[0][0]] if steps else []), *_due(found)], default=None)
        if at is None or at > until:
            break
        _come_to(found, at)
        while steps and steps[0][0] <= at:
            found.deciding.take(_report(told, steps.pop(0)[1]), by)
        found.deciding.revisit()
    _come_to(found, until)
    return found


def _come_to(found: Past, now: datetime) -> None:
    """Time passes: what was due has been sent and has arrived, and dates whose day is over are judged."""
    found.deciding.later(now)
    for case in found.cases():
        case.arrived(now)
        case.given = _told_by_now(case)
        case.judge_passed()


def date_named(message: MessageRecord) -> UUID | None:
    """The date that the words of a message name, on the day on which it is sent."""
    if not message.channel:
        return None
    return named(message.purpose, message.channel, message.facts, day_of(message.due_at, message.facts["zone"]))


def _told_by_now(case: CaseInHand) -> list[PromiseRecord]:
    """Its dates, with when a message that names them arrived first."""
    told: dict[UUID, datetime] = {}
    for each in case.messages.values():
        date_ = date_named(each)
        if date_ is not None and each.state is MessageState.DELIVERED:
            told[date_] = min(each.due_at, told.get(date_, each.due_at))
    return [replace(each, told_at=told[each.id]) if each.id in told else each for each in case.given]


def _report(told: Reporting, event: Row) -> Report:
    return translate(json.dumps(event).encode(), "application/json", context_of(told.sender, told.secret))


def _due(found: Past) -> list[datetime]:
    """When something about a case falls due by time alone."""
    times: list[datetime | None] = []
    for case in found.cases():
        if case.record is not None:
            times += [case.record.next_word_at, case.record.wake_at]
        times += [each.passes_at for each in case.given if each.stands]
    return [at for at in times if at is not None]


def changes(found: Past, until: datetime) -> Changes:
    """Everything that the flows would have written of it. What is open is looked at first thing, since more was learned
    by then; when the source was heard is left to what it says from now on."""
    made = found.deciding.decided().changes
    made.heard, made.unheld = [], []
    made.opened = [replace(each, wake_at=until) if each.state is CaseState.OPEN else each for each in made.opened]
    return made


def attempts(found: Past) -> list[Row]:
    """How its messages were sent; their words are left to `demo.afterwards`."""
    mine = found.case.messages.values()
    return [_attempt(found.office.id, each) for each in mine if each.state is MessageState.DELIVERED]


def _attempt(organisation_id: UUID, message: MessageRecord) -> Row:
    id_ = new_id()
    return {
        "organisation_id": organisation_id,
        "mode": Mode.LIVE.value,
        "id": id_,
        "message_id": message.id,
        "number": 1,
        "carrier": "sandbox",
        "content": {},
        "outcome": Ending.ACCEPTED.value,
        "provider_id": f"caught-{id_}",
        "started_at": message.due_at,
        "promise_id": date_named(message),
    }

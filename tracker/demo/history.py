"""What the flows would have written of lives that are over: decided by the same core and ledger, written in bulk.

A life is gone through from one instant to the next at which something about it happened or fell due, in memory.
What comes of it are rows, such that reading the case again changes nothing.
"""

from __future__ import annotations

import json
import random
import secrets
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from integrations.wire import translate
from tracker.core import calendars, known_facts, outreach, references, timing
from tracker.core.attempts import Ending
from tracker.core.events import CaseState, Channel, PartyReported, StatusEvent
from tracker.core.learning import Curve
from tracker.core.messages import MessageState, Purpose, Reason
from tracker.core.placing import Placed
from tracker.core.timeline import Folded
from tracker.core.topics import Setting, Spoken
from tracker.demo.lives import Life
from tracker.flows import addresses, ledger
from tracker.flows import refold as folding
from tracker.flows.book import Book
from tracker.flows.ledger import Kept
from tracker.flows.refold import Subject
from tracker.flows.release import named
from tracker.store import promises
from tracker.store.columns import Mode, new_id
from tracker.store.entries import entry_row
from tracker.store.keys import Sender
from tracker.store.organisations import Office
from tracker.store.parties import party_row
from tracker.store.promises import Found, Given
from tracker.store.services import Current

Row = dict[str, Any]

Learned = tuple[UUID, Curve]
"""The curve that dates were read from, and its id."""


class Paper(Book):
    """A book that is kept in memory alone, until all of it is written at once."""

    def __init__(self, subject: Subject, given: list[Given], learned: Learned | None) -> None:
        curve_id, curve = learned or (None, None)
        super().__init__(None, subject, Found(tuple(given), curve_id, False), curve)  # type: ignore[arg-type]

    async def give(self, given: Given) -> Given:
        """Add a promise."""
        self.given.append(given)
        return given

    async def supersede(self, old: Given, by: Given, reason: str) -> None:
        """Write what replaced a promise."""
        self._put(replace(old, superseded_by=by.id, superseded_at=self.now, reason=reason))

    async def judge(self, given: Given, outcome: promises.Kept, at: datetime, reason: str | None = None) -> None:
        """Write what became of a promise."""
        self._put(replace(given, outcome=outcome.value, judged_at=at, reason=reason))

    async def let_pass(self, given: Given, at: datetime | None) -> Given:
        """Say when the day of a promise is over."""
        return self._put(replace(given, passes_at=at))


@dataclass
class Past:
    """One case as it came to be, in memory. `sender`: who reported; `learned`: None where nothing was learned yet, and
    its date is the service's own stand-in."""

    subject: Subject
    sender: Sender
    secret: bytes
    dice: random.Random
    learned: Learned | None = None
    reference: str = ""
    entries: list[tuple[UUID, StatusEvent, bytes]] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    messages: dict[str, Row] = field(default_factory=dict)
    recipients: dict[tuple[str, str], Row] = field(default_factory=dict)
    case: Folded = field(default_factory=Folded)
    kept: ledger.Kept | None = None
    word_on: date | None = None

    @property
    def office(self) -> Office:
        """Whose case it is, with what its clock shows."""
        return self.subject.office


async def past(
    office: Office, current: Current, sender: Sender, live_from: datetime, secret: bytes, life: Life, until: datetime,
    learned: Learned | None = None,
) -> Past:  # fmt: skip
    """A life up to an instant."""
    mine = Subject(office, Mode.LIVE, new_id(), 0, current, live_from, sender.source_id, None)
    dice = random.Random(life.number)  # noqa: S311 - the same demo every time
    told = Past(mine, sender, secret, dice, learned, references.reference(secrets.randbelow(references.CAPACITY)))
    steps = [step for step in life.steps if step[0] <= until]
    while steps or told.entries:
        times = [steps[0][0]] if steps else []
        at = min([*times, *_due(told)], default=None)
        if at is None or at > until:
            break
        word_on = told.word_on if told.word_on and calendars.word_due_at(told.word_on, office.zone) <= at else None
        while steps and steps[0][0] <= at:
            told.entries.append(_event(told, steps.pop(0)[1]))
        await _settle(told, at, word_on)
    _deliver(told, until)
    return told


def _event(told: Past, event: Row) -> tuple[UUID, StatusEvent, bytes]:
    read = translate(
        json.dumps(event).encode(), "application/json", zone=told.sender.zone, fingerprint_key=told.secret,
        digest_known_fact=lambda fact: known_facts.digest(told.secret, str(told.office.id), fact),
    )  # fmt: skip
    return new_id(), read.event, read.fingerprint


def _due(told: Past) -> list[datetime]:
    """When something about a case falls due by time alone."""
    if told.kept is None:
        return []
    definition, zone = told.subject.current.definition, told.office.zone
    word = calendars.word_due_at(told.word_on, zone) if told.word_on else None
    wake = timing.wake_at(told.case, definition, zone, told.kept.review_at, told.office.now)
    passing = [each.passes_at for each in told.given if each.stands and each.passes_at is not None]
    return [at for at in (word, wake, *passing) if at is not None]


async def _settle(told: Past, now: datetime, word_on: date | None) -> None:
    """Make of a case what it is at an instant, as `flows.refold.settle` does it on rows."""
    _deliver(told, now)
    told.subject = replace(told.subject, office=replace(told.office, now=now))
    for each in told.given:
        if each.stands and each.passes_at is not None and each.passes_at <= now:
            passed = replace(each, outcome=promises.Kept.MISSED.value, judged_at=each.passes_at)
            told.given = [passed if one.id == each.id else one for one in told.given]
    told.case = folding.folded(told.subject, [Placed(entry, event) for entry, event, _ in told.entries])
    book = Paper(told.subject, told.given, told.learned)
    told.kept = await ledger.write(book, told.case)
    told.given = book.given
    if _tell(told, word_on) or word_on:
        told.subject = replace(told.subject, spoken_at=now)
    told.word_on = folding.case_values(told.subject, told.case, told.subject.spoken_at)["next_word_on"]


def _tell(told: Past, word_on: date | None) -> bool:
    """Decide who hears what, as `flows.refold.tell` does it; True when something is new to say."""
    subject, case, definition = told.subject, told.case, told.subject.current.definition
    setting = Setting(subject.id, subject.live_from, False, told.office.zone, told.office.now)
    spoken = tuple(_spoken(row) for row in told.messages.values())
    wanted = outreach.warranted(case, definition, setting, spoken, told.kept.news if told.kept else ())
    known = {each.key for each in spoken}
    if word_on is not None and all(each.key in known or each.reason for each in wanted):
        wanted += outreach.still_working(case, definition, setting, spoken, word_on)
    _reach(told)
    ids = _ids(told)
    kept = told.kept or Kept(None, (), None)
    for each in wanted:
        before = told.messages.get(each.key)
        if before is None:
            told.messages[each.key] = folding.message_row(subject, case, each, ids, kept)
        elif before["state"] == MessageState.DUE:
            fresh = folding.message_row(subject, case, each, ids, kept)
            told.messages[each.key] = fresh | {name: before[name] for name in ("id", "decided_at", "due_at")}
    for key in outreach.superseded(spoken, wanted):
        told.messages[key] |= {
            "state": MessageState.WITHHELD, "reason": Reason.SUPERSEDED.value, "settled_at": told.office.now,
        }  # fmt: skip
    return any(each.key not in known for each in wanted)


def _spoken(row: Row) -> Spoken:
    reason = Reason(row["reason"]) if row["reason"] else None
    return Spoken(
        row["key"], Purpose(row["purpose"]), row["party"], row["cause"], MessageState(row["state"]), reason,
        row["due_at"],
    )  # fmt: skip


def _reach(told: Past) -> None:
    """Where the parties are reached now."""
    for _, party in sorted(told.case.parties.items()):
        for each in party.channels:
            key = (party.party, each.channel.value)
            if key not in told.recipients:
                told.recipients[key] = _of(told) | {
                    "id": new_id(), "party": party.party, "channel": each.channel.value, "address": each.address,
                    "normal": addresses.normal(Channel(each.channel), each.address, told.office.country),
                }  # fmt: skip


def _ids(told: Past) -> folding.Recipients:
    return {key: row["id"] for key, row in told.recipients.items()}


def _deliver(told: Past, until: datetime) -> None:
    """What was due by then has been sent, and has arrived."""
    for row in told.messages.values():
        if row["state"] == MessageState.DUE and row["due_at"] <= until:
            row |= {"state": MessageState.DELIVERED, "settled_at": row["due_at"], "attempt_number": 1}


def _of(told: Past) -> Row:
    return {"organisation_id": told.office.id, "mode": Mode.LIVE.value, "case_id": told.subject.id}


def rows(told: Past, until: datetime) -> dict[str, list[Row]]:
    """Everything that is to be written of a case, by table; the words of messages are left to `demo.letters`."""
    subject, case, kept = told.subject, told.case, told.kept
    ours = kept.standing.id if kept and kept.standing and kept.standing.ours else None
    review_at = kept.review_at if kept else None
    row = folding.case_values(subject, case, subject.spoken_at) | {
        "organisation_id": told.office.id, "mode": Mode.LIVE.value, "id": subject.id,
        "register": told.sender.registers[0], "number": told.entries[0][1].number, "epoch": 1,
        "service": subject.current.definition.service, "reference": told.reference, "live_from": subject.live_from,
        "promise_id": ours, "version": len(told.entries), "word_to": folding.word_to(subject, case, _ids(told)),
        "wake_at": timing.wake_at(case, subject.current.definition, told.office.zone, review_at, told.office.now),
    }  # fmt: skip
    if case.state is CaseState.OPEN:
        row["wake_at"] = until  # what was learned since is looked at first
    said: list[Row] = [{"settled_at": None, "attempt_number": 0, "rung": 0} | each for each in told.messages.values()]
    return {
        "case": [row],
        "entry": _entries(told),
        "party": [
            party_row(told.office.id, Mode.LIVE, entry, event.body)
            for entry, event, _ in told.entries if isinstance(event.body, PartyReported)
        ],
        "recipient": list(told.recipients.values()),
        "promise": [asdict(each) for each in told.given],
        "message": said,
        "attempt": [_attempt(each) for each in said if each["state"] == MessageState.DELIVERED],
    }  # fmt: skip


def _entries(told: Past) -> list[Row]:
    lines = {line.entry: line for line in told.case.lines}
    return [
        entry_row(told.sender, entry, event, told.sender.registers[0], print_)
        | {
            "case_id": told.subject.id, "heard_at": event.time, "placement": lines[entry].placement.value,
            "stage": lines[entry].stage, "shown": lines[entry].shown, "position_at": lines[entry].position,
            "rank": lines[entry].rank,
        }
        for entry, event, print_ in told.entries
    ]  # fmt: skip


def _attempt(message: Row) -> Row:
    id_ = new_id()
    return {
        "organisation_id": message["organisation_id"], "mode": message["mode"], "id": id_,
        "message_id": message["id"], "number": 1, "carrier": "sandbox", "content": {},
        "outcome": Ending.ACCEPTED.value, "provider_id": f"caught-{id_}", "started_at": message["due_at"],
        "promise_id": named(message["purpose"], message["channel"], message["facts"]),
    }  # fmt: skip

"""One case as staff see it: the facts of its page, from the same query, and behind them what explains them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.answers import contacts
from tracker.core.answers.contacts import ContactReason
from tracker.core.answers.facts import CaseFacts
from tracker.core.answers.tellings import Listener, Way
from tracker.core.case.fold import fold
from tracker.core.case.ordering import Placed
from tracker.core.case.timeline import Folded
from tracker.core.services.definitions import Definition, say
from tracker.core.vocabulary.errors import CaseNotFound
from tracker.core.vocabulary.moments import Moment
from tracker.core.vocabulary.words import Audience, Placement
from tracker.flows.answers import lookup, silences
from tracker.flows.desk import audit, barred, in_touch, resend
from tracker.flows.desk.inquiry import Inquiry
from tracker.flows.outreach import normal_form as reached
from tracker.flows.promises import put_on_record
from tracker.store.answers import contacts as stored_contacts
from tracker.store.answers import pages
from tracker.store.answers.contacts import EarlierContact, EarlierNote
from tracker.store.case import cases, entries
from tracker.store.case.bodies import Normal
from tracker.store.case.cases import StaffCase
from tracker.store.case.entries import StoredEntry
from tracker.store.desk import repeating
from tracker.store.desk.accounts import Staff
from tracker.store.desk.repeating import DecidedMessage
from tracker.store.ground.columns import new_id
from tracker.store.ground.engine import Store
from tracker.store.outreach import tasks
from tracker.store.outreach.tasks import OpenTask
from tracker.store.services import definitions

_HIDDEN = frozenset({Placement.HELD, Placement.UNSERVED})
"""What nobody may be told yet is not put in front of whoever talks to them."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A message, sent or not: `reason` why not. `refusal`: why it cannot be sent again, None when it can.
    `attempts`: (started_at, outcome) of each try. `same_as`: who is told at the same address; `to_nobody`: there was
    nobody yet whom it could have been for. `barred`: a `Barred`, where it waits and will not go out;
    `gone`: whom it was for has no part in the case any more."""

    id: UUID
    purpose: str
    channel: str
    state: str
    reason: str | None
    to: str
    at: datetime
    due_at: datetime
    attempts: tuple[tuple[datetime, str], ...]
    refusal: str | None
    times: int
    same_as: str = ""
    to_nobody: bool = False
    barred: str = ""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One event of the case. `stage` as the page words it; `code` the back office's; `notes` for whom: (audience,
    text). `hidden`: it is held back, and nothing of it is told."""

    when: Moment
    kind: str
    placement: str
    headline: str
    code: str
    notes: tuple[tuple[str, str], ...]
    hidden: bool


@dataclass(frozen=True, slots=True)
class DeskCase:
    """Everything that the desk shows of a case: `facts` are those of the citizen's page, to the letter.

    `reason`: what the contact form offers first; `once`: ids for the forms, so that one sent twice counts once.
    """

    id: UUID
    number: str
    sensitive: bool
    facts: CaseFacts
    languages: tuple[str, ...]
    fact_label: str
    people: tuple[in_touch.PartySeen, ...]
    decisions: tuple[Decision, ...]
    history: tuple[StaffLine, ...]
    contacts: Sequence[EarlierContact]
    notes: Sequence[EarlierNote]
    tasks: Sequence[OpenTask]
    reason: ContactReason
    once: tuple[UUID, UUID, UUID]


async def facts_of(
    connection: AsyncConnection, staff: Staff, case: UUID, language: str | None, secret: bytes | None = None
) -> tuple[CaseFacts, StaffCase, Definition]:
    """The facts of a case's page, by the page's own query; the case; its definition. Raises CaseNotFound for a case
    of another organisation as for none. `secret`: None where it does not matter who asked us to stop."""
    row = await cases.by_id(connection, staff.scope, case)
    shown = None if row is None or row.void else await pages.page(connection, row.reference)
    if row is None or shown is None:
        raise CaseNotFound
    definition = await definitions.by_id(connection, staff.organisation_id, shown.definition_id)
    if secret is None:
        return lookup.case_facts(shown, definition, language), row, definition
    silent = await silences.silenced(connection, secret, shown)
    dead = await silences.dead(connection, secret, shown)
    return lookup.case_facts(shown, definition, language, silent, dead), row, definition


async def look(asked: Inquiry, case: UUID, language: str | None = None) -> DeskCase:
    """A case of this account's organisation. Raises CaseNotFound. The look is audited before anything is shown."""
    store, secret, staff = asked.store, asked.secret, asked.staff
    async with store.transaction() as connection:
        if await cases.by_id(connection, staff.scope, case) is None:
            raise CaseNotFound
        office = await audit.note(connection, asked, "desk.opened", {"case": str(case)})
    async with store.reading() as connection:
        facts, row, definition = await facts_of(connection, staff, case, language, secret)
        stored = await entries.of_case(connection, staff.scope, case, _normal_in(office.country))
        events = (Placed(each.id, each.event) for each in stored)
        folded = fold(events, definition, facts.zone, facts.now)
        found = await repeating.decisions(connection, staff.scope, case)
        stopped = await resend.stopped(connection, secret, staff, case, found)
        bars = await barred.barred(connection, asked, case, found)
        contacted, notes = await stored_contacts.of_case(connection, staff.scope, case)
        people = await in_touch.people(connection, asked, case, folded, office.country)
        to_do = await tasks.of_case(connection, staff.scope, case)
    await _seen(store, staff, facts)
    names = {each: party.name or party.organisation or "" for each, party in folded.parties.items()}
    return DeskCase(
        id=case,
        number=row.number,
        sensitive=definition.sensitive or bool(folded.sensitive_parties),
        facts=facts,
        languages=definition.languages,
        fact_label=say(definition.known_fact.label, office.language, facts.language),
        people=people,
        decisions=tuple(
            replace(
                _decision(each, found, stopped, names),
                barred=bars.get(each.id, ""),
                gone=bool(each.party) and each.party not in names,
            )
            for each in found
        ),
        history=_history(stored, folded, definition, office.language),
        contacts=contacted,
        notes=notes,
        tasks=to_do,
        reason=contacts.likely_reason(facts, facts.now),
        once=(new_id(), new_id(), new_id()),
    )


def _normal_in(country: str) -> Normal:
    """The one form of an address in this country."""
    return lambda channel, address: reached.normal(channel, address, country)


async def page_facts(asked: Inquiry, case: UUID, language: str | None) -> CaseFacts:
    """What the citizen's page says of a case, for staff who want to see it as it is. Raises CaseNotFound. Audited."""
    async with asked.store.transaction() as connection:
        facts, _, _ = await facts_of(connection, asked.staff, case, language, asked.secret)
        await audit.note(connection, asked, "desk.opened", {"case": str(case), "as": "citizen"})
    await _seen(asked.store, asked.staff, facts)
    return facts


async def _seen(store: Store, staff: Staff, facts: CaseFacts) -> None:
    """An agent has seen the dates of a case."""
    await put_on_record.shown(store, staff.scope, facts, Listener.STAFF, Way.DESK)


def _decision(
    row: DecidedMessage, rows: Sequence[DecidedMessage], stopped: set[UUID], names: dict[str, str]
) -> Decision:
    refusal = resend.refusal(row, rows, stopped)
    return Decision(
        row.id,
        row.purpose,
        row.channel or "",
        row.state,
        row.reason,
        names.get(row.party, ""),
        row.at,
        row.due_at,
        tuple((each.started_at, each.outcome or "") for each in row.attempts),
        None if refusal is None else refusal.value,
        resend.repeated(row, rows),
        names.get(row.same_as or "", ""),
        not row.party,
    )


def _history(
    stored: Sequence[StoredEntry], folded: Folded, definition: Definition, language: str
) -> tuple[StaffLine, ...]:
    """Every event of the case, the newest first, in the order of its timeline."""
    by_id = {each.id: each for each in stored}
    return tuple(
        _line(by_id[line.entry], line.placement, definition, language)
        for line in reversed(folded.lines)
        if line.entry in by_id
    )


def _line(entry: StoredEntry, placement: Placement, definition: Definition, language: str) -> StaffLine:
    event, words = entry.event, entry.words
    when = Moment(on=event.occurred_on) if event.occurred_on else Moment(at=event.time)
    kind = event.type.removeprefix("case.")
    if placement in _HIDDEN:
        return StaffLine(when, kind, placement.value, "", "", (), True)
    code = str(entry.body.get("status") or "")
    stage = definition.stage_for(code) if code else None
    internal = entry.body.get("audience") == Audience.INTERNAL or kind == "correction"
    given = (
        ("public", words.get("public_note")),
        ("internal", words.get("internal_note")),
        ("internal", words.get("reason")),
        ("internal", words.get("why")),
        ("internal" if internal else "public", words.get("text")),
    )
    headline = say(stage.headline, language, definition.language) if stage else ""
    notes = tuple((audience, text) for audience, text in given if text)
    return StaffLine(when, kind, placement.value, headline, code, notes, False)

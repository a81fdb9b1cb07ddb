"""One box finds a case: by its reference however mistyped, its number, a telephone number, an e-mail, a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.services.definitions import say
from tracker.core.vocabulary import known_facts, references
from tracker.core.vocabulary.addresses import name_words, name_words_before
from tracker.core.vocabulary.channels import AddressForm
from tracker.core.vocabulary.moments import Moment
from tracker.flows.desk import audit
from tracker.flows.desk.inquiry import Inquiry
from tracker.flows.outreach import normal_form
from tracker.store.desk import searching
from tracker.store.desk.searching import CaseMatch
from tracker.store.ground import organisations
from tracker.store.ground.organisations import Office
from tracker.store.services import definitions

MOST_CHARACTERS = 100
_MOST_WORDS = 8
_FEWEST_DIGITS = 6


class Term(StrEnum):
    """What the typed words turned out to be."""

    REFERENCE = "reference"
    NEAR_REFERENCE = "near_reference"
    NUMBER = "number"
    ADDRESS = "address"
    NAME = "name"
    NAME_AND_FACT = "name_and_fact"


@dataclass(frozen=True, slots=True)
class Hit:
    """A case that may be the one that is looked for; without a headline while its newest status is checked."""

    case: UUID
    service: str
    headline: str
    language: str
    state: str
    opened: Moment
    reference: str
    number: str
    names: tuple[str, ...]
    zone: str
    now: datetime


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a search found, the newest first. `mistyped`: no reference is written like this, but nearly so; then the
    hits are those whose reference is one slip away."""

    hits: tuple[Hit, ...]
    mistyped: bool = False

    @property
    def certain(self) -> Hit | None:
        """The one case that was found, if there is one and nothing was guessed."""
        return self.hits[0] if len(self.hits) == 1 and not self.mistyped else None


async def find(asked: Inquiry, typed: str) -> SearchResult:
    """The cases of this account's organisation that the typed words may mean: MOST_HITS at most."""
    typed = " ".join(typed[:MOST_CHARACTERS].replace("\0", " ").split())
    async with asked.store.reading() as connection:
        office = await organisations.office(connection, asked.staff.organisation_id)
        rows, kinds = await _rows(connection, asked.secret, office, typed)
        hits = tuple([await _hit(connection, office, row) for row in rows])
    mistyped = Term.NEAR_REFERENCE in kinds or (not hits and bool(references.near(typed)))
    async with asked.store.transaction() as connection:
        detail = {"kinds": [kind.value for kind in kinds], "hits": len(hits)}
        await audit.note(connection, asked, "desk.searched", detail)
    return SearchResult(hits, mistyped)


async def _rows(
    connection: AsyncConnection, secret: bytes, office: Office, typed: str
) -> tuple[Sequence[CaseMatch], list[Term]]:
    """The rows of all that the words may mean, and as what they were found (nothing found: as what they were read).

    A name is asked for only where nothing more exact was found.
    """
    exact: dict[Term, Sequence[CaseMatch]] = {}
    if reference := references.read(typed):
        exact[Term.REFERENCE] = await searching.by_reference(connection, office.id, reference)
    if numbers := _numbers(typed):
        exact[Term.NUMBER] = await searching.by_number(connection, office.id, numbers)
    if reached := _addresses(typed, office.country):
        exact[Term.ADDRESS] = await searching.by_address(connection, office.id, reached)
    if any(exact.values()):
        return _together(exact)
    if near := references.near(typed):
        found = [row for each in near for row in await searching.by_reference(connection, office.id, each)]
        exact[Term.NEAR_REFERENCE] = found
        if found:
            return _together(exact)
    words = name_words(typed)
    if any(each.isalpha() for each in "".join(words)) and "@" not in typed:
        named = searching.NameWords(words, name_words_before(typed) or words)
        exact[Term.NAME] = await searching.by_name(connection, office.id, named)
        if not exact[Term.NAME] and len(words) > 1:
            facts = _facts(secret, office, typed)
            exact[Term.NAME_AND_FACT] = await searching.by_name_and_fact(connection, office.id, named, facts)
    return _together(exact)


def _together(found: dict[Term, Sequence[CaseMatch]]) -> tuple[Sequence[CaseMatch], list[Term]]:
    rows = {row.id: row for each in found.values() for row in each}
    newest = sorted(rows.values(), key=lambda row: (row.opened_at, row.id), reverse=True)
    hit = [kind for kind, each in found.items() if each]
    tried: list[Term] = [kind for kind in found if kind is not Term.NEAR_REFERENCE]
    return newest[: searching.MOST_HITS], hit or tried


def _numbers(typed: str) -> list[str]:
    """The ways in which a back office may have written this number; none where it has no digit."""
    if not any(each.isdigit() for each in typed):
        return []
    closed = typed.replace(" ", "")
    return sorted({form for each in (typed, closed) for form in (each, each.upper(), each.lower())})


def _addresses(typed: str, country: str) -> list[str]:
    """The address in its normal form, if it is one."""
    forms = (form for form in AddressForm if _looks_like(form, typed))
    read = (normal_form.reading(form, typed, country).normal for form in forms)
    return [each for each in read if each]


def _looks_like(form: AddressForm, typed: str) -> bool:
    """Whether what was typed may be an address of this form, so that it is worth asking."""
    match form:
        case AddressForm.MAILBOX:
            return "@" in typed
        case AddressForm.TELEPHONE:
            letters = re.search(r"[^\W\d_]", typed)
            return "@" not in typed and letters is None and sum(map(str.isdigit, typed)) >= _FEWEST_DIGITS


def _facts(secret: bytes, office: Office, typed: str) -> list[bytes]:
    """The hashes of what may be the known fact beside a name: the words after it, or before, in every reading."""
    parts = typed.replace(",", " ").split()[:_MOST_WORDS]
    tried = {" ".join(piece) for at in range(1, len(parts)) for piece in (parts[at:], parts[:at])}
    today = office.now.date()
    return [one for each in sorted(tried) for one in known_facts.offers(secret, str(office.id), each, today).every]


async def _hit(connection: AsyncConnection, office: Office, row: CaseMatch) -> Hit:
    definition = await definitions.by_id(connection, office.id, row.definition_id)
    stage = None if row.unmapped else definition.stage(row.stage)
    return Hit(
        case=row.id,
        service=say(definition.name, office.language, definition.language),
        headline=say(stage.headline, office.language, definition.language) if stage else "",
        language=office.language,
        state=row.state,
        opened=Moment(on=row.opened_on) if row.opened_on else Moment(at=row.opened_at),
        reference=references.spell(row.reference),
        number=row.number,
        names=tuple(row.names or ()),
        zone=row.zone,
        now=row.now,
    )

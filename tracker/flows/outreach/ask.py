"""Ask how it was, and keep the answer: one for each party of a case, which may be changed for a while."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.promises.first_dates import Fate, FirstDate
from tracker.core.services.definitions import say
from tracker.core.vocabulary import references
from tracker.core.vocabulary.errors import LinkOver, LinkUnknown
from tracker.core.vocabulary.seals import LinkKind, unseal
from tracker.store.answers import feedback
from tracker.store.answers.feedback import AskedParty, PromiseKept
from tracker.store.ground.columns import new_id
from tracker.store.ground.engine import Store
from tracker.store.promises import first_dates
from tracker.store.services import definitions

CHANGEABLE = timedelta(days=60)
"""How long after it was given an answer may be changed."""

SCORES = range(1, 6)
MOST_CHARACTERS = 1_000
"""The longest comment."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the page asks about: nothing of the person, only what they hold in their hand already."""

    organisation: str
    service: str
    reference: str
    language: str
    answered: bool


async def question(store: Store, secret: bytes, token: str) -> Question:
    """The question that a link asks. Records nothing: scanners open links, too. Raises LinkUnknown, LinkOver."""
    named = _named(secret, token)
    async with store.reading() as connection:
        row = _open(await feedback.asked(connection, *named))
        return await _question(connection, row)


async def answer(store: Store, secret: bytes, token: str, score: int, comment: str) -> Question:
    """Keep an answer: `score` is one of SCORES, `comment` at most MOST_CHARACTERS long, or empty.

    A second answer of the same party takes the first one's place for CHANGEABLE. Raises LinkUnknown, LinkOver, and
    ValueError for what the page should not have let through.
    """
    if score not in SCORES or len(comment) > MOST_CHARACTERS:
        raise ValueError("a score from 1 to 5 and a comment of at most 1,000 characters")
    named = _named(secret, token)
    async with store.transaction() as connection:
        row = _open(await feedback.asked(connection, *named, locked=True))
        first = await first_dates.of_case(connection, row.scope, row.case_id)
        values = {
            **row.scope.columns,
            "id": new_id(),
            "case_id": row.case_id,
            "party": row.party,
            "score": score,
            "comment": plain(comment) or None,
            "language": row.language,
            "service": row.service,
            "stage": row.stage,
            "outcome": row.outcome,
            "promise": kept(first),
            "answered_at": row.now,
        }
        if not await feedback.save(connection, values, row.now - CHANGEABLE):
            raise _closed()
        return await _question(connection, row)


def plain(comment: str) -> str:
    """The comment as it is kept: one kind of line end, and no control characters, which no page can show."""
    lines = comment.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(each for each in lines if each in "\n\t" or unicodedata.category(each) not in ("Cc", "Cs")).strip()


def _named(secret: bytes, token: str) -> tuple[UUID, UUID]:
    named = unseal(secret, LinkKind.FEEDBACK, token)
    if named is None:
        raise LinkUnknown
    return named


def _open(row: AskedParty | None) -> AskedParty:
    """What a link asks about, if it may still be asked."""
    if row is None:
        raise LinkUnknown
    if row.erased_at is not None or row.void:
        raise LinkOver(
            "What we knew about this request was erased, as the office promised.",
            "You do not need to do anything. The office can still help you.",
        )
    if row.answered_at is not None and row.now - row.answered_at > CHANGEABLE:
        raise _closed()
    return row


def _closed() -> LinkOver:
    return LinkOver(
        "The answer was given too long ago to be changed.",
        "We have your answer, and we thank you for it. It is too late to change it.",
    )


async def _question(connection: AsyncConnection, row: AskedParty) -> Question:
    current = await definitions.current(connection, row.organisation_id, row.service)
    name = say(current.definition.name, row.language, current.definition.language) if current else row.service
    spelt = references.spell(row.reference)
    return Question(row.organisation, name, spelt, row.language, row.answered_at is not None)


_KEPT = {Fate.KEPT: PromiseKept.KEPT, Fate.BROKEN: PromiseKept.MISSED, Fate.UNKNOWN: PromiseKept.NONE}


def kept(first: FirstDate | None) -> PromiseKept:
    """What an answer says of the first date that they were told, as far as it can be told now."""
    return PromiseKept.NONE if first is None else _KEPT[first.fate]

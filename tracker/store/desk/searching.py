"""How staff find a case of their organisation: by reference, number, address or name; never a count, never a scan.

Live cases alone. Each question is answered by an index; what a name finds is cut before it is joined.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import Text

from tracker.core.vocabulary.words import CaseState
from tracker.store.ground.rows import rows_of

MOST_HITS = 20
"""So many cases are listed, the newest first."""

_WIDTH = 500
"""So many of the newest statements about people of a name are looked at."""

_CASE = "c.organisation_id = :organisation AND c.mode = 'live' AND NOT c.void"

_HITS = f"""
    SELECT c.id, c.service, c.stage, c.unmapped, c.state, c.opened_at, c.opened_on, c.reference, c.number, o.zone,
        clock_timestamp() + o.clock_offset AS now, d.id AS definition_id,
        (SELECT array_agg(DISTINCT coalesce(p.name, p.organisation)) FROM entry e
         JOIN party p ON p.organisation_id = e.organisation_id AND p.mode = e.mode AND p.entry_id = e.id
         WHERE e.organisation_id = c.organisation_id AND e.mode = c.mode AND e.case_id = c.id AND NOT p.removed
            AND e.placement = 'applied' AND coalesce(p.name, p.organisation) IS NOT NULL) AS names
    FROM "case" c
    JOIN organisation o ON o.id = c.organisation_id
    JOIN LATERAL (SELECT id FROM definition WHERE organisation_id = c.organisation_id AND service = c.service
        ORDER BY version DESC LIMIT 1) d ON true
    WHERE {_CASE} AND c.id IN
"""

_NEWEST = f"ORDER BY c.opened_at DESC, c.id DESC LIMIT {MOST_HITS}"

_IDS_BY_REFERENCE = f'SELECT c.id FROM "case" c WHERE c.reference = :reference AND {_CASE}'

_IDS_BY_NUMBER = f"""
    SELECT c.id FROM "case" c WHERE {_CASE} AND c.number = ANY(:numbers) AND c.register = ANY(ARRAY(
        SELECT DISTINCT unnest(s.registers) FROM source s WHERE s.organisation_id = :organisation))
"""

_IDS_BY_ADDRESS = """
    SELECT r.case_id FROM recipient r
    WHERE r.organisation_id = :organisation AND r.mode = 'live' AND r.normal = ANY(:addresses)
    ORDER BY r.id DESC LIMIT 200
"""

_IDS_BY_NAME = f"""
    SELECT e.case_id FROM entry e JOIN (
        SELECT p.organisation_id, p.mode, p.entry_id FROM party p
        WHERE p.organisation_id = :organisation AND p.mode = 'live' AND NOT p.removed
            AND (p.words @> :words OR p.words @> :before)
        ORDER BY p.entry_id DESC LIMIT {_WIDTH}
    ) named ON named.organisation_id = e.organisation_id AND named.mode = e.mode AND named.entry_id = e.id
    WHERE e.case_id IS NOT NULL AND e.placement = 'applied'
"""

_IDS_BY_NAME_AND_FACT = """
    SELECT e.case_id FROM party p
    JOIN entry e ON e.organisation_id = p.organisation_id AND e.mode = p.mode AND e.id = p.entry_id
    WHERE p.organisation_id = :organisation AND p.mode = 'live' AND NOT p.removed AND p.words && (:words || :before)
        AND p.known_fact = ANY(:facts) AND e.case_id IS NOT NULL AND e.placement = 'applied'
    ORDER BY p.entry_id DESC LIMIT 200
"""

_TEXTS, _BYTES = ARRAY(Text), ARRAY(BYTEA)

_BY_REFERENCE = text(f"{_HITS} ({_IDS_BY_REFERENCE}) {_NEWEST}")
_BY_NUMBER = text(f"{_HITS} ({_IDS_BY_NUMBER}) {_NEWEST}").bindparams(bindparam("numbers", type_=_TEXTS))
_BY_ADDRESS = text(f"{_HITS} ({_IDS_BY_ADDRESS}) {_NEWEST}").bindparams(bindparam("addresses", type_=_TEXTS))
_NAMED = (bindparam("words", type_=_TEXTS), bindparam("before", type_=_TEXTS))
_BY_NAME = text(f"{_HITS} ({_IDS_BY_NAME}) {_NEWEST}").bindparams(*_NAMED)
_BY_NAME_AND_FACT = text(f"{_HITS} ({_IDS_BY_NAME_AND_FACT}) {_NEWEST}").bindparams(
    *_NAMED, bindparam("facts", type_=_BYTES)
)


@dataclass(frozen=True, slots=True)
class NameWords:
    """The words of a name as they are kept now, and as earlier releases kept them."""

    now: list[str]
    before: list[str]


@dataclass(frozen=True, slots=True)
class CaseMatch:
    """A case that was found, with the names of its people. `now`: the organisation's business time."""

    id: UUID
    service: str
    stage: str
    unmapped: bool
    state: CaseState
    opened_at: datetime
    opened_on: date | None
    reference: str
    number: str
    zone: str
    now: datetime
    definition_id: UUID
    names: list[str] | None


async def by_reference(connection: AsyncConnection, organisation_id: UUID, reference: str) -> list[CaseMatch]:
    """The organisation's case of this reference, if there is one."""
    return await _hits(connection, _BY_REFERENCE, organisation_id, reference=reference)


async def by_number(connection: AsyncConnection, organisation_id: UUID, numbers: list[str]) -> list[CaseMatch]:
    """The cases of these back-office numbers, in any register."""
    return await _hits(connection, _BY_NUMBER, organisation_id, numbers=numbers)


async def by_address(connection: AsyncConnection, organisation_id: UUID, addresses: list[str]) -> list[CaseMatch]:
    """The cases of whoever is reached at these addresses, in their normal form."""
    return await _hits(connection, _BY_ADDRESS, organisation_id, addresses=addresses)


async def by_name(connection: AsyncConnection, organisation_id: UUID, name: NameWords) -> list[CaseMatch]:
    """The cases of people in whose name all these words are."""
    return await _hits(connection, _BY_NAME, organisation_id, words=name.now, before=name.before)


async def by_name_and_fact(
    connection: AsyncConnection, organisation_id: UUID, name: NameWords, facts: list[bytes]
) -> list[CaseMatch]:
    """The cases of people in whose name one of these words is, and whose known fact has one of these hashes."""
    return await _hits(connection, _BY_NAME_AND_FACT, organisation_id, words=name.now, before=name.before, facts=facts)


async def _hits(connection: AsyncConnection, query: TextClause, organisation_id: UUID, **given: Any) -> list[CaseMatch]:
    return rows_of(CaseMatch, await connection.execute(query, {"organisation": organisation_id, **given}))

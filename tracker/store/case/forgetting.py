"""What erasing a case takes away, table by table, and which cases have been kept long enough.

Goes: names, addresses, known facts, exact words, notes and comments. Stays, without identity: the timeline, the
ledger of dates, counts, languages, contacts, the audit, and the keyed hash under which somebody asked us to stop.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.deciding.drafts import KEPT_FACTS
from tracker.core.vocabulary.words import CaseState, Mode
from tracker.store.ground.columns import Instant
from tracker.store.ground.rows import row_of, rows_of

_DUE = text(
    """
    SELECT d.* FROM organisation o CROSS JOIN LATERAL (
        SELECT c.organisation_id, c.mode, c.id, c.register, c.number, c.state FROM "case" c
        WHERE c.organisation_id = o.id AND c.forget_at <= clock_timestamp() + o.clock_offset
        ORDER BY c.forget_at LIMIT :limit
    ) d
    WHERE CAST(:only AS uuid) IS NULL OR o.id = CAST(:only AS uuid)
    LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class ErasableCase:
    """A case that may be forgotten, with the number that locks it."""

    organisation_id: UUID
    mode: Mode
    id: UUID
    register: str
    number: str
    state: CaseState


async def due(connection: AsyncConnection, only: UUID | None, limit: int) -> list[ErasableCase]:
    """The cases that have been kept long enough, by each organisation's own clock."""
    return rows_of(ErasableCase, await connection.execute(_DUE, {"only": only, "limit": limit}))


_BY_REFERENCE = text(
    """
    SELECT organisation_id, mode, id, register, number, state FROM "case"
    WHERE reference = :reference AND organisation_id = :organisation
    """
)


async def by_reference(connection: AsyncConnection, organisation_id: UUID, reference: str) -> ErasableCase | None:
    """The organisation's case of this reference, open or not, erased or not."""
    values = {"organisation": organisation_id, "reference": reference}
    return row_of(ErasableCase, await connection.execute(_BY_REFERENCE, values))


_STILL_DUE = text(
    """
    SELECT c.forget_at <= clock_timestamp() + o.clock_offset FROM "case" c
    JOIN organisation o ON o.id = c.organisation_id
    WHERE c.organisation_id = :organisation AND c.mode = :mode AND c.id = :case FOR UPDATE OF c
    """
)


async def still_due(connection: AsyncConnection, organisation_id: UUID, mode: Mode, case_id: UUID) -> bool:
    """Whether a case is to be forgotten now that it is locked: meanwhile it may be erased, or open again."""
    values = {"organisation": organisation_id, "mode": mode.value, "case": case_id}
    return bool((await connection.execute(_STILL_DUE, values)).scalar_one_or_none())


_OF_CASE = "organisation_id = :organisation AND mode = :mode AND case_id = :case"
_HERE = "organisation_id = :organisation AND mode = :mode"

# The ids are asked for first and then named one by one: as one statement with subqueries, a table whose statistics are
# old (after a bulk of new cases) is read whole for each row.
_ENTRIES = text(f"SELECT id FROM entry WHERE {_OF_CASE}")  # noqa: S608 - only constants of this module are put in
_MESSAGES = text(f"SELECT id FROM message WHERE {_OF_CASE}")  # noqa: S608
_ATTEMPTS = text(f"SELECT id FROM attempt WHERE {_HERE} AND message_id = ANY(:messages)")  # noqa: S608

_SILENCE = text(
    f"""
    UPDATE message SET state = 'withheld', reason = 'superseded', settled_at = :now
    WHERE {_OF_CASE} AND state IN ('due', 'held')
    """  # noqa: S608
).bindparams(bindparam("now", type_=Instant))

_UNDER_WAY = text(f"SELECT EXISTS (SELECT 1 FROM message WHERE {_OF_CASE} AND state = 'sending')")  # noqa: S608

_CASE = text(
    """
    UPDATE "case" SET known_facts = '{}', needs = '[]', next_word_on = NULL, next_word_at = NULL, wake_at = NULL,
        forget_at = NULL, erased_at = coalesce(erased_at, :now), version = version + 1
    WHERE organisation_id = :organisation AND mode = :mode AND id = :case
    """
).bindparams(bindparam("now", type_=Instant))

_TAKEN = tuple(
    text(statement)
    for statement in (
        f"""
        UPDATE party SET name = NULL, organisation = NULL, channels = '[]', known_fact = NULL,
            zone = NULL, words = '{{}}'
        WHERE {_HERE} AND entry_id = ANY(:entries)
        """,  # noqa: S608
        f"UPDATE recipient SET address = '', normal = NULL WHERE {_OF_CASE}",  # noqa: S608
        f"UPDATE entry SET words = NULL WHERE {_OF_CASE} AND words IS NOT NULL",  # noqa: S608
        f"UPDATE receipt SET body = '{{}}' WHERE {_HERE} AND attempt_id = ANY(:attempts)",  # noqa: S608
        f"UPDATE caught SET address = '' WHERE {_HERE} AND id = ANY(:attempts)",  # noqa: S608
        f"UPDATE attempt SET content = '{{}}' WHERE {_HERE} AND message_id = ANY(:messages)",  # noqa: S608
        f"UPDATE feedback SET comment = NULL WHERE {_OF_CASE} AND comment IS NOT NULL",  # noqa: S608
        f"DELETE FROM staff_note WHERE {_OF_CASE}",  # noqa: S608
    )
)

_FACTS = text(
    f"""
    UPDATE message SET facts = '{{"note": "", "needs": []}}' || coalesce(
        (SELECT jsonb_object_agg(key, value) FROM jsonb_each(facts) WHERE key = ANY(:kept)), '{{}}')
    WHERE {_OF_CASE}
    """  # noqa: S608
)


async def erase(connection: AsyncConnection, organisation_id: UUID, mode: Mode, case_id: UUID, now: datetime) -> bool:
    """Take everything personal of a case away; what is not said yet is never said.

    False, and the caller rolls back: a message is being sent at this moment, whose words would be written after
    us. The caller holds the number's lock. Erasing again takes away what has come since.
    """
    values = {"organisation": organisation_id, "mode": mode.value, "case": case_id}
    await connection.execute(_SILENCE, {**values, "now": now})
    if (await connection.execute(_UNDER_WAY, values)).scalar_one():
        return False
    await connection.execute(_CASE, {**values, "now": now})
    entries = list((await connection.execute(_ENTRIES, values)).scalars())
    messages = list((await connection.execute(_MESSAGES, values)).scalars())
    attempts = list((await connection.execute(_ATTEMPTS, {**values, "messages": messages})).scalars())
    ids = {"entries": entries, "messages": messages, "attempts": attempts}
    for statement in _TAKEN:
        named = {name: value for name, value in ids.items() if f":{name}" in statement.text}
        await connection.execute(statement, {**values, **named})
    await connection.execute(_FACTS, {**values, "kept": list(KEPT_FACTS)})
    return True

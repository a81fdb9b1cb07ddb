"""Writing what was decided: each table once, in one order, in one statement of as many parts as there are tables.

Rows go as JSON under the names of the columns. Messages and promises change outside of the number's lock as well, by
workers and when dates are judged, so that what is written of them is guarded: a message that is on its way keeps what
it says, a promise whose day was found to be over stays judged. Where fewer rows were written than were decided,
something else was faster: the caller rolls back, and decides again on what there is now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.case.events import PartyReported
from tracker.core.deciding.changes import Changes
from tracker.core.deciding.dossier import Entered
from tracker.store.case import survivors
from tracker.store.case.bodies import split
from tracker.store.case.cases import CASE
from tracker.store.case.entries import ENTRY
from tracker.store.case.parties import PARTY, RECIPIENT, party_row
from tracker.store.ground import alerts, audit, organisations
from tracker.store.ground.columns import new_id
from tracker.store.ground.json_rows import written
from tracker.store.ground.prepared import PreparedStatement
from tracker.store.outreach import messages
from tracker.store.outreach.messages import MESSAGE
from tracker.store.promises.promises import PROMISE

RACES = frozenset({"40P01", "40001", "23505"})
"""What PostgreSQL calls a deadlock, a conflict of transactions, and a name that somebody else has taken (SQLSTATE)."""


class Raced(Exception):
    """Something else was faster: roll back, and decide again on what there is now."""


def is_race(fault: BaseException) -> bool:
    """Whether it was but bad luck, and may go well the next time."""
    return isinstance(fault, Raced) or getattr(getattr(fault, "orig", fault), "sqlstate", None) in RACES


_OF_WHOM = "CAST(:organisation AS uuid), CAST(:mode AS text)"
_KEPT_HERE = frozenset({"organisation_id", "mode"})


def _insert(table: Table, named: str, *, leaving: frozenset[str] = frozenset()) -> str:
    """Insert the rows of a parameter into a table, all columns but such as are `leaving` to their defaults."""
    columns = [f'"{each.name}"' for each in table.columns if each.name not in _KEPT_HERE | leaving]
    listed = ", ".join(columns)
    return (
        f'INSERT INTO "{table.name}" (organisation_id, mode, {listed}) SELECT {_OF_WHOM}, {listed} '
        f'FROM json_populate_recordset(NULL::"{table.name}", CAST(:{named} AS json))'
    )


def _set(table: Table, *, but: frozenset[str], of: str) -> str:
    """All columns of a table but some, set to those of a row."""
    names = [each.name for each in table.columns if each.name not in _KEPT_HERE | {"id"} | but]
    return ", ".join(f'"{name}" = {of}."{name}"' for name in names)


_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # the library has no types for it


def _typed(table: Table) -> str:
    """The columns of a table with their types."""
    return ", ".join(f'"{each.name}" {each.type.compile(_DIALECT)}' for each in table.columns)


_DECIDED = ("state", "reason", "recipient_id", "channel", "language", "facts", "source_id", "entry_id", "settled_at")

# What a case is by name never changes, and when it was erased is written where that is done.
_IDENTITY = frozenset({"register", "number", "epoch", "service", "reference", "live_from", "erased_at", "wake_at"})

_PARTS: dict[str, str] = {
    "opened": _insert(CASE, "opened"),
    "cases": f"""
        UPDATE "case" c SET {_set(CASE, but=_IDENTITY, of="r")}, wake_at = CASE
            WHEN c.wake_at IS DISTINCT FROM r.wake_was THEN least(c.wake_at, r.wake_at) ELSE r.wake_at END
        FROM json_to_recordset(CAST(:cases AS json)) AS r ({_typed(CASE)}, wake_was timestamptz)
        WHERE c.organisation_id = CAST(:organisation AS uuid) AND c.mode = CAST(:mode AS text)
          AND c.id = ANY(CAST(:case_ids AS uuid[])) AND c.id = r.id
    """,
    "entries": _insert(ENTRY, "entries") + " ON CONFLICT (organisation_id, mode, source_id, event_id) DO NOTHING",
    "moves": """
        UPDATE entry e SET case_id = r.case_id, placement = r.placement, stage = r.stage, shown = r.shown,
            position_at = r.position_at, rank = r.rank, parked_until = r.parked_until,
            placed_at = coalesce(r.placed_at, e.placed_at)
        FROM json_to_recordset(CAST(:moves AS json)) AS r (entry uuid, was text, case_id uuid, placement text,
            stage text, shown boolean, position_at timestamptz, rank int, parked_until timestamptz,
            placed_at timestamptz)
        WHERE e.organisation_id = CAST(:organisation AS uuid) AND e.mode = CAST(:mode AS text)
          AND e.id = ANY(CAST(:move_ids AS uuid[])) AND e.id = r.entry AND e.placement = r.was
    """,
    "parties": _insert(PARTY, "parties"),
    "recipients": _insert(RECIPIENT, "recipients") + " ON CONFLICT (organisation_id, mode, case_id, party, channel)"
    " DO UPDATE SET address = excluded.address, normal = excluded.normal, confirmed_at = excluded.confirmed_at,"
    " current = excluded.current",
    "given": _insert(PROMISE, "given"),
    "changed": f"""
        UPDATE promise p SET {_set(PROMISE, but=frozenset({"case_id", "made_at"}), of="r")}
        FROM json_populate_recordset(NULL::promise, CAST(:changed AS json)) r
        WHERE p.organisation_id = CAST(:organisation AS uuid) AND p.mode = CAST(:mode AS text)
          AND p.id = ANY(CAST(:changed_ids AS uuid[])) AND p.id = r.id
          AND p.superseded_at IS NULL AND (p.outcome IS NULL OR p.outcome IN ('kept', 'withdrawn'))
    """,
    # One that is undecided keeps its time, so that no stream of news puts it off for good.
    "messages": _insert(MESSAGE, "messages", leaving=frozenset({"lease_until"}))
    + f""" ON CONFLICT (organisation_id, mode, key) DO UPDATE SET
            {", ".join(f"{name} = excluded.{name}" for name in _DECIDED)},
            due_at = CASE WHEN message.state = 'withheld' OR message.key = ANY(CAST(:retimed AS text[]))
                THEN excluded.due_at ELSE message.due_at END
        WHERE message.state IN ('due', 'held', 'withheld')
    """,
    "overtaken": """
        UPDATE message m SET state = 'withheld', reason = 'superseded', settled_at = CAST(:now AS timestamptz)
        WHERE m.organisation_id = CAST(:organisation AS uuid) AND m.mode = CAST(:mode AS text)
          AND m.key = ANY(CAST(:overtaken AS text[])) AND m.state IN ('due', 'held', 'withheld')
    """,
    "heard": organisations.HEARD,
    "alerts": alerts.ALERTED,
    "audited": audit.AUDITED,
}
"""For each kind of rows how they are written, in the order in which it is done. Nothing is written twice in one
statement: messages that are decided and such as are overtaken have other keys."""

_CHECKED = ("opened", "cases", "entries", "moves", "given", "changed")
"""Of these every row must be written: who holds the lock of a number is alone with them, but for judged promises and
ids that came under two numbers at once."""


@cache
def _statement(parts: tuple[str, ...]) -> PreparedStatement:
    """One statement of these parts. Each tells how many rows it has written; to be asked of them in order is what
    makes them run in order."""
    chained = ",\n".join(f"w_{name} AS ({_PARTS[name]} RETURNING 1)" for name in parts)
    counts = ", ".join(f"(SELECT count(*) FROM w_{name}) AS {name}" for name in parts)
    return PreparedStatement(f"WITH {chained}\nSELECT {counts}")


async def write(connection: AsyncConnection, changes: Changes) -> None:
    """Write a decision. Raises Raced when something else was faster; then the caller rolls back."""
    for source_id in changes.unheld:
        await messages.unhold(connection, changes.scope, source_id)
    rows = dict(_rows(changes))
    parts = tuple(name for name in _PARTS if rows.get(name))
    if not parts:
        return
    values = changes.scope.values
    for name in parts:
        values |= _bound(name, rows[name], changes)
    done = await _statement(parts).row(connection, values)
    for name in _CHECKED:
        if name in parts and done[name] != len(rows[name]):
            raise Raced(f"{name}: {done[name]} of {len(rows[name])} rows")
    if changes.ended_otherwise:  # by a statement of its own: one of these rows may have been written above
        await survivors.wake(connection, changes.scope, changes.ended_otherwise, changes.now)


def _bound(name: str, rows: Sequence[Any], changes: Changes) -> dict[str, Any]:
    """What a part of the statement is given."""
    if name == "overtaken":
        return {"overtaken": rows, "now": changes.now}
    given: dict[str, Any] = {name: written(rows)}
    if name == "messages":
        given["retimed"] = changes.retimed
    ids = {"cases": ("case_ids", "id"), "moves": ("move_ids", "entry"), "changed": ("changed_ids", "id")}.get(name)
    if ids is not None:
        given[ids[0]] = [row[ids[1]] if isinstance(row, dict) else getattr(row, ids[1]) for row in rows]
    return given


def _rows(changes: Changes) -> Iterator[tuple[str, list[Any]]]:
    """The rows of each part, by key."""
    yield "opened", sorted(changes.opened, key=lambda each: each.id)
    yield (
        "cases",
        [
            {**_columns(each.record), "wake_was": each.wake_was}
            for each in sorted(changes.cases, key=lambda each: each.record.id)
        ],
    )
    entries = sorted(changes.entries, key=lambda each: each.id)
    yield "entries", [_entry(each) for each in entries]
    yield (
        "moves",
        [
            {**_columns(each.spot), "entry": each.entry, "was": each.was, "placed_at": each.placed_at}
            for each in sorted(changes.moves, key=lambda each: each.entry)
        ],
    )
    yield (
        "parties",
        [
            party_row(each.id, body)
            for each in entries
            if isinstance(body := each.event.body, PartyReported) and body.party
        ],
    )
    yield "recipients", sorted(changes.recipients, key=lambda each: (each.case_id, each.party, each.channel))
    yield "given", sorted(changes.given, key=lambda each: each.id)
    yield "changed", sorted(changes.changed, key=lambda each: each.id)
    yield "messages", sorted(changes.messages, key=lambda each: each.key)
    yield "overtaken", sorted(changes.overtaken)
    yield "heard", [{"source_id": each, "heard_at": changes.now} for each in changes.heard]
    yield (
        "alerts",
        [
            alerts.alert_row(changes.scope.mode, each, times, changes.now)
            for each, times in sorted(changes.notices.items(), key=lambda pair: (pair[0].kind, pair[0].subject))
        ],
    )
    yield (
        "audited",
        [
            {"id": new_id(), "at": changes.now, "actor": each.actor, "action": each.action, "detail": each.detail}
            for each in changes.audited
        ],
    )


def _columns(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}


def _entry(entered: Entered) -> dict[str, Any]:
    """The columns of a new entry."""
    event, spot = entered.event, entered.spot
    body, words = split(event.body)
    return {
        "id": entered.id,
        "case_id": spot.case_id,
        "source_id": entered.source_id,
        "source": event.source,
        "event_id": event.id,
        "type": event.type,
        "register": entered.register,
        "number": event.number,
        "service": getattr(event.body, "service", None),
        "occurred_at": event.time,
        "occurred_on": event.occurred_on,
        "sequence": event.sequence,
        "sensitive": event.sensitive,
        "hold_until": event.hold_until,
        "body": body,
        "words": words,
        "fingerprint": entered.fingerprint,
        "heard_at": entered.heard_at,
        "position_at": spot.position_at,
        "rank": spot.rank,
        "placement": spot.placement,
        "stage": spot.stage,
        "shown": spot.shown,
        "parked_until": spot.parked_until,
    }

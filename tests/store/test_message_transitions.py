"""Every statement that moves a message, tried on one in every state: it moves as was declared and no other way."""

from __future__ import annotations

import ast
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from tests.office import Desk, open_desk
from tracker.core.deciding.changes import Changes
from tracker.core.deciding.dossier import MessageRecord
from tracker.core.outreach.message_transitions import MOVES, Mover, Passage, settles
from tracker.core.vocabulary.messages import MessageState, Reason
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Mode
from tracker.store.case import erasure
from tracker.store.deciding import changes
from tracker.store.desk import repeating
from tracker.store.ground.columns import new_id
from tracker.store.ground.engine import Store
from tracker.store.organisations import checking
from tracker.store.outreach import bounces, carrying, messages, receipts, rungs, stops

STORE = Path(__file__).parents[2] / "tracker" / "store"
NEWEST = 2
"""The number of the newest attempt of the message; there is one before it."""


@dataclass(frozen=True)
class Subject:
    """A message in one state: its office, its row, and the ids of its two attempts."""

    desk: Desk
    row: Any
    attempts: tuple[UUID, UUID]

    @property
    def where(self) -> Scope:
        """Whose it is."""
        return Scope(self.desk.office.id, Mode.LIVE)

    def record(self, **but: Any) -> MessageRecord:
        """Its row as a decision writes it."""
        known = {each.name: getattr(self.row, each.name) for each in fields(MessageRecord) if each.name != "retimed"}
        return MessageRecord(**{**known, **but})

    def settling(self, held: MessageState, state: MessageState) -> dict[str, Any]:
        """What a worker writes of it."""
        due = self.row.due_at if state in (MessageState.DUE, MessageState.UNKNOWN) else None
        whose = {**self.where.values, "message": self.row.id, "number": NEWEST}
        none = dict.fromkeys(("reason", "outcome", "provider_id"))
        return {**whose, **none, "now": self.row.now, "state": state.value, "due": due, "held": held.value}


Deed = Callable[[AsyncConnection, Subject], Awaitable[Any]]


async def _write(connection: AsyncConnection, of: Subject, **rows: Any) -> None:
    await changes.write(connection, Changes(of.where, of.row.now, **rows))


def _decides(state: MessageState, *, anew: bool) -> Deed:
    async def deed(connection: AsyncConnection, of: Subject) -> None:
        reason = Reason.SUPERSEDED if state is MessageState.WITHHELD else None
        one = of.record(state=state, reason=reason)
        fresh = replace(one, id=new_id(), key=f"{one.key}-fresh")
        await _write(connection, of, messages=[one if anew else fresh])

    return deed


def _settled(held: MessageState, state: MessageState, *, alone: bool) -> Deed:
    async def deed(connection: AsyncConnection, of: Subject) -> None:
        row = of.settling(held, state)
        await (carrying.settle_one(connection, row) if alone else carrying.settle(connection, [row]))

    return deed


def _received(state: MessageState, *, newest: bool) -> Deed:
    async def deed(connection: AsyncConnection, of: Subject) -> None:
        attempt = await receipts.attempt(connection, of.where.organisation_id, of.attempts[1 if newest else 0])
        assert attempt is not None
        ending = "rejected" if state is MessageState.FAILED else None
        await receipts.advance(connection, attempt, state, provider_id="p", outcome=ending)

    return deed


async def _climb(connection: AsyncConnection, of: Subject) -> None:
    by = (await connection.execute(text("SELECT * FROM recipient WHERE id = :id"), {"id": of.row.recipient_id})).one()
    await rungs.climb(connection, of.where, of.row.id, by, of.row.now, key=f"{of.row.key}-climbed", rung=1)


async def _bounce(connection: AsyncConnection, of: Subject) -> None:
    """Its newest letter came back; and the one before it, which moves nothing."""
    for attempt in of.attempts:
        letter = await bounces.by_attempt(connection, of.where.organisation_id, attempt)
        assert letter is not None
        await bounces.again(connection, of.where, letter, of.row.now, "mailbox_full")


async def _stop(connection: AsyncConnection, of: Subject) -> None:
    await stops.withhold(connection, of.where, (Channel.EMAIL, "alex@example.org"), None, of.row.now)


async def _silence(connection: AsyncConnection, of: Subject) -> None:
    values = {**of.where.values, "case": of.row.case_id, "now": of.row.now}
    await connection.execute(erasure._SILENCE, values)


async def _go_live(connection: AsyncConnection, of: Subject) -> None:
    await checking.go_live(connection, of.where.organisation_id, "office@example.org", None, of.row.now)


def _settlings(mover: Mover, held: MessageState) -> list[Deed]:
    """All that may be written of a message that is held in one state."""
    ends = sorted(after for before, after in MOVES[mover] if before is held)
    return [_settled(held, end, alone=alone) for end in ends for alone in (True, False)]


STATEMENTS: dict[str, dict[frozenset[Mover], list[Deed]]] = {
    "deciding/changes.py: _PARTS[messages]": {
        frozenset({Mover.DECISION}): [
            _decides(state, anew=anew) for state in (MessageState.DUE, MessageState.WITHHELD) for anew in (True, False)
        ],
        frozenset({Mover.PAST}): [_decides(MessageState.DELIVERED, anew=False)],
    },
    "deciding/changes.py: _PARTS[overtaken]": {
        frozenset({Mover.NEWER_NEWS}): [lambda connection, of: _write(connection, of, overtaken=[of.row.key])],
    },
    "outreach/messages.py: unhold": {
        frozenset({Mover.SOURCE_HEARD}): [
            lambda connection, of: messages.unhold(connection, of.where, of.row.source_id)
        ],
    },
    "outreach/carrying.py: _CLAIM": {
        frozenset({Mover.CLAIM}): [lambda connection, of: carrying.claim(connection, 5, of.where.organisation_id)],
    },
    "outreach/carrying.py: _SETTLE_MESSAGE": {
        frozenset({Mover.WORKER}): _settlings(Mover.WORKER, MessageState.SENDING),
        frozenset({Mover.QUESTION}): _settlings(Mover.QUESTION, MessageState.UNKNOWN),
    },
    "outreach/receipts.py: _ADVANCE": {
        frozenset({Mover.RECEIPT, Mover.OLD_RECEIPT}): [
            _received(state, newest=True) for state in (MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED)
        ],
        frozenset({Mover.OLD_RECEIPT}): [
            _received(state, newest=False) for state in (MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED)
        ],
    },
    "outreach/rungs.py: _CLIMB": {frozenset({Mover.LADDER}): [_climb]},
    "desk/repeating.py: _REPEAT": {
        frozenset({Mover.RESENDING}): [
            lambda connection, of: repeating.repeat(connection, of.where, of.row.id, f"{of.row.key}-again", of.row.now)
        ],
    },
    "outreach/bounces.py: _AGAIN": {frozenset({Mover.BOUNCE}): [_bounce]},
    "outreach/stops.py: _WITHHOLD": {frozenset({Mover.STOP}): [_stop]},
    "case/erasure.py: _SILENCE": {frozenset({Mover.ERASURE}): [_silence]},
    "organisations/checking.py: _STEPS": {frozenset({Mover.GOING_LIVE}): [_go_live]},
}
"""For each statement that moves a message what it may do, and everything that it can be told to do."""

_MOVES = re.compile(
    r"""UPDATE\s+"?message"?(\s+\w+)?\s+SET\b(?:(?!\bWHERE\b|\bFROM\b).)*?\bstate\s*=|INSERT\s+INTO\s+"?message"?\s"""
    r"""|update\(MESSAGE\)|insert\(MESSAGE\b""",
    re.IGNORECASE | re.DOTALL,
)


def moving(source: str) -> Iterator[str]:
    """The statements of a module that move a message, or make one, by name."""
    for part in ast.parse(source).body:
        match part:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                pairs = zip(value.keys, value.values, strict=True) if isinstance(value, ast.Dict) else [(None, value)]
                named = [(f"{name}[{ast.literal_eval(key)}]" if key else name, each) for key, each in pairs]
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                named = [(name, part)]
            case _:
                continue
        yield from (name for name, each in named for _ in _MOVES.finditer(ast.get_source_segment(source, each) or ""))


def test_no_statement_that_moves_a_message_is_left_out() -> None:
    found = [
        f"{file.relative_to(STORE).as_posix()}: {name}"
        for file in sorted(STORE.rglob("*.py"))
        for name in moving(file.read_text())
    ]
    assert sorted(found) == sorted(STATEMENTS)


def test_statements_that_move_a_message_are_noticed() -> None:
    for said in ("UPDATE message m SET reason = NULL, state = 'due' FROM x", "INSERT INTO message (id) SELECT 1"):
        assert list(moving(f"_A = text('''{said}''')")) == ["_A"]
    assert list(moving("def go():\n    return update(MESSAGE).values(state='due')")) == ["go"]
    assert not list(moving("_A = 'UPDATE message SET lease_until = NULL WHERE state = 1'"))


def test_everything_that_is_declared_is_done_by_a_statement() -> None:
    assert {mover for tried in STATEMENTS.values() for movers in tried for mover in movers} == set(Mover)


@pytest.mark.parametrize("held", [MessageState.SENDING, MessageState.UNKNOWN])
def test_what_is_not_declared_is_not_written(held: MessageState) -> None:
    may = {after for mover in (Mover.WORKER, Mover.QUESTION) for before, after in MOVES[mover] if before is held}
    for state in set(MessageState) - may:
        with pytest.raises(ValueError, match=f"{held} becomes {state}"):
            settles(held, state)


@pytest.fixture
async def subject(store: Store) -> Subject:
    """A message by e-mail that was tried twice."""
    desk = await open_desk(store)
    await desk.status("A-1", "REC")
    await desk.party("A-1")
    old, new = new_id(), new_id()
    for id_, number in ((old, 1), (new, NEWEST)):
        await desk.change(
            """INSERT INTO attempt (organisation_id, mode, id, message_id, number, carrier, content, started_at)
            SELECT organisation_id, mode, :id, id, :number, 'smtp', '{}', decided_at FROM message
            WHERE channel = 'email'""",
            id=id_,
            number=number,
        )
    asked = """SELECT m.*, clock_timestamp() + o.clock_offset AS now
        FROM message m JOIN organisation o ON o.id = m.organisation_id WHERE m.channel = 'email'"""
    return Subject(desk, (await desk.rows(asked))[0], (old, new))


async def _rows(connection: AsyncConnection) -> dict[UUID, tuple[str, str]]:
    """Each message's state, and its place on the disk, which is another once it was written."""
    found = await connection.execute(text("SELECT id, state, CAST(ctid AS text) FROM message"))
    return {row[0]: (row[1], row[2]) for row in found}


async def moves(subject: Subject, state: MessageState, deed: Deed) -> set[Passage]:
    """What a deed does to a message in this state; then all is as it was."""
    async with subject.desk.store.transaction() as connection:
        await connection.execute(
            text(
                """UPDATE message SET state = CAST(:state AS text), attempt_number = :number, due_at = decided_at,
                lease_until = CASE WHEN CAST(:state AS text) = 'sending' THEN now() + interval '1 minute' END,
                reason = CASE WHEN CAST(:state AS text) = 'withheld' THEN 'stopped' END WHERE id = :id"""
            ),
            {"state": state.value, "number": NEWEST, "id": subject.row.id},
        )
        before = await _rows(connection)
        await deed(connection, subject)
        after = await _rows(connection)
        await connection.rollback()
    assert before.keys() <= after.keys()
    return {
        (MessageState(before[id_][0]) if id_ in before else None, MessageState(row[0]))
        for id_, row in after.items()
        if before.get(id_) != row
    }


@pytest.mark.parametrize("statement", STATEMENTS)
async def test_a_statement_moves_a_message_as_was_declared(statement: str, subject: Subject) -> None:
    for movers, deeds in STATEMENTS[statement].items():
        done = {move for state in MessageState for deed in deeds for move in await moves(subject, state, deed)}
        assert done == frozenset().union(*(MOVES[mover] for mover in movers))

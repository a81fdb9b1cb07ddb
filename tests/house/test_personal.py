"""What is personal is marked where it is declared: whoever adds a column, a field of an event or a line of a log finds
out here that there is something to decide."""

from __future__ import annotations

import ast
import re
from dataclasses import is_dataclass
from typing import Any, get_args, get_type_hints

import pytest
from sqlalchemy import ARRAY, JSON, Column, LargeBinary, MetaData, String, Table, Text, Uuid
from sqlalchemy.types import TypeDecorator, TypeEngine

from tests.house.test_rules import ROOT, sources
from tracker.core.case.events import TYPES, Address, NeededItem, PartyReported, StatusReported
from tracker.core.deciding.dossier import CaseRecord, MessageRecord, RecipientRecord
from tracker.core.deciding.drafts import FrozenFacts
from tracker.core.promises.record import PromiseRecord
from tracker.core.vocabulary.personal import Mark, Personal, Plain, empty, marked, marks
from tracker.store.case.cases import CASE
from tracker.store.case.erasing_statements import belonging, erasure
from tracker.store.case.parties import PARTY, RECIPIENT
from tracker.store.ground.personal import Code, going, mark_of, personal, personal_stays, plain
from tracker.store.outreach.messages import MESSAGE
from tracker.store.promises.promises import PROMISE
from tracker.store.tables import METADATA, PERSONAL

COLUMNS = [column for table in METADATA.sorted_tables for column in table.columns]


def could_be_personal(kind: TypeEngine[Any]) -> bool:
    """Whether a column of this type could hold words, addresses or hashes."""
    if isinstance(kind, Code):
        return False
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    if isinstance(kind, ARRAY):
        return could_be_personal(kind.item_type)
    return isinstance(kind, String | LargeBinary | JSON)


def of_closed_words(column: Column[Any]) -> bool:
    """Whether the database lets nothing else in than the words of `one_of`."""
    return f"{column.name}_word" in {constraint.name for constraint in column.table.constraints}


def undecided(column: Column[Any]) -> bool:
    """Whether nobody has said if a column is personal."""
    if not could_be_personal(column.type) or of_closed_words(column):
        return False
    said = mark_of(column) is not None
    return said == bool(column.info.get("plain"))


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_every_column_says_whether_it_is_personal(column: Column[Any]) -> None:
    """Mark it `personal()`, `personal_row()` or `personal_stays(why)`; or `plain(why)`, or make it a `Code`."""
    assert not undecided(column)
    mark = mark_of(column)
    assert mark is None or mark.goes or mark.kept, "say why it is kept"


@pytest.mark.parametrize(
    ("column", "is_undecided"),
    [
        (Column("said", Text), True),
        (Column("said", JSON), True),
        (Column("said", LargeBinary), True),
        (Column("said", ARRAY(Text)), True),
        (Column("said", Text, info={"plain": ""}), True),
        (Column("said", Text, info=personal()["info"] | plain("codes")["info"]), True),
        (Column("said", Text, **personal()), False),
        (Column("said", Text, **personal_stays("it is said why")), False),
        (Column("said", Text, **plain("codes")), False),
        (Column("said", Code), False),
        (Column("said", Uuid), False),
        (Column("said", ARRAY(Uuid)), False),
    ],
    ids=str,
)
def test_a_column_that_says_nothing_is_noticed(column: Column[Any], is_undecided: bool) -> None:
    Table("made_up", MetaData(), column)
    assert undecided(column) is is_undecided


def test_all_that_is_marked_is_erased_in_an_order_that_begins_with_the_case() -> None:
    made = erasure(METADATA)
    assert {step.table for step in made.taken} == {table.name for table in METADATA.sorted_tables if going(table)}
    assert (made.taken[0].table, made.taken[-1].table) == ("case", "staff_note")
    known = {"case"}
    for step in made.asked:
        assert step.owner in known
        known.add(step.table)
    assert {step.owner for step in made.taken} <= known


def test_what_is_marked_and_belongs_to_no_case_is_noticed() -> None:
    astray = MetaData()
    Table("astray", astray, Column("id", Uuid, primary_key=True), Column("said", Text, **personal()))
    with pytest.raises(LookupError, match="astray"):
        erasure(astray)


def test_a_dead_letter_takes_along_all_that_belongs_to_an_entry() -> None:
    """`store.case.entries.expire` empties the entry and its party: give it what else belongs to an entry."""
    by_entry = {
        table.name
        for table in METADATA.sorted_tables
        if going(table) and (found := belonging(table, METADATA)) is not None and found.owner == "entry"
    }
    assert by_entry == {"party"}


@pytest.mark.parametrize(
    ("record", "table"),
    [(CaseRecord, CASE), (RecipientRecord, RECIPIENT), (MessageRecord, MESSAGE), (PromiseRecord, PROMISE)],
)
def test_a_record_is_marked_as_its_table_is(record: type, table: Table) -> None:
    """So that what is decided of an erased case is empty where the erasure has emptied it."""
    assert marked(record, Mark.PERSONAL) == set(going(table))


def test_a_party_is_marked_as_it_is_reported() -> None:
    assert set(going(PARTY)) == marked(PartyReported, Mark.PERSONAL) | {"words"}


def holds_text(hint: Any) -> bool:
    """Whether a value of this type may be a text or a hash, or bring one along."""
    if hint in (str, bytes):
        return True
    parts = [each for each in get_args(hint) if not is_dataclass(each)]
    return any(holds_text(each) for each in parts)


def unmarked(kind: type) -> list[str]:
    """The fields of a body of which nobody has said whether they are personal."""
    found, hints = marks(kind), get_type_hints(kind)
    return [name for name, mark in found.items() if mark is None and holds_text(hints[name])]


@pytest.mark.parametrize("kind", [*TYPES.values(), NeededItem, Address], ids=lambda kind: kind.__name__)
def test_every_text_that_an_event_brings_says_whether_it_is_personal(kind: type) -> None:
    assert unmarked(kind) == []


class Undecided:
    """A body of which something is not said."""

    name: Personal[str]
    status: Plain[str]
    count: int
    words: list[str]
    said: str | None


def test_a_text_of_an_event_that_says_nothing_is_noticed() -> None:
    assert unmarked(Undecided) == ["words", "said"]


def test_what_stands_in_place_of_what_is_personal_is_of_its_type() -> None:
    assert empty(StatusReported) == {"reason": None, "public_note": None, "internal_note": None}
    assert empty(PartyReported)["channels"] == ()
    assert empty(RecipientRecord) == {"address": "", "normal": None}
    assert empty(FrozenFacts) == {"needs": [], "note": "", "zone": None}
    assert empty(FrozenFacts)["needs"] is not empty(FrozenFacts)["needs"]


def test_the_facts_of_a_message_are_all_decided() -> None:
    assert [name for name, mark in marks(FrozenFacts).items() if mark is None] == []


def logged(text: str) -> list[tuple[int, str]]:
    """The names under which a file gives something to a log, and where."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.keyword) and node.arg == "extra" and isinstance(node.value, ast.Dict):
            keys = [key for key in node.value.keys if isinstance(key, ast.Constant)]
            found += [(key.lineno, str(key.value)) for key in keys]
    return found


def test_no_line_of_a_log_bears_a_name_that_it_could_not_write() -> None:
    """Its value would be withheld: give it another name, if it is no person's."""
    files = [file for file in sources("tracker", "notifications", "integrations") if "extra" in file.read_text()]
    lines = {(file.relative_to(ROOT).as_posix(), *each) for file in files for each in logged(file.read_text())}
    assert {name for *_, name in lines} >= {"fault", "route"}
    assert [line for line in lines if line[-1] in PERSONAL] == []


def test_the_names_that_no_log_says_are_plain_words() -> None:
    assert {"name", "address", "normal", "known_fact", "known_facts", "words", "comment", "content", "text"} <= PERSONAL
    assert {"public_note", "internal_note", "note", "reason", "login", "password_hash"} <= PERSONAL
    assert all(re.fullmatch(r"[a-z_]+", name) for name in PERSONAL)
    assert not PERSONAL & {"channel", "mode", "service", "stage", "reference", "fault", "job", "place"}

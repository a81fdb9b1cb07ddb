"""What an erasure changes, row by row and column by column, written out here by hand; and that a column which is added
goes with the others once it is marked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, String, Table, Text, Uuid

from tests.flows.case.test_erase import dump, left, lived
from tests.office import START, Desk, event, open_desk
from tracker.core.case.events import NeededItem, NeedsReported, StatusReported
from tracker.core.deciding.reports import Report
from tracker.core.vocabulary.personal import Personal, Plain
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode
from tracker.flows.case import erase
from tracker.flows.deciding import intake
from tracker.store.case import erasure
from tracker.store.case.bodies import split
from tracker.store.ground.columns import belongs_to, new_id
from tracker.store.ground.engine import Store
from tracker.store.ground.personal import personal, personal_row, personal_stays, plain
from tracker.store.tables import METADATA

Row = dict[str, Any]

FACTS_THAT_STAY = {
    "definition",
    "stage",
    "unmapped",
    "waiting_on",
    "outcome",
    "sensitive",
    "promise_on",
    "promise_basis",
    "old_on",
    "half_by_on",
    "probability",
    "promise",
    "role",
    "same_as",
    "asked_office",
    "sooner",
    "arrived_at",
    "since_at",
    "since_on",
    "heard_at",
    "heard_on",
    "late_on",
    "told_stage",
    "told_on",
    "news",
    "served_on",
    *("ended_on", "survivor_end", "survivor_outcome", "end_in_doubt"),
    "statutory_on",
    "theirs",
    "beside_on",
    "beside_promise",
    "came_true",
}
EMPTIED: dict[str, Row] = {
    "case": {"known_facts": [], "needs": [], "next_word_on": None, "next_word_at": None, "wake_at": None},
    "party": {"name": None, "organisation": None, "channels": [], "known_fact": None, "zone": None, "words": []},
    "recipient": {"address": "", "normal": None},
    "entry": {"words": None},
    "receipt": {"body": {}},
    "caught": {"address": ""},
    "attempt": {"content": {}, "digest": None},
    "feedback": {"comment": None},
}
GONE = {"staff_note", "task"}


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


async def rows_of(desk: Desk) -> dict[str, dict[str, Row]]:
    """Every row of every table, by its key."""
    found: dict[str, dict[str, Row]] = {}
    for table in METADATA.sorted_tables:
        key = ", ".join(f't."{column.name}"' for column in table.primary_key.columns)
        rows = await desk.rows(f"SELECT concat_ws(' ', {key}), row_to_json(t) FROM \"{table.name}\" t")
        found[table.name] = {row[0]: row[1] for row in rows}
    return found


async def filled(desk: Desk, number: str) -> str:
    """A case with something in every column that an erasure changes, and with messages that wait; its reference."""
    reference = await lived(desk, number, ended=False)
    await desk.status(number, "ASSESS", expected_on="2026-06-01", public_note="the purple barn")
    await desk.say(number, "case.needs", {"items": [{"item": "map", "text": "the back stairs", "why": "to see them"}]})
    await desk.change("UPDATE party SET zone = 'Asia/Tokyo'")
    await desk.change('UPDATE "case" SET forget_at = :at WHERE number = :number', at=START, number=number)
    await desk.change(
        "INSERT INTO contact (organisation_id, mode, id, case_id, channel, reason, demand, seen, at) SELECT "
        "organisation_id, mode, :id, id, 'phone', 'where_is_it', 'failure', '{\"stage\": \"received\"}', :at "
        'FROM "case" WHERE number = :number',
        id=new_id(),
        at=START,
        number=number,
    )
    await desk.change(
        "INSERT INTO task (organisation_id, mode, id, case_id, kind, cause, due_on, made_at) SELECT "
        "organisation_id, mode, :id, id, 'tell_by_hand', number, '2026-06-01', :at "
        'FROM "case" WHERE number = :number',
        id=new_id(),
        at=START,
        number=number,
    )
    return reference


def erased(table: str, row: Row, ids: dict[str, set[Any]]) -> Row | None:
    """What a row is once its case was erased."""
    owner = {"party": "entry_id", "attempt": "message_id", "receipt": "attempt_id", "caught": "id", "case": "id"}
    kind = {"party": "entry", "attempt": "message", "receipt": "attempt", "caught": "attempt"}.get(table, "case")
    if row.get(owner.get(table, "case_id")) not in ids[kind]:
        return row
    if table in GONE:
        return None
    if table == "message":
        facts = {name: value for name, value in row["facts"].items() if name in FACTS_THAT_STAY}
        row = {**row, "facts": {"note": "", "needs": [], **facts}}
        if row["state"] in ("due", "held"):
            row |= {"state": "withheld", "reason": "superseded", "settled_at": "now"}
    if table == "case":
        row = {**row, "version": row["version"] + 1, "erased_at": "now", "forget_at": None}
    return {**row, **EMPTIED.get(table, {})}


def changed(before: dict[str, dict[str, Row]], after: dict[str, dict[str, Row]], table: str, column: str) -> bool:
    """Whether a column of some row is another than before."""
    return any(after[table].get(key, {}).get(column) != row[column] for key, row in before[table].items())


async def test_exactly_what_is_personal_goes_and_nothing_else_changes(desk: Desk) -> None:
    reference = await filled(desk, "P-1")
    await filled(desk, "P-2")
    before = await rows_of(desk)
    assert {row["state"] for row in before["message"].values()} >= {"due", "delivered"}
    await erase.at_once(desk.store, desk.office, reference, even_if_open=True)
    after = await rows_of(desk)

    [case] = [row["id"] for row in before["case"].values() if row["number"] == "P-1"]
    ids: dict[str, set[Any]] = {"case": {case}}
    for table in ("entry", "message"):
        ids[table] = {row["id"] for row in before[table].values() if row["case_id"] == case}
    ids["attempt"] = {row["id"] for row in before["attempt"].values() if row["message_id"] in ids["message"]}
    for table, rows in before.items():
        expected = {key: told for key, row in rows.items() if (told := erased(table, row, ids)) is not None}
        left = {key: row for key, row in after[table].items() if table != "audit" or row["action"] != "case.erased"}
        for key, row in left.items():
            for at in ("erased_at", "settled_at"):
                if expected[key].get(at) == "now":
                    assert row[at] is not None
                    row[at] = "now"
        assert left == expected, table
    assert len(after["audit"]) == len(before["audit"]) + 1
    for table, columns in EMPTIED.items():
        for column in columns:
            assert changed(before, after, table, column), f"{table}.{column} was empty all along: fill it"
    assert changed(before, after, "message", "facts")
    assert len(after["staff_note"]) == 1


async def test_erasing_again_takes_what_has_come_since(desk: Desk) -> None:
    reference = await filled(desk, "P-1")
    await erase.at_once(desk.store, desk.office, reference, even_if_open=True)
    once = await rows_of(desk)
    await desk.change("UPDATE recipient SET address = 'zeb@private.example', normal = 'zeb@private.example'")
    await desk.change('UPDATE entry SET words = \'{"text": "the gate code"}\'')
    await erase.at_once(desk.store, desk.office, reference, even_if_open=True)
    again = await rows_of(desk)
    for table in ("recipient", "entry", "party", "attempt", "message"):
        assert again[table] == once[table]


ADDED = {
    "case": Column("nickname", Text, **personal()),
    "party": Column("born_on", Text, **personal("'unknown'")),
    "message": Column("aside", Text, **personal("''")),
    "receipt": Column("device", Text, **personal()),
    "audit": Column("mood", Text, **personal_stays("it is of staff")),
}
"""What somebody adds to tables that are there."""


def with_more() -> tuple[MetaData, list[Table]]:
    """The tables with these columns, and three tables more: one of rows that go, one of theirs, and one of receipts."""
    metadata = MetaData()
    for table in METADATA.sorted_tables:
        table.to_metadata(metadata)
    for name, column in ADDED.items():
        metadata.tables[name].append_column(column._copy())
    said = Column("said", Text, **personal_row())
    more = [
        Table("letter", metadata, *_of_whom(), said._copy(), belongs_to("case", "of_id")),
        Table("page", metadata, *_of_whom(), said._copy(), belongs_to("letter", "of_id")),
        Table(
            "stamp",
            metadata,
            *_of_whom(),
            Column("said", Text, **personal()),
            Column("colour", Text, **plain("of the stamp")),
            belongs_to("receipt", "of_id"),
        ),
    ]
    return metadata, more


def _of_whom() -> list[Column[Any]]:
    names = (Column(name, kind, primary_key=True) for name, kind in {"organisation_id": Uuid, "mode": String}.items())
    return [*names, Column("id", Uuid, primary_key=True), Column("of_id", Uuid, nullable=False)]


async def filled_more(desk: Desk, metadata: MetaData, more: list[Table]) -> None:
    """Add all that to the database, with the same word in all of it."""
    for name, column in ADDED.items():
        await desk.change(f'ALTER TABLE "{name}" ADD COLUMN {column.name} text')
        await desk.change(f"UPDATE \"{name}\" SET {column.name} = 'Zebedee'")
    async with desk.store.transaction() as connection:
        await connection.run_sync(lambda sync: metadata.create_all(sync, tables=more))
    for table, owner in (("letter", "case"), ("page", "letter"), ("stamp", "receipt")):
        await desk.change(
            f"INSERT INTO {table} (organisation_id, mode, id, of_id, said) "
            f"SELECT organisation_id, mode, gen_random_uuid(), id, 'Zebedee' FROM \"{owner}\""
        )
    await desk.change("UPDATE stamp SET colour = 'red'")


async def test_a_column_that_is_added_goes_with_the_others_once_it_is_marked(desk: Desk) -> None:
    await filled(desk, "P-1")
    await filled(desk, "P-2")
    await erase.at_once(desk.store, desk.office, await filled(desk, "P-3"), even_if_open=True)
    metadata, more = with_more()
    await filled_more(desk, metadata, more)
    [(case, mode)] = await desk.rows("SELECT id, mode FROM \"case\" WHERE number = 'P-1'")
    async with desk.store.transaction() as connection:
        assert await erasure.erase(connection, metadata, Scope(desk.office.id, Mode(mode)), case, await desk.now())

    gone, stays = ("P-1", None), [("P-2", "Zebedee"), ("P-3", "Zebedee")]
    told = {
        'SELECT number, nickname FROM "case"': [gone, *stays],
        "SELECT e.number, p.born_on FROM party p JOIN entry e ON e.id = p.entry_id": [("P-1", "unknown"), *stays],
        'SELECT DISTINCT c.number, m.aside FROM message m JOIN "case" c ON c.id = m.case_id': [("P-1", ""), *stays],
        f"SELECT c.number, r.device FROM receipt r {_OF_RECEIPT}": [gone, *stays],
        f"SELECT c.number, s.said FROM stamp s JOIN receipt r ON r.id = s.of_id {_OF_RECEIPT}": [gone, *stays],
        'SELECT c.number, l.said FROM letter l JOIN "case" c ON c.id = l.of_id': stays,
        'SELECT c.number, p.said FROM page p JOIN letter l ON l.id = p.of_id JOIN "case" c ON c.id = l.of_id': stays,
        "SELECT DISTINCT mood, colour FROM audit, stamp": [("Zebedee", "red")],
    }
    for question, rows in told.items():
        assert [tuple(row) for row in await desk.rows(f"{question} ORDER BY 1")] == rows, question


_OF_RECEIPT = """JOIN attempt a ON a.id = r.attempt_id JOIN message m ON m.id = a.message_id
    JOIN "case" c ON c.id = m.case_id"""


@dataclass(frozen=True, slots=True)
class StatusWithCaller(StatusReported):
    """A status with one more thing that people wrote, as somebody would add it."""

    caller: Personal[str | None] = None
    ward: Plain[str | None] = None


async def test_a_field_that_is_added_to_a_body_is_among_the_words_and_goes_with_them(desk: Desk) -> None:
    body = StatusWithCaller("building-permit", "REC", public_note="the purple barn", caller="Zebedee", ward="north")
    told = event(body, id="called", number="P-1", time=START)
    await intake.ingest(desk.store, desk.sender, Report(told, b"a fingerprint"))
    [kept] = await desk.rows("SELECT body, words FROM entry WHERE event_id = 'called'")
    assert kept.words == {"public_note": "the purple barn", "caller": "Zebedee"}
    assert kept.body == {"service": "building-permit", "status": "REC", "ward": "north"}

    [case] = await desk.rows("SELECT reference FROM \"case\" WHERE number = 'P-1'")
    await erase.at_once(desk.store, desk.office, case.reference, even_if_open=True)
    late = replace(told, id="late", time=told.time - timedelta(minutes=1))
    await intake.ingest(desk.store, desk.sender, Report(late, b"another"))
    rows = await desk.rows("SELECT words, body->>'ward' AS ward FROM entry")
    assert [tuple(row) for row in rows] == [(None, "north")] * 2
    assert left(await dump(desk)) == []


def test_each_word_about_an_item_is_kept_under_its_place() -> None:
    @dataclass(frozen=True, slots=True)
    class ItemWithHint(NeededItem):
        hint: Personal[str | None] = None

    items = (NeededItem("plan", text=""), ItemWithHint("map", text="the back stairs", hint="ask Zebedee", code="M"))
    assert split(NeedsReported(items)) == (
        {"items": [{"item": "plan"}, {"item": "map", "code": "M"}]},
        {"0": "", "1": "the back stairs", "1.hint": "ask Zebedee"},
    )

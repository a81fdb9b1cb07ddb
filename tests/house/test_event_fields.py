"""A field of an event arrives: on the wire, in the timeline's words, in the store and back, in the documents; and what
may be said of a case is said on the page and by the API."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import NoneType
from typing import Any, get_args

import pytest

from integrations.event_models import EVENTS, ChannelIn, DataIn, NeededItemIn
from tests.core.case.test_timeline import PERMIT, ZONE, case_of, status
from tracker.core.answers.facts import CaseFacts
from tracker.core.case.events import TYPES, Address, Body, NeededItem, NeedsReported, PartyReported, StatusReported
from tracker.core.case.projection import Silence, projected
from tracker.core.deciding.dossier import CaseRecord
from tracker.store.case.bodies import event_of, split

ROOT = Path(__file__).parents[2]

AT = "2026-03-02T10:00:00Z"

WIRE: Mapping[str, dict[str, Any]] = {
    "case.status": {
        "service": "permit",
        "status": "REC",
        "reason": "A reason",
        "public_note": "For all",
        "internal_note": "For us",
        "expected_on": "2026-04-01",
        "served_on": "2026-03-01",
        "delay_reason": "high_demand",
        "merged_into": "P-2",
    },
    "case.needs": {
        "items": [
            {
                "item": "plan",
                "text": "A plan",
                "due_on": "2026-04-01",
                "supplied_at": AT,
                "remove": True,
                "why": "To see",
                "send_to": "By post",
                "if_not": "We close it",
            },
            {"item": "photo", "code": "site_photo"},
        ]
    },
    "case.party": {
        "party": "1",
        "role": "joint_applicant",
        "name": "Alex Morgan",
        "organisation": "Morgan Ltd",
        "language": "cy",
        "channels": [{"channel": "email", "address": "alex@example.org"}],
        "known_fact": "AB1 2CD",
        "prefers": "sms",
        "zone": "Asia/Tokyo",
        "remove": True,
    },
    "case.note": {"text": "A remark", "audience": "public"},
    "case.correction": {"event": "e-1", "why": "A slip"},
    "case.reopen": {"status": "ASSESS"},
}
"""An event of each type with every field filled, and none as it is when it is left out."""

LATER = {"known_fact": "hashed by `integrations.wire`, which hands on the hash"}
"""Fields that the body does not bring along, with what becomes of them."""

WORKED_OUT = {"unfit_as": "worked out by `integrations.parties`, of the known fact as it was sent"}
"""Fields of a body that nobody sends, with where they come from."""


def model(type_: str) -> type[DataIn]:
    """The model of the data of a type."""
    kind = EVENTS[type_].model_fields["data"].annotation
    return next(each for each in (*get_args(kind), kind) if each is not NoneType)


def sent(type_: str) -> Body:
    """The body of the event in which everything is filled."""
    return model(type_).model_validate(WIRE[type_]).body()


def unfilled(said: Any) -> Iterator[str]:
    """Fields that have the value of what was left out."""
    for each in fields(said):
        value = getattr(said, each.name)
        if each.name not in {**LATER, **WORKED_OUT} and (
            value is None or (each.default is not MISSING and value == each.default)
        ):
            yield each.name


@pytest.mark.parametrize("type_", TYPES)
def test_a_field_of_the_wire_is_a_field_of_the_body(type_: str) -> None:
    own = set(model(type_).model_fields) - set(DataIn.model_fields)
    assert own == {each.name for each in fields(TYPES[type_])} - set(WORKED_OUT)
    assert own == set(WIRE[type_]), "fill it above, too"


def test_so_it_is_with_items_and_addresses() -> None:
    assert set(NeededItemIn.model_fields) == {each.name for each in fields(NeededItem)}
    assert set(ChannelIn.model_fields) == {each.name for each in fields(Address)} - {"normal"}


@pytest.mark.parametrize("type_", TYPES)
def test_what_was_sent_arrives_in_the_body(type_: str) -> None:
    body = sent(type_)
    if isinstance(body, NeedsReported):
        first, second = (set(unfilled(each)) for each in body.items)
        assert first & second == set()
    else:
        assert list(unfilled(body)) == []


@pytest.mark.parametrize("type_", TYPES)
def test_what_is_stored_comes_back(type_: str) -> None:
    body = sent(type_)
    assert event_of(stored(type_, body), lambda channel, address: None).body == body


def stored(type_: str, body: Body) -> dict[str, Any]:
    """The row that keeps this body, as the database gives it back."""
    plain, personal = split(body)
    at = datetime.fromisoformat(AT)
    row = dict.fromkeys(("event_id", "source", "number", "register", "sequence", "occurred_on", "hold_until"))
    row |= {"type": type_, "occurred_at": at, "sensitive": False, "body": plain, "words": personal}
    if isinstance(body, PartyReported):
        values = {each.name: getattr(body, each.name) for each in fields(body)}
        row |= {PARTY_COLUMNS.get(name, name): value for name, value in values.items()}
        row["channels"] = [{each.name: getattr(way, each.name) for each in fields(way)} for way in body.channels]
    return row


PARTY_COLUMNS = {"remove": "removed", "zone": "party_zone"}
"""The columns of a party that are not called as the field is."""


@cache
def asked_for() -> frozenset[str]:
    """The names of all attributes that the product reads, but for where bodies are made and kept."""
    files = (file for file in (ROOT / "tracker").rglob("*.py") if file.name not in ("events.py", "bodies.py"))
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    return frozenset(node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute))


@pytest.mark.parametrize("kind", [*TYPES.values(), NeededItem, Address])
def test_what_a_body_says_is_asked_for(kind: type) -> None:
    assert {each.name for each in fields(kind)} - set(UNASKED) <= asked_for()


UNASKED = {
    "why": "of a correction: staff read it at the desk, among the words of the entry",
    "internal_note": "likewise",
}
"""Fields that nobody asks a body for, with the reason."""


@pytest.mark.parametrize("type_", TYPES)
def test_every_field_is_in_the_documents(type_: str) -> None:
    text = (ROOT / "docs" / "integration.md").read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith(f"| `{type_}` |"))
    inner = {"case.needs": NeededItemIn, "case.party": ChannelIn}.get(type_)
    names = {*WIRE[type_], *(inner.model_fields if inner else ())}
    assert {name for name in names if f"`{name}`" not in row} == set()


def named_in(*places: str) -> set[str]:
    """The facts of a case that these files name."""
    texts = (file.read_text(encoding="utf-8") for place in places for file in ROOT.glob(place))
    return {name for text in texts for name in re.findall(r"\bfacts\.(\w+)", text)}


@pytest.mark.parametrize(
    ("places", "left_out"),
    [
        (("templates/pages/case.html", "templates/pages/case/*.html"), "NOT_ON_THE_PAGE"),
        (("tracker/web/api.py",), "NOT_IN_THE_API"),
    ],
)
def test_every_fact_of_a_case_is_said(places: tuple[str, ...], left_out: str) -> None:
    assert {each.name for each in fields(CaseFacts)} - named_in(*places) == set(globals()[left_out])


def named_where(file: str, called: str) -> set[str]:
    """The arguments that are named where this is called."""
    nodes = ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
    calls = [node for node in nodes if isinstance(node, ast.Call) and ast.unparse(node.func) == called]
    return {each.arg for call in calls for each in call.keywords if each.arg}


def test_every_fact_of_a_case_is_filled() -> None:
    """A fact with a default would be forgotten in silence."""
    filled = (named_where("tracker/flows/answers/lookup.py", called) for called in ("CaseFacts", "replace"))
    assert set().union(*filled) == {each.name for each in fields(CaseFacts)}


def test_a_record_has_what_a_case_is() -> None:
    """The type checker cannot see into the columns that a projection hands on."""
    values = set(projected(case_of(status("REC")), PERMIT, ZONE, Silence()))
    begun = named_where("tracker/core/deciding/under_number.py", "CaseRecord")
    assert values | begun == {each.name for each in fields(CaseRecord)}
    assert not values & begun


WORDS = ("building-permit", "VAL", "why", "A note", "for us")
FULL = StatusReported(*WORDS, date(2026, 4, 1), date(2026, 3, 1), "busy", "P-2")


@pytest.mark.parametrize("name", [each.name for each in fields(StatusReported)])
def test_a_case_becomes_another_by_what_a_status_says(name: str) -> None:
    assert list(unfilled(FULL)) == [], "fill it above, too"
    without = {"service": FULL.service, "status": "REC"}.get(name)
    changed = case_of(status("REC"), replace(FULL, **{name: without})) != case_of(status("REC"), FULL)
    assert changed == (name not in NOT_FOLDED)


NOT_FOLDED = {
    "service": "that of the case is told by what opened it",
    "reason": "staff read it at the desk, among the words of the entry",
    "internal_note": "likewise",
    "merged_into": "of a case that was merged: the stage of this one says no such thing",
    "served_on": "it decides whether the event counts yet, for decisions that are formal",
}
"""What a status says that makes no difference to what the case is, with the reason."""


NOT_ON_THE_PAGE = {"opened": "it is the first line of the history", "version": "it is the ETag of the API"}
NOT_IN_THE_API = {
    "zone": "instants bear their offset",
    "now": "the caller has a clock",
    "opened": "it is the first line of the history",
    "help": "words of the page: whom to ask",
    "complaint": "words of the page",
    "appeal": "words of the page",
    "statutory": "words of the page",
    "statutory_on": "of the words of the page",
    "statutory_paused": "likewise",
    "office": "whom the page names beside the organisation",
}
"""What one of the two leaves out, with the reason."""

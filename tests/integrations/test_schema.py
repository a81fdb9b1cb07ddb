"""The published schema: it is the committed file, it takes what we take, and what it refuses we refuse."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from integrations.schema import EXAMPLES, event_schema, published
from integrations.wire import PLAIN, translate
from tests.integrations.sent import tongue
from tracker.core.vocabulary.errors import MalformedEvent

FILE = Path(__file__).parents[2] / "docs" / "event-schema-1.json"
VALIDATOR = Draft202012Validator(event_schema())


def accepted(document: Any) -> bool:
    try:
        translate(json.dumps(document).encode(), PLAIN, tongue("Europe/London"))
    except MalformedEvent:
        return False
    return True


def test_the_committed_schema_is_the_generated_one() -> None:
    assert FILE.read_text(encoding="utf-8") == published(), (
        "run: python -m integrations.schema > docs/event-schema-1.json"
    )


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(event_schema())
    assert event_schema()["$id"].endswith(":1")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["type"])
def test_the_examples_are_good(example: dict[str, Any]) -> None:
    VALIDATOR.validate(example)
    assert accepted(example)


def changed(number: int, *path: str | int, to: Any = ...) -> dict[str, Any]:
    """Example `number` with one place changed, or taken away."""
    document = copy.deepcopy(EXAMPLES[number])
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    if to is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return document


REFUSED: list[Any] = [
    *(changed(0, name) for name in ("id", "source", "type", "subject", "time", "data")),
    *(changed(0, name, to=None) for name in ("id", "source", "type", "subject", "time", "data")),
    changed(0, "id", to=""),
    changed(0, "id", to="x" * 201),
    changed(0, "type", to="case.closed"),
    changed(0, "time", to="yesterday"),
    changed(0, "time", to="2026-03-02"),
    changed(0, "time", to=1772442900),
    changed(0, "specversion", to="1.0"),
    changed(0, "sequence", to=-1),
    changed(0, "sequence", to="x"),
    changed(0, "sequence", to=2**63),
    changed(0, "data", to=[]),
    changed(0, "data", "status"),
    changed(0, "data", "colour", to="red"),
    changed(0, "data", "expected_on", to="20 March"),
    changed(0, "data", "public_note", to="x" * 4001),
    changed(0, "data", "public_note", to=""),
    changed(1, "data", "items", to=[]),
    changed(1, "data", "items", 0, "code", to="BILL"),
    changed(1, "data", "items", 0, "text"),
    changed(1, "data", "items", 0, "text", to=None),
    changed(1, "data", "items", 0, to={"item": "a", "remove": False}),
    changed(1, "data", "items", 0, to={"item": "a", "supplied_at": None}),
    changed(2, "data", "role", to="boss"),
    changed(2, "data", "channels", 0, "channel", to="fax"),
    changed(2, "data", "channels", to=[{"channel": "sms", "address": "07700 900123"}] * 11),
    changed(3, "data", "audience", to="everybody"),
    changed(4, "data", "why"),
    changed(5, "data", "sensitive", to="no"),
    [],
    None,
]

TAKEN = [
    changed(0, "time", to="2026-03-02T10:15:00"),
    changed(0, "sequence", to="0042"),
    changed(0, "register", to=None),
    changed(1, "data", "items", 0, "code", to=None),
    changed(1, "data", "items", 0, to={"item": "a", "remove": True}),
    changed(1, "data", "items", 0, to={"item": "a", "supplied_at": "2026-03-03T07:55:00Z"}),
    changed(2, "data", to={"party": "1"}),
    changed(2, "data", "language", to="none known"),
    changed(2, "data", "channels", 0, "address"),
    changed(2, "data", "channels", 0, "address", to="n/a"),
    changed(5, "data"),
    changed(5, "data", to=None),
]


@pytest.mark.parametrize("document", REFUSED)
def test_what_the_schema_refuses_is_refused(document: Any) -> None:
    assert not VALIDATOR.is_valid(document)
    assert not accepted(document)


@pytest.mark.parametrize("document", TAKEN)
def test_what_is_taken_the_schema_takes(document: Any) -> None:
    VALIDATOR.validate(document)
    assert accepted(document)


ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, False, 0, -1, 1.5, "", "x", "x" * 300, "2026-03-02", "2026-03-02T10:15:00Z", [], {}]
)
FIELDS = st.sampled_from(["text", "code", "remove", "supplied_at", "due_on", "item", "data", "sensitive", "language"])


@given(st.data(), st.sampled_from(EXAMPLES))
def test_no_change_of_an_example_is_taken_against_the_schema(data: st.DataObject, example: dict[str, Any]) -> None:
    document = copy.deepcopy(example)
    for _ in range(data.draw(st.integers(1, 3))):
        inner = document["data"] if isinstance(document.get("data"), dict) else document
        items = inner.get("items") or inner.get("channels")
        first = items[0] if isinstance(items, list) and items and isinstance(items[0], dict) else inner
        place = data.draw(st.sampled_from([document, inner, first]))
        name = data.draw(st.sampled_from(sorted(place)) | FIELDS if place else FIELDS)
        if data.draw(st.booleans()):
            place.pop(name, None)
        else:
            place[name] = data.draw(ODD)
    if accepted(document):
        VALIDATOR.validate(document)

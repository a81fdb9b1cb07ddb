"""What is refused on the wire, with its place, its remedy and none of its values."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.schema import EXAMPLES
from integrations.wire import CLOUDEVENTS, PLAIN
from tests.integrations.sent import cloud, event, of_type, read, refusal
from tracker.core.vocabulary.errors import TrackerError


@pytest.mark.parametrize("name", ["id", "source", "type", "subject", "time"])
@pytest.mark.parametrize("value", [..., None])
@pytest.mark.parametrize("form", [PLAIN, CLOUDEVENTS])
def test_case_11_what_is_missing_is_never_defaulted(name: str, value: object, form: str) -> None:
    document = event(**{name: value})
    error = refusal(cloud(document) if form == CLOUDEVENTS else document, form)
    assert error.pointer == f"/{name}"


PLACES: dict[str, tuple[dict[str, Any], str]] = {
    "case 11: empty id": (event(id=""), "/id"),
    "case 11: empty time": (event(time=""), "/time"),
    "id as a number": (event(id=1), "/id"),
    "id too long": (event(id="x" * 201), "/id"),
    "padded number": (event(subject="17  "), "/subject"),
    "tab in the number": (event(subject="1\t7"), "/subject"),
    "invisible in the source": (event(source="per\u200bmits"), "/source"),
    "no-break space in the number": (event(subject="1\u00a07"), "/subject"),
    "unknown type": (event(type="case.closed"), "/type"),
    "type of another kind": (event(type=["case.status"]), "/type"),
    "unknown field": (event(colour="red"), "/colour"),
    "CloudEvents field in plain JSON": (event(specversion="1.0"), "/specversion"),
    "unknown field in data": (of_type("case.note", text="x", colour="red"), "/data/colour"),
    "data of another type": (event(type="case.note"), "/data/text"),
    "data missing": (event(data=...), "/data"),
    "data null": (event(data=None), "/data"),
    "data a list": (event(data=[]), "/data"),
    "data a string": (event(data="{}"), "/data"),
    "sensitive as a word": (of_type("case.note", text="x", sensitive="yes"), "/data/sensitive"),
    "sensitive as a number": (of_type("case.note", text="x", sensitive=1), "/data/sensitive"),
    "sequence negative": (event(sequence=-1), "/sequence"),
    "sequence a fraction": (event(sequence=1.0), "/sequence"),
    "sequence true": (event(sequence=True), "/sequence"),
    "sequence in words": (event(sequence="12a"), "/sequence"),
    "sequence in other digits": (event(sequence="١٢"), "/sequence"),
    "sequence too great": (event(sequence="9" * 19), "/sequence"),
    "case 10: number for a time": (event(time=1772442900), "/time"),
    "time without seconds": (event(time="2026-03-02T10:15Z"), "/time"),
    "time with a space": (event(time="2026-03-02 10:15:00Z"), "/time"),
    "date for a time": (event(time="2026-03-02"), "/time"),
    "hour 24": (event(time="2026-03-02T24:00:00Z"), "/time"),
    "leap second": (event(time="2016-12-31T23:59:60Z"), "/time"),
    "30 February": (event(time="2026-02-30T10:15:00Z"), "/time"),
    "offset of a day": (event(time="2026-03-02T10:15:00+24:00"), "/time"),
    "newline after the time": (event(time="2026-03-02T10:15:00Z\n"), "/time"),
    "case 10: before the year 1": (event(time="0001-01-01T00:00:00+14:00"), "/time"),
    "case 10: after the year 9999": (event(time="9999-12-31T23:59:59-14:00"), "/time"),
    "time for a date": (
        of_type("case.note", text="x", occurred_on="2026-03-02T00:00:00Z"),
        "/data/occurred_on",
    ),
    "29 February of no leap year": (
        of_type("case.note", text="x", occurred_on="2026-02-29"),
        "/data/occurred_on",
    ),
    "a blank of an old system": (
        of_type("case.status", service="a", status="b", expected_on="9999-12-31"),
        "/data/expected_on",
    ),
    "held for ever": (of_type("case.note", text="x", hold_until="9999-12-31T00:00:00Z"), "/data/hold_until"),
    "empty note": (of_type("case.note", text=""), "/data/text"),
    "note of nothing visible": (of_type("case.note", text=" \u200b\u202e\n "), "/data/text"),
    "note too long": (of_type("case.note", text="x" * 4001), "/data/text"),
    "unknown audience": (of_type("case.note", text="x", audience="everybody"), "/data/audience"),
    "no items": (of_type("case.needs", items=[]), "/data/items"),
    "too many items": (
        of_type("case.needs", items=[{"item": str(n), "code": "a"} for n in range(51)]),
        "/data/items",
    ),
    "an item twice": (of_type("case.needs", items=[{"item": "a", "code": "b"}] * 2), "/data/items"),
    "text and code": (
        of_type("case.needs", items=[{"item": "a", "code": "b", "text": "c"}]),
        "/data/items/0",
    ),
    "neither text nor code": (of_type("case.needs", items=[{"item": "a"}]), "/data/items/0"),
    "not even when remove is false": (
        of_type("case.needs", items=[{"item": "a", "remove": False}]),
        "/data/items/0",
    ),
    "unknown field of an item": (
        of_type("case.needs", items=[{"item": "a", "code": "b"}, {"item": "c", "code": "d", "colour": "red"}]),
        "/data/items/1/colour",
    ),
    "unknown role": (of_type("case.party", party="1", role="boss"), "/data/role"),
    "too many channels": (
        of_type(
            "case.party",
            party="1",
            channels=[{"channel": "sms", "address": f"0770090{n:04}"} for n in range(11)],
        ),
        "/data/channels",
    ),
    "unknown channel": (
        of_type("case.party", party="1", channels=[{"channel": "fax", "address": "0123"}]),
        "/data/channels/0/channel",
    ),
    "reasons missing": (of_type("case.correction", event="e-0"), "/data/why"),
}


@pytest.mark.parametrize(("document", "pointer"), PLACES.values(), ids=PLACES.keys())
def test_a_fault_is_named_by_its_place(document: dict[str, Any], pointer: str) -> None:
    assert refusal(document).pointer == pointer


def test_all_faults_are_listed_and_none_repeats_a_value() -> None:
    secrets = ["Marguerite", "m.duval@@example.org", "07000 secret", "1980-13-99", "SW1A"]
    data = {
        "party": "1",
        "name": [secrets[0]],
        "channels": [{"channel": "email", "address": {"at": secrets[1]}}, {"channel": secrets[2], "address": "1"}],
        "known_fact": {"postcode": secrets[4]},
        "occurred_on": secrets[3],
        "Marguerite Duval": "x",
    }
    error = refusal(event(type="case.party", data=data, id=5))
    assert error.pointer == "/id"
    for place in (
        "/id",
        "/data/name",
        "/data/channels/0/address",
        "/data/channels/1/channel",
        "/data/known_fact",
    ):
        assert place in error.detail
    assert not [secret for secret in [*secrets, "Duval"] if secret in f"{error.detail}{error.remedy}{error}"]


def test_a_thousand_faults_make_a_short_answer() -> None:
    error = refusal(event(**{f"x{n}": n for n in range(1000)}))
    assert "990 more" in error.detail
    assert len(error.detail) < 1000


def test_an_unknown_type_does_not_hide_the_other_faults() -> None:
    error = refusal(event(type="case.closed", time="yesterday", data=3))
    assert error.pointer == "/type"
    assert "/time" in error.detail
    assert "case.reopen" in error.remedy


@given(st.binary(max_size=200), st.sampled_from([PLAIN, CLOUDEVENTS]))
def test_case_14_whatever_bytes_raise_nothing_but_ours(body: bytes, content_type: str) -> None:
    with pytest.raises(TrackerError):
        read(body, content_type)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.data(), st.sampled_from(EXAMPLES), st.sampled_from([PLAIN, CLOUDEVENTS]))
def test_case_14_a_good_event_with_something_odd_in_it_raises_nothing_but_ours(
    data: st.DataObject, example: dict[str, Any], content_type: str
) -> None:
    document = json.loads(json.dumps(cloud(example) if content_type == CLOUDEVENTS else example))
    place = document["data"] if data.draw(st.booleans()) else document
    place[data.draw(st.sampled_from(sorted(place)) | st.text(max_size=8))] = data.draw(JSON_VALUES)
    try:
        read(document, content_type)
    except TrackerError as error:
        assert error.remedy

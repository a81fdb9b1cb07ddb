"""Plain events and CloudEvents, and the fingerprint of what either meant."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.core.bindings.http import to_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from integrations.schema import EXAMPLES
from integrations.wire import CLOUDEVENTS, PLAIN, translate
from tests.integrations.sent import GOOD, cloud, event, naive, of_type, read, refusal, tongue
from tracker.core.case import events
from tracker.core.vocabulary.errors import UnsupportedContent


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-02T09:15:00Z",
        "2026-03-02t09:15:00z",
        "2026-03-02T09:15:00.000Z",
        "2026-03-02T09:15:00.000000999Z",
        "2026-03-02T10:15:00+01:00",
        "2026-03-02T04:45:00-04:30",
        "2026-03-02T09:15:00-00:00",
    ],
)
def test_one_instant_written_in_many_ways_gives_one_fingerprint(written: str) -> None:
    assert read(event(time=written)).fingerprint == read(GOOD).fingerprint


def test_both_forms_mean_the_same() -> None:
    for example in EXAMPLES:
        attributes = {
            "datacontenttype": "application/json",
            "dataschema": "urn:x",
            "traceparent": "00-1",
            "n": 1,
        }
        assert read(cloud(example, **attributes), f"{CLOUDEVENTS}; charset=UTF-8") == read(example)


def test_a_null_is_a_field_left_out() -> None:
    nulls = {**GOOD["data"], "reason": None, "sensitive": None, "hold_until": None, "expected_on": None}
    assert read(event(data=nulls, register=None, sequence=None)) == read(GOOD)


def test_the_fingerprint_is_of_what_was_meant() -> None:
    plain = read(GOOD).fingerprint
    assert len(plain) == 32
    assert read(dict(reversed(GOOD.items()))).fingerprint == plain
    assert read(event(data={**GOOD["data"], "sensitive": False})).fingerprint == plain
    assert read(event(sequence="007")).fingerprint == read(event(sequence=7)).fingerprint
    assert read(event(sequence=0)).fingerprint != plain
    other = [
        event(id="e-2"),
        event(source="x"),
        event(subject="x"),
        event(register="permits"),
        event(sequence=1),
    ]
    other += [event(time="2026-03-02T10:15:01+01:00"), event(data={**GOOD["data"], "reason": "x"})]
    assert len({plain, *(read(each).fingerprint for each in other)}) == len(other) + 1


def test_the_fingerprint_hangs_on_its_own_key_and_not_on_that_of_the_known_fact() -> None:
    party = json.dumps(of_type("case.party", party="1", known_fact="AB1 2CD")).encode()

    def fingerprint(key: bytes, digest: bytes) -> bytes:
        return translate(party, PLAIN, tongue(key=key, digest=digest)).fingerprint

    assert fingerprint(b"a", b"x") == fingerprint(b"a", b"y") != fingerprint(b"b", b"x")
    assert read(party).fingerprint != read(of_type("case.party", party="1", known_fact="AB1 2CE")).fingerprint


def test_the_fingerprint_stays_what_it_was() -> None:
    """Fingerprints are stored for years: a change here makes every retried event look different."""
    assert read(GOOD).fingerprint.hex() == "390bacd2a996907ba1931295dd2657bb85d9e23370b30af0c9a54a7c25373798"


@pytest.mark.parametrize(
    ("attributes", "pointer"),
    [
        ({"specversion": None}, "/specversion"),
        ({"specversion": "0.3"}, "/specversion"),
        ({"specversion": 1.0}, "/specversion"),
        ({"data_base64": "e30="}, "/data_base64"),
        ({"datacontenttype": "text/xml"}, "/datacontenttype"),
        ({"datacontenttype": 5}, "/datacontenttype"),
        ({"traceParent": "x"}, "/traceParent"),
        ({"case_number": "x"}, "/case_number"),
        ({"trace": {"id": 1}}, "/trace"),
        ({"trace": [1]}, "/trace"),
        ({"trace": 1.5}, "/trace"),
    ],
)
def test_bad_cloud_events_are_refused(attributes: dict[str, Any], pointer: str) -> None:
    assert refusal(cloud(GOOD, **attributes), CLOUDEVENTS).pointer == pointer


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "",
        "text/plain",
        "text/json",
        "application/xml",
        "application/cloudevents-batch+json",
        "application/json2",
        "application/json; charset=utf-16",
        'application/cloudevents+json; charset="iso-8859-1"',
        ";",
        "\xff",
    ],
)
def test_other_content_is_not_supported(content_type: str | None) -> None:
    with pytest.raises(UnsupportedContent) as caught:
        read(GOOD, content_type)
    assert "application/json" in caught.value.remedy or "UTF-8" in caught.value.remedy


@pytest.mark.parametrize("content_type", ["Application/JSON", 'application/json;charset="UTF-8"', " application/json "])
def test_content_types_are_read_as_http_writes_them(content_type: str) -> None:
    assert read(GOOD, content_type) == read(GOOD)


NAMES = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20)


@given(NAMES, NAMES, NAMES, st.datetimes(naive(1990), naive(2100)), NAMES)
def test_what_the_sdk_writes_is_read_as_the_sdk_reads_it(
    id: str, source: str, subject: str, moment: datetime, status: str
) -> None:
    attributes: dict[str, Any] = {
        "id": id,
        "source": source,
        "type": "case.status",
        "subject": subject,
        "time": moment.replace(tzinfo=UTC),
        "specversion": "1.0",
        "datacontenttype": "application/json",
        "sequence": "12",
    }
    written = CloudEvent(attributes=attributes, data={"service": "a", "status": status})
    message = to_structured_event(written, JSONFormat())
    told = read(message.body, message.headers["content-type"]).event

    def nfc(text: str) -> str:
        return unicodedata.normalize("NFC", text)

    assert (told.id, told.source, told.number) == (nfc(id), nfc(source), nfc(subject))
    assert told.time == written.get_time()
    assert told.sequence == 12
    assert told.body == events.StatusReported("a", nfc(status))

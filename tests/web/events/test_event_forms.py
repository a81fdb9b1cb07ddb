"""What a new integrator gets wrong in an event, and how each is answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.http import Site, open_site
from tests.office import START
from tests.web.reading import problem, untouched
from tracker.flows.organisations.offices import NewSource
from tracker.store.ground.engine import Store


@pytest.mark.parametrize("field", ["id", "source", "type", "subject", "time", "data"])
async def test_a_missing_field_is_named_case_11(site: Site, field: str) -> None:
    told = problem(await site.post(site.event(**{field: None})), 400, "malformed")
    assert told["pointer"] == f"/{field}"
    assert field in told["detail"]
    assert await untouched(site)


@pytest.mark.parametrize("field", ["id", "source", "type", "subject", "time"])
@pytest.mark.parametrize("value", ["", " ", 7, [], {}, True])
async def test_a_field_of_the_wrong_kind_is_named(site: Site, field: str, value: object) -> None:
    told = problem(await site.post(site.event(**{field: value})), 400, "malformed")
    assert told["pointer"] == f"/{field}"
    assert await untouched(site)


async def test_a_misspelt_field_is_named(site: Site) -> None:
    told = problem(await site.post(site.event(subjekt="P-1")), 400, "malformed")
    assert told["pointer"] == "/subjekt"
    told = problem(await site.post(site.event(data={"service": "building-permit", "state": "REC"})), 400, "malformed")
    assert told["pointer"].startswith("/data/")


async def test_an_unknown_type_lists_the_known_ones(site: Site) -> None:
    told = problem(await site.post(site.event(type="case.updated")), 400, "malformed")
    assert told["pointer"] == "/type"
    assert "case.status" in told["remedy"]


BROKEN = [
    b"",
    b" ",
    b"{",
    b"nonsense",
    b"id=1&source=x",
    b"<event/>",
    b"[]",
    b"null",
    b"1e400",
    b"{'id': 1}",
    b"\xff\xfe{}",
    b"\xef\xbb\xbf{}",
    b'{"id": NaN}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"id": "\\ud800"}',
    b'{"id": "\\u0000"}',
    b'{"id": 1, "id": 2}',
    b'{"sequence": 1e400}',
    b'{"sequence": ' + b"9" * 10_000 + b"}",
    '{"id": "x"}'.encode("utf-16"),
]


@pytest.mark.parametrize("body", BROKEN, ids=lambda body: repr(body[:20]))
async def test_broken_json_is_told_as_such_case_14(site: Site, body: bytes) -> None:
    problem(await site.post(body), 400, "malformed")
    assert await untouched(site)


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/cloudevents-batch+json",
    ],
)
async def test_another_content_type_is_refused_with_the_right_one(site: Site, kind: str) -> None:
    told = problem(await site.post(site.event(), **{"Content-Type": kind}), 415, "unsupported-content")
    assert "application/json" in told["remedy"] or "UTF-8" in told["remedy"]
    assert await untouched(site)


async def test_a_compressed_body_is_refused_case_15(site: Site) -> None:
    answer = await site.post(b"\x1f\x8b\x08", **{"Content-Encoding": "gzip"})
    problem(answer, 415, "unsupported-content")


async def test_what_would_take_long_to_look_at_is_refused_at_once(site: Site) -> None:
    answer = await site.post(b'{"id":[' + b"1," * 400_000 + b"1]}")
    assert "values" in problem(answer, 400, "malformed")["detail"]


async def test_fifty_megabytes_are_cut_off_case_13(site: Site) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(50):
            sent += 1
            yield b" " * 1_000_000

    given = {"Authorization": f"Bearer {site.desk.key}", "Content-Type": "application/json"}
    answer = await site.http.post("/api/v1/events", content=endless(), headers=given)
    problem(answer, 413, "too-large")
    assert sent < 5, "the rest was read although it could not be used"
    announced = await site.post(b" " * 50_000_000)
    problem(announced, 413, "too-large")
    assert announced.headers["connection"] == "close"


@pytest.mark.parametrize("time", ["2026-03-02T10:00:00", "2026-03-02 10:00:00", "2026-03-02"])
async def test_a_time_without_an_offset_is_refused(site: Site, time: str) -> None:
    told = problem(await site.post(site.event(time=time)), 400, "malformed")
    assert told["pointer"] == "/time"


async def test_a_time_without_an_offset_is_that_of_the_zone_that_the_source_declares(
    store: Store, tmp_path: Path
) -> None:
    local = NewSource("backoffice", zone="America/New_York", live_from=START - timedelta(days=400))
    async with open_site(store, tmp_path, source=local) as site:
        assert (await site.post(site.event(time="2026-03-02T04:30:00"))).status_code == 202
        [(at,)] = await site.desk.rows("SELECT occurred_at FROM entry")
        assert at == datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "time",
    [
        "1970-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        (START + timedelta(hours=2)).isoformat(),
        (START + timedelta(minutes=11)).isoformat(),
    ],
)
async def test_a_time_that_cannot_be_true_is_refused_case_10(site: Site, time: str) -> None:
    told = problem(await site.post(site.event(time=time)), 422, "time-out-of-bounds")
    assert told["pointer"] == "/time"
    assert await untouched(site)


@pytest.mark.parametrize("time", ["yesterday", "1772445600", "2026-02-30T10:00:00Z", "2026-03-02T25:00:00Z", "10:00Z"])
async def test_a_time_that_is_none_is_refused(site: Site, time: str) -> None:
    problem(await site.post(site.event(time=time)), 400, "malformed")


async def test_a_producer_whose_clock_is_a_little_fast_is_believed(site: Site) -> None:
    assert (await site.post(site.event(time=(START + timedelta(minutes=8)).isoformat()))).status_code == 202

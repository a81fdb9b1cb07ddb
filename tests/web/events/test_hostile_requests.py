"""Hostile words and hostile requests."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from tests.http import Site
from tests.web.reading import FACT, LATER

EVIL = '<script>alert(1)</script><img src=x onerror=alert(2)>"\'{{7*7}}=HYPERLINK("http://evil.example")'


async def test_markup_and_formulas_are_shown_as_text_case_76(site: Site) -> None:
    reference = await site.case(name=EVIL[:100])
    await site.status("P-1", "VAL", at=LATER, public_note=EVIL)
    items = [{"item": "a", "text": EVIL}, {"item": "b", "text": "=1+1+cmd|' /C calc'!A0"}]
    assert (await site.post(site.event(type="case.needs", time=LATER.isoformat(), data={"items": items}))).is_success
    told = (await site.track(reference, FACT)).json()
    assert told["history"][0]["note"] == EVIL
    page, caught = (await site.page(reference, FACT)).text, await site.outbox()
    mails = [html.unescape(found) for found in re.findall(r'srcdoc="([^"]*)"', caught)]
    assert "&lt;script&gt;" in page
    assert any("&lt;script&gt;" in mail for mail in mails)
    for text in (page, caught, *mails):
        assert "<script" not in text
        assert "<img" not in text
        assert 'href="http://evil' not in text
    assert "{{7*7}}" in html.unescape(page)


async def test_what_was_typed_is_shown_as_text_case_76(site: Site) -> None:
    for answer in (await site.page(EVIL, "x"), await site.http.get("/track", params={"reference": EVIL})):
        assert "<script" not in answer.text
        assert "<img" not in answer.text
    caught = await site.outbox(reference=EVIL, organisation=EVIL)
    assert "<script" not in caught


FORMS = [
    b"&".join(b"a%d=1" % place for place in range(400)),
    b"reference=%00&known_fact=%00",
    bytes(range(256)),
    b"reference=%ed%a0%80&known_fact=%ed%a0%80",
    b"reference=%ff&known_fact=%80",
    b"&&&===&",
    b"%",
    b"reference",
    b"reference=A&reference=B&known_fact=1&known_fact=2",
    "reference=\u202e\u0000&known_fact=\U0001f4a5".encode(),
    b"a" * 4_000,
    b"reference=" + b"%41" * 1_000 + b"&known_fact=x",
    "reference=x".encode("utf-16"),
]


@pytest.mark.parametrize("body", FORMS, ids=lambda body: repr(body[:24]))
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "t/\xff", ""])
async def test_a_form_of_any_shape_gets_a_page(site: Site, body: bytes, kind: str) -> None:
    header = [(b"Content-Type", kind.encode("latin-1")), (b"Accept", b"text/html")]
    answer = await site.http.post("/track", content=body, headers=header)
    assert answer.status_code == 400
    assert "<main" in answer.text


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"[]", 422),
        (b"null", 422),
        (b"1e400", 422),
        (b"\xff", 400),
        (b"[" * 3_000, 400),
        (b'{"reference": NaN, "known_fact": 1e400}', 422),
        (b'{"reference": "x", "known_fact": "\\ud800"}', 422),
        (b'{"reference": "\\ud800", "known_fact": "x"}', 422),
        (b'{"reference": "\\u0000", "known_fact": ""}', 400),
        (b'{"reference": "x"}', 422),
        (b'{"reference": "x", "known_fact": "y", "admin": true}', 422),
        (b'{"reference": ' + b"9" * 3_500 + b', "known_fact": ""}', 422),
        (b'{"a": "' + b"x" * 5_000 + b'"}', 413),
    ],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else "",
)
async def test_json_of_any_shape_gets_a_problem_document(site: Site, body: bytes, status: int) -> None:
    answer = await site.http.post("/api/v1/track", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["remedy"]


async def test_a_fact_with_characters_that_cannot_be_stored_is_only_wrong(site: Site) -> None:
    reference = await site.case()
    for fact in ("\0", "\x1b[31m", "\U0001f4a5", "x" * 200, "\u202e", "³¹/²/1980"):
        assert (await site.track(reference, fact)).status_code == 404
    assert (await site.track(reference, "³/²/1980")).status_code == 400, "a day that can be two is asked for anew"


async def test_the_rest_of_a_body_that_is_too_long_is_not_read(site: Site) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b" " * 1_000

    for path in ("/track", "/api/v1/track"):
        sent = 0
        answer = await site.http.post(path, content=endless(), headers={"Content-Type": "application/json"})
        assert answer.status_code == 413
        assert sent < 10


@pytest.mark.parametrize(
    "path",
    [
        "..%2fenvironment.py",
        "%2e%2e%2fenvironment.py",
        "tracker.css%00",
        "tracker.css/",
        "%2e%2e",
        "%ff",
        "Tracker.css",
        "....//environment.py",
        "%5c..%5cenvironment.py",
    ],
)
async def test_static_serves_the_style_sheet_and_nothing_else(site: Site, path: str) -> None:
    assert (await site.http.get("/static/tracker.css")).headers["content-type"].startswith("text/css")
    assert (await site.http.get(f"/static/{path}")).status_code in (404, 307)


async def test_head_is_get_without_a_body(site: Site) -> None:
    for path in ("/", "/track", "/healthz", "/static/tracker.css"):
        looked, read = await site.http.head(path), await site.http.get(path)
        assert (looked.status_code, looked.content) == (200, b"")
        assert looked.headers["content-type"] == read.headers["content-type"]

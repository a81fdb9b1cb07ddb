"""The citizen's page and its JSON: what they say, to whom, and what nobody can learn from them."""

from __future__ import annotations

import html
import json
import logging
import re
import secrets
import statistics
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.http import OPERATOR, Site, calling, open_site, settings
from tests.office import START, open_desk
from tracker.core import references
from tracker.flows import lookup
from tracker.main import create_app, put_together
from tracker.store.engine import Store
from tracker.web.logs import JsonLines

FACT = "AB1 2CD"
LATER = START + timedelta(minutes=5)


def words(page: str) -> str:
    """What a person reads on a page."""
    body = page[page.index("<main") :]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def invented() -> str:
    """A reference that adds up and leads nowhere."""
    return references.spell(references.reference(secrets.randbelow(references.CAPACITY)))


def long(day: str) -> str:
    """A day as the page writes it."""
    on = date.fromisoformat(day)
    return f"{on.day} {on:%B %Y}"


async def forget_failures(site: Site) -> None:
    """Begin a new window of the limits."""
    async with site.desk.store.transaction() as connection:
        await connection.exec_driver_sql("DELETE FROM failure")


# The same facts


async def test_the_page_and_the_json_say_the_same(site: Site) -> None:
    reference = await site.case()
    await site.status("P-1", "RFI", at=LATER, expected_on="2026-04-27", public_note="We asked on the phone, too.")
    items = [
        {"item": "plan", "code": "floor_plan", "due_on": "2026-03-20"},
        {"item": "photo", "text": "A photo of the gate", "supplied_at": LATER.isoformat()},
    ]
    asked = site.event(type="case.needs", time=LATER.isoformat(), data={"items": items})
    assert (await site.post(asked)).status_code == 202
    await site.desk.carry()
    told = (await site.track(reference, FACT)).json()
    page = await site.page(reference, FACT)
    said = words(page.text)
    assert page.status_code == 200

    assert told["reference"] == reference
    assert (told["stage"]["code"], told["state"], told["waiting_on"], told["clock"]) == (
        "more_needed", "open", "you", "paused",
    )  # fmt: skip
    for fact in (
        told["reference"], told["organisation"], told["service"], told["stage"]["headline"], told["stage"]["meaning"],
        long(told["promise"]["latest_on"]), long(told["next_word_by"]), "We are waiting for you.",
        *(need["text"] for need in told["needs"]), *(line["headline"] for line in told["history"]),
        *(line["note"] for line in told["history"]),
    ):  # fmt: skip
        assert fact in said, fact
    assert told["promise"]["basis"] == "office"
    assert "Northwick Council set this date." in said
    assert [need["due_on"] for need in told["needs"]] == ["2026-03-20", None]
    assert [need["supplied_at"] is None for need in told["needs"]] == [True, False]
    assert "20 March" in said
    assert len(told["messages"]) == page.text.count('class="message-what"') > 0
    assert [line["stage"] for line in told["history"]] == ["more_needed", "received"]
    assert page.text.count('class="timeline-when"') == len(told["history"])


async def test_a_public_note_is_no_new_step_and_an_internal_one_is_nobodys(site: Site) -> None:
    reference = await site.case()
    for audience, text in (("public", "We tried to call you."), ("internal", "Seems cross.")):
        data = {"text": text, "audience": audience}
        assert (await site.post(site.event(type="case.note", time=LATER.isoformat(), data=data))).is_success
    told, page = await site.track(reference, FACT), await site.page(reference, FACT)
    assert [(line["stage"], line["headline"], line["note"]) for line in told.json()["history"]] == [
        (None, "", "We tried to call you."), ("received", "We have your building plans", ""),
    ]  # fmt: skip
    assert "A note from the office We tried to call you." in words(page.text)
    assert "cross" not in told.text + page.text


async def test_a_request_that_ended_says_so_in_both(site: Site) -> None:
    reference = await site.case()
    await site.status("P-1", "WITHDRAWN", at=LATER)
    told, page = (await site.track(reference, FACT)).json(), words((await site.page(reference, FACT)).text)
    assert (told["state"], told["outcome"], told["next_word_by"], told["no_promise_reason"]) == (
        "closed", "withdrawn", None, "finished",
    )  # fmt: skip
    assert "How it ended" in page
    assert told["stage"]["headline"] in page


async def test_an_unmapped_status_shows_a_neutral_sentence_and_never_the_code(site: Site) -> None:
    reference = await site.case()
    assert (await site.status("P-1", "ZZ99-HOLD", at=LATER)).json()["outcome"] == "quarantined"
    told, page, caught = await site.track(reference, FACT), await site.page(reference, FACT), await site.outbox()
    assert told.json()["stage"]["code"] is None
    assert told.json()["stage"]["headline"] == "There is news that we are checking"
    assert "There is news that we are checking" in words(page.text)
    for text in (told.text, page.text, caught):
        assert "ZZ99" not in text


# One answer for every wrong pair


async def test_every_wrong_pair_has_the_same_answer_case_72(site: Site) -> None:
    reference = await site.case()
    await site.case("P-2", known_fact="ZZ9 9ZZ")
    pairs = [(reference, "ZZ9 9ZZ"), (reference, "x"), (reference, "@"), (invented(), FACT), (invented(), "ZZ9 9ZZ")]
    answers = [await site.track(*pair) for pair in pairs]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({repr(answer.headers) for answer in answers}) == 1
    pages = [await site.page(*pair) for pair in pairs]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text.replace(pair[0], "-") for page, pair in zip(pages, pairs, strict=True)}) == 1


async def test_every_wrong_pair_takes_the_same_time_case_72(site: Site, record_property: Any) -> None:
    reference = await site.case()
    for step in range(40):
        at = (START - timedelta(days=30) + timedelta(hours=step)).isoformat()
        note = site.event(type="case.note", time=at, data={"text": "a remark", "audience": "public"})
        assert (await site.post(note)).status_code == 202
    await site.desk.carry()

    async def one(asked: str) -> float:
        begun = time.perf_counter()
        answer = await site.track(asked, "ZZ9 9ZZ")
        taken = time.perf_counter() - begun
        assert answer.status_code == 404
        return taken

    known, unknown = [], []
    for place in range(220):
        if place % 8 == 0:
            await forget_failures(site)
        known.append(await one(reference))
        unknown.append(await one(invented()))
    ratio = statistics.median(known[20:]) / statistics.median(unknown[20:])
    record_property("timing_ratio", ratio)
    print(f"right reference {statistics.median(known[20:]) * 1e3:.2f} ms, ratio {ratio:.2f}")
    assert 0.6 < ratio < 1.67


async def test_a_mistyped_reference_is_told_without_a_question_to_the_database(tmp_path: Path, site: Site) -> None:
    reference = await site.case()
    wrong = reference[:-1] + next(symbol for symbol in references.ALPHABET if symbol != reference[-1])
    await site.desk.store.engine.dispose()
    before = await site.desk.rows("SELECT count(*) FROM failure")
    answer = await site.track(wrong, FACT)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/mistyped-reference")
    page = await site.page(wrong, FACT)
    assert page.status_code == 400
    assert "does not add up" in words(page.text)
    assert await site.desk.rows("SELECT count(*) FROM failure") == before
    assert FACT not in page.text


async def test_two_organisations_with_the_same_numbers_do_not_mix_case_84(site: Site, store: Store) -> None:
    ours = await site.case("P-1")
    other = await open_desk(store, slug="southwick")
    theirs = references.spell(str((await other.status("P-1", "REC")).reference))
    await other.party("P-1", known_fact="ZZ9 9ZZ", name="Robin Doe")
    await other.status("P-1", "ASSESS", public_note="only theirs")
    told = await site.track(ours, FACT)
    assert told.json()["organisation"] == "Northwick Council"
    assert "only theirs" not in told.text
    assert (await site.track(ours, "ZZ9 9ZZ")).status_code == 404
    assert (await site.track(theirs, FACT)).status_code == 404
    assert (await site.track(theirs, "ZZ9 9ZZ")).json()["stage"]["code"] == "assessing"
    assert (await site.status("P-1", "VAL", at=LATER)).json()["reference"] == ours
    letters = (await site.outbox(reference=ours)).split('<li class="letter"')[1:]
    assert letters
    assert not [letter for letter in letters if "Southwick" in letter]


async def test_a_case_without_a_known_fact_opens_to_nobody(site: Site) -> None:
    reference = (await site.status("P-1", "REC")).json()["reference"]
    for fact in ("", " ", "-", "None", "null"):
        assert (await site.track(reference, fact)).status_code == 404


# Limits


async def tries(site: Site, count: int, reference: str | None = None) -> list[int]:
    """The statuses of so many failing tries, of one reference or of others each time."""
    return [(await site.track(reference or invented(), "ZZ9 9ZZ")).status_code for _ in range(count)]


def assert_limited(answer: httpx.Response) -> None:
    assert answer.status_code == 429
    assert answer.json()["type"] == "/problems/too-many-requests"
    assert 0 < int(answer.headers["retry-after"]) <= 3600


async def test_a_reference_is_tried_ten_times_at_most_case_73(site: Site) -> None:
    reference = await site.case()
    assert await tries(site, lookup.PER_REFERENCE, reference) == [404] * lookup.PER_REFERENCE
    assert_limited(await site.track(reference, "ZZ9 9ZZ"))
    page = await site.page(reference, "ZZ9 9ZZ")
    assert page.status_code == 429
    assert "Wait fifteen minutes" in words(page.text)
    assert int(page.headers["retry-after"]) > 0
    assert (await site.track(await site.case("P-2"), FACT)).status_code == 200


async def test_a_reference_that_nobody_has_is_limited_alike(site: Site) -> None:
    reference = invented()
    assert await tries(site, lookup.PER_REFERENCE, reference) == [404] * lookup.PER_REFERENCE
    assert_limited(await site.track(reference, "ZZ9 9ZZ"))


async def test_an_address_tries_thirty_times_at_most_and_others_go_on(site: Site) -> None:
    reference = await site.case()
    assert await tries(site, lookup.PER_ADDRESS) == [404] * lookup.PER_ADDRESS
    assert_limited(await site.track(reference, FACT))
    async with calling(site.app, "198.51.100.4") as elsewhere:
        answer = await elsewhere.post("/api/v1/track", json={"reference": reference, "known_fact": FACT})
        assert answer.status_code == 200


async def test_a_forged_forwarding_header_moves_nobody_case_77(site: Site) -> None:
    for place in range(lookup.PER_ADDRESS):
        forged = {"X-Forwarded-For": f"192.0.2.{place}", "Forwarded": f"for=192.0.2.{place}", "X-Real-IP": "192.0.2.9"}
        asked = {"reference": invented(), "known_fact": "x"}
        assert (await site.http.post("/api/v1/track", json=asked, headers=forged)).status_code == 404
    asked = {"reference": invented(), "known_fact": "x"}
    assert_limited(await site.http.post("/api/v1/track", json=asked, headers={"X-Forwarded-For": "192.0.2.99"}))


async def test_there_is_a_limit_for_everybody_together(site: Site) -> None:
    reference = await site.case()
    await tries(site, 1)
    async with site.desk.store.transaction() as connection:
        await connection.exec_driver_sql(f"UPDATE failure SET times = {lookup.IN_ALL}")
    async with calling(site.app, "198.51.100.4") as elsewhere:
        answer = await elsewhere.post("/api/v1/track", json={"reference": reference, "known_fact": FACT})
        assert_limited(answer)


async def test_looking_at_ones_own_request_is_never_limited(site: Site) -> None:
    reference = await site.case()
    assert {(await site.track(reference, FACT)).status_code for _ in range(40)} == {200}


# Typing


async def test_references_and_facts_are_read_forgivingly(site: Site) -> None:
    reference = await site.case()
    bare = reference.replace("-", "")
    wide = "".join(chr(ord(symbol) + 0xFEE0) for symbol in bare)
    for typed in (bare, bare.lower(), f"  {reference.lower()} ", reference.replace("-", " "), " ".join(bare), wide,
                  reference.replace("-", "–"), f"Ref: {reference}".removeprefix("Ref: "), f"{bare}.",
                  bare.replace("D", "O").replace("V", "u").replace("G", "6")):  # fmt: skip
        assert (await site.track(typed, FACT)).status_code == 200, typed
    for fact in ("ab1 2cd", "AB12CD", " a b 1 2 c d ", "ab1-2cd", "ＡＢ１２ＣＤ", "Ab1.2cD"):
        assert (await site.track(reference, fact)).status_code == 200, fact
        assert (await site.page(reference, fact)).status_code == 200, fact


@pytest.mark.parametrize(
    ("known", "typed"),
    [("O'Brien-Núñez", "obrien nunez"), ("1980-03-07", "7/3/1980"), ("1980-03-07", "07 03 1980"), ("Müller", "MULLER")],
)
async def test_names_and_dates_are_read_forgivingly(site: Site, known: str, typed: str) -> None:
    reference = await site.case(known_fact=known)
    assert (await site.track(reference, typed)).status_code == 200


async def test_what_is_missing_is_asked_for(site: Site) -> None:
    reference = await site.case()
    half = {"reference": reference}
    for typed, field in (({}, "reference"), (half, "known_fact"), ({"known_fact": "x"}, "reference"),
                         ({"reference": " ", "known_fact": "x"}, "reference")):  # fmt: skip
        page = await site.http.post("/track", data=typed)
        assert page.status_code == 400
        assert f'href="#{field}"' in page.text
    given = await site.http.get("/track", params={"reference": reference})
    assert f'value="{reference}"' in given.text


# What stays out of logs and addresses


async def test_nobodys_details_reach_a_log_or_an_address(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "tracker")
    caplog.set_level(logging.DEBUG, "notifications")
    caplog.set_level(logging.DEBUG, "integrations")
    caplog.set_level(logging.INFO)
    reference = await site.case(known_fact="Xylophonist")
    for fact in ("Xylophonist", "Zzyzx Road"):
        await site.track(reference, fact)
        await site.page(reference, fact)
        await site.http.post("/track", data={"reference": reference, "known_fact": fact, "x": "y" * 9_000})
        await site.http.post("/api/v1/track", content=json.dumps({"reference": 7, "known_fact": fact}))
        await site.http.get("/track", params={"reference": reference, "known_fact": fact})
    await site.outbox()
    lines = [JsonLines().format(record) for record in caplog.records if not record.name.startswith("httpx")]
    assert any('"route": "/track"' in line for line in lines)
    logged = "\n".join(lines).casefold()
    for private in ("xylophonist", "zzyzx", reference.casefold(), "alex@example.org", "alex morgan", "203.0.113.7"):
        assert private not in logged


async def test_no_link_of_the_page_carries_a_persons_details(site: Site) -> None:
    reference = await site.case()
    page = await site.page(reference, FACT)
    addresses = re.findall(r'(?:href|src|action)="([^"]*)"', page.text)
    assert addresses
    for address in addresses:
        assert reference not in address
        assert reference.replace("-", "") not in address
        assert "AB1" not in address
        assert address.startswith(("/", "#")), "nothing is loaded from elsewhere"
    assert FACT not in page.text
    assert "set-cookie" not in page.headers
    assert "<script" not in page.text


@pytest.mark.parametrize("path", ["/", "/track", "/outbox", "/nope", "/healthz", "/api/v1/openapi.json", "/problems/x"])
async def test_every_answer_has_safe_headers(site: Site, path: str) -> None:
    given = {"Accept": "text/html", "Authorization": f"Bearer {OPERATOR}"}
    assert_safe(await site.http.get(path, headers=given))


async def test_every_answer_about_a_request_has_safe_headers(site: Site) -> None:
    reference = await site.case()
    for answer in (
        await site.page(reference, FACT), await site.page(reference, "x"), await site.page("x", "x"),
        await site.track(reference, FACT), await site.track(reference, "x"), await site.post(site.event()),
    ):  # fmt: skip
        assert_safe(answer)


def assert_safe(answer: httpx.Response) -> None:
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "noindex" in answer.headers["x-robots-tag"]
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    if answer.request.url.path != "/outbox":
        assert "unsafe" not in policy


# Hostile text


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


# Hostile requests

FORMS = [
    b"&".join(b"a%d=1" % place for place in range(400)), b"reference=%00&known_fact=%00", bytes(range(256)),
    b"reference=%ed%a0%80&known_fact=%ed%a0%80", b"reference=%ff&known_fact=%80", b"&&&===&", b"%", b"reference",
    b"reference=A&reference=B&known_fact=1&known_fact=2", "reference=\u202e\u0000&known_fact=\U0001f4a5".encode(),
    b"a" * 4_000, b"reference=" + b"%41" * 1_000 + b"&known_fact=x", "reference=x".encode("utf-16"),
]  # fmt: skip


@pytest.mark.parametrize("body", FORMS, ids=lambda body: repr(body[:24]))
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "t/\xff", ""])
async def test_a_form_of_any_shape_gets_a_page(site: Site, body: bytes, kind: str) -> None:
    header = [(b"Content-Type", kind.encode("latin-1")), (b"Accept", b"text/html")]
    answer = await site.http.post("/track", content=body, headers=header)
    assert answer.status_code == 400
    assert "<main" in answer.text


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 422), (b"{", 400), (b"[]", 422), (b"null", 422), (b"1e400", 422), (b"\xff", 400), (b"[" * 3_000, 400),
     (b'{"reference": NaN, "known_fact": 1e400}', 422), (b'{"reference": "x", "known_fact": "\\ud800"}', 422),
     (b'{"reference": "\\ud800", "known_fact": "x"}', 422), (b'{"reference": "\\u0000", "known_fact": ""}', 400),
     (b'{"reference": "x"}', 422), (b'{"reference": "x", "known_fact": "y", "admin": true}', 422),
     (b'{"reference": ' + b"9" * 3_500 + b', "known_fact": ""}', 422), (b'{"a": "' + b"x" * 5_000 + b'"}', 413)],
    ids=lambda value: repr(value[:24]) if isinstance(value, bytes) else "",
)  # fmt: skip
async def test_json_of_any_shape_gets_a_problem_document(site: Site, body: bytes, status: int) -> None:
    answer = await site.http.post("/api/v1/track", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["remedy"]


async def test_a_fact_with_characters_that_cannot_be_stored_is_only_wrong(site: Site) -> None:
    reference = await site.case()
    for fact in ("\0", "\x1b[31m", "\U0001f4a5", "x" * 200, "\u202e", "³/²/1980"):
        assert (await site.track(reference, fact)).status_code == 404


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
    ["..%2fenvironment.py", "%2e%2e%2fenvironment.py", "tracker.css%00", "tracker.css/", "%2e%2e", "%ff", "Tracker.css",
     "....//environment.py", "%5c..%5cenvironment.py"],
)  # fmt: skip
async def test_static_serves_the_style_sheet_and_nothing_else(site: Site, path: str) -> None:
    assert (await site.http.get("/static/tracker.css")).headers["content-type"].startswith("text/css")
    assert (await site.http.get(f"/static/{path}")).status_code in (404, 307)


async def test_head_is_get_without_a_body(site: Site) -> None:
    for path in ("/", "/track", "/healthz", "/static/tracker.css"):
        looked, read = await site.http.head(path), await site.http.get(path)
        assert (looked.status_code, looked.content) == (200, b"")
        assert looked.headers["content-type"] == read.headers["content-type"]


# The outbox


async def test_the_outbox_is_closed_without_the_token(site: Site, store: Store, tmp_path: Path) -> None:
    await site.case()
    refused = []
    for header in ("", "Bearer", "Bearer x", f"Bearer {OPERATOR}x", f"Bearer {site.desk.key}", f"Basic {OPERATOR}"):
        answer = await site.http.get("/outbox", headers={"Authorization": header} if header else {})
        assert answer.status_code == 401
        assert "alex@example.org" not in answer.text
        refused.append(answer.content)
    assert len(set(refused)) == 1
    assert "alex@example.org" in await site.outbox()
    async with open_site(store, tmp_path / "demo", slug="southwick", outbox_open=True) as demo:
        assert "alex@example.org" in (await demo.http.get("/outbox")).text


async def test_the_outbox_stays_closed_where_no_token_is_set(store: Store, tmp_path: Path) -> None:
    app = create_app(put_together(settings(tmp_path, operator_token=None), store))
    async with calling(app) as http:
        for header in ("Bearer ", "Bearer None", "None", ""):
            assert (await http.get("/outbox", headers={"Authorization": header})).status_code == 401


async def test_the_outbox_can_be_narrowed(site: Site) -> None:
    first, second = await site.case("P-1"), await site.case("P-2")
    assert first in await site.outbox(reference=first.lower())
    assert second not in await site.outbox(reference=first)
    for nothing in ({"reference": "nonsense"}, {"organisation": "Nobody"}, {"reference": "\0", "organisation": "\0"}):
        caught = await site.outbox(**nothing)
        assert first not in caught


# The description


async def test_the_description_of_the_api_is_whole(site: Site) -> None:
    described = (await site.http.get("/api/v1/openapi.json")).json()
    assert described["openapi"].startswith("3.1")
    schemas = described["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    registry: Registry[Any] = Registry().with_resource("urn:api", Resource(described, DRAFT202012))
    for reference in set(re.findall(r'"\$ref": ?"([^"]+)"', json.dumps(described))):
        registry.resolver("urn:api").lookup(reference)

    def check(name: str, value: object) -> None:
        Draft202012Validator({"$ref": f"urn:api#/components/schemas/{name}"}, registry=registry).validate(value)

    example = schemas["TrackOut"]["example"]
    check("TrackOut", example)
    assert set(example) == set(schemas["TrackOut"]["properties"])
    assert set(example["stage"]) == set(schemas["StageOut"]["properties"])
    assert set(example["promise"]) == set(schemas["PromiseOut"]["properties"])
    assert set(example["needs"][0]) == set(schemas["NeedOut"]["properties"])
    assert set(example["history"][0]) == set(schemas["LineOut"]["properties"])
    assert set(example["messages"][0]) == set(schemas["MessageOut"]["properties"])
    assert all(field["examples"] for field in schemas["TrackIn"]["properties"].values())
    assert references.read(example["reference"]) is not None, "the example adds up"
    body = described["paths"]["/api/v1/track"]["post"]["requestBody"]["content"]["application/json"]
    assert body["schema"]["$ref"].endswith("TrackIn")

    reference = await site.case()
    check("TrackOut", (await site.track(reference, FACT)).json())


async def test_the_language_is_answered_when_it_is_offered(site: Site) -> None:
    reference = await site.case()
    for asked in ("en", "xx", "../../etc", ""):
        assert (await site.track(reference, FACT, language=asked)).json()["language"] == "en"

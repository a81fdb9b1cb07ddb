"""Every mistake of somebody's first ten minutes with the intake: each answer says what is wrong and what to do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.http import Site, calling, open_site, settings
from tests.office import DEFINITION, START, open_desk
from tests.web.reading import LATER, problem, untouched
from tracker.main import create_app, put_together
from tracker.store.embedded.server import start
from tracker.store.ground.engine import Store, open_store
from tracker.store.schema import migrate


async def test_no_key(site: Site) -> None:
    answer = await site.http.post("/api/v1/events", json=site.event())
    told = problem(answer, 401, "unknown-key")
    assert "Authorization: Bearer" in told["remedy"]
    assert answer.headers["www-authenticate"] == "Bearer"


MALFORMED = [
    b"",
    b" ",
    b"Bearer",
    b"Bearer ",
    b"Bearer  ",
    b"bearer\t",
    b"Basic dXNlcjpwYXNz",
    b"Token {key}",
    b"{key}",
    b"Bearer{key}",
    b"Bearer: {key}",
    b"Bearer '{key}'",
    b'Bearer "{key}"',
    b"Bearer {key},Bearer {key}",
    b"Bearer Bearer {key}",
    b"Bearer {key}x",
    b"Bearer x{key}",
    b"Bearer {key} {key}",
    b"Digest {key}",
    b"Bearer \xff\xfe",
    b"Bearer \xc3\xa4",
    b"\xff{key}",
    b"Bearer " + b"a" * 5_000,
    b"Bearer =",
    b"Bearer null",
    b"Bearer undefined",
    b"Bearer $KEY",
    b"Bearer <KEY>",
]


@pytest.mark.parametrize("header", MALFORMED, ids=lambda header: repr(header[:30]))
async def test_a_wrong_key_has_one_answer_in_every_shape_case_16(
    site: Site, header: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    none = await site.http.post("/api/v1/events", json=site.event())
    sent = header.replace(b"{key}", site.desk.key.encode())
    wrong = await site.http.post("/api/v1/events", json=site.event(), headers=[(b"Authorization", sent)])
    assert (wrong.status_code, wrong.content) == (401, none.content)
    assert wrong.headers == none.headers
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]
    assert await untouched(site)


async def test_the_scheme_is_read_in_any_case(site: Site) -> None:
    for scheme in ("bearer", "BEARER", "Bearer "):
        assert (await site.post(site.event(), Authorization=f"{scheme} {site.desk.key}")).status_code == 202


async def test_the_key_is_asked_for_before_the_body_is_read(site: Site) -> None:
    answer = await site.http.post("/api/v1/events", content=b"x" * 5_000_000)
    problem(answer, 401, "unknown-key")


async def test_an_unknown_service_lists_the_known_ones(site: Site) -> None:
    wrong = site.event(data={"service": "building_permit", "status": "REC"})
    told = problem(await site.post(wrong), 422, "unknown-service")
    assert told["pointer"] == "/data/service"
    assert "building-permit" in told["remedy"]
    assert await untouched(site)


async def test_a_status_that_nobody_mapped_is_kept_in_quarantine(site: Site) -> None:
    await site.case()
    answer = await site.status("P-1", "ZZ99", at=LATER)
    assert (answer.status_code, answer.json()["outcome"]) == (202, "quarantined")


async def test_a_register_that_was_not_granted_case_21(site: Site) -> None:
    told = problem(await site.post(site.event(register="elsewhere")), 403, "not-granted")
    assert told["pointer"] == "/register"
    assert "backoffice" in told["remedy"]
    assert await untouched(site)
    assert [row.action for row in await site.desk.rows("SELECT action FROM audit")] == ["intake.not_granted"]


async def test_the_source_of_another_case_21(site: Site) -> None:
    told = problem(await site.post(site.event(source="payroll")), 403, "not-granted")
    assert told["pointer"] == "/source"
    assert await untouched(site)


async def test_the_case_of_another_organisation_is_simply_unknown_case_84(site: Site, store: Store) -> None:
    other = await open_desk(store, slug="southwick")
    assert (await other.status("S-1", "REC")).outcome == "applied"
    answers = [await site.status(number, "VAL") for number in ("S-1", "NOBODYS-1")]
    theirs, nobodys = ({**answer.json(), "entry": "-"} for answer in answers)
    assert theirs == nobodys == {"outcome": "parked", "entry": "-"}
    assert [answer.status_code for answer in answers] == [202, 202]
    assert {**answers[0].headers} == {**answers[1].headers}


async def test_the_same_event_again_is_a_duplicate_case_1(site: Site) -> None:
    event = site.event()
    first, again = await site.post(event), await site.post(event)
    assert (first.status_code, first.json()["outcome"]) == (202, "applied")
    assert (again.status_code, again.json()["outcome"]) == (200, "duplicate")
    assert again.json()["entry"] == first.json()["entry"]
    assert again.json()["reference"] == first.json()["reference"]


async def test_the_same_event_in_its_other_form_is_a_duplicate(site: Site) -> None:
    event = site.event()
    first = await site.post(event)
    cloud = {"specversion": "1.0", "datacontenttype": "application/json", **event}
    again = await site.post(cloud, **{"Content-Type": "application/cloudevents+json"})
    assert (again.status_code, again.json()["entry"]) == (200, first.json()["entry"])


async def test_the_same_id_for_other_content_is_refused_case_3(site: Site) -> None:
    event = site.event()
    first = await site.post(event)
    told = problem(await site.post({**event, "subject": "P-2"}), 422, "content-differs")
    assert told["pointer"] == "/id"
    assert first.json()["entry"] in told["detail"]
    assert len(await site.desk.rows("SELECT 1 FROM entry")) == 1


async def test_the_outcomes_of_ordinary_life(site: Site) -> None:
    outcomes = [
        (await site.status("P-1", "VAL", at=START - timedelta(days=8))),
        (await site.status("P-1", "REC", at=START - timedelta(days=9))),
        (await site.status("P-1", "WITHDRAWN", at=START - timedelta(days=1))),
        (await site.status("P-1", "ASSESS", at=START - timedelta(days=3))),
        (await site.status("P-1", "VAL", at=START)),
    ]
    assert [answer.status_code for answer in outcomes] == [202] * 5
    assert [answer.json()["outcome"] for answer in outcomes] == ["parked", "late", "applied", "late", "flagged"]
    reference = outcomes[1].json()["reference"]
    assert [answer.json().get("reference") for answer in outcomes] == [None, *[reference] * 4]


async def test_another_method_lists_those_that_are_taken(site: Site) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
        answer = await site.http.request(method, "/api/v1/events")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "POST"
    problem(await site.http.get("/api/v1/events", headers={"Accept": "text/html"}), 405, "method-not-allowed")


@pytest.mark.parametrize("path", ["/api/v1/event", "/api/v2/events", "/api", "/api/v1/events/1", "/nope", "/api/v1/"])
async def test_an_unknown_path_is_told_as_such(site: Site, path: str) -> None:
    problem(await site.http.get(path), 404, "no-such-page")


async def test_every_kind_of_problem_is_explained_where_its_type_leads(site: Site) -> None:
    told = problem(await site.http.post("/api/v1/events", json={}), 401, "unknown-key")
    explained = await site.http.get(told["type"])
    assert explained.status_code == 200
    assert explained.json()["title"] == told["title"]


@pytest.mark.parametrize(
    "to", ["", "soon", "2026-03-02T10:00:00", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00+23:59"]
)
async def test_the_clock_refuses_what_is_no_time(site: Site, to: str) -> None:
    given = {"Authorization": f"Bearer {site.desk.key}"}
    problem(await site.http.post("/api/v1/clock", json={"to": to}, headers=given), 400, "malformed")


async def test_the_clock_refuses_a_mistyped_year(site: Site) -> None:
    given = {"Authorization": f"Bearer {site.desk.key}"}
    answer = await site.http.post("/api/v1/clock", json={"to": "2206-03-02T10:00:00Z"}, headers=given)
    problem(answer, 422, "time-out-of-bounds")
    assert (await site.desk.now()).year == START.year


async def test_a_database_that_never_answers_case_24(tmp_path: Path) -> None:
    dead = open_store(f"postgresql+asyncpg://tracker@/tracker?host={tmp_path}&port=5432")
    app = create_app(put_together(settings(tmp_path), dead))
    async with calling(app) as http:
        given = {"Authorization": "Bearer tk_live_anything"}
        for answer in (
            await http.post("/api/v1/events", json={}, headers=given),
            await http.post("/api/v1/track", json={"reference": "CDFG-HJKM-NPRX", "known_fact": "x"}),
        ):
            problem(answer, 503, "not-ready")
            assert int(answer.headers["retry-after"]) > 0
        page = await http.post("/track", data={"reference": "CDFG-HJKM-NPRX", "known_fact": "x"})
        assert page.status_code == 503
        assert (await http.get("/healthz")).json() == {"status": "unavailable", "database": "does not answer"}
        assert (await http.get("/track")).status_code == 200
    await dead.close()


async def test_a_database_that_goes_away_and_comes_back_case_24(tmp_path: Path) -> None:
    server = start(tmp_path / "data", unsafe_without_fsync=True)
    store = open_store(server.url())
    await migrate(store)
    async with open_site(store, tmp_path, definition=DEFINITION) as site:
        first, second = site.event(), site.event(subject="P-2")
        assert (await site.post(first)).status_code == 202
        server.close()
        answer = await site.post(second)
        problem(answer, 503, "not-ready")
        assert int(answer.headers["retry-after"]) > 0
        server = start(tmp_path / "data", unsafe_without_fsync=True)
        try:
            assert (await site.post(second)).status_code == 202
            assert (await site.post(first)).status_code == 200
        finally:
            await store.close()
            server.close()

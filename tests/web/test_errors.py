"""Every error becomes an answer that says what to do next, and nothing of a person's data leaves with it."""

from __future__ import annotations

import asyncio
import inspect
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import jinja2
import pytest
from fastapi import FastAPI, HTTPException, Request, Response
from sqlalchemy import exc, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.journeys.processes import free_port
from tracker.core.vocabulary import errors as situations
from tracker.store.ground.trouble import unavailable
from tracker.web import errors

EXPECTED = {
    "MalformedEvent": 400,
    "MistypedReference": 400,
    "AmbiguousDate": 400,
    "UnknownKey": 401,
    "NotGranted": 403,
    "SignInRefused": 403,
    "FormExpired": 403,
    "CaseNotFound": 404,
    "OrganisationUnknown": 404,
    "LinkUnknown": 404,
    "LinkOver": 404,
    "TooSlow": 408,
    "OnlyInSandbox": 409,
    "TooLarge": 413,
    "UnsupportedContent": 415,
    "UnknownService": 422,
    "TimeOutOfBounds": 422,
    "ContentDiffers": 422,
    "DefinitionRefused": 422,
    "SetupRefused": 422,
    "TooManyRequests": 429,
    "CaseNotRead": 503,
    "NotReady": 503,
}
CLASSES = [
    found
    for _, found in inspect.getmembers(situations, inspect.isclass)
    if issubclass(found, situations.TrackerError) and found is not situations.TrackerError
]


def client(error: BaseException | None = None, page: errors.Page | None = None) -> httpx.AsyncClient:
    app = FastAPI()
    errors.install(app, page)

    @app.get("/api/fail")
    @app.get("/fail")
    async def fail() -> None:
        if error is not None:
            raise error

    @app.get("/api/number")
    async def number(wanted: int) -> int:
        return wanted

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


async def answer_to(error: BaseException) -> httpx.Response:
    async with client(error) as http:
        return await http.get("/api/fail")


def made(situation: type[situations.TrackerError]) -> situations.TrackerError:
    parameters = inspect.signature(situation).parameters
    if "retry_after_seconds" in parameters:
        return situations.TooManyRequests("too often", "wait", retry_after_seconds=17)
    if "detail" in parameters:
        return situation("what", "how", pointer="/a~1b")
    return situation()  # type: ignore[call-arg] - those that say the same each time take nothing


def test_every_situation_has_a_status_and_a_name_of_its_own() -> None:
    assert {found.__name__ for found in CLASSES} <= set(EXPECTED), "give the new error its row in STATUSES and here"
    assert len({found.slug for found in CLASSES}) == len(CLASSES)


@pytest.mark.parametrize("situation", CLASSES)
async def test_situations_become_problem_documents(situation: type[situations.TrackerError]) -> None:
    error = made(situation)
    answer = await answer_to(error)
    problem = answer.json()
    assert answer.status_code == problem["status"] == EXPECTED[situation.__name__]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert problem["type"] == f"/problems/{situation.slug}"
    assert (problem["title"], problem["detail"], problem["remedy"]) == (
        situation.title,
        error.detail,
        error.remedy,
    )
    assert problem.get("pointer") == error.pointer


async def test_headers_say_what_the_status_asks_for() -> None:
    assert (await answer_to(situations.UnknownKey())).headers["www-authenticate"] == "Bearer"
    limited = situations.TooManyRequests("x", "y", retry_after_seconds=17)
    assert (await answer_to(limited)).headers["retry-after"] == "17"
    assert (await answer_to(situations.NotReady("x", "y"))).headers["retry-after"] == "5"


async def test_a_kind_without_a_row_has_its_parents_status() -> None:
    class Younger(situations.ContentDiffers):
        """Younger than this table."""

    assert (await answer_to(Younger("x", "y"))).status_code == 422


async def test_a_half_character_does_not_break_the_answer() -> None:
    answer = await answer_to(situations.MalformedEvent("\ud800", "y", pointer="/\udfff"))
    assert answer.status_code == 400


async def test_nothing_at_an_address_and_other_methods() -> None:
    async with client() as http:
        missing, method = await http.get("/api/nowhere"), await http.post("/api/fail")
        assert (await http.get("/api/fail")).status_code == 200
    assert (missing.status_code, missing.json()["type"]) == (404, "/problems/no-such-page")
    assert (method.status_code, method.json()["type"]) == (405, "/problems/method-not-allowed")
    assert method.headers["allow"] == "GET"


async def test_other_http_errors_keep_status_and_headers() -> None:
    answer = await answer_to(HTTPException(418, "short and stout", {"X-Pot": "tea"}))
    assert (answer.status_code, answer.json()["detail"], answer.headers["x-pot"]) == (
        418,
        "short and stout",
        "tea",
    )
    assert (await answer_to(HTTPException(499))).status_code == 499


async def test_parameters_that_do_not_fit_are_named_and_not_repeated() -> None:
    async with client() as http:
        answer = await http.get("/api/number", params={"wanted": "jane@example.org"})
    assert answer.status_code == 422
    assert "query.wanted" in answer.json()["detail"]
    assert "jane" not in answer.text


async def test_what_breaks_inside_is_an_incident_that_the_log_knows(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "tracker.web"):
        answer = await answer_to(KeyError("jane@example.org"))
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (500, "/problems/internal")
    assert problem["incident"] in problem["remedy"]
    assert problem["incident"] in caplog.text
    assert "builtins.KeyError at fail (" in caplog.text
    assert "jane" not in caplog.text + answer.text


async def test_faults_of_the_middleware_are_answered_too() -> None:
    app = FastAPI()
    errors.install(app)

    @app.middleware("http")
    async def broken(request: Request, call_next: Callable[..., Any]) -> Response:
        raise KeyError("x")

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        answer = await http.get("/api/fail")
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/internal")


def wrapped(cause: BaseException | None, invalidated: bool = False) -> exc.DBAPIError:
    """As SQLAlchemy hands it on: its own error, around the dialect's, around the driver's."""
    orig = Exception("as the dialect tells it")
    orig.__cause__ = cause
    return exc.DBAPIError("INSERT", {"name": "Jane"}, orig, connection_invalidated=invalidated)


TROUBLE: list[BaseException] = [
    ConnectionRefusedError("x"),
    ConnectionResetError("x"),
    TimeoutError("x"),
    OSError(28, "No space left on device"),
    OSError("Multiple exceptions: [Errno 111], [Errno 111]"),
    socket.gaierror("x"),
    asyncpg.ConnectionDoesNotExistError("x"),
    asyncpg.CannotConnectNowError("x"),
    asyncpg.TooManyConnectionsError("x"),
    asyncpg.DiskFullError("x"),
    asyncpg.AdminShutdownError("x"),
    asyncpg.DeadlockDetectedError("x"),
    asyncpg.QueryCanceledError("x"),
    asyncpg.LockNotAvailableError("x"),
    asyncpg.ReadOnlySQLTransactionError("x"),
    asyncpg.InterfaceError("connection is closed"),
    exc.OperationalError("x", None, Exception("x")),
    exc.InterfaceError("x", None, Exception("x")),
    exc.TimeoutError("QueuePool limit reached"),
    wrapped(None, invalidated=True),
    wrapped(asyncpg.DiskFullError("x")),
    wrapped(asyncpg.SerializationError("x")),
]
OUR_BUGS: list[BaseException] = [
    wrapped(asyncpg.UniqueViolationError("x")),
    wrapped(asyncpg.UndefinedTableError("x")),
    wrapped(asyncpg.StringDataRightTruncationError("x")),
    exc.IntegrityError("x", None, Exception("x")),
    exc.InvalidRequestError("x"),
    asyncpg.UndefinedColumnError("x"),
    jinja2.TemplateNotFound("page.html"),
    FileNotFoundError(2, "No such file", "page.html"),
    ValueError("x"),
]


@pytest.mark.parametrize("error", TROUBLE, ids=lambda error: type(error).__name__)
async def test_case_24_a_database_that_is_away_is_503_and_asks_to_come_back(error: BaseException) -> None:
    answer = await answer_to(error)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.json()["type"] == "/problems/not-ready"


@pytest.mark.parametrize("error", OUR_BUGS, ids=lambda error: type(error).__name__)
async def test_our_own_mistakes_are_not_blamed_on_the_database(error: BaseException) -> None:
    answer = await answer_to(error)
    assert answer.status_code == 500
    assert "Jane" not in answer.text


async def test_case_24_real_connections_to_no_server(tmp_path: Path) -> None:
    port = free_port()
    for url in (
        f"postgresql+asyncpg://u:p@127.0.0.1:{port}/d",
        f"postgresql+asyncpg://u:p@/d?host={tmp_path}",
    ):
        engine = create_async_engine(url)
        with pytest.raises(Exception) as caught:
            async with asyncio.timeout(10), engine.connect() as connection:
                await connection.execute(text("SELECT 1"))
        await engine.dispose()
        assert unavailable(caught.value)


def paper(request: Request, status: int, title: str, remedy: str) -> Response:
    return Response(f"<h1>{title}</h1><p>{remedy}", status, media_type="text/html")


async def test_people_get_a_page_and_machines_a_problem() -> None:
    accept = {"Accept": "text/html,application/xhtml+xml"}
    async with client(situations.NotReady("x", "Wait."), paper) as http:
        page = await http.get("/fail", headers=accept)
        api = await http.get("/api/fail", headers=accept)
        script = await http.get("/fail", headers={"Accept": "application/json"})
        nowhere = await http.get("/apiary", headers=accept)
    assert (page.status_code, page.text) == (503, "<h1>We cannot store anything at the moment</h1><p>Wait.")
    assert (page.headers["retry-after"], page.headers["cache-control"]) == ("5", "no-store")
    assert api.headers["content-type"] == script.headers["content-type"] == "application/problem+json"
    assert (nowhere.status_code, nowhere.headers["content-type"]) == (404, "text/html; charset=utf-8")


async def test_a_page_that_fails_itself_leaves_the_problem() -> None:
    def torn(request: Request, status: int, title: str, remedy: str) -> Response:
        raise jinja2.UndefinedError("x")

    async with client(situations.CaseNotFound(), torn) as http:
        answer = await http.get("/fail", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize("slug", sorted(errors.KINDS))
async def test_each_kind_is_explained_at_its_address(slug: str) -> None:
    async with client() as http:
        told = await http.get(f"/problems/{slug}")
        page = await http.get(f"/problems/{slug}", headers={"Accept": "text/html"})
    assert told.json()["status"] == errors.KINDS[slug].status
    assert len(told.json()["meaning"]) > 20
    assert page.headers["content-type"].startswith("text/html")


async def test_an_unknown_kind_is_explained_as_nothing() -> None:
    async with client() as http:
        assert (await http.get("/problems/<script>")).status_code == 404

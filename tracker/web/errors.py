"""What a caller is answered when something cannot be done: problem documents (RFC 9457), pages for people.

The only place that knows HTTP statuses. Every answer says what to do next; none repeats a person's data, and
what breaks inside shows as a number that the log knows too.
"""

from __future__ import annotations

import html
import json
import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tracker.core.vocabulary import errors
from tracker.store.ground.trouble import traces, unavailable

Page = Callable[[Request, int, str, str], Response]
"""Renders an error for people, from the request, status, title and remedy."""

STATUSES: Mapping[type[errors.TrackerError], int] = {
    errors.MalformedEvent: 400,
    errors.MistypedReference: 400,
    errors.AmbiguousDate: 400,
    errors.UnknownKey: 401,
    errors.NotGranted: 403,
    errors.SignInRefused: 403,
    errors.FormExpired: 403,
    errors.CaseNotFound: 404,
    errors.OrganisationUnknown: 404,
    errors.LinkUnknown: 404,
    errors.LinkOver: 404,
    errors.TooSlow: 408,
    errors.OnlyInSandbox: 409,
    errors.TooLarge: 413,
    errors.UnsupportedContent: 415,
    errors.UnknownService: 422,
    errors.TimeOutOfBounds: 422,
    errors.ContentDiffers: 422,
    errors.DefinitionRefused: 422,
    errors.SetupRefused: 422,
    errors.TooManyRequests: 429,
    errors.CaseNotRead: 503,
    errors.NotReady: 503,
    errors.TrackerError: 400,
}
"""Each situation's status; one that is not named here has its parent's."""

RETRY_SECONDS = 5
"""When to come back while the database is away."""

_log = logging.getLogger("tracker.web")


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One kind of problem, as `/problems/{slug}` explains it."""

    slug: str
    title: str
    status: int
    meaning: str


@dataclass(frozen=True, slots=True)
class _Problem:
    """An answer in the making."""

    kind: ProblemKind
    detail: str
    remedy: str
    extra: Mapping[str, str]
    headers: Mapping[str, str]


def _of_class(situation: type[errors.TrackerError]) -> ProblemKind:
    status = next(STATUSES[each] for each in situation.__mro__ if each in STATUSES)
    return ProblemKind(situation.slug, situation.title, status, " ".join((situation.__doc__ or "").split()))


_INVALID = ProblemKind(
    "invalid-request",
    "The request does not fit",
    422,
    "A parameter or a field of the request is missing, or is not of the kind it should be.",
)
_NO_PAGE = ProblemKind("no-such-page", "There is nothing at this address", 404, "The address leads nowhere.")
_NO_METHOD = ProblemKind(
    "method-not-allowed",
    "This address does not take that method",
    405,
    "The address exists; the Allow header lists the methods that it takes.",
)
_HTTP = ProblemKind("http", "The request was not accepted", 400, "The server refused the request as such.")
_BROKEN = ProblemKind(
    "internal",
    "Something went wrong on our side",
    500,
    "We made a mistake. The incident number in the answer finds it in our log.",
)


def _kinds() -> dict[str, ProblemKind]:
    found = {kind.slug: kind for kind in (_INVALID, _NO_PAGE, _NO_METHOD, _HTTP, _BROKEN)}
    return found | {situation.slug: _of_class(situation) for situation in STATUSES}


KINDS: Mapping[str, ProblemKind] = _kinds()
"""Every kind of problem by its slug."""

router = APIRouter()


@router.get("/problems/{slug}", include_in_schema=False)
async def explain(slug: str, request: Request) -> Response:
    """What a kind of problem means: the page that a problem document's `type` leads to."""
    kind = KINDS.get(slug)
    if kind is None:
        raise HTTPException(404)
    if not _wants_page(request):
        answered = {
            "type": f"/problems/{slug}",
            "title": kind.title,
            "status": kind.status,
            "meaning": kind.meaning,
        }
        return Response(json.dumps(answered), media_type="application/json", headers={"Vary": "Accept"})
    title, meaning = html.escape(kind.title), html.escape(kind.meaning)
    return Response(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<main><h1>{title}</h1><p>{meaning}</p><p>HTTP status {kind.status}.</p></main></html>",
        media_type="text/html",
        headers={"Vary": "Accept"},
    )


def problem(error: Exception) -> dict[str, Any]:
    """The problem document of an error that is part of a longer answer, with what would be a header of a whole one."""
    found = _problem(error)
    later = found.headers.get("Retry-After")
    return _document(found) | ({} if later is None else {"retry_after_seconds": int(later)})


def _problem(error: Exception) -> _Problem:
    return _from_tracker(error) if isinstance(error, errors.TrackerError) else _from(error)


def install(app: FastAPI, page: Page | None = None) -> None:
    """Answer every error of `app` from here, and explain each kind under `/problems/`.

    `page` renders errors for people: used where text/html is accepted and the path is not under `/api`.
    Without it, and when it fails itself, the answer is a problem document.
    """

    def answer(request: Request, found: _Problem) -> Response:
        return _answer(request, found, page)

    async def answered(request: Request, error: Exception) -> Response:
        return answer(request, _problem(error))

    app.add_exception_handler(errors.TrackerError, answered)
    app.add_exception_handler(RequestValidationError, answered)
    app.add_exception_handler(HTTPException, answered)
    # A handler of Exception alone would not do: it runs outside of everything, and the error is raised again
    # afterwards, so that the server logs it with whatever data its message holds. It stays for faults of the
    # middleware that is added later and so stands outside of ours.
    app.add_middleware(_Caught, answered=answered)
    app.add_exception_handler(Exception, answered)
    app.include_router(router)


class _Caught:
    """Middleware that answers what no handler took, as long as nothing was sent yet."""

    def __init__(self, app: ASGIApp, answered: Callable[[Request, Exception], Awaitable[Response]]) -> None:
        self.app = app
        self.answered = answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            response = await self.answered(Request(scope, receive), error)
            await response(scope, receive, send)


def _from_tracker(error: errors.TrackerError) -> _Problem:
    headers: dict[str, str] = {}
    match error:
        case errors.UnknownKey():
            headers["WWW-Authenticate"] = "Bearer"
        case errors.TooManyRequests() | errors.CaseNotRead():
            headers["Retry-After"] = str(error.retry_after_seconds)
        case errors.NotReady():
            headers["Retry-After"] = str(RETRY_SECONDS)
        case errors.TooLarge() | errors.TooSlow():
            # The rest of the body is still on its way: the connection cannot carry another request.
            headers["Connection"] = "close"
    extra = {} if error.pointer is None else {"pointer": error.pointer}
    return _Problem(_of_class(type(error)), error.detail, error.remedy, extra, headers)


def _from(error: Exception) -> _Problem:
    if isinstance(error, RequestValidationError):
        # The messages of the fields may repeat what was sent, so only their places are named.
        faults = error.errors()[:10]
        if any(fault["type"] == "json_invalid" for fault in faults):
            return _from_http(HTTPException(400, "The body is not JSON."))
        places = [".".join(map(_plain_step, fault["loc"])) for fault in faults]
        remedy = "Mend what is named; the API's description lists each field and its kind."
        if places == ["body"]:
            remedy = "Send one JSON object, with 'Content-Type: application/json'."
        return _Problem(_INVALID, f"Does not fit: {', '.join(places)}.", remedy, {}, {})
    if isinstance(error, HTTPException):
        return _from_http(error)
    if unavailable(error):
        _log.warning("not ready: %s", traces(error))
        return _from_tracker(
            errors.NotReady(
                "The database cannot be reached or written at the moment. What was asked is perhaps not stored.",
                "Send the same again, with the same ids, when Retry-After says: what was stored counts once.",
            )
        )
    incident = secrets.token_hex(8)
    _log.error("incident %s: %s", incident, traces(error))
    remedy = f"Try again. If it happens again, tell us this number: {incident}."
    return _Problem(_BROKEN, f"Incident {incident}.", remedy, {"incident": incident}, {})


def _plain_step(step: object) -> str:
    """A step of a place; what is no plain name may be somebody's value in the wrong position."""
    return str(step) if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", str(step)) else "?"


def _from_http(error: HTTPException) -> _Problem:
    headers = dict(error.headers or {})
    if error.status_code == 404:
        return _Problem(_NO_PAGE, "The address leads nowhere.", "Check the address for typing mistakes.", {}, headers)
    if error.status_code == 405:
        return _Problem(_NO_METHOD, "The method is not taken.", "Use a method that Allow lists.", {}, headers)
    words = HTTPStatus(error.status_code).phrase if error.status_code in _PHRASES else "Refused"
    kind = ProblemKind(_HTTP.slug, words, error.status_code, _HTTP.meaning)
    return _Problem(kind, str(error.detail)[:500], "Mend the request and send it again.", {}, headers)


_PHRASES = frozenset(status.value for status in HTTPStatus)


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "").lower()


def _document(found: _Problem) -> dict[str, Any]:
    return {
        "type": f"/problems/{found.kind.slug}",
        "title": found.kind.title,
        "status": found.kind.status,
        "detail": found.detail,
        "remedy": found.remedy,
        **found.extra,
    }


def _answer(request: Request, found: _Problem, page: Page | None) -> Response:
    path: str = request.scope["path"]
    response: Response | None = None
    if page is not None and _wants_page(request) and path != "/api" and not path.startswith("/api/"):
        try:
            response = page(request, found.kind.status, found.kind.title, found.remedy)
        except Exception as error:
            _log.error("the page of an error failed: %s", traces(error))
    if response is None:
        answered = _document(found)
        # ASCII only: a lone surrogate from anywhere cannot break the answer that complains about it.
        response = Response(json.dumps(answered), found.kind.status, media_type="application/problem+json")
    response.headers.update({"Cache-Control": "no-store", **found.headers})
    return response

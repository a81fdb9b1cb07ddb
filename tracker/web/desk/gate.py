"""Who is at the desk: the session's cookie, the mark that every form carries, and the language of the office."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute

from templates.environment import STATIC, page
from tracker.core.answers.contacts import LookPurpose
from tracker.core.vocabulary.errors import CaseNotFound, FormExpired
from tracker.flows.desk import accounts
from tracker.flows.desk.inquiry import Inquiry
from tracker.store.desk.accounts import Staff
from tracker.store.ground.engine import Store
from tracker.web.body import read_form
from tracker.web.errors import STATUSES

LANGUAGE = "en"
"""The desk's own words: staff read one language, callers hear theirs."""

MOST_BYTES, SECONDS = 16_000, 10.0


class NotSignedIn(Exception):
    """Nobody is signed in at the desk: sign in first."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A form of the desk, and who sent it."""

    staff: Staff
    fields: Mapping[str, str]

    @property
    def why(self) -> LookPurpose:
        """Why they look, as the form carries it on. Raises FormExpired: every form of the desk has it."""
        said = reason(self.fields.get("why", ""))
        if said is None:
            raise FormExpired
        return said


@dataclass(frozen=True, slots=True)
class DeskGate:
    """The way in. `secure`: people reach the service by https, so the cookie never travels otherwise."""

    store: Store
    secret: bytes
    secure: bool

    @property
    def cookie(self) -> str:
        """Its name: with the prefix that keeps other hosts and plain http from setting it (RFC 6265bis)."""
        return "__Host-desk" if self.secure else "desk"

    def token(self, request: Request) -> str:
        """The session's token as the browser sent it, or nothing."""
        return request.cookies.get(self.cookie, "")

    def routes(self) -> APIRouter:
        """Routes of the desk: whoever is not signed in is led to do so, and a case that is not there is answered as one
        of another organisation is."""
        gate = self

        class _Guarded(APIRoute):
            def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
                handle = super().get_route_handler()

                async def guarded(request: Request) -> Response:
                    try:
                        return await handle(request)
                    except NotSignedIn:
                        return to_sign_in()
                    except CaseNotFound:
                        staff = await accounts.who(gate.store, gate.token(request))
                        return gate.page("nothing.html", staff, STATUSES[CaseNotFound])

                return guarded

        return APIRouter(include_in_schema=False, route_class=_Guarded)

    async def staff(self, request: Request) -> Staff:
        """Who is signed in; a dependency. Raises NotSignedIn."""
        staff = await accounts.who(self.store, self.token(request))
        if staff is None:
            raise NotSignedIn
        return staff

    async def posted(self, request: Request) -> Posted:
        """A form and who sent it; a dependency. Raises NotSignedIn, and FormExpired when it lacks its mark."""
        fields = await form(request)
        staff = await self.staff(request)
        if not accounts.marked(self.secret, staff, fields.get("mark", "")):
            raise FormExpired
        return Posted(staff, fields)

    def inquiry(self, staff: Staff, why: LookPurpose) -> Inquiry:
        """Staff who ask, for this reason."""
        return Inquiry(self.store, self.secret, staff, why)

    def let_in(self, response: Response, token: str) -> Response:
        """Give the browser its cookie."""
        response.set_cookie(
            self.cookie,
            token,
            max_age=accounts.SESSION_SECONDS,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="strict",
        )
        return response

    def let_out(self, response: Response) -> Response:
        """Take the cookie back."""
        response.delete_cookie(self.cookie, path="/", secure=self.secure, httponly=True, samesite="strict")
        return response

    def page(self, name: str, staff: Staff | None, status: int = 200, **context: object) -> HTMLResponse:
        """A page of the desk."""
        mark = accounts.form_mark(self.secret, staff) if staff else ""
        given = {"staff": staff, "mark": mark, "desk_stylesheet": _stylesheet(), "whys": list(LookPurpose), "why": ""}
        return HTMLResponse(page(f"desk/{name}", LANGUAGE, **{**given, **context}), status_code=status)


async def form(request: Request) -> Mapping[str, str]:
    """The fields of a form, each once. Raises FormExpired when a browser says that another site sent it."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise FormExpired
    return await read_form(request, MOST_BYTES, SECONDS)


def reason(said: str) -> LookPurpose | None:
    """Why somebody looks, if it is one of the words."""
    return next((each for each in LookPurpose if each.value == said), None)


def to(path: str, **query: str) -> RedirectResponse:
    """Go there, by GET."""
    asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in query.items() if value)
    return RedirectResponse(f"{path}?{asked}" if asked else path, status_code=303)


def to_sign_in() -> RedirectResponse:
    """Sign in first."""
    return to("/desk/sign-in")


@cache
def _stylesheet() -> str:
    digest = hashlib.sha256((STATIC / "desk.css").read_bytes()).hexdigest()[:12]
    return f"/static/desk.css?v={digest}"

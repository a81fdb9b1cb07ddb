"""The citizen's windows: the start page, the form, and the page of one request. No JavaScript, no cookie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from templates import languages
from templates.environment import STATIC, page
from tracker.core.vocabulary.errors import CaseNotFound, MistypedReference, TooManyRequests, TrackerError
from tracker.flows.answers.lookup import Asked, look_up
from tracker.store.ground.engine import Store
from tracker.web import in_words
from tracker.web.body import caller_address, read_form
from tracker.web.errors import STATUSES

PROBLEMS: Mapping[type[TrackerError], str] = {
    MistypedReference: "mistyped",
    CaseNotFound: "not_found",
    TooManyRequests: "too_many",
}
"""What the form calls each refusal; it has the words."""


STYLES = frozenset({"tracker.css", "desk.css"})
"""The files under /static."""


@dataclass(frozen=True, slots=True)
class PageLanguage:
    """The language of a page, and the one that goes on with the person: none, if only English was ever heard of."""

    language: str
    chosen: str


def language_of(request: Request, language: str = "") -> PageLanguage:
    """The language that was asked for (`?language=`), else the browser's, else English.

    A browser says English when nobody ever chose. That does not go on, so that it does not stand in the way of the
    language that the person told the office.
    """
    wished = languages.preferred(request.headers.get("accept-language", "")) or languages.SOURCE
    said = languages.understood(language)
    return PageLanguage(said or wished, said or (wished if wished != languages.SOURCE else ""))


async def page_language(request: Request, language: str = "") -> PageLanguage:
    """The language of a page; a dependency of routes."""
    return language_of(request, language)


def router(store: Store, secret: bytes) -> APIRouter:
    """The pages that everybody can reach."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def home(spoken: PageLanguage = Depends(page_language)) -> HTMLResponse:
        return _varying(HTMLResponse(page("home.html", spoken.language, chosen=spoken.chosen)))

    @routes.get("/track")
    async def ask(reference: str = "", spoken: PageLanguage = Depends(page_language)) -> HTMLResponse:
        return _form(spoken, reference[:40])

    @routes.post("/track")
    async def show(request: Request, address: str = Depends(caller_address)) -> HTMLResponse:
        """The page of one request. Posted, so that neither half of the pair stands in an address."""
        typed = await read_form(request, 4_000)
        reference, known_fact = (typed.get(name, "")[:200].strip() for name in ("reference", "known_fact"))
        spoken = language_of(request, typed.get("language", ""))
        if not reference:
            return _form(spoken, "", "no_reference")
        if not known_fact:
            return _form(spoken, reference, "no_fact")
        try:
            facts = await look_up(store, secret, Asked(reference, known_fact, address, spoken.chosen or None))
        except (CaseNotFound, MistypedReference, TooManyRequests) as error:
            refused = _form(spoken, reference, PROBLEMS[type(error)], STATUSES[type(error)])
            if isinstance(error, TooManyRequests):
                refused.headers["Retry-After"] = str(error.retry_after_seconds)
            return refused
        shown = page("case.html", facts.language, facts=in_words.case(facts), chosen=spoken.chosen)
        return _varying(HTMLResponse(shown))

    @routes.get("/static/{name}")
    async def static(name: str) -> Response:
        if name not in STYLES:
            return Response(status_code=404)
        return FileResponse(STATIC / name, headers={"Cache-Control": "public, max-age=31536000, immutable"})

    return routes


def _form(spoken: PageLanguage, reference: str, problem: str | None = None, status: int = 400) -> HTMLResponse:
    error = None if problem is None else {"field": _field(problem), "kind": problem}
    body = page(
        "track_form.html", spoken.language, chosen=spoken.chosen, reference=reference, error=error, fact_label=""
    )
    return _varying(HTMLResponse(body, status_code=200 if problem is None else status))


def _field(problem: str) -> str:
    return "known_fact" if problem == "no_fact" else "reference"


def _varying(response: HTMLResponse) -> HTMLResponse:
    response.headers["Vary"] = "Accept-Language"
    return response

"""The citizen's windows: the start page, the form, and the page of one request. No JavaScript, no cookie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from templates import languages
from templates.environment import STATIC, page
from tracker.core.vocabulary.errors import AmbiguousDate, CaseNotFound, MistypedReference, TooManyRequests, TrackerError
from tracker.core.vocabulary.spelling.written_days import of_boxes
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

BOXES = ("day", "month", "year")
"""The boxes in which a birthday is typed that could be read in more than one way."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What was typed into the form: the reference, and the second detail in one box or, as a birthday, in three."""

    reference: str
    known_fact: str
    boxes: Mapping[str, str] | None

    @classmethod
    def of(cls, typed: Mapping[str, str]) -> Pair:
        """The pair in the fields of a form."""
        reference, fact, *boxes = (typed.get(name, "")[:200].strip() for name in ("reference", "known_fact", *BOXES))
        if not any(name in typed for name in BOXES):
            return cls(reference, fact, None)
        return cls(reference, of_boxes(*boxes) or "", dict(zip(BOXES, boxes, strict=True)))

    @property
    def lacks(self) -> str | None:
        """What is missing, or cannot be: a word of the form, or None."""
        if not self.reference:
            return "no_reference"
        if self.known_fact:
            return None
        return "no_fact" if self.boxes is None else "no_day"

    def asked_anew(self, births: tuple[date, ...]) -> Pair:
        """The same with three boxes, which hold what all readings of the birthday have in common."""
        parts = {name: {f"{getattr(each, name)}" for each in births} for name in BOXES}
        return replace(self, boxes={name: each.pop() if len(each) == 1 else "" for name, each in parts.items()})


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
        return _form(spoken, Pair(reference[:40], "", None))

    @routes.post("/track")
    async def show(request: Request, address: str = Depends(caller_address)) -> HTMLResponse:
        """The page of one request. Posted, so that neither half of the pair stands in an address."""
        typed = await read_form(request, 4_000)
        pair, spoken = Pair.of(typed), language_of(request, typed.get("language", ""))
        if pair.lacks:
            return _form(spoken, pair, pair.lacks)
        try:
            facts = await look_up(store, secret, Asked(pair.reference, pair.known_fact, address, spoken.chosen or None))
        except AmbiguousDate as error:
            if pair.boxes is None:
                return _form(spoken, pair.asked_anew(error.births), "ambiguous", STATUSES[AmbiguousDate])
            return _form(spoken, pair, "no_century", STATUSES[AmbiguousDate])
        except (CaseNotFound, MistypedReference, TooManyRequests) as error:
            refused = _form(spoken, pair, PROBLEMS[type(error)], STATUSES[type(error)])
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


_FIELDS: Mapping[str, str] = {
    "no_fact": "known_fact",
    "ambiguous": "day",
    "no_day": "day",
    "no_century": "year",
}
"""The field that a problem is about; any other is about the reference."""


def _form(spoken: PageLanguage, pair: Pair, problem: str | None = None, status: int = 400) -> HTMLResponse:
    error = None if problem is None else {"field": _FIELDS.get(problem, "reference"), "kind": problem}
    body = page(
        "track_form.html",
        spoken.language,
        chosen=spoken.chosen,
        reference=pair.reference,
        error=error,
        fact_label="",
        boxes=pair.boxes,
    )
    return _varying(HTMLResponse(body, status_code=200 if problem is None else status))


def _varying(response: HTMLResponse) -> HTMLResponse:
    response.headers["Vary"] = "Accept-Language"
    return response

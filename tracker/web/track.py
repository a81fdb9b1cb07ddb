"""The citizen's windows: the start page, the form, and the page of one request. No JavaScript, no cookie."""

from __future__ import annotations

from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

from templates.environment import STATIC, page
from tracker.core.errors import CaseNotFound, MistypedReference, TooManyRequests, TrackerError
from tracker.flows.lookup import Asked, look_up
from tracker.store.engine import Store
from tracker.web.body import read_body
from tracker.web.errors import STATUSES

LANGUAGE = "en"


def router(store: Store, secret: bytes) -> APIRouter:
    """The pages that everybody can reach."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    async def home() -> HTMLResponse:
        return HTMLResponse(page("home.html", LANGUAGE))

    @routes.get("/track")
    async def ask(reference: str = "") -> HTMLResponse:
        return _form(reference[:40], None, 200)

    @routes.post("/track")
    async def show(request: Request) -> HTMLResponse:
        """The page of one request. Posted, so that neither half of the pair stands in an address."""
        # The body's limit bounds the number of fields; a limit of parse_qs would raise.
        typed = parse_qs((await read_body(request, 4_000, 10.0)).decode("utf-8", "replace"))
        reference = typed.get("reference", [""])[0][:200].strip()
        known_fact = typed.get("known_fact", [""])[0][:200].strip()
        if not reference:
            return _form("", {"field": "reference", "message": "Enter your reference"}, 400)
        if not known_fact:
            return _form(reference, {"field": "known_fact", "message": "Enter the second detail"}, 400)
        address = request.client.host if request.client else ""
        try:
            facts = await look_up(store, secret, Asked(reference, known_fact, address))
        except (CaseNotFound, MistypedReference, TooManyRequests) as error:
            refused = _form(reference, _said(error), STATUSES[type(error)])
            if isinstance(error, TooManyRequests):
                refused.headers["Retry-After"] = str(error.retry_after_seconds)
            return refused
        return HTMLResponse(page("case.html", facts.language, facts=facts))

    @routes.get("/static/{name}")
    async def static(name: str) -> Response:
        if name != "tracker.css":
            return Response(status_code=404)
        return FileResponse(STATIC / name, headers={"Cache-Control": "public, max-age=31536000, immutable"})

    return routes


def _form(reference: str, error: dict[str, str] | None, status: int) -> HTMLResponse:
    body = page(
        "track_form.html",
        LANGUAGE,
        reference=reference,
        error=error,
        fact_label="Postcode, surname or date of birth – whichever the office asks for",
    )
    return HTMLResponse(body, status_code=status)


def _said(error: TrackerError) -> dict[str, str]:
    return {"field": "reference", "message": f"{error.detail} {error.remedy}"}

"""How well offices keep the dates that they give: a page for everybody, and the same for programs. No sign-in."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Depends, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict

from templates import languages
from templates.environment import page
from tracker.core.answers.punctuality_facts import OfficePunctualityFacts, ServicePunctualityFacts
from tracker.core.promises.punctuality import Record
from tracker.flows.promises import punctuality as accounts
from tracker.store.ground.engine import Store
from tracker.web.track import PageLanguage, page_language

CACHED = "public, max-age=300"
"""It changes once a night, and holds nobody's data."""

EXAMPLE: dict[str, Any] = {
    "organisation": "Northwick Council",
    "slug": "northwick",
    "trying": False,
    "from_on": "2025-03-02",
    "until_on": "2026-03-01",
    "services": [
        {
            "service": "building-permit",
            "name": "Building permit",
            "language": "en",
            "declared": 0.9,
            "confidence": "trusted",
            "dates": {
                "judged": 240,
                "kept": 219,
                "share": 0.9125,
                "low": 0.87,
                "high": 0.942,
                "unknown": 6,
                "said_days": 28,
                "took_days_half": 19,
                "took_days_nine_in_ten": 27,
                "moved": 24,
                "late": 21,
                "late_told_before": 20,
                "stand_ins": {"judged": 30, "kept": 21},
            },
            "office_dates": {"judged": 12, "kept": 7},
            "earlier": [],
        },
    ],
}


class CountOut(BaseModel):
    """Dates that could be judged, and those of them that came true."""

    judged: int
    kept: int


class DatesOut(BaseModel):
    """The first dates that people were told and whose day has passed; the office's own are apart.

    `low` and `high`: Wilson's interval at 95 % of `share`. `unknown`: dates that are not judged, because the request
    was withdrawn or joined to another, or it cannot be told. Days are medians of how far ahead the dates lay
    (`said_days`), and by when half and nine in ten were finished; null where so many are not finished yet. `moved`:
    those that were moved; `late`: those that did not come true, and of these `late_told_before` heard of it before the
    day. `stand_ins`: those that were set by a fixed number of days, because too little was known; null where there are
    so few of them, or of the others, that a single request could be recognised."""

    judged: int
    kept: int
    share: float
    low: float
    high: float
    unknown: int
    said_days: int | None
    took_days_half: int | None
    took_days_nine_in_ten: int | None
    moved: int
    late: int
    late_told_before: int
    stand_ins: CountOut | None


class EarlierOut(BaseModel):
    """Dates that were given at a level that the service does not ask for any more."""

    declared: float
    judged: int
    kept: int


class ServiceWordOut(BaseModel):
    """One service. `declared`: the share of first dates that is to come true; `confidence`: trusted, widened (fewer
    came true, so dates must lie further ahead) or withdrawn (no new dates are given). `dates` is null while fewer than
    10 dates were judged; with fewer than 30 they say little. `office_dates`: the first dates that the office itself
    set, which are in no other number; null while fewer than 10 were judged."""

    service: str
    name: str
    language: str
    declared: float
    confidence: str
    dates: DatesOut | None
    office_dates: CountOut | None
    earlier: list[EarlierOut]


class WordOut(BaseModel):
    """How well an office keeps the dates that it gives. Dates that passed from `from_on` to `until_on` are counted;
    both are null before the first count. `trying`: the office has not gone live, so nobody was told these dates."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})
    organisation: str
    slug: str
    trying: bool
    from_on: date | None
    until_on: date | None
    services: list[ServiceWordOut]


def router(store: Store) -> APIRouter:
    """The pages and the API of dates that were kept."""
    routes = APIRouter()

    @routes.get("/word", include_in_schema=False)
    async def offices(spoken: PageLanguage = Depends(page_language)) -> HTMLResponse:
        found = await accounts.offices(store)
        return _cached(HTMLResponse(page("word_offices.html", spoken.language, chosen=spoken.chosen, offices=found)))

    @routes.get("/o/{slug}/word", include_in_schema=False)
    async def show(slug: str, spoken: PageLanguage = Depends(page_language)) -> HTMLResponse:
        told = await accounts.published(store, slug, spoken.language)
        return _cached(HTMLResponse(page("word.html", spoken.language, chosen=spoken.chosen, told=told)))

    @routes.get(
        "/api/v1/organisations/{slug}/word",
        response_model=WordOut,
        tags=["everybody"],
        summary="How well an office keeps the dates that it gives",
    )
    async def word(slug: str, response: Response, language: str = "") -> WordOut:
        """The same as on the page `/o/{slug}/word`, counted once a night. No key is needed."""
        response.headers["Cache-Control"] = CACHED
        spoken = languages.understood(language) or languages.SOURCE
        return word_out(await accounts.published(store, slug, spoken))

    return routes


def word_out(told: OfficePunctualityFacts) -> WordOut:
    """The facts as they go over the wire."""
    return WordOut(
        organisation=told.organisation,
        slug=told.slug,
        trying=told.trying,
        from_on=told.from_on,
        until_on=told.until_on,
        services=[_service(each) for each in told.services],
    )


def _service(of: ServicePunctualityFacts) -> ServiceWordOut:
    earlier = [
        EarlierOut(declared=each.declared, judged=each.record.total, kept=each.record.kept) for each in of.earlier
    ]
    return ServiceWordOut(
        service=of.service,
        name=of.name,
        language=of.language,
        declared=of.declared,
        confidence=of.confidence.value,
        dates=_dates(of) if of.shown else None,
        office_dates=_count(of.office),
        earlier=earlier,
    )


def _dates(of: ServicePunctualityFacts) -> DatesOut:
    told, record = of.figures, of.figures.record
    return DatesOut(
        judged=record.total,
        kept=record.kept,
        share=_rounded(record.share or 0.0),
        low=_rounded(record.interval.low),
        high=_rounded(record.interval.high),
        unknown=told.unknown,
        said_days=told.said_days,
        took_days_half=told.half_days,
        took_days_nine_in_ten=told.most_days,
        moved=told.moved,
        late=told.broken,
        late_told_before=told.told,
        stand_ins=_count(of.stand_ins),
    )


def _count(record: Record | None) -> CountOut | None:
    return None if record is None else CountOut(judged=record.total, kept=record.kept)


def _rounded(share: float) -> float:
    return round(share, 4)


def _cached(response: HTMLResponse) -> HTMLResponse:
    response.headers["Vary"] = "Accept-Language"
    response.headers["Cache-Control"] = CACHED
    return response

"""Kept dates over HTTP: open to everybody, the same on the page and in the API, and cached without harm."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.flows.promises.test_punctuality import many
from tests.http import Site
from tests.web.reading import words
from tracker.flows.promises import punctuality
from tracker.web.punctuality import EXAMPLE

API = "/api/v1/organisations/northwick/word"
PAGE = "/o/northwick/word"


async def account(site: Site) -> None:
    await punctuality.count(site.desk.store, site.desk.office.id)


async def test_page_and_api_say_the_same_to_everybody(site: Site) -> None:
    await many(site.desk, "A", 30, 4)
    await account(site)
    told = (await site.http.get(API)).json()
    assert (told["organisation"], told["slug"], told["trying"]) == ("Northwick Council", "northwick", True)
    assert (told["from_on"], told["until_on"]) == ("2025-03-02", "2026-03-01")
    [service] = told["services"]
    assert (service["service"], service["declared"], service["confidence"]) == ("building-permit", 0.9, "trusted")
    assert service["dates"] == {
        "judged": 34,
        "kept": 30,
        "share": 0.8824,
        "low": 0.7338,
        "high": 0.9533,
        "unknown": 0,
        "said_days": 28,
        "took_days_half": 20,
        "took_days_nine_in_ten": None,
        "moved": 0,
        "late": 4,
        "late_told_before": 0,
        "stand_ins": {"judged": 0, "kept": 0},
    }
    assert service["office_dates"] is None
    page = await site.http.get(PAGE)
    assert page.status_code == 200
    assert "We would have told people 34 dates for the last 12 months. 30 of them came true." in words(page.text)
    assert "between 73 and 96 in 100" in words(page.text)
    for answer in (page, await site.http.get(API), await site.http.get("/word")):
        assert answer.headers["cache-control"] == "public, max-age=300"
        assert "set-cookie" not in answer.headers
    assert page.headers["vary"] == "Accept-Language"


async def test_fewer_than_ten_dates_are_no_number_anywhere(site: Site) -> None:
    await many(site.desk, "A", 7, 2)
    await account(site)
    [service] = (await site.http.get(API)).json()["services"]
    assert service["dates"] is None
    page = words((await site.http.get(PAGE)).text)
    assert "Too few dates to say." in page
    await many(site.desk, "B", 1, 0)
    await account(site)
    assert (await site.http.get(API)).json()["services"][0]["dates"]["judged"] == 10
    assert "These are too few to say how well we keep our word." in words((await site.http.get(PAGE)).text)


async def test_the_page_counts_nothing(site: Site) -> None:
    await account(site)
    await many(site.desk, "A", 12, 0)
    assert (await site.http.get(API)).json()["services"][0]["dates"] is None, "what was stored is shown, no more"


@pytest.mark.parametrize("slug", ["nowhere", "northwick%20", "NORTHWICK", "%00", "%ff", "%E2%80%AE", "x" * 2_000])
async def test_an_office_that_is_not_there_is_told_kindly(site: Site, slug: str) -> None:
    told = await site.http.get(f"/api/v1/organisations/{slug}/word")
    assert told.status_code == 404
    page = await site.http.get(f"/o/{slug}/word", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert page.headers["cache-control"] == "no-store"
    if slug == "nowhere":
        assert told.json()["type"] == "/problems/organisation-unknown"
        assert "/word" in told.json()["remedy"]


async def test_the_page_and_the_list_speak_the_language_that_is_asked_for(site: Site) -> None:
    await account(site)
    for path in (PAGE, "/word"):
        for query, header, language in (("cy", "ar", "cy"), ("", "ar", "ar"), ("xx", "", "en")):
            page = await site.http.get(path, params={"language": query}, headers={"Accept-Language": header})
            assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page.text
    assert f'href="{PAGE}' in (await site.http.get("/word")).text
    assert 'href="/word' in (await site.http.get("/")).text
    named = (await site.http.get(API, params={"language": "cy"})).json()["services"][0]
    assert (named["language"], named["name"]) != ("en", "Building permit")


async def test_the_description_fits_what_is_answered(site: Site) -> None:
    await many(site.desk, "A", 12, 0)
    await account(site)
    described = (await site.http.get("/api/v1/openapi.json")).json()
    schemas = described["components"]["schemas"]
    registry: Registry[Any] = Registry().with_resource("urn:api", Resource(described, DRAFT202012))
    check = Draft202012Validator({"$ref": "urn:api#/components/schemas/WordOut"}, registry=registry)
    check.validate(EXAMPLE)
    check.validate((await site.http.get(API)).json())
    assert schemas["WordOut"]["example"] == EXAMPLE
    [service] = EXAMPLE["services"]
    assert set(EXAMPLE) == set(schemas["WordOut"]["properties"])
    assert set(service) == set(schemas["ServiceWordOut"]["properties"])
    assert set(service["dates"]) == set(schemas["DatesOut"]["properties"])
    assert described["paths"]["/api/v1/organisations/{slug}/word"]["get"]["tags"] == ["everybody"]

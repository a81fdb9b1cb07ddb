"""A language that is near is served, one that nobody speaks is told to an operator (P7)."""

from __future__ import annotations

import pytest

from tests.http import Site
from tests.web.reading import FACT, words

SENT = "SELECT language FROM message WHERE recipient_id IS NOT NULL"
ALERTS = "SELECT subject, remedy, times FROM alert WHERE kind = 'language_not_spoken' ORDER BY subject"


@pytest.mark.parametrize(("tag", "spoken"), [("es-MX", "es"), ("cy-GB", "cy"), ("ar-EG", "ar"), ("es-419", "es")])
async def test_p7_a_form_of_a_language_is_served_by_the_language(site: Site, tag: str, spoken: str) -> None:
    reference = await site.case(language=tag)
    page = await site.page(reference, FACT)
    told = (await site.track(reference, FACT)).json()
    assert f'<html lang="{spoken}"' in page.text and told["language"] == spoken
    assert told["stage"]["headline"] in words(page.text)
    assert (await site.track(reference, FACT, language="en-US")).json()["language"] == "en"
    assert {row.language for row in await site.desk.rows(SENT)} == {spoken}
    assert await site.desk.rows(ALERTS) == []


@pytest.mark.parametrize("tag", ["xx", "fr", "de-CH"])
async def test_p7_what_the_service_does_not_speak_is_told_with_its_source(site: Site, tag: str) -> None:
    reference = await site.case(language=tag)
    assert (await site.track(reference, FACT)).json()["language"] == "en"
    await site.party("P-1", language=tag, name="Robin Doe")
    [alert] = await site.desk.rows(ALERTS)
    assert (alert.subject, alert.times) == (f"backoffice building-permit {tag}", 2)
    assert "The service speaks en, cy, es, ar" in alert.remedy and "BCP 47" in alert.remedy


async def test_p7_a_party_that_came_before_its_case_is_told_once_it_is_there(site: Site) -> None:
    assert (await site.party("P-1", language="xx")).json()["outcome"] == "parked"
    assert await site.desk.rows(ALERTS) == []
    await site.status("P-1", "REC")
    assert [row.times for row in await site.desk.rows(ALERTS)] == [1]


async def test_p7_a_party_that_is_taken_out_needs_no_language(site: Site) -> None:
    await site.case()
    await site.party("P-1", language="xx", remove=True)
    assert await site.desk.rows(ALERTS) == []

"""Why there is no date is said to people and machines alike."""

from __future__ import annotations

from datetime import timedelta

from tests.flows.promises.test_learn import finish
from tests.flows.promises.test_levels import stands
from tests.http import Site
from tests.office import DEFINITION, SERVICE, START
from tests.web.reading import words
from tracker.core.vocabulary.words import Confidence
from tracker.flows.promises import learn
from tracker.flows.services import versions


async def test_page_and_api_say_that_dates_are_not_kept_instead_of_giving_one(site: Site) -> None:
    await finish(site.desk, 40)
    await learn.due(site.desk.store)
    known = (await site.track(await site.case("P-0"), "AB1 2CD")).json()
    assert (known["promise"]["basis"], known["no_promise_reason"]) == ("history", None)
    await stands(site.desk, Confidence.WITHDRAWN)
    reference = await site.case("P-1")
    told = (await site.track(reference, "AB1 2CD")).json()
    assert (told["promise"], told["no_promise_reason"]) == (None, "dates_not_kept")
    page = await site.page(reference, "AB1 2CD", follow_redirects=True)
    assert "Too many of the dates that we gave for requests like yours did not come true." in words(page.text)
    assert 'href="/o/northwick/word' in page.text
    assert "dates_not_kept" not in page.text


async def test_a_stand_in_that_has_passed_leaves_too_little_history_whatever_other_services_know(site: Site) -> None:
    other = DEFINITION.replace(f'service = "{SERVICE}"', 'service = "loft"')
    await versions.apply(site.desk.store, site.desk.office, other)
    await finish(site.desk, 40)
    await learn.due(site.desk.store)
    began = (START - timedelta(days=57)).isoformat()
    answer = await site.post(site.event(subject="L-1", time=began, data={"service": "loft", "status": "REC"}))
    assert (await site.party("L-1")).status_code == 202
    told = (await site.track(answer.json()["reference"], "AB1 2CD")).json()
    assert (told["promise"], told["no_promise_reason"]) == (None, "too_little_history")

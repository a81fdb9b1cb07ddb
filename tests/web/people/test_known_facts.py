"""People as they are (P5, P6): one layer for the page, the API, the desk and what offices send, each by its corpus."""

from __future__ import annotations

import hmac
import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager as Opening
from pathlib import Path
from typing import Any

import pytest

from tests.desk_staff import case_id, signed_in
from tests.http import Site, open_site
from tests.office import DEFINITION, SECRET
from tests.web.reading import forget_failures, invented, problem, words
from tracker.flows.answers import tries
from tracker.flows.services import versions
from tracker.store.ground.engine import Store

CORPUS: dict[str, Any] = tomllib.loads(
    (Path(__file__).parents[2] / "core" / "vocabulary" / "known_facts.toml").read_text(encoding="utf-8")
)
KINDS = sorted({each["kind"] for each in CORPUS["same"]})
BORN, ALSO = "1980-04-03", "1980-03-04"
POSTCODE = 'kind = "postcode"'

pytestmark = pytest.mark.usefixtures("one_window")

Asking = Callable[[str], Opening[Site]]


@pytest.fixture
def asking(store: Store, tmp_path: Path) -> Asking:
    """Open an office whose service asks for this kind of fact."""
    assert POSTCODE in DEFINITION
    return lambda kind: open_site(store, tmp_path, definition=DEFINITION.replace(POSTCODE, f'kind = "{kind}"'))


@pytest.fixture
async def born(asking: Asking) -> AsyncIterator[Site]:
    """An office whose service asks for the date of birth."""
    async with asking("date_of_birth") as opened:
        yield opened


def groups(which: str, kind: str) -> list[list[str]]:
    """What the corpus says of a kind."""
    return [each["facts"] for each in CORPUS[which] if each["kind"] == kind]


async def failures(site: Site) -> int:
    """How many counts of tries there are."""
    return int((await site.desk.rows("SELECT coalesce(sum(times), 0) FROM failure"))[0][0])


@pytest.mark.parametrize("kind", KINDS)
async def test_p5_p6_what_the_corpus_calls_the_same_opens_the_page_and_the_api(asking: Asking, kind: str) -> None:
    async with asking(kind) as site:
        for place, (kept, *others) in enumerate(groups("same", kind)):
            reference = await site.case(f"S-{place}", known_fact=kept)
            refused = [each for each in others if (await site.track(reference, each)).status_code != 200]
            assert refused == [], kept
            assert (await site.page(reference, others[-1])).status_code == 200
        for place, (kept, *others) in enumerate(groups("different", kind)):
            await forget_failures(site)
            reference = await site.case(f"D-{place}", known_fact=kept)
            opened = [each for each in others if (await site.track(reference, each)).status_code != 404]
            assert opened == [], kept


@pytest.mark.parametrize("kind", KINDS)
async def test_p5_p6_what_an_office_sends_is_read_by_the_same_rules(asking: Asking, kind: str) -> None:
    async with asking(kind) as site:
        for place, (typed, *sent) in enumerate(groups("same", kind)):
            reference = await site.case(f"S-{place}", known_fact=sent[0])
            assert (await site.track(reference, typed)).status_code == 200, (sent[0], typed)
            assert (await site.track(reference, sent[-1])).status_code == 200, sent


@pytest.mark.parametrize("kind", KINDS)
async def test_p5_p6_the_desk_says_that_it_fits_by_the_same_rules(asking: Asking, kind: str) -> None:
    async with asking(kind) as site, signed_in(site.app, site.desk) as agent:
        kept, *others = groups("same", kind)[0]
        await site.case(known_fact=kept)
        path = f"/desk/cases/{(case := await case_id(site.desk))}/identity"
        for said in others[:4]:
            await agent.open(case)
            await agent.send(path, said=said)
            assert "It fits." in agent.words, said
        for said in groups("different", kind)[0][1:3]:
            await agent.open(case)
            await agent.send(path, said=said)
            assert ("It fits." in agent.words) is (said in others)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Lech Wałęsa", "Walesa"),
        ("Kari Øverland", "overland"),
        ("Kari Overland", "Øverland"),
        ("Jürgen Müller", "Jurgen Mueller"),
        ("Åse Hansen", "aase"),
        ("Ayşe Yıldırım", "ayse yildirim"),
        ("Joanna Straße", "strasse joanna"),
        ("Йосиф Бродский", "йосиф"),
    ],
)
async def test_p5_the_desk_finds_a_name_however_it_is_typed(site: Site, name: str, typed: str) -> None:
    await site.case(name=name)
    await site.case("P-2", name="Robin Doe")
    async with signed_in(site.app, site.desk) as agent:
        page = await agent.search(typed)
        assert page.url.path == f"/desk/cases/{await case_id(site.desk)}", typed


async def test_p5_a_name_and_a_fact_find_one_of_many_in_any_spelling(born: Site) -> None:
    for number, day in (("P-1", BORN), ("P-2", "1980-03-25")):
        await born.case(number, name="Lech Wałęsa", known_fact=day)
    async with signed_in(born.app, born.desk) as agent:
        for typed in ("Walesa 3/4/1980", "walesa 3 April 1980", "3.4.80 Wałęsa"):
            page = await agent.search(typed)
            assert page.url.path == f"/desk/cases/{await case_id(born.desk)}", typed


async def test_p6_a_date_with_two_readings_asks_for_three_boxes_and_is_no_failed_try(born: Site) -> None:
    reference = await born.case(known_fact=BORN)
    for typed in ("3/4/1980", "03.04.1980", "3 4 80", "03041980"):
        page = await born.page(reference, typed)
        assert page.status_code == 400
        said = words(page.text)
        assert "This date can be read in more than one way." in said and "Date of birth" in said
        for name, value in (("day", ""), ("month", ""), ("year", "1980")):
            assert f'<label for="{name}">' in page.text
            assert f'name="{name}" value="{value}"' in page.text
        assert 'name="known_fact"' not in page.text and f'value="{reference}"' in page.text
    for typed in [typed for typed in CORPUS["ambiguous"]["dates"] for _ in range(3)]:
        await born.track(reference, typed)
    boxes = {"reference": reference, "day": "3", "month": "4", "year": "1980"}
    assert (await born.http.post("/track", data=boxes)).status_code == 200
    assert (await born.http.post("/track", data={**boxes, "month": "April"})).status_code == 200
    await forget_failures(born)
    await born.page(reference, "3/4/1980")
    assert (await born.track(reference, "x")).status_code == 404, "what was asked is counted apart"


async def test_p6_the_other_day_in_the_boxes_is_a_failed_try_and_the_form_keeps_what_was_typed(born: Site) -> None:
    reference = await born.case(known_fact=BORN)
    boxes = {"reference": reference, "day": "4", "month": "3", "year": "1980", "language": "cy"}
    page = await born.http.post("/track", data=boxes)
    assert page.status_code == 404
    assert await failures(born) == 3, "the reference, the address, and all together"
    for name in ("day", "month", "year"):
        assert f'name="{name}" value="{boxes[name]}"' in page.text
    assert "Dyddiad geni" in words(page.text)


@pytest.mark.parametrize(
    ("boxes", "field", "said"),
    [
        (("31", "2", "1980"), "day", "There is no such day."),
        (("3", "", "1980"), "day", "There is no such day."),
        (("3", "4", "15"), "year", "Write the year with four numbers."),
    ],
)
async def test_p6_boxes_that_are_no_day_are_asked_again_and_count_as_nothing(
    born: Site, boxes: tuple[str, str, str], field: str, said: str
) -> None:
    reference = await born.case(known_fact=BORN)
    typed = {"reference": reference, **dict(zip(("day", "month", "year"), boxes, strict=True))}
    page = await born.http.post("/track", data=typed)
    assert page.status_code == 400
    assert said in words(page.text) and f'<a href="#{field}">' in page.text
    assert all(f'name="{name}" value="{typed[name]}"' in page.text for name in ("day", "month", "year"))


async def test_p6_the_api_says_how_to_send_a_date_with_two_readings(born: Site) -> None:
    reference = await born.case(known_fact=BORN)
    told = problem(await born.track(reference, "3/4/1980"), 400, "ambiguous-date")
    assert "1980-04-03" in told["remedy"] and told["pointer"] == "/known_fact"
    assert (await born.track(reference, ALSO)).status_code == 404
    assert (await born.track(reference, BORN)).status_code == 200


async def test_p6_what_is_ambiguous_is_answered_alike_whether_there_is_such_a_request_or_not(
    born: Site,
) -> None:
    ours = await born.case(known_fact=BORN)
    answers = [await born.track(reference, "1/2/1980") for reference in (ours, invented())]
    theirs = DEFINITION.replace(POSTCODE, 'kind = "surname"')
    await versions.apply(born.desk.store, born.desk.office, theirs)
    answers += [await born.track(reference, "1/2/1980") for reference in (ours, invented())]
    assert {each.status_code for each in answers} == {400}
    assert len({each.content for each in answers}) == 1


async def test_p6_asking_has_an_end_of_its_own_that_stops_nobody_from_opening(born: Site) -> None:
    reference = await born.case(known_fact=BORN)
    asked = [(await born.track(reference, "3/4/1980")).status_code for _ in range(tries.PER_REFERENCE + 2)]
    assert asked == [400] * tries.PER_REFERENCE + [429, 429]
    assert (await born.track(reference, BORN)).status_code == 200


async def test_p6_a_date_that_an_office_sends_with_two_readings_opens_by_each(born: Site) -> None:
    reference = await born.case(known_fact="3/4/1980")
    assert [(await born.track(reference, each)).status_code for each in (BORN, ALSO, "5 April 1980")] == [200, 200, 404]


async def test_p6_the_desk_asks_for_the_month_by_its_name_and_counts_nothing(born: Site) -> None:
    await born.case(known_fact=BORN)
    async with signed_in(born.app, born.desk) as agent:
        path = f"/desk/cases/{(case := await case_id(born.desk))}/identity"
        before = await failures(born)
        for said, answer in (("3/4/1980", "This can be more than one date."), ("3 April 1980", "It fits.")):
            await agent.open(case)
            await agent.send(path, said=said)
            assert answer in agent.words
        assert await failures(born) == before


async def test_p5_a_fact_that_was_kept_by_an_earlier_release_opens_as_before(asking: Asking) -> None:
    async with asking("surname") as site:
        reference = await site.case(known_fact="Wałęsa")
        before = hmac.digest(SECRET, f"known-fact\0{site.desk.office.id}\0WAŁESA".encode(), "sha256")
        await site.desk.change('UPDATE "case" SET known_facts = ARRAY[CAST(:before AS bytea)]', before=before)
        assert (await site.track(reference, "wałęsa")).status_code == 200
        assert (await site.track(reference, "Walesa")).status_code == 404
        await site.party("P-1", known_fact="Wałęsa")
        assert (await site.track(reference, "Walesa")).status_code == 200

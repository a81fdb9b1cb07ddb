"""The citizen's page and its JSON: the same facts, for one pair alone, typed in any way."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.http import Site, open_site
from tests.office import DEFINITION, START, open_desk
from tests.web.reading import FACT, LATER, forget_failures, invented, long, words
from tracker.core.vocabulary import references
from tracker.store.ground.engine import Store


async def test_the_page_and_the_json_say_the_same(site: Site) -> None:
    reference = await site.case()
    await site.status("P-1", "RFI", at=LATER, expected_on="2026-04-27", public_note="We asked on the phone, too.")
    items = [
        {"item": "plan", "code": "floor_plan", "due_on": "2026-03-20"},
        {"item": "photo", "text": "A photo of the gate", "supplied_at": LATER.isoformat()},
    ]
    asked = site.event(type="case.needs", time=LATER.isoformat(), data={"items": items})
    assert (await site.post(asked)).status_code == 202
    await site.desk.carry()
    told = (await site.track(reference, FACT)).json()
    page = await site.page(reference, FACT)
    said = words(page.text)
    assert page.status_code == 200

    assert told["reference"] == reference
    assert (told["stage"]["code"], told["state"], told["waiting_on"], told["clock"]) == (
        "more_needed",
        "open",
        "you",
        "paused",
    )
    for fact in (
        told["reference"],
        told["organisation"],
        told["service"],
        told["stage"]["headline"],
        told["stage"]["meaning"],
        long(told["promise"]["latest_on"]),
        long(told["next_word_by"]),
        "We are waiting for you.",
        *(need["text"] for need in told["needs"]),
        *(line["headline"] for line in told["history"]),
        *(line["note"] for line in told["history"]),
    ):
        assert fact in said, fact
    assert told["promise"]["basis"] == "office"
    assert "Northwick Council set this date." in said
    assert [need["due_on"] for need in told["needs"]] == ["2026-03-20", None]
    assert [need["supplied_at"] is None for need in told["needs"]] == [True, False]
    assert "20 March" in said
    assert len(told["messages"]) == page.text.count('class="message-what"') > 0
    assert [line["stage"] for line in told["history"]] == ["more_needed", "received"]
    assert page.text.count('class="timeline-when"') == len(told["history"])


async def test_a_public_note_is_no_new_step_and_an_internal_one_is_nobodys(site: Site) -> None:
    reference = await site.case()
    for audience, text in (("public", "We tried to call you."), ("internal", "Seems cross.")):
        data = {"text": text, "audience": audience}
        assert (await site.post(site.event(type="case.note", time=LATER.isoformat(), data=data))).is_success
    told, page = await site.track(reference, FACT), await site.page(reference, FACT)
    assert [(line["stage"], line["headline"], line["note"]) for line in told.json()["history"]] == [
        (None, "", "We tried to call you."),
        ("received", "We have your building plans", ""),
    ]
    assert "A note from the office We tried to call you." in words(page.text)
    assert "cross" not in told.text + page.text


async def test_a_request_that_ended_says_so_in_both(site: Site) -> None:
    reference = await site.case()
    await site.status("P-1", "WITHDRAWN", at=LATER)
    told, page = (await site.track(reference, FACT)).json(), words((await site.page(reference, FACT)).text)
    assert (told["state"], told["outcome"], told["next_word_by"], told["no_promise_reason"]) == (
        "closed",
        "withdrawn",
        None,
        "finished",
    )
    assert "How it ended" in page
    assert told["stage"]["headline"] in page


async def test_an_unmapped_status_shows_a_neutral_sentence_and_never_the_code(site: Site) -> None:
    reference = await site.case()
    assert (await site.status("P-1", "ZZ99-HOLD", at=LATER)).json()["outcome"] == "quarantined"
    told, page, caught = await site.track(reference, FACT), await site.page(reference, FACT), await site.outbox()
    assert told.json()["stage"]["code"] is None
    assert told.json()["stage"]["headline"] == "There is news that we are checking"
    assert "There is news that we are checking" in words(page.text)
    for text in (told.text, page.text, caught):
        assert "ZZ99" not in text


async def test_every_wrong_pair_has_the_same_answer_case_72(site: Site) -> None:
    reference = await site.case()
    await site.case("P-2", known_fact="ZZ9 9ZZ")
    pairs = [(reference, "ZZ9 9ZZ"), (reference, "x"), (reference, "@"), (invented(), FACT), (invented(), "ZZ9 9ZZ")]
    answers = [await site.track(*pair) for pair in pairs]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({repr(answer.headers) for answer in answers}) == 1
    pages = [await site.page(*pair) for pair in pairs]
    assert {page.status_code for page in pages} == {404}
    assert len({page.text.replace(pair[0], "-") for page, pair in zip(pages, pairs, strict=True)}) == 1


async def test_every_wrong_pair_takes_the_same_time_case_72(site: Site, record_property: Any) -> None:
    reference = await site.case()
    for step in range(40):
        at = (START - timedelta(days=30) + timedelta(hours=step)).isoformat()
        note = site.event(type="case.note", time=at, data={"text": "a remark", "audience": "public"})
        assert (await site.post(note)).status_code == 202
    await site.desk.carry()

    async def one(asked: str) -> float:
        begun = time.perf_counter()
        answer = await site.track(asked, "ZZ9 9ZZ")
        taken = time.perf_counter() - begun
        assert answer.status_code == 404
        return taken

    known, unknown = [], []
    for place in range(220):
        if place % 8 == 0:
            await forget_failures(site)
        known.append(await one(reference))
        unknown.append(await one(invented()))
    ratio = statistics.median(known[20:]) / statistics.median(unknown[20:])
    record_property("timing_ratio", ratio)
    print(f"right reference {statistics.median(known[20:]) * 1e3:.2f} ms, ratio {ratio:.2f}")
    assert 0.6 < ratio < 1.67


async def test_a_mistyped_reference_is_told_without_a_question_to_the_database(tmp_path: Path, site: Site) -> None:
    reference = await site.case()
    wrong = reference[:-1] + next(symbol for symbol in references.ALPHABET if symbol != reference[-1])
    await site.desk.store.engine.dispose()
    before = await site.desk.rows("SELECT count(*) FROM failure")
    answer = await site.track(wrong, FACT)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/mistyped-reference")
    page = await site.page(wrong, FACT)
    assert page.status_code == 400
    assert "does not add up" in words(page.text)
    assert await site.desk.rows("SELECT count(*) FROM failure") == before
    assert FACT not in page.text


async def test_two_organisations_with_the_same_numbers_do_not_mix_case_84(site: Site, store: Store) -> None:
    ours = await site.case("P-1")
    other = await open_desk(store, slug="southwick")
    theirs = references.spell(str((await other.status("P-1", "REC")).reference))
    await other.party("P-1", known_fact="ZZ9 9ZZ", name="Robin Doe")
    await other.status("P-1", "ASSESS", public_note="only theirs")
    told = await site.track(ours, FACT)
    assert told.json()["organisation"] == "Northwick Council"
    assert "only theirs" not in told.text
    assert (await site.track(ours, "ZZ9 9ZZ")).status_code == 404
    assert (await site.track(theirs, FACT)).status_code == 404
    assert (await site.track(theirs, "ZZ9 9ZZ")).json()["stage"]["code"] == "assessing"
    assert (await site.status("P-1", "VAL", at=LATER)).json()["reference"] == ours
    letters = (await site.outbox(reference=ours)).split('<li class="letter"')[1:]
    assert letters
    assert not [letter for letter in letters if "Southwick" in letter]


async def test_a_case_without_a_known_fact_opens_to_nobody(site: Site) -> None:
    reference = (await site.status("P-1", "REC")).json()["reference"]
    for fact in ("", " ", "-", "None", "null"):
        assert (await site.track(reference, fact)).status_code == 404


async def test_references_and_facts_are_read_forgivingly(site: Site) -> None:
    reference = await site.case()
    bare = reference.replace("-", "")
    wide = "".join(chr(ord(symbol) + 0xFEE0) for symbol in bare)
    for typed in (
        bare,
        bare.lower(),
        f"  {reference.lower()} ",
        reference.replace("-", " "),
        " ".join(bare),
        wide,
        reference.replace("-", "–"),
        f"Ref: {reference}".removeprefix("Ref: "),
        f"{bare}.",
        bare.replace("D", "O").replace("V", "u").replace("G", "6"),
    ):
        assert (await site.track(typed, FACT)).status_code == 200, typed
    for fact in ("ab1 2cd", "AB12CD", " a b 1 2 c d ", "ab1-2cd", "ＡＢ１２ＣＤ", "Ab1.2cD"):
        assert (await site.track(reference, fact)).status_code == 200, fact
        assert (await site.page(reference, fact)).status_code == 200, fact


@pytest.mark.parametrize(
    ("known", "typed"),
    [("O'Brien-Núñez", "obrien nunez"), ("1980-03-07", "7/3/1980"), ("1980-03-07", "07 03 1980"), ("Müller", "MULLER")],
)
async def test_names_and_dates_are_read_forgivingly(store: Store, tmp_path: Path, known: str, typed: str) -> None:
    anything = DEFINITION.replace('kind = "postcode"', 'kind = "other"')
    async with open_site(store, tmp_path, definition=anything) as site:
        reference = await site.case(known_fact=known)
        assert (await site.track(reference, typed)).status_code == 200


async def test_what_is_missing_is_asked_for(site: Site) -> None:
    reference = await site.case()
    half = {"reference": reference}
    for typed, field in (
        ({}, "reference"),
        (half, "known_fact"),
        ({"known_fact": "x"}, "reference"),
        ({"reference": " ", "known_fact": "x"}, "reference"),
    ):
        page = await site.http.post("/track", data=typed)
        assert page.status_code == 400
        assert f'href="#{field}"' in page.text
    given = await site.http.get("/track", params={"reference": reference})
    assert f'value="{reference}"' in given.text


@pytest.mark.parametrize(
    ("query", "header", "language", "chosen"),
    [
        ("", "", "en", ""),
        ("", "en-GB,en;q=0.9", "en", ""),
        ("", "ar-EG, en;q=0.5", "ar", "ar"),
        ("cy", "ar", "cy", "cy"),
        ("en", "ar", "en", "en"),
        ("xx", "", "en", ""),
        ("../ar", "cy;q=x", "en", ""),
        ("x" * 3_000, "cy", "cy", "cy"),
    ],
)
async def test_the_open_pages_speak_the_language_that_is_asked_for(
    site: Site, query: str, header: str, language: str, chosen: str
) -> None:
    for path in ("/", "/track"):
        answer = await site.http.get(path, params={"language": query}, headers={"Accept-Language": header})
        assert answer.status_code == 200
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in answer.text
        assert answer.headers["vary"] == "Accept-Language"
        assert ("language=" + chosen + '"' in answer.text) is bool(chosen)
        assert "set-cookie" not in answer.headers
    assert ('name="language"' in answer.text) is bool(chosen)


async def test_the_form_keeps_its_language_when_something_is_wrong(site: Site) -> None:
    reference = await site.case()
    for typed, status, said in (
        ({}, 400, "Rhowch eich cyfeirnod"),
        ({"reference": reference}, 400, "Rhowch yr ail fanylyn"),
        ({"reference": "CDFG", "known_fact": "x"}, 400, "Nid yw'r cyfeirnod yn gywir"),
        ({"reference": reference, "known_fact": "x"}, 404, "Ni ddaethon ni o hyd i gais"),
    ):
        page = await site.http.post("/track", data={**typed, "language": "cy"})
        assert page.status_code == status
        assert '<html lang="cy" dir="ltr">' in page.text
        assert said in words(page.text)
        assert '<input type="hidden" name="language" value="cy">' in page.text


@pytest.mark.parametrize(
    ("chosen", "header", "language"),
    [
        ("", "", "cy"),
        ("", "en-GB,en;q=0.9", "cy"),
        ("xx", "", "cy"),
        ("x" * 500, "tlh", "cy"),
        ("", "es", "es"),
        ("ar", "es", "ar"),
        ("en", "es", "en"),
    ],
)
async def test_the_page_of_a_request_speaks_the_chosen_language_else_the_persons(
    site: Site, chosen: str, header: str, language: str
) -> None:
    reference = await site.case(language="cy")
    typed = {"reference": reference, "known_fact": FACT, "language": chosen}
    page = await site.http.post("/track", data=typed, headers={"Accept-Language": header})
    assert page.status_code == 200
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page.text
    told = (await site.track(reference, FACT, language=language)).json()
    assert told["language"] == language
    assert told["stage"]["headline"] in words(page.text)

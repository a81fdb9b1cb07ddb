"""The page that asks how it was: it records nothing when looked at, and says nothing of the person."""

from __future__ import annotations

import html

import httpx
import pytest

from tests.http import Site
from tests.office import SECRET
from tests.web.reading import words
from tracker.core.vocabulary.seals import LinkKind, seal

PAGE = {"Accept": "text/html"}


@pytest.fixture
async def link(site: Site) -> str:
    """The address that asks the applicant of a finished case."""
    await site.case("P-1")
    await site.status("P-1", "GRANTED")
    await site.desk.carry()
    [(message,)] = await site.desk.rows("SELECT id FROM message WHERE purpose = 'finished'")
    return f"/feedback/{seal(SECRET, LinkKind.FEEDBACK, site.desk.office.id, message)}"


async def scores(site: Site) -> list[int]:
    return [row.score for row in await site.desk.rows("SELECT score FROM feedback")]


async def send(site: Site, link: str, **typed: str) -> httpx.Response:
    return await site.http.post(link, data=typed, headers=PAGE)


async def test_the_page_asks_one_question_and_names_nobody(site: Site, link: str) -> None:
    answer = await site.http.get(link, headers=PAGE)
    assert answer.status_code == 200
    read = words(answer.text)
    for said in ("How was it for you?", "Building permit", "Northwick Council", "Very bad", "Very good"):
        assert said in read
    [(reference,)] = await site.desk.rows('SELECT reference FROM "case"')
    assert reference in answer.text.replace("-", "")
    for private in ("Alex", "Morgan", "alex@example.org", "AB1"):
        assert private not in answer.text
    assert answer.text.count('type="radio"') == 5
    assert "set-cookie" not in answer.headers and "<script" not in answer.text


async def test_75_a_scanner_that_opens_the_link_votes_for_nothing(site: Site, link: str) -> None:
    for path in (link, f"{link}?score=1"):
        await site.http.get(path, headers=PAGE)
        await site.http.head(path)
    assert await scores(site) == []


async def test_75_one_answer_counts_and_may_be_changed(site: Site, link: str) -> None:
    assert "Thank you" in words((await send(site, link, score="2", comment="slow")).text)
    assert "You have answered before" in words((await site.http.get(link, headers=PAGE)).text)
    assert (await send(site, link, score="5", comment="")).status_code == 200
    assert await scores(site) == [5]


@pytest.mark.parametrize("score", ["", "0", "6", "3.5", "-1", "٣", "x", "5; DROP TABLE feedback"])
async def test_a_bad_score_is_asked_again_in_words(site: Site, link: str, score: str) -> None:
    answer = await send(site, link, score=score, comment="keep <this>")
    assert answer.status_code == 400
    assert "There is a problem" in words(answer.text) and "<title>Error:" in answer.text
    assert "Choose one of the five answers" in words(answer.text)
    assert "keep &lt;this&gt;</textarea>" in answer.text
    assert await scores(site) == []


async def test_a_comment_that_is_too_long_is_given_back_to_shorten(site: Site, link: str) -> None:
    long = "ä\r\n" * 501
    answer = await send(site, link, score="4", comment=long)
    assert answer.status_code == 400
    assert "we can keep 1000 characters" in words(answer.text)
    assert "ä\n" * 499 in html.unescape(answer.text).replace("\r\n", "\n")
    # A browser counts a line end as one character and sends two.
    assert (await send(site, link, score="4", comment="ä\r\n" * 500)).status_code == 200
    assert (await send(site, link, score="4", comment="😀" * 1_000)).status_code == 200


async def test_76_markup_in_a_comment_is_text(site: Site, link: str) -> None:
    nasty = '</textarea><script>alert(1)</script>=cmd|" /C calc"!A0'
    assert (await send(site, link, score="1", comment=nasty)).status_code == 200
    assert "<script" not in (await send(site, link, score="", comment=nasty)).text
    [(comment,)] = await site.desk.rows("SELECT comment FROM feedback")
    assert comment == nasty, "kept as it was written: what shows it escapes it"


async def test_links_that_lead_nowhere_are_told_alike(site: Site, link: str) -> None:
    [(message,)] = await site.desk.rows("SELECT id FROM message WHERE purpose = 'finished'")
    stop = f"/feedback/{seal(SECRET, LinkKind.STOP, site.desk.office.id, message)}"
    pages = set()
    for wrong in ("/feedback/x", link[:-1], link + "A", stop, "/feedback/" + "%00" * 59, "/feedback/" + "é" * 59):
        for answer in (await site.http.get(wrong, headers=PAGE), await send(site, wrong, score="3")):
            assert answer.status_code == 404
            pages.add(answer.text)
    assert len(pages) == 1
    assert "This link leads nowhere" in words(pages.pop())


async def test_a_body_that_is_too_long_is_cut_off(site: Site, link: str) -> None:
    answer = await send(site, link, score="3", comment="x" * 21_000)
    assert answer.status_code == 413
    assert await scores(site) == []

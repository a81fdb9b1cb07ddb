"""The desk and the citizen's page say the same, whatever state a case is in; and what staff do is seen at once."""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.desk_staff import Agent, case_id, signed_in
from tests.http import Site
from tests.office import START, open_desk
from tests.web.reading import FACT, LATER, long
from tracker.core.vocabulary.messages import Reason
from tracker.store.ground.engine import Store


async def nothing(site: Site) -> None:
    """As it was opened."""


async def asked(site: Site) -> None:
    """Something is wanted, by a day."""
    await site.status("P-1", "RFI", at=LATER, public_note="We asked on the phone, too.")
    items = [{"item": "plan", "code": "floor_plan", "due_on": "2026-03-20"}, {"item": "x", "text": "A <b>photo</b>"}]
    await site.post(site.event(type="case.needs", time=LATER.isoformat(), data={"items": items}))


async def dated(site: Site) -> None:
    """The office set a date, and then another."""
    await site.status("P-1", "ASSESS", at=LATER, expected_on="2026-04-20")
    await site.status("P-1", "ASSESS", at=LATER + timedelta(minutes=1), expected_on="2026-04-27")


async def late(site: Site) -> None:
    """The day has passed."""
    await site.status("P-1", "ASSESS", at=LATER, expected_on="2026-03-04")
    await site.desk.move(START + timedelta(days=3, hours=12))


async def consulted(site: Site) -> None:
    """Somebody else has the ball."""
    await site.status("P-1", "CONSULT", at=LATER)


async def unmapped(site: Site) -> None:
    """The office reported a code that nobody knows."""
    await site.status("P-1", "XQ-77", at=LATER)


async def silent(site: Site) -> None:
    """The office has fallen silent."""
    await site.desk.move(START + timedelta(days=6))


async def refused(site: Site) -> None:
    """The answer was no, and it was served."""
    await site.status("P-1", "REFUSED", at=LATER, served_on=START.date().isoformat())


async def withdrawn(site: Site) -> None:
    """It was taken back."""
    await site.status("P-1", "WITHDRAWN", at=LATER)


async def unserved(site: Site) -> None:
    """A decision that may not be told yet."""
    await site.status("P-1", "REFUSED", at=LATER)


STATES = [nothing, asked, dated, late, consulted, unmapped, silent, refused, withdrawn, unserved]


def plain(page: str) -> str:
    """What a person reads of a part of a page; markup of others counts as words."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).split())


def read_out(agent: Agent) -> str:
    """The part of the desk that is read out, as words."""
    return plain(agent.text.split('class="read-out"')[1].split("</section>")[0])


def answers(page: str) -> list[str]:
    """The sentences of the answers on the citizen's page."""
    part = page.split('<div class="answers">')[1].split('<section class="block')[0]
    found = re.findall(r"<p[^>]*>(.*?)</p>|<span class=\"task[^>]*>(.*?)</span>", part, re.DOTALL)
    return [plain(each) for pair in found for each in pair if each.strip()]


@pytest.mark.parametrize("state", STATES, ids=lambda each: each.__name__)
async def test_the_desk_says_what_the_page_and_the_api_say(
    site: Site, state: Callable[[Site], Awaitable[None]]
) -> None:
    reference = await site.case()
    await state(site)
    await site.desk.carry()
    told: dict[str, Any] = (await site.track(reference, FACT)).json()
    citizen = (await site.page(reference, FACT)).text
    async with signed_in(site.app, site.desk) as ann:
        await ann.search(reference)
        said, whole = read_out(ann), ann.words
        for fact in (
            told["stage"]["headline"],
            told["stage"]["meaning"],
            *(need["text"] for need in told["needs"] if told["state"] == "open"),
        ):
            assert plain(html.escape(fact)) in said, fact
        if told["promise"] and told["state"] == "open" and not told["source_silent"]:
            assert long(told["promise"]["latest_on"]) in said
        for fact in (
            told["reference"],
            told["service"],
            told["organisation"],
            *(long(each["latest_on"]) for each in told["promises"]),
            *(line["headline"] for line in told["history"]),
            *(line["note"] for line in told["history"]),
        ):
            assert fact in whole, fact
        # To the letter: each sentence of the answers of the page is read out, too.
        sentences = answers(citizen)
        assert len(sentences) > 4
        for sentence in sentences:
            unstamped = re.sub(r" ?(This began|It ended) .*", "", sentence)
            assert unstamped in said, unstamped
        await ann.get(re.search(r'href="(/desk/cases/[^"]+/page[^"]*)"', ann.text)[1].replace("&amp;", "&"))  # type: ignore[index]
        assert answers(ann.text) == sentences, "the page within the desk is the citizen's own"


@pytest.mark.parametrize(
    ("seen", "then", "said"),
    [
        (False, None, "We have no record that anybody outside the office was told a date before its day was over."),
        (True, None, "The first date that they were told: 27 April 2026. Its day is not over."),
        (True, "GRANTED", "The first date that they were told: 27 April 2026. It came true."),
        (True, "WITHDRAWN", "It does not count: the request was withdrawn or joined to another."),
    ],
)
async def test_the_desk_says_what_became_of_the_first_date_that_they_were_told(
    site: Site, seen: bool, then: str | None, said: str
) -> None:
    reference = await site.case()
    if seen:
        await site.page(reference, FACT)
    if then:
        await site.status("P-1", then, at=LATER)
    async with signed_in(site.app, site.desk) as ann:
        await ann.search(reference)
        assert said in ann.words


async def test_the_desk_speaks_the_callers_language_and_keeps_its_own(site: Site) -> None:
    reference = await site.case(language="cy")
    told = (await site.track(reference, FACT)).json()
    english = (await site.track(reference, FACT, language="en")).json()
    assert told["language"] == "cy" and told["stage"]["headline"] != english["stage"]["headline"]
    async with signed_in(site.app, site.desk) as ann:
        await ann.search(reference)
        assert told["stage"]["headline"] in read_out(ann) and 'class="read-out" lang="cy"' in ann.text
        assert "Log the contact" in ann.words and "Does it fit?" in ann.words
        case = await case_id(site.desk)
        await ann.get(f"/desk/cases/{case}?why=contacted&language=en")
        assert english["stage"]["headline"] in read_out(ann)
        await ann.get(f"/desk/cases/{case}?why=contacted&language=xx%22%3E")
        assert told["stage"]["headline"] in read_out(ann), "an unknown language is the person's own"


async def test_why_they_heard_nothing_is_said_in_words_for_every_reason(site: Site) -> None:
    reference = await site.case()
    await site.status("P-1", "ASSESS", at=LATER)
    await site.desk.carry()
    case = await case_id(site.desk)
    async with signed_in(site.app, site.desk) as ann:
        for reason in Reason:
            state = "held" if reason is Reason.SOURCE_SILENT else "withheld"
            async with site.desk.store.transaction() as connection:
                await connection.exec_driver_sql("UPDATE message SET state = $1, reason = $2", (state, reason.value))
            await ann.open(case)
            part = plain(ann.text.split('id="messages-title"')[1].split("</section>")[0])
            assert ("Not sent:" in part) == (state == "withheld") and ("On hold:" in part) == (state == "held")
            assert reason.value not in part.split() and "Send again" not in part
    assert reference


async def test_what_is_held_back_or_not_served_is_not_put_before_whoever_talks_to_them(site: Site) -> None:
    await site.case()
    await site.status("P-1", "REFUSED", at=LATER, internal_note="It is a no.")
    held = site.event(
        type="case.note",
        time=LATER.isoformat(),
        data={
            "text": "Held back words.",
            "audience": "public",
            "hold_until": (START + timedelta(days=9)).isoformat(),
        },
    )
    assert (await site.post(held)).is_success
    for audience, text in (("internal", "Seems <i>cross</i>."), ("public", "We rang you.")):
        data = {"text": text, "audience": audience}
        assert (await site.post(site.event(type="case.note", time=LATER.isoformat(), data=data))).is_success
    async with signed_in(site.app, site.desk) as ann:
        await ann.open(await case_id(site.desk))
        assert "Internal: Seems <i>cross</i>." in ann.words and "On the page: We rang you." in ann.words
        assert "A decision that was not served yet" in ann.words and "Held back by the office" in ann.words
        for hidden in ("It is a no", "Held back words", "REFUSED", "cannot"):
            assert hidden not in ann.words


async def test_a_contact_is_logged_in_two_clicks_and_shows_at_once(site: Site) -> None:
    await site.case()
    await asked(site)
    case = await case_id(site.desk)
    async with signed_in(site.app, site.desk) as ann:
        await ann.open(case)
        await ann.send(f"/desk/cases/{case}/contacts", channel="phone")
        assert "The contact is on record." in ann.words
        assert "What must I do? Phone, at" in ann.words and "Ann Agent" in ann.words
        await ann.send(f"/desk/cases/{case}/contacts", reason="complaint", channel="letter")
        await ann.send(f"/desk/cases/{case}/notes", words="Rang twice.\n<script>alert(1)</script>")
        assert "Rang twice. <script>alert(1)</script>" in ann.words and "<script" not in ann.text
        await ann.send(f"/desk/cases/{case}/notes", words="  ")
        assert "it was not kept" in ann.words
        for odd in ({"reason": "because"}, {"channel": "pigeon"}, {"once": "1"}, {"why": "boredom"}):
            await ann.open(case)
            assert (await ann.send(f"/desk/cases/{case}/contacts", **{"channel": "phone", **odd})).status_code == 403
    rows = await site.desk.rows("SELECT reason, demand, channel FROM contact ORDER BY id")
    assert [tuple(row) for row in rows] == [("what_must_i_do", "value", "phone"), ("complaint", "failure", "letter")]


async def test_a_message_is_sent_again_from_the_case(site: Site) -> None:
    await site.case()
    await site.desk.carry()
    case = await case_id(site.desk)
    async with signed_in(site.app, site.desk) as ann:
        await ann.open(case)
        action = re.findall(rf'action="(/desk/cases/{case}/messages/[^"]+)"', ann.text)[0]
        await ann.send(action)
        assert "The message goes out again now." in ann.words
        await site.desk.carry()
        await ann.open(case)
        assert ann.words.count("Arrived. We sent it") == 2


async def test_nobody_looks_without_a_reason_case_78(site: Site) -> None:
    await site.case()
    case = await case_id(site.desk)
    async with signed_in(site.app, site.desk) as ann:
        for path in (f"/desk/cases/{case}", f"/desk/cases/{case}?why=boredom", f"/desk/cases/{case}/page"):
            await ann.get(path)
            assert "Why do you look at this request?" in ann.words and "P-1" not in ann.words
        await ann.search("P-1", why="boredom")
        assert ann.page is not None and ann.page.status_code == 400 and "Say why you look" in ann.words
        assert not await site.desk.rows("SELECT 1 FROM audit WHERE action LIKE 'desk.%'")


async def test_a_case_of_another_office_is_told_like_one_that_is_not_there_case_84(site: Site, store: Store) -> None:
    await site.case()
    theirs = await open_desk(store, slug="southwick")
    case = await case_id(site.desk)
    async with signed_in(site.app, theirs, "eve") as eve:
        pages = set()
        for id_ in (str(case), "01a20192-6481-741d-8be9-1841a124be54", "not-an-id"):
            for path in (f"/desk/cases/{id_}?why=contacted", f"/desk/cases/{id_}/page?why=contacted"):
                answer = await eve.get(path)
                assert answer.status_code == 404
                pages.add(eve.words)
        assert len(pages) == 1
        for typed in ("P-1", "alex@example.org", "Morgan"):
            await eve.search(typed)
            assert "Nothing found" in eve.words


async def test_a_search_says_of_a_report_that_is_checked_what_the_page_says(site: Site) -> None:
    reference = await site.case()
    await site.case("P-2")
    await unmapped(site)
    told = (await site.track(reference, FACT)).json()["stage"]
    async with signed_in(site.app, site.desk) as ann:
        await ann.search("Alex Morgan")
        assert f"{told['headline']}. Opened" in ann.words and told["code"] is None

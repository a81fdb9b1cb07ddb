"""A system of the office falls silent beside one that is heard: what page, program, desk and messages say (T19)."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.desk_staff import case_id, signed_in
from tests.http import Site, open_site
from tests.office import START, Desk
from tests.web.reading import FACT, words
from tracker.core.vocabulary.words import Mode
from tracker.flows.organisations.clock import advance
from tracker.flows.organisations.offices import NewSource, add_key, add_source
from tracker.store.ground.engine import Store
from tracker.store.organisations import keys

LAST_HEARD = "When we last heard, the next step was ours."


@pytest.fixture
async def site(store: Store, tmp_path: Path) -> AsyncIterator[Site]:
    """The application, an office and the key of its first system."""
    async with open_site(store, tmp_path) as opened:
        yield opened


async def second(site: Site, *registers: str) -> Desk:
    """The same office, as another of its systems reports to it."""
    desk = site.desk
    await add_source(desk.store, desk.office, NewSource("second", live_from=START, registers=registers))
    key = await add_key(desk.store, desk.office, "second", Mode.LIVE)
    async with desk.store.reading() as connection:
        sender = await keys.sender_by_digest(connection, hashlib.sha256(key.encode()).digest())
    assert sender is not None
    return Desk(desk.store, desk.office, sender, key, made=1000)


async def wait(heard: Desk, days: int) -> None:
    """Days pass, in which one of the systems reports about other requests, and the other does not."""
    for _ in range(days // 3):
        await advance(heard.store, heard.office.id, await heard.now() + timedelta(days=3), heard.worker().carry)
        await heard.status("OTHER", "REC", id=f"other-{heard.made}")


async def told(desk: Desk) -> list[tuple[str, str]]:
    """(purpose, text) of what the people of P-1 have had, in order."""
    rows = await desk.rows(
        """SELECT m.purpose, a.content->>'text' FROM message m JOIN "case" c ON c.id = m.case_id
        JOIN attempt a ON a.message_id = m.id WHERE c.number = 'P-1' AND m.state = 'delivered' ORDER BY m.settled_at"""
    )
    return [tuple(row) for row in rows]


async def test_only_the_requests_of_the_silent_system_say_so_wherever_one_asks(site: Site) -> None:
    heard = await second(site)
    silent = await site.case("P-1")
    answer = await heard.status("Q-1", "REC")
    await heard.party("Q-1")
    await wait(heard, 6)
    shown = words((await site.page(silent, FACT)).text)
    assert LAST_HEARD in shown and "Nothing has come since." in shown and "We will write to you" not in shown
    program = (await site.track(silent, FACT)).json()
    assert (program["source_silent"], program["next_word_by"], program["word_is_sent"]) == (True, None, False)
    async with signed_in(site.app, site.desk) as agent:
        await agent.open(await case_id(site.desk, "P-1"))
        assert LAST_HEARD in agent.words and "We will write to you by" not in agent.words
    assert answer.reference is not None
    other = words((await site.page(answer.reference, FACT)).text)
    assert "The next step is ours." in other and "We will write to you by 16 March 2026" in other
    assert (await site.track(answer.reference, FACT)).json()["next_word_by"] == "2026-03-16"


async def test_what_the_heard_system_reports_of_a_request_of_the_silent_one_ends_its_silence(site: Site) -> None:
    heard = await second(site, "backoffice")
    reference = await site.case("P-1")
    await wait(heard, 15)
    assert LAST_HEARD in words((await site.page(reference, FACT)).text)
    await heard.status("P-1", "ASSESS", register="backoffice")
    await wait(heard, 3)
    assert [purpose for purpose, _ in await told(heard)] == ["acknowledged", "updated"], "no word beside the news"
    shown = words((await site.page(reference, FACT)).text)
    assert "Nothing has come since." not in shown and "The next step is ours." in shown


async def test_after_a_silence_people_hear_what_is_so_and_not_beside_it_that_nothing_is_new(site: Site) -> None:
    heard = await second(site)
    await site.case("P-1")
    await wait(heard, 75)
    await site.desk.status("P-2", "REC")
    await site.desk.carry()
    assert [purpose for purpose, _ in await told(site.desk)] == ["acknowledged", "limit_passed"]


async def test_words_that_a_silence_held_back_are_none_that_people_have_heard(site: Site) -> None:
    """Else the first one that they hear would say that the office was asked again, and operators that people wait."""
    heard = await second(site)
    await site.case("P-1")
    await wait(heard, 51)
    await site.desk.status("P-2", "REC")
    await site.desk.carry()
    [(_, _), (purpose, text)] = await told(site.desk)
    assert purpose == "still_working" and "last reported, on 2 March 2026" in text and "asked the office" not in text
    assert await site.desk.rows("SELECT kind FROM alert WHERE kind = 'nothing_new'") == []
    assert [
        row.quiet_words for row in await site.desk.rows("SELECT quiet_words FROM \"case\" WHERE number = 'P-1'")
    ] == [1]


async def test_a_day_for_what_they_should_send_that_passes_in_a_silence_is_told_as_it_is_once_it_is_over(
    site: Site,
) -> None:
    heard, plan = await second(site), {"item": "plan", "code": "floor_plan", "due_on": "2026-03-12"}
    reference = await site.case("P-1")
    await site.desk.status("P-1", "RFI")
    await site.desk.say("P-1", "case.needs", {"items": [plan]})
    await wait(heard, 15)
    assert "Have you done all of it already? Thank you." in words((await site.page(reference, FACT)).text)
    await site.desk.say("P-1", "case.needs", {"items": [{**plan, "supplied_at": "2026-03-10T10:00:00Z"}]})
    await site.desk.carry()
    assert [purpose for purpose, _ in await told(site.desk)] == ["acknowledged", "action_needed", "supplied"]

"""Nobody is promised a letter that cannot be sent: where nobody of a request can be written to, the page says so."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from tests.desk_staff import case_id, signed_in
from tests.http import Site
from tests.office import SECRET, START, open_desk
from tests.web.desk.test_case import read_out
from tests.web.reading import FACT, LATER, words
from tracker.core.outreach.wishes import Wish
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Mode
from tracker.flows.answers.lookup import Asked, look_up
from tracker.flows.deciding.sweep import sweep
from tracker.flows.outreach import stopping
from tracker.store.ground.engine import Store

BY = "16 March 2026"
PROMISED = f"We will write to you by {BY}, even if nothing has changed."
INSTEAD = f"We may not be able to write to you about this request. Please look at this page again by {BY}."
ALEX, MOBILE = "alex@example.org", "+447700900123"
MAIL, TEXTS = {"channel": "email", "address": ALEX}, {"channel": "sms", "address": MOBILE}


async def wish(site: Site, said: Wish, channel: Channel = Channel.EMAIL, normal: str = ALEX) -> None:
    asked = (Scope(site.desk.office.id, Mode.LIVE), channel, normal)
    await stopping.wish(site.desk.store, SECRET, asked, said, via="link")


def read(shown: str) -> str:
    """Words as they stand on the screen."""
    return shown.replace(" ,", ",").replace(" .", ".")


async def is_sent(site: Site, reference: str) -> bool:
    """Whether a word is promised, as page, JSON and desk say it, which must be the same."""
    told = (await site.track(reference, FACT)).json()
    assert told["next_word_by"] == "2026-03-16"
    page = read(words((await site.page(reference, FACT)).text))
    assert (PROMISED in page, INSTEAD in page) == (told["word_is_sent"], not told["word_is_sent"])
    case = await case_id(site.desk)
    async with signed_in(site.app, site.desk, f"a{secrets.token_hex(4)}") as ann:
        await ann.open(case)
        assert (PROMISED in read(read_out(ann)), INSTEAD in read(read_out(ann))) == (PROMISED in page, INSTEAD in page)
        await ann.get(f"/desk/cases/{case}/page?why=contacted")
        assert (PROMISED in read(ann.words)) is (PROMISED in page)
    return bool(told["word_is_sent"])


async def test_who_can_be_written_to_is_promised_a_word(site: Site) -> None:
    assert await is_sent(site, await site.case())


@pytest.mark.parametrize(
    "party",
    [
        {"channels": []},
        {"channels": [{"channel": "email", "address": "alex@home"}]},
        {"channels": [{"channel": "sms", "address": "999"}]},
        {"role": "helper"},
    ],
)
async def test_who_has_no_address_that_works_or_is_not_told_is_promised_none(site: Site, party: Any) -> None:
    assert not await is_sent(site, await site.case(**party))


@pytest.mark.parametrize(
    "party",
    [
        {"channels": [{"channel": "email", "address": "alex@home"}, TEXTS]},
        {"channels": [MAIL, {"channel": "sms", "address": "999"}], "prefers": "sms"},
    ],
)
async def test_who_has_one_address_that_works_is_promised_a_word_there(site: Site, party: Any) -> None:
    """P2: what can reach nobody is set aside, so that it hides no channel that can."""
    assert await is_sent(site, await site.case(**party))


async def test_a_case_without_anybody_promises_a_word_to_nobody(site: Site) -> None:
    reference = await site.case()
    later = LATER.isoformat()
    data = {"party": "1", "role": "applicant", "remove": True}
    await site.party("P-1", party="2", role="helper", channels=[MAIL], at=LATER)
    answer = await site.post(site.event(type="case.party", time=later, data=data))
    assert answer.json()["outcome"] == "applied"
    told = (await site.track(reference, FACT)).json()
    assert (told["next_word_by"], told["word_is_sent"]) == ("2026-03-16", False)


async def test_an_address_that_the_office_took_back_counts_no_more_in_whatever_order_it_said_so(site: Site) -> None:
    reference = await site.case()
    await site.party("P-1", channels=[], at=LATER)
    assert not await is_sent(site, reference)
    await site.party("P-1", channels=[MAIL], at=LATER - timedelta(minutes=1))
    assert not await is_sent(site, reference)
    await site.party("P-1", channels=[TEXTS], at=LATER + timedelta(minutes=1))
    assert await is_sent(site, reference)


async def test_who_asked_us_to_stop_is_promised_no_word_until_they_ask_us_to_start(site: Site) -> None:
    reference = await site.case()
    await wish(site, Wish.STOP, normal="somebody.else@example.org")
    assert await is_sent(site, reference)
    await wish(site, Wish.STOP)
    assert not await is_sent(site, reference)
    await wish(site, Wish.START)
    assert await is_sent(site, reference)


async def test_as_long_as_one_of_two_can_be_written_to_a_word_is_sent(site: Site) -> None:
    reference = await site.case()
    await site.party("P-1", party="2", role="joint_applicant", channels=[TEXTS], at=LATER)
    await wish(site, Wish.STOP)
    assert await is_sent(site, reference)
    await wish(site, Wish.STOP, Channel.SMS, MOBILE)
    assert not await is_sent(site, reference)


async def test_what_is_only_a_test_is_told_to_nobody(store: Store) -> None:
    desk = await open_desk(store, mode=Mode.TEST)
    answer = await desk.status("P-1", "REC")
    await desk.party("P-1")
    facts = await look_up(store, SECRET, Asked(str(answer.reference), FACT, "203.0.113.7"))
    assert facts.next_word_by is not None and not facts.word_is_sent


async def test_a_case_that_was_not_read_again_since_an_update_goes_by_all_its_addresses(site: Site) -> None:
    reference = await site.case()
    async with site.desk.store.transaction() as connection:
        await connection.execute(text('UPDATE "case" SET word_to = NULL'))
    assert await is_sent(site, reference)


async def test_what_the_page_says_of_the_word_is_what_becomes_of_it(site: Site) -> None:
    """The day comes: the word is withheld, and the page names the next day to look."""
    reference = await site.case(channels=[])
    for day in (1, 2, 3, 4):  # the back office lives
        await site.desk.move(START + timedelta(days=day * 3 + 2))
        await site.desk.status("OTHER", "VAL")
    await site.desk.move(START + timedelta(days=14))
    await sweep(site.desk.store)
    assert ("still_working", "withheld", "no_channel") in await site.desk.messages()
    told = (await site.track(reference, FACT)).json()
    assert told["next_word_by"] > "2026-03-16" and not told["word_is_sent"]


async def test_once_it_is_over_no_word_is_promised(site: Site) -> None:
    reference = await site.case()
    await site.status("P-1", "GRANTED", at=LATER)
    told = (await site.track(reference, FACT)).json()
    assert (told["next_word_by"], told["word_is_sent"]) == (None, False)

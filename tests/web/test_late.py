"""Why a date is late or has moved: the same words on the page, in the JSON, at the desk and in the message."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from templates import own_words
from tests.desk_staff import signed_in
from tests.flows.promises.test_ledger import wait
from tests.http import Site
from tests.office import DEFINITION, START, Desk
from tests.web.desk.test_case import read_out
from tests.web.reading import FACT, LATER, words
from tracker.flows.services import versions

ADVICE = {"en": "We are waiting for advice from another office.", "cy": "Rydyn ni'n aros am gyngor gan swyddfa arall."}
USUAL = own_words.said("en", "delay_reasons", "usual_spread")
BUSY = own_words.said("en", "delay_reasons", "high_demand")


async def caught(desk: Desk, purpose: str) -> str:
    """The words of the message of this purpose that the sandbox caught."""
    await desk.carry()
    [row] = await desk.rows(
        "SELECT a.content->>'text' AS words FROM attempt a JOIN message m ON m.id = a.message_id "
        "WHERE m.purpose = :purpose",
        purpose=purpose,
    )
    return " ".join(str(row.words).split())


async def late(site: Site, **given: Any) -> str:
    """A case whose office's date has passed."""
    reference = await site.case(**{name: given.pop(name) for name in ("language",) if name in given})
    answer = await site.status("P-1", "ASSESS", at=LATER, expected_on="2026-03-04", **given)
    assert answer.json()["outcome"] == "applied"
    await site.desk.move(START + timedelta(days=3, hours=12))
    await site.status("OTHER", "VAL", at=START + timedelta(days=3, hours=12))  # the back office lives
    return reference


@pytest.mark.parametrize("language", ["en", "cy"])
async def test_page_json_and_desk_give_the_offices_reason_in_its_words(site: Site, language: str) -> None:
    reference = await late(site, delay_reason="awaiting_advice", language=language)
    told = (await site.track(reference, FACT)).json()
    assert told["delay"] == {"kind": "late", "reason": "awaiting_advice", "words": ADVICE[language]}
    assert ADVICE[language] in words((await site.page(reference, FACT)).text)
    async with signed_in(site.app, site.desk) as ann:
        await ann.search(reference)
        assert ADVICE[language] in read_out(ann)


async def test_without_a_reason_people_hear_that_it_happens(site: Site) -> None:
    reference = await late(site)
    told = (await site.track(reference, FACT)).json()
    assert told["delay"] == {"kind": "late", "reason": "usual_spread", "words": USUAL}
    assert USUAL in words((await site.page(reference, FACT)).text)


async def test_an_unknown_reason_is_kept_told_to_an_operator_and_worded_later(site: Site) -> None:
    reference = await late(site, delay_reason="PEER-REVIEW")
    told = (await site.track(reference, FACT)).json()
    assert told["stage"]["code"] == "assessing", "the event counts"
    assert told["delay"]["reason"] == "usual_spread"
    page = (await site.page(reference, FACT)).text
    assert USUAL in words(page) and "PEER-REVIEW" not in page
    [alert] = await site.desk.rows("SELECT kind, subject FROM alert WHERE kind = 'reason_unworded'")
    assert alert.subject == "building-permit PEER-REVIEW"
    worded = DEFINITION.replace("[delay_reasons.awaiting_advice]", "[delay_reasons.PEER-REVIEW]")
    await versions.apply(site.desk.store, site.desk.office, worded)
    told = (await site.track(reference, FACT)).json()
    assert (told["delay"]["reason"], told["delay"]["words"]) == ("PEER-REVIEW", ADVICE["en"])


async def test_a_reason_of_ours_and_one_of_the_definition_alert_nobody(site: Site) -> None:
    for reason in ("high_demand", "awaiting_advice"):
        await site.status("P-1", "REC", delay_reason=reason)
    assert not await site.desk.rows("SELECT 1 FROM alert")


async def test_a_date_that_is_not_late_has_no_excuse_whatever_the_office_gave(site: Site) -> None:
    reference = await site.case()
    await site.status("P-1", "ASSESS", at=LATER, expected_on="2026-03-20", delay_reason="high_demand")
    assert (await site.track(reference, FACT)).json()["delay"] is None
    assert BUSY not in (await site.page(reference, FACT)).text
    await site.status("P-1", "ASSESS", at=LATER + timedelta(minutes=1), expected_on="2026-03-27")
    told = (await site.track(reference, FACT)).json()
    assert told["delay"] == {"kind": "moved", "reason": "high_demand", "words": BUSY}
    assert "This is later than we first said. We are sorry. " + BUSY in words((await site.page(reference, FACT)).text)


async def test_a_moved_date_is_told_with_its_reason_before_the_old_one_passes(site: Site) -> None:
    reference = await site.case()
    await site.status("P-1", "REC", at=LATER, delay_reason="awaiting_advice")
    await wait(site.desk, date(2026, 4, 25))
    said = await caught(site.desk, "date_changed")
    sent = f"We are sorry. {ADVICE['en']} The old date was 27 April 2026. The new date is 26 May 2026."
    assert sent in said and "WHAT YOU NEED TO DO You do not need to do anything now." in said
    told = (await site.track(reference, FACT)).json()
    assert told["delay"] == {"kind": "moved", "reason": "awaiting_advice", "words": ADVICE["en"]}
    await site.status("P-1", "ASSESS", at=await site.desk.now())
    assert (await site.track(reference, FACT)).json()["delay"]["reason"] == "usual_spread", "it has moved on"


async def test_a_date_that_is_taken_back_is_told_with_a_reason(site: Site) -> None:
    reference = await site.case()
    await wait(site.desk, date(2026, 6, 23))
    said = await caught(site.desk, "delayed")
    assert f"We cannot keep our date for your request. We are sorry. {USUAL} The date was 23 June 2026." in said
    told = (await site.track(reference, FACT)).json()
    assert told["promise"] is None and told["delay"]["kind"] == "taken_back"
    page = words((await site.page(reference, FACT)).text)
    assert f"does not hold any more. We are sorry. {USUAL}" in page
    assert "We will write to you by" in page

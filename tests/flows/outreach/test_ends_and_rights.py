"""Ends, reversals, rights, and what is old or early, as people meet them: T3, T8, T9, T13, T18."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.office import DEFINITION, START, Desk, open_desk
from tracker.core.answers.facts import CaseFacts
from tracker.flows.answers import lookup
from tracker.flows.organisations.clock import advance
from tracker.store.answers import pages
from tracker.store.ground.engine import Store
from tracker.store.services import definitions

DAY = timedelta(days=1)
MERGING = DEFINITION.replace('outcome = "withdrawn"', 'outcome = "merged"')
APPEALABLE = DEFINITION.replace("appeal_within_days = 84", "appeal_within_days = 28")
PAUSING = DEFINITION.replace("[statutory]\n", "[statutory]\npauses = true\n")


@pytest.fixture
async def desk(store: Store) -> Desk:
    return await open_desk(store)


async def wait(desk: Desk, **span: float) -> None:
    await advance(desk.store, desk.office.id, await desk.now() + timedelta(**span), desk.worker().carry)


async def page(desk: Desk, number: str = "P-1") -> CaseFacts:
    """What the page of a case says."""
    [(reference,)] = await desk.rows('SELECT reference FROM "case" WHERE number = :number', number=number)
    async with desk.store.reading() as connection:
        row = await pages.page(connection, reference)
        assert row is not None
        definition = await definitions.by_id(connection, desk.office.id, row.definition_id)
    return lookup.case_facts(row, definition)


async def sent(desk: Desk) -> list[tuple[str, str]]:
    """(purpose, text) of what people got, oldest first."""
    found = await desk.rows(
        "SELECT m.purpose, a.content->>'text' FROM attempt a JOIN message m ON m.id = a.message_id "
        "ORDER BY a.started_at, a.id"
    )
    return [(purpose, " ".join(text.split())) for purpose, text in found]


async def grant(desk: Desk) -> None:
    """A permit that was granted, and the people told."""
    await desk.status("P-1", "REC", at=START - DAY)
    await desk.party("P-1", at=START - DAY)
    await desk.status("P-1", "GRANTED", id="yes", served_on="2026-03-02")
    await desk.carry()
    assert [purpose for purpose, _ in await sent(desk)] == ["finished"]
    assert (await page(desk)).reversed is None


@pytest.mark.parametrize("corrected", [True, False])
async def test_a_yes_that_is_taken_back_is_said_plainly_once_and_on_the_page_t3(desk: Desk, corrected: bool) -> None:
    await grant(desk)
    await wait(desk, days=1)
    if corrected:
        await desk.say("P-1", "case.correction", {"event": "yes", "why": "a slip"})
    else:
        await desk.say("P-1", "case.reopen", {"status": "ASSESS"})
    await desk.carry()
    await wait(desk, days=1)
    [_, (purpose, words)] = await sent(desk)
    assert purpose == "reversed"
    assert (
        "On 2 March 2026 we told you: “You have your building permit.” "
        "The office has changed its record, so this may not be true any more." in words
    )
    assert "Please do not rely on it until the office confirms it." in words
    facts = await page(desk)
    assert facts.reversed is not None
    assert (facts.reversed.headline, facts.reversed.on.isoformat()) == ("You have your building permit", "2026-03-02")
    await desk.status("P-1", "GRANTED", id="again", served_on="2026-03-04")
    await desk.carry()
    assert (await page(desk)).reversed is None
    assert [purpose for purpose, _ in await sent(desk)] == ["finished", "reversed", "finished"]
    assert "does not hold" not in (await sent(desk))[-1][1]


async def test_a_no_in_place_of_a_yes_says_so_only_once_it_was_served_t3(desk: Desk) -> None:
    await grant(desk)
    await desk.say("P-1", "case.correction", {"event": "yes", "why": "a slip"})
    await desk.status("P-1", "REFUSED", id="no")
    await desk.carry()
    assert [purpose for purpose, _ in await sent(desk)] == ["finished", "reversed"]
    await wait(desk, days=1)
    await desk.status("P-1", "REFUSED", id="served", served_on="2026-03-03")
    facts = await page(desk)
    assert facts.reversed is not None and facts.state == "closed"
    await desk.carry()
    purpose, words = (await sent(desk))[-1]
    assert purpose == "finished"
    assert "we told you: “You have your building permit.” That does not hold any more." in words
    assert (await page(desk)).reversed is None, "how it ended was told anew"


async def test_a_case_that_never_was_is_taken_back_t3(desk: Desk) -> None:
    await desk.status("P-1", "REC", id="begin", at=START - DAY)
    await desk.party("P-1", at=START - DAY)
    await desk.status("P-1", "GRANTED", id="yes", served_on="2026-03-02")
    await desk.carry()
    for event in ("begin", "yes"):
        await desk.say("P-1", "case.correction", {"event": event, "why": "another person"})
    await desk.carry()
    assert [purpose for purpose, _ in await sent(desk)] == ["finished", "reversed"]


async def test_a_refusal_says_what_can_be_done_and_until_when_t8(store: Store) -> None:
    desk = await open_desk(store, definition=APPEALABLE)
    await desk.status("P-1", "REC", at=START - DAY)
    await desk.party("P-1", at=START - DAY)
    await desk.status("P-1", "REFUSED", served_on="2026-03-01")
    await desk.carry()
    [(_, words)] = await sent(desk)
    assert "The last day for this is Sunday 29 March 2026." in words
    assert "Nothing more." not in words
    facts = await page(desk)
    assert facts.appeal_by is not None and facts.appeal_by.isoformat() == "2026-03-29"
    assert facts.stage.next and facts.stage.next in words


async def test_what_ended_long_ago_is_one_dated_message_t13(desk: Desk) -> None:
    await desk.status("P-1", "REC", at=START - 60 * DAY)
    await desk.carry()
    await desk.party("P-1", at=START - 60 * DAY)
    await desk.carry()
    await desk.status("P-1", "VAL", at=START - 55 * DAY)
    await desk.carry()
    await desk.status("P-1", "WITHDRAWN", at=START - 50 * DAY)
    await wait(desk, days=1)
    [(purpose, words)] = await sent(desk)
    assert purpose == "finished"
    assert "This is news of 11 January 2026. We are sorry that we tell you only now." in words


async def test_an_old_step_of_an_open_case_joins_the_page_and_is_no_message_t13(desk: Desk) -> None:
    await desk.status("P-1", "REC", at=START - 40 * DAY)
    await desk.party("P-1", at=START - 40 * DAY)
    await desk.status("P-1", "VAL", at=START - 30 * DAY)
    await wait(desk, days=1)
    [(purpose, words)] = await sent(desk)
    assert purpose == "acknowledged" and "This is news of 21 January 2026." in words
    assert ("updated", "withheld", "old_news") in await desk.messages()
    assert (await page(desk)).stage.code == "checking"
    await desk.status("P-1", "ASSESS")
    await wait(desk, days=1)
    assert [purpose for purpose, _ in await sent(desk)] == ["acknowledged", "updated"]


async def test_what_happens_tomorrow_waits_for_tomorrow_t13(desk: Desk) -> None:
    await desk.status("P-1", "REC", at=START - DAY)
    await desk.party("P-1", at=START - DAY)
    answer = await desk.status("P-1", "WITHDRAWN", occurred_on="2026-03-03")
    assert answer.note is not None
    await desk.carry()
    assert (await page(desk)).state == "open"
    assert [purpose for purpose, _ in await sent(desk)] == ["acknowledged"]
    await wait(desk, days=1)
    facts = await page(desk)
    assert (facts.state, facts.stage.since.on and facts.stage.since.on.isoformat()) == ("closed", "2026-03-03")
    assert [purpose for purpose, _ in await sent(desk)] == ["acknowledged", "finished"]


async def test_a_case_that_opens_tomorrow_opens_tomorrow_t13(desk: Desk) -> None:
    await desk.status("P-1", "REC", occurred_on="2026-03-03")
    await desk.party("P-1")
    assert not await desk.rows('SELECT 1 FROM "case"')
    await wait(desk, days=1)
    assert (await page(desk)).opened.on is not None
    assert [purpose for purpose, _ in await sent(desk)] == ["acknowledged"]


@pytest.mark.parametrize("end_first", [True, False])
async def test_an_end_before_the_beginning_is_asked_about_t13(desk: Desk, end_first: bool) -> None:
    for end in (end_first, not end_first):
        if end:
            await desk.status("P-1", "WITHDRAWN", at=START - 5 * DAY)
        else:
            await desk.status("P-1", "REC", at=START - 2 * DAY)
    facts = await page(desk)
    assert facts.end_in_doubt and facts.state == "open"
    alerts = await desk.rows("SELECT kind, subject FROM alert WHERE kind = 'end_in_doubt'")
    assert [tuple(each) for each in alerts] == [("end_in_doubt", "P-1")]
    await desk.status("P-1", "WITHDRAWN", id="right", at=START - DAY)
    facts = await page(desk)
    assert not facts.end_in_doubt and facts.state == "closed"


async def test_whoever_waits_on_an_end_in_doubt_hears_that_we_asked_and_of_no_date_t13(desk: Desk) -> None:
    await desk.status("P-1", "REC", at=START - DAY, expected_on="2026-03-10")
    await desk.party("P-1", at=START - DAY)
    await desk.carry()
    await desk.status("P-1", "WITHDRAWN", at=START - 5 * DAY)
    await desk.status("P-3", "REC", at=START - DAY)
    await desk.party("P-3", at=START - DAY)
    await desk.status("P-3", "WITHDRAWN", at=START - 5 * DAY)
    for day in range(30):
        await wait(desk, days=1)
        await desk.status("P-2", "REC", id=f"alive{day}")
    told = [words for purpose, words in await sent(desk) if purpose == "still_working"]
    assert told and all("with a date that cannot be right. We have asked the office." in words for words in told)
    assert all("Nothing right now" not in words and "We expect" not in words for words in told)
    assert all("when Northwick Council last reported" not in words for words in told)
    assert not {"delayed", "date_changed"} & {purpose for purpose, _ in await sent(desk)}
    await desk.status("P-1", "WITHDRAWN", id="right")
    await wait(desk, days=1)
    assert "finished" in [purpose for purpose, _ in await sent(desk)]


async def test_the_limit_of_the_law_is_told_once_and_stands_still_while_we_wait_t9(store: Store) -> None:
    desk = await open_desk(store, definition=PAUSING)
    await desk.status("P-1", "REC", at=START - 50 * DAY)
    await desk.party("P-1", at=START - 50 * DAY)
    await desk.status("P-1", "RFI", at=START - 10 * DAY)
    await desk.carry()
    for day in range(5):
        await wait(desk, days=3)
        await desk.status("P-2", "REC", id=f"alive{day}")
    facts = await page(desk)
    assert facts.statutory_paused and facts.statutory_on is not None and facts.statutory_on < facts.now.date()
    assert "limit_passed" not in [purpose for purpose, _ in await sent(desk)]
    await desk.status("P-1", "ASSESS", at=START + 15 * DAY)
    facts = await page(desk)
    assert not facts.statutory_paused
    assert facts.statutory_on is not None and facts.statutory_on.isoformat() == "2026-04-02"
    for day in range(10):
        await wait(desk, days=3)
        await desk.status("P-2", "REC", id=f"on{day}")
    told = [words for purpose, words in await sent(desk) if purpose == "limit_passed"]
    assert len(told) == 1
    assert "The law set a limit for your request: 2 April 2026. That day has passed. We are sorry." in told[0]


async def test_whoever_is_merged_reads_which_request_goes_on_t18(store: Store) -> None:
    desk = await open_desk(store, definition=MERGING)
    await desk.status("P-2", "REC", at=START - DAY)
    await desk.status("P-1", "REC", at=START - DAY)
    await desk.party("P-1", at=START - DAY)
    await desk.status("P-1", "WITHDRAWN", merged_into="P-2")
    await wait(desk, hours=1)
    [(reference,)] = await desk.rows("SELECT reference FROM \"case\" WHERE number = 'P-2'")
    [(purpose, words)] = await sent(desk)
    survivor = (await page(desk)).survivor
    assert survivor.replace("-", "") == reference
    assert purpose == "finished" and survivor in words and "goes on under another one" in words


async def test_whoever_is_merged_with_what_has_ended_does_not_read_that_it_goes_on_t18(store: Store) -> None:
    desk = await open_desk(store, definition=MERGING)
    for number in ("P-2", "P-1"):
        await desk.status(number, "REC", at=START - DAY)
    await desk.party("P-1", at=START - DAY)
    await desk.status("P-2", "GRANTED", at=START - timedelta(hours=2))
    await desk.status("P-1", "WITHDRAWN", at=START - timedelta(hours=1), merged_into="P-2")
    await wait(desk, hours=1)
    [(purpose, words)] = await sent(desk)
    assert purpose == "finished" and "That one has now ended." in words and "goes on" not in words


async def test_who_is_asked_beside_a_stage_that_asks_for_nothing_is_not_told_that_there_is_nothing_to_do_t12(
    desk: Desk,
) -> None:
    """The words of the stage say "You do not need to do anything now", and of a delay that we should have gone on."""
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    assert (await page(desk)).stage.you_can.startswith("You do not need to do anything now.")
    fee = {"item": "fee", "code": "fee"}
    await desk.say("P-1", "case.needs", {"items": [fee]})
    await desk.carry()
    shown = (await page(desk)).stage
    assert (shown.you_can, shown.if_late) == ("", "") and shown.headline
    assert all("do not need to do anything" not in words for _, words in await sent(desk))
    await desk.say("P-1", "case.needs", {"items": [{**fee, "supplied_at": (await desk.now()).isoformat()}]})
    assert (await page(desk)).stage.you_can.startswith("You do not need to do anything now.")


async def test_once_all_has_come_nothing_is_said_of_being_late_with_it_t1(desk: Desk) -> None:
    """The words of the stage are for whoever cannot send it in time."""
    fee = {"item": "fee", "code": "fee"}
    await desk.status("P-1", "REC")
    await desk.party("P-1")
    await desk.status("P-1", "RFI")
    await desk.say("P-1", "case.needs", {"items": [fee]})
    assert "more time" in (await page(desk)).stage.if_late
    await desk.say("P-1", "case.needs", {"items": [{**fee, "supplied_at": (await desk.now()).isoformat()}]})
    assert (await page(desk)).stage.if_late == ""

"""The README's first road, walked: an event comes in, somebody hears of it, and the page says the same."""

from __future__ import annotations

import time
from datetime import timedelta

from tests.journeys.conftest import FACT, Road
from tests.office import START

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def test_an_event_becomes_a_message_and_a_page_within_two_seconds(road: Road) -> None:
    reference = await road.case()
    first = await road.next_mail(reference, "acknowledged")
    assert first.to == "alex@example.org"
    assert reference in first.text
    assert "We have your building plans" in await road.reads(reference)

    begun = time.monotonic()
    answer = await road.status("P-1", "ASSESS", at=START + HOUR / 60)
    assert (answer.status_code, answer.json()["outcome"]) == (202, "applied")
    assert "A planning officer is looking at your plans" in await road.reads(reference)
    mail = await road.next_mail(reference, "updated")
    taken = time.monotonic() - begun
    print(f"from event to outbox: {taken:.2f} s")
    assert taken < 2
    assert "A planning officer is looking at your plans" in mail.text

    again = await road.status("P-1", "ASSESS", at=START + HOUR / 60, id=f"h{road.made}")
    assert (again.status_code, again.json()["outcome"]) == (200, "duplicate")
    await road.quiet()
    assert await road.purposes(reference) == ["updated", "acknowledged"]


async def test_the_date_that_the_office_sets_is_named_as_the_offices(road: Road) -> None:
    reference = await road.case()
    await road.status("P-1", "VAL", at=START + HOUR / 60, expected_on="2026-04-27")
    mail = await road.next_mail(reference, "updated")
    assert "27 April 2026" in mail.text
    page = await road.reads(reference)
    assert "By 27 April 2026." in page
    assert "Northwick Council set this date." in page

    await road.status("P-1", "ASSESS", at=START + HOUR / 30, expected_on="2026-05-11")
    page = await road.reads(reference)
    assert "By 11 May 2026." in page
    assert "Old date: 27 April 2026" in page
    promises = (await road.told(reference))["promises"]
    told = [(promise["basis"], promise["latest_on"], promise["superseded_at"] is None) for promise in promises]
    ours = ("definition", "2026-04-27", False)  # what the service says of itself, until the office set a date
    assert told == [("office", "2026-05-11", True), ("office", "2026-04-27", False), ours]


async def test_what_is_needed_is_asked_for_and_thanked_for(road: Road) -> None:
    reference = await road.case()
    await road.next_mail(reference, "acknowledged")
    await road.status("P-1", "RFI", at=START + HOUR / 60)
    plan = {"item": "plan", "code": "floor_plan", "due_on": "2026-03-20"}
    await road.say("P-1", "case.needs", START + HOUR / 60, items=[plan])
    mail = await road.next_mail(reference, "action needed", after=1)
    assert "A drawing of each floor" in mail.text, "T18: one mail says that we need something, and what"
    assert "20 March" in mail.text
    page = await road.reads(reference)
    assert "We need this from you:" in page
    assert "By Friday 20 March" in page
    assert "We are waiting for you." in page

    await road.wait_until(START + 2 * DAY)
    brought = {"item": "plan", "code": "floor_plan", "supplied_at": (START + 2 * DAY).isoformat()}
    await road.say("P-1", "case.needs", START + 2 * DAY, items=[brought])
    await road.status("P-1", "RFI-IN", at=START + 2 * DAY)
    page = await road.reads(reference)
    assert "What we have from you A drawing of each floor, with sizes in metres (it came on 4 March 2026)" in page
    assert "You do not need to do anything now." in page
    [need] = (await road.told(reference))["needs"]
    assert need["supplied_at"].startswith("2026-03-04T10:00:00")


async def test_a_late_report_joins_the_history_and_bothers_nobody(road: Road) -> None:
    reference = await road.case()
    await road.status("P-1", "ASSESS", at=START + HOUR / 60)
    await road.next_mail(reference, "updated")
    before = await road.purposes(reference)
    late = await road.status("P-1", "VAL", at=START + HOUR / 120)
    assert late.json()["outcome"] == "late"
    await road.quiet()
    assert await road.purposes(reference) == before
    told = await road.told(reference)
    assert told["stage"]["code"] == "assessing"
    assert [line["stage"] for line in told["history"]] == ["assessing", "checking", "received"]


async def test_what_was_told_wrong_is_taken_back(road: Road) -> None:
    reference = await road.case()
    await road.next_mail(reference, "acknowledged")
    wrong = await road.status("P-1", "CONSULT", at=START + HOUR / 60, id="wrong")
    assert wrong.json()["outcome"] == "applied"
    await road.next_mail(reference, "updated")
    await road.say("P-1", "case.correction", START + HOUR / 30, event="wrong", why="The wrong file")
    mail = await road.next_mail(reference, "corrected")
    assert "We told you something wrong about your request. We are sorry." in mail.text
    assert "The wrong file" not in mail.text
    page = await road.reads(reference)
    assert "We have your building plans" in page
    assert "The fire service is looking at your plans" not in page


async def test_what_was_wrong_but_never_told_is_not_brought_up(road: Road) -> None:
    reference = (await road.status("P-1", "REC")).json()["reference"]
    await road.status("P-1", "CONSULT", at=START + HOUR / 60, id="wrong")
    await road.say("P-1", "case.correction", START + HOUR / 30, event="wrong", why="The wrong file")
    await road.party("P-1", at=START + HOUR / 20)
    await road.next_mail(reference, "acknowledged")
    await road.quiet()
    assert await road.purposes(reference) == ["acknowledged"]


async def test_the_end_is_told_and_after_it_comes_one_question_and_nothing_else(road: Road) -> None:
    reference = await road.case()
    await road.next_mail(reference, "acknowledged")
    await road.status("P-1", "GRANTED", at=START + HOUR / 60, served_on="2026-03-02")
    mail = await road.next_mail(reference, "finished")
    assert "You have your building permit" in mail.text
    page = await road.reads(reference)
    assert "How it ended" in page
    assert "Your request is finished." in page
    await road.wait_until(START + 120 * DAY)
    assert await road.purposes(reference) == ["feedback", "finished", "acknowledged"]


async def test_a_decision_stays_unsaid_until_it_was_served(road: Road) -> None:
    reference = await road.case()
    await road.next_mail(reference, "acknowledged")
    await road.status("P-1", "REFUSED", at=START + HOUR / 60)
    await road.quiet()
    assert await road.purposes(reference) == ["acknowledged"]
    told, page = await road.told(reference), await road.reads(reference)
    assert (told["state"], told["outcome"], told["stage"]["code"]) == ("open", None, "received")
    for hint in ("refused", "We have decided", "could not give you", "answer was no"):
        assert hint not in page
        assert hint not in str(told)

    await road.wait_until(START + DAY)
    await road.status("P-1", "REFUSED", at=START + DAY, served_on="2026-03-03")
    mail = await road.next_mail(reference, "finished")
    assert "appeal" in mail.text
    page = await road.reads(reference)
    assert "The answer was no." in page
    assert "You have 12 weeks from the date on our letter." in page


async def test_nobody_waits_longer_than_was_said(road: Road) -> None:
    reference = await road.case()
    await road.next_mail(reference, "acknowledged")
    assert (await road.told(reference))["next_word_by"] == "2026-03-16"
    assert "We will write to you by 16 March 2026" in await road.reads(reference)
    # The office goes on reporting, on other cases: it is not silent, only this request stands still.
    for day in (3, 6, 9, 12, 13):
        await road.wait_until(START + day * DAY)
        await road.status(f"OTHER-{day}", "REC", at=START + day * DAY)
    assert await road.purposes(reference) == ["acknowledged"]
    await road.wait_until(START + 14.5 * DAY)
    mail = await road.next_mail(reference, "still working")
    assert "Your request is not lost." in mail.text
    assert (await road.told(reference))["next_word_by"] > "2026-03-16"


async def test_a_silent_source_holds_what_it_cannot_vouch_for(road: Road) -> None:
    reference = await road.case()
    await road.next_mail(reference, "acknowledged")
    await road.wait_until(START + 15 * DAY)
    await road.quiet()
    assert await road.purposes(reference) == ["acknowledged"]
    page = await road.reads(reference)
    assert "Nothing has come since." in page
    assert "We cannot say right now." in page
    assert ("still_working", "held", "source_silent") in await road.desk.messages()

    await road.status("P-2", "REC", at=START + 15 * DAY)
    mail = await road.next_mail(reference, "still working")
    assert "We have nothing new to tell you yet." in mail.text
    assert "when Northwick Council last reported, on 2 March 2026: We have your building plans." in mail.text
    assert "Nothing has come since." not in await road.reads(reference)


async def test_a_case_from_before_is_adopted_without_its_past(late_road: Road) -> None:
    road = late_road
    await road.status("P-1", "REC", at=START - 30 * DAY)
    await road.party("P-1", at=START - 30 * DAY)
    reference = (await road.status("P-1", "VAL", at=START - 20 * DAY)).json()["reference"]
    assert "We are checking that we have all we need" in await road.reads(reference)
    for day in (3, 6, 9, 12, 15, 18):
        await road.wait_until(START + day * DAY)
        await road.status(f"OTHER-{day}", "REC", at=START + day * DAY)
    assert await road.purposes(reference) == ["still working"], "the word that everybody has who waits (T19)"

    await road.status("P-1", "ASSESS", at=START + 18 * DAY)
    mail = await road.next_mail(reference, "updated")
    assert "A planning officer is looking at your plans" in mail.text
    await road.quiet()
    assert await road.purposes(reference) == ["updated", "still working"]
    assert (await road.told(reference))["next_word_by"] == "2026-04-02", "the day after is Good Friday"


async def test_the_whole_road_by_text_message(road: Road) -> None:
    phone = [{"channel": "sms", "address": "07700 900123"}]
    reference = await road.case(channels=phone)
    text = await road.next_mail(reference, "acknowledged")
    assert text.text.startswith("Northwick Council")
    assert (await road.track(reference, FACT)).json()["messages"][0]["channel"] == "sms"

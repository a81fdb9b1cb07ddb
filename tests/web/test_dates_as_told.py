"""What is said of dates is the same on page, JSON, at the desk and in the message, and is by what people were told."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import text

from tests.desk_staff import case_id, signed_in
from tests.flows.promises.test_learn import finish
from tests.flows.promises.test_ledger import wait
from tests.http import Site
from tests.office import START
from tests.web.desk.test_case import read_out
from tests.web.reading import FACT, LATER, words
from tests.web.test_late import caught
from tracker.flows.organisations.clock import advance
from tracker.flows.promises import learn


async def everywhere(site: Site, reference: str) -> list[str]:
    """What the page says, and what the desk reads out."""
    async with signed_in(site.app, site.desk) as agent:
        await agent.open(await case_id(site.desk))
        return [words((await site.page(reference, FACT)).text), read_out(agent)]


async def test_a_case_is_judged_by_the_first_date_that_was_told(site: Site) -> None:
    """T2: the stand-in that was told moves before it breaks; the end comes after it."""
    reference = await site.case()
    await site.desk.carry()
    await wait(site.desk, date(2026, 4, 29))
    await site.status("P-1", "ASSESS", at=await site.desk.now())
    await site.status("P-1", "GRANTED", at=await site.desk.now())
    moved = "This was the first date that we gave you. It was moved to 26 May 2026."
    late = "We finished on 29 April 2026: 2 days after this date. We are sorry."
    for said in await everywhere(site, reference):
        assert f"By 27 April 2026. {moved} {late}" in said
        assert "in time" not in said
    told = (await site.track(reference, FACT)).json()["first_date"]
    assert told == {
        "latest_on": "2026-04-27",
        "set_by": "us",
        "fate": "broken",
        "moved": True,
        "moved_to": "2026-05-26",
        "in_time": False,
        "days_after": 2,
    }


async def test_a_date_that_nobody_was_told_before_the_end_is_not_praised(site: Site) -> None:
    """T2: opening and end in one load."""
    reference = await site.case()
    await site.status("P-1", "ASSESS", at=LATER)
    await site.status("P-1", "GRANTED", at=LATER)
    for said in await everywhere(site, reference):
        assert "We gave you no date." in said and "in time" not in said
    assert (await site.track(reference, FACT)).json()["first_date"] is None


async def test_the_offices_date_is_mailed_moved_and_broken_as_the_offices(site: Site) -> None:
    """T4."""
    reference = await site.case()
    answer = await site.status("P-1", "ASSESS", at=LATER, expected_on="2026-03-10")
    assert answer.json().get("note") is None
    assert "Northwick Council expects to finish by 10 March 2026." in await caught(site.desk, "updated")
    await wait(site.desk, date(2026, 3, 5))
    await site.status("P-1", "ASSESS", at=await site.desk.now(), expected_on="2026-03-17")
    said = await caught(site.desk, "date_changed")
    assert "Northwick Council has moved its date for your request. We are sorry." in said
    assert "The old date was 10 March 2026. The new date is 17 March 2026." in said
    assert len(await site.desk.rows("SELECT 1 FROM message WHERE purpose = 'updated'")) == 1, "one message says it"
    await wait(site.desk, date(2026, 3, 21))
    said = await caught(site.desk, "delayed")
    assert (
        "Northwick Council expected to finish your request by 17 March 2026. That day has passed. We are sorry." in said
    )
    assert "going well" not in said
    for page in await everywhere(site, reference):
        assert "Northwick Council expected to finish by 17 March 2026. That day has passed." in page
    rows = await site.desk.rows("SELECT 1 FROM message WHERE purpose IN ('delayed', 'date_changed')")
    assert len(rows) == 2, "each once"
    await site.status("P-1", "GRANTED", at=await site.desk.now())
    page = (await site.page(reference, FACT)).text
    assert "<s>10 March 2026</s>" in page and "<s>17 March 2026</s>" in page, "T2: both stay in sight"


async def test_a_date_that_cannot_be_meant_is_answered_with_a_note_and_shown_to_nobody(site: Site) -> None:
    """T4."""
    reference = await site.case()
    for on in ("2199-01-01", "2026-03-01"):
        answer = await site.status("P-1", "ASSESS", at=LATER, expected_on=on)
        assert answer.status_code == 202 and "data.expected_on was not taken" in answer.json()["note"]
    [alert] = await site.desk.rows("SELECT kind, times FROM alert")
    assert (alert.kind, alert.times) == ("date_set_aside", 2)
    for said in await everywhere(site, reference):
        assert "2199" not in said and "By 27 April 2026." in said


async def test_both_dates_of_a_mail_are_told_by_it(site: Site) -> None:
    """T4: ours that was learned, and the office's own beside it."""
    await finish(site.desk, 40)
    await learn.due(site.desk.store)
    await site.case()
    await site.desk.carry()
    await advance(site.desk.store, site.desk.office.id, datetime(2026, 3, 10, 12, tzinfo=UTC), site.desk.worker().carry)
    await site.status("P-1", "ASSESS", at=await site.desk.now(), expected_on="2026-03-25")
    assert "Northwick Council itself says: by 25 March 2026." in await caught(site.desk, "updated")
    rows = await site.desk.rows("SELECT p.basis FROM telling t JOIN promise p ON p.id = t.promise_id ORDER BY 1")
    assert {row.basis for row in rows} == {"history", "office"}


async def test_where_the_public_count_contradicts_a_date_every_window_says_the_count(site: Site) -> None:
    """T10."""
    await finish(site.desk, 40)
    await learn.due(site.desk.store)
    async with site.desk.store.transaction() as connection:
        await connection.execute(text("DELETE FROM word"))
        await connection.execute(
            text(
                "INSERT INTO word (organisation_id, service, probability, current, counted_at, from_on, until_on, "
                "kept, broken, unknown, moved, told, confidence) VALUES (:id, 'building-permit', 0.9, true, :now, "
                "'2025-03-02', '2026-03-01', 22, 28, 0, 0, 0, 'trusted')"
            ),
            {"id": site.desk.office.id, "now": START},
        )
    reference = await site.case()
    count = "In the last year 44 in 100 requests for this service were finished by the first date that we gave."
    for said in await everywhere(site, reference):
        assert count in said and "9 in 10" not in said
    assert (await site.track(reference, FACT)).json()["dates_came_true"] == 44
    said = await caught(site.desk, "acknowledged")
    assert count in said and "9 in 10" not in said

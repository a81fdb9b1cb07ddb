"""A case that is likely to be finished well before its date: told softly, on page, JSON, at the desk and in a message
that goes out anyway; and the date stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tests.desk_staff import case_id, signed_in
from tests.flows.promises.test_learn import finish
from tests.flows.promises.test_ledger import RECEIPT, ledger, wait
from tests.http import Site
from tests.web.desk.test_case import read_out
from tests.web.reading import FACT, words
from tests.web.test_late import caught
from tracker.flows.organisations.clock import advance
from tracker.flows.promises import learn

SOFTLY = "It is going well. It will probably be finished well before 31 March 2026."


async def moved_on_early(site: Site) -> str:
    """Cases took five days to be assessed; this one was on the first, which leaves three of the 29 to spare."""
    await finish(site.desk, 40)
    await learn.due(site.desk.store)
    reference = await site.case()
    assert SOFTLY not in words((await site.page(reference, FACT)).text)
    await advance(site.desk.store, site.desk.office.id, datetime(2026, 3, 3, 12, tzinfo=UTC), site.desk.worker().carry)
    await site.status("P-1", "ASSESS", at=await site.desk.now())
    return reference


async def test_who_moves_on_early_hears_it_and_keeps_the_date(site: Site) -> None:
    reference = await moved_on_early(site)
    page = words((await site.page(reference, FACT)).text)
    assert f"finished by {RECEIPT.day} March" in page or f"By {RECEIPT.day} March" in page
    assert SOFTLY in page
    told = (await site.track(reference, FACT)).json()
    assert (told["likely_sooner"], told["promise"]["latest_on"]) == (True, RECEIPT.isoformat())
    async with signed_in(site.app, site.desk) as agent:
        await agent.open(await case_id(site.desk))
        assert SOFTLY in read_out(agent)
    assert SOFTLY in await caught(site.desk, "updated")
    assert SOFTLY not in await caught(site.desk, "acknowledged")
    assert [row[1:] for row in await ledger(site.desk)] == [(RECEIPT.isoformat(), None, None)], (
        "no other date was given"
    )


async def test_it_is_said_no_longer_once_it_takes_its_time_after_all(site: Site) -> None:
    reference = await moved_on_early(site)
    await wait(site.desk, date(2026, 3, 26))
    assert (await site.track(reference, FACT)).json()["likely_sooner"] is False
    assert SOFTLY not in words((await site.page(reference, FACT)).text)


async def test_who_has_the_ball_is_not_told_that_it_goes_well(site: Site) -> None:
    reference = await moved_on_early(site)
    await site.status("P-1", "RFI", at=await site.desk.now())
    assert (await site.track(reference, FACT)).json()["likely_sooner"] is False


async def test_what_has_ended_is_not_about_to(site: Site) -> None:
    reference = await moved_on_early(site)
    await site.status("P-1", "GRANTED", at=await site.desk.now())
    assert (await site.track(reference, FACT)).json()["likely_sooner"] is False


async def test_past_the_last_report_nobody_says_that_it_goes_well(site: Site) -> None:
    reference = await moved_on_early(site)
    await site.desk.move(await site.desk.now() + timedelta(days=7))
    told = (await site.track(reference, FACT)).json()
    assert (told["source_silent"], told["likely_sooner"]) == (True, False)

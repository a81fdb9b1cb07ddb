"""In whatever order a case and its people come: no row of a message that looks like a failure where nothing failed, and
one that explains it for whoever is not told (T14)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.desk_staff import case_id, signed_in
from tests.http import Site
from tests.office import SECRET, START
from tests.web.reading import FACT, words
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode
from tracker.flows.outreach import ladder

TEXTS = {"channels": [{"channel": "sms", "address": "+447700900123"}]}
HELPER = {
    "party": "2",
    "role": "helper",
    "name": "Sam Helper",
    "channels": [{"channel": "email", "address": "sam@example.org"}],
}
NOBODY_YET = "Not sent: there was nobody to tell when it was decided."
SECONDS = timedelta(seconds=20)


async def lists(site: Site, reference: str) -> tuple[str, str]:
    """The messages as the person's page lists them, and as the desk does."""
    page = words((await site.page(reference, FACT)).text)
    async with signed_in(site.app, site.desk) as ann:
        await ann.open(await case_id(site.desk, "P-1"))
        desk = ann.words.partition("Messages, sent and not sent")[2].partition("Dates that we gave")[0]
    assert "took its place" not in desk and "Not sent" not in page
    return page, desk


@pytest.mark.parametrize("first", ["status", "party"])
async def test_the_order_of_case_and_person_makes_no_difference_t14(site: Site, first: str) -> None:
    if first == "party":
        await site.party("P-1")
    reference = (await site.status("P-1", "REC")).json()["reference"]
    if first == "status":
        await site.party("P-1")
    await site.desk.carry()
    page, desk = await lists(site, reference)
    assert page.count("We have your request (e-mail)") == 1
    assert desk.count("We have your request (e-mail) to Alex Morgan Arrived.") == 1
    assert desk.count("Not sent") == desk.count(NOBODY_YET) == (first == "status")


async def test_an_address_that_changes_twice_within_the_minute_is_one_message_t14(site: Site) -> None:
    reference = await site.case()
    for times, told in enumerate((TEXTS, {}), 1):
        await site.party("P-1", at=START + times * SECONDS, **told)
    await site.desk.carry()
    page, desk = await lists(site, reference)
    assert page.count("We have your request (e-mail)") == 1 and "text message" not in page
    assert desk.count("We have your request") == 2 and desk.count(NOBODY_YET) == 1


@pytest.mark.parametrize("alone", [True, False])
async def test_a_helper_who_is_never_told_has_a_row_with_the_reason_t14(site: Site, alone: bool) -> None:
    reference = (await site.status("P-1", "REC")).json()["reference"]
    if not alone:
        await site.party("P-1")
    await site.party("P-1", **HELPER)
    await site.desk.carry()
    page, desk = await lists(site, reference)
    assert "We have your request to Sam Helper Not sent: this service tells nobody of this role." in desk
    assert ("We have not sent any messages yet." in page) == alone
    assert ("the office has not told us of anybody whom we may write to" in desk) == alone


async def test_who_becomes_a_helper_and_an_applicant_again_is_told_once_t14(site: Site) -> None:
    reference = await site.case()
    await site.party("P-1", role="helper", at=START + SECONDS)
    _, between = await lists(site, reference)
    assert "to Alex Morgan Not sent: this service tells nobody of this role." in between
    await site.party("P-1", at=START + 2 * SECONDS)
    await site.desk.carry()
    rows: list[Any] = await site.desk.rows("SELECT state, reason FROM message WHERE party = '1'")
    assert [tuple(row) for row in rows] == [("delivered", None)]


async def test_a_channel_that_changes_between_two_messages_leaves_both_as_they_went_t14(site: Site) -> None:
    reference = await site.case()
    await site.desk.carry()
    later = START + timedelta(hours=1)
    await site.desk.move(later)
    await site.party("P-1", at=later, **TEXTS)
    await site.status("P-1", "VAL", at=later)
    await site.desk.move(later + timedelta(hours=1))
    await site.desk.carry()
    page, desk = await lists(site, reference)
    for each in ("There is news (text message)", "We have your request (e-mail)"):
        assert page.count(each) == desk.count(f"{each} to Alex Morgan Arrived.") == 1


async def test_what_went_to_an_address_that_the_office_gives_no_more_is_not_sent_there_again_t14(site: Site) -> None:
    """Somebody may have had it taken out for a good reason: neither staff nor the ladder write to it all the same."""
    await site.case(channels=[*TEXTS["channels"], {"channel": "email", "address": "old@example.org"}])
    await site.desk.carry()
    await site.party("P-1", at=START + SECONDS, **TEXTS)
    async with signed_in(site.app, site.desk) as ann:
        case = await case_id(site.desk, "P-1")
        [(email,)] = await site.desk.rows("SELECT id FROM message WHERE channel = 'email'")
        await ann.open(case)
        assert f"/desk/cases/{case}/messages/{email}" not in ann.text
        assert "Cannot be sent again: no address that works." in ann.words
    await site.status("P-1", "WITHDRAWN", at=START + 2 * SECONDS)
    [(message,)] = await site.desk.rows("SELECT id FROM message WHERE purpose = 'finished'")
    async with site.desk.store.transaction() as connection:
        scope = Scope(site.desk.office.id, Mode.LIVE)
        assert await ladder.other_channel(connection, SECRET, scope, message) is None
    await site.party(
        "P-1", at=START + 3 * SECONDS, channels=[*TEXTS["channels"], {"channel": "email", "address": "old@example.org"}]
    )
    [(channel,)] = await site.desk.rows("SELECT channel FROM message WHERE id = :id", id=message)
    assert channel == "email", "given again, it is an address like any"


async def test_who_is_taken_out_before_the_message_goes_has_a_row_that_says_so_t14(site: Site) -> None:
    reference = await site.case()
    await site.party("P-1", **{**HELPER, "role": "joint_applicant"})
    gone = {"party": "2", "remove": True}
    await site.post(site.event(subject="P-1", type="case.party", time=(START + SECONDS).isoformat(), data=gone))
    await site.desk.carry()
    _, desk = await lists(site, reference)
    assert "Not sent: the office has taken this person out of the request." in desk

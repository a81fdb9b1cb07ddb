"""Who was shown a date or had it read out, by what, and when first; a page never waits for these books."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.desk_staff import Agent, case_id, signed_in
from tests.http import Site
from tests.office import START, Desk
from tests.web.reading import FACT, LATER, long, words
from tracker.core.answers.contacts import ContactChannel
from tracker.core.answers.tellings import Listener, Way
from tracker.core.promises.record import PromiseRecord
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Mode
from tracker.flows.promises import put_on_record
from tracker.store.promises import tellings


async def told(desk: Desk) -> list[tuple[str, str, str, str]]:
    """(basis, date, audience, channel) of everything that was told."""
    rows = await desk.rows(
        "SELECT p.basis, p.latest_on::text, t.audience, t.channel FROM telling t "
        "JOIN promise p ON p.id = t.promise_id ORDER BY 1, 2, 3, 4"
    )
    return [tuple(row) for row in rows]


async def learned(site: Site) -> str:
    """A case on whose page two dates stand: one of ours that was learned, and the office's own."""
    reference = await site.case()
    await site.status("P-1", "ASSESS", at=LATER, expected_on="2026-04-20")
    async with site.desk.store.transaction() as connection:
        await connection.execute(
            text(
                "INSERT INTO promise (organisation_id, mode, id, case_id, basis, latest_on, probability, made_at) "
                "SELECT organisation_id, mode, gen_random_uuid(), case_id, 'history', '2026-04-24', 0.9, made_at "
                "FROM promise WHERE basis = 'office'"
            )
        )
    return reference


async def test_the_first_page_and_the_first_answer_are_kept_each_once_and_never_changed(site: Site) -> None:
    reference = await site.case()
    await site.page(reference, "ZZ9 9ZZ")
    assert await told(site.desk) == [], "a wrong pair is shown nothing"
    await site.page(reference, FACT)
    assert await told(site.desk) == [("definition", "2026-04-27", "public", "page")]
    first = await site.desk.rows("SELECT * FROM telling")
    assert abs(first[0].told_at - START) < timedelta(minutes=1), "the office's time, and no other"
    assert first[0].message_id is None
    await site.desk.move(START + timedelta(days=2))
    await site.page(reference, FACT)
    assert await site.desk.rows("SELECT * FROM telling") == first
    await site.track(reference, FACT)
    assert [row[2:] for row in await told(site.desk)] == [("public", "api"), ("public", "page")]


async def test_when_a_page_shows_two_dates_both_are_told(site: Site) -> None:
    reference = await learned(site)
    assert "Northwick Council itself says: by 20 April 2026." in words((await site.page(reference, FACT)).text)
    assert await told(site.desk) == [
        ("history", "2026-04-24", "public", "page"),
        ("office", "2026-04-20", "public", "page"),
    ]


async def given(site: Site) -> tuple[PromiseRecord, ...]:
    """The dates of the case, as a decision about it knows them."""
    return (await site.desk.known("P-1")).cases[0].given


async def test_a_date_that_was_replaced_before_anybody_looked_was_told_to_nobody(site: Site) -> None:
    reference = await site.case()
    await site.status("P-1", "ASSESS", at=LATER, expected_on="2026-04-20")
    page = (await site.page(reference, FACT)).text
    assert "<s>" not in page, "T2: what nobody was told was not given to them"
    assert await told(site.desk) == [("office", "2026-04-20", "public", "page")]
    assert {each.basis.value: each.was_told for each in await given(site)} == {"definition": False, "office": True}


@pytest.mark.parametrize("facts", ["facts - 'role'", "facts || '{\"role\": null}'"])
async def test_a_message_that_does_not_know_whom_it_went_to_is_settled_and_its_date_was_told(
    site: Site, facts: str
) -> None:
    await site.case()
    async with site.desk.store.transaction() as connection:
        await connection.execute(text(f"UPDATE message SET facts = {facts}"))
    await site.desk.carry()
    assert ("acknowledged", "delivered", None) in await site.desk.messages()
    assert await told(site.desk) == [("definition", "2026-04-27", "public", "email")]


async def test_any_number_of_first_views_at_once_give_one_row_and_none_of_them_fails(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    reference = await learned(site)
    with caplog.at_level(logging.WARNING, "tracker.flows.promises.put_on_record"):
        for _ in range(5):
            answers = await asyncio.gather(*(site.page(reference, FACT) for _ in range(20)))
            assert {answer.status_code for answer in answers} == {200}
            assert len(await told(site.desk)) == 2
            async with site.desk.store.transaction() as connection:
                await connection.execute(text("DELETE FROM telling"))
    assert not caplog.records


async def test_on_a_database_that_can_only_be_read_the_page_is_shown_and_the_log_says_so(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    reference = await site.case()
    engine = site.desk.store.engine
    async with site.desk.store.reading() as connection:
        name = engine.url.database
        await connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    await engine.dispose()
    with caplog.at_level(logging.WARNING, "tracker.flows.promises.put_on_record"):
        page, answer = await site.page(reference, FACT), await site.track(reference, FACT)
    assert long("2026-04-27") in page.text and answer.json()["promise"]["latest_on"] == "2026-04-27"
    assert [record.getMessage() for record in caplog.records] == ["telling_not_kept"] * 2
    assert FACT not in caplog.text and reference not in caplog.text
    assert await told(site.desk) == []


async def test_a_page_waits_for_these_books_no_longer_than_it_must(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(put_on_record, "SECONDS", 0.1)
    reference = await site.case()
    async with site.desk.store.transaction() as connection:
        await connection.execute(text("LOCK TABLE telling IN SHARE MODE"))  # it can be read, not written
        page = await asyncio.wait_for(site.page(reference, FACT), 20)
    assert long("2026-04-27") in page.text
    assert await told(site.desk) == []
    await site.page(reference, FACT)
    assert len(await told(site.desk)) == 1, "it is put on record with the next view"


@pytest.mark.parametrize("opened", ["/desk/cases/{}?why=contacted", "/desk/cases/{}/page?why=contacted"])
async def test_staff_who_see_a_date_have_given_nobody_a_word(site: Site, opened: str) -> None:
    await site.case()
    async with signed_in(site.app, site.desk) as ann:
        await ann.get(opened.format(await case_id(site.desk)))
    assert await told(site.desk) == [("definition", "2026-04-27", "staff", "desk")]
    promise = (await site.desk.rows("SELECT * FROM promise"))[0]
    assert not (await given(site))[0].was_told
    async with site.desk.store.transaction() as connection:
        scope, at = Scope(site.desk.office.id, Mode.LIVE), promise.made_at
        await tellings.save(connection, scope, [promise.id], Listener.PUBLIC, Way.PHONE, told_at=at)
    assert (await given(site))[0].was_told


async def test_a_date_that_was_told_only_after_its_day_is_no_word_that_was_broken(site: Site) -> None:
    await site.case()
    [promise] = await site.desk.rows("SELECT * FROM promise")
    whose = Scope(site.desk.office.id, Mode.LIVE)
    for way, at in ((Way.EMAIL, promise.passes_at), (Way.SMS, promise.passes_at - timedelta(seconds=1))):
        assert not (await given(site))[0].was_told
        async with site.desk.store.transaction() as connection:
            await tellings.save(connection, whose, [promise.id], Listener.APPLICANT, way, told_at=at)
    assert (await given(site))[0].was_told


async def log_contact(ann: Agent, site: Site, channel: ContactChannel) -> None:
    """Log that somebody contacted us."""
    case = await case_id(site.desk)
    await ann.open(case)
    await ann.send(f"/desk/cases/{case}/contacts", channel=channel.value)
    assert "The contact is on record." in ann.words


async def test_to_who_called_or_came_the_date_was_read_out_and_to_who_wrote_it_was_not(site: Site) -> None:
    await site.case()
    async with signed_in(site.app, site.desk) as ann:
        for channel in (ContactChannel.EMAIL, ContactChannel.LETTER, ContactChannel.SMS):
            await log_contact(ann, site, channel)
        assert [row[2:] for row in await told(site.desk)] == [("staff", "desk")]
        for channel in (ContactChannel.PHONE, ContactChannel.PHONE, ContactChannel.COUNTER):
            await log_contact(ann, site, channel)
    assert [row[2:] for row in await told(site.desk)] == [("public", "counter"), ("public", "phone"), ("staff", "desk")]


async def test_a_call_after_the_day_has_passed_tells_no_date(site: Site) -> None:
    await site.case()
    await site.status("P-1", "ASSESS", at=LATER, expected_on="2026-03-04")
    await site.desk.move(START + timedelta(days=3))
    async with signed_in(site.app, site.desk) as ann:
        await log_contact(ann, site, ContactChannel.PHONE)
    assert await told(site.desk) == []


async def test_the_desk_says_beside_each_date_where_it_was_told(site: Site) -> None:
    reference = await site.case()
    async with signed_in(site.app, site.desk) as ann:
        await ann.open(await case_id(site.desk))
        assert "We have no record that anybody was told of it." in ann.words
        await site.page(reference, FACT)
        await site.desk.move(START + timedelta(days=1))
        await site.desk.carry()
        await site.desk.move(START + timedelta(days=3))
        await log_contact(ann, site, ContactChannel.PHONE)
    assert "Told: desk 2 March, page 2 March, e-mail 3 March (Applicant), phone 5 March." in ann.words

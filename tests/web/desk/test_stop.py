"""Staff stop messages for a person and start them again; the person's page says why nothing comes (P8, T7, case 50)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.desk_staff import case_id, signed_in
from tests.http import Site
from tests.office import SECRET, START
from tests.web.reading import FACT, LATER, words
from tracker.core.outreach.wishes import Wish
from tracker.core.vocabulary import addresses
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import Channel, Mode
from tracker.flows.outreach import stopping, suppressing

ALEX, MOBILE = "alex@example.org", "+447700900123"
SAID = {"wish": "stop", "of": "request", "reason": "asked"}


async def page(site: Site, reference: str) -> str:
    """The person's page as it is read."""
    return words((await site.page(reference, FACT)).text).replace(" .", ".")


async def test_staff_stop_one_request_and_start_it_again_with_a_reason_p8(site: Site) -> None:
    reference = await site.case("P-1")
    other = await site.case("P-2")
    case = await case_id(site.desk, "P-1")
    async with signed_in(site.app, site.desk) as ann:
        await ann.open(case)
        await ann.send(f"/desk/cases/{case}/wishes", **SAID)
        assert "Stopped. What waited is not sent." in ann.words
        assert "asked us to stop, about this request" in ann.words
        assert "We were asked on 2 March to stop these about this request." in await page(site, reference)
        assert "Messages that we do not send" not in await page(site, other)
        await site.desk.carry()
        assert [row[0] for row in await site.desk.rows("SELECT state FROM message WHERE channel = 'email'")].count(
            "withheld"
        ) == 1
        await ann.send(f"/desk/cases/{case}/wishes", wish="start", of="office", reason="mistake")
        assert "Started. Messages go there again." in ann.words
    assert "Messages that we do not send" not in await page(site, reference)
    done = await site.desk.rows("SELECT action, detail FROM audit WHERE action LIKE 'desk.st%' ORDER BY at, id")
    assert [(action, detail["reason"], detail["of"]) for action, detail in done] == [
        ("desk.stopped", "asked", "request"),
        ("desk.started", "mistake", "office"),
    ]
    assert not any(ALEX in str(detail) for _, detail in done)


@pytest.mark.parametrize("lacking", SAID)
async def test_a_form_without_a_choice_changes_nothing_p8(site: Site, lacking: str) -> None:
    await site.case()
    case = await case_id(site.desk)
    async with signed_in(site.app, site.desk) as ann:
        await ann.open(case)
        answer = await ann.send(f"/desk/cases/{case}/wishes", **{**SAID, lacking: ""})
        assert answer.status_code == 403, "a form that is not whole is as good as none"
    assert await site.desk.rows("SELECT id FROM stop") == []


async def test_an_address_of_somebody_else_is_marked_case_57_p8(site: Site) -> None:
    reference = await site.case()
    case = await case_id(site.desk)
    async with signed_in(site.app, site.desk) as ann:
        await ann.open(case)
        await ann.send(f"/desk/cases/{case}/wishes", wish="stop", of="request", reason="wrong_person")
        assert "reaches somebody else: ask for the right one" in ann.words
    assert "these reach the wrong person" in await page(site, reference)
    assert ("wrong_person", None) in [tuple(row) for row in await site.desk.rows("SELECT wish, case_id FROM stop")]
    assert [row[0] for row in await site.desk.rows("SELECT kind FROM alert")] == ["wrong_person"]


async def test_the_page_says_why_no_texts_come_and_how_they_begin_again_t7(site: Site) -> None:
    texts = {"channel": "sms", "address": MOBILE}
    reference = await site.case(channels=[texts, {"channel": "email", "address": ALEX}])
    office = Scope(site.desk.office.id, Mode.LIVE)
    asked = (office, Channel.SMS, MOBILE)
    await stopping.wish(site.desk.store, SECRET, asked, Wish.PAUSE, via="sms")
    assert "Until 5 March we send only what is urgent, then nothing more." in await page(site, reference)
    paused = (await site.http.post("/api/v1/track", json={"reference": reference, "known_fact": FACT})).json()
    assert [(each["wish"], each["until"][:10]) for each in paused["silences"]] == [("pause", "2026-03-05")]
    await site.desk.move(LATER + timedelta(days=3, hours=1))
    said = await page(site, reference)
    assert "Text message: We were asked on 5 March to stop all of these from Northwick Council." in said
    assert "Send a text with the word START to the number that our texts come from." in said
    assert MOBILE not in said
    typed = {"reference": reference, "known_fact": FACT}
    answer = await site.http.post("/api/v1/track", json=typed)
    [told] = answer.json()["silences"]
    assert (told["channel"], told["wish"], told["of_one"], told["start_by"]) == ("sms", "stop", False, "text")
    assert told["at"].startswith("2026-03-05T") and told["until"] is None and MOBILE not in answer.text
    await site.desk.change("UPDATE organisation SET sms_from = 'NORTHWICK'")
    assert "Would you like them again? Ask the office." in await page(site, reference)
    await stopping.wish(site.desk.store, SECRET, (office, Channel.EMAIL, ALEX), Wish.STOP, via="link")
    assert "E-mail: We were asked on 5 March" in (said := await page(site, reference))
    assert "Open the link at the end of any e-mail from us and press the button." in said
    await stopping.wish(site.desk.store, SECRET, asked, Wish.START, via="sms")
    assert "Text message:" not in await page(site, reference)


async def test_staff_say_that_an_address_works_again_with_a_reason_p9(site: Site) -> None:
    await site.case("P-1")
    await site.case("P-2")
    case = await case_id(site.desk, "P-1")
    place = (Scope(site.desk.office.id, Mode.LIVE), "email", addresses.digest(SECRET, Channel.EMAIL, ALEX))
    async with site.desk.store.transaction() as connection:
        assert await suppressing.suppress(connection, place, "hard", START)
    async with signed_in(site.app, site.desk) as ann:
        await ann.open(case)
        assert "letters come back from there, so none are sent" in ann.words
        assert (await ann.send(f"/desk/cases/{case}/lifts", reason="")).status_code == 403, "no reason was chosen"
        await ann.open(case)
        shut = ann.page
        await ann.send(f"/desk/cases/{case}/lifts", reason="said_so")
        assert "Letters go to this address again from now on." in ann.words
        assert "letters come back from there" not in ann.words and "The address works again" not in ann.words
        ann.page = shut
        await ann.send(f"/desk/cases/{case}/lifts", reason="said_so")
    steps = await site.desk.rows("SELECT step, cause FROM suppression ORDER BY at, id")
    assert [tuple(row) for row in steps] == [("suppressed", "hard"), ("lifted", "staff")], (
        "a form sent twice counts once"
    )
    [(detail,)] = await site.desk.rows("SELECT detail FROM audit WHERE action = 'desk.lifted'")
    assert (detail["reason"], detail["channel"], detail["case"]) == ("said_so", "email", str(case))
    assert ALEX not in str(detail)
    await site.desk.carry()
    sent = await site.desk.rows("SELECT state FROM message WHERE channel = 'email' AND state <> 'withheld'")
    assert sent and {row[0] for row in sent} <= {"sent", "delivered"}


async def test_nobody_else_says_that_an_address_works_p9(site: Site) -> None:
    await site.case()
    case = await case_id(site.desk)
    place = (Scope(site.desk.office.id, Mode.LIVE), "email", addresses.digest(SECRET, Channel.EMAIL, ALEX))
    async with site.desk.store.transaction() as connection:
        await suppressing.suppress(connection, place, "hard", START)
    fields = {"why": "casework", "party": "1", "channel": "email", "reason": "said_so", "mark": "x"}
    assert (await site.http.post(f"/desk/cases/{case}/lifts", data=fields)).status_code == 303, "sign in first"
    async with signed_in(site.app, site.desk) as ann:
        unmarked = await ann.http.post(f"/desk/cases/{case}/lifts", data=fields)
        assert unmarked.status_code == 403, "another site sent it"
    assert [row[0] for row in await site.desk.rows("SELECT step FROM suppression")] == ["suppressed"]


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish.STOP, "It does not go out: they asked us to stop."),
        (Wish.PAUSE, "It does not go out now: they may want us to stop."),
        (None, "It does not go out: letters to this address come back."),
    ],
)
async def test_the_desk_says_of_nothing_that_it_goes_out_while_it_will_not_t7(
    site: Site, wish: Wish | None, said: str
) -> None:
    await site.case("P-1")
    case = await case_id(site.desk, "P-1")
    office = Scope(site.desk.office.id, Mode.LIVE)
    if wish is not None:
        await stopping.wish(site.desk.store, SECRET, (office, Channel.EMAIL, ALEX), wish, via="link")
    else:
        async with site.desk.store.transaction() as connection:
            place = (office, "email", addresses.digest(SECRET, Channel.EMAIL, ALEX))
            await suppressing.suppress(connection, place, "hard", START)
    await site.status("P-1", "VAL", at=START + timedelta(minutes=1))
    await site.desk.change("UPDATE message SET due_at = due_at + interval '1 day' WHERE state = 'due'")
    async with signed_in(site.app, site.desk) as ann:
        await ann.open(case)
        assert said in ann.words and "It goes out" not in ann.words
        await site.desk.change("DELETE FROM stop")
        await site.desk.change("DELETE FROM suppression")
        await ann.open(case)
        assert said not in ann.words and "It goes out" in ann.words

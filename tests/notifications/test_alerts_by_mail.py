"""Operators are mailed what they should look at: once, again after a day, and however the mail server behaves."""

from __future__ import annotations

import asyncio

import pytest

from notifications.email import Email, server
from notifications.operators import Operators
from tests.notifications.watch import OPS, Watch
from tests.office import SECRET
from tests.scheduler.scenes import lines, until
from tracker.core.vocabulary.words import Mode
from tracker.flows.organisations import offices
from tracker.store.ground import alerts
from tracker.store.ground.engine import Store


async def test_a_new_alert_is_mailed_once_with_what_to_do(watch: Watch) -> None:
    await watch.alert()
    for _ in range(3):
        await watch.brief()
        await watch.later(minutes=16)
    assert watch.mail.to == [OPS]
    assert watch.subjects() == ["[Track my request] 1 thing to look at"]
    read = watch.read()
    assert "Northwick Council (sandbox)" in read
    assert "* A status code that the definition does not know: permit XYZ\n  Once, at 10:00 on 2 March." in read
    assert "  What to do: Add the code.\n" in read
    assert "\n  tracker alerts --organisation northwick\n" in read
    assert watch.mail.letters[0]["From"] == "Track my request <no-reply@track.example.org>"


async def test_nothing_new_is_no_mail(watch: Watch) -> None:
    await watch.brief()
    assert watch.mail.connections == 0


async def test_what_comes_again_is_told_after_a_day_and_not_before(watch: Watch) -> None:
    await watch.alert()
    await watch.brief()
    await watch.alert()
    await watch.later(hours=23)
    await watch.brief()
    assert len(watch.mail.letters) == 1
    await watch.alert()
    await watch.later(hours=1)
    await watch.brief()
    assert len(watch.mail.letters) == 2 and "3 times: first at 10:00 on 2 March, last" in watch.read()


async def test_what_comes_again_after_weeks_is_told_at_once(watch: Watch) -> None:
    await watch.alert()
    await watch.brief()
    await watch.later(hours=600)
    await watch.alert()
    await watch.brief()
    assert len(watch.mail.letters) == 2


async def test_between_two_mails_is_a_quarter_of_an_hour(watch: Watch) -> None:
    await watch.alert()
    await watch.brief()
    for number in range(3):
        await watch.alert(subject=f"permit {number}")
        await watch.later(minutes=4)
        await watch.brief()
    assert len(watch.mail.letters) == 1
    await watch.later(minutes=4)
    await watch.brief()
    assert watch.subjects()[1:] == ["[Track my request] 3 things to look at"]


@pytest.mark.parametrize("answer", ["451 4.3.0 not now", "554 5.7.1 no", "421 4.3.2 closing down"])
async def test_what_the_server_does_not_take_is_told_later(
    watch: Watch, answer: str, caplog: pytest.LogCaptureFixture
) -> None:
    await watch.alert()
    watch.mail.answers = [answer]
    await watch.brief()
    assert watch.mail.letters == [] and lines(caplog, "alerts_not_mailed")
    await watch.brief()
    assert watch.mail.letters == [], "tried again after a pause"
    await watch.later(minutes=16)
    await watch.brief()
    await watch.later(minutes=16)
    await watch.brief()
    assert len(watch.mail.letters) == 1
    assert OPS not in caplog.text


async def test_a_server_that_is_away_costs_nothing_and_loses_nothing(store: Store, watch: Watch) -> None:
    await watch.alert()
    away = Operators(Email(server("smtp://127.0.0.1:1"), "https://track.example.org", SECRET), (OPS,))
    await away.brief(store)
    await watch.later(minutes=16)
    await away.brief(store)  # its gate is closed: nothing is claimed
    await watch.brief()
    assert len(watch.mail.letters) == 1


async def test_a_mail_of_unknown_fate_is_sent_again_under_the_same_id(watch: Watch) -> None:
    await watch.alert()
    watch.mail.answers = [None]
    for _ in range(3):
        await watch.brief()
        await watch.later(minutes=16)
    first, second = watch.mail.letters
    assert first["Message-ID"] == second["Message-ID"]


async def test_a_process_that_dies_while_it_mails_loses_nothing(watch: Watch) -> None:
    await watch.alert()
    watch.mail.hold = asyncio.Event()
    dying = asyncio.create_task(watch.brief())
    await until(lambda: watch.mail.held == 1)
    await watch.alert(subject="permit NEW")
    dying.cancel()
    await asyncio.wait([dying])
    watch.mail.hold = None
    await watch.brief()
    assert watch.mail.letters == [], "the other may still be at it"
    await watch.later(minutes=16)
    await watch.brief()
    assert watch.subjects() == ["[Track my request] 2 things to look at"]


async def test_what_comes_while_the_mail_is_on_its_way_is_told_a_day_later(watch: Watch) -> None:
    await watch.alert()
    watch.mail.hold = asyncio.Event()
    mailing = asyncio.create_task(watch.brief())
    await until(lambda: watch.mail.held == 1)
    await watch.alert()
    watch.mail.hold.set()
    await mailing
    await watch.later(hours=23)
    await watch.brief()
    assert len(watch.mail.letters) == 1
    await watch.later(hours=1)
    await watch.brief()
    assert len(watch.mail.letters) == 2 and "2 times" in watch.read()


async def test_who_wakes_up_after_the_lease_changes_nothing(watch: Watch) -> None:
    await watch.alert()
    watch.mail.hold = asyncio.Event()
    slow = asyncio.create_task(watch.brief())
    await until(lambda: watch.mail.held == 1)
    await watch.later(minutes=16)
    other = asyncio.create_task(watch.brief())
    await until(lambda: watch.mail.held == 2)
    other.cancel()
    await asyncio.wait([other])
    [before] = await watch.desk.rows("SELECT tell_at, tried_at FROM alert")
    watch.mail.hold.set()
    await slow
    [after] = await watch.desk.rows("SELECT tell_at, tried_at FROM alert")
    assert before == after and after.tell_at is not None


async def test_many_who_brief_at_once_send_one_mail_cases_31_and_36(watch: Watch) -> None:
    for number in range(60):
        await watch.alert(subject=f"permit {number}")
    await asyncio.gather(*(watch.brief() for _ in range(8)))
    assert watch.subjects() == ["[Track my request] 60 things to look at"]


async def test_while_one_claims_nobody_else_does(store: Store, watch: Watch) -> None:
    for number in range(60):
        await watch.alert(subject=f"permit {number}")
    async with store.transaction() as connection:
        await alerts.claim_untold(connection, 50)
        await watch.brief()
    assert watch.mail.letters == [], "ten were free, and would have been a mail of their own"


async def test_fifty_are_in_a_mail_and_the_rest_in_the_next(watch: Watch) -> None:
    for number in range(51):
        await watch.alert(subject=f"permit {number:02}")
    await watch.brief()
    assert watch.subjects() == ["[Track my request] 51 things to look at"]
    assert watch.read().count("What to do:") == 50 and "And 1 more, which comes with the next mail." in watch.read()
    first = watch.read()
    await watch.later(minutes=16)
    await watch.brief()
    assert watch.subjects()[1:] == ["[Track my request] 1 thing to look at"]
    [left] = [number for number in range(51) if f"permit {number:02}\n" not in first]
    assert f"permit {left:02}\n" in watch.read() and "more" not in watch.read()


async def test_all_organisations_are_in_one_mail(store: Store, watch: Watch) -> None:
    other = await offices.add_organisation(store, slug="arfordir", name="Cyngor Tŷ Ddewi", zone="Europe/London")
    await watch.alert()
    await watch.alert(office=other.id, kind="source_silent", subject="backoffice")
    await watch.brief()
    [letter] = watch.mail.letters
    assert str(letter["Subject"]) == "[Track my request] 2 things to look at"
    assert watch.read().index("Cyngor Tŷ Ddewi (sandbox)\n===") < watch.read().index("Northwick Council (sandbox)\n===")
    assert "--organisation arfordir\n  tracker alerts --organisation northwick\n" in watch.read()


async def test_test_mode_is_not_mailed(watch: Watch) -> None:
    for _ in range(2):
        await watch.alert(mode=Mode.TEST)
    await watch.brief()
    assert watch.mail.letters == []


async def test_one_address_that_is_refused_does_not_keep_the_others_from_hearing(
    watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    watch.mail.refuse = {OPS: "550 5.1.1 no such mailbox"}
    await watch.alert()
    for _ in range(2):
        await watch.brief(OPS, "boss@northwick.example")
        await watch.later(minutes=16)
    assert watch.mail.to == ["boss@northwick.example"]
    [line] = lines(caplog, "operator_not_reached")
    assert (line["place"], line["ending"]) == (1, "bad_address")

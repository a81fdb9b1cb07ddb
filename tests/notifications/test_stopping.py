"""STOP and START: by text, by the link in an e-mail, and told by the provider."""

from __future__ import annotations

from string import ascii_letters, digits

import pytest

from notifications.stop_words import read
from tests.notifications.conftest import NUMBER, OURS, Post
from tracker.store.outreach.stops import Wish


async def texted(post: Post, words: str, sid: str = "", to: str = OURS) -> None:
    """A person's text to us."""
    answer = await post.phones.write(f"{post.url}/twilio/inbound", number=NUMBER, to=to, words=words, sid=sid)
    assert answer.status_code == 200
    assert answer.text.endswith("<Response></Response>")


async def wishes(post: Post) -> list[tuple[str, str]]:
    """(wish, via) of the ledger, in order."""
    return [tuple(row) for row in await post.desk.rows("SELECT wish, via FROM stop ORDER BY at, id")]


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("STOP", Wish.STOP),
        ("stop", Wish.STOP),
        (" Stop. ", Wish.STOP),
        ("“STOP!”", Wish.STOP),
        ("S\u200btop", Wish.STOP),
        ("ＳＴＯＰ", Wish.STOP),
        ("opt-out", Wish.STOP),
        ("STOP 🙏", Wish.STOP),
        ("Stopiwch", Wish.STOP),
        ("dim mwy", Wish.STOP),
        ("¡Baja!", Wish.STOP),
        ("NO MÁS", Wish.STOP),
        ("توقف", Wish.STOP),
        ("إيقاف", Wish.STOP),
        ("ايقاف", Wish.STOP),
        ("Start", Wish.START),
        ("UNSTOP", Wish.START),
        ("Dechrau.", Wish.START),
        ("ابدأ", Wish.START),
        ("please stop", None),
        ("stop the building works", None),
        ("", None),
        ("?", None),
        ("HELP", None),
    ],
)
def test_a_wish_is_known_in_any_case_and_language_and_nothing_else_is_one_case_50(words: str, wish: Wish) -> None:
    assert read(words) is wish


async def test_stop_and_start_by_text_case_50(post: Post) -> None:
    await texted(post, "stop!")
    await post.by_text()
    await post.carry()
    assert post.phones.texts == []
    assert ("finished", "withheld", "stopped") in await post.desk.messages()
    await texted(post, "START")
    await post.by_text()
    await post.carry()
    assert len(post.phones.texts) == 1
    assert await wishes(post) == [("stop", "sms"), ("start", "sms")]


async def test_a_stop_that_is_told_again_after_a_start_changes_nothing(post: Post) -> None:
    await texted(post, "STOP", "SM1")
    await texted(post, "START", "SM2")
    await texted(post, "STOP", "SM1")
    assert await wishes(post) == [("stop", "sms"), ("start", "sms")]


async def test_a_stop_withholds_what_waits_and_what_must_be_heard_goes_another_way_case_51(post: Post) -> None:
    await post.by_text(NUMBER, ("email", "alex@example.org"))
    await texted(post, "STOP")
    assert ("finished", "withheld", "stopped") in await post.desk.messages()
    await post.carry()
    assert post.phones.texts == []
    assert post.mail.to == ["alex@example.org"]


async def test_anything_else_is_read_by_staff_once_case_50(post: Post) -> None:
    await post.by_text()
    await texted(post, "please stop, I have moved\0", "SM7")
    await texted(post, "please stop, I have moved\0", "SM7")
    ((words, who),) = await post.desk.rows("SELECT words, account_id FROM staff_note")
    assert (words, who) == ("please stop, I have moved", None)
    assert await post.alerts() == ["text_received"]
    assert await wishes(post) == []


async def test_a_stop_to_a_number_of_nobody_s_counts_where_the_person_has_a_case(post: Post) -> None:
    await texted(post, "STOP", to="+447700900000")
    assert await wishes(post) == []
    await post.by_text()
    await texted(post, "STOP", to="+447700900000")
    assert await wishes(post) == [("stop", "sms")]


async def test_what_the_provider_knows_of_a_stop_is_kept_case_50(post: Post) -> None:
    await post.by_text("+15005550004", ("email", "alex@example.org"))
    await post.carry()
    assert await wishes(post) == [("stop", "provider")]
    assert await post.states() == [("sms", "failed", "stopped"), ("email", "sent", "accepted")]


async def test_a_text_needs_twilio_s_signature(post: Post) -> None:
    form = {"From": NUMBER, "To": OURS, "Body": "STOP", "MessageSid": "SM1"}
    assert (await post.http.post("/twilio/inbound", data=form)).status_code == 403
    assert await wishes(post) == []


async def link(post: Post) -> str:
    """The path of the stop link in an e-mail that arrived."""
    await post.by_mail()
    await post.carry()
    return str(post.mail.letters[-1]["List-Unsubscribe"]).strip("<>").removeprefix(post.url)


async def test_opening_the_link_shows_a_button_and_changes_nothing_case_65(post: Post) -> None:
    path = await link(post)
    for _ in range(2):
        page = await post.http.get(path)
        assert page.status_code == 200
        assert "Stop e-mails about your requests?" in page.text and f'action="{path}"' in page.text
    assert await wishes(post) == []


async def test_one_click_stops_without_a_cookie_and_again_is_fine_case_65(post: Post) -> None:
    path = await link(post)
    for _ in range(2):
        answer = await post.http.post(path, content=b"List-Unsubscribe=One-Click")
        assert answer.status_code == 200 and "We have stopped e-mails to you" in answer.text
        assert "set-cookie" not in answer.headers
    assert await wishes(post) == [("stop", "link")]
    await post.by_mail()
    await post.carry()
    assert len(post.mail.letters) == 1
    assert await post.alerts() == ["not_reached"]  # what this person must hear is a task for staff now


async def test_nobody_is_told_of_what_may_be_missed_and_was_stopped(post: Post) -> None:
    await post.http.post(await link(post))
    await post.desk.status("P-9", "REC")
    await post.desk.party("P-9")
    await post.carry()
    assert ("acknowledged", "withheld", "stopped") in await post.desk.messages()
    assert await post.alerts() == []


async def test_one_press_starts_again(post: Post) -> None:
    path = await link(post)
    await post.http.post(path, data={"wish": "stop"})
    assert "E-mails to you are stopped" in (await post.http.get(path)).text
    assert "You will get e-mails again" in (await post.http.post(path, data={"wish": "start"})).text
    await post.by_mail()
    await post.carry()
    assert len(post.mail.letters) == 2


async def test_a_wrong_link_leads_nowhere_case_65(post: Post) -> None:
    path = await link(post)
    others = [path[:-1] + last for last in ascii_letters + digits + "-_" if last != path[-1]]
    for wrong in (*others, "/stop/x", "/stop/" + "A" * 59, "/stop/" + "é" * 59):
        assert (await post.http.get(wrong)).status_code == 404, wrong
        assert (await post.http.post(wrong)).status_code == 404, wrong
    assert await wishes(post) == []

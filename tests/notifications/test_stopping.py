"""STOP and START: by text, by the link in an e-mail, and told by the provider."""

from __future__ import annotations

import re
from string import ascii_letters, digits

import pytest

from tests.notifications.conftest import NUMBER, OURS, Post
from tracker.core.vocabulary import references
from tracker.core.vocabulary.segments import segments


async def texted(post: Post, words: str, sid: str = "", to: str = OURS, kind: str = "") -> str:
    """A person's text to us, signed by Twilio, which calls it `kind` (OptOutType); returns what is texted back."""
    written = {"number": NUMBER, "to": to, "words": words, "sid": sid, "kind": kind}
    answer = await post.phones.write(f"{post.url}/twilio/inbound", **written)
    assert answer.status_code == 200
    found = re.search(r"<Response>(?:<Message>(.*)</Message>)?</Response>$", answer.text)
    assert found is not None
    return found[1] or ""


async def wishes(post: Post) -> list[tuple[str, str]]:
    """(wish, via) of the ledger, in order."""
    return [tuple(row) for row in await post.desk.rows("SELECT wish, via FROM stop ORDER BY at, id")]


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


async def reference(post: Post, number: str) -> str:
    """How the request of this number is spelt."""
    found = await post.desk.rows('SELECT reference FROM "case" WHERE number = :number', number=number)
    return references.spell(found[0][0])


async def test_a_stop_with_a_reference_stops_that_request_alone_p8(post: Post) -> None:
    await post.by_text()
    await post.by_text()
    await texted(post, f"Stop {(await reference(post, 'P-1')).lower().replace('-', ' ')}, thank you. Ann")
    await post.carry()
    assert len(post.phones.texts) == 1 and (await reference(post, "P-2")) in post.phones.texts[0].body
    await texted(post, "START")
    await post.by_text()
    await post.carry()
    assert len(post.phones.texts) == 2
    assert [row[0] for row in await post.desk.rows("SELECT case_id IS NOT NULL FROM stop ORDER BY at")] == [True, False]


async def test_a_stop_with_a_reference_of_nobody_s_asks_which_p8(post: Post) -> None:
    await post.by_text()
    asked = await texted(post, f"STOP {references.spell(references.reference(7))}", "SM1")
    assert "Reply STOP to stop them all, or YES to go on" in asked
    assert await wishes(post) == [("pause", "sms")]


async def test_who_may_want_to_stop_is_asked_once_and_hears_what_matters_meanwhile_p8(post: Post) -> None:
    await post.by_text()  # it ends: this must be heard
    await post.desk.status("P-9", "REC")
    await post.desk.party("P-9", channels=[{"channel": "sms", "address": NUMBER}], prefers="sms")
    came = (("who is this?", "1"), ("who is this?", "1"), ("stop?", "2"))
    asked = [await texted(post, words, sid) for words, sid in came]
    assert [bool(each) for each in asked] == [True, True, False], "once, and again only where Twilio tells it again"
    await post.carry()
    assert [each.body.split(": ")[1].split(" ")[1] for each in post.phones.texts] == ["request"]
    assert ("acknowledged", "due", None) in await post.desk.messages()
    await texted(post, "YES", "3")
    await post.carry()
    assert len(post.phones.texts) == 2
    assert await wishes(post) == [("pause", "sms"), ("start", "sms")]


async def test_who_does_not_answer_in_three_days_has_stopped_p8(post: Post) -> None:
    await post.desk.status("P-9", "REC")
    await post.desk.party("P-9", channels=[{"channel": "sms", "address": NUMBER}], prefers="sms")
    await texted(post, "what is this?")
    await post.carry()
    assert post.phones.texts == [] and ("acknowledged", "due", None) in await post.desk.messages()
    due = (await post.desk.rows("SELECT m.due_at = s.answer_by FROM message m, stop s WHERE m.state = 'due'"))[0][0]
    assert due, "it is looked at again when the time is over"
    await post.change("UPDATE stop SET at = at - interval '3 days', answer_by = answer_by - interval '3 days'")
    await post.later(3 * 24 * 60)
    await post.by_text()
    await post.carry()
    assert post.phones.texts == []
    said = await post.desk.messages()
    assert {("acknowledged", "withheld", "stopped"), ("finished", "withheld", "stopped")} <= {*said}
    assert await post.alerts() == ["not_reached", "text_received"]


@pytest.mark.parametrize("words", ["Wrong number", "Número equivocado, gracias", "رقم خطأ"])
async def test_a_wrong_number_stops_and_staff_are_told_case_57_p8(post: Post, words: str) -> None:
    await post.by_text(NUMBER, ("email", "alex@example.org"))
    await texted(post, words)
    await post.carry()
    assert (post.phones.texts, post.mail.to) == ([], ["alex@example.org"])
    assert await wishes(post) == [("wrong_person", "sms")]
    assert await post.alerts() == ["wrong_person"]


async def test_what_twilio_says_of_a_text_is_believed_and_not_answered_again_p8(post: Post) -> None:
    await post.by_text()
    assert await texted(post, "arrêtez", "1", kind="STOP") == ""
    assert await texted(post, "HELP", "2", kind="HELP") == ""
    assert await texted(post, "encore", "3", kind="START") == ""
    assert await wishes(post) == [("stop", "sms"), ("start", "sms")]


async def test_help_is_answered_in_the_person_s_language_p8(post: Post) -> None:
    assert "To stop all texts, reply STOP." in await texted(post, "HELP", "1")
    await post.end(("sms", NUMBER), prefers="sms", language="cy")
    answer = await texted(post, "help", "2")
    assert "I stopio pob neges, atebwch STOP." in answer and answer.startswith("Northwick Council: ")
    assert await post.desk.rows("SELECT id FROM staff_note") == [] and await wishes(post) == []


async def test_the_first_text_says_how_to_stop_and_no_other_p8(post: Post) -> None:
    for _ in range(2):
        await post.by_text()
    await post.carry()
    await post.by_text()
    await post.carry()
    assert [each.body.endswith(" Reply STOP for no more texts.") for each in post.phones.texts] == [True, False, False]
    assert all(segments(each.body).count <= 2 for each in post.phones.texts)


async def test_who_cannot_answer_is_told_another_way_to_stop_p8(post: Post) -> None:
    await post.change("UPDATE organisation SET sms_from = 'NORTHWICK'")
    await post.by_text()
    await post.carry()
    assert post.phones.texts[0].body.endswith(f" To stop: {post.url}/track") and "STOP" not in post.phones.texts[0].body


async def test_a_stop_withholds_what_waits_and_what_must_be_heard_goes_another_way_case_51(post: Post) -> None:
    await post.by_text(NUMBER, ("email", "alex@example.org"))
    await texted(post, "STOP")
    assert ("finished", "withheld", "stopped") in await post.desk.messages()
    await post.carry()
    assert post.phones.texts == []
    assert post.mail.to == ["alex@example.org"]


async def test_anything_else_is_read_by_staff_once_case_50(post: Post) -> None:
    await post.by_text()
    for _ in range(2):
        assert await texted(post, "When will the noise stop?\0", "SM7") == ""
    ((words, who),) = await post.desk.rows("SELECT words, account_id FROM staff_note")
    assert (words, who) == ("When will the noise stop?", None)
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


async def test_one_click_stops_this_request_and_no_other_case_65_t7(post: Post) -> None:
    path = await link(post)
    for _ in range(2):
        answer = await post.http.post(path, content=b"List-Unsubscribe=One-Click")
        assert answer.status_code == 200 and "We have stopped e-mails to you" in answer.text
        assert "About other requests it still does." in answer.text
        assert "set-cookie" not in answer.headers
    assert await wishes(post) == [("stop", "link")]
    await post.by_mail()
    await post.carry()
    assert len(post.mail.letters) == 2, "another request is another matter"


async def test_the_link_stops_all_of_this_office_when_asked_to_t7(post: Post) -> None:
    path = await link(post)
    page = (await post.http.post(path, data={"wish": "stop", "of": "office"})).text
    assert "sends no more e-mails about requests to the address that got this link" in page
    await post.by_mail()
    await post.carry()
    assert len(post.mail.letters) == 1
    assert await post.alerts() == ["not_reached"]  # what this person must hear is a task for staff now
    assert "Write a letter or call by 20" in (await post.desk.rows("SELECT remedy FROM alert"))[0][0]


async def test_the_link_says_that_it_is_somebody_else_s_case_57(post: Post) -> None:
    path = await link(post)
    page = (await post.http.post(path, data={"wish": "wrong_person"})).text
    assert "We send no more e-mails to you" in page
    assert await wishes(post) == [("wrong_person", "link")]
    await post.by_mail()
    await post.carry()
    assert len(post.mail.letters) == 1
    assert set(await post.alerts()) == {"wrong_person", "not_reached"}
    assert "You will get e-mails again" in (await post.http.post(path, data={"wish": "start", "of": "office"})).text


async def test_nobody_is_told_of_what_may_be_missed_and_was_stopped(post: Post) -> None:
    await post.http.post(await link(post), data={"wish": "stop", "of": "office"})
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

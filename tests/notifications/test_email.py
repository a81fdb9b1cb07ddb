"""E-mail as it leaves: its headers, and what each reply of a mail server does to the message."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifications.channels import Accepted, Content, Later, PutOff, Refused, Unsure
from notifications.email import server
from tests.notifications.conftest import Ends, Post
from tests.notifications.test_contract import outgoing
from tests.office import SECRET
from tracker.core.outreach.attempts import Ending
from tracker.core.vocabulary.seals import LinkKind, unseal

ALEX = "alex@example.org"


async def test_a_letter_says_who_it_is_from_and_how_to_stop_it(post: Post) -> None:
    await post.by_mail()
    await post.carry()
    (letter,) = post.mail.letters
    assert post.mail.to == [ALEX]
    assert letter["From"] == "Northwick Council <requests@northwick.example>"
    message, attempt = (await post.desk.rows("SELECT message_id, id FROM attempt"))[0]
    name, _, host = letter["Message-ID"].strip("<>").partition("@")
    assert (unseal(SECRET, LinkKind.LETTER, name), host) == ((post.desk.office.id, message), "127.0.0.1")
    assert unseal(SECRET, LinkKind.ATTEMPT, letter["X-Attempt"]) == (post.desk.office.id, attempt)
    assert letter["List-Unsubscribe"].startswith(f"<{post.url}/stop/")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Auto-Submitted"] == "auto-generated" and letter["Content-Language"] == "en"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    assert "<img" not in letter.get_body(("html",)).get_content()  # type: ignore[union-attr]  # a letter without this part fails here, and should
    assert await post.states() == [("email", "sent", "accepted")]


async def test_no_value_of_ours_makes_a_second_header_case_60(ends: Ends) -> None:
    words = Content("Northwick", "Hello.\0", "News\r\nBcc: victim@example.org\u2028X-Bad: 1\0", "<p>Hello.\0</p>")
    sent = replace(
        outgoing("email"), content=words, organisation='Evil "Org\r\nBcc: a@example.org', language="en\r\nX: 1"
    )
    assert isinstance(await ends.carriers["email"].send(sent), Accepted)
    (letter,) = ends.mail.letters
    assert letter["Subject"] == "News Bcc: victim@example.org X-Bad: 1"
    assert letter["Bcc"] is None and letter["X-Bad"] is None and letter["X"] is None
    assert ends.mail.to == [ALEX]
    assert "\0" not in letter.as_string()


async def test_a_letter_in_other_letters_arrives_whole(ends: Ends) -> None:
    words = Content("Northwick", ".starts with a dot\n.\n" + "ŵ مرحبا 🙂 " * 300, "Newyddion ŵ", "<p>ŵ</p>")
    await ends.carriers["email"].send(replace(outgoing("email"), content=words, address="a.b+tag@bücher.example"))
    (letter,) = ends.mail.letters
    said = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # a letter without this part fails here, and should
    assert said.split() == words.text.split()
    assert letter["Subject"] == "Newyddion ŵ"
    assert ends.mail.to == ["a.b+tag@xn--bcher-kva.example"]  # case 66


@pytest.mark.parametrize(
    ("address", "envelope"),
    [
        ("kim@straße.example", "kim@xn--strae-oqa.example"),
        ("kim@strasse.example", "kim@strasse.example"),
        ("Kim.Lee@Bücher.example", "Kim.Lee@xn--bcher-kva.example"),
        ("kim@βόλος.example", "kim@xn--nxasmm1c.example"),
        ("kim@xn--strae-oqa.example", "kim@xn--strae-oqa.example"),
    ],
)
async def test_p3_a_letter_goes_to_the_domain_that_idna_2008_names(ends: Ends, address: str, envelope: str) -> None:
    assert isinstance(await ends.carriers["email"].send(replace(outgoing("email"), address=address)), Accepted)
    assert ends.mail.to == [envelope] and ends.mail.letters[0]["To"] == envelope


@pytest.mark.parametrize("address", ["kim@☃.example", "kim@x..straße.example", "kim@\u200d.example"])
async def test_p3_a_domain_that_cannot_be_is_refused_and_no_server_is_asked(ends: Ends, address: str) -> None:
    answer = await ends.carriers["email"].send(replace(outgoing("email"), address=address))
    assert answer == Refused(Ending.BAD_ADDRESS) and ends.mail.connections == 0


async def test_p3_a_local_part_beyond_ascii_goes_where_the_server_takes_such(ends: Ends) -> None:
    sent = replace(outgoing("email"), address="żółw@straße.example")
    assert await ends.carriers["email"].send(sent) == Refused(Ending.BAD_ADDRESS), "RFC 6531: it was not offered"
    ends.mail.takes_utf8 = True
    await ends.carriers["email"].close()
    assert isinstance(await ends.carriers["email"].send(sent), Accepted)
    assert isinstance(await ends.carriers["email"].send(outgoing("email")), Accepted)
    assert ends.mail.to == ["żółw@xn--strae-oqa.example", ALEX]
    assert str(ends.mail.letters[0]["To"]) == "żółw@xn--strae-oqa.example"


async def test_p3_a_sender_beyond_ascii_is_replaced_by_one_that_every_server_takes(ends: Ends) -> None:
    sent = replace(outgoing("email"), sender="żółw@northwick.example")
    assert isinstance(await ends.carriers["email"].send(sent), Accepted)
    assert "no-reply@track.test" in ends.mail.letters[0]["From"]


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("550 5.1.1 No such user", Refused(Ending.BAD_ADDRESS)),
        ("550 no such user", Refused(Ending.BAD_ADDRESS)),
        ("552 5.2.2 Over quota", Refused(Ending.MAILBOX_FULL)),
        ("550 5.7.1 Blocked by policy", Refused(Ending.BLOCKED)),
        ("554 5.6.0 Odd", Refused(Ending.REJECTED)),
        ("450 4.2.0 Greylisted", PutOff(Ending.PUT_OFF)),
        ("452 4.2.2 Full for now", PutOff(Ending.MAILBOX_FULL)),
        ("550 4.4.1 The enhanced code decides", PutOff(Ending.PUT_OFF)),
    ],
)
async def test_a_refused_recipient_is_told_by_its_enhanced_code_case_62(ends: Ends, reply: str, answer: object) -> None:
    ends.mail.refuse[ALEX] = reply
    assert await ends.carriers["email"].send(outgoing("email")) == answer
    ends.mail.refuse.clear()
    assert isinstance(await ends.carriers["email"].send(outgoing("email")), Accepted)


async def test_a_refusal_after_the_data_counts_alike_and_the_connection_is_used_again(ends: Ends) -> None:
    ends.mail.answers = ["554 5.7.1 Spam", "451 4.3.0 Not now", "250 2.0.0 OK"]
    answers = [await ends.carriers["email"].send(outgoing("email")) for _ in range(3)]
    assert answers[:2] == [Refused(Ending.BLOCKED), PutOff(Ending.PUT_OFF)]
    assert isinstance(answers[2], Accepted)
    assert ends.mail.connections == 1


async def test_a_connection_lost_after_the_final_dot_leaves_doubt_case_61(ends: Ends) -> None:
    ends.mail.answers = [None]
    assert await ends.carriers["email"].send(outgoing("email")) == Unsure()
    assert isinstance(await ends.carriers["email"].send(outgoing("email")), Accepted)


async def test_a_sender_that_the_server_does_not_take_is_our_fault_and_no_person_s(ends: Ends) -> None:
    ends.mail.refuse_sender = "550 5.7.1 Not yours"
    answer = await ends.carriers["email"].send(outgoing("email"))
    assert isinstance(answer, Later) and answer.ending is Ending.SENDER_REFUSED


@pytest.mark.parametrize("url", ["http://mail.test", "mail.test:587", "smtp://"])
def test_an_address_of_no_mail_server_is_refused_in_words(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://user"):
        server(url)


def test_the_address_of_a_mail_server_is_read_whole() -> None:
    found = server("smtps://a%40b:p%2Fw@mail.test")
    assert (found.host, found.port, found.tls, found.user, found.password) == ("mail.test", 465, True, "a@b", "p/w")


async def test_what_is_put_off_is_tried_again_and_given_up_after_six_tries_case_62(post: Post) -> None:
    post.mail.refuse[ALEX] = "450 4.2.0 Greylisted"
    await post.by_mail()
    for tried in range(1, 7):
        await post.carry()
        ((_, state, outcome),) = await post.states()
        assert (state, outcome) == ("failed" if tried == 6 else "due", "put_off")
        await post.later(241)
    assert await post.alerts() == ["not_reached"]


async def test_a_letter_in_doubt_is_sent_once_more_with_the_same_id_and_then_never_again_case_61(post: Post) -> None:
    post.mail.answers = [None, None]
    await post.by_mail()
    await post.carry()
    assert await post.states() == [("email", "unknown", "unsure")]
    assert await post.worker.ask() == 0  # not yet
    await post.later(15)
    assert await post.worker.ask() == 1
    await post.carry()
    first, second = post.mail.letters
    assert first["Message-ID"] == second["Message-ID"] and first["X-Attempt"] != second["X-Attempt"]
    await post.later(15)
    assert await post.worker.ask() == 1
    await post.carry()
    assert len(post.mail.letters) == 2
    assert await post.states() == [("email", "unknown", "unsure")]
    assert await post.alerts() == ["message_unknown"]
    await post.later(600)
    assert await post.worker.ask() == 0  # it is over

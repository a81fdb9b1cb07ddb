"""Texts by Twilio: each answer of the provider, what it does to the message, and that nothing is sent twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifications.channels import Accepted, Content, Later, Refused, Unsure
from tests.notifications.conftest import NUMBER, Ends, Post
from tests.notifications.test_contract import outgoing
from tests.office import SECRET
from tracker.core.outreach.attempts import Ending
from tracker.core.vocabulary.seals import LinkKind, unseal
from tracker.demo.standin import Trouble


async def test_a_text_carries_its_attempt_in_the_address_of_its_receipts(post: Post) -> None:
    await post.by_text("07700 900123")
    await post.carry()
    (text,) = post.phones.texts
    assert text.to == NUMBER and text.sender == "+447700900999"
    (attempt,) = (await post.desk.rows("SELECT id, provider_id FROM attempt"))[0:1]
    sealed = text.callback.removeprefix(f"{post.url}/twilio/status/")
    assert unseal(SECRET, LinkKind.ATTEMPT, sealed) == (post.desk.office.id, attempt.id)
    assert attempt.provider_id == text.sid
    await post.phones.settled()
    assert await post.states() == [("sms", "delivered", "accepted")]


async def test_a_messaging_service_is_named_as_one(ends: Ends) -> None:
    service = "MG" + "0a" * 16
    await ends.carriers["sms"].send(replace(outgoing("sms"), sender=service))
    assert ends.phones.texts[0].sender == service


async def test_a_text_is_composed_and_shows_all_that_is_in_it_case_58(ends: Ends) -> None:
    words = Content("Northwick", "Cafe\u0301 \u202eevil\u202c \u200bopen")
    await ends.carriers["sms"].send(replace(outgoing("sms"), content=words))
    assert ends.phones.texts[0].body == "Café evil open"


@pytest.mark.parametrize(
    ("code", "ending"),
    [
        (21211, Ending.BAD_ADDRESS),
        (21614, Ending.BAD_ADDRESS),
        (21408, Ending.BLOCKED),
        (21612, Ending.BLOCKED),
        (21610, Ending.STOPPED),
        (29999, Ending.REJECTED),
    ],
)
async def test_what_is_permanent_is_told_by_its_code_and_not_tried_again_case_49(
    ends: Ends, code: int, ending: Ending
) -> None:
    ends.phones.troubles.append(Trouble(400, code))
    assert await ends.carriers["sms"].send(outgoing("sms")) == Refused(ending)
    assert ends.carriers["sms"].rest() is None


@pytest.mark.parametrize(("retry_after", "least"), [("7", 6.9), ("", 1.0), ("Wed, 21 Oct 2026 07:28:00 GMT", 1.0)])
async def test_too_fast_slows_all_senders_of_the_account_case_46(ends: Ends, retry_after: str, least: float) -> None:
    ends.phones.troubles.append(Trouble(429, 20429, retry_after))
    answer = await ends.carriers["sms"].send(outgoing("sms"))
    assert isinstance(answer, Later) and answer.ending is Ending.THROTTLED
    assert answer.after.total_seconds() >= least
    rest = ends.carriers["sms"].rest()
    assert rest is not None and rest.total_seconds() >= least - 0.5


@pytest.mark.parametrize("status", [500, 503])
async def test_a_provider_in_trouble_is_left_alone_for_longer_each_time_case_47(ends: Ends, status: int) -> None:
    carrier = ends.carriers["sms"]
    ends.phones.troubles += [Trouble(status), Trouble(status)]
    first = await carrier.send(outgoing("sms"))
    carrier._gate._until = 0  # type: ignore[attr-defined]  # the pause is over
    second = await carrier.send(outgoing("sms"))
    assert isinstance(first, Later) and isinstance(second, Later)
    assert second.after > first.after
    assert first.ending is Ending.PROVIDER_DOWN


@pytest.mark.parametrize("trouble", [Trouble(502), Trouble(504), Trouble(hang=True), Trouble(lose=True)])
async def test_what_may_have_gone_leaves_doubt_case_48(ends: Ends, hasty: None, trouble: Trouble) -> None:
    ends.phones.troubles.append(replace(trouble))
    assert await ends.carriers["sms"].send(outgoing("sms")) == Unsure()


@pytest.mark.parametrize(("code", "ending"), [(20003, Ending.NO_CREDIT), (21606, Ending.SENDER_REFUSED)])
async def test_our_account_and_our_sender_are_no_person_s_fault_case_55(post: Post, code: int, ending: Ending) -> None:
    post.phones.troubles.append(Trouble(401 if code == 20003 else 400, code))
    await post.by_text()
    await post.carry()
    assert await post.states() == [("sms", "due", ending)]
    assert await post.alerts() == ["carrier_down"]
    assert (post.carriers.live["sms"].rest() is not None) is (ending is Ending.NO_CREDIT)
    await post.by_text("07700 900456")
    post.phones.troubles.clear()
    await post.carry()
    sent = len(post.phones.texts)
    assert sent == (0 if ending is Ending.NO_CREDIT else 1)  # a breaker keeps the others queued


async def test_a_text_whose_answer_never_came_is_found_by_asking_and_not_sent_again_case_28(
    post: Post, hasty: None
) -> None:
    post.phones.receipts = ()
    post.phones.troubles.append(Trouble(hang=True))
    await post.by_text()
    await post.carry()
    assert await post.states() == [("sms", "unknown", "unsure")]
    await post.later(3)
    assert await post.worker.ask() == 1
    assert await post.states() == [("sms", "sent", "accepted")]
    await post.carry()
    assert len(post.phones.texts) == 1
    assert (await post.desk.rows("SELECT provider_id FROM attempt"))[0][0] == post.phones.texts[0].sid


async def test_a_text_that_never_arrived_there_is_sent_again_only_after_the_list_has_shown_it_case_28(
    post: Post, hasty: None
) -> None:
    post.phones.troubles.append(Trouble(lose=True))
    await post.by_text()
    await post.carry()
    await post.later(3)
    assert await post.worker.ask() == 1
    assert await post.states() == [("sms", "unknown", "unsure")]  # its list may be behind
    await post.later(6)
    assert await post.worker.ask() == 1
    assert await post.states() == [("sms", "due", "not_sent")]
    await post.carry()
    await post.phones.settled()
    assert len(post.phones.texts) == 1
    assert await post.states() == [("sms", "delivered", "accepted")]


async def test_an_older_text_with_the_same_words_is_not_taken_for_it(post: Post, hasty: None) -> None:
    sent = replace(outgoing("sms"), sender="+447700900999")
    carrier = post.carriers.live["sms"]
    answer = await carrier.send(sent)
    assert isinstance(answer, Accepted)
    assert await carrier.ask(replace(sent, known=frozenset({answer.provider_id}))) != answer
    other = replace(sent, content=Content("Northwick", "Other words."))
    assert not isinstance(await carrier.ask(other), Accepted)


async def test_a_worker_that_died_while_sending_leaves_doubt_and_nobody_sends_again_case_28(post: Post) -> None:
    post.phones.receipts = ()
    await post.by_text()
    await post.carry()
    await post.change(
        "UPDATE message SET state = 'sending', settled_at = NULL, lease_until = clock_timestamp() - interval '1 s' "
        "WHERE state = 'sent'"
    )
    await post.change("UPDATE attempt SET outcome = NULL, provider_id = NULL")
    await post.carry()
    assert await post.states() == [("sms", "unknown", "unsure")]
    await post.later(3)
    await post.worker.ask()
    assert await post.states() == [("sms", "sent", "accepted")]
    assert len(post.phones.texts) == 1


async def test_asking_ends_and_an_operator_is_told(post: Post, hasty: None) -> None:
    post.phones.troubles += [Trouble(lose=True)]
    await post.by_text()
    await post.carry()
    await post.later(25 * 60)
    assert await post.worker.ask() == 1
    assert await post.states() == [("sms", "unknown", "unsure")]
    assert await post.alerts() == ["message_unknown"]
    await post.later(25 * 60)
    assert await post.worker.ask() == 0


async def test_a_channel_without_a_carrier_waits_an_hour_and_tells_an_operator(post: Post) -> None:
    del post.carriers.live["sms"]  # type: ignore[attr-defined]  # as if none were set up
    await post.by_text()
    await post.carry()
    assert await post.states() == [("sms", "due", None)]
    assert await post.alerts() == ["channel_not_configured"]
    ((waits,),) = await post.desk.rows(
        "SELECT due_at - decided_at > interval '59 minutes' FROM message WHERE state='due'"
    )
    assert waits

"""Receipts: signed, kept once, monotonic, and good for settling what we do not know."""

from __future__ import annotations

import itertools
import json
import logging

import pytest
from twilio.request_validator import RequestValidator

from tests.notifications.conftest import NUMBER, Post
from tests.office import SECRET
from tracker.core.vocabulary.seals import LinkKind, seal
from tracker.demo.standin import UNDELIVERED, Trouble
from tracker.store.ground.columns import new_id


async def sent(post: Post) -> None:
    """A text that was taken, and of which nothing was reported yet."""
    post.phones.receipts = ()
    await post.by_text()
    await post.carry()


async def state(post: Post) -> str:
    """The state of the only message."""
    return (await post.states())[0][1]


async def test_receipts_in_any_order_and_twice_never_lead_back_case_53(post: Post) -> None:
    for order in itertools.permutations(["queued", "sent", "delivered"]):
        await sent(post)
        seen = []
        for status in (*order, *order):
            await post.phones.report(post.phones.texts[-1], status)
            seen.append((await post.states())[-1][1])
        assert seen == sorted(seen, key=["sent", "delivered"].index)
        assert seen[-1] == "delivered"
    assert set(post.phones.answers) == {204}
    assert (await post.desk.rows("SELECT count(*) FROM receipt"))[0][0] == 6 * 3


async def test_a_receipt_that_comes_before_our_own_record_counts_case_52(post: Post) -> None:
    post.phones.troubles.append(Trouble(early=True))
    await post.by_text()
    await post.carry()
    assert await post.states() == [("sms", "delivered", "accepted")]
    ((lease,),) = await post.desk.rows("SELECT lease_until FROM message WHERE state = 'delivered'")
    assert lease is None


@pytest.mark.usefixtures("hasty")
async def test_a_receipt_settles_what_we_do_not_know_case_28(post: Post) -> None:
    post.phones.receipts = ()
    post.phones.troubles.append(Trouble(hang=True))
    await post.by_text()
    await post.carry()
    assert await state(post) == "unknown"
    await post.phones.report(post.phones.texts[0], "sent")
    assert await post.states() == [("sms", "sent", "accepted")]
    await post.later(3)
    assert await post.worker.ask() == 0


@pytest.mark.usefixtures("hasty")
async def test_a_receipt_stops_what_was_about_to_be_sent_again(post: Post) -> None:
    post.phones.receipts = ()
    post.phones.troubles.append(Trouble(hang=True))
    await post.by_text()
    await post.carry()
    await post.change("UPDATE message SET state = 'due' WHERE state = 'unknown'")
    await post.phones.report(post.phones.texts[0], "delivered")
    await post.carry()
    assert len(post.phones.texts) == 1
    assert await state(post) == "delivered"


async def test_a_text_that_could_not_be_delivered_goes_on_to_the_next_rung_case_54(post: Post) -> None:
    await post.by_text(UNDELIVERED, ("email", "alex@example.org"))
    await post.carry()
    await post.phones.settled()
    await post.carry()
    assert await post.states() == [("sms", "failed", "unreachable"), ("email", "sent", "accepted")]
    assert post.mail.to == ["alex@example.org"]
    assert await post.alerts() == []


async def test_what_is_kept_of_a_receipt_names_nobody(post: Post) -> None:
    await sent(post)
    await post.phones.report(post.phones.texts[0], "delivered")
    ((body,),) = await post.desk.rows("SELECT body FROM receipt")
    assert body["MessageStatus"] == "delivered"
    assert NUMBER not in json.dumps(body) and "From" not in body


async def test_a_receipt_for_what_we_do_not_know_is_answered_well_and_counted_case_52(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    await sent(post)
    (text,) = post.phones.texts
    with caplog.at_level(logging.INFO):
        for sealed in ("x", seal(SECRET, LinkKind.ATTEMPT, post.desk.office.id, new_id()), "é" * 59):
            text.callback = f"{post.url}/twilio/status/{sealed}"
            await post.phones.report(text, "sent")
    assert post.phones.answers == [204, 204, 204] or post.phones.answers[:2] == [204, 204]
    assert [each.message for each in caplog.records].count("receipt_unknown") >= 2
    assert await post.desk.rows("SELECT 1 FROM receipt") == []


async def test_only_twilio_s_signature_opens_the_door(post: Post) -> None:
    await sent(post)
    (text,) = post.phones.texts
    form = {"MessageSid": text.sid, "MessageStatus": "delivered"}
    good = RequestValidator(post.phones.token).compute_signature(text.callback, form)
    empty = RequestValidator(post.phones.token).compute_signature(text.callback, {})
    other = RequestValidator("another token").compute_signature(text.callback, form)
    forged: list[dict[str, object]] = [
        {"data": form},
        {"data": form, "headers": {"X-Twilio-Signature": ""}},
        {"data": form, "headers": {"X-Twilio-Signature": other}},
        {"data": {**form, "MessageStatus": "failed"}, "headers": {"X-Twilio-Signature": good}},
        {"json": form, "headers": {"X-Twilio-Signature": empty}},
        {"json": form, "headers": {"X-Twilio-Signature": good}},
        {"content": b"", "headers": {"X-Twilio-Signature": empty}},
        {
            "data": form,
            "headers": {"X-Twilio-Signature": good, "X-Twilio-Webhooks-Signature-Settings": "x"},
            "params": {"bodySHA256": "0" * 64},
        },
    ]
    for attack in forged:
        answer = await post.http.post(text.callback, **attack)  # type: ignore[arg-type]  # arguments of several kinds
        assert answer.status_code == 403, attack
    assert await state(post) == "sent"
    assert (await post.http.post(text.callback, data=form, headers={"X-Twilio-Signature": good})).status_code == 204
    assert await state(post) == "delivered"

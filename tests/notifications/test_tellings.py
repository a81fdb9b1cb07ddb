"""A date was told when a carrier has accepted a message that names it: in the same transaction, once, no other."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from notifications.asking import recover
from notifications.sandbox import Sandbox
from tests.notifications.conftest import NUMBER, Post
from tests.notifications.test_worker import LAPSE
from tests.office import SECRET
from tracker.demo.standin import Trouble
from tracker.flows.outreach import release

ALEX = "alex@example.org"


async def open_case(post: Post, **party: Any) -> None:
    """A case with the service's own date, whose applicant is to hear that it was received; by e-mail if not told
    otherwise."""
    await post.desk.status("P-1", "REC")
    await post.desk.party("P-1", **party)


async def text_of_a_date(post: Post) -> None:
    """A text that is about to say a new date."""
    await open_case(post, channels=[{"channel": "sms", "address": NUMBER}])
    await post.change(
        "UPDATE message m SET purpose = 'date_changed', cause = (SELECT promise_id::text FROM \"case\" c "
        "WHERE c.id = m.case_id) WHERE purpose = 'acknowledged'"
    )


async def told(post: Post) -> list[tuple[str, str]]:
    """(audience, channel) of what was told, all of it by a message about the case whose date it is."""
    rows = await post.desk.rows(
        """SELECT t.audience, t.channel, t.told_at = a.started_at AS at_once, p.case_id = m.case_id AS own
        FROM telling t JOIN promise p ON p.id = t.promise_id JOIN message m ON m.id = t.message_id
        JOIN attempt a ON a.message_id = m.id AND a.outcome = 'accepted' ORDER BY 1, 2"""
    )
    assert all(row.at_once and row.own for row in rows)
    assert len(rows) == (await post.desk.rows("SELECT count(*) FROM telling"))[0][0]
    return [(row.audience, row.channel) for row in rows]


async def test_an_e_mail_that_names_a_date_tells_it_to_the_party_s_role(post: Post) -> None:
    await open_case(post, role="adviser")
    await post.carry()
    assert "We expect to finish by" in post.mail.letters[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]  # a letter without this part fails here, and should
    assert await told(post) == [("adviser", "email")]


async def test_two_who_are_told_are_two_audiences_and_a_second_letter_to_one_is_no_second_telling(post: Post) -> None:
    await open_case(post)
    await post.desk.party(
        "P-1", party="2", role="joint_applicant", channels=[{"channel": "email", "address": "j@x.org"}]
    )
    await post.carry()
    first = await post.desk.rows("SELECT * FROM telling ORDER BY audience")
    await post.desk.status("P-1", "VAL")
    await post.change("UPDATE message SET due_at = decided_at WHERE state = 'due'")
    await post.carry()
    assert len(post.mail.letters) == 4
    assert await told(post) == [("applicant", "email"), ("joint_applicant", "email")]
    assert await post.desk.rows("SELECT * FROM telling ORDER BY audience") == first


@pytest.mark.parametrize(("channel", "address"), [("email", ALEX), ("sms", NUMBER)])
async def test_what_names_no_date_tells_none(post: Post, channel: str, address: str) -> None:
    await open_case(post, sensitive=True, channels=[{"channel": channel, "address": address}])
    await post.carry()
    assert [state for _, state, _ in await post.states()] in (["sent"], ["delivered"])
    assert await told(post) == []


async def test_the_first_text_tells_the_first_date(post: Post) -> None:
    """T6: who has no e-mail hears it too."""
    await open_case(post, channels=[{"channel": "sms", "address": NUMBER}])
    await post.carry()
    assert await told(post) == [("applicant", "sms")]


async def test_the_safe_text_that_took_the_place_of_other_words_tells_none(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = release.outreach_facts

    def broken(*given: Any, **named: Any) -> Any:
        facts = real(*given, **named)
        object.__setattr__(facts, "help", 7)  # no template can clean a number
        return facts

    monkeypatch.setattr(release, "outreach_facts", broken)
    await open_case(post)
    await post.carry()
    assert await post.alerts() == ["message_not_rendered"]
    assert len(post.mail.letters) == 1
    assert await told(post) == []


async def test_what_a_carrier_refused_or_may_have_lost_tells_none_until_it_is_accepted(post: Post) -> None:
    post.mail.refuse[ALEX] = "450 4.2.0 Greylisted"
    await open_case(post)
    await post.carry()
    assert await told(post) == []
    post.mail.refuse.clear()
    post.mail.answers = [None]
    await post.later(10)
    await post.carry()
    assert [state for _, state, _ in await post.states()] == ["unknown"]
    assert await told(post) == []
    await post.later(20)
    await post.worker.ask()
    await post.later(20)
    await post.carry()
    assert await told(post) == [("applicant", "email")]


async def test_a_late_answer_tells_case_30(post: Post) -> None:
    await open_case(post)
    post.mail.hold = asyncio.Event()
    task = asyncio.create_task(post.worker.once())
    while not post.mail.held:
        await asyncio.sleep(0.01)
    await post.change(LAPSE)
    await recover(post.desk.store, SECRET, 50)
    assert await told(post) == []
    post.mail.hold.set()
    await task
    assert await told(post) == [("applicant", "email")]


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("status", ["sent", "delivered"])
async def test_a_receipt_that_settles_a_doubt_tells_and_told_twice_it_tells_once_case_28(
    post: Post, status: str
) -> None:
    post.phones.receipts = ()
    post.phones.troubles.append(Trouble(hang=True))
    await text_of_a_date(post)
    await post.carry()
    assert [state for _, state, _ in await post.states()] == ["unknown"]
    assert await told(post) == []
    for said in (status, "queued", status):
        await post.phones.report(post.phones.texts[0], said)
    assert await told(post) == [("applicant", "sms")]


async def test_a_receipt_before_our_own_record_tells_case_52(post: Post) -> None:
    post.phones.troubles.append(Trouble(early=True))
    await text_of_a_date(post)
    await post.carry()
    assert await told(post) == [("applicant", "sms")]


async def test_what_the_sandbox_caught_before_its_worker_died_was_told(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post.change("UPDATE organisation SET footing = 'sandbox'")
    await open_case(post)
    real = Sandbox.send

    async def dies(self: Sandbox, outgoing: Any) -> Any:
        await real(self, outgoing)
        raise ConnectionError

    monkeypatch.setattr(Sandbox, "send", dies)
    with pytest.raises(ConnectionError):
        await post.worker.once(post.desk.office.id)
    assert await told(post) == []
    await post.change(LAPSE)
    await recover(post.desk.store, SECRET, 50)
    assert await told(post) == [("applicant", "email")]

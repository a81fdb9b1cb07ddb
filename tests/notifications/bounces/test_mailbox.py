"""From the mailbox to the next rung: what comes back is suppressed, retried or ignored as it should (P9, 61 to 63)."""

from __future__ import annotations

import asyncio
import imaplib
import logging
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from notifications.bounces import mailbox
from notifications.bounces.mailbox import BounceMailbox, MailboxPlace, MailboxRefused, _is_here, place
from tests.notifications.bounces.imap_server import Folder, mailbox_server
from tests.notifications.bounces.shapes import SHAPES, About, report, report_about
from tests.notifications.conftest import BOUNCES, NUMBER, Post
from tests.notifications.test_ladder import LANDLINE
from tests.notifications.test_stopping import wishes
from tests.office import SECRET, START
from tracker.core.outreach.bounces import too_many, worn_out

FULL = "soft_mailbox_full"
DEAD = "hard_no_such_user"


@pytest.fixture
async def folder() -> AsyncIterator[Folder]:
    """An empty mailbox."""
    async with mailbox_server() as made:
        yield made


async def heed(post: Post, folder: Folder) -> int:
    """Read the mailbox once, as the leader does."""
    return await BounceMailbox(place(folder.url), SECRET).heed(post.desk.store)


async def bounce(post: Post, folder: Folder, shape: str, at: int = -1) -> None:
    """A letter that the mail server took comes back in this shape, and is heeded."""
    folder.arrives(report_about(shape, post.mail.letters[at], post.mail.paths[at]))
    assert await heed(post, folder) == 1


async def steps(post: Post) -> list[tuple[str, str]]:
    """(step, cause) of the ledger of addresses."""
    return [tuple(row) for row in await post.desk.rows("SELECT step, cause FROM suppression ORDER BY at, id")]


BECOMES = {
    "hard": ("failed", True),
    "soft": ("due", False),
    "refused": ("failed", False),
}
"""By the first part of a shape's name: what becomes of its message, which has no other channel, and whether nothing
goes to its address any more. All others leave both as they are."""


async def test_every_shape_is_suppressed_retried_or_ignored_as_it_should_be(post: Post, folder: Folder) -> None:
    for shape in SHAPES:
        await post.by_mail(f"{shape}@inbox.example")
    await post.carry()
    rows = await post.desk.rows(
        """SELECT m.id, a.id, r.normal FROM message m JOIN attempt a ON a.message_id = m.id
        JOIN recipient r ON r.id = m.recipient_id WHERE m.state = 'sent'"""
    )
    assert len(rows) == len(SHAPES)
    for message, attempt, normal in rows:
        shape = normal.split("@")[0]
        folder.arrives(report(shape, About(post.desk.office.id, message, attempt, normal)))
    assert await heed(post, folder) == len(SHAPES)
    states = dict(
        await post.desk.rows(
            "SELECT split_part(r.normal, '@', 1), m.state FROM message m JOIN recipient r ON r.id = m.recipient_id"
            " WHERE m.reason IS DISTINCT FROM 'superseded'"
        )
    )
    assert states == {shape: BECOMES.get(shape.split("_")[0], ("sent", False))[0] for shape in SHAPES}
    hard = [shape for shape in SHAPES if BECOMES.get(shape.split("_")[0], ("", False))[1]]
    assert sorted(await steps(post)) == [("counted", "soft")] * 4 + [("suppressed", "hard")] * len(hard)
    assert await wishes(post) == [("stop", "complaint")] * 2
    assert len(folder.letters) == 4 and folder.unread() == []  # a person's, and what is no report of anything


async def test_another_channel_goes_out_within_the_minute_once(post: Post, folder: Folder) -> None:
    await post.by_mail("alex@example.org", ("sms", NUMBER))
    await post.carry()
    assert post.mail.paths[0] != BOUNCES and post.mail.paths[0].startswith("bounces+")
    letter = report_about(DEAD, post.mail.letters[0], post.mail.paths[0])
    folder.arrives(letter)
    folder.arrives(letter)
    began = time.monotonic()
    assert await heed(post, folder) == 2
    took = time.monotonic() - began
    assert await post.states() == [("email", "failed", "bad_address"), ("sms", "due", None)]
    ((wait,),) = await post.desk.rows("SELECT due_at - clock_timestamp() FROM message WHERE rung = 1")
    assert took < 10 and wait <= timedelta(0)
    print(f"from the mailbox to a text that is due: {took * 1000:.0f} ms")
    await post.carry()
    await post.phones.settled()
    assert await post.states() == [("email", "failed", "bad_address"), ("sms", "delivered", "accepted")]
    assert await post.alerts() == ["address_suppressed"]
    ((reference,),) = await post.desk.rows('SELECT reference FROM "case"')
    page = await post.http.post("/track", data={"reference": reference, "known_fact": "AB1 2CD"}, follow_redirects=True)
    assert page.text.count("It did not arrive. We tried") == 1
    assert folder.letters == {}
    assert await heed(post, folder) == 0


async def test_without_another_channel_staff_have_a_task_by_a_day(post: Post, folder: Folder) -> None:
    await post.by_mail()
    await post.carry()
    await bounce(post, folder, DEAD)
    await bounce(post, folder, DEAD)
    ((kind, purpose, days),) = await post.desk.rows(
        """SELECT t.kind, m.purpose, t.due_on - (clock_timestamp() AT TIME ZONE 'Europe/London')::date FROM task t
        JOIN message m ON m.key = t.cause AND m.case_id = t.case_id WHERE t.done_at IS NULL"""
    )
    assert (kind, purpose) == ("tell_by_hand", "finished") and 1 <= days <= 3
    assert await post.alerts() == ["address_suppressed", "not_reached"]


async def test_nothing_goes_to_a_dead_address_until_the_office_gives_it_anew(post: Post, folder: Folder) -> None:
    """In place of another: that it is repeated in every nightly load confirms nothing."""
    await post.by_mail("alex@example.org", ("sms", NUMBER))
    await post.carry()
    await bounce(post, folder, DEAD)
    await post.carry()
    for _ in range(2):
        await post.by_mail("Alex@example.org", ("sms", NUMBER))
    await post.carry()
    assert len(post.mail.letters) == 1 and len(post.phones.texts) == 3
    assert await post.desk.rows("SELECT count(*) FROM message WHERE reason = 'suppressed'") == [(2,)]
    await post.desk.status("P-8", "REC")
    for address in ("old@example.org", "alex@example.org"):
        await post.desk.party("P-8", channels=[{"channel": "email", "address": address}])
    await post.desk.status("P-8", "RFI")
    await post.carry()
    assert post.mail.to[1:] == ["alex@example.org"] * len(post.mail.to[1:]) != []
    mailed = len(post.mail.to)
    await bounce(post, folder, DEAD)
    assert [each[0] for each in await steps(post)] == ["suppressed", "suppressed"]
    await post.desk.status("P-8", "WITHDRAWN")
    await post.carry()
    assert len(post.mail.to) == mailed


async def test_a_report_that_comes_late_says_nothing_of_what_was_confirmed_since(post: Post, folder: Folder) -> None:
    await post.by_mail("alex@example.org")
    await post.carry()
    for address in ("old@example.org", "alex@example.org"):
        await post.desk.party("P-1", channels=[{"channel": "email", "address": address}])
    await bounce(post, folder, DEAD)
    await post.desk.say("P-1", "case.reopen", {"status": "RFI"})
    await post.carry()
    assert len(post.mail.to) > 1


async def test_a_dead_address_is_no_other_channel(post: Post, folder: Folder) -> None:
    await post.by_mail()
    await post.carry()
    await bounce(post, folder, DEAD)
    await post.by_text(LANDLINE, ("email", "alex@example.org"))
    await post.carry()
    assert await post.desk.rows("SELECT 1 FROM message WHERE rung > 0") == []
    assert await post.desk.rows("SELECT count(*) FROM task") == [(2,)]


async def test_a_full_mailbox_is_tried_again_and_given_up_after_three_in_three_days(post: Post, folder: Folder) -> None:
    await post.by_mail()
    await post.carry()
    for times in range(1, 4):
        await bounce(post, folder, FULL)
        assert [step for step, _ in await steps(post)].count("counted") == times
        await post.change("UPDATE suppression SET at = at - interval '40 hours'")
        assert await post.states() == [("email", "due" if times < 3 else "failed", "mailbox_full")]
        await post.later(300)
        await post.carry()
    assert len(post.mail.letters) == 3
    assert sorted(step for step, _ in await steps(post)) == ["counted", "counted", "counted", "suppressed"]
    assert await post.alerts() == ["address_suppressed", "not_reached"]


async def test_a_full_mailbox_leaves_the_way_to_another_channel_at_once(post: Post, folder: Folder) -> None:
    await post.by_mail("alex@example.org", ("sms", NUMBER))
    await post.carry()
    await bounce(post, folder, FULL)
    assert await post.states() == [("email", "failed", "mailbox_full"), ("sms", "due", None)]


async def test_a_letter_that_arrives_in_between_ends_the_count(post: Post, folder: Folder) -> None:
    for _ in range(3):
        await post.by_mail("alex@example.org", ("sms", NUMBER))
        await post.carry()
        await bounce(post, folder, FULL)
        await post.by_mail("alex@example.org")
        await post.carry()
        await post.change("UPDATE message SET settled_at = settled_at - interval '26 hours' WHERE state = 'sent'")
        await post.change("UPDATE suppression SET at = at - interval '50 hours'")
    assert {step for step, _ in await steps(post)} == {"counted"}


async def test_a_complaint_counts_as_a_stop_that_start_takes_back(post: Post, folder: Folder) -> None:
    await post.by_mail("alex@example.org", ("sms", NUMBER))
    await post.carry()
    await bounce(post, folder, "complaint")
    assert await post.states() == [("email", "sent", "accepted")]
    await post.by_mail("alex@example.org")
    await post.carry()
    assert len(post.mail.letters) == 1


async def test_a_report_about_an_address_that_has_changed_since_says_nothing_of_the_new_one(
    post: Post, folder: Folder
) -> None:
    await post.by_mail("old@example.org")
    await post.carry()
    await post.desk.party("P-1", channels=[{"channel": "email", "address": "new@example.org"}])
    await bounce(post, folder, DEAD)
    await post.by_mail("new@example.org")
    await post.by_mail("old@example.org")
    await post.carry()
    assert post.mail.to == ["old@example.org", "new@example.org"]


async def test_what_cannot_be_read_now_is_read_again_and_counts_once(post: Post, folder: Folder) -> None:
    await post.by_mail()
    await post.carry()
    folder.arrives(report_about(DEAD, post.mail.letters[0], post.mail.paths[0]))
    for trouble in ("LOGIN", "SEARCH", "FETCH", "STORE"):
        folder.cut = trouble
        with pytest.raises((imaplib.IMAP4.abort, OSError)):
            await heed(post, folder)
    folder.cut, folder.refuse = "", "EXAMINE"
    with pytest.raises(MailboxRefused):
        await heed(post, folder)
    folder.refuse = ""
    assert await heed(post, folder) == 1
    assert (await steps(post), folder.letters) == ([("suppressed", "hard")], {})


async def test_a_folder_that_was_made_anew_is_not_marked(post: Post, folder: Folder) -> None:
    folder.arrives(b"From: somebody@example.org\r\n\r\nHello\r\n")
    made = BounceMailbox(place(folder.url), SECRET)
    arrived = made._fetch
    made._fetch = lambda: (arrived(), setattr(folder, "validity", 42))[0]  # type: ignore[method-assign]  # between both
    await made.heed(post.desk.store)
    assert folder.unread() == [1]


async def test_without_uidplus_reports_are_marked_and_left_to_whoever_cleans_up(post: Post, folder: Folder) -> None:
    folder.capabilities = "IMAP4rev1"
    folder.arrives(
        report("delayed", About(post.desk.office.id, post.desk.office.id, post.desk.office.id, "a@b.example"))
    )
    assert [await heed(post, folder), await heed(post, folder)] == [1, 0]
    assert folder.flags[1] == {r"\Seen", r"\Deleted"}


async def test_the_log_names_nobody(post: Post, folder: Folder, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await post.by_mail()
    await post.carry()
    for shape in ("hard_in_the_manner_of_qmail", "forged_about_somebody_else"):
        await bounce(post, folder, shape)
    ours = [vars(record) for record in caplog.records if record.name.startswith(("notifications", "tracker"))]
    assert [line["heeded"] for line in ours if line["msg"] == "bounce"] == ["done", "another_address"]
    assert "@" not in str([{**line, "args": line["args"]} for line in ours])
    assert "flufl.bounce" not in {record.name for record in caplog.records}


def test_a_mailbox_is_named_by_its_url() -> None:
    assert place("imaps://b%40x.example:p%2F%40@mail.example/Bounces/New") == MailboxPlace(
        "mail.example", 993, True, "b@x.example", "p/@", "Bounces/New"
    )
    assert place("imap://b:p@mail.example").port == 143 and place("imap://b:p@mail.example/").folder == "INBOX"
    for odd in ("", "https://b:p@mail.example", "imaps://mail.example", 'imaps://b:p@h/a"b', "imaps://b:p@h/a%0Ab"):
        with pytest.raises(ValueError, match="imaps://"):
            place(odd)


async def test_no_password_leaves_this_machine_in_the_clear(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    given = place(folder.url)
    monkeypatch.setattr(mailbox, "_is_here", lambda host: False)
    with pytest.raises(MailboxRefused):
        await asyncio.to_thread(BounceMailbox(given, SECRET)._fetch)
    assert folder.logins == 0
    assert [_is_here(host) for host in ("localhost", "127.0.0.1", "::1", "192.0.2.1", "mail.example")] == [
        True,
        True,
        True,
        False,
        False,
    ]


async def test_where_too_many_come_back_only_what_is_urgent_is_mailed_case_64(post: Post, folder: Folder) -> None:
    await post.by_mail("alex@example.org")
    await post.carry()
    await post.change(
        """INSERT INTO attempt (organisation_id, mode, id, message_id, number, carrier, content, outcome, started_at)
        SELECT organisation_id, mode, gen_random_uuid(), message_id, 100 + n, carrier, content,
            CASE WHEN n <= 5 THEN 'bad_address' ELSE 'accepted' END, started_at
        FROM attempt CROSS JOIN generate_series(1, 99) n"""
    )
    await bounce(post, folder, DEAD)
    assert await post.alerts() == ["address_suppressed", "mail_paused", "not_reached"]
    await post.desk.status("P-7", "REC")
    await post.desk.party("P-7", channels=[{"channel": "email", "address": "sam@example.org"}])
    await post.end(("email", "kim@example.org"))
    await post.carry()
    assert post.mail.to == ["alex@example.org", "kim@example.org"]
    ((wait,),) = await post.desk.rows("SELECT due_at - clock_timestamp() FROM message WHERE state = 'due'")
    assert timedelta(hours=23) < wait <= timedelta(hours=24)
    await post.change("UPDATE organisation SET mail_paused_until = clock_timestamp()")
    await post.later(24 * 60 + 1)
    await post.carry()
    assert post.mail.to[2:] == ["sam@example.org"]


@pytest.mark.parametrize(
    ("letters", "back", "pauses"), [(99, 99, False), (100, 5, False), (100, 6, True), (200, 10, False), (200, 11, True)]
)
def test_more_than_five_in_a_hundred_are_too_many_case_64(letters: int, back: int, pauses: bool) -> None:
    assert too_many(letters, back) is pauses


@pytest.mark.parametrize(
    ("hours", "dead"), [((), False), ((0, 80), False), ((0, 1, 71), False), ((0, 1, 72), True), ((90, 0, 40, 41), True)]
)
def test_three_soft_bounces_over_three_days_wear_an_address_out_case_63(hours: tuple[int, ...], dead: bool) -> None:
    assert worn_out([START + timedelta(hours=each) for each in hours]) is dead

"""From the mailbox to the next rung: what comes back is suppressed, retried or ignored as it should (P9, 61 to 64)."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from tests.notifications.bounces.conftest import DEAD, FULL, bounce, heed, steps
from tests.notifications.bounces.imap_server import Folder
from tests.notifications.bounces.shapes import SHAPES, About, report, report_about
from tests.notifications.conftest import BOUNCES, NUMBER, Post
from tests.notifications.test_ladder import LANDLINE
from tests.notifications.test_stopping import wishes
from tests.office import START
from tracker.core.outreach.bounces import too_many, worn_out

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
    assert post.mail.to == ["old@example.org", "new@example.org", "new@example.org"], "what came back, and what is new"


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

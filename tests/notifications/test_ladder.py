"""What people must hear goes to the other channel, or becomes a task for staff."""

from __future__ import annotations

from tests.notifications.conftest import NUMBER, Post
from tests.notifications.test_stopping import texted

LANDLINE = "+15005550009"


async def test_what_must_be_heard_goes_to_the_other_channel_once(post: Post) -> None:
    post.mail.refuse["alex@example.org"] = "550 5.1.1 No such user"
    await post.by_mail("alex@example.org", ("sms", NUMBER))
    await post.carry()
    await post.phones.settled()
    assert await post.states() == [("email", "failed", "bad_address"), ("sms", "delivered", "accepted")]
    keys = [row[0] for row in await post.desk.rows("SELECT key FROM message WHERE purpose = 'finished' ORDER BY rung")]
    assert keys[1] == keys[0].replace(":finished:0:", ":finished:1:")


async def test_when_the_last_channel_fails_staff_are_told_by_the_reference_alone(post: Post) -> None:
    post.mail.refuse["alex@example.org"] = "550 5.1.1 No such user"
    await post.by_mail("alex@example.org", ("sms", LANDLINE))
    await post.carry()
    assert await post.states() == [("email", "failed", "bad_address"), ("sms", "failed", "bad_address")]
    ((kind, subject, times),) = await post.desk.rows("SELECT kind, subject, times FROM alert")
    ((reference,),) = await post.desk.rows('SELECT reference FROM "case"')
    assert (kind, subject.replace("-", ""), times) == ("not_reached", reference, 1)


async def test_what_may_be_missed_is_not_repeated_by_text(post: Post) -> None:
    post.mail.refuse["alex@example.org"] = "550 5.1.1 No such user"
    await post.desk.status("P-9", "REC")
    channels = [{"channel": "email", "address": "alex@example.org"}, {"channel": "sms", "address": NUMBER}]
    await post.desk.party("P-9", channels=channels)
    await post.carry()
    assert await post.states() == [("email", "failed", "bad_address")]
    assert await post.alerts() == ["not_reached"]


async def test_the_other_channel_is_not_used_once_it_was_stopped(post: Post) -> None:
    await post.end(("sms", NUMBER))
    await post.carry()
    await texted(post, "STOP")
    post.mail.refuse["alex@example.org"] = "550 5.1.1 No such user"
    await post.by_mail("alex@example.org", ("sms", NUMBER))
    await post.carry()
    assert len(post.phones.texts) == 1
    assert await post.desk.rows("SELECT 1 FROM message WHERE rung > 0") == []
    assert await post.alerts() == ["not_reached"]

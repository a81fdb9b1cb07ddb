"""What comes back when things have moved on: nobody is told what is so no longer, and whoever can be reached is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.notifications.bounces.conftest import DEAD, bounce, heed, steps
from tests.notifications.bounces.imap_server import Folder
from tests.notifications.bounces.shapes import report_about
from tests.notifications.conftest import NUMBER, WITHOUT_QUIET, Post
from tests.web.reading import words
from tracker.flows.case import erase
from tracker.flows.deciding.sweep import sweep
from tracker.flows.services import versions

MAIL = {"channel": "email", "address": "alex@example.org"}
PHONE = {"channel": "sms", "address": NUMBER}
PLAN = {"item": "plan", "code": "floor_plan"}


async def asked(post: Post, *channels: dict[str, str], **party: Any) -> None:
    """A case whose person was asked for something, by a letter that was taken."""
    await post.desk.status("P-1", "REC")
    await post.desk.party("P-1", channels=list(channels), **party)
    await post.later(5)
    await post.carry()
    await post.desk.status("P-1", "RFI")
    due_on = (datetime.now(UTC) + timedelta(days=10)).date().isoformat()
    await post.desk.say("P-1", "case.needs", {"items": [{**PLAN, "due_on": due_on}]})
    await post.later(5)
    await post.carry()
    assert "need something" in post.mail.letters[-1]["Subject"]


async def tasks(post: Post) -> list[str]:
    """What staff are to say, by purpose."""
    rows = await post.desk.rows("SELECT m.purpose FROM task t JOIN message m ON m.key = t.cause ORDER BY 1")
    return [row[0] for row in rows]


async def test_nobody_is_asked_by_hand_for_what_has_arrived_since(post: Post, folder: Folder) -> None:
    await asked(post, MAIL)
    await post.desk.say("P-1", "case.needs", {"items": [{**PLAN, "supplied_at": datetime.now(UTC).isoformat()}]})
    await bounce(post, folder, DEAD)
    assert (await tasks(post), await post.alerts()) == ([], ["address_suppressed"])


async def test_after_the_end_staff_say_the_end_alone(post: Post, folder: Folder) -> None:
    await asked(post, MAIL)
    await post.desk.status("P-1", "WITHDRAWN")
    await bounce(post, folder, DEAD)
    await post.carry()
    assert await tasks(post) == ["finished"]


async def test_what_comes_back_from_an_old_address_goes_to_the_new_one(post: Post, folder: Folder) -> None:
    await asked(post, MAIL)
    await post.desk.party("P-1", channels=[{"channel": "email", "address": "new@example.org"}])
    await bounce(post, folder, DEAD)
    await post.carry()
    assert post.mail.to[-1] == "new@example.org" and "need something" in post.mail.letters[-1]["Subject"]
    assert (await tasks(post), await post.alerts()) == ([], []), "nobody need look for a better address"
    await bounce(post, folder, DEAD)
    assert await tasks(post) == ["action_needed"], "that one is dead as well"


async def test_who_shares_a_dead_mailbox_hears_on_a_telephone_of_their_own(post: Post, folder: Folder) -> None:
    await post.desk.status("P-1", "REC")
    await post.desk.party("P-1", party="2", role="joint_applicant", name="Kim Morgan", channels=[MAIL, PHONE])
    await asked(post, MAIL)
    await bounce(post, folder, DEAD)
    await post.carry()
    told = await post.desk.rows("SELECT party, purpose FROM message WHERE rung > 0")
    assert [tuple(row) for row in told] == [("2", "action_needed")]
    assert (len(post.phones.texts), await tasks(post)) == (1, ["action_needed"]), "staff tell the other one"


async def test_one_telephone_of_two_people_hears_it_once(post: Post, folder: Folder) -> None:
    await post.desk.status("P-1", "REC")
    await post.desk.party("P-1", party="2", role="joint_applicant", name="Kim Morgan", channels=[MAIL, PHONE])
    await asked(post, MAIL, PHONE)
    await bounce(post, folder, DEAD)
    await post.carry()
    assert (len(post.phones.texts), await tasks(post)) == (1, [])


async def test_that_a_question_of_ours_came_back_is_no_task_for_anybody(post: Post, folder: Folder) -> None:
    await post.by_mail()
    await post.carry()
    await post.change("UPDATE message SET purpose = 'feedback' WHERE purpose = 'finished'")
    await bounce(post, folder, DEAD)
    assert (await tasks(post), await post.alerts()) == ([], ["address_suppressed"])


async def test_what_comes_back_after_an_erasure_is_about_nobody(post: Post, folder: Folder) -> None:
    await post.by_mail("alex@example.org", ("sms", NUMBER))
    await post.carry()
    letter = report_about(DEAD, post.mail.letters[0], post.mail.paths[0])
    [(reference,)] = await post.desk.rows('SELECT reference FROM "case"')
    await erase.at_once(post.desk.store, post.desk.office, reference)
    folder.arrives(letter)
    assert await heed(post, folder) == 1
    assert (await steps(post), await post.alerts(), await tasks(post)) == ([], [], [])


async def test_the_next_channel_keeps_the_quiet_hours_of_where_they_live(post: Post, folder: Folder) -> None:
    zones = ("Pacific/Auckland", "Asia/Tokyo", "Asia/Dubai", "Europe/London", "America/Chicago", "Pacific/Honolulu")
    night = next(zone for zone in zones if datetime.now(ZoneInfo(zone)).hour in (22, 23, 0, 1, 2, 3, 4, 5))
    await asked(post, MAIL, PHONE, zone=night)
    await versions.apply(post.desk.store, post.desk.office, WITHOUT_QUIET.replace("quiet_hours = []\n", ""))
    newest = "(SELECT to_jsonb(id::text) FROM definition ORDER BY version DESC LIMIT 1)"
    await post.change(f"UPDATE message SET facts = jsonb_set(facts, '{{definition}}', {newest})")
    await bounce(post, folder, DEAD)
    await post.carry()
    [(wait,)] = await post.desk.rows("SELECT due_at - clock_timestamp() FROM message WHERE rung = 1 AND state = 'due'")
    assert wait > timedelta(hours=1) and post.phones.texts == []


async def promised(post: Post) -> tuple[str, bool]:
    """What the page says of the next word, and whether the program is told that it is sent."""
    [(reference,)] = await post.desk.rows('SELECT reference FROM "case"')
    typed = {"reference": reference, "known_fact": "AB1 2CD"}
    page = words((await post.http.post("/track", data=typed, follow_redirects=True)).text)
    told = (await post.http.post("/api/v1/track", json=typed)).json()
    says = [each for each in ("We will write to you by", "We may not be able to write to you") if each in page]
    return says[0], told["word_is_sent"]


async def test_nobody_is_promised_a_word_where_letters_come_back(post: Post, folder: Folder) -> None:
    await asked(post, MAIL)
    assert await promised(post) == ("We will write to you by", True)
    await bounce(post, folder, DEAD)
    assert await promised(post) == ("We may not be able to write to you", False)
    await post.desk.party("P-1", channels=[{"channel": "email", "address": "new@example.org"}])
    assert await promised(post) == ("We will write to you by", True)
    await post.desk.party("P-1", channels=[MAIL])
    assert await promised(post) == ("We will write to you by", True), "the office confirmed it"


async def test_the_word_that_a_text_promised_comes_by_text_where_letters_come_back(post: Post, folder: Folder) -> None:
    await asked(post, MAIL, PHONE)
    await bounce(post, folder, DEAD)
    assert await promised(post) == ("We will write to you by", True)
    await post.change('UPDATE "case" SET next_word_at = clock_timestamp()')
    await sweep(post.desk.store)
    await post.carry()
    told = await post.desk.rows("SELECT channel, state FROM message WHERE purpose = 'still_working' ORDER BY rung")
    assert [row.channel for row in told] == ["email", "sms"] and told[0].state == "withheld"
    assert len(post.phones.texts) == 2

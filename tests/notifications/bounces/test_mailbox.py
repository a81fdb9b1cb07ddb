"""The mailbox is read once for each letter, cleaned of what was understood, and spoken to with care (P9)."""

from __future__ import annotations

import asyncio
import imaplib
import logging

import pytest

from notifications.bounces import mailbox
from notifications.bounces.mailbox import BounceMailbox, MailboxPlace, MailboxRefused, _is_here, place
from tests.notifications.bounces.conftest import DEAD, bounce, heed, steps
from tests.notifications.bounces.imap_server import ANOTHER, Folder
from tests.notifications.bounces.shapes import About, report, report_about
from tests.notifications.conftest import Post
from tests.office import SECRET


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
    """Between reading and marking, while the server takes its time: the same UID is another letter by then (P9)."""
    await post.by_mail()
    await post.carry()
    folder.arrives(report_about(DEAD, post.mail.letters[0], post.mail.paths[0]))
    folder.made_anew_at, folder.slow = "SELECT", 0.2
    assert await heed(post, folder) == 1
    assert (folder.letters, folder.unread()) == ({1: ANOTHER}, [1]), "somebody's letter was taken for the report"
    assert await steps(post) == [("suppressed", "hard")]
    assert (await heed(post, folder), folder.flags) == (1, {1: {r"\Seen"}}), "it is read in its turn, and stays"


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

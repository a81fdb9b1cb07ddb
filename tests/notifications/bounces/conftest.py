"""A mailbox to which letters come back, beside the office that sends them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from notifications.bounces.mailbox import BounceMailbox, place
from tests.notifications.bounces.imap_server import Folder, mailbox_server
from tests.notifications.bounces.shapes import report_about
from tests.notifications.conftest import Post
from tests.office import SECRET

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

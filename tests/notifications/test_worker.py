"""A worker between the database and providers that are slow: what it holds, and what it may still write."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from notifications import deliver
from notifications.asking import recover
from notifications.deliver import TOGETHER
from tests.notifications.conftest import Post
from tests.office import SECRET

LAPSE = "UPDATE message SET lease_until = clock_timestamp() - interval '1 s' WHERE state = 'sending'"


@asynccontextmanager
async def sending(post: Post, count: int) -> AsyncIterator[asyncio.Task[int]]:
    """A worker with so many letters in hand, of which the mail server answers none before the end of the block."""
    for _ in range(count):
        await post.by_mail()
    post.mail.hold = asyncio.Event()
    task = asyncio.create_task(post.worker.once())
    while post.mail.held < min(count, TOGETHER):
        await asyncio.sleep(0.01)
    yield task
    post.mail.hold.set()
    await task


async def test_no_connection_is_held_while_a_provider_thinks_case_34(post: Post) -> None:
    async with sending(post, 10):
        await asyncio.sleep(0.05)
        assert post.desk.store.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        assert post.mail.held == TOGETHER == post.mail.connections
    assert len(post.mail.letters) == 10
    assert post.mail.connections == TOGETHER


async def test_a_worker_that_slept_past_its_lease_sends_nothing_more_case_29(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "FRESH_SECONDS", -1.0)
    async with sending(post, TOGETHER + 3):
        await post.change(LAPSE)
    assert len(post.mail.letters) == TOGETHER
    await recover(post.desk.store, SECRET, 50)
    states = [state for _, state, _ in await post.states()]
    assert sorted(states) == ["sent"] * TOGETHER + ["unknown"] * 3


async def test_a_late_answer_ends_the_doubt_and_takes_nothing_back_case_30(post: Post) -> None:
    async with sending(post, 1):
        await post.change(LAPSE)
        await recover(post.desk.store, SECRET, 50)
        assert await post.states() == [("email", "unknown", "unsure")]
    assert await post.states() == [("email", "sent", "accepted")]


async def test_a_late_answer_changes_nothing_of_a_newer_attempt_case_30(post: Post) -> None:
    async with sending(post, 1):
        await post.change("UPDATE message SET attempt_number = 2 WHERE state = 'sending'")
    assert [state for _, state, _ in await post.states()] == ["sending"]


async def test_a_server_that_is_away_holds_nothing_up_and_everything_goes_out_afterwards_case_33(post: Post) -> None:
    port = post.mail.url.rpartition(":")[2]
    mail = post.carriers.live["email"]
    mail._server = type(mail._server)("127.0.0.1", 9, False, None, None)  # type: ignore[attr-defined]
    for _ in range(3):
        await post.by_mail()
    await post.carry()
    assert {state for _, state, _ in await post.states()} == {"due"}
    mail._server = type(mail._server)("127.0.0.1", int(port), False, None, None)  # type: ignore[attr-defined]
    mail._gate._until = 0  # type: ignore[attr-defined]
    await post.later(10)
    await post.carry()
    assert {state for _, state, _ in await post.states()} == {"sent"}
    assert len(post.mail.letters) == 3

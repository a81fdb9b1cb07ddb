"""What a provider reports to /bounces: signed and of now, or refused; once, however often it is sent (P9, 63)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from notifications.bounces.hook import key_of
from tests.http import calling, settings
from tests.notifications.conftest import NUMBER, Post
from tracker.core.vocabulary.errors import SetupRefused
from tracker.main import _hook_key, create_app, put_together

KEY = b"a key of thirty-two bytes, or so"
SIGNING = "whsec_" + base64.b64encode(KEY).decode()


@pytest.fixture
async def hooked(post: Post, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The application with a key for what is reported to it."""
    given = settings(tmp_path, bounces_secret=SIGNING)
    async with calling(create_app(put_together(given, post.desk.store))) as http:
        yield http


async def report(http: httpx.AsyncClient, body: Any, *, key: bytes = KEY, at: float | None = None) -> httpx.Response:
    """Report something, signed as Standard Webhooks says."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    when = str(int(time.time() if at is None else at))
    seal = base64.b64encode(hmac.digest(key, f"msg_1.{when}.".encode() + data, hashlib.sha256)).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": when, "webhook-signature": f"v1,c3RhbGU= v1,{seal}"}
    return await http.post("/bounces", content=data, headers=headers)


async def sent(post: Post) -> str:
    """The Message-ID of a letter that was taken, whose reader has a telephone, too."""
    await post.by_mail("alex@example.org", ("sms", NUMBER))
    await post.carry()
    return str(post.mail.letters[-1]["Message-ID"])


async def test_a_signed_report_is_heeded_once_and_its_code_decides(post: Post, hooked: httpx.AsyncClient) -> None:
    body = {"message_id": await sent(post), "kind": "soft", "code": "5.1.1", "recipient": "Alex@example.org"}
    answers = [await report(hooked, body) for _ in range(2)]
    assert [(each.status_code, each.json()) for each in answers] == [
        (202, {"outcome": "done"}),
        (202, {"outcome": "repeated"}),
    ]
    assert await post.states() == [("email", "failed", "bad_address"), ("sms", "due", None)]
    assert await post.desk.rows("SELECT step FROM suppression") == [("suppressed",)]


async def test_what_is_not_signed_now_by_the_key_is_refused(post: Post, hooked: httpx.AsyncClient) -> None:
    body = {"message_id": await sent(post), "kind": "hard"}
    now = time.time()
    tried = [
        await report(hooked, body, key=b"another"),
        await report(hooked, body, at=now - 301),
        await report(hooked, body, at=now + 600),  # by then the clock has gone on, on a busy machine by seconds
        await hooked.post("/bounces", json=body),
        await hooked.post("/bounces", json=body, headers={"webhook-id": "1", "webhook-timestamp": "²".encode()}),
        await report(post.http, body),  # an application without a key takes nothing
    ]
    assert {each.status_code for each in tried} == {403}
    assert await post.states() == [("email", "sent", "accepted")]


async def test_a_report_that_does_not_fit_is_told_what_to_mend(hooked: httpx.AsyncClient) -> None:
    for body in (
        b"",
        b"[]",
        b'{"message_id": "<a@b>"}',
        {"message_id": "<a@b>", "kind": "dead"},
        {"message_id": "<a@b>", "kind": "hard", "code": "550"},
        {"message_id": ["<a@b>"], "kind": "hard"},
        {"message_id": "<a@b>", "kind": "hard", "alex@example.org": "x"},
    ):
        answer = await report(hooked, body)
        assert answer.status_code == 400
        assert "message_id, kind" in answer.json()["remedy"]
        assert "alex@" not in answer.text


async def test_a_report_that_is_too_long_is_not_read(hooked: httpx.AsyncClient) -> None:
    assert (await report(hooked, b" " * 10_001)).status_code == 413


async def test_what_names_no_letter_of_ours_or_another_address_is_ignored(
    post: Post, hooked: httpx.AsyncClient
) -> None:
    ours = await sent(post)
    unknown = await report(hooked, {"message_id": "<somebody@else.example>", "kind": "hard"})
    another = await report(hooked, {"message_id": ours, "kind": "hard", "recipient": "victim@example.org"})
    assert [unknown.json(), another.json()] == [{"outcome": "not_ours"}, {"outcome": "another_address"}]
    assert await post.states() == [("email", "sent", "accepted")]


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_%%%", SIGNING.removeprefix("whsec_")])
def test_a_key_that_cannot_be_one_is_refused_at_the_start(secret: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        key_of(secret)
    with pytest.raises(SetupRefused):
        _hook_key(settings(tmp_path, bounces_secret=secret))

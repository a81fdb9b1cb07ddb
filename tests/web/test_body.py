"""A request's body is cut while it arrives: by size, by time, and before anything is unpacked."""

from __future__ import annotations

import asyncio
import gzip
import time
import tracemalloc
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI, Request

from tracker.core.vocabulary.errors import TooLarge, TooSlow
from tracker.web import errors
from tracker.web.body import read_body

LIMIT = 256 * 1024
CHUNK = b"x" * 65_536


def client(seconds: float = 5) -> httpx.AsyncClient:
    app = FastAPI()
    errors.install(app)

    @app.post("/api/echo")
    async def echo(request: Request) -> dict[str, int]:
        return {"length": len(await read_body(request, LIMIT, seconds))}

    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")


class Sender:
    """A chunked body without a Content-Length, which counts what was taken from it."""

    def __init__(self, chunks: int, pause: float = 0, chunk: bytes = CHUNK) -> None:
        self.chunks, self.pause, self.chunk, self.taken = chunks, pause, chunk, 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self.chunks):
            await asyncio.sleep(self.pause)
            self.taken += 1
            yield self.chunk


async def test_a_body_within_the_limits_is_read() -> None:
    async with client() as http:
        for body in (b"", b"x", b"x" * LIMIT):
            assert (await http.post("/api/echo", content=body)).json() == {"length": len(body)}
        assert (await http.post("/api/echo", content=Sender(4))).json() == {"length": LIMIT}
        assert (await http.post("/api/echo", content=Sender(300, chunk=b"x"))).json() == {"length": 300}


async def test_case_13_fifty_megabytes_are_cut_while_streaming_and_memory_stays_flat() -> None:
    sender = Sender(50 * 1024 * 1024 // len(CHUNK), chunk=CHUNK)
    async with client() as http:
        await http.post("/api/echo", content=b"warm")
        tracemalloc.start()
        answer = await http.post("/api/echo", content=sender)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"
    assert sender.taken == LIMIT // len(CHUNK) + 1
    assert peak < 4 * LIMIT


async def test_case_13_one_byte_too_many_is_too_many() -> None:
    async with client() as http:
        assert (await http.post("/api/echo", content=b"x" * (LIMIT + 1))).status_code == 413
        assert (await http.post("/api/echo", content=Sender(2, chunk=b"x" * (LIMIT // 2 + 1)))).status_code == 413


async def asgi(headers: list[tuple[bytes, bytes]], *messages: dict[str, object]) -> bytes:
    """Read a body straight from ASGI messages, for what no honest client sends."""
    waiting = list(messages)

    async def receive() -> dict[str, object]:
        if not waiting:
            await asyncio.sleep(60)
        return waiting.pop(0)

    return await read_body(Request({"type": "http", "headers": headers}, receive), LIMIT, 0.2)


async def test_case_13_a_length_announced_beyond_the_limit_is_refused_unread() -> None:
    with pytest.raises(TooLarge):
        await asgi([(b"content-length", b"52428800")])


@pytest.mark.parametrize("length", [b"5", b"-1", b"x", b"9" * 5000, "٣".encode(), b""])
async def test_case_13_a_false_length_changes_nothing(length: bytes) -> None:
    chunk = {"type": "http.request", "body": CHUNK, "more_body": True}
    with pytest.raises(TooLarge):
        await asgi([(b"content-length", length)], *[chunk] * 5)
    last = {"type": "http.request", "body": b"ab", "more_body": False}
    assert await asgi([(b"content-length", length)], last) == b"ab"


async def test_case_13_one_byte_at_a_time_runs_out_of_time() -> None:
    sender = Sender(1000, pause=0.02, chunk=b"x")
    began = time.perf_counter()
    async with client(seconds=0.3) as http:
        answer = await http.post("/api/echo", content=sender)
    assert answer.status_code == 408
    assert answer.headers["connection"] == "close"
    assert time.perf_counter() - began < 3
    assert sender.taken < 100


async def test_case_13_a_sender_that_stops_runs_out_of_time() -> None:
    with pytest.raises(TooSlow):
        await asgi([], {"type": "http.request", "body": b"{", "more_body": True})


async def test_a_connection_that_ends_early_is_no_fault_of_ours() -> None:
    part = {"type": "http.request", "body": b"{", "more_body": True}
    with pytest.raises(TooSlow):
        await asgi([], part, {"type": "http.disconnect"})


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "identity, gzip", "GZIP", "x"])
async def test_case_15_nothing_is_unpacked(encoding: str) -> None:
    bomb = gzip.compress(b"0" * 10_000_000)
    async with client() as http:
        answer = await http.post("/api/echo", content=bomb, headers={"Content-Encoding": encoding})
        assert answer.status_code == 415
        plain = await http.post("/api/echo", content=b"{}", headers={"Content-Encoding": "Identity"})
        assert plain.json() == {"length": 2}

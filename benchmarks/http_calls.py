"""A server in a process of its own, and a client for it that costs little: requests written out by hand."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from multiprocessing.connection import Connection
from typing import Any

CONNECTIONS = 8
"""Requests under way at the same time, each connection used again and again."""

Serve = Callable[..., Any]
"""`serve(told, *given)`: an async function that tells its port through `told` and then serves for good."""

Ask = Callable[[bytes, int], Awaitable[bytes]]
"""Sends a request and returns the body of its answer. Another status than the one given is an error."""


def _child(serve: Serve, told: Connection, given: tuple[Any, ...]) -> None:
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)  # what is logged is written, as in earnest, but shown to nobody
    asyncio.run(serve(told, *given))


@contextmanager
def serving(serve: Serve, *given: Any) -> Iterator[int]:
    """Run `serve` in a new process for the length of the block; its port."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_child, args=(serve, there, given), daemon=True)
    process.start()
    there.close()
    try:
        if not here.poll(60):
            raise TimeoutError("the server did not start")
        yield here.recv()
    finally:
        process.terminate()
        process.join()


def posted(path: str, body: bytes, content_type: str, *headers: str) -> bytes:
    """A whole POST as it goes over the wire."""
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        "Accept: text/html",
        *headers,
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def call(port: int, requests: Sequence[bytes], status: int, connections: int = CONNECTIONS) -> int:
    """Send all requests over a few connections; how many there were. Another status than this one is an error."""
    todo = iter(requests)
    await asyncio.gather(*(_one_connection(port, todo, status) for _ in range(connections)))
    return len(requests)


async def _one_connection(port: int, todo: Iterator[bytes], status: int) -> None:
    async with connected(port) as ask:
        for request in todo:
            await ask(request, status)


@asynccontextmanager
async def connected(port: int) -> AsyncIterator[Ask]:
    """A connection for the length of the block: what sends a request over it and returns the body of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def ask(request: bytes, status: int) -> bytes:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 %d " % status):
            raise RuntimeError(f"unexpected answer: {head[:30]!r} {body[:300]!r}")
        return body

    try:
        yield ask
    finally:
        writer.close()

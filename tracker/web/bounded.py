"""Routes that read no more of a body than they can use."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from tracker.web.body import read_body

MOST_BYTES, SECONDS = 4_000, 10.0
"""The longest body, and how long it may take to arrive."""


class _ReadBefore(Request):
    """A request whose body was read already, under limits."""

    def __init__(self, request: Request, content: bytes) -> None:
        super().__init__(request.scope, request.receive)
        self._content = content

    async def body(self) -> bytes:
        return self._content


class BoundedRoute(APIRoute):
    """A route that reads no more of a body than it can use; the framework would read all that comes."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler, given the body."""
        handle = super().get_route_handler()

        async def limited(request: Request) -> Response:
            return await handle(_ReadBefore(request, await read_body(request, MOST_BYTES, SECONDS)))

        return limited

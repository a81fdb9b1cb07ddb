"""What routes ask of a request: its body under limits while it arrives, a form in it, and where it comes from.

Memory holds the limit of a body and one chunk at most.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import parse_qs

from fastapi import Request
from starlette.requests import ClientDisconnect

from tracker.core.vocabulary.errors import TooLarge, TooSlow, UnsupportedContent


async def read_body(request: Request, limit_bytes: int, seconds: float) -> bytes:
    """The whole body, if it keeps within `limit_bytes` and arrives within `seconds` in all.

    Bytes are counted as they come, so that a body without a Content-Length, or with a false one, is cut as
    well. The time runs over the whole body: a sender of one byte a second gains nothing.

    Raises UnsupportedContent for a Content-Encoding (nothing is unpacked here, so nothing can swell),
    TooLarge, and TooSlow, also when the connection ends before the body does.
    """
    encodings = request.headers.getlist("content-encoding")
    if any(each.strip().lower() not in ("", "identity") for value in encodings for each in value.split(",")):
        raise UnsupportedContent(
            "The body is compressed or otherwise encoded.", "Send it as it is, without a Content-Encoding."
        )
    if _announced(request) > limit_bytes:
        raise _too_large(limit_bytes)
    body = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                if len(body) + len(chunk) > limit_bytes:
                    raise _too_large(limit_bytes)
                body += chunk
    except TimeoutError:
        raise TooSlow(
            f"The body did not arrive within {seconds:g} seconds.",
            "Nothing was stored. Send the request again over a steadier connection.",
        ) from None
    except ClientDisconnect:
        raise TooSlow(
            "The connection ended before the body did.", "Nothing was stored. Send the request again."
        ) from None
    return bytes(body)


async def read_form(request: Request, limit_bytes: int, seconds: float = 10.0) -> Mapping[str, str]:
    """The fields of a posted form, each once: the first of those of one name. Raises as `read_body` does, whose limit
    bounds the number of fields as well; a limit of parse_qs would raise."""
    typed = parse_qs((await read_body(request, limit_bytes, seconds)).decode("utf-8", "replace"))
    return {name: values[0] for name, values in typed.items()}


async def caller_address(request: Request) -> str:
    """The network address that a request comes from, for limits alone; a dependency of routes, and a coroutine since
    others are each handed to a thread."""
    return request.client.host if request.client else ""


def _announced(request: Request) -> int:
    """The Content-Length, which only ever shortens the refusal; 0 where there is none or it is no number."""
    announced = request.headers.get("content-length", "")
    # Nineteen digits hold every length there is; int() of a longer text is slow.
    return int(announced) if announced.isascii() and announced.isdigit() and len(announced) < 20 else 0


def _too_large(limit_bytes: int) -> TooLarge:
    return TooLarge(
        f"The body is longer than {limit_bytes} bytes.",
        "Send less in one request, and leave documents and pictures out of it.",
    )

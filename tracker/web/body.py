"""Reading a request's body under limits while it arrives: memory holds the limit and one chunk at most."""

from __future__ import annotations

import asyncio

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

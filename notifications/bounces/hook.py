"""`POST /bounces`: what a mail provider, or a script beside the mail server, reports of our letters; signed.

Signatures are those of Standard Webhooks (v1): HMAC-SHA-256 over `id.timestamp.body`, with the secret that both know. A
request that is sent again counts once, since the same report about the same letter does.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from typing import Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import Headers

from notifications.bounces.seals import names_in
from notifications.mail_codes import bounced, enhanced
from tracker.core.outreach.attempts import Ending
from tracker.core.outreach.bounces import Bounce
from tracker.core.vocabulary.errors import MalformedEvent, NotGranted
from tracker.flows.outreach import bouncing
from tracker.flows.outreach.bouncing import BounceReport
from tracker.store.ground.engine import Store
from tracker.web.body import read_body

MOST_BYTES: Final = 10_000
SECONDS: Final = 10.0

FRESH_SECONDS: Final = 300
"""A signature that is older, or that comes from the future by more than this, counts no more."""

PREFIX: Final = "whsec_"
LEAST_BYTES: Final = 24
"""So long a key is at least."""

_ENDINGS: Final = {
    Bounce.HARD: Ending.BAD_ADDRESS,
    Bounce.SOFT: Ending.UNREACHABLE,
    Bounce.REFUSED: Ending.BLOCKED,
    Bounce.COMPLAINT: Ending.STOPPED,
    Bounce.AUTO_REPLY: Ending.ACCEPTED,
    Bounce.DELAYED: Ending.PUT_OFF,
}


class BounceIn(BaseModel):
    """One report. `message_id`: that of our letter, as its header has it. `code`: the enhanced status code (RFC 3463);
    where it is given, it decides between hard, soft and refused. `recipient`: whom it is about."""

    model_config = ConfigDict(extra="forbid", strict=True)

    message_id: str = Field(max_length=998)
    kind: Literal["hard", "soft", "refused", "complaint", "auto_reply", "delayed"]
    code: str | None = Field(default=None, pattern=r"^[245]\.\d{1,3}\.\d{1,3}$")
    recipient: str | None = Field(default=None, max_length=320)


def router(store: Store, secret: bytes, key: bytes | None) -> APIRouter:
    """Where reports come in. Without a key to check their signatures nothing is taken."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/bounces")
    async def bounces(request: Request) -> Response:
        body = await read_body(request, MOST_BYTES, SECONDS)
        if key is None or not signed(key, request.headers, body, time.time()):
            raise NotGranted(
                "The request does not bear a signature that counts now.",
                "Sign it as Standard Webhooks says (v1), with TRACKER_BOUNCES_SECRET and the time of now.",
            )
        try:
            said = BounceIn.model_validate_json(body)
        except ValidationError as fault:
            places = {str(each["loc"][0]) for each in fault.errors() if each["loc"]} & set(BounceIn.model_fields)
            raise MalformedEvent(
                f"The report does not fit: {', '.join(sorted(places)) or 'its form, or a name that is none of ours'}.",
                "Send a JSON object of message_id, kind and, if you know them, code and recipient.",
            ) from None
        heeded = await bouncing.heed(store, secret, _report(said, secret))
        return JSONResponse({"outcome": heeded.value}, 202)

    return routes


def _report(said: BounceIn, secret: bytes) -> BounceReport:
    bounce = Bounce(said.kind)
    ending = _ENDINGS[bounce]
    code = enhanced(said.code or "")
    if code is not None and code.kind != 2 and bounce in (Bounce.HARD, Bounce.SOFT, Bounce.REFUSED):
        bounce, ending = bounced(code)
    recipients = (said.recipient,) if said.recipient else ()
    return BounceReport(bounce, ending, names_in([said.message_id], secret), recipients)


def signed(key: bytes, headers: Headers, body: bytes, now: float) -> bool:
    """Whether one of the signatures of a request is right and of now: several stand side by side while a key is
    changed."""
    id_, at = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not id_ or not (at.isascii() and at.isdigit() and len(at) < 12) or abs(now - int(at)) > FRESH_SECONDS:
        return False
    right = base64.b64encode(hmac.digest(key, f"{id_}.{at}.".encode() + body, hashlib.sha256))
    offered = (each.partition(",") for each in headers.get("webhook-signature", "").split(" ")[:10])
    return any(version == "v1" and hmac.compare_digest(right, said.encode()) for version, _, said in offered)


def key_of(secret: str) -> bytes:
    """The key in a secret as Standard Webhooks writes it. Raises ValueError, in words."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith(PREFIX) or len(key) < LEAST_BYTES:
        raise ValueError(f"write {PREFIX} and at least {LEAST_BYTES} random bytes in base64")
    return key

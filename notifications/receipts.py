"""`POST /twilio/status/{seal}`: what Twilio reports of our attempts.

A receipt may come twice, out of order, or before we have written that the text was taken; it moves a message on and
never back. One about something that we do not know is answered well and counted in the log, or it would come again.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from urllib.parse import parse_qsl
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from notifications import twilio_words
from tracker.core.outreach.attempts import Ending
from tracker.core.vocabulary.errors import NotGranted
from tracker.core.vocabulary.oversight import Notice
from tracker.core.vocabulary.seals import LinkKind, unseal
from tracker.flows.outreach import ladder, stopping
from tracker.store.ground import alerts
from tracker.store.ground.engine import Store
from tracker.store.outreach import receipts
from tracker.web.body import read_body

log = logging.getLogger(__name__)

LONGEST_BYTES = 20_000
KEPT = frozenset(
    {
        "MessageSid",
        "SmsSid",
        "AccountSid",
        "MessagingServiceSid",
        "MessageStatus",
        "SmsStatus",
        "ErrorCode",
        "ApiVersion",
        "RawDlrDoneDate",
    }
)
"""What is kept of a receipt: no address, and no words."""


def router(store: Store, secret: bytes, public_url: str, token: str | None) -> APIRouter:
    """Where receipts come in. Without a token of Twilio's nothing is taken."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/twilio/status/{sealed}")
    async def status(sealed: str, request: Request) -> Response:
        form = await signed_form(request, public_url, token)
        named = unseal(secret, LinkKind.ATTEMPT, sealed)
        said = twilio_words.status(form.get("MessageStatus", ""))
        if named is None or said is None:
            log.info("receipt_unknown", extra={"unknown": "status" if named else "attempt"})
        elif not await receive(store, secret, named, said, form):
            log.info("receipt_unknown", extra={"unknown": "attempt"})
        return Response(status_code=204)

    return routes


async def signed_form(request: Request, public_url: str, token: str | None) -> Mapping[str, str]:
    """The form that Twilio has sent and signed. Raises NotGranted, in every shape of wrong."""
    body = (await read_body(request, LONGEST_BYTES, 10.0)).decode("utf-8", "replace")
    form = dict(parse_qsl(body, keep_blank_values=True))
    query = f"?{request.url.query}" if request.url.query else ""
    url = f"{public_url.rstrip('/')}{request.url.path}{query}"
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    fits = kind == "application/x-www-form-urlencoded"
    if not (fits and token and twilio_words.signed(token, url, form, request.headers.get("x-twilio-signature"))):
        raise NotGranted(
            "The request does not bear the provider's signature for this address.",
            "Enter this installation's TRACKER_PUBLIC_URL at the provider, and its token in TRACKER_TWILIO_AUTH_TOKEN.",
        )
    return form


async def receive(store: Store, secret: bytes, named: tuple[UUID, UUID], said: str, form: Mapping[str, str]) -> bool:
    """Keep one receipt and move its message on, in one transaction; False when its attempt is not known."""
    async with store.transaction() as connection:
        attempt = await receipts.attempt(connection, *named)
        if attempt is None:
            return False
        provider_id, code = form.get("MessageSid", "")[:64], form.get("ErrorCode") or None
        ending = twilio_words.ending(code) if said == "failed" else None
        body = {name: value[:200] for name, value in form.items() if name in KEPT}
        if not await receipts.save(
            connection, attempt, provider_id=provider_id, status=said, code=ending.value if ending else None, body=body
        ):
            return True  # told before
        state = "sent" if said == "queued" else said
        moved = await receipts.advance(connection, attempt, state, provider_id=provider_id, outcome=ending)
        if not moved or ending is None:
            return True
        message = (attempt.scope, attempt.message_id, attempt.now)
        stopped = ending is Ending.STOPPED
        if stopped:
            await stopping.stopped_by_provider(connection, secret, *message)
        if ending is Ending.NO_CREDIT:
            remedy = "Look at the account at the provider: it takes texts and does not send them."
            await alerts.raise_alert(connection, attempt.scope, Notice("carrier_down", ending, remedy), attempt.now)
        await ladder.next_rung(connection, secret, *message, asked_to_stop=stopped)
    return True

"""What people send back to us: a text (`POST /twilio/inbound`), or a press on the link in an e-mail (`/stop/...`)."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from notifications import stop_words
from notifications.receipts import signed_form
from templates.environment import page
from tracker.flows.outreach import stopping, texted
from tracker.flows.outreach.texted import Text
from tracker.store.ground.engine import Store
from tracker.store.outreach.stops import Wish
from tracker.web.body import read_form

NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
"""TwiML: no answer. Twilio itself confirms STOP and START where the law asks for it."""


def router(store: Store, secret: bytes, public_url: str, token: str | None) -> APIRouter:
    """Where answers come in."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/twilio/inbound")
    async def text(request: Request) -> Response:
        form = await signed_form(request, public_url, token)
        senders = tuple(each for name in ("To", "MessagingServiceSid") if (each := form.get(name)))
        words = form.get("Body", "")
        came = Text(form.get("MessageSid", ""), form.get("From", ""), senders, words, stop_words.read(words))
        if came.id and came.number:
            await texted.hear(store, secret, came)
        return Response(NOTHING_TO_SAY, media_type="text/xml")

    @routes.get("/stop/{token}")
    async def ask(token: str) -> HTMLResponse:
        """Shows a button and changes nothing, whoever opens the link."""
        return _shown(await stopping.by_link(store, secret, token, None), token, done=False)

    @routes.post("/stop/{token}")
    async def stop(token: str, request: Request) -> HTMLResponse:
        """Stops e-mails to this address, or starts them again. A mail reader's one click (RFC 8058) has no cookie
        and needs none."""
        form = await read_form(request, 4_000)
        wish = Wish.START if form.get("wish") == Wish.START.value else Wish.STOP
        return _shown(await stopping.by_link(store, secret, token, wish), token, done=True)

    return routes


def _shown(linked: stopping.Linked | None, token: str, *, done: bool) -> HTMLResponse:
    if linked is None:
        raise HTTPException(404)
    body = page(
        "stop.html",
        linked.language,
        organisation=linked.organisation,
        stopped=linked.stopped,
        done=done,
        action=f"/stop/{token}",
    )
    return HTMLResponse(body, headers={"Cache-Control": "no-store"})

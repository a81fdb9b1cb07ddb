"""What people send back to us: a text (`POST /twilio/inbound`), or a press on the link in an e-mail (`/stop/...`)."""

from __future__ import annotations

from xml.sax.saxutils import escape

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.exceptions import HTTPException

from notifications import stop_words
from notifications.receipts import signed_form
from templates import own_words, phone, wording
from templates.environment import page
from tracker.core.outreach.replies import Meaning, Reply
from tracker.core.outreach.wishes import Wish
from tracker.flows.outreach import stopping, texted
from tracker.flows.outreach.stopping import LinkedWish, Reach
from tracker.flows.outreach.texted import HeardText, Text
from tracker.store.ground.engine import Store
from tracker.web.body import read_form

_PROVIDER_READ = {"STOP": Meaning.STOP, "START": Meaning.START, "HELP": Meaning.HELP}
"""What Twilio's `OptOutType` says: it has acted on the text and answered it (Advanced Opt-Out), so it is believed."""


def router(store: Store, secret: bytes, public_url: str, token: str | None) -> APIRouter:
    """Where answers come in."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/twilio/inbound")
    async def text(request: Request) -> Response:
        form = await signed_form(request, public_url, token)
        senders = tuple(each for name in ("To", "MessagingServiceSid") if (each := form.get(name)))
        words, read = form.get("Body", ""), _PROVIDER_READ.get(form.get("OptOutType", "").strip().upper())
        reply = Reply(read) if read is not None else stop_words.read(words)
        came = Text(form.get("MessageSid", ""), form.get("From", ""), senders, words, reply, read is not None)
        heard = await texted.hear(store, secret, came) if came.id and came.number else HeardText()
        return Response(_twiml(heard, public_url), media_type="text/xml")

    @routes.get("/stop/{token}")
    async def ask(token: str) -> HTMLResponse:
        """Shows a button and changes nothing, whoever opens the link."""
        return _shown(await stopping.by_link(store, secret, token, None), token, done=False)

    @routes.post("/stop/{token}")
    async def stop(token: str, request: Request) -> HTMLResponse:
        """Stops e-mails about this request, or what the form says. A mail reader's one click (RFC 8058) has no cookie,
        needs none and says no more than that: it stops those about the request that the mail was about."""
        form = await read_form(request, 4_000)
        wish = next((each for each in LINKED if form.get("wish") == each.value), Wish.STOP)
        of = Reach.OFFICE if form.get("of") == Reach.OFFICE.value else Reach.REQUEST
        return _shown(await stopping.by_link(store, secret, token, LinkedWish(wish, of)), token, done=True)

    return routes


def _shown(linked: stopping.Linked | None, token: str, *, done: bool) -> HTMLResponse:
    if linked is None:
        raise HTTPException(404)
    body = page(
        "stop.html",
        linked.language,
        organisation=linked.organisation,
        reference=linked.reference,
        stopped="" if linked.stopped is None else linked.stopped.value,
        wrong_person=linked.wrong_person,
        done=done,
        action=f"/stop/{token}",
    )
    return HTMLResponse(body, headers={"Cache-Control": "no-store"})


LINKED = (Wish.STOP, Wish.START, Wish.WRONG_PERSON)
"""What the link's page offers."""


def _twiml(heard: HeardText, public_url: str) -> str:
    """The answer to a text, in the form in which Twilio sends it; none where it or nobody has to answer."""
    said = ""
    if heard.answer is not None:
        page = f"{public_url.rstrip('/')}/track".removeprefix("https://")
        office = wording.shorten(phone.phone_text(heard.organisation), 34)
        said = own_words.answered(heard.language, heard.answer.value, office=office, page=page)
        said = f"<Message>{escape(said)}</Message>"
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{said}</Response>'

"""`/outbox`: what the sandbox caught, as a phone and a mail reader would show it."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import HTMLResponse

from templates.environment import page
from tracker.core.answers.message_facts import CaughtFacts
from tracker.core.vocabulary import references
from tracker.core.vocabulary.channels import Unit, traits_of
from tracker.core.vocabulary.errors import UnknownKey
from tracker.core.vocabulary.segments import segments
from tracker.store.ground import organisations
from tracker.store.ground.engine import Store
from tracker.store.outreach.outbox import CaughtMessage, caught

POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Mails carry their style in the text, and the frames that show them inherit this policy."""


def router(store: Store, *, open_to_all: bool, token: str | None) -> APIRouter:
    """The outbox. Outside the demo it opens with the operator's token alone, and stays closed without one."""
    routes = APIRouter(tags=["operator"])

    @routes.get("/outbox", response_class=HTMLResponse)
    async def outbox(
        authorization: Annotated[str, Header()] = "", reference: str = "", organisation: str = ""
    ) -> HTMLResponse:
        """The newest hundred messages that were caught instead of sent; `reference` narrows them to one request,
        `organisation` to one office by its name."""
        offered = authorization.removeprefix("Bearer ").strip()
        if not open_to_all and (token is None or not secrets.compare_digest(offered.encode(), token.encode())):
            raise UnknownKey
        # What cannot be a reference or an office of ours narrows them to nothing, rather than not at all.
        wanted = (references.read(reference) or "") if reference.strip() else None
        async with store.reading() as connection:
            offices = await organisations.offices(connection)
            chosen = next((office for office in offices if office.name == organisation), None)
            rows = await caught(
                connection,
                organisation=chosen.name if chosen else ("" if organisation else None),
                reference=wanted,
                limit=100,
            )
        shown = chosen or (offices[0] if offices else None)
        body = page(
            "outbox.html",
            "en",
            caught=[_one(row) for row in rows],
            now=shown.now if shown else datetime.now(UTC),
            zone=shown.zone if shown else "UTC",
            filters={
                "organisations": [office.name for office in offices],
                "organisation": chosen.name if chosen else "",
                "reference": reference[:40],
            },
        )
        return HTMLResponse(body, headers={"Content-Security-Policy": POLICY})

    return routes


def _one(row: CaughtMessage) -> CaughtFacts:
    content = row.content
    counted = segments(content["text"]) if traits_of(row.channel).unit is Unit.SEGMENT else None
    return CaughtFacts(
        id=str(row.id),
        purpose=row.purpose,
        channel=row.channel,
        address=row.address,
        reference=references.spell(row.reference),
        organisation=row.organisation,
        caught_at=row.caught_at,
        sender=content["sender"],
        subject=content.get("subject"),
        text=content["text"],
        html=content.get("html"),
        segments=counted.count if counted else None,
        encoding=counted.encoding if counted else None,
        units=counted.units if counted else None,
    )

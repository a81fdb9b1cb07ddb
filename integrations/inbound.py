"""The door for back-office systems: `POST /api/v1/events`, and what they may ask with the same key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, Field

from integrations import schema
from integrations.strict_json import loads
from integrations.wire import translate
from tracker.core import known_facts, references
from tracker.core.errors import UnknownKey
from tracker.flows import report
from tracker.flows.clock import Carry, advance, instant
from tracker.flows.ingest import Answer, Intake, ingest
from tracker.flows.senders import recognise
from tracker.store.engine import Store
from tracker.store.keys import Sender
from tracker.web.body import read_body


@dataclass(frozen=True, slots=True)
class Door:
    """What the intake needs: the store, the installation's secret, limits, and who carries what a clock makes due."""

    store: Store
    secret: bytes
    body_limit_bytes: int
    body_seconds: float
    carry: Carry


class TakenOut(BaseModel):
    """The intake's answer to an event, given only after it is stored."""

    outcome: Intake = Field(description="What became of the event.", examples=["applied"])
    entry: UUID = Field(description="The entry that keeps it; of a duplicate, the first one.")
    reference: str | None = Field(
        default=None, description="The public reference of its case, once there is one.", examples=["CDFG-HJKM-NPRX"]
    )
    note: str | None = Field(default=None, description="Why an event that was taken does not show yet.")


class ClockOut(BaseModel):
    """What the sandbox's clock shows."""

    now: str = Field(description="RFC 3339, UTC.", examples=["2026-03-02T10:00:00Z"])


def router(door: Door) -> APIRouter:
    """The routes of the intake."""
    routes = APIRouter(prefix="/api/v1", tags=["back office"])

    async def sender(authorization: Annotated[str, Header()] = "") -> Sender:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip() or len(token) > 200:
            raise UnknownKey
        return await recognise(door.store, token.strip())

    @routes.post(
        "/events",
        status_code=202,
        response_model=TakenOut,
        response_model_exclude_none=True,
        responses={200: {"model": TakenOut, "description": "The same event came before: nothing has changed."}},
        openapi_extra={"requestBody": _request_body()},
    )
    async def take(request: Request, response: Response, who: Sender = Depends(sender)) -> TakenOut:
        """Take one event: plain JSON, or a structured CloudEvent 1.0. Safe to send again with the same id."""
        body = await read_body(request, door.body_limit_bytes, door.body_seconds)
        told = translate(
            body,
            request.headers.get("content-type"),
            zone=who.zone,
            digest_known_fact=lambda fact: known_facts.digest(door.secret, str(who.organisation_id), fact),
            fingerprint_key=door.secret,
        )
        answer: Answer = await ingest(door.store, who, told.event, told.fingerprint)
        response.status_code = 200 if answer.outcome is Intake.DUPLICATE else 202
        spelt = references.spell(answer.reference) if answer.reference else None
        return TakenOut(outcome=answer.outcome, entry=answer.entry, reference=spelt, note=answer.note)

    @routes.get("/schemas/event/1", response_model=None)
    async def event_schema() -> Response:
        """The JSON Schema of a plain event, version 1."""
        return Response(schema.published(), media_type="application/schema+json")

    @routes.post("/clock", response_model=ClockOut)
    async def move(request: Request, who: Sender = Depends(sender)) -> ClockOut:
        """Move a sandbox's clock forward to `to`, doing on the way what falls due. Live organisations: 409."""
        to = _to(await read_body(request, 1_000, door.body_seconds))
        now = await advance(door.store, who.organisation_id, instant(who, to), door.carry)
        return ClockOut(now=now.isoformat().replace("+00:00", "Z"))

    @routes.get("/report")
    async def tell(who: Sender = Depends(sender)) -> dict[str, Any]:
        """What was made of this organisation's events: cases, entries by place, messages by purpose and reason."""
        return await report.totals(door.store, who)

    return routes


def _to(body: bytes) -> str:
    to = loads(body).get("to")
    return to if isinstance(to, str) else ""


def _inlined(published: dict[str, Any]) -> Any:
    """The event's schema with every `$ref` replaced by what it names: inside of an OpenAPI document most tools look
    for `#/$defs` at the top of the document."""
    named = published["$defs"]

    def inline(node: Any) -> Any:
        if isinstance(node, list):
            return [inline(each) for each in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            rest = {name: inline(value) for name, value in node.items() if name != "$ref"}
            return {**inline(named[node["$ref"].removeprefix("#/$defs/")]), **rest}
        return {name: inline(value) for name, value in node.items() if name not in ("$defs", "$id", "$schema")}

    return inline(published)


def _request_body() -> dict[str, Any]:
    content = {"schema": _inlined(schema.event_schema()), "example": schema.EXAMPLES[0]}
    return {
        "required": True,
        "content": {"application/json": content, "application/cloudevents+json": {"schema": {"type": "object"}}},
    }

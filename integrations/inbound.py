"""The door for back-office systems: `POST /api/v1/events`, and what they may ask with the same key."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import BaseModel, Field

from integrations import schema
from integrations.strict_json import loads, loads_list
from integrations.wire import WireContext, check_plain, translate, translated
from tracker.core.deciding.reports import Answer, Intake, RefusedEvent, Report
from tracker.core.vocabulary import known_facts, references
from tracker.core.vocabulary.channels import CHANNELS
from tracker.core.vocabulary.errors import MalformedEvent, TrackerError, UnknownKey
from tracker.flows.deciding.intake import CHUNK, ingest, take_in
from tracker.flows.organisations import report
from tracker.flows.organisations.clock import Carry, advance, instant
from tracker.flows.organisations.senders import recognise
from tracker.flows.outreach import normal_form
from tracker.store.ground.engine import Store
from tracker.store.organisations.keys import Sender
from tracker.web.body import read_body
from tracker.web.errors import problem

MOST_EVENTS = 1_000
"""So many events go in one request."""


@dataclass(frozen=True, slots=True)
class Door:
    """What the intake needs: the store, the installation's secret, limits, and who carries what a clock makes due."""

    store: Store
    secret: bytes
    body_limit_bytes: int
    batch_limit_bytes: int
    body_seconds: float
    carry: Carry


class NoteOut(BaseModel):
    """What the sender should know of a part of an event that was taken."""

    pointer: str = Field(description="Where in the event (RFC 6901).", examples=["/data/channels/1/address"])
    note: str = Field(description="What was made of it, and how to mend it. It repeats nothing that was sent.")


class TakenOut(BaseModel):
    """The intake's answer to an event, given only after it is stored."""

    outcome: Intake = Field(description="What became of the event.", examples=["applied"])
    entry: UUID = Field(description="The entry that keeps it; of a duplicate, the first one.")
    reference: str | None = Field(
        default=None, description="The public reference of its case, once there is one.", examples=["CDFG-HJKM-NPRX"]
    )
    note: str | None = Field(default=None, description="Why an event that was taken does not show yet.")
    notes: list[NoteOut] | None = Field(
        default=None,
        description="What was set aside of it, or may not do what it is sent for; left out where all is well.",
    )


class ProblemOut(BaseModel):
    """Why one event of a batch was refused: what a single one would have been answered. Nothing of it is stored."""

    type: str = Field(description="Leads to a page that explains this kind of problem.")
    title: str
    status: int = Field(description="The status that a single event would have had.", examples=[422])
    detail: str
    remedy: str = Field(description="How to mend it.")
    pointer: str | None = Field(default=None, description="Where in the event the fault lies (RFC 6901).")
    retry_after_seconds: int | None = Field(default=None, description="When to send it again, where that helps.")
    incident: str | None = Field(default=None, description="The number under which our log has it.")


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
        told = translate(body, request.headers.get("content-type"), context_of(who, door.secret))
        answer = await ingest(door.store, who, told)
        response.status_code = 200 if answer.outcome is Intake.DUPLICATE else 202
        return _taken(answer)

    @routes.post(
        "/events/batch",
        response_model=list[TakenOut | ProblemOut],
        response_model_exclude_none=True,
        openapi_extra={"requestBody": _batch_body()},
    )
    async def take_many(request: Request, who: Sender = Depends(sender)) -> list[TakenOut | ProblemOut]:
        """Take up to 1,000 events of plain JSON, in an array; the answer for each stands in its place. Each is decided
        after those before it. They are stored in chunks, each whole: should the answer not arrive, send all again."""
        check_plain(request.headers.get("content-type"))
        return await taken(door, who, await read_body(request, door.batch_limit_bytes, door.body_seconds))

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


def context_of(sender: Sender, secret: bytes) -> WireContext:
    """By what the events of a sender are read."""
    return WireContext(
        sender.zone,
        lambda fact: known_facts.digest(secret, str(sender.organisation_id), fact),
        lambda channel, address: normal_form.reading(CHANNELS[channel].form, address, sender.country),
        secret,
    )


async def taken(door: Door, sender: Sender, body: bytes) -> list[TakenOut | ProblemOut]:
    """What became of each event of a batch. Where a later chunk fails, what was answered stands, and the rest is asked
    for again. Raises MalformedEvent where the array as a whole cannot be read, or has too many; then nothing is
    stored."""
    items = await asyncio.to_thread(loads_list, body, MOST_EVENTS)  # others go on meanwhile
    tongue, answers = context_of(sender, door.secret), list[TakenOut | ProblemOut]()
    for at in range(0, len(items), CHUNK):
        try:
            answers += await _chunk(door, sender, items[at : at + CHUNK], tongue)
        except Exception as fault:
            if not answers:
                raise
            return answers + [ProblemOut(**problem(fault))] * (len(items) - at)
    return answers


async def _chunk(
    door: Door, sender: Sender, items: list[dict[str, object] | MalformedEvent], tongue: WireContext
) -> list[TakenOut | ProblemOut]:
    """The answers to some events; those that can be read are taken in together."""
    read: list[Report | TrackerError] = []
    for place, item in enumerate(items):
        if place % 10 == 0:
            await asyncio.sleep(0)  # others go on meanwhile
        read.append(_read(item, tongue))
    answers = iter(await take_in(door.store, sender, [each for each in read if isinstance(each, Report)]))
    return [_answered(next(answers)) if isinstance(each, Report) else ProblemOut(**problem(each)) for each in read]


def _read(item: dict[str, object] | MalformedEvent, tongue: WireContext) -> Report | TrackerError:
    if isinstance(item, MalformedEvent):
        return item
    try:
        return translated(item, tongue)
    except TrackerError as fault:
        return fault


def _answered(answer: Answer | RefusedEvent) -> TakenOut | ProblemOut:
    return ProblemOut(**problem(answer.error)) if isinstance(answer, RefusedEvent) else _taken(answer)


def _taken(answer: Answer) -> TakenOut:
    spelt = references.spell(answer.reference) if answer.reference else None
    notes = [NoteOut(pointer=each.pointer, note=each.note) for each in answer.notes] or None
    return TakenOut(outcome=answer.outcome, entry=answer.entry, reference=spelt, note=answer.note, notes=notes)


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


@cache
def _event_inlined() -> Any:
    """The event as an application describes it: costly to make, the same for all, changed by nobody."""
    return _inlined(schema.event_schema())


def _batch_body() -> dict[str, Any]:
    events = {"type": "array", "maxItems": MOST_EVENTS, "items": _event_inlined()}
    return {"required": True, "content": {"application/json": {"schema": events, "example": schema.EXAMPLES[:2]}}}


def _request_body() -> dict[str, Any]:
    content = {"schema": _event_inlined(), "example": schema.EXAMPLES[0]}
    return {
        "required": True,
        "content": {"application/json": content, "application/cloudevents+json": {"schema": {"type": "object"}}},
    }

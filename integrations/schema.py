"""The published JSON Schema (draft 2020-12) of the plain event, version 1, made from the wire models.

What the schema refuses is refused at the intake too. The intake refuses more, for what a schema cannot say:
days that the calendar lacks, invisible characters, an item named twice. What is of no use in a party (an address, a
language, a zone) is neither refused here nor there: it is set aside, and the answer says so.
`python -m integrations.schema` writes it to standard output, for `docs/event-schema-1.json`.
"""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from integrations.event_models import AnyEventIn

VERSION = "1"
"""Rises when an event that was accepted would be refused; fields that may be left out do not raise it."""

EXAMPLES: tuple[dict[str, Any], ...] = (
    {
        "id": "8f14e45f-0001",
        "source": "permits-backoffice",
        "type": "case.status",
        "subject": "2026-004711",
        "time": "2026-03-02T10:15:00+01:00",
        "data": {
            "service": "parking-permit",
            "status": "IN_REVIEW",
            "expected_on": "2026-03-20",
            "delay_reason": "high_demand",
        },
    },
    {
        "id": "8f14e45f-0002",
        "source": "permits-backoffice",
        "type": "case.needs",
        "subject": "2026-004711",
        "time": "2026-03-03T08:00:00Z",
        "data": {
            "items": [
                {"item": "proof", "text": "A bill that shows your address", "due_on": "2026-03-17"},
                {"item": "photo", "code": "PHOTO", "supplied_at": "2026-03-03T07:55:00Z"},
            ]
        },
    },
    {
        "id": "8f14e45f-0003",
        "source": "permits-backoffice",
        "type": "case.party",
        "subject": "2026-004711",
        "time": "2026-03-02T10:16:00+01:00",
        "data": {
            "party": "1",
            "role": "applicant",
            "name": "Alex Morgan",
            "language": "en",
            "channels": [
                {"channel": "email", "address": "alex.morgan@example.org"},
                {"channel": "sms", "address": "07700 900123"},
            ],
            "known_fact": "AB1 2CD",
        },
    },
    {
        "id": "8f14e45f-0004",
        "source": "permits-backoffice",
        "type": "case.note",
        "subject": "2026-004711",
        "time": "2026-03-04T09:30:00+01:00",
        "sequence": 4,
        "data": {"text": "Called the registry; they answer by Friday.", "audience": "internal"},
    },
    {
        "id": "8f14e45f-0005",
        "source": "permits-backoffice",
        "type": "case.correction",
        "subject": "2026-004711",
        "time": "2026-03-05T11:00:00+01:00",
        "data": {"event": "8f14e45f-0002", "why": "Asked for by mistake"},
    },
    {
        "id": "8f14e45f-0006",
        "source": "permits-backoffice",
        "type": "case.reopen",
        "subject": "2026-004711",
        "time": "2026-05-06T15:45:00+02:00",
        "register": "permits",
        "data": {"status": "IN_REVIEW", "occurred_on": "2026-05-05", "sensitive": False},
    },
)
"""One event of each type, good to send."""


def event_schema() -> dict[str, Any]:
    """The schema as a document; equal on every call."""
    adapter: TypeAdapter[AnyEventIn] = TypeAdapter(Annotated[AnyEventIn, Field(discriminator="type")])
    generated = adapter.json_schema(ref_template="#/$defs/{model}")
    # The keyword belongs to OpenAPI; `type` tells the branches apart already, each being a constant.
    generated.pop("discriminator", None)
    generated = _without_noise(generated)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:track-my-request:event:{VERSION}",
        "title": f"Event of a back office, version {VERSION}",
        "description": "One plain JSON event for POST /api/v1/events, as application/json.",
        **generated,
        "examples": list(EXAMPLES),
    }


def _without_noise(node: Any) -> Any:
    """Without pydantic's titles, which repeat the names, and without the null that stands for left out."""
    if isinstance(node, list):
        return [_without_noise(item) for item in node]
    if not isinstance(node, dict):
        return node
    noise = {"title"} if isinstance(node.get("title"), str) else set()
    if "default" in node and node["default"] is None:
        noise.add("default")
    return {key: _without_noise(value) for key, value in node.items() if key not in noise}


def published() -> str:
    """The text of `docs/event-schema-1.json`."""
    return json.dumps(event_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(published())

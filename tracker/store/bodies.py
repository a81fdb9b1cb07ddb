"""How the body of an event is kept: codes and dates apart from what people wrote.

An erasure blanks the words and keeps the facts. Parties have a table of their own: `store.parties`.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from tracker.core.events import (
    Audience,
    Body,
    CorrectionReported,
    NeededItem,
    NeedsReported,
    NoteReported,
    PartyReported,
    ReopenReported,
    StatusEvent,
    StatusReported,
)
from tracker.core.placing import Placed
from tracker.store.parties import party_body

_WORDS = frozenset({"reason", "public_note", "internal_note", "text", "why"})


def to_placed(row: Row[Any]) -> Placed:
    """The event that an entry keeps."""
    event = StatusEvent(
        id=row.event_id, source=row.source, type=row.type, number=row.number, time=row.occurred_at,
        body=_join(row), register=row.register, sequence=row.sequence, occurred_on=row.occurred_on,
        sensitive=row.sensitive, hold_until=row.hold_until,
    )  # fmt: skip
    return Placed(row.id, event)


def split(body: Body) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Codes and dates, and what people wrote."""
    if isinstance(body, PartyReported):
        return {}, None
    if isinstance(body, NeedsReported):
        items = [_plain(asdict(item)) for item in body.items]
        words = {str(place): item.pop("text") for place, item in enumerate(items) if item.get("text") is not None}
        return {"items": items}, words or None
    plain = _plain(asdict(body))
    words = {name: plain.pop(name) for name in list(plain) if name in _WORDS}
    return plain, {name: value for name, value in words.items() if value is not None} or None


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values.items()
        if value is not None and value is not False
    }


def _join(row: Row[Any]) -> Body:
    body, words = row.body, row.words or {}
    match row.type:
        case "case.status":
            return StatusReported(
                service=body["service"], status=body["status"], reason=words.get("reason"),
                public_note=words.get("public_note"), internal_note=words.get("internal_note"),
                expected_on=_day(body.get("expected_on")), served_on=_day(body.get("served_on")),
                delay_reason=body.get("delay_reason"),
            )  # fmt: skip
        case "case.needs":
            return NeedsReported(tuple(_item(item, words.get(str(place))) for place, item in enumerate(body["items"])))
        case "case.party":
            return party_body(row)
        case "case.note":
            return NoteReported(words.get("text", ""), Audience(body["audience"]))
        case "case.correction":
            return CorrectionReported(body["event"], words.get("why", ""))
        case "case.reopen":
            return ReopenReported(body.get("status"))
        case _:
            raise ValueError(f"an entry of the unknown type {row.type}")


def _item(item: dict[str, Any], words: str | None) -> NeededItem:
    supplied = item.get("supplied_at")
    return NeededItem(
        item=item["item"], text=words, code=item.get("code"), due_on=_day(item.get("due_on")),
        supplied_at=datetime.fromisoformat(supplied) if supplied else None, remove=item.get("remove", False),
    )  # fmt: skip


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None

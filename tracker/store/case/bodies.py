"""How the body of an event is kept: codes and dates apart from what is marked personal in `core.case.events`.

An erasure blanks the words and keeps the facts. Parties have a table of their own: `store.case.parties`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from tracker.core.case.events import (
    Address,
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
from tracker.core.vocabulary.personal import Mark, marked
from tracker.core.vocabulary.words import Audience, Channel, Role

Normal = Callable[[Channel, str], str | None]
"""The one form of an address."""


def event_of(row: Mapping[str, Any], normal: Normal) -> StatusEvent:
    """The event that an entry keeps, with what it said of a party beside it: of a row as it is, or as JSON. `normal` is
    asked about addresses from before their one form was kept."""
    return StatusEvent(
        id=row["event_id"],
        source=row["source"],
        type=row["type"],
        number=row["number"],
        time=_at(row["occurred_at"]),
        body=_join(row, normal),
        register=row["register"],
        sequence=row["sequence"],
        occurred_on=_day(row["occurred_on"]),
        sensitive=row["sensitive"],
        hold_until=None if row["hold_until"] is None else _at(row["hold_until"]),
    )


def split(body: Body) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Codes and dates, and what people wrote."""
    if isinstance(body, PartyReported):
        return {}, None
    if isinstance(body, NeedsReported):
        parts = [_apart(item) for item in body.items]
        words = {_of_item(place, name): said for place, (_, each) in enumerate(parts) for name, said in each.items()}
        return {"items": [plain for plain, _ in parts]}, words or None
    plain, words = _apart(body)
    return plain, {name: value for name, value in words.items() if value} or None


def _apart(said: Body | NeededItem) -> tuple[dict[str, Any], dict[str, Any]]:
    """What names nobody, and what is personal."""
    plain, personal = _plain(said), marked(type(said), Mark.PERSONAL)
    return plain, {name: plain.pop(name) for name in list(plain) if name in personal}


def _of_item(place: int, name: str) -> str:
    """Under what the words of an item are kept: its text by its place alone."""
    return str(place) if name == "text" else f"{place}.{name}"


def _plain(said: Body | NeededItem) -> dict[str, Any]:
    """What is said, by name: codes, words, dates and whether something is so."""
    values = ((each.name, getattr(said, each.name)) for each in fields(said))
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in values
        if value is not None and value is not False
    }


def _join(row: Mapping[str, Any], normal: Normal) -> Body:
    body, words = row["body"], row["words"] or {}
    match row["type"]:
        case "case.status":
            return StatusReported(
                service=body["service"],
                status=body["status"],
                reason=words.get("reason"),
                public_note=words.get("public_note"),
                internal_note=words.get("internal_note"),
                expected_on=_day(body.get("expected_on")),
                served_on=_day(body.get("served_on")),
                delay_reason=body.get("delay_reason"),
                merged_into=body.get("merged_into"),
            )
        case "case.needs":
            return NeedsReported(tuple(_item(item, words, place) for place, item in enumerate(body["items"])))
        case "case.party":
            return _party(row, normal)
        case "case.note":
            return NoteReported(words.get("text", ""), Audience(body["audience"]))
        case "case.correction":
            return CorrectionReported(body["event"], words.get("why", ""))
        case "case.reopen":
            return ReopenReported(body.get("status"))
        case unknown:
            raise ValueError(f"an entry of the unknown type {unknown}")


def _party(row: Mapping[str, Any], normal: Normal) -> PartyReported:
    """The party of an entry's row; one that came for an erased case is not there, and is nobody."""
    if row["party"] is None:
        return PartyReported(party="", remove=True)
    fact = row["known_fact"]
    return PartyReported(
        party=row["party"],
        role=Role(row["role"]),
        name=row["name"],
        organisation=row["organisation"],
        language=row["language"],
        channels=tuple(_address(each, normal) for each in row["channels"]),
        known_fact=bytes.fromhex(fact[2:]) if isinstance(fact, str) else fact,
        remove=row["removed"],
        prefers=Channel(row["prefers"]) if row["prefers"] else None,
        zone=row["party_zone"],
        unfit_as=tuple(row["unfit_as"]),
    )


def _address(each: Mapping[str, Any], normal: Normal) -> Address:
    channel, address = Channel(each["channel"]), each["address"]
    return Address(channel, address, each["normal"] if "normal" in each else normal(channel, address))


def _item(item: Mapping[str, Any], words: Mapping[str, str], place: int) -> NeededItem:
    supplied = item.get("supplied_at")
    return NeededItem(
        item=item["item"],
        text=words.get(_of_item(place, "text")),
        code=item.get("code"),
        due_on=_day(item.get("due_on")),
        supplied_at=_at(supplied) if supplied else None,
        remove=item.get("remove", False),
        why=words.get(_of_item(place, "why")),
        send_to=words.get(_of_item(place, "send_to")),
        if_not=words.get(_of_item(place, "if_not")),
    )


def _at(value: datetime | str) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _day(value: date | str | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value

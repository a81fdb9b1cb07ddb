"""One event as it comes over HTTP: a plain JSON object, or a structured CloudEvent 1.0, into a `StatusEvent`.

The two forms say the same and give the same fingerprint. Foreign words die here: unknown fields are refused,
except the extension attributes of CloudEvents, which are a transport's own and are passed over.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass, replace
from dataclasses import fields as fields_of
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, NoReturn
from zoneinfo import ZoneInfo

from pydantic import PlainValidator, ValidationError

from integrations import fields, parties, strict_json
from integrations.event_models import EVENTS, AnyEventIn, EventIn, PartyDataIn, ReopenDataIn
from integrations.faults import malformed
from tracker.core.case.events import StatusEvent
from tracker.core.deciding.reports import Report
from tracker.core.vocabulary.addresses import AddressReading
from tracker.core.vocabulary.errors import MalformedEvent, UnsupportedContent
from tracker.core.vocabulary.words import Channel

PLAIN = "application/json"
"""The content type of a plain event."""

CLOUDEVENTS = "application/cloudevents+json"
"""The content type of a structured CloudEvent."""

_ATTRIBUTES = frozenset({"id", "source", "type", "subject", "time", "register", "sequence", "data"})
_EXTENSION_NAME = re.compile(r"[a-z0-9]{1,64}")
_JSON_TYPE = re.compile(r"[a-z]+/(?:[a-z0-9.-]+\+)?json", re.IGNORECASE)
_CHARSET = re.compile(r"""charset\s*=\s*"?([^\s";]+)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WireContext:
    """By what the events of a source are read.

    `zone` is the IANA name that it declared for times without an offset, None where it declared none; a name that does
    not exist raises ZoneInfoNotFoundError, so check it when it is declared. `digest_known_fact` gets the fact as sent
    (NFC, trimmed), `address` a channel and an address as sent, and says as what it is read.
    """

    zone: str | None
    digest_known_fact: Callable[[str], bytes]
    address: Callable[[Channel, str], AddressReading]
    fingerprint_key: bytes


def translate(body: bytes, content_type: str | None, tongue: WireContext) -> Report:
    """Read one event strictly; `content_type` is the request's header.

    Of a local hour that comes twice the first is taken, and the second told: which it means is decided when it is heard
    (`Report.timed`). One that does not exist is moved forward by the gap.

    Raises UnsupportedContent for another content type, MalformedEvent for everything else that is wrong: its
    pointer is the first fault's, its detail lists the first ten. Neither repeats a value of the event.
    Whether the time can be true is for the core to say (`out_of_bounds`).
    """
    form = _form(content_type, f"Send one event a request, with 'Content-Type: {PLAIN}' or '{CLOUDEVENTS}'.")
    document = strict_json.loads(body)
    return translated(_plain(document) if form == CLOUDEVENTS else document, tongue)


def translated(document: dict[str, object], tongue: WireContext) -> Report:
    """Read one plain event that was parsed strictly. Raises MalformedEvent."""
    zone = ZoneInfo(tongue.zone) if tongue.zone else None
    told = _validated(document, zone)
    data = told.data or ReopenDataIn()
    party = None
    if isinstance(data, PartyDataIn):
        party = parties.party(data, told.source, address=tongue.address, digest=tongue.digest_known_fact)
    event = StatusEvent(
        id=told.id,
        source=told.source,
        type=told.type,
        number=told.subject,
        time=told.time,
        body=party.as_sent if party else data.body(),
        register=told.register_,
        sequence=told.sequence,
        occurred_on=data.occurred_on,
        sensitive=bool(data.sensitive),
        hold_until=data.hold_until,
    )
    said = canonical(event, party.fact if party else None)
    fingerprint = hmac.digest(tongue.fingerprint_key, said, hashlib.sha256)
    used, notes = (replace(event, body=party.used), party.notes) if party else (event, ())
    return Report(used, fingerprint, notes, fields.second_reading(document["time"], zone))


def canonical(event: StatusEvent, known_fact: str | None) -> bytes:
    """The event as meant, as JSON in one way only: sorted keys, times in UTC, nothing that says nothing.

    What is None, False or empty is left out, so that a field added to events later changes no fingerprint
    of an event without it. The known fact stands in as sent, so that a new hashing key changes none either.
    """
    content = _said(event) | ({"known_fact": known_fact} if known_fact is not None else {})
    return b"event/1\n" + _CANONICAL.encode(content).encode()


def _said(told: Any) -> dict[str, object]:
    found = ((name, _value(getattr(told, name))) for name in _names(told.__class__))
    return {name: value for name, value in found if not (value is None or value is False or value == ())}


def _value(value: Any) -> object:
    if isinstance(value, tuple):
        return tuple(_value(item) for item in value)
    return _said(value) if _names(value.__class__) else value


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    """The names of its fields; of a plain value there are none."""
    return tuple(each.name for each in fields_of(kind)) if is_dataclass(kind) else ()


def _written(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no canonical form")


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_written)


def check_plain(content_type: str | None) -> None:
    """Whether a request carries plain events in an array; `content_type` is its header. Raises UnsupportedContent."""
    remedy = f"Send the events as one JSON array, with 'Content-Type: {PLAIN}'."
    if _form(content_type, remedy) != PLAIN:
        raise UnsupportedContent("Batches of CloudEvents are not read here.", remedy)


def _form(content_type: str | None, remedy: str) -> str:
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind not in (PLAIN, CLOUDEVENTS):
        if kind == "application/cloudevents-batch+json":
            detail = "Batches of CloudEvents are not read here."
        elif not kind:
            detail = "The request does not say what it carries."
        else:
            detail = "The request carries another kind of content than events in JSON."
        raise UnsupportedContent(detail, remedy)
    charset = _CHARSET.search(content_type or "")
    if charset is not None and charset.group(1).lower() not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedContent("The request is not in UTF-8.", "Send JSON in UTF-8, whatever the system keeps.")
    return kind


def _plain(cloud_event: dict[str, object]) -> dict[str, object]:
    """The plain event inside a structured CloudEvent. A null attribute is an unset one."""
    plain: dict[str, object] = {}
    for name, value in cloud_event.items():
        if value is None:
            continue
        if name in _ATTRIBUTES:
            plain[name] = value
        elif name == "data_base64":
            _refuse(name, "holds the data as binary", "Send the data as JSON, in the field data.")
        elif name == "datacontenttype":
            if not isinstance(value, str) or not _JSON_TYPE.fullmatch(value.partition(";")[0].strip()):
                _refuse(name, "is not JSON", "Send the data as JSON; datacontenttype may be left out.")
        elif not _EXTENSION_NAME.fullmatch(name):
            _refuse(name, "is no name of an attribute", "CloudEvents names its attributes in a-z and 0-9 only.")
        elif isinstance(value, dict | list | float):
            _refuse(
                name,
                "is no value of an attribute",
                "An attribute is a string, a whole number, true or false.",
            )
    version = cloud_event.get("specversion")
    if version != "1.0":
        words = "is missing" if version is None else "is a version that is not read here"
        _refuse("specversion", words, 'Send "specversion": "1.0".')
    return plain


def _refuse(name: str, words: str, remedy: str) -> NoReturn:
    place = strict_json.pointer(name)
    raise MalformedEvent(f"{place} {words}.", remedy, pointer=place)


def _validated(document: dict[str, object], zone: ZoneInfo | None) -> AnyEventIn:
    kind = document.get("type")
    model = EVENTS.get(kind) if isinstance(kind, str) else None
    try:
        if model is not None:
            return model.model_validate(document, context={"zone": zone})
        _UnknownEventIn.model_validate(document, context={"zone": zone})
    except ValidationError as error:
        raise malformed(error, model) from None
    raise AssertionError("an unknown type of event passed")


def _unknown(value: object) -> NoReturn:
    raise fields.refused("is no type of event", f"Send one of: {', '.join(EVENTS)}.")


class _UnknownEventIn(EventIn):
    """An event of no known type: read only to name its other faults beside that one."""

    type: Annotated[str, PlainValidator(_unknown)]
    data: object = None

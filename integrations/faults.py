"""What a caller is told about an event that does not fit: places and rules, never the values found there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from integrations import fields, strict_json
from integrations.event_models import ChannelIn, NeededItemIn
from tracker.core.vocabulary.errors import MalformedEvent

LISTED = 10
"""How many faults the detail names; the rest are counted."""

_AGAIN = "Mend what is named and send the event again with the same id."

_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "is no field of this event",
    "string_type": "must be a string",
    "string_too_short": "is empty or too short",
    "string_too_long": "is longer than {max_length} characters",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "too_short": "has too few entries",
    "too_long": "has more than {max_length} entries",
    "enum": "must be one of {expected}",
    "model_type": "must be an object",
    "refused": "{words}",
}
"""pydantic's kinds of error. Its own texts are not used: some repeat what was sent."""

_NESTED: dict[str, type[BaseModel]] = {"items": NeededItemIn, "channels": ChannelIn}


def malformed(error: ValidationError, model: type[BaseModel] | None) -> MalformedEvent:
    """All faults as one error: the pointer is the first one's, and so is the remedy."""
    faults = error.errors(include_url=False, include_input=False)
    places = [strict_json.pointer(*fault["loc"]) for fault in faults]
    told = [
        f"{place} {_WORDS.get(fault['type'], 'cannot be read').format_map(_FaultContext(fault.get('ctx', {})))}"
        for place, fault in zip(places[:LISTED], faults, strict=False)
    ]
    if len(faults) > LISTED:
        told.append(f"{len(faults) - LISTED} more")
    return MalformedEvent("; ".join(told) + ".", _remedy(faults[0], model), pointer=places[0])


class _FaultContext(dict[str, Any]):
    """A fault's context, in which a name that is not there leaves a word that makes sense."""

    def __missing__(self, key: str) -> str:
        return "those documented"


def _remedy(fault: Mapping[str, Any], model: type[BaseModel] | None) -> str:
    kind, place = fault["type"], fault["loc"]
    if kind == "refused":
        return f"{fault['ctx']['remedy']} {_AGAIN}"
    if kind == "missing" and place[-1] == "time":
        return f"{fields.TIME_REMEDY} {_AGAIN}"
    if kind == "missing":
        return f"Add it; it is never filled in for you. {_AGAIN}"
    if kind == "extra_forbidden":
        return f"{_allowed(place, model)}{_AGAIN}"
    return _AGAIN


def _allowed(place: tuple[int | str, ...], model: type[BaseModel] | None) -> str:
    """The fields that may stand where an unknown one stood."""
    holder = model
    for step in place[:-1]:
        if isinstance(step, int) or holder is None:
            continue
        inner = holder.model_fields[step].annotation
        holder = _NESTED.get(step) or (inner if isinstance(inner, type) else None)
    if holder is None:
        return ""
    names = ", ".join(field.alias or name for name, field in holder.model_fields.items())
    return f"The fields here are: {names}. "

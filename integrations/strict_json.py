"""JSON as we accept it: what RFC 8259 leaves open is refused, with the place and the way to mend it.

The standard parser takes NaN, 1e400, the last of two equal keys, lone surrogates and nesting up to its own
crash. Behind this module a document holds only: strings that PostgreSQL can store, integers of 64 bits,
finite floats, objects with one value a key, and at most `DEPTH` levels.
"""

from __future__ import annotations

import json
import math
import re
from typing import NoReturn

from tracker.core.vocabulary.errors import MalformedEvent

DEPTH = 16
"""How many objects and arrays may stand inside each other."""

VALUES, VALUES_OF_ALL = 10_000, 250_000
"""How many values a document and an array of documents may hold: to look at more of them would hold up others."""

NUMBER_LENGTH = 64
"""How many characters a number may have; reading a longer one costs more than it can mean."""

WHOLE = range(-(2**63), 2**63)
"""Whole numbers that fit 64 bits."""

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\(?:.|\Z)[^"\\]*+)*+(?:"|\Z)|[\[{]|[\]}]', re.DOTALL)
"""A string (an unfinished one reaches to the end, so that the scan stays linear) or a bracket."""

_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters except tab, newline and carriage return; and halves of surrogate pairs."""

_PLAIN_NAME = re.compile(r"[A-Za-z0-9_.:$~/-]{1,40}")

_ENCODING = "Send the body as UTF-8 without a byte order mark."


class _Members(list[tuple[str, object]]):
    """An object as it was written, so that a key that stands twice can be seen."""


class _Refused:
    """Stands where a number was that we do not take; the walk that follows knows the place."""

    def __init__(self, detail: str, remedy: str) -> None:
        self.detail = detail
        self.remedy = remedy


def loads(body: bytes) -> dict[str, object]:
    """Read one JSON object strictly.

    Raises MalformedEvent, and nothing else, for whatever bytes: not UTF-8, a byte order mark, bad syntax,
    more than `DEPTH` levels, a key twice in one object, NaN, Infinity, whole numbers beyond 64 bits, floats
    beyond double precision, numbers longer than `NUMBER_LENGTH`, lone surrogates, control characters other
    than tab, newline and carriage return, or a top level that is not an object. The error repeats no value.
    """
    tree = _tree(body, DEPTH, VALUES)
    if not isinstance(tree, _Members):
        raise MalformedEvent(
            "The body is JSON, but not an object.",
            'Send one event a request, as one object: {"id": ..., "source": ..., ...}.',
            pointer="",
        )
    return _object(tree)


def loads_list(body: bytes, most: int) -> list[dict[str, object] | MalformedEvent]:
    """Read a JSON array of `most` objects at most, each as strictly as `loads` does; in the place of one that is
    refused, why.

    Raises MalformedEvent where the body as a whole cannot be read, is no array, or holds more.
    """
    tree = _tree(body, DEPTH + 1, VALUES_OF_ALL)
    if not isinstance(tree, list) or isinstance(tree, _Members):
        raise MalformedEvent(
            "The body is JSON, but not an array.",
            'Send the events as one array: [{"id": ...}, {"id": ...}]; a single one goes to /api/v1/events.',
            pointer="",
        )
    if len(tree) > most:
        raise MalformedEvent(f"The array has {len(tree)} events.", f"Send at most {most} a request.", pointer="")
    return [_one_of(item) for item in tree]


def _one_of(item: object) -> dict[str, object] | MalformedEvent:
    if not isinstance(item, _Members):
        return MalformedEvent("This item is not an object.", "Send each event as one object.", pointer="")
    try:
        return _object(item)
    except MalformedEvent as fault:
        return fault


def _tree(body: bytes, depth: int, values: int) -> object:
    """What stands there, with what has still to be looked at in its place."""
    text = _decoded(body)
    if sum(map(body.count, (b",", b"[", b"{"))) > values:  # commas of texts count as well: it is the cost that matters
        raise MalformedEvent(
            f"The body holds more than {values} values.", "Send less in one request; no event of ours has so many."
        )
    _check_depth(body, depth)
    try:
        tree: object = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise MalformedEvent(
            f"The body is not JSON: {error.msg.rstrip(' :')} (line {error.lineno}, column {error.colno}).",
            "Write the body with a JSON library rather than by joining strings.",
        ) from None
    return tree


def pointer(*steps: str | int) -> str:
    """A JSON Pointer (RFC 6901). A step that is no plain name is shown as `?`: it may be somebody's value."""
    return "".join(f"/{_step(step)}" for step in steps)


def _step(step: str | int) -> str:
    if isinstance(step, str) and not _PLAIN_NAME.fullmatch(step):
        return "?"
    return str(step).replace("~", "~0").replace("/", "~1")


def _decoded(body: bytes) -> str:
    if not body.strip():
        raise MalformedEvent("The body is empty.", "Send one event as a JSON object.")
    if body.startswith(b"\xef\xbb\xbf"):
        raise MalformedEvent("The body begins with a byte order mark.", _ENCODING)
    if b"\x00" in body or body.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise MalformedEvent("The body holds NUL bytes; it looks like UTF-16 or UTF-32.", _ENCODING)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedEvent(f"The body is not UTF-8: byte {error.start} is wrong.", _ENCODING) from None


def _check_depth(body: bytes, most: int) -> None:
    """Count brackets before parsing: the parser recurses, and 100,000 levels would end it."""
    depth = 0
    for token in _TOKEN.finditer(body):
        first = body[token.start()]
        if first in b"[{":
            depth += 1
            if depth > most:
                raise MalformedEvent(
                    f"The body nests more than {most} levels deep (at byte {token.start()}).",
                    "Send the event itself; no field of ours needs so many levels.",
                )
        elif first in b"]}":
            depth -= 1


def _whole(digits: str) -> int | _Refused:
    """An integer; its length is looked at first, because reading a million digits is slow by design."""
    if len(digits) > 20 or int(digits) not in WHOLE:
        return _Refused("is a whole number beyond 64 bits", "Send long identifiers as strings.")
    return int(digits)


def _decimal(digits: str) -> float | _Refused:
    value = float(digits) if len(digits) <= NUMBER_LENGTH else math.inf
    if math.isinf(value):
        return _Refused("is a number out of range", "Send a number that fits double precision, or a string.")
    return value


def _constant(name: str) -> _Refused:
    return _Refused(f"is {name}, which is not JSON", "Leave the field out when there is no value.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_Members, parse_int=_whole, parse_float=_decimal, parse_constant=_constant
)


def _walked(node: object, *steps: str | int) -> object:
    if isinstance(node, _Members):
        return _object(node, *steps)
    if isinstance(node, list):
        return [_walked(item, *steps, place) for place, item in enumerate(node)]
    if isinstance(node, _Refused):
        _refuse(f"{pointer(*steps) or 'The body'} {node.detail}.", node.remedy, *steps)
    if isinstance(node, str):
        _check_text(node, *steps)
    return node


def _object(members: _Members, *steps: str | int) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in members:
        _check_text(key, *steps, key)
        if key in found:
            _refuse(f"{pointer(*steps, key)} stands twice in one object.", "Send each field once.", *steps, key)
        found[key] = _walked(value, *steps, key)
    return found


def _check_text(text: str, *steps: str | int) -> None:
    found = _UNSTORABLE.search(text)
    if found is None:
        return
    place, code = pointer(*steps), ord(found.group())
    if 0xD800 <= code <= 0xDFFF:
        detail = f"{place} holds half of a surrogate pair (\\u{code:04x})."
        remedy = "The text was cut in the middle of a character, or is not Unicode: mend it at the sender."
    else:
        detail = f"{place} holds the control character U+{code:04X}."
        remedy = "Remove control characters; in texts only tab and line breaks are kept."
    _refuse(detail, remedy, *steps)


def _refuse(detail: str, remedy: str, *steps: str | int) -> NoReturn:
    raise MalformedEvent(detail, remedy, pointer=pointer(*steps))

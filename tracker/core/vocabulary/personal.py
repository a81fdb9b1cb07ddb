"""The mark of what is personal: put on a field where it is declared, and read wherever something follows from it.

`reason: Personal[str | None]` was written by people or says who somebody is; `status: Plain[str]` is a code, an id or a
zone of ours. Columns are marked in `store.ground.personal`.
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints


class Mark(Enum):
    """What was decided about a field."""

    PERSONAL = "personal"
    """It goes when its case is erased."""
    PLAIN = "plain"
    """It names nobody."""
    LASTING = "lasting"
    """It names nobody, and outlives an erasure where all else goes."""


_Value = TypeVar("_Value")

Personal = Annotated[_Value, Mark.PERSONAL]
Plain = Annotated[_Value, Mark.PLAIN]
Lasting = Annotated[_Value, Mark.LASTING]


def marks(kind: type) -> dict[str, Mark | None]:
    """The fields of a class by name, each with its mark; None: it has none."""
    hints = get_type_hints(kind, include_extras=True)
    return {name: next((each for each in _noted(hint) if isinstance(each, Mark)), None) for name, hint in hints.items()}


def marked(kind: type, mark: Mark) -> frozenset[str]:
    """The names of a class's fields that bear a mark."""
    asked: Any = kind
    return _marked(asked, mark)


def empty(kind: type) -> dict[str, Any]:
    """What stands in the personal fields of a class when nobody is named: None, or an empty value of the field's type
    where it is never None."""
    asked: Any = kind
    return {name: value() for name, value in _empty(asked).items()}


@cache
def _marked(kind: Any, mark: Mark) -> frozenset[str]:
    return frozenset(name for name, each in marks(kind).items() if each is mark)


@cache
def _empty(kind: Any) -> dict[str, type]:
    """How an empty value is made for each personal field."""
    hints = get_type_hints(kind)
    found = {name: hints[name] for name in _marked(kind, Mark.PERSONAL)}
    nothing = type(None)
    return {name: nothing if nothing in get_args(hint) else get_origin(hint) or hint for name, hint in found.items()}


def _noted(hint: Any) -> tuple[Any, ...]:
    return getattr(hint, "__metadata__", ())

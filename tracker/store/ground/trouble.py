"""When something breaks: whether it is the machinery below us, and what the log may say about it."""

from __future__ import annotations

import traceback
from collections.abc import Iterator

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import InterfaceError as DriverMisused
from sqlalchemy.exc import OperationalError as ServerTrouble
from sqlalchemy.exc import TimeoutError as PoolExhausted

_TRY_LATER = frozenset({"08", "40", "53", "57", "58"})
"""Classes of SQLSTATE that say nothing about the statement: connection lost, rolled back for the sake of
another, no disk or memory or connections left, shut down or cancelled, trouble of the system below."""

_TRY_LATER_STATES = frozenset({"25006", "55P03"})
"""Read-only (a standby after a failover), and a lock that did not come in time."""


def unavailable(error: BaseException) -> bool:
    """Whether the database or the way to it failed, rather than what was asked of it: worth trying again."""
    chain = tuple(_chain(error))
    # A wrong value of ours is a ValueError too, whatever else the driver calls it: no try will mend it.
    return any(map(_is_trouble, chain)) and not any(isinstance(each, ValueError) for each in chain)


def traces(error: BaseException) -> str:
    """Of what kind an error is and where it arose, innermost call first, back to what it came from.

    The messages stay out, because they quote the data of people.
    """
    told = []
    for each in _chain(error):
        frames = traceback.extract_tb(each.__traceback__)[-6:]
        path = " < ".join(f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in reversed(frames))
        told.append(f"{type(each).__module__}.{type(each).__qualname__} at {path or 'an unknown place'}")
    return "; from ".join(told)


def _is_trouble(error: BaseException) -> bool:
    if isinstance(error, ServerTrouble | DriverMisused | PoolExhausted | asyncpg.InterfaceError):
        return True
    if isinstance(error, OSError):
        # A socket has no file name; what has one is a file of ours that is missing. A missing template is a
        # LookupError as well.
        return error.filename is None and not isinstance(error, LookupError)
    if isinstance(error, DBAPIError):
        return error.connection_invalidated
    state = getattr(error, "sqlstate", None)
    return isinstance(state, str) and (state[:2] in _TRY_LATER or state in _TRY_LATER_STATES)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it says it came from; not what merely was being handled at the time."""
    seen: set[int] = set()
    while id(error) not in seen:
        seen.add(id(error))
        yield error
        below = error.__cause__ or getattr(error, "orig", None)
        if not isinstance(below, BaseException):
            return
        error = below

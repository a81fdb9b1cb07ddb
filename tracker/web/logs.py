"""Structured logs: one JSON object a line, with codes and ids and no personal data.

What bears a name that is marked personal, of a column or of a field of an event, is withheld, however deep it stands.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from tracker.store.tables import PERSONAL

WITHHELD: Final = "[personal]"
"""What is written in place of something personal."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """Time, level, logger, event, and what was given as `extra`. Of an exception: its kind, never its message."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= _sayable({name: value for name, value in vars(record).items() if name not in _STANDARD})
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
        return json.dumps(line, default=str, ensure_ascii=False)


def _sayable(value: Any) -> Any:
    """What may be written of a value: all but what stands under a personal name."""
    if isinstance(value, Mapping):
        return {name: WITHHELD if name in PERSONAL else _sayable(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_sayable(each) for each in value]
    return value


def configure(level: str) -> None:
    """Send all logs to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "alembic", "uvicorn.access", "sqlalchemy.pool"):
        logging.getLogger(noisy).setLevel(logging.WARNING)

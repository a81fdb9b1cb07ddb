"""What a log may say, and what it withholds: all that bears a name which is marked personal."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from tracker.core.vocabulary.words import Mode
from tracker.store.tables import PERSONAL
from tracker.web.logs import WITHHELD, JsonLines

BY_LOGGING_ITSELF = {"name"}
"""What `logging` takes for itself: nobody can give it as `extra`."""


def line(**extra: Any) -> dict[str, Any]:
    """A line of the log with this beside it."""
    record = logging.getLogger("tracker.test").makeRecord(
        "tracker.test", logging.INFO, __file__, 1, "something", (), None, extra=extra
    )
    read: dict[str, Any] = json.loads(JsonLines().format(record))
    return read


@pytest.mark.parametrize("name", sorted(PERSONAL - BY_LOGGING_ITSELF))
def test_what_bears_a_personal_name_is_withheld(name: str) -> None:
    written = line(**{name: "Zebedee Quill", "status": 200})
    assert written[name] == WITHHELD
    assert "Zebedee" not in json.dumps(written)
    assert (written["status"], written["event"], written["logger"]) == (200, "something", "tracker.test")


@pytest.mark.parametrize(
    "given",
    [
        {"case": {"name": "Zebedee Quill", "stage": "received"}},
        {"cases": [{"stage": "received", "party": {"words": ["Zebedee"]}}]},
        {"cases": ({"known_facts": [b"Zebedee"], "stage": "received"},)},
    ],
)
def test_however_deep_it_stands(given: dict[str, Any]) -> None:
    written = json.dumps(line(**given))
    assert "Zebedee" not in written
    assert "received" in written and WITHHELD in written


def test_all_else_is_written_as_it_was_given() -> None:
    given = {
        "jobs": ["sweep", "carry"],
        "fault": "KeyError",
        "milliseconds": 1.5,
        "mode": Mode.LIVE,
        "counts": {"sent": 2},
    }
    assert given.items() <= line(**given).items()

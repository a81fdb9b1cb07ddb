"""Events as a back office sends them, and short ways to have them read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.wire import PLAIN, WireContext, translate
from tracker.core.deciding.reports import Report
from tracker.core.vocabulary.channels import CHANNELS
from tracker.core.vocabulary.errors import MalformedEvent
from tracker.flows.outreach import normal_form

GOOD: dict[str, Any] = {
    "id": "e-1",
    "source": "permits",
    "type": "case.status",
    "subject": "2026/00 17",
    "time": "2026-03-02T10:15:00+01:00",
    "data": {"service": "parking", "status": "REVIEW"},
}


def read(document: object, content_type: str | None = PLAIN, zone: str | None = None) -> Report:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return translate(body, content_type, tongue(zone))


def tongue(zone: str | None = None, key: bytes = b"k" * 32, digest: bytes | None = None) -> WireContext:
    """How a source is read; the digest of a known fact shows what was digested."""
    return WireContext(
        zone,
        lambda fact: digest or b"digest of " + fact.encode(),
        lambda channel, address: normal_form.reading(CHANNELS[channel].form, address, "GB"),
        key,
    )


def refusal(document: object, content_type: str | None = PLAIN, zone: str | None = None) -> MalformedEvent:
    with pytest.raises(MalformedEvent) as caught:
        read(document, content_type, zone)
    assert caught.value.remedy
    return caught.value


def event(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in {**GOOD, **changes}.items() if value is not ...}


def naive(year: int) -> datetime:
    """New Year without a zone, as Hypothesis wants its bounds."""
    return datetime(year, 1, 1, tzinfo=UTC).replace(tzinfo=None)


def of_type(kind: str, **data: Any) -> dict[str, Any]:
    return event(type=kind, data=data)


def cloud(document: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    return {"specversion": "1.0", **document, **attributes}

"""What is left for those who watch over the service: what operators are told, and lines of the audit. Codes and ids, no
personal data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """An alert for operators: the same kind and subject again is one more time, and not another alert."""

    kind: str
    subject: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Audited:
    """A line for the audit: what was done or refused, and by whom."""

    actor: str
    action: str
    detail: Mapping[str, object]

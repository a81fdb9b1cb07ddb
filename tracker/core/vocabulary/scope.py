"""Whose rows: organisation and mode travel together, for no row of one may meet a row of another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tracker.core.vocabulary.words import Mode


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows: one organisation, live or test."""

    organisation_id: UUID
    mode: Mode

    @property
    def values(self) -> dict[str, Any]:
        """Under the names that statements give them."""
        return {"organisation": self.organisation_id, "mode": self.mode.value}

    @property
    def columns(self) -> dict[str, Any]:
        """Under the names that the columns of a row have."""
        return {"organisation_id": self.organisation_id, "mode": self.mode.value}

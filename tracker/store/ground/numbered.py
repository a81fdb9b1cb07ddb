"""A row that belongs to a case number: what is due is found as such, then locked by its number and decided."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tracker.core.vocabulary.words import Mode


@dataclass(frozen=True, slots=True)
class NumberedRow:
    """A case, an entry or a date (`id`), and the number under which it stands: its lock."""

    organisation_id: UUID
    mode: Mode
    id: UUID
    register: str
    number: str

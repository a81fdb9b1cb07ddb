"""A row that belongs to a case number: what is due is found as such, then locked by its number and decided."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tracker.store.ground.rows import ScopedRow


@dataclass(frozen=True, slots=True)
class NumberedRow(ScopedRow):
    """A case, an entry or a date (`id`), and the number under which it stands: its lock."""

    id: UUID
    register: str
    number: str

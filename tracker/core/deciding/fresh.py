"""What a decision cannot make by itself and stay pure: names that nobody has yet."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID


class Fresh(Protocol):
    """Supplies ids and references."""

    def id(self) -> UUID:
        """An id that no row has, later in order than all before it."""

    def reference(self) -> str:
        """A public reference, drawn at random: should another case have it, writing fails, and another is drawn."""

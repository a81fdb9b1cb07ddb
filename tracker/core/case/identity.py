"""Whose number is it? Case numbers are re-used after years, and a new person must never land on an old page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

REUSE_GAP = timedelta(days=3 * 365)
"""An opening event this long after a case's last sign of life, or before its first, is another case."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """One identity epoch of a case number, from its opening to its last event, as places in the timeline."""

    case: UUID
    epoch: int
    opened_at: datetime
    last_at: datetime


def epoch_for(lives: tuple[Epoch, ...], at: datetime, *, opens: bool) -> Epoch | None:
    """The life that an event at this place belongs to, or None: it opens a new one if it can, else it is parked.

    Decided when the event comes, and kept: which epoch a page belongs to is something people were told.
    """
    begun = [life for life in lives if life.opened_at <= at]
    if begun:
        life = max(begun, key=lambda each: each.opened_at)
        return None if opens and at - life.last_at > REUSE_GAP else life
    if lives:
        life = min(lives, key=lambda each: each.opened_at)
        return life if life.opened_at - at <= REUSE_GAP else None
    return None

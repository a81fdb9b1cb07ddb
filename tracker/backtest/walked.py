"""What comes of a walk through a log: dates that were promised, moved and spoken of. Days are ordinals."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache

DATE = len("2026-03-02")

day_of = cache(date.fromordinal)


@dataclass(frozen=True, slots=True)
class Promised:
    """A date that was given, or not (`on` None): by which step of which case, and when. Days are ordinals."""

    case: int
    step: str
    made_at: str
    made_on: int
    on: int | None
    first: bool


@dataclass(frozen=True, slots=True)
class MovedDate:
    """A change of a date that was shown; `new_on` None where it was taken back."""

    case: int
    changed_at: str
    changed_on: int
    old_on: int
    new_on: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A word that a date may not hold."""

    case: int
    on: int
    date_on: int


@dataclass(frozen=True, slots=True)
class GoodNews:
    """A word that a case is likely to be finished by `by_on`, well before its date, which stands all the same."""

    case: int
    on: int
    date_on: int
    by_on: int


@dataclass(slots=True)
class Walked:
    """What came of a walk. `pauses`: for each case the days on which its clock began to be paused and ran again; the
    snapshot where it did not."""

    promises: list[Promised] = field(default_factory=list)
    moves: list[MovedDate] = field(default_factory=list)
    notes: list[Noted] = field(default_factory=list)
    good_news: list[GoodNews] = field(default_factory=list)
    pauses: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    weeks: int = 0

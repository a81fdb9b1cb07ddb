"""A date that was given: one row of the ledger of promises, superseded and judged once, never edited.

It is judged anew only where the end by which it was judged is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from tracker.core.vocabulary.words import Basis, PromiseOutcome

OURS = frozenset({Basis.HISTORY, Basis.DEFINITION})
"""The kinds of dates that we give; the office's own may stand beside one of them."""


@dataclass(frozen=True, slots=True)
class PromiseRecord:
    """One row of the ledger. `told_at`: when anybody outside the office was told of it first; that is written where
    it is told, and not with the row."""

    id: UUID
    case_id: UUID
    entry_id: UUID | None
    basis: Basis
    earliest_on: date | None
    half_by_on: date | None
    latest_on: date
    passes_at: datetime | None
    probability: float | None
    cases: int | None
    curve_id: UUID | None
    stage: str | None
    made_at: datetime
    superseded_by: UUID | None = None
    superseded_at: datetime | None = None
    reason: str | None = None
    outcome: PromiseOutcome | None = None
    judged_at: datetime | None = None
    base: str | None = None
    told_at: datetime | None = None

    @property
    def stands(self) -> bool:
        """Whether it still holds: neither replaced nor judged."""
        return self.superseded_at is None and self.outcome is None

    @property
    def ours(self) -> bool:
        """Whether we gave it, and not the office."""
        return self.basis in OURS

    @property
    def ended_with_its_case(self) -> bool:
        """Whether it was judged because its case ended, before its day was over."""
        by_the_end = self.outcome in (PromiseOutcome.KEPT, PromiseOutcome.WITHDRAWN)
        return by_the_end and self.reason is None and self.superseded_at is None

    def is_over(self, now: datetime) -> bool:
        """Whether it stands, and its day is over; while the clock is paused it never is."""
        return self.stands and self.passes_at is not None and self.passes_at <= now

    @property
    def was_told(self) -> bool:
        """Whether anybody outside the office was told of it before its day was over. What staff saw does not count;
        what they read out does. Of dates from before that was put on record it is not known, and counts as no."""
        return self.told_at is not None and (self.passes_at is None or self.told_at < self.passes_at)


def missed(given: PromiseRecord) -> PromiseRecord:
    """A date whose day is over while its case is open: judged at that instant."""
    return replace(given, outcome=PromiseOutcome.MISSED, judged_at=given.passes_at)

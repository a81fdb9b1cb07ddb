"""The dates of one case as they are decided about: the rows of its ledger, and by what new ones are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tracker.core.case.timeline import Folded
from tracker.core.deciding.dossier import ServiceKnown, SourceKnown
from tracker.core.deciding.fresh import Fresh
from tracker.core.promises import levels
from tracker.core.promises.life import DateTerms
from tracker.core.promises.record import PromiseRecord
from tracker.core.promises.weighing import FEWEST, Thresholds, Window, judging_day
from tracker.core.vocabulary import calendars
from tracker.core.vocabulary.rhythm import GRACE
from tracker.core.vocabulary.words import Base, Basis, Change, Confidence, PromiseOutcome, Rhythm

LOAD = timedelta(hours=6)
"""A source that reports once a week has told all when it has been silent for so long: its first row is not its last."""


@dataclass(frozen=True, slots=True)
class LedgerContext:
    """By what the dates of a case are read: its service, the source that reports on it, the office's zone and now."""

    service: ServiceKnown
    source: SourceKnown
    zone: str
    now: datetime


class Ledger:
    """The dates of one case. `given` is the ledger as it is by now; rows are added to it, superseded and judged."""

    def __init__(self, case: UUID, reading: LedgerContext, given: Sequence[PromiseRecord], fresh: Fresh) -> None:
        service, source = reading.service, reading.source
        self.case, self.given, self.fresh = case, list(given), fresh
        self.definition, self.working = service.definition, service.open_days
        self.curve_id, self.curve = service.curve_id, service.curve
        if self.curve is not None and not self.curve.teaches(stood_in=self.definition.promise.stood_in):
            self.curve = None
        self.confidence = service.confidence
        self.relied_on_since = service.relied_on_since if self.confidence is not Confidence.WITHDRAWN else None
        self.rhythm, self.heard_at, self.patience = source.rhythm, source.heard_at, source.patience
        self.record = service.record
        self.zone, self.now = reading.zone, reading.now
        self.silent = source.is_silent(self.now)
        self.today = calendars.day_of(self.now, self.zone)

    @property
    def level(self) -> float:
        """The level at which dates are read: what the service asks for, as corrected; further ahead while too few of
        its dates come true."""
        asked = self.definition.promise.probability
        widest = levels.widest(asked)
        if self.confidence is Confidence.WIDENED:
            return widest
        # The shift was learned for what the service asked for then, which may have been less.
        return min(widest, asked + (self.curve.shift if self.curve is not None else 0.0))

    @property
    def terms(self) -> DateTerms:
        """On what terms the service gives dates now."""
        policy = self.definition.promise
        return DateTerms(
            self.curve,
            self.level,
            policy.probability,
            self.working,
            Thresholds(policy.warn, policy.warn_near, policy.warn_last, policy.move),
            policy.fallback_days,
            self.confidence is not Confidence.WITHDRAWN,
            self.relied_on_since,
        )

    @property
    def cases(self) -> int | None:
        """How many finished cases taught the curve: the service's own, or where these are few those of all services."""
        if self.curve is None:
            return None
        return self.curve.finished if self.base is Base.SERVICE else self.curve.everyone

    @property
    def base(self) -> Base | None:
        """Whose finished cases these are."""
        if self.curve is None:
            return None
        return Base.SERVICE if self.curve.finished >= FEWEST else Base.OFFICE

    def newest(self, *, ours: bool) -> PromiseRecord | None:
        """The date of ours, or of the office's, that was given last."""
        return next((each for each in reversed(self.given) if each.ours is ours), None)

    def standing(self, *, ours: bool) -> PromiseRecord | None:
        """The date of ours, or of the office's, that stands."""
        return next((each for each in reversed(self.given) if each.ours is ours and each.stands), None)

    def day(self, at: datetime) -> date:
        """The office's day of an instant."""
        return calendars.day_of(at, self.zone)

    def began_on(self, case: Folded) -> date:
        """The day on which the case was opened."""
        return case.opened.on or self.day(case.opened_at or self.now)

    def stage_on(self, case: Folded) -> date:
        """The day on which the case entered its stage: when it is closed, that on which it ended."""
        return case.since.on or self.day(case.since.at or self.now)

    @property
    def known_on(self) -> date:
        """The last day of which all is known on the morning when dates are looked at: the day before, or where a source
        reports once a week that before it was heard last."""
        yesterday = judging_day(self.now, self.zone) - timedelta(days=1)
        if self.rhythm is not Rhythm.WEEKLY or self.heard_at is None:
            return yesterday
        return min(yesterday, self.day(self.heard_at) - timedelta(days=1))

    def passes_at(self, latest_on: date) -> datetime:
        """The instant at which a day is over, and its source has had the time to tell what happened on it."""
        return calendars.start_of(latest_on + timedelta(days=1), self.zone) + GRACE[self.rhythm]

    def passed(self, given: PromiseRecord) -> bool:
        """Whether the day of a date is over, as far as we know."""
        if given.passes_at is None:
            return False
        loaded = self.heard_at is not None and self.heard_at + LOAD <= self.now
        return given.passes_at <= self.now or (
            loaded and self.rhythm is Rhythm.WEEKLY and self.known_on >= given.latest_on
        )

    def was_silent(self, at: datetime) -> bool:
        """Whether the source had fallen silent by then, and was not heard since."""
        return self.heard_at is not None and self.heard_at + self.patience < at

    def told_before(self, given: PromiseRecord) -> list[PromiseRecord]:
        """The dates before this one that people know, of its own line, or that gave way to it: at once, or to others of
        which nobody was told and that gave way in their turn; newest first."""
        before = self.given[: next(place for place, each in enumerate(self.given) if each.id == given.id)]
        line, known = {given.id}, []
        for each in reversed(before):
            if each.ours is given.ours or each.superseded_by in line:
                if each.was_told:
                    known.append(each)
                else:
                    line.add(each.id)
        return known

    def blank(self, basis: Basis, found: Window) -> PromiseRecord:
        """A promise that is made now, with nothing yet of what it rests on."""
        return PromiseRecord(
            self.fresh.id(),
            self.case,
            None,
            basis,
            found.earliest_on,
            found.half_by_on,
            found.latest_on,
            self.passes_at(found.latest_on),
            None,
            None,
            None,
            None,
            self.now,
        )

    def give(self, given: PromiseRecord) -> PromiseRecord:
        """Add a promise."""
        self.given.append(given)
        return given

    def supersede(self, old: PromiseRecord, by: PromiseRecord, reason: Change) -> None:
        """Say what replaced a promise."""
        self._put(old, superseded_by=by.id, superseded_at=self.now, reason=reason.value)

    def judge(self, given: PromiseRecord, outcome: PromiseOutcome, at: datetime, reason: Change | None = None) -> None:
        """Say what became of a promise; `reason`: why it was taken back."""
        self._put(given, outcome=outcome, judged_at=at, reason=reason.value if reason else None)

    def stand_again(self, given: PromiseRecord) -> None:
        """Say that a promise stands: the end by which it was judged was taken back."""
        self._put(given, outcome=None, judged_at=None)

    def closes(self, stage: str | None) -> bool:
        """Whether a request ends with this stage."""
        found = self.definition.stage(stage) if stage is not None else None
        return found is not None and found.closes

    def set_passes_at(self, given: PromiseRecord, at: datetime | None) -> PromiseRecord:
        """Say when the day of a promise is over, or that it stands still: the date itself does not move."""
        return given if given.passes_at == at else self._put(given, passes_at=at)

    def _put(self, given: PromiseRecord, **changes: Any) -> PromiseRecord:
        changed = replace(given, **changes)
        self.given = [changed if each.id == given.id else each for each in self.given]
        return changed

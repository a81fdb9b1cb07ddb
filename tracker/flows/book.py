"""The dates of one case as the flows hold them: read once, changed in the database and here together."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core import calendars, levels
from tracker.core.facts import Base
from tracker.core.keeping import Confidence
from tracker.core.learning import Curve
from tracker.core.promises import FEWEST, Window, judging_day
from tracker.core.timeline import Folded
from tracker.flows import holidays
from tracker.store import promises, tellings
from tracker.store.columns import Mode, new_id
from tracker.store.organisations import GRACE, Office, Rhythm
from tracker.store.promises import Basis, Given
from tracker.store.services import Current

LOAD = timedelta(hours=6)
"""A source that reports once a week has told all when it has been silent for so long: its first row is not its last."""


class Subject(Protocol):
    """What the ledger must know of a case besides what it is."""

    @property
    def office(self) -> Office:
        """Whose case it is."""

    @property
    def mode(self) -> Mode:
        """Whether it is real."""

    @property
    def id(self) -> UUID:
        """Its id."""

    @property
    def current(self) -> Current:
        """The definition that it follows."""

    @property
    def source_id(self) -> UUID:
        """The source that reports on it."""


class Book:
    """The dates of one case, in memory as they are in the database."""

    def __init__(
        self, connection: AsyncConnection, subject: Subject, found: promises.Found, curve: Curve | None
    ) -> None:
        self.connection, self.subject, self.given = connection, subject, list(found.given)
        self.curve_id, self.curve, self.silent = found.curve_id, curve, found.silent
        self.confidence, self.rhythm, self.heard_at = found.confidence, found.rhythm, found.heard_at
        self.relied_on_since = found.relied_on_since if found.confidence != Confidence.WITHDRAWN else None
        self.definition, self.zone, self.now = subject.current.definition, subject.office.zone, subject.office.now
        self.today = calendars.day_of(self.now, self.zone)
        self.working = holidays.working_days(self.definition.promise.holidays)

    @property
    def level(self) -> float:
        """The level at which dates are read: what the service asks for, as corrected; further ahead while too few of
        its dates come true."""
        asked = self.definition.promise.probability
        widest = levels.widest(asked)
        if self.confidence == Confidence.WIDENED:
            return widest
        # The shift was learned for what the service asked for then, which may have been less.
        return min(widest, asked + (self.curve.shift if self.curve is not None else 0.0))

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

    def newest(self, *, ours: bool) -> Given | None:
        """The date of ours, or of the office's, that was given last."""
        return next((each for each in reversed(self.given) if each.ours is ours), None)

    def standing(self, *, ours: bool) -> Given | None:
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

    def passed(self, given: Given) -> bool:
        """Whether the day of a date is over, as far as we know."""
        if given.passes_at is None:
            return False
        loaded = self.heard_at is not None and self.heard_at + LOAD <= self.now
        return given.passes_at <= self.now or (
            loaded and self.rhythm is Rhythm.WEEKLY and self.known_on >= given.latest_on
        )

    def blank(self, basis: Basis, found: Window) -> Given:
        """A promise that is made now, with nothing yet of what it rests on."""
        of = self.subject
        return Given(
            of.office.id, of.mode.value, new_id(), of.id, None, basis.value, found.earliest_on, found.half_by_on,
            found.latest_on, self.passes_at(found.latest_on), None, None, None, None, self.now,
        )  # fmt: skip

    async def give(self, given: Given) -> Given:
        """Add a promise."""
        await promises.make(self.connection, given)
        self.given.append(given)
        return given

    async def supersede(self, old: Given, by: Given, reason: str) -> None:
        """Write what replaced a promise."""
        self._put(await promises.supersede(self.connection, old, by.id, reason, self.now))

    async def judge(self, given: Given, outcome: promises.Kept, at: datetime, reason: str | None = None) -> None:
        """Write what became of a promise."""
        self._put(await promises.judge(self.connection, given, outcome, at, reason))

    async def was_told(self, given: Given) -> bool:
        """Whether anybody outside the office was told of a date."""
        return await tellings.was_told(self.connection, given.organisation_id, Mode(given.mode), given.id)

    async def let_pass(self, given: Given, at: datetime | None) -> Given:
        """Say when the day of a promise is over, or that it stands still."""
        return given if given.passes_at == at else self._put(await promises.let_pass(self.connection, given, at))

    def _put(self, changed: Given) -> Given:
        self.given = [changed if each.id == changed.id else each for each in self.given]
        return changed

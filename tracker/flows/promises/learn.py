"""Learn dates from what became of earlier cases: every night, by each organisation's own clock."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.promises import levels
from tracker.core.promises.exposure import Expected, Visit, Week, week
from tracker.core.promises.first_dates import Population
from tracker.core.promises.history import WINDOW_WEEKS, History
from tracker.core.promises.learning import Learned
from tracker.core.promises.learning import learn as learned_from
from tracker.core.promises.punctuality import NONE, Record
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary import calendars
from tracker.core.vocabulary.words import Clock
from tracker.flows.promises import punctuality
from tracker.flows.promises.wake import wake
from tracker.store.ground import organisations
from tracker.store.ground.engine import Store
from tracker.store.ground.organisations import Office
from tracker.store.promises import curves, first_dates, tallies
from tracker.store.promises.curves import Newest
from tracker.store.services import definitions

NIGHT = time(2, 30)
"""The local time at which there is least to do; it comes once on every day, or a gap of an hour swallows it."""


async def due(store: Store, only: UUID | None = None) -> int:
    """Learn in every organisation, or in one, whose time for it has come; returns in how many."""
    async with store.reading() as connection:
        waiting = await curves.due(connection, only)
    return sum([await learn(store, organisation_id) for organisation_id in waiting])


async def learn_now(store: Store, organisation_id: UUID) -> bool:
    """Learn at once, and not only when the night has come, and let every open request be looked at again that has no
    date yet, or a stand-in that nobody was told of; False when another process is at it."""
    async with store.transaction() as connection:
        await curves.at_once(connection, organisation_id)
    return await learn(store, organisation_id, renew=True)


async def learn(store: Store, organisation_id: UUID, *, renew: bool = False) -> bool:
    """Learn dates for each service of an organisation, and set when to do so again. False when it is not due any
    more, or another process is at it. `renew`: look at requests without a date of services
    that had taught before, too."""
    async with store.transaction() as connection:
        if not await curves.claim(connection, organisation_id):
            return False
        office = await organisations.office(connection, organisation_id)
        began = await _learn(connection, office, renew=renew)
        await curves.again_at(connection, organisation_id, next_night(office.now, office.zone))
    for service in began:
        await wake(store, office, service)
    await punctuality.count(store, organisation_id)
    return True


def next_night(now: datetime, zone: str) -> datetime:
    """The first NIGHT in the zone after `now`, aware UTC."""
    today = calendars.day_of(now, zone)
    tonight = datetime.combine(today, NIGHT, ZoneInfo(zone)).astimezone(UTC)
    if tonight > now:
        return tonight
    return datetime.combine(today + timedelta(days=1), NIGHT, ZoneInfo(zone)).astimezone(UTC)


async def _learn(connection: AsyncConnection, office: Office, *, renew: bool) -> list[str]:
    """Count what was reported since the last time, and learn from all weeks of the window; the services whose dates
    are read from history from now on; all of those, if they are to `renew` their dates."""
    by_service = {
        service: current.definition
        for service in await definitions.services_of(connection, office.id)
        if (current := await definitions.current(connection, office.id, service)) is not None
    }
    today = calendars.day_of(office.now, office.zone)
    before = await curves.newest(connection, office.id)
    lesson = await _lesson(connection, office, by_service, today)
    if lesson is None:
        return []
    counted, learned = await asyncio.to_thread(_count, lesson)
    await tallies.save(connection, office.id, counted, lesson.window_from, office.now)
    grace = await curves.grace(connection, office.id)
    until = calendars.day_of(office.now - grace, office.zone) - timedelta(days=1)
    passed = await _passed(connection, office, by_service, before, until, grace=grace)
    fresh = {
        service: _corrected(definition, learned, before.get(service), passed, until)
        for service, definition in by_service.items()
    }
    for service, newest in fresh.items():
        if newest != before.get(service):  # a night on which nothing was learned stores nothing
            await curves.add(connection, office.id, service, newest, office.now, window_from=lesson.window_from)
    return [
        service
        for service, definition in by_service.items()
        if _teaches(fresh[service], definition) and (renew or not _teaches(before.get(service), definition))
    ]


def _teaches(newest: Newest | None, definition: Definition) -> bool:
    return newest is not None and newest.curve.teaches(stood_in=definition.promise.stood_in)


@dataclass(frozen=True, slots=True)
class _Lesson:
    """The weeks that were counted before, and the visits of the days that are to be counted: from the Monday
    `counted_from` up to yesterday."""

    weeks: dict[date, dict[str, Week]]
    visits: dict[str, list[Visit]]
    window_from: date
    counted_from: date
    today: date


async def _lesson(
    connection: AsyncConnection, office: Office, by_service: dict[str, Definition], today: date
) -> _Lesson | None:
    """What there is to learn from; None where there is nothing."""
    window_from = _monday(today) - timedelta(weeks=WINDOW_WEEKS - (today.weekday() > 0))
    weeks = await tallies.of(connection, office.id, window_from)
    since = max(window_from, await _uncounted_from(connection, office) or window_from)
    stages = [(f"{service} {each.code}", each) for service, of in by_service.items() for each in of.stages]
    paused = [name for name, each in stages if each.clock is Clock.PAUSED]
    closing = [name for name, each in stages if each.closes]
    visits = await tallies.visits(connection, office.id, office.zone, since, paused=paused, closing=closing)
    if not weeks and not visits:
        return None
    known = {on: found for on, found in weeks.items() if on < since}
    return _Lesson(known, {each: visits.get(each, []) for each in by_service}, window_from, since, today)


async def _uncounted_from(connection: AsyncConnection, office: Office) -> date | None:
    """The Monday from which weeks are to be counted: of the first day that was not, or of the earliest that something
    was reported of since."""
    counted_at = await tallies.counted_at(connection, office.id)
    if counted_at is None:
        return None
    changed = await tallies.changed_since(connection, office.id, office.zone)
    counted = calendars.day_of(counted_at, office.zone)
    return _monday(min(changed or counted, counted))


def _count(lesson: _Lesson) -> tuple[dict[date, dict[str, Week]], Learned]:
    """Count the days that are over, week by week, each by what is learned from those before it, and from nothing else:
    whenever a week is counted, the same comes out."""
    history = History()
    for on, weeks in sorted(lesson.weeks.items()):
        history.add(_number(on), weeks)
    counted: dict[date, dict[str, Week]] = {}
    learned = learned_from(history) if lesson.weeks else None
    monday = lesson.counted_from
    while monday < lesson.today:
        last = min(monday + timedelta(days=6), lesson.today - timedelta(days=1))
        guarded = history.guarded()
        found = {}
        for service, visits in lesson.visits.items():
            expected = _expected(service, learned)
            found[service] = week(visits, monday.toordinal(), last.toordinal(), expected, spare=service not in guarded)
        counted[monday] = found
        history.add(_number(monday), found)
        learned = learned_from(history)
        monday += timedelta(days=7)
    return counted, learned or learned_from(history)


def _expected(service: str, learned: Learned | None) -> Expected | None:
    """What was to be expected of a service's week, by what was learned before it."""
    return None if learned is None else lambda stage: learned.received_table(service, stage)


async def _passed(
    connection: AsyncConnection,
    office: Office,
    by_service: dict[str, Definition],
    before: dict[str, Newest],
    until: date,
    *,
    grace: timedelta,
) -> dict[str, Record] | None:
    """What became of each service's first dates that have passed since the levels were corrected, and until the last
    day of which every source has had the time to tell: sooner, dates that were kept would count, and those that broke
    would not. None where that is not due: it is once a week."""
    weighed_on = max((each.weighed_on for each in before.values() if each.weighed_on is not None), default=None)
    if weighed_on is None:
        return {}
    if _monday(until + timedelta(days=1)) <= _monday(weighed_on + timedelta(days=1)):
        return None
    found = {}
    for service, definition in by_service.items():
        dates = await first_dates.passed(connection, office, service, weighed_on + timedelta(days=1), until)
        found[service] = levels.passed(dates[Population.LEARNED], definition.promise.probability, grace)
    return found


def _corrected(
    definition: Definition, learned: Learned, before: Newest | None, passed: dict[str, Record] | None, until: date
) -> Newest:
    """The curve of a service, its level corrected by the first dates that have passed until this day."""
    shift, weighed_on = (before.curve.shift, before.weighed_on) if before is not None else (0.0, None)
    if passed is not None:
        record = passed.get(definition.service, NONE)
        shift = levels.corrected(shift, record.kept, record.total, definition.promise.probability)
        weighed_on = until
    stages = [stage.code for stage in definition.stages if not stage.closes]
    return Newest(learned.curve(definition.service, stages, shift), weighed_on)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _number(monday: date) -> int:
    return (monday.toordinal() - 1) // 7

"""Learn dates from what became of earlier cases: every night, by each organisation's own clock."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core import calendars, learning
from tracker.core.promises import FEWEST
from tracker.store import curves, organisations, services
from tracker.store.engine import Store
from tracker.store.organisations import Office

NIGHT = time(2, 30)
"""The local time at which there is least to do; it comes once on every day, or a gap of an hour swallows it."""

WAKE_BATCH = 500


async def due(store: Store, only: UUID | None = None) -> int:
    """Learn in every organisation, or in one, whose time for it has come; returns in how many."""
    async with store.reading() as connection:
        waiting = await curves.due(connection, only)
    return sum([await learn(store, organisation_id) for organisation_id in waiting])


async def learn(store: Store, organisation_id: UUID) -> bool:
    """Learn dates for each service of an organisation, and set when to do so again. False when it is not due any
    more, or another process is at it."""
    async with store.transaction() as connection:
        if not await curves.claim(connection, organisation_id):
            return False
        office = await organisations.office(connection, organisation_id)
        found = await services.services_of(connection, organisation_id)
        began = [service for service in found if await _learn_service(connection, office, service)]
        await curves.again_at(connection, organisation_id, next_night(office.now, office.zone))
    for service in began:
        await _wake(store, office, service)
    return True


def next_night(now: datetime, zone: str) -> datetime:
    """The first NIGHT in the zone after `now`, aware UTC."""
    today = calendars.day_of(now, zone)
    tonight = datetime.combine(today, NIGHT, ZoneInfo(zone)).astimezone(UTC)
    if tonight > now:
        return tonight
    return datetime.combine(today + timedelta(days=1), NIGHT, ZoneInfo(zone)).astimezone(UTC)


async def _learn_service(connection: AsyncConnection, office: Office, service: str) -> bool:
    """Read a service's history of the last year again; True when from now on it is enough to give dates."""
    current = await services.current(connection, office.id, service)
    if current is None:
        return False
    today = calendars.day_of(office.now, office.zone)
    window_from = today - timedelta(days=learning.WINDOW_DAYS)
    stages = [stage.code for stage in current.definition.stages if not stage.closes]
    visits = await curves.visits(connection, office.id, service, stages, office.zone, window_from)
    if not visits:
        return False
    curve = await asyncio.to_thread(learning.learn, visits, today.toordinal())
    before = await curves.newest(connection, office.id, service)
    if before is None or curve.to_json() != before.to_json():
        await curves.add(connection, office.id, service, curve, window_from, office.now)
    return curve.finished >= FEWEST and (before is None or before.finished < FEWEST)


async def _wake(store: Store, office: Office, service: str) -> None:
    """Let sweeps give dates to the cases that are open and have none of ours. Should this be cut short, the rest get
    theirs with their next event or word."""
    after: UUID | None = None
    while True:
        async with store.transaction() as connection:
            woken = await curves.wake_dateless(connection, office.id, service, office.now, after, WAKE_BATCH)
        if not woken:
            return
        after = max(woken)

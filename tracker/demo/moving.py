"""`tracker demo advance`: weeks of the demo's offices in a minute, with everything done that falls due on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tracker.core.vocabulary.errors import SetupRefused
from tracker.demo.guide import recall
from tracker.demo.lives import ZONE
from tracker.demo.seed import OFFICES
from tracker.flows.organisations import offices
from tracker.flows.organisations.clock import advance
from tracker.main import Parts, assembled
from tracker.settings import Settings
from tracker.store.organisations import seeding

_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_SPAN = re.compile(r"(\d{1,4})([hdw])")


@dataclass(frozen=True, slots=True)
class ClockMove:
    """Where the clock stood, what it shows now, and what happened on the way, counted."""

    since: datetime
    now: datetime
    happened: dict[str, int]


def span(text: str) -> timedelta:
    """How far a clock is to be moved: `36h`, `7d`, `2w`. Raises SetupRefused."""
    found = _SPAN.fullmatch(text.strip().lower())
    if found is None or not int(found[1]):
        raise SetupRefused(f"'{text[:40]}' is no span of time.", "Write hours, days or weeks, such as 36h, 7d or 2w.")
    return int(found[1]) * _UNITS[found[2]]


async def move(
    settings: Settings, by: timedelta | None, to: datetime | None, progress: Callable[[timedelta, timedelta], None]
) -> ClockMove:
    """Move the clocks of the demo in this data directory, whether or not it runs meanwhile. `to`: a local time.

    `progress` is called with how far they have come, and how far they go. Raises SetupRefused, TimeOutOfBounds.
    """
    told = recall(settings.data_dir)
    if told is None:
        raise SetupRefused(
            f"There is no demo in {settings.data_dir}.", "Start `tracker demo` first, with the same --data-dir."
        )
    given = settings.model_copy(update={"database_url": None, "public_url": told.url or settings.public_url})
    async with assembled(given) as parts:
        return await _move(parts, by, to, progress)


async def _move(
    parts: Parts, by: timedelta | None, to: datetime | None, progress: Callable[[timedelta, timedelta], None]
) -> ClockMove:
    known = [await offices.organisation(parts.store, slug) for slug in OFFICES]
    since = max(office.now for office in known)
    target = to.replace(tzinfo=ZoneInfo(ZONE)) if to else since + (by or timedelta(0))
    if target <= since:
        shown = since.astimezone(ZoneInfo(ZONE))
        raise SetupRefused(f"The demo's clock shows {shown:%d %B %Y %H:%M} already.", "A clock never goes back.")
    step, whole = since, target - since
    while step < target:  # a day at a time, so that both offices live through it together
        step = min(step + timedelta(days=1), target)
        for office in known:
            await advance(parts.store, office.id, step, parts.worker.carry)
        progress(step - since, whole)
    async with parts.store.reading() as connection:
        happened = await seeding.happened(connection, [office.id for office in known], since)
    now = (await offices.organisation(parts.store, known[0].slug)).now
    return ClockMove(since, now, happened)

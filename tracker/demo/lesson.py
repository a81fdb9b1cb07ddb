"""What the first half of the made-up past taught, so that people were given learned dates in the second."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from tracker.core.case.timeline import Folded
from tracker.core.promises.exposure import Visit, week
from tracker.core.promises.history import History
from tracker.core.promises.learning import SurvivalCurve, learn
from tracker.core.promises.weighing import FEWEST
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.words import CaseState, Outcome
from tracker.store.ground.engine import Store
from tracker.store.ground.organisations import Office
from tracker.store.promises import curves
from tracker.store.promises.curves import Newest

Taught = dict[str, tuple[UUID, SurvivalCurve]]
"""For each service the curve of that time, and the id under which it is stored."""


async def teach(store: Store, office: Office, cases: list[tuple[Definition, Folded]], at: datetime) -> Taught:
    """Learn from cases as they stood at an instant, and store it; nothing where they were too few."""
    today = day_of(at, office.zone)
    visits: dict[str, list[Visit]] = {}
    for definition, case in cases:
        visits.setdefault(definition.service, []).extend(_visits(case, definition, office.zone))
    if not visits:
        return {}
    first = date.fromordinal(min(each.start for found in visits.values() for each in found))
    monday, history = first - timedelta(days=first.weekday()), History()
    while monday + timedelta(days=7) <= today:
        last = monday + timedelta(days=6)
        found = {service: week(each, monday.toordinal(), last.toordinal()) for service, each in visits.items()}
        history.add((monday.toordinal() - 1) // 7, found)
        monday += timedelta(days=7)
    learned, taught = learn(history), Taught()
    for definition in {definition.service: definition for definition, _ in cases}.values():
        stages = [stage.code for stage in definition.stages if not stage.closes]
        curve = learned.curve(definition.service, stages, 0.0)
        if curve.finished >= FEWEST:
            async with store.transaction() as connection:
                newest = Newest(curve, None)
                id_ = await curves.add(connection, office.id, definition.service, newest, at, window_from=first)
            taught[definition.service] = (id_, curve)
    return taught


def _visits(case: Folded, definition: Definition, zone: str) -> list[Visit]:
    """The stages that a case came to, and when it ended."""
    closed = case.state is CaseState.CLOSED
    end = (case.since.on or day_of(case.since.at, zone)).toordinal() if closed and case.since.at else None
    finished = case.outcome in (Outcome.DONE, Outcome.REFUSED)
    found: list[Visit] = []
    for line in case.lines:
        stage = definition.stage(line.stage) if line.stage is not None else None
        if stage is not None and not stage.closes and line.position is not None:
            start = day_of(line.position, zone).toordinal()
            found.append(Visit(stage.code, start, end, finished, 1, int(not found)))
    return found

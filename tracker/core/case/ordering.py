"""Where events stand: their place in time, what takes one out of the timeline, and what holds one back.

Entries are ordered by time, sequence, lifecycle rank and id, so that any order of arrival gives the same timeline.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tracker.core.case.events import CorrectionReported, ReopenReported, StatusEvent, StatusReported
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary.calendars import end_of, start_of
from tracker.core.vocabulary.moments import Moment


@dataclass(frozen=True, slots=True)
class Placed:
    """An event with the id of the entry that keeps it."""

    entry: UUID
    event: StatusEvent


def moment(event: StatusEvent) -> Moment:
    """When it happened, at the precision that was reported."""
    return Moment(on=event.occurred_on) if event.occurred_on else Moment(at=event.time)


def position(event: StatusEvent, definition: Definition, zone: str) -> datetime:
    """Where the event stands in time. Known only to the day: the start of that day if it opens the case, else its
    end, but never after it was reported, unless that day had not come yet: then at its start."""
    if event.occurred_on is None:
        return event.time
    begins = start_of(event.occurred_on, zone)
    if begins > event.time or opens(event, definition):
        return begins
    return min(end_of(event.occurred_on, zone), event.time)


def opens(event: StatusEvent, definition: Definition) -> bool:
    """Whether this event by itself brings a case into being."""
    if not isinstance(event.body, StatusReported) or event.body.service != definition.service:
        return False
    stage = definition.stage_for(event.body.status)
    return stage is not None and stage.opens


Key = tuple[datetime, int, int, str, str]
"""Position, sequence (-1 when there is none), lifecycle rank, source and id: a total order, whoever came first."""


def key(event: StatusEvent, definition: Definition, zone: str) -> Key:
    """Where an event stands in the timeline."""
    sequence = -1 if event.sequence is None else event.sequence
    return position(event, definition, zone), sequence, _rank(event, definition), event.source, event.id


def _rank(event: StatusEvent, definition: Definition) -> int:
    """Statuses by their stage's place in the life cycle; a reopening after them; everything else last."""
    if isinstance(event.body, StatusReported):
        code = definition.mapping.get(event.body.status)
        return definition.rank(code) if code else len(definition.stages)
    return len(definition.stages) + (1 if isinstance(event.body, ReopenReported) else 2)


def on_its_day(event: StatusEvent, zone: str) -> StatusEvent:
    """The event, held back until the day on which it happens where it was reported before that day."""
    begins = start_of(event.occurred_on, zone) if event.occurred_on is not None else None
    if begins is None or begins <= event.time:
        return event
    return replace(event, hold_until=max(begins, event.hold_until or begins))


def free_at(event: StatusEvent, definition: Definition, zone: str) -> datetime | None:
    """When what is held may speak: a formal decision not before the day on which it is served."""
    body = event.body
    if not isinstance(body, StatusReported) or body.served_on is None:
        return event.hold_until
    stage = definition.stage_for(body.status)
    if stage is None or not stage.formal:
        return event.hold_until
    served_at = start_of(body.served_on, zone)
    return max(served_at, event.hold_until or served_at)


def corrected(ordered: list[Placed], now: datetime) -> tuple[set[UUID], set[UUID]]:
    """The entries that a correction takes out, and the corrections that take one out.

    A correction that was itself taken out has no effect, whatever the times of both: those that nothing corrects
    are read first, then those whose correctors were all read. In a circle, the last correction is read first.
    """
    by_id = {(each.event.source, each.event.id): each.entry for each in ordered}
    targets: dict[UUID, UUID] = {}
    for each in ordered:
        held = each.event.hold_until is not None and each.event.hold_until > now
        if isinstance(each.event.body, CorrectionReported) and not held:
            target = by_id.get((each.event.source, each.event.body.event))
            if target is not None and target != each.entry:
                targets[each.entry] = target
    void: set[UUID] = set()
    effective: set[UUID] = set()
    doubts = Counter(targets.values())
    circled = list(targets)
    ready = [entry for entry in targets if not doubts[entry]]
    while targets:
        entry = ready.pop() if ready else circled.pop()
        target = targets.pop(entry, None)
        if target is None:
            continue
        if entry not in void and target not in effective:
            void.add(target)
            effective.add(entry)
        doubts[target] -= 1
        if not doubts[target] and target in targets:
            ready.append(target)
    return void, effective

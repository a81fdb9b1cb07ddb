"""Take events in: one, or a batch in chunks, each chunk one transaction. A single event is a batch of one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from tracker.core.case.events import StatusReported
from tracker.core.deciding.decide import Deciding
from tracker.core.deciding.reports import Answer, RefusedEvent, Report, Reporter, numbers_of
from tracker.core.vocabulary.errors import CaseNotRead, TooManyRequests
from tracker.flows.deciding.transaction import alerted, decided
from tracker.store.deciding import changes
from tracker.store.deciding.dossier import Wanted
from tracker.store.ground.engine import Store
from tracker.store.ground.trouble import traces, unavailable
from tracker.store.organisations.keys import Sender

log = logging.getLogger(__name__)

CHUNK = 50
"""So many events are decided about in one transaction at most: for so long others wait for their numbers."""


async def ingest(store: Store, sender: Sender, report: Report) -> Answer:
    """Take one event. Returns only after it is durable.

    Raises NotGranted, ContentDiffers, TimeOutOfBounds, UnknownService, TooManyRequests, CaseNotRead; nothing is stored
    then, but for the audit of the first two.
    """
    answer = (await take_in(store, sender, (report,)))[0]
    if isinstance(answer, RefusedEvent):
        raise answer.error
    return answer


async def take_in(store: Store, sender: Sender, reports: Sequence[Report]) -> list[Answer | RefusedEvent]:
    """Take events in, each decided on what its predecessors left; an answer for each, in their order, given only after
    it is durable. One that is refused keeps none of the others out."""
    answers: list[Answer | RefusedEvent] = []
    for at in range(0, len(reports), CHUNK):
        answers += await _chunk(store, sender, reports[at : at + CHUNK])
    return answers


async def _chunk(store: Store, sender: Sender, reports: Sequence[Report]) -> list[Answer | RefusedEvent]:
    """One chunk in one transaction; where one event keeps the others out, its events one by one."""
    by = Reporter(sender.source_id, sender.source, sender.registers)

    async def take(deciding: Deciding) -> list[Answer | RefusedEvent]:
        found = []
        for report in reports:
            found.append(deciding.take(report, by))
            await asyncio.sleep(0)  # others go on between events: one that comes late to a long case takes a while
        return found

    wanted = _wanted(sender, reports, by)
    try:
        answers, made = await decided(store, wanted, take)
    except Exception as fault:
        if unavailable(fault) and not changes.is_race(fault):
            raise  # the database is away: everything waits
        if len(reports) > 1:
            return [answer for report in reports for answer in await _chunk(store, sender, (report,))]
        if changes.is_race(fault):
            collided = TooManyRequests("The event collided with another.", "Send it again.", retry_after_seconds=1)
            return [RefusedEvent(collided)]
        await alerted(store, wanted, fault)
        return [RefusedEvent(CaseNotRead())]
    for each in made.not_decided:
        log.error("case_not_read", extra={"fault": traces(each.fault)})
    return answers


def _wanted(sender: Sender, reports: Sequence[Report], by: Reporter) -> Wanted:
    """What must be known to decide about these events."""
    events = [report.event for report in reports]
    return Wanted(
        sender.scope,
        sorted(set(numbers_of(events, by))),
        sender.source_id,
        sorted({event.id for event in events}),
        {event.body.service for event in events if isinstance(event.body, StatusReported)},
    )

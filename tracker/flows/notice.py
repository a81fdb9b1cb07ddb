"""What an operator should look at in an event that was taken: a code without a meaning, a move that cannot be."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core import delays
from tracker.core.events import StatusEvent, StatusReported
from tracker.core.placing import Placement
from tracker.store import records, services
from tracker.store.keys import Sender
from tracker.store.organisations import Office


async def placement(
    connection: AsyncConnection, sender: Sender, office: Office, event: StatusEvent, outcome: str
) -> None:
    """Tell of an event that was put aside: `outcome` is the intake's."""
    if outcome == Placement.QUARANTINED:
        status = getattr(event.body, "status", None)
        service = getattr(event.body, "service", "")
        remedy = (
            "Add the code to a stage of the service and run `tracker services apply`; its events follow by themselves."
        )
        await records.alert(
            connection, office.id, sender.mode, "status_unmapped", f"{service} {status}", remedy, office.now
        )
    elif outcome == Placement.FLAGGED:
        remedy = (
            "Look at the source's order of statuses; if the move is right, allow it in leads_to or send case.reopen."
        )
        subject = f"{sender.source} {event.type}"
        await records.alert(connection, office.id, sender.mode, "illegal_move", subject, remedy, office.now)


async def delay_reason(connection: AsyncConnection, sender: Sender, office: Office, event: StatusEvent) -> None:
    """Tell of a reason for a delay that has no words: the event counts, and people read a reason of ours."""
    body = event.body
    if not isinstance(body, StatusReported) or body.delay_reason is None:
        return
    current = await services.current(connection, office.id, body.service)
    if current is None or delays.is_worded(body.delay_reason, current.definition):
        return
    subject = f"{body.service} {body.delay_reason}"
    remedy = "Word the code in [delay_reasons] of the service and run `tracker services apply`; open cases follow."
    await records.alert(connection, office.id, sender.mode, "reason_unworded", subject, remedy, office.now)

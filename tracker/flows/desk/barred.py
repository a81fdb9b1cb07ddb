"""What waits in the outbox and will not go out as things stand: its address asked us to stop, or letters come back."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.vocabulary.messages import MessageState
from tracker.flows.desk import resend
from tracker.flows.desk.inquiry import Inquiry
from tracker.flows.outreach import suppressing
from tracker.store.desk.repeating import DecidedMessage
from tracker.store.outreach import stops


class Barred(StrEnum):
    """Why a message that is due will not go out, as it will be judged at its release."""

    STOPPED = "stopped"
    """Its address asked us to stop."""
    PAUSED = "paused"
    """Its address may have asked us to stop: it was asked, and has not answered."""
    SUPPRESSED = "suppressed"
    """Letters come back from its address."""


async def barred(
    connection: AsyncConnection, asked: Inquiry, case: UUID, rows: Sequence[DecidedMessage]
) -> dict[UUID, Barred]:
    """Of the messages of a case that wait, those that will not go out."""
    waiting = [row for row in rows if row.state is MessageState.DUE]
    if not waiting:
        return {}
    places = resend.places(asked.secret, asked.staff, case, waiting)
    wishes = await stops.in_force(connection, list(dict.fromkeys(places.values())))
    given = {places[row.id][:3]: row.confirmed_at for row in waiting if row.id in places}
    dead = await suppressing.closed(connection, given)
    bars: dict[UUID, Barred] = {}
    for row in waiting:
        place = places.get(row.id)
        if place is None:
            continue
        wish = wishes.get(place)
        if wish is not None and wish.silences(row.purpose):
            bars[row.id] = Barred.STOPPED if wish.stops else Barred.PAUSED
        elif place[:3] in dead:
            bars[row.id] = Barred.SUPPRESSED
    return bars

"""Staff say that an address works again, from which letters came back: messages go there anew, audited."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tracker.core.outreach.bounces import LiftReason
from tracker.core.vocabulary import addresses
from tracker.core.vocabulary.words import Channel
from tracker.flows.desk import audit
from tracker.flows.desk.inquiry import Inquiry
from tracker.flows.desk.known_address import known_address
from tracker.flows.outreach import suppressing
from tracker.store.outreach import suppressions


@dataclass(frozen=True, slots=True)
class SaidToWork:
    """Which address works again, of which party of a case and on which channel, and how staff know."""

    case: UUID
    party: str
    channel: Channel
    reason: LiftReason


async def lift(asked: Inquiry, said: SaidToWork) -> bool:
    """Let messages go to an address again, in all requests of this office; a form sent twice counts once. False when
    there is no such address. What was not sent meanwhile stays unsent. Raises CaseNotFound."""
    staff = asked.staff
    async with asked.store.transaction() as connection:
        normal = await known_address(connection, staff.scope, said.case, said.party, said.channel)
        if normal is None:
            return False
        digest = addresses.digest(asked.secret, said.channel, normal)
        place = (staff.scope, said.channel.value, digest)
        if place not in await suppressions.suppressed(connection, [place]):
            return True
        detail = {"case": str(said.case), "channel": said.channel.value, "reason": said.reason.value}
        now = (await audit.note(connection, asked, "desk.lifted", detail)).now
        await suppressing.lift(connection, place, "staff", now)
    return True

"""Staff stop messages for a person, or start them again, with a reason: audited."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tracker.core.outreach.wishes import Wish, WishReason
from tracker.core.vocabulary.words import Channel
from tracker.flows.desk import audit
from tracker.flows.desk.inquiry import Inquiry
from tracker.flows.desk.known_address import known_address
from tracker.flows.outreach import stopping
from tracker.flows.outreach.stopping import Reach
from tracker.store.outreach import stops


@dataclass(frozen=True, slots=True)
class SaidWish:
    """What staff set: for which party of a case and which channel, stop or start, of this request or of all of this
    office's, and why. `once`: the form's id, so that a form sent twice counts once."""

    case: UUID
    party: str
    channel: Channel
    wish: Wish
    of: Reach
    reason: WishReason
    once: UUID

    @property
    def recorded(self) -> Wish:
        """The wish that goes on record: an address that is somebody else's is marked as such."""
        wrong = self.wish is Wish.STOP and self.reason is WishReason.WRONG_PERSON
        return Wish.WRONG_PERSON if wrong else self.wish


async def stop(asked: Inquiry, said: SaidWish) -> bool:
    """Put a wish on record as staff heard it, with what follows from it; False when there is no such address. Raises
    CaseNotFound."""
    staff = asked.staff
    async with asked.store.transaction() as connection:
        normal = await known_address(connection, staff.scope, said.case, said.party, said.channel)
        if normal is None:
            return False
        if await stops.is_recorded(connection, staff.scope, said.once):
            return True
        detail = {"case": str(said.case), "channel": said.channel.value, "of": said.of.value}
        action = "desk.started" if said.wish is Wish.START else "desk.stopped"
        now = (await audit.note(connection, asked, action, {**detail, "reason": said.reason.value})).now
        of_one = said.of is Reach.REQUEST and said.recorded is not Wish.WRONG_PERSON
        place = (staff.scope, said.channel, normal)
        await stopping.heed(
            connection,
            asked.secret,
            place,
            said.recorded,
            via="staff",
            now=now,
            id_=said.once,
            case=said.case if of_one else None,
        )
    return True

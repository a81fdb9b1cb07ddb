"""What becomes of messages after they were looked at, handed over or asked about: states, endings, consequences.

Every write is fenced by the state in which the message was held and by the attempt's number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from notifications.channels import Absent, Accepted, Answer, Later, Overtaken, PutOff, Refused, Unsure
from tracker.core.outreach.attempts import Ending
from tracker.core.outreach.retry import RETRY, Now, Setback, Tried
from tracker.core.vocabulary.messages import MessageState, Reason
from tracker.core.vocabulary.oversight import Notice
from tracker.flows.outreach import ladder, stopping
from tracker.flows.outreach.release import Claimed
from tracker.store.ground import alerts
from tracker.store.ground.engine import Store
from tracker.store.outreach import carrying


@dataclass(frozen=True, slots=True)
class Settled:
    """What is to be written of one message. `due` None: it is over. `held`: the state in which we hold it."""

    claimed: Claimed
    state: MessageState
    reason: Reason | None = None
    ending: Ending | None = None
    provider_id: str | None = None
    due: datetime | None = None
    held: MessageState = MessageState.SENDING

    def row(self) -> dict[str, Any]:
        """As the store takes it."""
        return {
            **self.claimed.scope.values,
            "message": self.claimed.id,
            "number": self.claimed.number,
            "now": self.claimed.now,
            "state": self.state.value,
            "reason": self.reason.value if self.reason else None,
            "outcome": self.ending.value if self.ending else None,
            "provider_id": self.provider_id,
            "due": self.due,
            "held": self.held.value,
        }


def answered(claimed: Claimed, answer: Answer, tries: int) -> Settled | None:
    """What an answer means for a message that had so many tries; None: it is another worker's."""
    match answer:
        case Accepted(provider_id, delivered):
            state = MessageState.DELIVERED if delivered else MessageState.SENT
            return Settled(claimed, state, ending=Ending.ACCEPTED, provider_id=provider_id)
        case Refused(ending):
            return following(claimed, RETRY.now(Setback.REFUSED, Tried(tries=tries)), ending)
        case Later(after, ending):
            return later(claimed, after, ending)
        case PutOff(ending):
            return following(claimed, RETRY.now(Setback.PUT_OFF, Tried(tries=tries)), ending)
        case Unsure():
            return unsure(claimed)
        case Overtaken() | Absent():
            return None


def following(claimed: Claimed, now: Now, ending: Ending | None, held: MessageState = MessageState.SENDING) -> Settled:
    """What the policy for trying again makes of a message whose attempt ended like this."""
    due = None if now.after is None else claimed.now + now.after
    return Settled(claimed, now.state, ending=ending, due=due, held=held)


def later(claimed: Claimed, after: timedelta, ending: Ending | None = None) -> Settled:
    """Nothing was sent, and it is due again after this."""
    return following(claimed, RETRY.now(Setback.LATER, Tried(wish=after)), ending)


def unsure(claimed: Claimed) -> Settled:
    """It may have gone: nothing is sent again until we know."""
    return following(claimed, RETRY.now(Setback.UNSURE, Tried()), Ending.UNSURE)


async def settle(store: Store, secret: bytes, settled: list[Settled]) -> None:
    """Write what became of messages. One that failed, or that its reader has stopped, goes on to the next rung of the
    ladder in the transaction that says so."""
    ends = [each for each in settled if _ends_badly(each)]
    others = sorted((each for each in settled if not _ends_badly(each)), key=lambda each: each.claimed.id)
    if others:
        async with store.transaction() as connection:
            await carrying.settle(connection, [each.row() for each in others])
            for each in others:
                await _alert(connection, each)
    for each in ends:
        async with store.transaction() as connection:
            if not await carrying.settle_one(connection, each.row()):
                continue
            await _alert(connection, each)
            await _fall(connection, secret, each)


async def _fall(connection: AsyncConnection, secret: bytes, settled: Settled) -> None:
    """A message will not arrive: the next rung, or a task for staff."""
    claimed = settled.claimed
    named = (claimed.scope, claimed.id, claimed.now)
    if settled.ending is Ending.STOPPED:
        await stopping.stopped_by_provider(connection, secret, *named)
    stopped = settled.ending is Ending.STOPPED or settled.reason is Reason.STOPPED
    dead = settled.reason is Reason.SUPPRESSED
    await ladder.next_rung(connection, secret, *named, asked_to_stop=stopped, known_dead=dead)


def _ends_badly(settled: Settled) -> bool:
    return settled.state is MessageState.FAILED or settled.reason in (
        Reason.STOPPED,
        Reason.SUPPRESSED,
        Reason.BAD_ADDRESS,
    )


async def _alert(connection: AsyncConnection, settled: Settled) -> None:
    """Tell operators what they should know of it."""
    claimed = settled.claimed
    match settled.ending:
        case Ending.GIVEN_UP:
            remedy = "Look at the log of the time, mend what cut the sending off, then tell the person in another way."
            notice = Notice("message_failed", "given_up", remedy)
        case Ending.NOT_CONFIGURED:
            remedy = "Set TRACKER_SMTP_URL or the Twilio settings for this channel; what is due is tried every hour."
            notice = Notice("channel_not_configured", settled.ending, remedy)
        case Ending.NO_CREDIT | Ending.SENDER_REFUSED:
            remedy = "Look at the account and the sender at the provider. Messages wait, and go out once it works."
            notice = Notice("carrier_down", settled.ending, remedy)
        case Ending.UNSURE if settled.due is None:
            remedy = "Ask the provider whether these went out; look for messages in state unknown."
            notice = Notice("message_unknown", "unknown", remedy)
        case _:
            return
    await alerts.raise_alert(connection, claimed.scope, notice, claimed.now)

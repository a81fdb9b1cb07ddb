"""Messages whose end we do not know: what a dead worker left behind, and what may have gone without an answer.

An SMS is never sent again blindly: its receipt settles it, or the provider is asked. An e-mail may be sent once more,
since its copy bears the same Message-ID.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

from notifications.channels import Absent, Accepted, Carrier, Carriers, Content, Later, Outgoing, Refused
from notifications.settling import PAUSES, Settled, settle, unsure
from tracker.core.outreach.attempts import Ending
from tracker.core.vocabulary.messages import MessageState
from tracker.core.vocabulary.words import Channel
from tracker.flows.outreach.release import Claimed
from tracker.store.ground.engine import Store
from tracker.store.outreach import carrying, unknowns
from tracker.store.outreach.overdue import OverdueMessage, overdue
from tracker.store.outreach.unknowns import UnknownMessage

MOST_TRIES = 5
"""How often the sending of one message may be cut off before it is given up."""

RETRY_AFTER = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)

GRACE = timedelta(minutes=5)
"""For so long a provider's list may not show yet what it has taken."""

PATIENCE = timedelta(hours=24)
"""For so long we ask; then it stays unknown, and an operator is told."""

REPEAT_AFTER = timedelta(minutes=10)
"""How long we wait before a message that bears the same id is sent once more."""


async def recover(store: Store, secret: bytes, limit: int) -> int:
    """Take over what a worker left behind when its lease ran out; returns how many messages.

    Never begun: due again. Begun and caught by the sandbox: delivered. Begun and not caught: the sandbox says that it
    was never handed over, and refuses the old attempt from now on, so it is due again. Begun with a real carrier: it
    may have gone, so it is asked about, and not sent again.
    """
    async with store.transaction() as connection:
        settled = [_left_behind(row) for row in await overdue(connection, limit)]
        plain = [each.row() for each in settled if each.state is not MessageState.FAILED]
        await carrying.settle(connection, plain)
    await settle(store, secret, [each for each in settled if each.state is MessageState.FAILED])
    return len(settled)


def _left_behind(row: OverdueMessage) -> Settled:
    claimed = Claimed(row.organisation_id, row.mode, row.id, row.attempt_number, row.now)
    if row.caught_id is not None:
        return Settled(claimed, MessageState.DELIVERED, ending=Ending.ACCEPTED, provider_id=f"caught-{row.caught_id}")
    if row.attempt_id is not None and row.carrier != "sandbox":
        return unsure(claimed)
    if row.tries >= MOST_TRIES:
        return Settled(claimed, MessageState.FAILED, ending=Ending.GIVEN_UP)
    again = row.now + min(RETRY_AFTER * (row.attempt_number - 1), LONGEST_RETRY)
    return Settled(claimed, MessageState.DUE, ending=Ending.NOT_SENT, due=again)


async def ask(store: Store, carriers: Carriers, secret: bytes, limit: int, only: UUID | None = None) -> int:
    """Ask about messages that may have gone, where it is time; returns of how many was asked. No connection is held
    while a provider thinks."""
    async with store.transaction() as connection:
        rows = await unknowns.claim(connection, limit, only)
    fates = (_fate(carriers.live.get(row.channel), row) for row in rows)
    known = await asyncio.gather(*fates, return_exceptions=True)
    await settle(store, secret, [each for each in known if isinstance(each, Settled)])
    for broken in known:
        if isinstance(broken, BaseException):
            raise broken  # after the others are settled; this one is asked about again in five minutes
    return len(rows)


async def _fate(carrier: Carrier | None, row: UnknownMessage) -> Settled | None:
    """What becomes of one; None: it is asked about again in five minutes."""
    claimed = Claimed(row.organisation_id, row.mode, row.id, row.attempt_number, row.now)
    held, since = MessageState.UNKNOWN, row.now - row.started_at
    if since > PATIENCE or carrier is None or carrier.name != row.carrier:
        over = Settled(claimed, MessageState.UNKNOWN, ending=Ending.UNSURE, held=held)
        return over if since > PATIENCE else None
    if carrier.repeatable:
        return _repeated(claimed, row)
    match await carrier.ask(_asked(row)):
        case Accepted(provider_id, delivered):
            state = MessageState.DELIVERED if delivered else MessageState.SENT
            return Settled(claimed, state, ending=Ending.ACCEPTED, provider_id=provider_id, held=held)
        case Refused(ending):
            return Settled(claimed, MessageState.FAILED, ending=ending, held=held)
        case Absent() if since >= GRACE:
            if row.tries >= MOST_TRIES:
                return Settled(claimed, MessageState.FAILED, ending=Ending.GIVEN_UP, held=held)
            return Settled(claimed, MessageState.DUE, ending=Ending.NOT_SENT, due=row.now, held=held)
        case Later(after):
            return _ask_again(claimed, after)
        case _:
            return _ask_again(claimed, PAUSES[1])


def _repeated(claimed: Claimed, row: UnknownMessage) -> Settled:
    """It bears the same id again, so it is sent once more after a pause; a second doubt stays one."""
    if row.unsure > 1:
        return Settled(claimed, MessageState.UNKNOWN, ending=Ending.UNSURE, held=MessageState.UNKNOWN)
    again = max(row.now, row.started_at + REPEAT_AFTER)
    return Settled(claimed, MessageState.DUE, ending=Ending.UNSURE, due=again, held=MessageState.UNKNOWN)


def _ask_again(claimed: Claimed, after: timedelta) -> Settled:
    due = claimed.now + after
    return Settled(claimed, MessageState.UNKNOWN, ending=Ending.UNSURE, due=due, held=MessageState.UNKNOWN)


def _asked(row: UnknownMessage) -> Outgoing:
    mail = row.channel is Channel.EMAIL
    return Outgoing(
        row.organisation_id,
        row.mode,
        row.id,
        row.attempt_id,
        row.attempt_number,
        row.channel,
        (row.address if mail else row.normal) or "",
        Content(**row.content),
        row.started_at,
        row.email_from if mail else row.sms_from,
        row.organisation,
        row.language,
        known=frozenset(row.known),
    )

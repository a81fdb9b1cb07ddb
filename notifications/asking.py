"""Messages whose end we do not know: what a dead worker left behind, and what may have gone without an answer.

An SMS is never sent again blindly: its receipt settles it, or the provider is asked. An e-mail may be sent once more,
since its copy bears the same Message-ID.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from uuid import UUID

from notifications.channels import Absent, Accepted, Carrier, Carriers, Content, Later, Outgoing, Refused
from notifications.settling import Settled, following, settle, unsure
from tracker.core.outreach.attempts import Ending
from tracker.core.outreach.retry import RETRY, Setback, Tried
from tracker.core.vocabulary.channels import sender_of, sent_to
from tracker.core.vocabulary.messages import MessageState
from tracker.flows.outreach.release import Claimed
from tracker.store.ground.engine import Store
from tracker.store.outreach import carrying, unknowns
from tracker.store.outreach.overdue import OverdueMessage, overdue
from tracker.store.outreach.unknowns import UnknownMessage

_NOT_GONE = {
    MessageState.DUE: Ending.NOT_SENT,
    MessageState.FAILED: Ending.GIVEN_UP,
    MessageState.UNKNOWN: Ending.UNSURE,
}
"""How the attempt ended that nobody has taken, as far as we know, by what becomes of its message."""


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
    claimed = Claimed(row.scope, row.id, row.attempt_number, row.now)
    if row.caught_id is not None:
        return Settled(claimed, MessageState.DELIVERED, ending=Ending.ACCEPTED, provider_id=f"caught-{row.caught_id}")
    if row.attempt_id is not None and row.carrier != "sandbox":
        return unsure(claimed)
    now = RETRY.now(Setback.CUT_OFF, Tried(tries=row.tries, number=row.attempt_number))
    return following(claimed, now, _NOT_GONE[now.state])


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
    claimed = Claimed(row.scope, row.id, row.attempt_number, row.now)
    ours = carrier if carrier is not None and carrier.name == row.carrier else None
    tried = Tried(
        tries=row.tries,
        number=row.attempt_number,
        unsure=row.unsure,
        since=row.now - row.started_at,
        repeatable=ours is not None and ours.repeatable,
    )
    held, unasked = MessageState.UNKNOWN, RETRY.now(Setback.STILL_UNSURE, tried)
    if unasked.after is None or tried.repeatable:
        return following(claimed, unasked, Ending.UNSURE, held)
    if ours is None:
        return None
    match await ours.ask(_asked(row)):
        case Accepted(provider_id, delivered):
            state = MessageState.DELIVERED if delivered else MessageState.SENT
            return Settled(claimed, state, ending=Ending.ACCEPTED, provider_id=provider_id, held=held)
        case Refused(ending):
            return following(claimed, RETRY.now(Setback.REFUSED, tried), ending, held)
        case Absent():
            now = RETRY.now(Setback.ABSENT, tried)
            return following(claimed, now, _NOT_GONE[now.state], held)
        case Later(after):
            return following(claimed, RETRY.now(Setback.ASK_LATER, replace(tried, wish=after)), Ending.UNSURE, held)
        case _:
            return following(claimed, RETRY.now(Setback.ASK_LATER, tried), Ending.UNSURE, held)


def _asked(row: UnknownMessage) -> Outgoing:
    return Outgoing(
        row.scope,
        row.id,
        row.attempt_id,
        row.attempt_number,
        row.channel,
        sent_to(row.channel, row.address, row.normal) or "",
        Content(**row.content),
        row.started_at,
        sender_of(row, row.channel),
        row.organisation,
        row.language,
        known=frozenset(row.known),
    )

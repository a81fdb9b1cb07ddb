"""What people must hear and did not: the next rung of the channel ladder, or a task for staff."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from tracker.core.outreach.overtaking import still_true
from tracker.core.outreach.timing import by_hand_on
from tracker.core.vocabulary import addresses, references
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.messages import key
from tracker.core.vocabulary.oversight import Notice
from tracker.core.vocabulary.purposes import PURPOSES
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import CaseState, Channel, Mode
from tracker.flows.outreach import normal_form, suppressing
from tracker.store.ground import alerts
from tracker.store.outreach import rungs, stops, tasks
from tracker.store.outreach.rungs import MissedMessage, OtherAddress
from tracker.store.outreach.tasks import TaskKind
from tracker.store.services import definitions


async def next_rung(
    connection: AsyncConnection,
    secret: bytes,
    scope: Scope,
    message_id: UUID,
    now: datetime,
    *,
    asked_to_stop: bool = False,
    known_dead: bool = False,
) -> bool:
    """After a message failed, in the same transaction: write what people must hear, and the word that they were to hear
    by a day, again for another channel.

    True when there was one that the service uses, with an address that has not asked us to stop. Else staff are told
    to write a letter or to call, by a day; not about what the person may miss and asked us not to send
    (`asked_to_stop`), or what was not sent since letters come back from there, which staff know (`known_dead`), nor
    about a question of ours. What is true no longer by now is told to nobody: what is instead has a message of its own.
    Who was to hear it in the same mailbox hears it on a channel of their own, too.
    """
    if scope.mode is Mode.TEST:
        return False
    missed = await rungs.missed(connection, scope, message_id)
    if missed is None or missed.climbed:
        return missed is not None
    traits = PURPOSES[missed.purpose]
    if not _holds(missed) or (traits.may_miss and (asked_to_stop or traits.asks)):
        return False
    if traits.goes_on:
        first = await _climb(connection, secret, scope, missed, now)
        used = [first]
        for id_ in await rungs.sharing(connection, scope, message_id):
            theirs = await rungs.missed(connection, scope, id_)
            if theirs is not None and not theirs.climbed:
                used.append(await _climb(connection, secret, scope, theirs, now, but=used))
        if first is not None:
            return True
    if not (traits.may_miss and known_dead):
        await to_staff(connection, scope, missed, now)
    return False


def _holds(missed: MissedMessage) -> bool:
    """Whether what did not arrive is still so."""
    return still_true(
        missed.purpose,
        missed.cause,
        exists=not missed.void,
        closed=missed.case_state is CaseState.CLOSED,
        news=str(missed.news_entry),
        asked=str(missed.asked_entry) if missed.asked_entry else None,
        promise=missed.promise_id,
        office=missed.office_cause,
        survivor=str(missed.survivor_end) if missed.survivor_end else None,
    )


async def _climb(
    connection: AsyncConnection,
    secret: bytes,
    scope: Scope,
    missed: MissedMessage,
    now: datetime,
    *,
    but: Collection[OtherAddress | None] = (),
) -> OtherAddress | None:
    """Write it for the next channel, but not where the same goes already; where it goes, if there is one."""
    other = await _other(connection, secret, scope, missed.id, missed)
    taken = {(each.channel, each.normal) for each in but if each is not None and each.normal is not None}
    if other is None or (other.channel, other.normal) in taken:
        return None
    rung, resend = missed.rung + 1, int(missed.key.split(":")[3])
    key_ = key(missed.case_id, missed.purpose, missed.party, rung, missed.cause, resend=resend)
    await rungs.climb(connection, scope, missed.id, other, now, key=key_, rung=rung)
    return other


async def other_channel(
    connection: AsyncConnection, secret: bytes, scope: Scope, message_id: UUID
) -> OtherAddress | None:
    """Where a message would go on to if it failed; None when none is tried, or there is no other channel."""
    missed = await rungs.missed(connection, scope, message_id)
    if missed is None or missed.climbed or not PURPOSES[missed.purpose].goes_on:
        return None
    return await _other(connection, secret, scope, message_id, missed)


async def to_staff(connection: AsyncConnection, scope: Scope, missed: MissedMessage, now: datetime) -> None:
    """No channel is left: operators are told, and what people must hear is a task for staff, by a day. The one place
    from which staff are told."""
    due_on = by_hand_on(day_of(now, missed.zone), [missed.wanted_by] if missed.wanted_by else [])
    remedy = (
        f"Write a letter or call by {due_on.isoformat()}: what this person should know did not arrive by any channel, "
        "or they asked us not to send it. See the case."
    )
    await alerts.raise_alert(connection, scope, Notice("not_reached", references.spell(missed.reference), remedy), now)
    if not PURPOSES[missed.purpose].may_miss:
        kind = TaskKind.TELL_BY_HAND
        await tasks.add_task(connection, scope, missed.case_id, kind=kind, cause=missed.key, due_on=due_on, now=now)


async def _other(
    connection: AsyncConnection,
    secret: bytes,
    scope: Scope,
    message_id: UUID,
    missed: MissedMessage,
) -> OtherAddress | None:
    definition = await definitions.by_id(connection, scope.organisation_id, missed.definition)
    found: dict[stops.Asked, OtherAddress] = {}
    for each in await rungs.others(connection, scope, message_id):
        normal = each.normal or normal_form.normal(each.channel, each.address, missed.country)
        if normal is not None:
            found[scope, each.channel.value, addresses.digest(secret, each.channel, normal), missed.case_id] = each
    stopped = await stops.stopped(connection, list(found))
    dead = await suppressing.closed(connection, {asked[:3]: row.confirmed_at for asked, row in found.items()})
    open_ = (row for asked, row in found.items() if asked not in stopped and asked[:3] not in dead)
    return next(iter(in_order(open_, definition.outreach.channels)), None)


def in_order(found: Iterable[OtherAddress], channels: Sequence[Channel]) -> list[OtherAddress]:
    """Those on the channels that a service uses, in its order of them."""
    used = [each for each in found if each.channel in channels]
    return sorted(used, key=lambda each: channels.index(each.channel))

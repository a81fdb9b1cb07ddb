"""The movable clock of a sandbox: from one due instant to the next, so that months are watched in a minute."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from tracker.core.vocabulary.errors import MalformedEvent, OnlyInSandbox, TimeOutOfBounds
from tracker.core.vocabulary.words import Footing
from tracker.flows.case import erase
from tracker.flows.deciding import sweep
from tracker.flows.promises import learn
from tracker.store.deciding.pending import DueKind, Pending, pending
from tracker.store.ground import organisations
from tracker.store.ground.engine import Store
from tracker.store.organisations.keys import Sender

FURTHEST = timedelta(days=365 * 20)
"""How far one move goes: a mistyped year would be for good, since a clock never goes back."""

Carry = Callable[[UUID], Awaitable[None]]
"""Carries everything that is due in an organisation, and returns when nothing is left or under way."""


async def advance(store: Store, organisation_id: UUID, target: datetime, carry: Carry) -> datetime:
    """Move an organisation's business time forward to `target`, doing on the way what falls due, when it falls due.

    Returns what the clock shows; a target in its past moves nothing, but what is due by now is done. Raises
    OnlyInSandbox, TimeOutOfBounds.
    """
    async with store.reading() as connection:
        office = await organisations.office(connection, organisation_id)
    if office.footing is not Footing.SANDBOX:
        raise OnlyInSandbox("This organisation is live: its clock is real time.", "Use a sandbox organisation.")
    target = max(target, office.now)
    if target > office.now + FURTHEST:
        raise TimeOutOfBounds(
            f"'to' lies more than {FURTHEST.days // 365} years ahead of this clock, and it cannot be moved back.",
            "Check the year; move it in several steps if it is meant.",
            pointer="/to",
        )
    while True:
        now, waiting = await _next(store, organisation_id, office.now, target)
        if due := waiting.due(now):
            await _settle(store, organisation_id, due, carry)
        elif waiting.under_way:
            await carry(organisation_id)
        else:
            return now


def instant(sender: Sender, to: str) -> datetime:
    """The instant that a sender means: RFC 3339, or a local time of the zone that its source declares."""
    try:
        at = datetime.fromisoformat(to)
    except ValueError as fault:
        raise MalformedEvent("'to' is not a time.", "Send RFC 3339, such as 2026-03-02T10:00:00Z.") from fault
    if at.tzinfo is None:
        if sender.zone is None:
            raise MalformedEvent("'to' has no offset.", "Send RFC 3339 with an offset, such as 2026-03-02T10:00:00Z.")
        at = at.replace(tzinfo=ZoneInfo(sender.zone))
    try:
        return at.astimezone(UTC)
    except OverflowError as fault:
        raise MalformedEvent("'to' is no time of the calendar.", "Send a time of this century.") from fault


async def _settle(store: Store, organisation_id: UUID, due: frozenset[DueKind], carry: Carry) -> None:
    """Do what is due, and no more: in the order in which one thing leads to the other. What that makes due is found by
    the next look."""
    for kind, does in _DOES:
        if kind in due:
            await does(store, organisation_id)
    if DueKind.MESSAGE in due:
        await carry(organisation_id)
    if DueKind.ERASURE in due:
        await erase.due(store, organisation_id)


_DOES: tuple[tuple[DueKind, Callable[[Store, UUID], Awaitable[int]]], ...] = (
    (DueKind.CASE, sweep.revisit_due_cases),
    (DueKind.ENTRY, sweep.open_held),
    (DueKind.PROMISE, sweep.judge_dates),
    (DueKind.ENTRY, sweep.expire_parked),
    (DueKind.SOURCE, sweep.watch_sources),
    (DueKind.LESSON, learn.due),
)


async def _next(store: Store, organisation_id: UUID, since: datetime, target: datetime) -> tuple[datetime, Pending]:
    """Move on to where something falls due next, and to the target if nothing does before it and nothing is under way.
    What the clock shows then, and what was pending."""
    async with store.transaction() as connection:
        waiting = await pending(connection, organisation_id)
        at = waiting.next_at
        if at is None or at > target:
            at = since if waiting.under_way else target
        now = await organisations.move_clock(connection, organisation_id, at)
    if now is None:
        raise OnlyInSandbox("This organisation is live: its clock is real time.", "Use a sandbox organisation.")
    return now, waiting

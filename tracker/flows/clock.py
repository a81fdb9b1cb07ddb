"""The movable clock of a sandbox: from one due instant to the next, so that months are watched in a minute."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from tracker.core.errors import MalformedEvent, OnlyInSandbox, TimeOutOfBounds
from tracker.flows import forget, learn
from tracker.flows.sweep import sweep
from tracker.store import carrying, messages, organisations
from tracker.store.engine import Store
from tracker.store.keys import Sender
from tracker.store.organisations import Footing

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
        due, under_way = await _pending(store, organisation_id)
        if due is not None and due <= target:
            await _move(store, organisation_id, due)
            await _settle(store, organisation_id, carry)
        elif under_way:
            await carry(organisation_id)
        else:
            return await _move(store, organisation_id, target)


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


async def _settle(store: Store, organisation_id: UUID, carry: Carry) -> None:
    await sweep(store, organisation_id)
    await learn.due(store, organisation_id)
    await carry(organisation_id)
    await forget.due(store, organisation_id)


async def _pending(store: Store, organisation_id: UUID) -> tuple[datetime | None, bool]:
    """What falls due next, and whether another worker is sending something just now."""
    async with store.reading() as connection:
        due = await messages.next_due(connection, organisation_id)
        return due, await carrying.in_flight(connection, organisation_id)


async def _move(store: Store, organisation_id: UUID, target: datetime) -> datetime:
    async with store.transaction() as connection:
        now = await organisations.move_clock(connection, organisation_id, target)
    if now is None:
        raise OnlyInSandbox("This organisation is live: its clock is real time.", "Use a sandbox organisation.")
    return now

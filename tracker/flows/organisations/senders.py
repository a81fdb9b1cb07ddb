"""Who is reporting, and what they may report on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from tracker.core.case.events import StatusEvent
from tracker.core.vocabulary.errors import NotGranted, UnknownKey
from tracker.core.vocabulary.oversight import Audited
from tracker.store.ground import audit, organisations
from tracker.store.ground.engine import Store
from tracker.store.organisations import keys
from tracker.store.organisations.keys import Sender


async def recognise(store: Store, token: str) -> Sender:
    """Who is sending, by an API key. Raises UnknownKey."""
    async with store.reading() as connection:
        sender = await keys.sender_by_digest(connection, hashlib.sha256(token.encode()).digest())
    if sender is None:
        raise UnknownKey
    return sender


async def _record_refusal(store: Store, sender: Sender, action: str, detail: Mapping[str, object]) -> None:
    """A refusal is undone with its transaction; the line about it has one of its own."""
    async with store.transaction() as connection:
        now = (await organisations.office(connection, sender.organisation_id)).now
        await audit.record(connection, sender.scope, Audited(f"source:{sender.source}", action, detail), now)


async def check_grant(store: Store, sender: Sender, event: StatusEvent, register: str) -> None:
    """Let an event pass that its sender may report; else audit it and raise NotGranted."""
    if event.source == sender.source and register in sender.registers:
        return
    detail = {"asked_source": event.source, "asked_register": register}
    await _record_refusal(store, sender, "intake.not_granted", detail)
    if event.source != sender.source:
        raise NotGranted(
            "This key belongs to another source than the event names.",
            f"Send source '{sender.source}', or use the key of the source that is reporting.",
            pointer="/source",
        )
    raise NotGranted(
        "The source of this key may not report into that register.",
        f"Use one of its registers ({', '.join(sender.registers)}), or ask an operator to grant it.",
        pointer="/register",
    )

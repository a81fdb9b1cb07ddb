"""The sandbox carrier: nothing leaves; what would have been sent is caught, to look at in the outbox."""

from __future__ import annotations

from notifications.channels import Accepted, Answer, Outgoing, Overtaken
from tracker.store import carrying
from tracker.store.engine import Store


class Sandbox:
    """Catches messages in the database. It takes an attempt only while that attempt is the message's newest."""

    name = "sandbox"

    def __init__(self, store: Store) -> None:
        self._store = store

    async def send(self, outgoing: Outgoing) -> Answer:
        """Catch a message."""
        values = {
            "organisation": outgoing.organisation_id, "mode": outgoing.mode, "message": outgoing.message_id,
            "attempt": outgoing.attempt_id, "number": outgoing.number, "address": outgoing.address,
            "now": outgoing.now,
        }  # fmt: skip
        async with self._store.transaction() as connection:
            taken = await carrying.catch(connection, values)
        return Accepted(f"caught-{outgoing.attempt_id}") if taken else Overtaken()

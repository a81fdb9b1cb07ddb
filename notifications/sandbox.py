"""The sandbox carrier: nothing leaves; what would have been sent is caught, to look at in the outbox."""

from __future__ import annotations

from datetime import timedelta

from notifications.channels import Absent, Accepted, Answer, Outgoing, Overtaken
from tracker.store.ground.engine import Store
from tracker.store.outreach import outbox


class Sandbox:
    """Catches messages in the database. It takes an attempt only while that attempt is the message's newest."""

    name = "sandbox"
    repeatable = False

    def __init__(self, store: Store) -> None:
        self._store = store

    def rest(self) -> timedelta | None:
        """It never rests."""
        return None

    async def send(self, outgoing: Outgoing) -> Answer:
        """Catch a message: it is delivered."""
        values = {
            **outgoing.scope.values,
            "message": outgoing.message_id,
            "attempt": outgoing.attempt_id,
            "number": outgoing.number,
            "address": outgoing.address,
            "now": outgoing.now,
        }
        async with self._store.transaction() as connection:
            taken = await outbox.catch(connection, values)
        return Accepted(f"caught-{outgoing.attempt_id}", delivered=True) if taken else Overtaken()

    async def ask(self, outgoing: Outgoing) -> Answer:
        """Whether it was caught."""
        async with self._store.reading() as connection:
            caught = await outbox.was_caught(connection, outgoing.scope, outgoing.attempt_id)
        return Accepted(f"caught-{outgoing.attempt_id}", delivered=True) if caught else Absent()

    async def close(self) -> None:
        """Nothing to hang up."""

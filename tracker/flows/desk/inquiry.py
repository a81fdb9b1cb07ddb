"""Who asks at the desk, and why: whatever they see or do is audited under both."""

from __future__ import annotations

from dataclasses import dataclass

from tracker.core.answers.contacts import LookPurpose
from tracker.store.desk.accounts import Staff
from tracker.store.ground.engine import Store


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A member of staff who is signed in, the reason that they gave, and where the answer is."""

    store: Store
    secret: bytes
    staff: Staff
    why: LookPurpose

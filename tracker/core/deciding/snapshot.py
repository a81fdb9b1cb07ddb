"""What a case in hand was, to come back to."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from tracker.core.deciding.dossier import CaseRecord, Entered, MessageRecord, RecipientRecord
from tracker.core.outreach.topics import Spoken
from tracker.core.promises.record import PromiseRecord


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is put back when an event cannot be decided about."""

    record: CaseRecord | None
    entries: dict[UUID, Entered]
    given: list[PromiseRecord]
    spoken: dict[str, Spoken]
    messages: dict[str, MessageRecord]
    overtaken: set[str]
    recipients: dict[tuple[str, str], RecipientRecord]
    reached: set[tuple[str, str]]
    settled: bool

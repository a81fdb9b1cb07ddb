"""Where the parties of a case are reached: by the first address of each channel that the office gives now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from tracker.core.case.timeline import Folded
from tracker.core.deciding.dossier import RecipientRecord
from tracker.core.deciding.fresh import Fresh

At = tuple[str, str]
"""A party, and a channel."""


def moved(
    case: Folded, recipients: Mapping[At, RecipientRecord], case_id: UUID, fresh: Fresh, now: datetime
) -> dict[At, RecipientRecord]:
    """Those that are new, have another address, or are given no more: these stay on record, and nothing goes there."""
    now_at = {
        (party.party, each.channel.value): each
        for _, party in sorted(case.parties.items())
        for each in reversed(party.channels)
    }
    found = {at: replace(each, current=False) for at, each in recipients.items() if each.current and at not in now_at}
    reached_before = {party for party, _ in recipients}
    for at, address in now_at.items():
        before = recipients.get(at)
        if before is not None and before.current and before.address == address.address:
            continue
        id_ = before.id if before is not None else fresh.id()
        anew = now if before is not None or at[0] in reached_before else None
        found[at] = RecipientRecord(id_, case_id, *at, address.address, address.normal, anew)
    return found

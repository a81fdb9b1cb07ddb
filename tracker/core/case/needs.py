"""What a person is asked for: each thing as it stands, and by which report it was asked for last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from tracker.core.case.events import NeededItem, NeedsReported


@dataclass(frozen=True, slots=True)
class Need:
    """One thing asked of the person, as it stands; the entry that last asked for it, and where that stands.

    A report that says nothing new of it (a nightly extract names everything again) asks for nothing. `again`: it had
    been supplied, and was asked for anew.
    """

    item: NeededItem
    asked_by: UUID
    asked_at: datetime
    again: bool = False

    @property
    def wanted(self) -> bool:
        """Whether it is still to come."""
        return self.item.supplied_at is None


def reported(needs: Mapping[str, Need], body: NeedsReported, entry: UUID, at: datetime) -> dict[str, Need]:
    """Each item takes the place of the one of its id, what was asked for last at the end; words that are not said
    again stay as they were."""
    after = dict(needs)
    for item in body.items:
        before = after.get(item.item)
        if item.remove:
            after.pop(item.item, None)
            continue
        item = item if before is None else _with_words_of(before.item, item)
        if before is not None and item == before.item:
            continue
        after.pop(item.item, None)
        again = before is not None and (not before.wanted or before.again) and item.supplied_at is None
        after[item.item] = Need(item, entry, at, again)
    return after


def something_came(before: Mapping[str, Need], after: Mapping[str, Need], at: datetime) -> bool:
    """Whether anything of what was asked for came, now that a report of this time has left nothing to ask for: with it,
    or since the oldest of what was still wanted was asked. Else the office took back what it had asked."""
    begun = min((need.asked_at for need in before.values() if need.wanted), default=at)
    return any(need.asked_at > begun or before.get(item) != need for item, need in after.items())


def _with_words_of(before: NeededItem, item: NeededItem) -> NeededItem:
    """The item with what is said of it, where it comes without words: then only its state is new."""
    if item.text is not None or item.code is not None:
        return item
    return replace(
        before,
        due_on=item.due_on or before.due_on,
        supplied_at=item.supplied_at,
        why=item.why or before.why,
        send_to=item.send_to or before.send_to,
        if_not=item.if_not or before.if_not,
    )

"""What a decision comes to, as rows: each that is new or changed once, whatever happened to it on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tracker.core.deciding.case_in_hand import CaseInHand
from tracker.core.deciding.dossier import CaseRecord, Entered, EntryPlace, MessageRecord, Number, RecipientRecord
from tracker.core.promises.record import PromiseRecord
from tracker.core.vocabulary.oversight import Audited, Notice
from tracker.core.vocabulary.scope import Scope
from tracker.core.vocabulary.words import CaseState


@dataclass(frozen=True, slots=True)
class CaseChange:
    """The row of a case that has changed. `wake_was`: when it was to wake as far as was known; one that was set
    meanwhile counts too."""

    record: CaseRecord
    wake_was: datetime | None


@dataclass(frozen=True, slots=True)
class Move:
    """An entry that stands elsewhere than before; `was` is how it was placed, as far as was known. `placed_at`: None
    where it only waits differently."""

    entry: UUID
    spot: EntryPlace
    was: str
    placed_at: datetime | None


@dataclass
class Changes:
    """The rows that a decision adds and changes. Entries carry what they said of a party with them.

    `retimed`: keys of messages on record whose due time is decided anew; `overtaken`: keys of those of which nothing is
    to be said any more; `heard`: sources that reported, and `unheld` those of them that had fallen silent before.
    """

    scope: Scope
    now: datetime
    opened: list[CaseRecord] = field(default_factory=list)
    cases: list[CaseChange] = field(default_factory=list)
    entries: list[Entered] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    recipients: list[RecipientRecord] = field(default_factory=list)
    given: list[PromiseRecord] = field(default_factory=list)
    changed: list[PromiseRecord] = field(default_factory=list)
    messages: list[MessageRecord] = field(default_factory=list)
    retimed: list[str] = field(default_factory=list)
    overtaken: list[str] = field(default_factory=list)
    heard: list[UUID] = field(default_factory=list)
    unheld: list[UUID] = field(default_factory=list)
    notices: Counter[Notice] = field(default_factory=Counter)
    audited: list[Audited] = field(default_factory=list)
    _ended: set[Number] = field(default_factory=set)

    def __bool__(self) -> bool:
        """Whether there is anything to write."""
        return any(
            (
                self.opened,
                self.cases,
                self.entries,
                self.moves,
                self.recipients,
                self.given,
                self.changed,
                self.messages,
                self.overtaken,
                self.heard,
                self.unheld,
                self.notices,
                self.audited,
            )
        )

    @property
    def ended_otherwise(self) -> list[Number]:
        """The numbers whose cases end otherwise than was known: whoever was joined to them is to hear of it."""
        return sorted(self._ended)

    def add(self, other: Changes) -> None:
        """Add those of another decision, about other numbers of the same scope."""
        for name in _LISTS:
            getattr(self, name).extend(getattr(other, name))
        self.notices.update(other.notices)
        self._ended |= other._ended

    def of_case(self, case: CaseInHand) -> None:
        """Add what is new or changed in a case."""
        known, record = case.known, case.record
        if record is None:
            return
        if known is None:
            self.opened.append(record)
        elif record is not known.record:
            self.cases.append(CaseChange(record, known.record.wake_at))
        if _end(record) != _end(known.record if known else None):
            self._ended.add((record.register, record.number))
        before = {each.id: each for each in known.given} if known else {}
        for each in case.given:
            if each.id not in before:
                self.given.append(each)
            elif each is not before[each.id]:
                self.changed.append(each)
        self.recipients += [case.recipients[at] for at in sorted(case.reached)]
        self.messages += case.messages.values()
        self.retimed += [key for key, each in case.messages.items() if known and key in known.spoken and each.retimed]
        self.overtaken += sorted(case.overtaken)

    def of_entries(self, entries: Iterable[Entered], known: dict[UUID, Entered]) -> None:
        """Add the entries that are new, and those that stand elsewhere than it was known."""
        for each in entries:
            before = known.get(each.id)
            if before is None:
                self.entries.append(each)
            elif before.spot != each.spot:
                placed_at = self.now if each.spot.case_id is not None else None
                self.moves.append(Move(each.id, each.spot, before.spot.placement.value, placed_at))


def _end(record: CaseRecord | None) -> tuple[object, ...] | None:
    """How a case has ended, if it has."""
    if record is None or record.void or record.state is not CaseState.CLOSED:
        return None
    return record.outcome, record.news_entry, record.merged_into


_LISTS = (
    "opened",
    "cases",
    "entries",
    "moves",
    "recipients",
    "given",
    "changed",
    "messages",
    "retimed",
    "overtaken",
    "audited",
)

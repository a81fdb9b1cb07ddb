"""What a back office reported: the words of the timeline, free of any foreign dialect.

A `StatusEvent` is the only thing that integrations hand to `flows.deciding.intake`. Instants are aware UTC;
what is known only to the day keeps that precision in `occurred_on` and no midnight is invented.

Each text of a body is marked `Personal` or `Plain` where it is declared: what an entry keeps apart, what is left of a
case that was erased, and what no log says, follow from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from tracker.core.vocabulary.personal import Mark, Personal, Plain, empty, marked
from tracker.core.vocabulary.words import Audience, Channel, Role


@dataclass(frozen=True, slots=True)
class StatusReported:
    """`case.status`: the case has this back-office status. `served_on`: a formal decision was served.

    `delay_reason`: why it takes longer, a code that the definition words, or one of `delays.OURS`. `merged_into`: the
    number of the case that goes on in its place, in the same register.
    """

    service: Plain[str]
    status: Plain[str]
    reason: Personal[str | None] = None
    public_note: Personal[str | None] = None
    internal_note: Personal[str | None] = None
    expected_on: date | None = None
    served_on: date | None = None
    delay_reason: Plain[str | None] = None
    merged_into: Plain[str | None] = None


@dataclass(frozen=True, slots=True)
class NeededItem:
    """One thing the person is asked for: its own words, or a code that the definition words.

    `why` we need it, `send_to`: where and how to send it, `if_not`: what happens if it does not come by `due_on`.
    """

    item: Plain[str]
    text: Personal[str | None] = None
    code: Plain[str | None] = None
    due_on: date | None = None
    supplied_at: datetime | None = None
    remove: bool = False
    why: Personal[str | None] = None
    send_to: Personal[str | None] = None
    if_not: Personal[str | None] = None


@dataclass(frozen=True, slots=True)
class NeedsReported:
    """`case.needs`: each item replaces the item of that id; items not named stay as they were."""

    items: tuple[NeededItem, ...]


@dataclass(frozen=True, slots=True)
class Address:
    """Where one channel reaches a party; `normal`: in the one form in which addresses are dialled, compared and
    searched, None when it is no address that anything can be sent to."""

    channel: Channel
    address: Personal[str]
    normal: Personal[str | None] = None


@dataclass(frozen=True, slots=True)
class PartyReported:
    """`case.party`: replaces the party of that id. `known_fact` is a keyed hash by now, never the fact.

    `prefers`: the channel that the person chose, before the service's order. `zone`: where they live, if elsewhere.
    `unfit_as`: the kinds of known facts that what was sent as one can be none of (`core.services.known_fact_kinds`).
    """

    party: Plain[str]
    role: Role = Role.APPLICANT
    name: Personal[str | None] = None
    organisation: Personal[str | None] = None
    language: Plain[str | None] = None
    channels: Personal[tuple[Address, ...]] = ()
    known_fact: Personal[bytes | None] = None
    remove: bool = False
    prefers: Channel | None = None
    zone: Personal[str | None] = None
    unfit_as: Plain[tuple[str, ...]] = ()

    def opens(self, kind: str) -> bool:
        """Whether this party has what opens the page of a service that asks for this kind of known fact."""
        return self.known_fact is not None and kind not in self.unfit_as


@dataclass(frozen=True, slots=True)
class NoteReported:
    """`case.note`: a remark, internal unless it says public."""

    text: Personal[str]
    audience: Audience = Audience.INTERNAL


@dataclass(frozen=True, slots=True)
class CorrectionReported:
    """`case.correction`: the event of this id (same source) never happened."""

    event: Plain[str]
    why: Personal[str]


@dataclass(frozen=True, slots=True)
class ReopenReported:
    """`case.reopen`: a closed case is open again, at this status or else at its last open stage."""

    status: Plain[str | None] = None


Body = StatusReported | NeedsReported | PartyReported | NoteReported | CorrectionReported | ReopenReported

TYPES: dict[str, type[Body]] = {
    "case.status": StatusReported,
    "case.needs": NeedsReported,
    "case.party": PartyReported,
    "case.note": NoteReported,
    "case.correction": CorrectionReported,
    "case.reopen": ReopenReported,
}
"""Event types on the wire and the body each carries."""

PERSONAL = frozenset().union(*(marked(kind, Mark.PERSONAL) for kind in (*TYPES.values(), NeededItem, Address)))
"""The names of all fields of bodies that are personal."""


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """One report of a back office about one case.

    `time` is when it happened or, beside `occurred_on`, when it was reported. `register` None means
    the source's own. `sequence` orders events of one case that bear the same time.
    """

    id: str
    source: str
    type: str
    number: str
    time: datetime
    body: Body
    register: str | None = None
    sequence: int | None = None
    occurred_on: date | None = None
    sensitive: bool = False
    hold_until: datetime | None = None


def without_words(event: StatusEvent) -> StatusEvent:
    """The event without what is personal in it, and of a party nothing: what may be kept of a case that was erased."""
    body = event.body
    if isinstance(body, PartyReported):
        body = PartyReported(party="", remove=True)
    elif isinstance(body, NeedsReported):
        body = NeedsReported(tuple(replace(item, **empty(type(item))) for item in body.items))
    else:
        body = replace(body, **empty(type(body)))
    return replace(event, body=body)


FUTURE_TOLERANCE = timedelta(minutes=10)
"""How far ahead of us a producer's clock may be. A stamp within it can lead the timeline for that long at
most, so a fast clock never freezes a case; beyond it the event is refused and can be sent again."""

PAST_HORIZON = timedelta(days=366 * 30)
"""Nothing older than thirty years is believed: an unset clock says 1970."""


def out_of_bounds(event: StatusEvent, now: datetime) -> str | None:
    """Say how to mend an event whose time cannot be true, or None when it can. `now` is business time."""
    if event.time > now + FUTURE_TOLERANCE:
        return (
            f"time {event.time.isoformat()} is more than {FUTURE_TOLERANCE.seconds // 60} minutes in the future "
            f"(it is {now.isoformat(timespec='seconds')} here). Correct the sender's clock and send the event again "
            "with the same id; a date that is planned belongs in data.expected_on."
        )
    if event.time < now - PAST_HORIZON:
        return (
            f"time {event.time.isoformat()} is more than thirty years ago. Send the time when it happened; "
            "an unset clock often says 1970."
        )
    if event.occurred_on is not None:
        ahead = (now + timedelta(days=1)).date()
        if event.occurred_on > ahead:
            return f"data.occurred_on {event.occurred_on} is in the future. Send the day on which it happened."
        if event.occurred_on < (now - PAST_HORIZON).date():
            return f"data.occurred_on {event.occurred_on} is more than thirty years ago. Send the day it happened."
    return None

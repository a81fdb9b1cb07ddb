"""Sets of events of one case, as Hypothesis draws them, and what the database makes of a set in some order.

Every set is told under a case number of its own, so that thousands of examples share one database. Ids bear the number
before them; they have the same length in every number, so ties between ids fall out alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tests.office import DEFINITION, SERVICE, START, Desk, open_desk
from tracker.core.case.events import (
    TYPES,
    Address,
    Body,
    CorrectionReported,
    NeededItem,
    NeedsReported,
    NoteReported,
    PartyReported,
    ReopenReported,
    StatusEvent,
    StatusReported,
)
from tracker.core.deciding.reports import Answer, Report
from tracker.core.vocabulary.words import Audience, Channel, Role
from tracker.flows.answers import lookup
from tracker.flows.deciding import intake
from tracker.flows.services import versions
from tracker.store.answers import pages
from tracker.store.ground.engine import Store
from tracker.store.services import definitions

OTHER_SERVICE = "dropped-kerb"
QUIET = DEFINITION.replace('code = "advice"\n', 'code = "advice"\ntell = false\n')
"""The permit service with one stage that is shown and not told."""

UNKNOWN = -1
"""A correction of an id that never came."""

_HOURS = (0, 1, 20, 26, 49, 50, 96, 200, 500, 900)
_TIMES = st.sampled_from([START - timedelta(hours=hours) for hours in _HOURS])
_DAYS = st.sampled_from([(START - timedelta(hours=hours)).date() for hours in _HOURS])
_AHEAD = st.sampled_from([date(2026, 3, 20), date(2026, 4, 9), date(2026, 5, 1)])
_WORDS = st.sampled_from(["A word", "Another word"])
_STATUSES = ("REC", "VAL", "RFI-IN", "RFI", "ASSESS", "CONSULT", "GRANTED", "REFUSED", "WITHDRAWN", "ZZ99")


@dataclass(frozen=True)
class Draft:
    """An event before it has a number: a correction points at its target's place in the set."""

    body: Body
    time: datetime
    sequence: int | None = None
    occurred_on: date | None = None
    sensitive: bool = False
    hold_until: datetime | None = None
    target: int | None = None


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


_statuses = st.builds(
    StatusReported,
    service=st.just(SERVICE),
    status=st.sampled_from(_STATUSES),
    public_note=_maybe(_WORDS),
    expected_on=_maybe(_AHEAD),
    served_on=_maybe(_DAYS | _AHEAD),
    delay_reason=st.sampled_from([None, None, "high_demand", "awaiting_advice", "ZZ"]),
)
_foreign = st.builds(
    StatusReported, service=st.just(OTHER_SERVICE), status=st.sampled_from(["VAL", "GRANTED", "WITHDRAWN"])
)
_items = st.builds(
    NeededItem,
    item=st.sampled_from(["plan", "photo"]),
    text=_maybe(_WORDS),
    due_on=_maybe(_AHEAD),
    supplied_at=_maybe(_TIMES),
    remove=st.booleans(),
    why=_maybe(_WORDS),
    send_to=_maybe(_WORDS),
    if_not=_maybe(_WORDS),
)
_needs = st.lists(_items, min_size=1, max_size=2, unique_by=lambda item: item.item).map(tuple).map(NeedsReported)
_addresses = st.lists(
    st.sampled_from(
        [
            Address(Channel.EMAIL, "alex@example.org", "alex@example.org"),
            Address(Channel.EMAIL, "sam@example.org", "sam@example.org"),
            Address(Channel.SMS, "+447700900123", "+447700900123"),
        ]
    ),
    max_size=2,
    unique=True,
).map(tuple)
_parties = st.builds(
    PartyReported,
    party=st.sampled_from(["1", "2"]),
    role=st.sampled_from([Role.APPLICANT, Role.APPLICANT, Role.ADVISER, Role.HELPER]),
    language=_maybe(st.sampled_from(["en", "cy"])),
    channels=_addresses,
    known_fact=_maybe(st.sampled_from([b"a" * 32, b"b" * 32])),
    remove=st.sampled_from([False, False, False, True]),
)
_notes = st.builds(NoteReported, text=_WORDS, audience=st.sampled_from(Audience))
_reopenings = st.builds(ReopenReported, _maybe(st.sampled_from(["VAL", "ASSESS", "WITHDRAWN", "ZZ99"])))
_bodies = st.one_of(_statuses, _statuses, _statuses, _foreign, _needs, _parties, _parties, _notes, _reopenings)
_holds = st.sampled_from(
    [None] * 8 + [START - timedelta(hours=3), START + timedelta(days=2), START + timedelta(days=9)]
)
_frame = {
    "time": _TIMES,
    "sequence": st.sampled_from([None, None, None, 1, 2]),
    "occurred_on": _maybe(_DAYS),
    "sensitive": st.sampled_from([False, False, False, True]),
    "hold_until": _holds,
}
plain_drafts = st.builds(Draft, body=_bodies, **_frame)
corrections = st.builds(Draft, body=st.just(CorrectionReported("", "a slip")), target=st.integers(UNKNOWN, 9), **_frame)
opening = st.builds(Draft, body=st.just(StatusReported(SERVICE, "REC")), time=_TIMES)
applicant = st.just(
    Draft(
        PartyReported(
            "1", channels=(Address(Channel.EMAIL, "alex@example.org", "alex@example.org"),), known_fact=b"a" * 32
        ),
        START,
    )
)


@st.composite
def case_sets(draw: st.DrawFn) -> tuple[Draft, ...]:
    """The events of one case: mostly with an opening event and somebody to tell, and up to seven more."""
    drafts: list[Draft] = draw(st.lists(plain_drafts | plain_drafts | plain_drafts | corrections, max_size=7))
    if draw(st.integers(0, 9)):
        drafts.append(draw(opening))
    if draw(st.integers(0, 3)):
        drafts.append(draw(applicant))
    return tuple(drafts)


@st.composite
def arrivals(draw: st.DrawFn, count: int) -> tuple[int, ...]:
    """The places of a set in some order of arrival, a few of them more than once."""
    again = draw(st.lists(st.integers(0, count - 1), max_size=2)) if count else []
    return tuple(draw(st.permutations([*range(count), *again])))


Stream = tuple[tuple[tuple[int, int], ...], tuple[int, ...]]
"""Arrivals of several sets, mixed: the set and the place in it of each; and the sizes of the batches they come in."""


@st.composite
def streams(draw: st.DrawFn, *counts: int) -> Stream:
    """Arrivals of sets of so many events, in any order, a few more than once, in batches of any sizes."""
    told = [(which, place) for which, count in enumerate(counts) for place in draw(arrivals(count))]
    return tuple(draw(st.permutations(told))), tuple(draw(st.lists(st.integers(1, 9), min_size=1, max_size=4)))


def report(event: StatusEvent) -> Report:
    """The event as it arrives."""
    return Report(event, hashlib.sha256(repr(event).encode()).digest())


def events(drafts: Sequence[Draft], number: str) -> list[StatusEvent]:
    """The events of a set under a case number."""
    told = []
    for place, draft in enumerate(drafts):
        body = draft.body
        if isinstance(body, CorrectionReported):
            target = draft.target if draft.target is not None else UNKNOWN
            body = replace(body, event=f"{number}/{target if target < len(drafts) else UNKNOWN:02}")
        type_ = next(name for name, kind in TYPES.items() if isinstance(body, kind))
        told.append(
            StatusEvent(
                f"{number}/{place:02}", "backoffice", type_, number, draft.time, body, None, draft.sequence,
                draft.occurred_on, draft.sensitive, draft.hold_until,
            )
        )  # fmt: skip
    return told


class House:
    """An office in one database that hears any number of cases."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._count = 0

    @classmethod
    async def build(cls, store: Store, slug: str = "northwick") -> House:
        """An office with two services, in a database with the schema."""
        desk = await open_desk(store, slug=slug, definition=QUIET)
        other = QUIET.replace(f'service = "{SERVICE}"', f'service = "{OTHER_SERVICE}"')
        await versions.apply(store, desk.office, other)
        return cls(desk)

    def number(self) -> str:
        """A case number that was not used yet, in any office."""
        self._count += 1
        return f"{self.desk.office.slug}-{self._count:08}"

    async def hear(self, drafts: Sequence[Draft], order: Sequence[int]) -> str:
        """Send the events of a set in this order of arrival, under a new number; returns the number."""
        number = self.number()
        told = events(drafts, number)
        for place in order:
            await intake.ingest(self.desk.store, self.desk.sender, report(told[place]))
        return number

    async def hear_in_batches(self, sets: Sequence[Sequence[Draft]], stream: Stream) -> list[str]:
        """Send the events of several sets, each under a new number, in batches; returns the numbers."""
        numbers = [self.number() for _ in sets]
        told = [events(drafts, number) for drafts, number in zip(sets, numbers, strict=True)]
        (left, sizes), turn = stream, 0
        while left:
            size = sizes[turn % len(sizes)]
            batch = [report(told[which][place]) for which, place in left[:size]]
            answers = await intake.take_in(self.desk.store, self.desk.sender, batch)
            assert len(answers) == len(batch) and all(isinstance(each, Answer) for each in answers), answers
            left, turn = left[size:], turn + 1
        return numbers

    async def state(self, number: str) -> dict[str, Any] | None:
        """What page, JSON and rows say the case is, without what was told and what is drawn at random."""
        [*cases] = await self.desk.rows(
            'SELECT *, next_word_at - next_word_on AS word_hour FROM "case" WHERE number = :number', number=number
        )
        assert len(cases) <= 1, "one number, one epoch: one case"
        if not cases or cases[0].void:
            return None
        row = cases[0]
        async with self.desk.store.reading() as connection:
            page = await pages.page(connection, row.reference)
            assert page is not None
            definition = await definitions.by_id(connection, self.desk.office.id, page.definition_id)
        facts = asdict(lookup.case_facts(page, definition))
        for told in ("reference", "promises", "delay", "messages", "now", "version"):
            del facts[told]
        standing = facts["promise"]
        facts["promise"] = standing and (standing["basis"], standing["latest_on"])
        columns = (
            "service",
            "unmapped",
            "delay_reason",
            "known_facts",
            "language",
            "wake_at",
            "last_at",
            "register",
            "epoch",
        )
        return facts | {name: getattr(row, name) for name in columns}

    async def lines(self, number: str) -> dict[str, tuple[Any, ...]]:
        """Where every entry was placed, by the last two signs of its id."""
        found = await self.desk.rows(
            "SELECT event_id, placement, stage, shown, position_at, rank FROM entry WHERE number = :number",
            number=number,
        )
        return {row.event_id[-2:]: tuple(row)[1:] for row in found}

    async def due(self, number: str) -> list[tuple[Any, ...]]:
        """The messages about the case that are still to be said: purpose, party, cause, address, language, facts."""
        found = await self.desk.rows(
            """
            SELECT m.purpose, m.party, e.event_id, m.cause, c.event_id AS causing, r.address, m.channel, m.language,
                m.facts - '{promise,beside_promise,news}'::text[] AS facts -- ids, as no two cases share them
            FROM message m
            JOIN "case" k ON k.organisation_id = m.organisation_id AND k.mode = m.mode AND k.id = m.case_id
            LEFT JOIN entry e ON e.organisation_id = m.organisation_id AND e.mode = m.mode AND e.id = m.entry_id
            LEFT JOIN entry c ON c.organisation_id = m.organisation_id AND c.mode = m.mode AND c.id::text = m.cause
            LEFT JOIN recipient r ON r.organisation_id = m.organisation_id AND r.mode = m.mode AND r.id = m.recipient_id
            WHERE k.number = :number AND m.state IN ('due', 'held')
            ORDER BY m.purpose, m.party
            """,
            number=number,
        )
        return [
            (row.purpose, row.party, row.event_id and row.event_id[-2:], row.causing[-2:] if row.causing else row.cause,
             row.address, row.channel, row.language, row.facts)
            for row in found
        ]  # fmt: skip


def heard_at(state: dict[str, Any] | None) -> dict[str, Any] | None:
    """The state without when the office was last heard: a correction is heard, though its event never was."""
    return state and {name: value for name, value in state.items() if name not in ("last_at", "last_reported_at")}

"""The office's own date: told, moved and broken as ours is, with its owner; and what cannot be meant is set aside."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.core.case.test_timeline import PERMIT
from tests.core.deciding.rows import SOURCE, Counting, Rows
from tests.office import SERVICE, START
from tracker.core.case.events import (
    TYPES,
    Address,
    Body,
    CorrectionReported,
    PartyReported,
    StatusEvent,
    StatusReported,
)
from tracker.core.deciding.decide import decide
from tracker.core.deciding.dossier import MessageRecord, ServiceKnown
from tracker.core.deciding.reports import DATE_SET_ASIDE, Answer, Report, Reporter
from tracker.core.promises.punctuality import Record, contradicted
from tracker.core.services.definitions import PromisePolicy
from tracker.core.vocabulary.messages import MessageState, Purpose
from tracker.core.vocabulary.words import Basis, Channel

BY = Reporter(SOURCE, "backoffice", ("backoffice",))
NUMBER = ("backoffice", "N1")
APPLICANT = PartyReported(
    "1", name="Alex", language="en", channels=(Address(Channel.SMS, "07700900123", "+447700900123"),)
)


class Life:
    """One case, decided about day by day; what is due is carried, and tells the dates that its words name."""

    def __init__(self, service: ServiceKnown | None = None) -> None:
        self.rows, self.fresh, self.made = Rows(), Counting(), 0
        self.service = service or ServiceKnown(UUID(int=3), PERMIT)

    def say(self, day: int, *bodies: Body, heard: bool = True, before: timedelta = timedelta()) -> list[Answer]:
        """Events come so many days after the start; without any, what is due is looked at."""
        now = START + timedelta(days=day)
        if heard:
            self.rows.heard[SOURCE] = now
        told = [self._report(body, now - before) for body in bodies]
        known = self.rows.dossiers([NUMBER], {SERVICE: self.service}, now, random.Random(1))
        made = decide(known, told, self.fresh, now, by=BY if told else None, all_cases=not told)
        self.rows.write(made.changes)
        return [each for each in made.answers if isinstance(each, Answer)]

    def _report(self, body: Body, at: datetime) -> Report:
        self.made += 1
        kind = next(kind for kind, of in TYPES.items() if isinstance(body, of))
        return Report(StatusEvent(f"e{self.made:03}", "backoffice", kind, "N1", at, body), bytes([self.made]) * 32)

    def carry(self, day: float) -> None:
        """Everything that is to be said is said, and tells what it names."""
        for key, each in self.rows.messages.items():
            if each.state is MessageState.DUE:
                self.rows.messages[key] = replace(each, state=MessageState.DELIVERED)
                for id_ in (each.facts["promise"], each.facts["beside_promise"]):
                    if id_:
                        self.tell(UUID(id_), day)

    def tell(self, promise: UUID, day: float) -> None:
        """Somebody outside the office is told of a date."""
        given = self.rows.given[promise]
        at = min(filter(None, (given.told_at, START + timedelta(days=day))))
        self.rows.given[promise] = replace(given, told_at=at)

    def said(self, purpose: Purpose, *, theirs: bool = True) -> list[MessageRecord]:
        """What was decided of this purpose, about the office's date or ours."""
        found = [each for each in self.rows.messages.values() if each.purpose is purpose and each.state in SAID]
        return [each for each in found if each.facts["theirs"] is theirs]

    def offices(self) -> list[tuple[str, str | None]]:
        """The office's dates, and what became of each."""
        return [(str(each.latest_on), each.outcome) for each in self.rows.given.values() if each.basis is Basis.OFFICE]


SAID = (MessageState.DUE, MessageState.DELIVERED)


def status(code: str = "REC", on: date | None = None) -> StatusReported:
    return StatusReported(service=SERVICE, status=code, expected_on=on)


def with_date(on: date) -> Life:
    """A case for which the office set a date, which people were told."""
    life = Life()
    life.say(0, status(), APPLICANT, status("ASSESS", on))
    life.carry(0)
    return life


def dates(message: MessageRecord) -> dict[str, Any]:
    return {name: message.facts[name] for name in ("old_on", "promise_on", "promise_basis")}


FIRST, LATER = date(2026, 3, 20), date(2026, 4, 10)


def test_the_offices_date_is_in_the_messages_and_told_by_them() -> None:
    """T4."""
    life = with_date(FIRST)
    [said] = life.said(Purpose.UPDATED, theirs=False)
    assert dates(said) == {"old_on": None, "promise_on": str(FIRST), "promise_basis": "office"}
    assert next(each for each in life.rows.given.values() if each.basis is Basis.OFFICE).was_told


def test_a_date_of_ours_that_gave_way_comes_back_where_the_office_has_set_none_after_all() -> None:
    """The correction was held back, and takes effect while nothing is heard: as if the office had never set a day."""
    life = Life()
    life.say(0, status(), APPLICANT)
    [ours] = life.rows.given.values()
    assert ours.basis is Basis.DEFINITION
    life.say(0, status("ASSESS", FIRST))
    slip = life._report(CorrectionReported(f"e{life.made:03}", "a slip"), START + timedelta(hours=1))
    held = slip.with_event(replace(slip.event, hold_until=START + timedelta(days=3)))
    known = life.rows.dossiers([NUMBER], {SERVICE: life.service}, START + timedelta(hours=2), random.Random(1))
    life.rows.write(decide(known, [held], life.fresh, START + timedelta(hours=2), by=BY).changes)
    assert [each.basis for each in life.rows.given.values() if each.stands] == [Basis.OFFICE]
    life.say(18, heard=False)
    assert life.offices() == [(str(FIRST), "withdrawn")]
    assert [each.latest_on for each in life.rows.given.values() if each.stands] == [ours.latest_on]


def test_a_date_that_the_office_moves_later_is_told_with_the_old_one_and_once() -> None:
    """T4."""
    life = with_date(FIRST)
    life.say(2, status("ASSESS", LATER))
    life.say(3, status("ASSESS", LATER))
    [said] = life.said(Purpose.DATE_CHANGED)
    assert dates(said) == {"old_on": str(FIRST), "promise_on": str(LATER), "promise_basis": "office"}
    assert len(life.said(Purpose.UPDATED, theirs=False)) == 1, "no second message says that there is news"
    life.carry(3)
    for day in range(4, 30):
        life.say(day)
    assert len(life.said(Purpose.DATE_CHANGED)) == 1 and len(life.said(Purpose.UPDATED, theirs=False)) == 1


def test_a_date_that_nobody_was_told_does_not_change_for_them_and_the_last_one_they_know_is_the_old_one() -> None:
    """T6."""
    life = Life()
    life.say(0, status(), APPLICANT, status("ASSESS", FIRST))
    life.say(1, status("ASSESS", LATER))
    assert life.said(Purpose.DATE_CHANGED) == []
    life.carry(1)
    life.say(2, status("ASSESS", date(2026, 4, 20)))
    life.say(2, status("ASSESS", date(2026, 4, 27)))
    assert [each.facts["old_on"] for each in life.said(Purpose.DATE_CHANGED)] == [str(LATER)]


def test_a_date_that_the_office_moves_forward_is_news_and_no_apology() -> None:
    life = with_date(LATER)
    life.say(2, status("ASSESS", FIRST))
    assert life.said(Purpose.DATE_CHANGED) == []
    assert [each.facts["promise_on"] for each in life.said(Purpose.UPDATED, theirs=False)][-1] == str(FIRST)


def test_a_day_that_passes_without_an_end_is_owned_once_and_by_name_of_the_day() -> None:
    """T4."""
    life = with_date(FIRST)
    woken = next(iter(life.rows.cases.values())).wake_at
    assert woken is not None and woken.date() == FIRST + timedelta(days=1), "it wakes by itself"
    for day in range(17, 40):
        life.say(day)
        life.carry(day)
    [said] = life.said(Purpose.DELAYED)
    assert dates(said) == {"old_on": str(FIRST), "promise_on": None, "promise_basis": None}
    assert life.offices() == [(str(FIRST), "missed")]
    assert said.decided_at.date() == FIRST + timedelta(days=1)


def test_a_day_that_passes_unknown_to_all_or_while_nothing_is_heard_is_not_told() -> None:
    """T4, T6."""
    life = Life()
    life.say(0, status(), APPLICANT, status("ASSESS", FIRST))
    life.say(20)
    assert life.said(Purpose.DELAYED) == []
    silent = with_date(FIRST)
    for day in range(1, 25):
        silent.say(day, heard=False)
    assert silent.said(Purpose.DELAYED) == [] and silent.offices() == [(str(FIRST), "could_not_tell")]


@pytest.mark.parametrize(
    ("on", "amiss"), [(date(2026, 3, 1), True), (date(2199, 1, 1), True), (date(1970, 1, 1), True), (FIRST, False)]
)
def test_a_date_that_has_passed_or_is_beyond_belief_is_set_aside_with_a_note_and_an_alert(
    on: date, amiss: bool
) -> None:
    """T4."""
    life = Life()
    answers = life.say(0, status(), APPLICANT, status("ASSESS", on))
    assert [each.note for each in answers] == [None, None, DATE_SET_ASIDE if amiss else None]
    assert ("date_set_aside" in [each.kind for each in life.rows.notices]) is amiss
    assert life.offices() == ([] if amiss else [(str(FIRST), None)])
    assert all(each.facts["promise_on"] != str(on) for each in life.rows.messages.values()) is amiss


def test_one_that_is_set_aside_leaves_the_one_before_it_as_it_was() -> None:
    """T4."""
    life = with_date(FIRST)
    life.say(2, status("ASSESS", date(2199, 1, 1)))
    life.say(5, status("ASSESS", date(2026, 3, 4)))
    assert life.offices() == [(str(FIRST), None)]
    assert life.said(Purpose.DATE_CHANGED) == []


def test_a_date_of_an_archive_that_has_passed_since_is_no_date_and_no_alarm() -> None:
    life = Life()
    answers = life.say(0, status(), status("ASSESS", date(2026, 1, 20)), before=timedelta(days=60))
    assert answers[1].note == DATE_SET_ASIDE and life.offices() == []
    assert not life.rows.notices


def counted(kept: int, total: int) -> ServiceKnown:
    return ServiceKnown(UUID(int=3), PERMIT, record=Record(kept, total))


@pytest.mark.parametrize(("kept", "total", "said"), [(22, 50, 44), (22, 49, None), (45, 50, None), (40, 50, 80)])
def test_where_the_count_surely_lies_below_what_a_date_claims_messages_say_the_count(
    kept: int, total: int, said: int | None
) -> None:
    """T10: fifty judged, and all of the interval."""
    assert contradicted(counted(kept, total).record, 0.9) == said
    assert contradicted(counted(kept, total).record, None) is None


def test_a_stand_in_claims_nothing_that_a_count_could_contradict() -> None:
    life = Life(counted(0, 60))
    life.say(0, status(), APPLICANT)
    [said] = life.said(Purpose.ACKNOWLEDGED, theirs=False)
    assert said.facts["promise_basis"] == "definition" and said.facts["came_true"] is None


def test_a_day_that_passed_in_a_silence_is_owned_once_the_office_is_heard_again() -> None:
    """T4: the date is judged in the silence as one of which nobody can tell; afterwards everybody can."""
    life = with_date(FIRST)
    for day in range(1, 22):
        life.say(day, heard=False)
    assert life.said(Purpose.DELAYED) == [] and life.offices() == [(str(FIRST), "could_not_tell")]
    looks = next(iter(life.rows.cases.values())).wake_at
    assert looks is not None and looks.date() == START.date() + timedelta(days=22), "whoever reports ends the silence"
    for day in range(22, 30):
        life.say(day)
        life.carry(day)
    [said] = life.said(Purpose.DELAYED)
    assert dates(said) == {"old_on": str(FIRST), "promise_on": None, "promise_basis": None}


def test_an_end_in_a_silence_leaves_no_broken_date_behind() -> None:
    life = with_date(FIRST)
    for day in range(1, 22):
        life.say(day, heard=False)
    life.say(22, status("GRANTED"), before=timedelta(days=10))
    life.carry(22)
    assert life.said(Purpose.DELAYED) == []


def test_the_office_moved_no_date_that_was_ours() -> None:
    """T4: its date took the place of ours, so that the words must not say that it moved its own."""
    service = ServiceKnown(UUID(int=3), replace(PERMIT, promise=PromisePolicy(fallback_days=10)))
    life = Life(service)
    life.say(0, status(), APPLICANT)
    life.carry(0)
    life.say(1, status("ASSESS", LATER))
    [said] = life.said(Purpose.DATE_CHANGED, theirs=False)
    assert dates(said)["promise_on"] == str(LATER) and life.said(Purpose.DATE_CHANGED) == []
    life.carry(1)
    life.say(2, status("ASSESS", date(2026, 4, 20)))
    assert [each.facts["old_on"] for each in life.said(Purpose.DATE_CHANGED)] == [str(LATER)]


def test_a_date_of_ours_that_gave_way_by_dates_that_nobody_was_told_is_the_old_one() -> None:
    """T4: the office set two in one load, so that people know of ours alone, and must hear that it moved."""
    service = ServiceKnown(UUID(int=3), replace(PERMIT, promise=PromisePolicy(fallback_days=10)))
    life = Life(service)
    life.say(0, status(), APPLICANT)
    life.carry(0)
    ours = next(each.latest_on for each in life.rows.given.values() if each.was_told)
    life.say(1, status("ASSESS", FIRST), status("ASSESS", LATER))
    [said] = life.said(Purpose.DATE_CHANGED, theirs=False)
    assert dates(said) == {"old_on": str(ours), "promise_on": str(LATER), "promise_basis": "office"}

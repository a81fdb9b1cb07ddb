"""What an end decided about a date, once that end is taken back: the day has passed without one, or the date stands."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from tests.core.case.test_timeline import PERMIT
from tests.core.deciding.test_office_dates import APPLICANT, FIRST, Life, dates, status, with_date
from tracker.core.case.events import CorrectionReported, ReopenReported
from tracker.core.deciding.dossier import ServiceKnown
from tracker.core.vocabulary.messages import Purpose

END = "e004"
"""The fourth event of a life: its end."""

NEVER = CorrectionReported(event=END, why="Another request was meant.")


def test_a_day_that_passed_before_a_false_end_was_taken_back_is_owned_to() -> None:
    """T2, T3, T4: it was judged kept by an end that never was."""
    life = with_date(FIRST)
    life.say(5, status("GRANTED"))
    assert life.offices() == [(str(FIRST), "kept")]
    life.carry(5)
    for day in range(30, 40):
        life.say(day, *[NEVER] * (day == 30))
        life.carry(day)
    assert life.offices() == [(str(FIRST), "missed")]
    [said] = life.said(Purpose.DELAYED)
    assert dates(said) == {"old_on": str(FIRST), "promise_on": None, "promise_basis": None}


def test_a_date_whose_day_has_not_come_stands_again_and_passes_like_any_other() -> None:
    """T2, T4: as if the end had never come, and without another first word about it."""
    life = with_date(FIRST)
    life.say(5, status("GRANTED"))
    life.carry(5)
    life.say(6, NEVER)
    life.carry(6)
    assert life.offices() == [(str(FIRST), None)]
    assert not life.said(Purpose.DATE_CHANGED) and not life.said(Purpose.DATE_CHANGED, theirs=False)
    for day in range(7, 25):
        life.say(day)
        life.carry(day)
    assert life.offices() == [(str(FIRST), "missed")]
    assert len(life.said(Purpose.DELAYED)) == 1


def test_an_end_that_holds_has_kept_its_date_whatever_comes_after_it() -> None:
    """T2: a request that was finished in time, and is opened anew, broke no date."""
    life = with_date(FIRST)
    life.say(5, status("GRANTED"))
    life.carry(5)
    for day in range(30, 40):
        life.say(day, *[ReopenReported()] * (day == 30))
        life.carry(day)
    assert life.offices() == [(str(FIRST), "kept")] and not life.said(Purpose.DELAYED)


def test_the_second_end_is_the_one_that_was_taken_back() -> None:
    life = with_date(FIRST)
    life.say(1, status("GRANTED"))
    life.say(2, ReopenReported(status="ASSESS"))
    life.carry(2)
    life.say(3, status("GRANTED"))
    second = f"e{life.made:03}"
    life.say(30, replace(NEVER, event=second))
    assert [outcome for _, outcome in life.offices()] == ["kept", "missed"]


def test_a_date_of_ours_is_decided_about_anew_like_the_offices() -> None:
    """T2: that its day has passed is said where no other can be given."""
    life = Life(ServiceKnown(UUID(int=3), replace(PERMIT, promise=replace(PERMIT.promise, fallback_days=20))))
    life.say(0, status(), APPLICANT, status("ASSESS"))
    life.carry(0)
    [ours] = life.rows.given.values()
    life.say(5, status("GRANTED"))
    assert [each.outcome for each in life.rows.given.values()] == ["kept"]
    life.carry(5)
    life.say(40, NEVER)
    assert [each.outcome for each in life.rows.given.values()] == ["missed"]
    [said] = life.said(Purpose.DELAYED, theirs=False)
    assert dates(said) == {"old_on": str(ours.latest_on), "promise_on": None, "promise_basis": None}

"""Dates of which we hear so late that their day is over: nobody is given one, and who knew one before hears of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from tests.core.case.test_timeline import PERMIT
from tests.core.deciding.test_office_dates import APPLICANT, FIRST, LATER, Life, dates, status
from tracker.core.deciding.dossier import ServiceKnown
from tracker.core.services.definitions import PromisePolicy
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.words import Basis


def test_no_date_is_given_whose_day_is_over_by_the_days_on_which_we_waited() -> None:
    """T2, T6: heard of weeks after the person had answered, it would have passed already. Who knew the one before is
    told that there is none."""
    life = Life(ServiceKnown(UUID(int=3), replace(PERMIT, promise=PromisePolicy(fallback_days=10))))
    life.say(0, status(), APPLICANT)
    life.carry(0)
    [known] = life.rows.given.values()
    life.say(2, status("RFI"))
    life.carry(2)
    life.say(40, status("RFI-IN"), before=timedelta(days=30))
    given = list(life.rows.given.values())
    assert all(each.latest_on >= each.made_at.date() for each in given)
    assert [each.outcome for each in given] == ["withdrawn"], "nothing is known by which another could be given"
    [said] = life.said(Purpose.DELAYED, theirs=False)
    assert dates(said) == {"old_on": str(known.latest_on), "promise_on": None, "promise_basis": None}


def test_in_one_load_a_day_that_the_office_replaced_is_given_to_nobody_in_whatever_order_it_comes() -> None:
    """T4: the day that took its place was over when we heard of it, so that none of the two is what the office says."""
    early, late = status("ASSESS", LATER), status("ASSESS", FIRST)
    for told_before in (False, True):
        life = Life()
        life.say(0, status(), APPLICANT)
        life.say(20, early, before=timedelta(days=12))
        if told_before:
            life.carry(20)
        life.say(20, late, before=timedelta(days=11))
        [office] = [each for each in life.rows.given.values() if each.basis is Basis.OFFICE]
        assert office.stands is told_before, "what people know stands until it passes"
    other_way_round = Life()
    other_way_round.say(0, status(), APPLICANT)
    other_way_round.say(20, late, before=timedelta(days=11))
    other_way_round.say(20, early, before=timedelta(days=12))
    assert other_way_round.offices() == []

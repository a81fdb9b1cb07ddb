"""Whom messages told which date: the first one of people who only get texts, and what has moved for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from tests.core.case.test_timeline import PERMIT
from tests.core.deciding.test_office_dates import APPLICANT, Life, status
from tests.office import START
from tracker.core.case.events import Address, PartyReported
from tracker.core.deciding.dossier import MessageRecord, ServiceKnown
from tracker.core.vocabulary.calendars import DAY
from tracker.core.vocabulary.messages import MessageState, Purpose
from tracker.core.vocabulary.words import Channel

FIRST, LATER, LAST = date(2026, 4, 10), date(2026, 4, 20), date(2026, 5, 4)
UNDATED = ServiceKnown(
    UUID(int=3),
    replace(
        PERMIT,
        promise=replace(PERMIT.promise, fallback_days=None),
        outreach=replace(PERMIT.outreach, digest=timedelta(minutes=10)),
    ),
)
"""A service that has no date of its own to give."""

ANOTHER = PartyReported("2", name="Bo", language="en", channels=(Address(Channel.SMS, "07700900456", "+447700900456"),))
MAILED = PartyReported("1", name="Alex", language="en", channels=(Address(Channel.EMAIL, "a@b.org", "a@b.org"),))


def undated(*parties: PartyReported) -> Life:
    """A case whose people have read that we have it, and no date."""
    life = Life(UNDATED)
    life.say(0, status(), *parties)
    life.carry(0)
    return life


def of_dates(life: Life) -> list[MessageRecord]:
    """What was decided to be said of dates, and not taken back."""
    found = [each for each in life.rows.messages.values() if each.purpose in (Purpose.DATE_CHANGED, Purpose.DELAYED)]
    return [each for each in found if each.state in (MessageState.DUE, MessageState.DELIVERED)]


def test_who_gets_texts_alone_is_told_the_first_date_once_when_it_comes_after_the_first_text() -> None:
    """T6."""
    life = undated(APPLICANT)
    assert of_dates(life) == []
    life.say(1, status("ASSESS", FIRST))
    [said] = of_dates(life)
    assert (said.facts["promise_on"], said.facts["old_on"], said.party) == (str(FIRST), None, "1")
    updates = [each for each in life.rows.messages.values() if each.purpose is Purpose.UPDATED]
    assert updates == [], "one text tells the date and the news"
    assert said.due_at == START + DAY + timedelta(minutes=10), (
        "it waits a little, as news does, for what may come with it"
    )
    life.carry(1)
    for day in range(2, 20):
        life.say(day)
        life.carry(day)
    assert len(of_dates(life)) == 1


def test_a_first_date_that_is_replaced_before_it_was_told_is_told_as_it_is_then_and_as_the_first() -> None:
    """T6."""
    life = undated(APPLICANT)
    life.say(1, status("ASSESS", FIRST))
    life.say(1, status("ASSESS", LATER))
    assert [(each.facts["promise_on"], each.facts["old_on"]) for each in of_dates(life)] == [(str(LATER), None)]


@pytest.mark.parametrize("party", [MAILED, None])
def test_who_reads_the_date_in_letters_or_is_not_reached_has_no_message_of_it(party: PartyReported | None) -> None:
    """T6, T14: no phantom row either."""
    life = undated(*[party] if party else [])
    life.say(1, status("ASSESS", FIRST))
    assert not any(each.purpose is Purpose.DATE_CHANGED for each in life.rows.messages.values())


def test_two_with_one_telephone_are_told_their_first_date_once() -> None:
    """T6, T15."""
    life = undated(APPLICANT, replace(ANOTHER, channels=APPLICANT.channels))
    life.say(1, status("ASSESS", FIRST))
    assert [each.party for each in of_dates(life)] == ["1"]
    life.carry(1)
    life.say(2)
    assert len(of_dates(life)) == 1


def test_who_read_the_date_in_the_message_of_another_knows_it() -> None:
    """T2, T15: one telephone for two, until one of them has another."""
    life = Life(UNDATED)
    life.say(0, status(), APPLICANT, replace(ANOTHER, channels=APPLICANT.channels), status("ASSESS", FIRST))
    life.carry(0)
    life.say(1, ANOTHER)
    life.say(2, status("ASSESS", LATER))
    assert {each.party: each.facts["old_on"] for each in of_dates(life)} == {"1": str(FIRST), "2": str(FIRST)}


def test_a_date_that_only_the_page_named_has_not_changed_for_who_reads_the_message() -> None:
    """T6."""
    life = undated(APPLICANT)
    life.say(1, status("ASSESS", FIRST))
    life.tell(next(iter(life.rows.given)), 1)
    life.say(1, status("ASSESS", LATER))
    assert [(each.facts["promise_on"], each.facts["old_on"]) for each in of_dates(life)] == [(str(LATER), None)]


def test_a_date_has_moved_only_for_whom_a_message_told_the_one_before() -> None:
    """T2: who joins later was told the second date, and reads of the third that it took the place of that."""
    life = undated(APPLICANT)
    life.say(1, status("ASSESS", FIRST))
    life.carry(1)
    for key, each in life.rows.messages.items():  # the telephone was dead
        if each.purpose is Purpose.DATE_CHANGED:
            life.rows.messages[key] = replace(each, state=MessageState.FAILED)
    life.say(2, ANOTHER)
    life.carry(2)
    life.say(3, status("ASSESS", LATER))
    told = {each.party: each.facts["old_on"] for each in of_dates(life)}
    assert told == {"1": None, "2": str(FIRST)}
    life.carry(3)
    life.say(4, status("ASSESS", LAST))
    told = {each.party: each.facts["old_on"] for each in of_dates(life) if each.state is MessageState.DUE}
    assert told == {"1": str(LATER), "2": str(LATER)}


def test_no_first_date_is_told_whose_day_is_over() -> None:
    """An end of it may still be reported, by a source that does so once a week."""
    life, on = undated(APPLICANT), START.date() + timedelta(days=1)
    life.say(1, status("ASSESS", on))
    assert [each.facts["promise_on"] for each in of_dates(life)] == [str(on)]
    for row in life.rows.given.values():
        life.rows.given[row.id] = replace(row, passes_at=START + timedelta(days=9))  # as of a weekly source
    life.say(2)
    assert of_dates(life) == []

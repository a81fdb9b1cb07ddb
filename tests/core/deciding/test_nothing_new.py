"""Nobody reads the same without end: the office is asked to look, it is told so, and the word says it."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.case.test_timeline import PERMIT
from tests.core.deciding.rows import SOURCE
from tests.core.deciding.test_office_dates import APPLICANT, NUMBER, SAID, Life, status
from tests.office import SERVICE, START
from tracker.core.case.events import NeededItem, NeedsReported
from tracker.core.deciding.decide import decide
from tracker.core.deciding.dossier import ServiceKnown
from tracker.core.services.definitions import MOST_ALIKE, OutreachPolicy
from tracker.core.vocabulary.messages import MessageState, Purpose

UNDATED = replace(PERMIT, outreach=replace(PERMIT.outreach, silence=timedelta(days=14)), statutory=None)
OFFICE_ASKED = [0, 1, 0, 0, 2, 0, 0, 3]


def rows_of_words(life: Life) -> list[list[int]]:
    """The words in a row that nothing is new, each as how often the office had been asked by then."""
    found = [each for each in life.rows.messages.values() if each.state in SAID]
    rows: list[list[int]] = [[]]
    for each in sorted(found, key=lambda each: each.due_at):
        if each.purpose is Purpose.STILL_WORKING:
            rows[-1].append(each.facts["asked_office"])
        elif rows[-1]:
            rows.append([])
    return rows


def wait(life: Life, first: int, last: int) -> Life:
    """Every day what is due is carried, and the next is decided; its source is heard."""
    for day in range(first, last):
        life.carry(day)
        now = START + timedelta(days=day)
        life.rows.heard[SOURCE] = now
        known = life.rows.dossiers([NUMBER], {SERVICE: life.service}, now, random.Random(day))
        life.rows.write(decide(known, [], life.fresh, now).changes)
    return life


def idle(days: int, code: str) -> Life:
    """A case that stands in a stage."""
    life = Life(ServiceKnown(UUID(int=3), UNDATED))
    life.say(0, status(), APPLICANT, status(code))
    return wait(life, 1, days)


@pytest.mark.parametrize("code", ["VAL", "RFI"])
def test_of_three_words_in_a_row_one_says_that_the_office_was_asked_to_look_t5(code: str) -> None:
    """Whoever has the ball; and somebody is asked in truth, by an alert that names the service."""
    life = idle(300, code)
    rows = rows_of_words(life)
    assert max(map(len, rows)) >= 5
    assert rows == [OFFICE_ASKED[: len(row)] for row in rows]
    [asked] = [each for each in life.rows.notices if each.kind == "nothing_new"]
    assert asked.subject == SERVICE
    assert life.rows.notices[asked] == sum(bool(times) for row in rows for times in row)


def test_nobody_is_asked_to_look_where_nobody_is_told_so_t5() -> None:
    """A case without parties: the word is withheld, and operators hear nothing of it."""
    life = Life(ServiceKnown(UUID(int=3), UNDATED))
    life.say(0, status(), status("VAL"))
    wait(life, 1, 100)
    words = [each for each in life.rows.messages.values() if each.purpose is Purpose.STILL_WORKING]
    assert len(words) >= 2
    assert {each.state for each in words} == {MessageState.WITHHELD}
    assert not life.rows.notices


def test_news_begins_the_row_anew_t5() -> None:
    life = idle(37, "VAL")
    assert rows_of_words(life) == [OFFICE_ASKED[:2]]
    life.say(37, status("ASSESS"))
    assert rows_of_words(wait(life, 38, 53)) == [OFFICE_ASKED[:2], OFFICE_ASKED[:1]]


def test_a_reminder_is_no_news_and_the_pauses_go_on_growing_t5_t12() -> None:
    """Somebody does not send what we need, for fifty days: their pauses grow as if nobody had reminded them."""
    bins = replace(UNDATED, outreach=replace(UNDATED.outreach, silence=timedelta(days=2)))
    items = tuple(
        NeededItem(name, text=f"A {name}", due_on=(START + timedelta(days=due)).date())
        for name, due in (("plan", 9), ("photo", 21), ("form", 33))
    )
    life = Life(ServiceKnown(UUID(int=3), bins))
    life.say(0, status(), APPLICANT, NeedsReported(items))
    wait(life, 1, 50)
    reminders, late = (life.said(each, theirs=False) for each in (Purpose.REMINDER, Purpose.DEADLINE_PASSED))
    assert (len(reminders), len(late)) == (3, 3)
    words = life.said(Purpose.STILL_WORKING, theirs=False)
    assert 3 <= len(words) <= 5
    pauses = [
        (date.fromisoformat(later.cause) - date.fromisoformat(word.cause)).days
        for word, later in itertools.pairwise(sorted(words, key=lambda each: each.due_at))
    ]
    assert pauses == sorted(pauses)


@given(st.integers(1, 400))
def test_in_no_row_of_words_is_the_same_said_too_often(first: int) -> None:
    """Counted with one that came before them, the news itself."""
    asked = [OutreachPolicy.times_asked(word) for word in range(first, first + MOST_ALIKE)]
    assert sum(map(bool, asked)) == 1
    assert not OutreachPolicy.times_asked(1), "nobody is asked before anybody has waited"


def test_a_word_that_nobody_has_heard_says_how_it_stands_by_now() -> None:
    """It was held in a silence, and what ends that is a code which nobody knows: that is checked, and no old stage."""
    life = Life(ServiceKnown(UUID(int=3), UNDATED))
    life.say(0, status(), APPLICANT)
    life.carry(0)
    now = START + timedelta(days=14)
    known = life.rows.dossiers([NUMBER], {SERVICE: life.service}, now, random.Random(1))
    life.rows.write(decide(known, [], life.fresh, now).changes)
    [word] = life.said(Purpose.STILL_WORKING, theirs=False)
    assert not word.facts["unmapped"]
    life.say(15, status("XQ7"))
    [same] = life.said(Purpose.STILL_WORKING, theirs=False)
    assert same.facts["unmapped"] and (same.key, same.due_at) == (word.key, word.due_at)
    life.say(16, status("VAL"))
    assert life.said(Purpose.STILL_WORKING, theirs=False) == [], "there is news instead"

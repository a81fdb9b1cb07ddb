"""Ends, reversals and what is old: who hears of an outcome that holds no longer (T3), of two things at once (T18), of
what happened long ago (T13), and that the limit set by law has passed (T9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from typing import Any

import pytest

from tests.core.case.test_corrections import fix
from tests.core.case.test_timeline import PERMIT, REC, RFI, VAL, ZONE, case_of, status
from tests.core.case.test_timeline import told as events_of
from tests.core.outreach.test_who_hears_what import ALEX, ASKED, DAY, LIVE, OPENED, entry, said, wanted
from tests.office import START
from tracker.core.case.events import NeededItem, NeedsReported, NoteReported, ReopenReported
from tracker.core.case.fold import fold
from tracker.core.case.timeline import Folded
from tracker.core.outreach import timing
from tracker.core.outreach.overtaking import superseded
from tracker.core.outreach.topics import DateNews, Spoken
from tracker.core.outreach.who_hears_what import warranted
from tracker.core.vocabulary.messages import MessageState, Purpose, Reason
from tracker.core.vocabulary.words import Audience, Rhythm

GRANTED = status("GRANTED", served_on=OPENED.date())
REFUSED = status("REFUSED", served_on=OPENED.date())
NOTE = NoteReported("A word", Audience.PUBLIC)
TOLD_AT = OPENED + DAY


def heard(case: Folded, state: MessageState = MessageState.SENT) -> tuple[Spoken, ...]:
    """What is on record once all that the case warrants was sent, with where the case stood by its words."""
    found = warranted(case, PERMIT, LIVE, ())
    return tuple(replace(said(each, state), stage=case.stage, sensitive=False, told_at=TOLD_AT) for each in found)


def told(case: Folded, spoken: tuple[Spoken, ...]) -> list[tuple[str, str]]:
    """(purpose, cause) of what is new to say."""
    known = {each.key for each in spoken}
    found = warranted(case, PERMIT, LIVE, spoken)
    return [(each.purpose.value, each.cause) for each in found if each.key not in known and not each.reason]


GRANT = case_of(ALEX, REC, GRANTED)


@pytest.mark.parametrize("after", [ReopenReported(), ReopenReported("ASSESS"), fix(2)])
def test_who_was_told_of_an_outcome_hears_once_that_it_holds_no_longer_t3(after: Any) -> None:
    spoken = heard(GRANT)
    taken_back = case_of(ALEX, REC, GRANTED, after)
    assert told(taken_back, spoken) == [("reversed", entry(2))], "and no update beside it, nor a correction"
    [message] = [each for each in warranted(taken_back, PERMIT, LIVE, spoken) if each.purpose is Purpose.REVERSED]
    assert message.fallen is not None
    assert (message.fallen.stage, message.fallen.told_at) == ("granted", TOLD_AT)
    again = (*spoken, replace(said(message), stage=taken_back.stage, told_at=TOLD_AT + DAY))
    assert told(taken_back, again) == []


def test_an_outcome_that_nobody_was_told_of_is_not_taken_back_t3() -> None:
    for state in (MessageState.DUE, MessageState.HELD, MessageState.FAILED, MessageState.WITHHELD):
        spoken = heard(GRANT, state)
        found = told(case_of(ALEX, REC, GRANTED, fix(2)), spoken)
        assert "reversed" not in [purpose for purpose, _ in found], state


def test_another_outcome_is_told_with_what_does_not_hold_any_more_t3() -> None:
    spoken = heard(GRANT)
    other = case_of(ALEX, REC, GRANTED, fix(2), REFUSED)
    assert told(other, spoken) == [("finished", entry(4))], "one message says both"
    [end] = warranted(other, PERMIT, LIVE, spoken)
    assert end.fallen is not None and end.fallen.stage == "granted"
    unserved = case_of(ALEX, REC, GRANTED, fix(2), status("REFUSED"))
    assert told(unserved, spoken) == [("reversed", entry(2))], "nobody hears of what was not served"
    same = case_of(ALEX, REC, GRANTED, fix(2), GRANTED)
    assert [each.fallen for each in warranted(same, PERMIT, LIVE, spoken)] == [None]


def test_what_never_was_is_taken_back_as_well_t3() -> None:
    assert told(case_of(ALEX, REC, GRANTED, fix(1), fix(2)), heard(GRANT)) == [("reversed", entry(2))]
    assert told(case_of(ALEX, REC, GRANTED, fix(1), fix(2)), ()) == []


def test_a_quiet_matter_is_taken_back_quietly_t3() -> None:
    spoken = tuple(replace(each, sensitive=True) for each in heard(GRANT))
    [message] = [
        each
        for each in warranted(case_of(ALEX, REC, GRANTED, fix(2)), PERMIT, LIVE, spoken)
        if each.purpose is Purpose.REVERSED
    ]
    assert message.sensitive and message.note == ""


def test_a_reversal_that_was_not_sent_gives_way_when_the_outcome_is_back_t3() -> None:
    spoken = heard(GRANT)
    [message] = [
        each
        for each in warranted(case_of(ALEX, REC, GRANTED, fix(2)), PERMIT, LIVE, spoken)
        if each.purpose is Purpose.REVERSED
    ]
    spoken = (*spoken, said(message, MessageState.DUE))
    back = warranted(case_of(ALEX, REC, GRANTED, fix(2), GRANTED), PERMIT, LIVE, spoken)
    assert message.key in superseded(spoken, back)


def test_an_outcome_that_is_back_is_told_again_and_may_be_taken_back_again_t3() -> None:
    reopened = (ReopenReported(), {"id": "e3"})
    open_again, back = case_of(ALEX, REC, GRANTED, reopened), case_of(ALEX, REC, GRANTED, reopened, fix(3))
    spoken = heard(GRANT)
    for turn, (case, purpose) in enumerate([(open_again, "reversed"), (back, "finished")] * 2, start=1):
        assert told(case, spoken) == [(purpose, entry(2))], turn
        [message] = [each for each in warranted(case, PERMIT, LIVE, spoken) if each.purpose == purpose]
        spoken += (replace(said(message), stage=case.stage, sensitive=False, told_at=TOLD_AT + turn * DAY),)
        assert told(case, spoken) == [], "each is said once"


def test_the_order_of_arrival_makes_no_difference_to_what_is_taken_back_t3() -> None:
    spoken, placed = heard(GRANT), events_of(ALEX, REC, GRANTED, fix(2), VAL)
    found = {tuple(told(fold(order, PERMIT, ZONE, START), spoken)) for order in permutations(placed)}
    assert found == {(("reversed", entry(2)),)}


@pytest.mark.parametrize("bodies", [(ALEX, REC, VAL, ASKED), (ALEX, REC, ASKED, NOTE), (ALEX, REC, RFI, ASKED)])
def test_news_and_a_request_are_one_message_t18(bodies: tuple[Any, ...]) -> None:
    case = case_of(*bodies)
    assert [each[0] for each in wanted(case)] == ["acknowledged", "action_needed"]
    [_, asked] = warranted(case, PERMIT, LIVE, ())
    assert asked.news == str(case.news.entry if case.news else None)
    assert asked.note == (case.news.note if case.news else "")
    assert told(case, heard(case)) == [], "nor is it told afterwards"


@pytest.mark.parametrize("purpose", [Purpose.DATE_CHANGED, Purpose.DELAYED])
def test_news_and_a_date_that_goes_with_it_are_one_message_t18(purpose: Purpose) -> None:
    case, news = case_of(ALEX, REC, VAL), (DateNews(purpose, "promise", date(2026, 4, 1)),)
    found = warranted(case, PERMIT, LIVE, (), news)
    assert [each.purpose for each in found] == [Purpose.ACKNOWLEDGED, purpose]
    sent = tuple(said(each) for each in found)
    assert [each.purpose for each in warranted(case, PERMIT, LIVE, sent, news)] == [Purpose.ACKNOWLEDGED, purpose]
    quiet = replace(PERMIT, outreach=replace(PERMIT.outreach, purposes=PERMIT.outreach.purposes - {purpose}))
    kept = [each.purpose for each in warranted(case, quiet, LIVE, (), news) if each.reason is None]
    assert kept == [Purpose.ACKNOWLEDGED, Purpose.UPDATED], "news is not lost with a message that the office leaves out"


def test_news_after_the_request_was_sent_is_an_update_t18() -> None:
    spoken = heard(case_of(ALEX, REC, ASKED))
    assert told(case_of(ALEX, REC, ASKED, VAL), spoken) == [("updated", entry(3))]


def test_nobody_is_kept_from_saying_how_it_went_by_the_budget_t18() -> None:
    policy = replace(PERMIT, outreach=replace(PERMIT.outreach, messages_per_case=1))
    at = timing.feedback_at(GRANT, policy, ZONE)
    assert at is not None
    found = warranted(GRANT, policy, replace(LIVE, now=at), heard(GRANT))
    assert [(each.purpose, each.reason) for each in found][-1] == (Purpose.FEEDBACK, None)


LATE = replace(LIVE, now=START + 20 * DAY)


def test_old_news_joins_the_page_and_what_matters_is_told_with_its_day_t13() -> None:
    old = wanted(case_of(ALEX, REC, VAL), LATE)
    assert [(purpose, reason) for purpose, _, _, reason in old] == [
        ("acknowledged", None), ("limit_passed", None), ("updated", "old_news"),
    ]  # fmt: skip
    [acknowledged, *_] = warranted(case_of(ALEX, REC, VAL), PERMIT, LATE, ())
    assert acknowledged.late_on == OPENED.date()
    [end] = warranted(GRANT, PERMIT, LATE, ())
    assert (end.purpose, end.reason, end.late_on) == (Purpose.FINISHED, None, OPENED.date())
    found = warranted(case_of(ALEX, REC, ASKED), PERMIT, LATE, ())
    asked = next(each for each in found if each.purpose is Purpose.ACTION_NEEDED)
    assert (asked.reason, asked.late_on) == (None, OPENED.date())


def test_what_is_new_says_nothing_of_its_age_t13() -> None:
    assert {each.late_on for each in warranted(case_of(ALEX, REC, VAL), PERMIT, LIVE, ())} == {None}


@pytest.mark.parametrize(
    ("within", "rhythm", "age", "old"),
    [
        (14, Rhythm.LIVE, 13, False),
        (14, Rhythm.LIVE, 15, True),
        (3, Rhythm.NIGHTLY, 4, True),
        (1, Rhythm.NIGHTLY, 1.5, False),
        (3, Rhythm.WEEKLY, 13, False),
        (3, Rhythm.WEEKLY, 15, True),
        (30, Rhythm.LIVE, 29, False),
    ],
)
def test_news_has_an_age_never_under_twice_the_rhythm_t13(within: int, rhythm: Rhythm, age: float, old: bool) -> None:
    policy = replace(PERMIT, outreach=replace(PERMIT.outreach, news_within=timedelta(days=within)))
    setting = replace(LIVE, rhythm=rhythm)
    assert setting.is_old(setting.now - timedelta(days=age), policy) is old


def test_the_first_word_of_what_began_long_ago_waits_for_what_came_after_t13() -> None:
    policy = replace(PERMIT, outreach=replace(PERMIT.outreach, quiet=None))
    [late, *_] = warranted(case_of(ALEX, REC), policy, LATE, ())
    assert late.due_at == LATE.now + timing.IN_A_MOMENT
    [now] = warranted(case_of(ALEX, REC), policy, LIVE, ())
    assert now.due_at == LIVE.now


def test_that_the_limit_has_passed_is_told_once_on_the_day_after_t9() -> None:
    case = case_of(ALEX, REC)
    assert PERMIT.statutory is not None
    last_on = OPENED.date() + PERMIT.statutory.limit
    before, after = (replace(LIVE, now=START + days * DAY) for days in (16, 17))
    assert (before.now.date(), after.now.date()) == (last_on, last_on + DAY)
    assert "limit_passed" not in [each[0] for each in wanted(case, before)]
    assert ("limit_passed", "1", "limit", None) in wanted(case, after)
    spoken = tuple(said(each) for each in warranted(case, PERMIT, after, ()))
    assert {each.key for each in warranted(case, PERMIT, after, spoken)} == {each.key for each in spoken}
    assert timing.wake_at(case, PERMIT, replace(LIVE, now=OPENED), None) == after.now.replace(hour=10)
    assert "limit_passed" not in [each[0] for each in wanted(GRANT, after)]


def test_a_limit_that_had_passed_when_a_case_was_adopted_is_no_news_t9() -> None:
    later = replace(LATE, live_from=LATE.now - DAY)
    assert ("limit_passed", "1", "limit", Reason.ADOPTED.value) in wanted(case_of(ALEX, REC), later)
    running = replace(LATE, live_from=START)
    assert ("limit_passed", "1", "limit", None) in wanted(case_of(ALEX, REC), running)


def test_a_need_with_a_deadline_that_still_runs_is_told_whatever_its_age_t13() -> None:
    due = NeedsReported((NeededItem("plan", text="A plan", due_on=date(2026, 5, 1)),))
    assert ("action_needed", "1", entry(2), None) in wanted(case_of(ALEX, REC, due), LATE)

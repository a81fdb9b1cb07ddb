"""What the page says of dates: ours and the office's, how we know, and why a date changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from templates.environment import page
from tests.templates import samples
from tests.templates.test_case_page import words
from tracker.core.answers.facts import CaseFacts
from tracker.core.vocabulary.words import Change

OFFICE = replace(samples.PROMISE, basis="office", probability=None, half_by_on=None, latest_on=date(2026, 3, 20))


def read(facts: CaseFacts) -> str:
    return words(page("case.html", "en", facts=facts))


def read_out(facts: CaseFacts) -> str:
    return words(page("desk/read_out.html", "en", facts=facts))


def test_a_learned_date_says_how_we_know_and_names_the_offices_beside_it() -> None:
    ours = replace(samples.PROMISE, cases=412)
    said = read(replace(samples.ORDINARY, promise=ours, promises=(ours, OFFICE)))
    assert "By 24 March 2026. 9 in 10 requests like yours are finished by then." in said
    assert "Riverton Council itself says: by 20 March 2026." in said
    assert "How we know We looked at 412 requests that were finished in the two years before 2 March 2026." in said


def test_a_date_learned_from_requests_of_all_kinds_says_so() -> None:
    for show in (read, read_out):
        said = show(samples.CASES["all_kinds"])
        assert "By 24 March 2026. 9 in 10 requests at Riverton Council are finished by then." in said
        assert "We have not finished many requests of this kind yet. So we looked at 41 requests of all kinds" in said
        slow = show(samples.CASES["all_kinds_slow"])
        assert "Half are finished by 9 March 2026. 9 in 10 requests at Riverton Council are finished by 2 June" in slow
        assert "like yours" not in said + slow and "from the stage that yours was in" not in said + slow


def test_how_sure_a_date_is_is_not_said_where_it_is_not_known_whose_requests_taught_it() -> None:
    said = read(samples.CASES["nobody_knows_whose"])
    assert "By 24 March 2026. This is what we expect. It is not certain." in said
    assert "9 in 10" not in said and "How we know" not in said


def test_where_nobody_can_be_written_to_no_message_is_promised_and_a_way_to_get_them_is_named() -> None:
    for show in (read, read_out):
        said = show(samples.CASES["nobody"])
        assert "Please look at this page again by 16 March 2026. It shows what is new as soon as we know it." in said
        assert "If you would like us to write to you, please ask us." in said
        warned = show(samples.CASES["nobody_warned"])
        assert "If the date changes, this page will say so at once." in warned
        stopped = show(samples.CASES["dates_not_kept_and_nobody"])
        assert "So we give no new ones until we can keep them." in stopped
        for words_of in (said, warned, stopped):
            assert "will write" not in words_of and "We write to you" not in words_of and "tell you at" not in words_of
        assert "We write to you all the same." in show(samples.CASES["dates_not_kept"])


def test_the_offices_date_alone_is_said_once() -> None:
    said = read(replace(samples.ORDINARY, promise=OFFICE, promises=(OFFICE,)))
    assert "By 20 March 2026. Riverton Council set this date." in said
    assert "itself says" not in said
    assert "How we know" not in said


def test_an_office_date_that_stands_no_more_is_not_named_beside_ours() -> None:
    gone = replace(OFFICE, outcome="missed")
    assert "itself says" not in read(replace(samples.ORDINARY, promises=(samples.PROMISE, gone)))


def test_a_stand_in_is_called_an_expectation() -> None:
    stand_in = replace(samples.PROMISE, basis="definition", probability=None, half_by_on=None, earliest_on=None)
    said = read(replace(samples.ORDINARY, promise=stand_in, promises=(stand_in,)))
    assert "By 24 March 2026. This is what we expect. It is not certain." in said


def test_a_date_that_passed_while_the_clock_is_paused_is_not_called_missed() -> None:
    passed = replace(samples.PROMISE, latest_on=date(2026, 3, 3))
    said = read(replace(samples.WAITING_FOR_YOU, promise=passed, promises=(passed,)))
    assert "That day has passed" not in said
    assert "We said 3 March 2026." in said
    assert "The date may move by the days that we wait for you." in said


def test_too_uncertain_is_said_in_words() -> None:
    facts = replace(samples.ORDINARY, promise=None, promises=(), no_promise_reason="too_uncertain")
    assert "Some requests are quick, and others take long." in read(facts)


@pytest.mark.parametrize("reason", list(Change))
def test_every_reason_for_a_change_has_words_and_no_code_is_shown(reason: Change) -> None:
    old = replace(samples.PROMISE, latest_on=date(2026, 3, 10), superseded_at=samples.at(3, 2), reason=reason.value)
    with_reason = read(replace(samples.ORDINARY, promises=(samples.PROMISE, old)))
    without = read(replace(samples.ORDINARY, promises=(samples.PROMISE, replace(old, reason=None))))
    assert len(with_reason) > len(without) + 20
    assert "_" not in with_reason


def test_a_date_that_was_moved_is_owned_up_to_at_the_end() -> None:
    kept = replace(samples.PROMISE, outcome="kept")
    old = replace(samples.PROMISE, superseded_at=samples.at(3, 2), reason="likely_late")
    later = "But this was later than we first said. We are sorry."
    assert later in read(replace(samples.DONE, promise=None, promises=(kept, old)))
    assert later not in read(replace(samples.DONE, promise=None, promises=(kept, replace(old, reason="clock_paused"))))


def test_at_the_end_ours_is_judged_before_the_offices() -> None:
    ours, theirs = replace(samples.PROMISE, outcome="kept"), replace(OFFICE, outcome="missed")
    assert "By 24 March 2026. We finished in time." in read(
        replace(samples.DONE, promise=None, promises=(theirs, ours))
    )

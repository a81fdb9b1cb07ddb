"""What the page says of dates: ours and the office's, how we know, and why a date changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from templates.environment import message, page
from tests.templates import samples
from tests.templates.test_case_page import words
from tracker.core.answers.facts import CaseFacts, PromiseFacts, says_half
from tracker.core.promises.first_dates import FirstDate
from tracker.core.vocabulary.words import Change, Outcome

OFFICE = replace(samples.PROMISE, basis="office", probability=None, half_by_on=None, latest_on=date(2026, 3, 20))


def read(facts: CaseFacts) -> str:
    return words(page("case.html", "en", facts=facts))


def read_out(facts: CaseFacts) -> str:
    return words(page("desk/read_out.html", "en", facts=facts))


def test_a_learned_date_says_how_we_know_and_names_the_offices_beside_it() -> None:
    ours = replace(samples.PROMISE, cases=412)
    said = read(replace(samples.ORDINARY, promise=ours, promises=(ours, OFFICE)))
    card, behind = said.split("How we know")
    assert "By 24 March 2026 (9 in 10)." in card and "20 March" not in card, "T10: one date in the card"
    assert "9 in 10 requests like yours are finished by then. We looked at 412 requests that were finished" in behind
    assert "Riverton Council itself says: by 20 March 2026." in behind


def test_a_date_learned_from_requests_of_all_kinds_says_so_and_is_never_like_yours() -> None:
    """T10."""
    for show in (read, read_out):
        said = show(samples.CASES["all_kinds"])
        assert "By 24 March 2026 (9 in 10 requests of all kinds). Half are finished by 9 March 2026." in said
        assert "9 in 10 requests at Riverton Council are finished by then. We have not finished many requests" in said
        assert "So we looked at 41 requests of all kinds" in said
        slow = show(samples.CASES["all_kinds_slow"])
        assert "By 2 June 2026 (9 in 10 requests of all kinds). Half are finished by 9 March 2026." in slow
        assert "like yours" not in said + slow and "from the stage that yours was in" not in said + slow


def test_where_the_count_contradicts_a_date_the_count_is_said_in_its_place() -> None:
    """T10."""
    count = "In the last year 44 in 100 requests for this service were finished by the first date that we gave."
    for show in (read, read_out):
        said = show(replace(samples.ORDINARY, came_true=44))
        assert f"By 24 March 2026. This is what we expect. It is not certain. {count}" in said
        assert "9 in 10" not in said and "Half are" not in said and "1 in 10" not in said
    facts = replace(samples.OUTREACH, came_true=44)
    for part in ("text.txt", "html.html"):
        mail = message("acknowledged", "en", part, facts)
        assert count in mail and "9 in 10" not in mail
    assert "9 in 10" not in message("acknowledged", "en", "sms.txt", facts)


@pytest.mark.parametrize(
    ("made", "half", "latest", "today", "said"),
    [(2, 9, 24, 5, True), (2, 12, 24, 5, True), (2, 13, 24, 5, False), (2, 9, 24, 9, False), (2, 2, 3, 1, True)],
)
def test_the_middle_is_said_where_it_is_under_half_of_the_wait_and_ahead(
    made: int, half: int, latest: int, today: int, said: bool
) -> None:
    """T10: of the wait from the day on which the date was given."""
    days = [date(2026, 3, each) for each in (made, half, latest, today)]
    assert says_half(*days) is said


def test_how_sure_a_date_is_is_not_said_where_it_is_not_known_whose_requests_taught_it() -> None:
    said = read(samples.CASES["nobody_knows_whose"])
    assert "By 24 March 2026. This is what we expect. It is not certain." in said
    assert "9 in 10" not in said and "We looked at" not in said


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
    assert "How we know When we gave this date, too few requests of this kind were finished to learn from." in said
    assert "like yours" not in said and "9 in 10" not in said, "T10"


def test_a_date_that_passed_while_the_clock_is_paused_is_not_called_missed() -> None:
    passed = replace(samples.PROMISE, latest_on=date(2026, 3, 3))
    said = read(replace(samples.WAITING_FOR_YOU, promise=passed, promises=(passed,)))
    assert "That day has passed" not in said
    assert "We said 3 March 2026." in said
    assert "Each day that we wait for you makes this date one day later." in said


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


def at_the_end(first: FirstDate | None, *promises: PromiseFacts) -> list[str]:
    """What page and desk say at the end."""
    facts = replace(samples.DONE, promise=None, promises=promises, first=first)
    return [read(facts), read_out(facts)]


def test_at_the_end_the_first_date_that_was_told_is_judged_with_the_days_that_were_added() -> None:
    """T2: promised 15 February, moved to 26 July, finished on 26 February."""
    moved = replace(
        samples.FIRST, latest_on=date(2026, 2, 15), moved=True, moved_to=date(2026, 7, 26), ended_on=date(2026, 2, 26)
    )
    for said in at_the_end(moved, replace(samples.PROMISE, latest_on=date(2026, 7, 26), outcome="kept")):
        assert (
            "By 15 February 2026. This was the first date that we gave you. It was moved to 26 July 2026. "
            "We finished on 26 February 2026: 11 days after this date. We are sorry." in said
        )
        assert "in time" not in said
    early = replace(moved, ended_on=date(2026, 2, 14))
    for said in at_the_end(early):
        assert "We finished on 14 February 2026. That is before the first date." in said and "in time" not in said
    for said in at_the_end(replace(moved, ended_on=date(2026, 2, 15))):
        assert "We finished on 15 February 2026. That is the first date itself." in said
    back = replace(moved, moved_to=None, ended_on=date(2026, 2, 16))
    for said in at_the_end(back):
        assert "It was taken back. We finished on 16 February 2026: 1 day after this date. We are sorry." in said


def test_a_date_that_was_kept_as_it_was_told_is_said_to_be_kept_and_one_that_nobody_was_told_is_no_date() -> None:
    """T2."""
    for said in at_the_end(samples.FIRST, replace(samples.PROMISE, outcome="kept")):
        assert "By 24 March 2026. This was the first date that we gave you. We finished in time." in said
    for said in at_the_end(None, replace(samples.PROMISE, outcome="kept", told_at=None)):
        assert "We gave you no date." in said and "in time" not in said and "24 March" not in said
    for outcome in (Outcome.WITHDRAWN, Outcome.MERGED):
        for said in at_the_end(replace(samples.FIRST, closed_as=outcome)):
            assert "By 24 March 2026." in said and "in time" not in said and "We finished" not in said


def test_every_date_that_broke_stays_in_sight_after_the_end_the_offices_too_and_none_that_nobody_was_told() -> None:
    """T2."""
    ours = replace(samples.PROMISE, latest_on=date(2026, 2, 15), superseded_at=samples.at(2, 14), reason="likely_late")
    theirs = replace(OFFICE, latest_on=date(2026, 2, 16), outcome="missed", told_at=samples.at(2, 3))
    second = replace(theirs, latest_on=date(2026, 2, 18))
    secret = replace(ours, latest_on=date(2026, 2, 9), told_at=None)
    html = page("case.html", "en", facts=replace(samples.DONE, promises=(second, theirs, ours, secret)))
    assert [day for day in (9, 15, 16, 18) if f"<s>{day} February 2026</s>" in html] == [15, 16, 18]
    assert words(html).count("Riverton Council set it on 2 March 2026. It was not kept. We are sorry.") == 2


def test_a_day_that_passed_is_owned_by_whose_it_was_and_by_whether_anybody_knew_it() -> None:
    """T2, T4."""
    for promise, main, day in (
        (OFFICE, "Later than planned.", "Riverton Council expected to finish by 3 March 2026. That day has passed."),
        (samples.PROMISE, "Later than we said.", "We said 3 March 2026. That day has passed."),
        (
            replace(samples.PROMISE, told_at=None),
            "Later than we expected.",
            "We expected to finish by 3 March 2026. That day has passed.",
        ),
    ):
        missed = replace(promise, latest_on=date(2026, 3, 3), outcome="missed")
        for show in (read, read_out):
            assert f"{main} We are sorry. {day}" in show(replace(samples.ORDINARY, promise=None, promises=(missed,)))


def test_beside_a_day_of_the_offices_that_has_passed_it_does_not_go_well() -> None:
    """T4."""
    gone = replace(OFFICE, latest_on=date(2026, 3, 4))
    well = replace(samples.ORDINARY, sooner=True)
    assert "It is going well." in read(replace(well, promises=(samples.PROMISE, OFFICE)))
    said = read(replace(well, promises=(samples.PROMISE, gone)))
    assert "It is going well." not in said and "Riverton Council itself said: by 4 March 2026." in said


def test_the_limit_of_the_law_is_as_plain_as_the_date() -> None:
    """T9."""
    html = page("case.html", "en", facts=samples.ORDINARY)
    card = html[html.index('id="when-title"') : html.index("</section>", html.index('id="when-title"'))]
    assert 'The limit set by law is <strong class="date">17 April 2026</strong>' in card and "quiet" not in card
    for said in (words(html), read_out(samples.ORDINARY)):
        assert "The limit set by law is 17 April 2026. If we pass it" in said


def test_no_day_is_added_to_a_date_of_the_offices_that_has_passed() -> None:
    passed = replace(OFFICE, latest_on=date(2026, 3, 3))
    said = read(replace(samples.WAITING_FOR_YOU, promise=passed, promises=(passed,)))
    assert "We cannot give you a new date yet." in said and "makes this date" not in said

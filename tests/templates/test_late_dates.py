"""A date that is late, moved, taken back or in doubt: owned up to, with the reason, and what there is now."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from templates.environment import page
from tests.templates import samples
from tests.templates.given.late_samples import ADVICE
from tests.templates.samples import CASES, ORDINARY, PROMISE
from tests.templates.test_case_page import words
from tracker.core.answers.facts import CaseFacts

OFFICE = replace(PROMISE, basis="office", probability=None, half_by_on=None, latest_on=date(2026, 3, 20))
HAPPY = "If you are not happy with this"


def read(facts: CaseFacts) -> str:
    return words(page("case.html", "en", facts=facts))


def read_out(facts: CaseFacts) -> str:
    return words(page("desk/read_out.html", facts.language, facts=facts))


SAID = {
    "moved": f"By 24 March 2026 (9 in 10). Half are finished by 9 March 2026. "
    f"This is later than we first said. We are sorry. {ADVICE}.",
    "renewed": f"This is later than we first said. We are sorry. {ADVICE}.",
    "passed": f"Later than we said. We are sorry. We said 3 March 2026. That day has passed. {ADVICE}. "
    f"{samples.STAGE.if_late} We cannot give you a new date yet.",
    "warned": f"We may not keep this date. We are sorry. {ADVICE}. If the date changes, we will tell you at once.",
    "taken_back": "The date that we gave you before does not hold any more. We are sorry. "
    "Some requests take longer than most. Yours is one of them.",
}


@pytest.mark.parametrize("name", SAID)
def test_page_and_desk_say_sorry_why_what_date_there_is_and_where_to_complain(name: str) -> None:
    for said in (read(CASES[name]), read_out(CASES[name])):
        assert SAID[name] in said
        assert said.count(HAPPY) == 2, "beside the date, and where it leads"
        assert "We will write to you by 16 March 2026" in said


def test_a_date_that_is_as_it_was_said_comes_with_no_excuse() -> None:
    for said in (read(ORDINARY), read_out(ORDINARY)):
        assert "sorry" not in said and said.count(HAPPY) == 1


def test_nothing_is_said_of_a_delay_past_the_last_report() -> None:
    said = read(CASES["moved_and_silent"])
    assert "We cannot say right now." in said
    assert ADVICE not in said and "This is later" not in said


def test_a_date_that_passed_stays_visible_beside_the_new_one() -> None:
    html = page("case.html", "en", facts=CASES["renewed"])
    assert "<s>3 March 2026</s>" in html
    assert "We gave it to you on 2 March 2026. We did not keep it. We are sorry." in words(html)


def test_a_reason_of_others_cannot_turn_the_page() -> None:
    facts = replace(CASES["moved"], delay=replace(CASES["moved"].delay, text=samples.MARKUP))  # type: ignore[type-var]
    assert "<script>" not in page("case.html", "en", facts=facts)


def test_the_link_to_complain_leads_somewhere_on_page_and_desk() -> None:
    for name in SAID:
        for html in (page("case.html", "en", facts=CASES[name]), page("desk/read_out.html", "en", facts=CASES[name])):
            assert html.count('href="#unhappy-title"') == html.count('id="unhappy-title"') == 1


def test_the_window_is_told_whole_behind_how_we_know() -> None:
    ours = replace(PROMISE, cases=412, earliest_on=date(2026, 3, 6))
    said = read(replace(ORDINARY, promise=ours, promises=(ours,)))
    assert "We looked at 412 requests that were finished in the two years before 2 March 2026." in said
    assert "1 in 10 are finished by 6 March 2026." in said and said.count("Half are finished by 9 March 2026.") == 1
    late = replace(ours, half_by_on=date(2026, 3, 13))
    said = read(replace(ORDINARY, promise=late, promises=(late,)))
    assert "How we know" in said.split("Half are finished by 13 March 2026.")[0], "the middle is half of the wait"
    wide = replace(ours, latest_on=date(2026, 6, 2))
    said = read(replace(ORDINARY, promise=wide, promises=(wide,)))
    assert said.count("Half are finished by 9 March 2026.") == 1
    assert said.index("By 2 June 2026 (9 in 10).") < said.index("Half are finished") < said.index("How we know")
    assert said.index("How we know") < said.index("1 in 10")
    past = replace(ours, earliest_on=date(2026, 3, 5), half_by_on=date(2026, 3, 5))
    said = read(replace(ORDINARY, promise=past, promises=(past,)))
    assert "are finished by 5 March" not in said, "it was not among them"


def test_the_desk_reads_out_how_we_know_with_the_page_that_shows_how_well_we_do() -> None:
    ours = replace(PROMISE, cases=412)
    html = page("desk/read_out.html", "cy", facts=replace(ORDINARY, promise=ours, promises=(ours,), office="riverton"))
    assert 'href="/o/riverton/word?language=cy"' in html


def test_the_offices_own_date_is_named_as_theirs_also_when_it_has_passed() -> None:
    gone = replace(OFFICE, latest_on=date(2026, 3, 4))
    said = read(replace(ORDINARY, promises=(PROMISE, gone)))
    assert "Riverton Council itself said: by 4 March 2026. That day has passed." in said


def test_a_limit_of_the_law_that_has_passed_is_said_to_have_passed() -> None:
    said = read(replace(ORDINARY, statutory_on=date(2026, 3, 4)))
    assert "The limit set by law was 4 March 2026. That day has passed. We are sorry. If we pass it, you can" in said


def test_without_a_date_there_is_a_day_for_the_next_word_or_the_page_itself() -> None:
    none = replace(ORDINARY, promise=None, promises=(), no_promise_reason="too_little_history")
    assert "We will write to you by 16 March 2026, even if nothing has changed." in read(none)
    for next_word_by in (None, date(2026, 3, 4)):
        assert "We will tell you here as soon as we know more." in read(replace(none, next_word_by=next_word_by))


def test_good_news_is_of_a_date_that_is_as_it_was_said() -> None:
    softly = "It will probably be finished well before"
    well = replace(CASES["moved"], sooner=True, delay=None)
    assert softly in words(page("case.html", "en", facts=well))
    assert softly not in words(page("case.html", "en", facts=replace(CASES["moved"], sooner=True)))
    assert softly not in words(page("case.html", "en", facts=replace(well, source_silent=True)))

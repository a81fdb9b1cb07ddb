"""The page of one request says what is known about it, whose turn it is and whose date, and nothing more."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from templates.environment import page
from tests.templates import samples
from tracker.core.answers.facts import CaseFacts, HistoryFacts
from tracker.core.vocabulary.moments import Moment
from tracker.core.vocabulary.words import Outcome


def words(html: str) -> str:
    """What a person reads: no tags, single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split()).replace(" .", ".").replace(" ,", ",")


def case(facts: CaseFacts) -> str:
    return page("case.html", "en", facts=facts)


PAGES = {f"case_{name}": case(facts) for name, facts in samples.CASES.items()}


@pytest.mark.parametrize("name", samples.CASES)
def test_the_four_answers_come_first(name: str) -> None:
    html = PAGES[f"case_{name}"]
    places = [html.index(f'id="{section}-title"') for section in ("now", "do", "when", "past", "sent")]
    assert places == sorted(places)
    assert "CDFG-HJKM-NPR3" in html
    assert "progress" not in html
    assert "%" not in words(html)


def test_who_has_the_ball_is_said() -> None:
    assert "The next step is ours." in words(PAGES["case_ordinary"])
    assert "We are waiting for you." in words(PAGES["case_waiting_for_you"])
    assert "We are waiting for the police." in words(PAGES["case_waiting_for_others"])
    assert "We are waiting for somebody outside our office." in words(PAGES["case_bare_waiting_for_others"])


def test_tasks_carry_their_deadlines_and_what_came_is_no_task() -> None:
    said = words(PAGES["case_waiting_for_you"])
    assert "We need 2 things from you:" in said
    assert "By Thursday 12 March 2026" in said
    assert "What we have from you The signed form (it came on 1 March 2026)" in said
    assert "Each day that we wait for you makes this date one day later." in said


def test_a_deadline_that_passed_is_said_to_have_passed() -> None:
    late = replace(samples.PASSPORT, due_on=date(2026, 3, 4))
    assert "The last day was Wednesday 4 March 2026." in words(case(replace(samples.ORDINARY, needs=(late,))))
    today = replace(samples.PASSPORT, due_on=date(2026, 3, 5))
    assert "By Thursday 5 March 2026" in words(case(replace(samples.ORDINARY, needs=(today,))))


def test_a_date_says_whose_it_is_and_how_sure() -> None:
    said = words(PAGES["case_ordinary"])
    assert "By 24 March 2026 (9 in 10). Half are finished by 9 March 2026." in said
    assert "How we know 9 in 10 requests like yours are finished by then." in said
    assert "We will write to you by 16 March 2026, even if nothing has changed." in said
    assert "The limit set by law is 17 April 2026. If we pass it, you can" in said
    assert "Riverton Council set this date." in words(PAGES["case_office_date"])
    slow = words(PAGES["case_slow_tail"])
    assert "By 2 June 2026 (9 in 10). Half are finished by 9 March 2026." in slow


def test_a_date_that_passed_is_not_repeated_as_if_it_stood() -> None:
    said = words(PAGES["case_late"])
    assert "Later than we said. We are sorry. We said 3 March 2026. That day has passed." in said
    assert "By 3 March 2026." not in said


def test_a_date_missed_on_an_open_request_is_owned_up_to() -> None:
    missed = replace(samples.PROMISE, outcome="missed", latest_on=date(2026, 3, 4))
    said = words(case(replace(samples.ORDINARY, promise=None, promises=(missed,))))
    assert "Later than we said. We are sorry. We said 4 March 2026." in said
    renewed = replace(missed, superseded_at=samples.at(3, 5))
    said = words(case(replace(samples.ORDINARY, promises=(samples.PROMISE, renewed))))
    assert "Later than we said" not in said
    assert "By 24 March 2026 (9 in 10)." in said


@pytest.mark.parametrize("reason", [None, "thin_history", "waiting_on_other"])
def test_without_a_date_there_is_a_reason_and_never_a_code(reason: str | None) -> None:
    said = words(case(replace(samples.ORDINARY, promise=None, promises=(), no_promise_reason=reason)))
    assert "We cannot give you a date yet." in said
    assert "We do not know enough yet" in said
    assert "_" not in said


def test_the_offices_own_reason_is_said() -> None:
    facts = replace(samples.ORDINARY, promise=None, no_promise_reason="The court sets the day.")
    assert "The court sets the day." in words(case(facts))


def test_a_silent_source_is_admitted_and_nothing_is_claimed_past_it() -> None:
    said = words(PAGES["case_silent"])
    assert "The last news from Riverton Council came at 02:00 on 5 March. Nothing has come since." in said
    assert "Nothing that we know of." in said
    assert "We cannot say right now. The last date that we had was 24 March 2026." in said
    assert "even if nothing has changed" not in said
    assert "What is happening now" not in said


@pytest.mark.parametrize("name", samples.CASES)
def test_of_a_silent_source_nothing_is_said_of_today_and_help_is_near_t19(name: str) -> None:
    facts = samples.CASES[name]
    if facts.state == "closed":
        return
    html = case(replace(facts, source_silent=True))
    said = words(html)
    for claimed in ("The next step is ours", "We are waiting for", "We will write to you by", "Nothing right now"):
        assert claimed not in said, claimed
    assert "We will tell you here as soon as we know more." in said
    assert '<a href="#help">ask the office</a>' in html and "When we last heard, the" in said
    wanted = any(need.supplied_at is None for need in facts.needs)
    assert ("Have you done all of it already? Thank you." in said) is wanted, "it may have come since"
    assert "Have you done all of it already?" not in words(case(replace(facts, source_silent=False)))


def test_an_old_date_stays_visible() -> None:
    html = PAGES["case_changed"]
    assert "<s>10 March 2026</s>" in html
    assert "We gave it to you on 20 February 2026 and changed it on 2 March 2026." in words(html)
    assert "Dates that changed" not in PAGES["case_ordinary"]


@pytest.mark.parametrize(
    ("outcome", "sentence"),
    [
        ("done", "Your request is finished. We have done what we needed to do."),
        ("refused", "Your request is finished. The answer was no."),
        ("withdrawn", "Nobody is working on it any more."),
        ("merged", "Your request was joined to another one."),
    ],
)
def test_a_closed_request_says_how_it_ended_and_promises_nothing_more(outcome: str, sentence: str) -> None:
    first = replace(samples.FIRST, closed_as=Outcome(outcome))
    facts = replace(samples.DONE, outcome=outcome, first=first, next_word_by=date(2026, 4, 1))
    earlier = replace(samples.PROMISE, latest_on=date(2026, 3, 10), outcome="missed")
    html = case(replace(facts, promises=(samples.PROMISE, earlier)))
    said = words(html)
    assert sentence in said
    answered = outcome in ("done", "refused")  # the rest was not finished, whatever an old ledger says of its date
    assert ("We finished in time." in said) is answered
    assert "<s>10 March 2026</s>" in html and "We did not keep it. We are sorry." in said, (
        "T2: what broke stays in sight"
    )
    assert ("By 24 March 2026." in said) is answered and "24 March 2026" in said
    assert "We will write to you by" not in said
    assert "When it will be finished" not in said
    assert ("Citizens Advice" in said) is (outcome == "refused")


def test_messages_say_no_more_than_is_known_and_withheld_ones_are_not_shown() -> None:
    states = ("due", "held", "sending", "sent", "delivered", "failed", "unknown", "withheld", "of_tomorrow")
    one = samples.ORDINARY.messages[0]
    said = words(case(replace(samples.ORDINARY, messages=tuple(replace(one, state=state) for state in states))))
    assert said.count("There is news (text message)") == len(states) - 1
    assert said.count("Waiting to be sent.") == 2
    assert said.count("We do not know whether it arrived.") == 2
    assert said.count("We do not know yet whether it arrived.") == 1
    assert "It did not arrive." in said
    assert "Arrived. We sent it at 11:00 on 2 March." in said


def test_silence_after_the_end_is_no_news() -> None:
    said = words(case(replace(samples.DONE, source_silent=True)))
    assert "Nothing has come since" not in said
    assert "The last news from Riverton Council came at 02:00 on 5 March." in said


def test_a_note_without_a_stage_is_a_line_and_an_empty_line_is_none() -> None:
    lines = (HistoryFacts(Moment(at=samples.NOW), None, "", "Bring a pen."), HistoryFacts(Moment(), None, "", ""))
    html = case(replace(samples.ORDINARY, history=lines))
    assert "A note from the office Bring a pen." in words(html)
    assert html.count('class="timeline-when"') == 1


def test_a_date_that_was_taken_back_stays_visible_too() -> None:
    taken = replace(samples.PROMISE, outcome="withdrawn")
    html = case(replace(samples.ORDINARY, promise=None, promises=(taken,)))
    assert "<s>24 March 2026</s>" in html
    assert "It does not hold any more." in html
    assert "We cannot give you a date yet." in html


def test_no_code_of_a_reason_is_shown() -> None:
    old = replace(samples.PROMISE, superseded_at=samples.at(3, 4), reason="office_changed_date")
    said = words(case(replace(samples.ORDINARY, promises=(samples.PROMISE, old))))
    assert "Riverton Council set a new date." in said
    assert "_" not in said


def test_a_day_without_a_time_stays_a_day() -> None:
    said = words(PAGES["case_ordinary"])
    assert "On 20 February We have your request" in said
    assert "00:00" not in said


def test_instants_are_told_in_the_readers_zone() -> None:
    facts = replace(samples.ORDINARY, zone="Pacific/Auckland", history=(), messages=())
    facts = replace(facts, stage=replace(facts.stage, since=Moment(at=samples.at(3, 2, 13, 5))))
    assert "This began at 02:05 on 3 March." in words(case(facts))
    assert "at 13:05 on 2 March 2025" in words(
        case(replace(samples.ORDINARY, last_reported_at=samples.at(3, 2, 13, 5).replace(year=2025)))
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "cy",
            [
                "Ni sydd i gymryd y cam nesaf.",
                "Erbyn 24 Mawrth 2026 (9 o bob 10).",
                "Mae 9 o bob 10 cais fel eich un chi",
            ],
        ),
        (
            "es",
            [
                "El siguiente paso es nuestro.",
                "Como muy tarde, el 24 de marzo de 2026 (9 de cada 10).",
                "9 de cada 10 solicitudes",
            ],
        ),
        ("ar", ["الخطوة التالية علينا.", "بحلول 24 مارس 2026 (9 من كل 10).", "بنسبة 9 من كل 10."]),
    ],
)
def test_the_answers_are_given_in_the_persons_language(language: str, said: list[str]) -> None:
    told = words(page("case.html", language, facts=replace(samples.ORDINARY, language=language)))
    assert [each for each in said if each not in told] == []


@pytest.mark.parametrize(
    ("language", "two", "six"),
    [
        ("cy", "Mae angen 2 beth arnom gennych chi", "Mae angen 6 pheth arnom gennych chi"),
        ("es", "Necesitamos 2 cosas de usted", "Necesitamos 6 cosas de usted"),
        ("ar", "نحتاج إلى هذين الشيئين منكم", "نحتاج إلى 6 أشياء منكم"),
    ],
)
def test_things_are_counted_as_the_language_counts(language: str, two: str, six: str) -> None:
    for count, said in ((2, two), (6, six)):
        facts = replace(samples.ORDINARY, language=language, needs=(samples.BILL,) * count)
        assert said in words(page("case.html", language, facts=facts))


@pytest.mark.parametrize(("count", "said"), [(11, "11 شيئًا"), (99, "99 شيئًا"), (100, "100 شيء")])
def test_arabic_has_a_form_for_eleven_and_one_for_a_hundred(count: int, said: str) -> None:
    facts = replace(samples.ORDINARY, language="ar", needs=(samples.BILL,) * count)
    assert f"نحتاج إلى {said} منكم" in words(page("case.html", "ar", facts=facts))


def test_a_date_that_was_kept_by_days_of_waiting_alone_is_not_called_in_time_t2() -> None:
    paused = replace(samples.FIRST, latest_on=date(2026, 3, 18), kept_on=date(2026, 3, 20))
    said = words(case(replace(samples.DONE, first=paused)))
    assert (
        "We finished on 20 March 2026. That is after this date. "
        "We do not count it as late, because on some days we had to wait and could not go on." in said
    )
    assert "in time" not in said and "before the first date" not in said
    desk = words(page("desk/dates.html", "en", facts=replace(samples.DONE, first=paused, promises=(samples.PROMISE,))))
    assert "It came true. The days on which we waited were added." in desk

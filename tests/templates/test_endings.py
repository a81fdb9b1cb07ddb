"""How it ended, in words: what does not hold any more (T3), what can be done and until when (T8), the limit set by law
(T9), what is told late (T13), and what was withdrawn or goes on under another reference (T18)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from templates.environment import message
from tests.templates.samples import LANGUAGES, ORDINARY, OUTREACH, OUTREACHES, REFUSED
from tests.templates.test_late_dates import read, read_out
from tests.templates.test_messages import render
from tracker.core.answers.facts import HistoryFacts, ReversedFacts
from tracker.core.answers.message_facts import OutreachFacts
from tracker.core.vocabulary.moments import Moment

MAIL = ("text.txt", "html.html")
TOLD = ReversedFacts("You have your permit", date(2026, 5, 3))
FALLEN = replace(OUTREACH, told_on=TOLD.on, told_headline=TOLD.headline)
ENDED = replace(
    REFUSED, outcome="done", stage=replace(REFUSED.stage, next="Put it in your car.", you_can="You can park today.")
)


def mail(purpose: str, part: str, facts: OutreachFacts, **rest: Any) -> str:
    """An English mail, in one line."""
    return " ".join(message(purpose, "en", part, replace(facts, purpose=purpose, **rest)).split())


@pytest.mark.parametrize("part", MAIL)
def test_a_reversal_says_what_we_told_and_not_to_rely_on_it_t3(part: str) -> None:
    said = mail("reversed", part, FALLEN)
    assert "On 3 May 2026 we told you: “You have your permit.” The office has changed its record, so " in said
    assert "Please do not rely on it until the office confirms it." in said
    assert OUTREACH.help in said


def test_a_reversal_says_so_in_subject_and_text_and_nothing_of_it_where_it_is_quiet_t3() -> None:
    assert "please do not rely on what we told you" in mail("reversed", "subject.txt", FALLEN)
    assert "That may not be true any more. Please do not rely on it." in mail("reversed", "sms.txt", FALLEN)
    for part in (*MAIL, "subject.txt", "sms.txt"):
        assert "permit." not in mail("reversed", part, FALLEN, sensitive=True)


@pytest.mark.parametrize("part", MAIL)
def test_another_end_says_what_does_not_hold_any_more_t3(part: str) -> None:
    said = mail("finished", part, FALLEN, outcome="refused")
    assert "On 3 May 2026 we told you: “You have your permit.” That does not hold any more." in said
    assert "does not hold" not in mail("updated", part, FALLEN)


def test_the_page_says_the_same_while_it_is_so_t3() -> None:
    said = read(replace(ORDINARY, reversed=TOLD))
    assert "On 3 May 2026 we told you: “You have your permit.” The office has changed its record, so " in said
    assert "If you have questions, please ask us." in said
    ended = read(replace(REFUSED, reversed=TOLD))
    assert "“You have your permit.” That does not hold any more." in ended
    assert "we told you" not in read(ORDINARY)


@pytest.mark.parametrize("part", MAIL)
def test_an_end_says_what_comes_next_and_what_one_can_do_t8(part: str) -> None:
    said = mail("finished", part, OUTREACH, outcome="done", next="Put it in your car.", you_can="You can park today.")
    assert "Put it in your car." in said and "You can park today." in said
    assert "Nothing more." not in said
    page = read(ENDED)
    assert "Put it in your car." in page and "You can park today." in page and "Nothing more." not in page


def test_what_has_happened_says_which_end_does_not_hold_any_more_t3() -> None:
    ended = HistoryFacts(Moment(at=ORDINARY.now), "granted", "You have your permit", "", undone=True)
    assert "You have your permit This may not be true any more." in read(replace(ORDINARY, history=(ended,)))
    assert "may not be true" not in read(replace(ORDINARY, history=(replace(ended, undone=False),)))
    assert "You have your permit That does not hold any more." in read(replace(REFUSED, history=(ended,)))


@pytest.mark.parametrize("part", MAIL)
def test_a_refusal_says_what_can_be_done_and_until_when_t8(part: str) -> None:
    facts = replace(OUTREACHES["refused"], appeal_by=date(2026, 4, 2))
    said = mail("finished", part, facts)
    assert "Nothing more." not in said
    assert "You can ask another officer to look again." in said
    assert "The last day for this is Thursday 2 April 2026." in said.replace("<strong>", "").replace("</strong>", "")
    page = read(replace(REFUSED, appeal_by=date(2026, 4, 2)))
    assert "Nothing more." not in page
    assert page.count("The last day for this is Thursday 2 April 2026.") == 2


def test_a_last_day_that_is_over_is_said_to_be_so_with_whom_to_ask_instead_t8() -> None:
    over = replace(REFUSED, appeal_by=date(2026, 3, 2))
    for said in (read(over), read_out(over)):
        assert "You could ask for it to be looked at again until Monday 2 March 2026. That day has passed." in said
        assert "ask us what you can do now" in said
        assert "Nothing, if you agree" not in said and "You can ask another officer" not in said


def test_the_limit_is_as_plain_as_a_date_and_never_passes_while_it_stands_still_t9() -> None:
    past = replace(ORDINARY, statutory_on=date(2026, 3, 4))
    assert "That day has passed. We are sorry." in read(past)
    paused = read(replace(past, statutory_paused=True))
    assert "That day has passed" not in paused and "is 4 March 2026, plus the days that we wait for you now." in paused


@pytest.mark.parametrize("part", MAIL)
def test_that_the_limit_has_passed_says_what_the_law_gives_t9(part: str) -> None:
    said = mail("limit_passed", part, OUTREACHES["limited"])
    assert "The law set a limit for your request: 4 March 2026. That day has passed. We are sorry." in said
    assert "You can ask a judge." in said


@pytest.mark.parametrize("part", MAIL)
def test_what_is_told_late_is_dated_and_owned_up_to_t13(part: str) -> None:
    owned = "This is news of 12 January 2026. We are sorry that we tell you only now."
    assert owned in mail("finished", part, OUTREACHES["late"])
    assert owned.replace(" 2026", "") in mail("finished", "sms.txt", OUTREACHES["late"])
    assert "only now" not in mail("finished", part, OUTREACH)
    assert "only now" not in mail("finished", part, OUTREACHES["late"], sensitive=True)


def test_an_end_with_an_impossible_date_is_said_to_be_asked_about_t13() -> None:
    said = "The office reports an end with a date that cannot be right. We have asked."
    assert said in read(replace(ORDINARY, end_in_doubt=True))
    assert said not in read(ORDINARY)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", (*MAIL, "subject.txt", "sms.txt"))
def test_withdrawn_and_merged_have_words_of_their_own_t18(language: str, part: str) -> None:
    finished = render("finished", part, "ordinary", language)
    withdrawn = render("finished", part, "withdrawn", language)
    merged = render("finished", part, "merged", language)
    assert len({finished, withdrawn, merged}) == 3
    if part != "subject.txt":
        assert "DFGH-JKMN-PR35" in merged, "it names the one that goes on"


def test_the_page_names_the_survivor_t18() -> None:
    merged = replace(REFUSED, outcome="merged", survivor="DFGH-JKMN-PR35")
    assert "Its reference: DFGH-JKMN-PR35" in read(merged)
    assert "Its reference" not in read(replace(merged, survivor=""))


@pytest.mark.parametrize("part", MAIL)
def test_a_mail_about_the_end_says_that_nothing_more_is_to_come_unless_something_changes(part: str) -> None:
    last = "We write again only if something changes."
    assert last in mail("finished", part, OUTREACHES["refused"])
    assert last not in mail("updated", part, OUTREACH) + mail("reversed", part, FALLEN)
    assert last not in mail("finished", part, OUTREACHES["merged"]), "that one goes on"
    assert last in mail("finished", part, OUTREACHES["other_ended"])

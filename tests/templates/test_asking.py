"""How people are asked, told that it has come, and told that nothing is new: by page and message (T1, T5, T11, T12)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from templates.environment import message, page
from tests.templates.samples import CASES, LANGUAGES, OUTREACH, OUTREACHES
from tracker.web import in_words


def told(purpose: str, part: str, sample: str = "ordinary", language: str = "en") -> str:
    facts = replace(OUTREACHES[sample], purpose=purpose, language=language)
    return message(purpose, language, part, in_words.outreach(facts))


def shown(sample: str, language: str = "en") -> str:
    facts = in_words.case(replace(CASES[sample], language=language))
    return page("case.html", language, facts=facts)


@pytest.mark.parametrize("part", ["text.txt", "html.html"])
def test_who_is_asked_reads_what_why_where_by_when_and_what_if_not_t12(part: str) -> None:
    text = told("action_needed", part, "asked_in_full")
    for each in (
        "A copy of your passport, the page with your photo",
        "by Thursday 12 March 2026",
        "You sent this before. We need it again.",
        "We check who you are.",
        "Bring it to our office.",
        "We say no.",
        "A bill that shows your address",
    ):
        assert each in text
    assert "The last day was Thursday 12 March 2026. Please do it now." in told("reminder", part, "asked_too_late")


def test_the_page_asks_in_the_same_words_t12() -> None:
    html = shown("asked_in_full")
    for each in ("We need it again.", "We check who you are.", "Bring it to our office.", "We say no."):
        assert each in html


@pytest.mark.parametrize("part", ["text.txt", "html.html"])
def test_a_stage_that_waits_says_what_for_t1(part: str) -> None:
    assert "Put your bin out and tell us." in told("action_needed", part, "asked_by_the_stage")
    assert "Your page says what it is" not in told("action_needed", part, "asked_by_the_stage")


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_supplied_has_arrived_and_is_never_called_complete_t1(language: str) -> None:
    text, html = told("supplied", "text.txt", "arrived", language), shown("arrived", language)
    assert OUTREACH.headline not in text, "the stage still says that it waits"
    assert CASES["arrived"].stage.headline not in html
    for said in (text, html, told("supplied", "sms.txt", "arrived", language)):
        assert "complete" not in said and "complet" not in said
    if language == "en":
        assert "We have what we asked you for. It has arrived." in " ".join(text.split()).replace("for It", "for. It")
        assert "The next step is ours." in html and "Nothing right now." in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mail_without_a_date_says_whom_the_date_depends_on_t10(language: str) -> None:
    """A stage that waits for the person, without a list of what; and one that waits for somebody else."""
    words = {"en": "The date depends on", "es": "La fecha depende de", "cy": "dyddiad yn dibynnu", "ar": "يعتمد الموعد"}
    others = {
        "en": "somebody outside our",
        "es": "fuera de nuestra oficina",
        "cy": "tu allan i'n",
        "ar": "جهة أخرى غيرنا",
    }
    undated = replace(OUTREACHES["asked_by_the_stage"], language=language, promise_on=None)
    for part in ("text.txt", "html.html"):
        for waiting_on, said in (("you", words[language]), ("other", others[language])):
            facts = in_words.outreach(replace(undated, waiting_on=waiting_on, purpose="updated"))
            assert said in plainly(message("updated", language, part, facts)), (part, waiting_on)
        ours = in_words.outreach(replace(undated, waiting_on="us", purpose="updated"))
        assert others[language] not in plainly(message("updated", language, part, ours))


def test_the_day_that_has_passed_is_said_t12() -> None:
    text = told("deadline_passed", "text.txt", "asked_too_late")
    assert "The day for something that we need from you has passed." in text
    assert "We say no." in text


def test_nothing_new_says_what_the_last_report_said_and_when_t5() -> None:
    assert "There is no news yet" in told("still_working", "sms.txt")
    assert "we still need something from you" in told("still_working", "sms.txt", "asked")
    text = told("still_working", "text.txt")
    assert "when Riverton Council last reported, on 4 March 2026: We are checking your papers." in text
    assert OUTREACH.meaning not in text, "what was so when it was reported is not said of today"


def test_what_nobody_knows_is_not_said_t11() -> None:
    html = shown("checking_with_us")
    assert "We do not know yet." in html and "Nothing right now." not in html and "This began" not in html
    assert "We are checking it. The next step is ours." in html
    assert "We are still checking what it means for you." in told("still_working", "text.txt", "checking")
    assert "checking what is new" in told("still_working", "sms.txt", "checking")
    assert "Nothing right now." not in told("updated", "text.txt", "checking")


def test_work_goes_on_and_something_is_needed_t1() -> None:
    assert "The next step is ours. We also need something from you." in shown("ours_and_asked")


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_waits_without_saying_what_for_is_not_said_to_have_said_it_t1_t12(language: str) -> None:
    unsaid = replace(OUTREACHES["asked_by_the_stage"], you_can="", language=language)
    said = {
        (purpose, part): message(purpose, language, part, in_words.outreach(replace(unsaid, purpose=purpose)))
        for purpose in ("action_needed", "reminder", "still_working")
        for part in ("sms.txt", "text.txt", "html.html")
    }
    asked = {(purpose, part): told(purpose, part, "asked_by_the_stage", language) for purpose, part in said}
    ask = {"en": "Please ask us what", "cy": "Gofynnwch beth", "es": "Pregunte qu", "ar": "يرجى السؤال عن"}[language]
    for purpose in ("action_needed", "reminder"):
        assert ask in said[purpose, "sms.txt"] and ask not in asked[purpose, "sms.txt"]
    if language == "en":
        for (_, part), text in said.items():
            assert "page says what" not in text
            if part != "sms.txt":
                assert "waits for something from you. It has not told us what it is. Please ask." in text


def test_the_page_says_that_the_office_has_not_said_what_it_waits_for_t1_t12() -> None:
    case = CASES["bare_waiting_for_you"]
    asked = replace(case, stage=replace(case.stage, you_can="Please ring us."))
    html = page("case.html", "en", facts=in_words.case(case))
    assert "waits for something from you. It has not told us what it is." in html and "ask them" in html
    assert "has not told us what it is" not in page("case.html", "en", facts=in_words.case(asked))


OFFICE_ASKED = {
    "en": "asked the office",
    "es": "a la oficina que ",
    "cy": "gofyn i'r swyddfa",
    "ar": "طلبنا من المكتب",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_says_that_the_office_was_asked_and_only_where_it_was_t5(language: str) -> None:
    """Where we wait for the person too, and where no details may be given; the second time by mail with "again"."""
    for part in ("sms.txt", "text.txt", "html.html"):
        for sample in ("office_asked", "office_asked_sensitive"):
            assert OFFICE_ASKED[language] in plainly(told("still_working", part, sample, language)), (part, sample)
        assert OFFICE_ASKED[language] not in plainly(told("still_working", part, "ordinary", language))
    first, again = (
        plainly(told("still_working", "text.txt", each, language)) for each in ("office_asked", "office_asked_again")
    )
    assert AGAIN[language] in again
    assert AGAIN[language] not in first


AGAIN = {"en": "office again", "es": "otra vez", "cy": "gofyn eto", "ar": "مجددًا"}


def plainly(words: str) -> str:
    return words.replace("&#39;", "'").replace("&#x27;", "'")


def test_a_text_says_what_is_needed_before_what_depends_on_it_t12() -> None:
    facts = replace(OUTREACHES["asked"], purpose="acknowledged", promise_on=None)
    text = message("acknowledged", "en", "sms.txt", facts)
    assert 0 < text.index("we need something from you") < text.index("We can only finish after that.")

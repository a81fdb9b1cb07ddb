"""Bad news about a date: apology, reason, the new date and what to do, in every language and on every phone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from templates import own_words, phone
from templates.environment import message
from tests.templates.samples import LANGUAGES, OUTREACH, OUTREACHES
from tests.templates.test_messages import MARCH, render
from tracker.core.answers import delays
from tracker.core.answers.facts import OutreachFacts
from tracker.core.vocabulary.segments import segments

SORRY = {"en": "We are sorry", "cy": "Mae'n ddrwg gennym", "es": "Lo sentimos", "ar": "نعتذر لكم"}
NOTHING = {"en": "Nothing right now.", "cy": "Dim byd ar hyn o bryd.", "es": "Nada por ahora.", "ar": "لا شيء الآن."}
ON_A_PHONE = {
    "en": "You do not need to do anything.",
    "cy": "Does dim angen i chi wneud dim.",
    "es": "No tiene que hacer nada.",
}
ASKED = {"en": "Please read on your page", "cy": "Darllenwch ar eich tudalen", "es": "Lea en nuestra web"}
CASES = [(language, reason) for language in LANGUAGES for reason in delays.OURS]


def reason_in(language: str, reason: str) -> str:
    return own_words.said(language, "delay_reasons", reason)


def news(purpose: str, language: str, reason: str, name: str = "ordinary") -> OutreachFacts:
    return replace(OUTREACHES[name], purpose=purpose, language=language, delay_reason=reason_in(language, reason))


@pytest.mark.parametrize(("language", "reason"), CASES)
@pytest.mark.parametrize("part", ["text.txt", "html.html"])
@pytest.mark.parametrize("purpose", ["date_changed", "delayed"])
def test_an_e_mail_says_sorry_why_by_when_and_what_to_do(purpose: str, part: str, language: str, reason: str) -> None:
    for name in ("ordinary", "no_new_date"):
        text = message(purpose, language, part, news(purpose, language, reason, name)).replace("&#39;", "'")
        said = [SORRY[language], reason_in(language, reason), NOTHING[language]]
        places = [text.index(each) for each in said]
        assert places == sorted(places), name
    assert MARCH[language].format(24) in message(purpose, language, part, news(purpose, language, reason))


@pytest.mark.parametrize(("language", "reason"), CASES)
@pytest.mark.parametrize("purpose", ["date_changed", "delayed"])
def test_a_text_message_says_them_too_in_two_segments_at_most(purpose: str, language: str, reason: str) -> None:
    for name in ("ordinary", "no_new_date"):
        text = message(purpose, language, "sms.txt", news(purpose, language, reason, name))
        size = segments(text)
        assert size.count <= 2
        assert SORRY[language].lower() in text.lower()
        if language == "ar":  # two segments of Arabic are short: the reason comes before the rest where it fits
            assert purpose == "delayed" or name == "no_new_date" or MARCH[language].format(24) in text
            continue
        assert size.encoding == "GSM-7", "no reason of ours doubles the price"
        assert reason_in(language, reason) in text
        assert ON_A_PHONE[language] in text


def test_every_reason_of_ours_fits_an_arabic_text_about_a_new_date() -> None:
    for reason in delays.OURS:
        text = message("date_changed", "ar", "sms.txt", news("date_changed", "ar", reason))
        assert reason_in("ar", reason) in text


@pytest.mark.parametrize("language", ASKED)
def test_who_has_something_to_do_is_not_told_that_there_is_nothing(language: str) -> None:
    for name in ("asked", "asked_without_needs"):
        text = message("delayed", language, "sms.txt", news("delayed", language, "high_demand", name))
        assert ASKED[language] in text and ON_A_PHONE[language] not in text


@pytest.mark.parametrize("language", ["en", "cy", "es"])
def test_words_of_an_office_that_would_double_the_price_stay_in_the_e_mail(language: str) -> None:
    facts = replace(OUTREACH, purpose="delayed", language=language, delay_reason="Rydym yn aros am ŵyl.")
    text = message("delayed", language, "sms.txt", facts)
    assert segments(text).encoding == "GSM-7" and "aros am ŵyl" not in text
    assert ON_A_PHONE[language] in text
    assert "aros am ŵyl." in message("delayed", language, "text.txt", facts)


def test_what_a_reason_leaves_no_room_for_gives_way_to_it() -> None:
    long = replace(news("date_changed", "en", "high_demand"), organisation="x" * 34, delay_reason="y" * 120)
    text = message("date_changed", "en", "sms.txt", replace(long, old_on=date(2026, 9, 30)))
    assert segments(text).count == 2 and "y" * 120 in text and "You do not need" in text


@pytest.mark.parametrize(
    ("texts", "least", "said"),
    [
        (["a" * 307, "a" * 306], "a", "a" * 306),
        (["ŵ", "b"], "a", "b"),
        (["ŵ" * 135, "ŵ" * 134], "ŵ", "ŵ" * 134),
        (["a" * 307], "a", "a"),
        (["a{b"], "a", "a{b"),
        (["{" * 153, "{" * 152], "a", "{" * 152),
    ],
)
def test_the_first_text_that_fits_is_said(texts: list[str], least: str, said: str) -> None:
    assert phone.first_that_fits(texts, least) == said


@pytest.mark.parametrize("part", ["text.txt", "html.html"])
def test_a_message_says_whose_requests_its_date_was_learned_from(part: str) -> None:
    said = render("acknowledged", part, "all_kinds")
    assert "9 in 10 requests at this office are finished by then. Half are finished by 9 March 2026." in said
    assert "like yours" not in said
    assert "9 in 10 requests like yours are finished by then." in render("acknowledged", part)

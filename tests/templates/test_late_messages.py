"""Bad news about a date: apology, reason, the new date and what to do, in every language and on every phone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from templates import own_words, phone, wording
from templates.environment import message
from tests.templates.samples import LANGUAGES, OUTREACH, OUTREACHES
from tests.templates.test_messages import IN_TEXTS, MARCH, render
from tracker.core.answers import delays
from tracker.core.answers.message_facts import OutreachFacts
from tracker.core.vocabulary.segments import segments

SORRY = {"en": "We are sorry", "cy": "Mae'n ddrwg gennym", "es": "Lo sentimos", "ar": "نعتذر لكم"}
NOTHING = {"en": "Nothing right now.", "cy": "Dim byd ar hyn o bryd.", "es": "Nada por ahora.", "ar": "لا شيء الآن."}
ON_A_PHONE = {
    "en": "You do not need to do anything.",
    "cy": "Does dim angen gwneud dim.",
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
def test_a_text_message_says_them_too_and_no_more_than_fits(purpose: str, language: str, reason: str) -> None:
    for name in ("ordinary", "no_new_date"):
        text = message(purpose, language, "sms.txt", news(purpose, language, reason, name))
        size = segments(text)
        assert phone.short_enough(text)
        assert SORRY[language].lower() in text.lower()
        if language == "ar":  # three segments of Arabic are short: the reason comes before the rest where it fits
            assert purpose == "delayed" or name == "no_new_date" or IN_TEXTS[language].format(24) in text
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
        (["ŵ" * 202, "ŵ" * 201], "ŵ", "ŵ" * 201),
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


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_date_that_nobody_knows_is_new_and_has_not_changed(language: str) -> None:
    """T6."""
    known = replace(OUTREACH, purpose="date_changed", delay_reason="")
    new = replace(known, old_on=None)
    for part in ("text.txt", "html.html", "sms.txt"):
        said = message("date_changed", language, part, new)
        day = IN_TEXTS if part == "sms.txt" else MARCH
        assert day[language].format(24) in said and SORRY[language] not in said.replace("&#39;", "'")
    assert message("date_changed", language, "subject.txt", new) != message(
        "date_changed", language, "subject.txt", known
    )
    assert "request has changed" not in message("date_changed", "en", "text.txt", new)
    assert "The date for your request is now 24 March 2026." in message("date_changed", "en", "text.txt", new)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_date_of_the_offices_that_moved_or_passed_is_owned_by_its_name(language: str) -> None:
    """T4."""
    moved = replace(OUTREACHES["office_date"], purpose="date_changed", theirs=True)
    passed = replace(OUTREACHES["no_new_date"], purpose="delayed", theirs=True)
    for purpose, facts in (("date_changed", moved), ("delayed", passed)):
        for part in ("text.txt", "html.html"):
            said = message(purpose, language, part, facts).replace("&#39;", "'")
            lead = said[: said.index(SORRY[language])][-200:]
            assert "Riverton Council" in lead
            assert MARCH[language].format(10) in said
        text = message(purpose, language, "sms.txt", facts)
        assert IN_TEXTS[language].format(10 if purpose == "delayed" else 24) in text and phone.short_enough(text)
    mail = message("delayed", "en", "text.txt", passed)
    assert (
        "Riverton Council expected to finish your request by 10 March 2026. That day has passed. We are sorry." in mail
    )
    assert "going well" not in mail
    beside = replace(OUTREACH, purpose="delayed", theirs=True)
    assert "We expect to finish by 24 March 2026." in message("delayed", "en", "text.txt", beside)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_text_says_the_first_date_and_how_sure_it_is_even_where_names_are_long(language: str) -> None:
    """T6."""
    for name in ("ordinary", "long", "thin", "office_date", "all_kinds"):
        facts = replace(OUTREACHES[name], purpose="acknowledged", promise_on=date(2027, 9, 24))
        text = message("acknowledged", language, "sms.txt", facts)
        assert wording.long_date(date(2027, 9, 24), language) in text, name
        assert (re.search(r"\(\D*9\D+10\D*\)", text) is not None) is (name in ("ordinary", "long")), text
        assert phone.short_enough(text), name
    said = message("acknowledged", "en", "sms.txt", replace(OUTREACH, purpose="acknowledged"))
    assert "We expect to finish by 24 March (9 in 10)." in said


def test_texts_say_which_request_they_are_about_and_where_the_page_is_where_there_is_room() -> None:
    """T6."""
    short = replace(OUTREACH, service="Missed bin", organisation="Northwick")
    for purpose in ("acknowledged", "updated", "still_working", "finished"):
        text = message(purpose, "en", "sms.txt", replace(short, purpose=purpose))
        assert text.startswith("Northwick (Missed bin): "), purpose
        assert phone.short_enough(text)
        assert text.endswith(" More and help: track.riverton.example")
    text = message("finished", "en", "sms.txt", replace(short, purpose="finished"))
    assert text.endswith(f"is finished. {short.headline}. More and help: track.riverton.example")
    accented = replace(short, service="Trwydded barcio ar y stŷrt")
    text = message("updated", "en", "sms.txt", replace(accented, purpose="updated"))
    assert segments(text).encoding == "GSM-7" and "Trwydded" not in text, "a name never doubles the price"
    secret = replace(short, sensitive=True)
    assert "Missed bin" not in message("updated", "en", "sms.txt", replace(secret, purpose="updated"))

"""Every message renders from any facts, fits what carries it, and keeps a secret on the lock screen."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from types import SimpleNamespace

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from templates import languages, links, wording
from templates.environment import ROOT, direction, message
from tests.templates import samples
from tests.templates.samples import LANGUAGES, OUTREACH, OUTREACHES, PURPOSES
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.segments import segments

PARTS = ("subject.txt", "text.txt", "html.html", "sms.txt")
EVERY = [(language, purpose) for language in languages.offered() for purpose in PURPOSES]
NO_GAP = r"[a-z0-9ء-ي][.!?؟][A-Zء-ي¿]"
ENGLISH = r"\b(?:the|your|we|request)\b"
INVITATION = r"\b(?:reply|text back|call us|atebwch|ffoniwch|responda|conteste|llame|ردوا|أجيبوا|اتصلوا)\b"
REFUSAL = r"refus|answer was no|turned down|gwrthod|deneg|denieg|rechaz|رفض"
MARCH = {"en": "{} March 2026", "cy": "{} Mawrth 2026", "es": "{} de marzo de 2026", "ar": "{} مارس 2026"}
IN_TEXTS = {"en": "{} March", "cy": "{} Mawrth", "es": "{} de marzo", "ar": "{} مارس"}


def render(purpose: str, part: str, name: str = "ordinary", language: str = "en") -> str:
    return message(purpose, language, part, replace(OUTREACHES[name], purpose=purpose))


@pytest.mark.parametrize(("language", "purpose"), EVERY)
@pytest.mark.parametrize("part", PARTS)
def test_every_part_renders_whole(language: str, purpose: str, part: str) -> None:
    for name in OUTREACHES:
        text = render(purpose, part, name, language)
        assert text.strip()
        assert not re.search(r"\bNone\b|Undefined|\{\{|\{%|Dear ,", text), name
        assert not re.search(r"[\x00-\x08\x0b-\x1f\u2028\u200b\u202e]", text), name
        assert not re.search(NO_GAP, re.sub("<[^>]+>", " ", text)), f"{name}: two sentences without a space"
        if (purpose, part) != ("feedback", "sms.txt"):
            assert "CDFG-HJKM-NPR3" in text, name


@pytest.mark.parametrize(("language", "purpose"), EVERY)
def test_subject_and_sms_are_one_line_and_start_with_the_organisation(language: str, purpose: str) -> None:
    for name in OUTREACHES:
        for part in ("subject.txt", "sms.txt"):
            text = render(purpose, part, name, language)
            assert len(text.splitlines()) == 1
            assert text.startswith(OUTREACHES[name].organisation[:7]), name
        assert len(render(purpose, "subject.txt", name, language)) <= 180


@pytest.mark.parametrize(("language", "purpose"), EVERY)
def test_an_sms_takes_two_segments_at_most_and_the_plain_alphabet(language: str, purpose: str) -> None:
    for name in OUTREACHES:
        said = segments(render(purpose, "sms.txt", name, language))
        assert said.count <= (2 if said.encoding == "GSM-7" else 3), name
        plain = language in LANGUAGES and language != "ar"  # others may have letters that cost double
        assert said.encoding == "GSM-7" or not plain or not OUTREACHES[name].organisation.isascii(), name


@pytest.mark.parametrize(("language", "purpose"), EVERY)
def test_an_sms_holds_no_detail_no_link_but_to_a_question_and_invites_no_reply(language: str, purpose: str) -> None:
    for name, facts in OUTREACHES.items():
        text = render(purpose, "sms.txt", name, language)
        link = [facts.feedback_url] if purpose == "feedback" and facts.feedback_url else []
        assert re.findall(r"\S+://\S+", text) == link
        assert not re.search(INVITATION, text, re.IGNORECASE)
        assert not any(need.text in text for need in facts.needs if need.text != facts.headline)
        assert facts.note in {"", facts.headline} or facts.note not in text


def test_typographic_marks_do_not_double_the_price() -> None:
    facts = replace(OUTREACH, organisation="People’s Office – North", headline="We’ve “looked”…")
    said = message("updated", "en", "sms.txt", facts)
    assert "People's Office - North (Resident parking permit): " in said
    assert segments(said).encoding == "GSM-7"


NEWS = {
    "en": "there is news about your request",
    "cy": "mae newyddion am eich cais",
    "es": "hay novedades sobre su solicitud",
    "ar": "هناك جديد بشأن طلبكم",
}
NEUTRAL = {
    "still_working": {"en": "is not lost", "cy": "ar goll", "es": "no se ha perdido", "ar": "ليس ضائعًا"},
    "corrected": {"en": "something wrong", "cy": "rhywbeth anghywir", "es": "dato equivocado", "ar": "غير صحيح"},
    "reminder": {"en": "something to read", "cy": "rhywbeth i'w ddarllen", "es": "algo por leer", "ar": "رسالة"},
    "feedback": {"en": "question", "cy": "cwestiwn", "es": "pregunta", "ar": "سؤال"},
}
"""What a sensitive message says where there is no news to speak of, or worse than none."""


@pytest.mark.parametrize(("language", "purpose"), EVERY)
def test_sensitive_strips_every_detail(language: str, purpose: str) -> None:
    facts = replace(OUTREACHES["sensitive"], purpose=purpose)
    told = [facts.headline, facts.meaning, facts.next, facts.service, facts.note, facts.appeal, facts.needs[0].text]
    told += [facts.if_late, facts.delay_reason, facts.complaint, facts.help]
    for part in PARTS:
        text = message(purpose, language, part, facts)
        assert not any(detail in text for detail in told), part
        assert "2026" not in text
        if part != "html.html":
            assert NEUTRAL.get(purpose, NEWS).get(language, "") in text.lower()


@pytest.mark.parametrize(("language", "purpose"), EVERY)
def test_a_refusal_is_not_told_on_a_lock_screen_or_in_a_subject(language: str, purpose: str) -> None:
    for part in ("subject.txt", "sms.txt"):
        assert not re.search(REFUSAL, render(purpose, part, "refused", language), re.IGNORECASE)


def test_a_refusal_carries_the_appeal() -> None:
    for part in ("text.txt", "html.html"):
        assert "You can ask another officer to look again." in render("finished", part, "refused")
        assert "You can ask another officer" not in render("finished", part, "withdrawn")
    assert "withdrawn" in render("finished", "subject.txt", "withdrawn")


@pytest.mark.parametrize("part", ["text.txt", "html.html"])
def test_a_finished_request_promises_nothing(part: str) -> None:
    text = render("finished", part)
    assert "2026" not in text
    assert "Nothing more." in text


@pytest.mark.parametrize("purpose", ["action_needed", "reminder"])
def test_tasks_name_their_day_and_what_came_is_not_asked_again(purpose: str) -> None:
    text = render(purpose, "text.txt", "asked")
    assert "- A copy of your passport, the page with your photo – by Thursday 12 March 2026\n" in text
    assert "- A bill that shows your address\n" in text
    assert "The signed form" not in text
    for language in LANGUAGES:
        assert IN_TEXTS[language].format(12) in render(purpose, "sms.txt", "asked", language)
    assert purpose != "reminder" or "Have you just done all of it? Thank you." in text


def test_an_office_date_is_named_as_the_offices() -> None:
    assert "Riverton Council expects to finish by 24 March 2026." in render("updated", "text.txt", "office_date")
    assert "We expect to finish by 24 March 2026." in render("updated", "text.txt")
    assert "We will write to you by 16 March 2026" in render("updated", "text.txt")


def test_a_correction_says_sorry_and_what_stands() -> None:
    text = render("corrected", "text.txt")
    assert "We told you something wrong about your request. We are sorry." in text
    assert "We are checking your papers." in text


@pytest.mark.parametrize("purpose", PURPOSES)
def test_mail_says_where_to_read_and_what_is_never_asked(purpose: str) -> None:
    for text in (render(purpose, "text.txt"), render(purpose, "html.html")):
        assert "https://track.riverton.example/track" in text and "We never ask for your password" in text


@pytest.mark.parametrize("purpose", PURPOSES)
def test_markup_and_links_of_others_are_neutralised(purpose: str) -> None:
    assert not re.search("<script|<b onclick", render(purpose, "html.html", "markup"))
    bait = "Pay at https://evil.example/x or www.evil.example or evil.com/pay or evil.com"
    facts = replace(OUTREACH, note=bait, purpose=purpose, needs=(replace(samples.PASSPORT, text=bait),))
    for part in ("text.txt", "html.html"):
        assert "evil" not in message(purpose, "en", part, facts)


def test_ordinary_full_stops_are_no_links() -> None:
    for text in ("Send it.Please sign it, e.g. in ink.", "It costs 3.50 or 4,00.", "Form A.2, page 1/2"):
        assert links.unlinked(text) == text


@pytest.mark.parametrize("part", PARTS)
def test_a_language_without_words_gets_the_english(part: str) -> None:
    english = message("updated", "en", part, OUTREACH)
    assert message("updated", "tlh", part, OUTREACH) == english
    assert message("updated", "en-GB", part, OUTREACH) == english
    assert message("updated", "../../pages", part, OUTREACH) == english


def test_an_unknown_purpose_is_an_error() -> None:
    with pytest.raises(TemplateNotFound):
        message("nonsense", "en", "sms.txt", OUTREACH)


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("part", PARTS)
def test_a_missing_fact_is_an_error(purpose: str, part: str) -> None:
    if (purpose, part) == ("corrected", "subject.txt"):
        return  # it needs these two facts only
    with pytest.raises(UndefinedError):
        message(purpose, "en", part, SimpleNamespace(organisation="Riverton", reference="CDFG"))


@pytest.mark.parametrize("part", PARTS)
def test_the_safe_text_needs_three_facts_only(part: str) -> None:
    facts = SimpleNamespace(organisation="Riverton", reference="CDFGHJKMNPR3", track_url="https://track.example/track")
    assert "there is news about your request" in message("generic", "en", part, facts).lower()


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [("Short", 10, "Short"), ("One two three four", 12, "One two..."), ("x" * 20, 5, "xx..."), ("A\nb", 9, "A b")],
)
def test_shorten(text: str, most: int, short: str) -> None:
    assert wording.shorten(text, most) == short


@pytest.mark.parametrize(("share", "said"), [(0.9, (9, 10)), (0.85, (85, 100)), (0.5, (5, 10))])
def test_a_share_is_told_as_people_tell_it(share: float, said: tuple[int, int]) -> None:
    assert wording.in_ten(share) == said


@pytest.mark.parametrize("purpose", PURPOSES)
def test_no_english_is_left_in_a_message(purpose: str) -> None:
    for language in LANGUAGES[1:]:
        for part in ("subject.txt", "lead.txt", "sms.txt"):
            assert not re.search(ENGLISH, (ROOT / "messages" / purpose / language / part).read_text()), part


@pytest.mark.parametrize(("language", "purpose"), EVERY)
def test_the_lead_is_the_same_in_both_parts_of_a_mail(language: str, purpose: str) -> None:
    for name in ("ordinary", "asked", "other", "no_new_date", "sensitive"):
        html = unescape(re.sub("<[^>]+>", "", render(purpose, "html.html", name, language)))
        lead = render(purpose, "text.txt", name, language).split("\n\n")[0].splitlines()
        assert lead and all(line in html for line in lead), name


@pytest.mark.parametrize(("language", "purpose"), EVERY)
def test_a_mail_runs_as_its_language_does(language: str, purpose: str) -> None:
    html = render(purpose, "html.html", "asked", language)
    runs, start, other = ("rtl", "right", "left") if direction(language) == "rtl" else ("ltr", "left", "right")
    assert f'<html lang="{language}" dir="{runs}">' in html
    assert f"text-align:{start}" in html and f"text-align:{other}" not in html
    assert re.search(r'dir="ltr"[^>]*>CDFG-HJKM-NPR3<', html)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_changed_date_is_told_with_the_old_one_and_the_reason(language: str) -> None:
    for part in ("text.txt", "html.html"):
        text = render("date_changed", part, language=language)
        assert MARCH[language].format(24) in text and MARCH[language].format(10) in text
        assert "Many people have moved house this month." in text
        assert "Write to complaints@riverton.example." in text
        assert "01632 960 001" in text.replace("\u200e", "")
    text = render("date_changed", "sms.txt", language=language)
    assert IN_TEXTS[language].format(24) in text and "2026" not in text, "a text names the year where it is another"


def test_a_changed_date_says_sorry_and_how_sure_it_is() -> None:
    text = render("date_changed", "text.txt")
    assert "9 in 10 requests like yours are finished by then. Half are finished by 9 March 2026." in text
    for part in ("text.txt", "html.html"):
        assert "9 in 10" not in render("date_changed", part, "office_date") + render("date_changed", part, "thin")
    assert "We are sorry. The old date was 10 March." in render("date_changed", "sms.txt")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_delay_names_the_date_that_may_not_be_kept_or_was_not(language: str) -> None:
    for part in ("text.txt", "html.html"):
        may = render("delayed", part, language=language)
        assert may.count(MARCH[language].format(24)) == 1
        assert MARCH[language].format(10) not in may
        cannot = render("delayed", part, "no_new_date", language)
        assert MARCH[language].format(10) in cannot and MARCH[language].format(16) in cannot
        assert MARCH[language].format(24) not in cannot

    assert "We may be late with your request. We are sorry." in render("delayed", "text.txt")
    assert "We cannot keep our date for your request. We are sorry." in render("delayed", "text.txt", "no_new_date")
    assert "Next news by 16 March." in render("delayed", "sms.txt", "no_new_date")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["ordinary", "sensitive"])
def test_a_question_has_its_link_and_nothing_to_do(name: str, language: str) -> None:
    assert f"\n{OUTREACH.feedback_url}\n" in render("feedback", "text.txt", name, language)
    assert f'href="{OUTREACH.feedback_url}"' in render("feedback", "html.html", name, language)
    assert OUTREACH.headline not in render("feedback", "text.txt", name, language)
    for part in PARTS:
        assert "/feedback/" not in render("feedback", part, "unlinked", language)
        assert "Answer one question" not in render("feedback", part, "unlinked")


@pytest.mark.parametrize("purpose", Purpose)
def test_mail_says_where_to_stop_it_and_sms_does_not(purpose: str) -> None:
    assert f"To stop e-mails about this:\n{OUTREACH.stop_url}\n" in render(purpose, "text.txt")
    assert f'href="{OUTREACH.stop_url}"' in render(purpose, "html.html")
    assert "/stop/" not in render(purpose, "sms.txt") + render(purpose, "subject.txt")
    assert "/stop/" not in render(purpose, "text.txt", "unlinked") + render(purpose, "html.html", "unlinked")

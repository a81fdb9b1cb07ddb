"""Every page renders for every kind of request, says only what is known, and escapes what others wrote."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from jinja2 import UndefinedError

from templates.environment import STATIC, direction, environment, page
from tests.templates import samples
from tests.templates.given import caught_sample, word_samples
from tracker.core.answers.facts import CaseFacts

LABEL = "Postcode, surname or date of birth — whichever the office asks for"
WRONG = {"field": "reference", "message": "This reference has a typing mistake."}


def words(html: str) -> str:
    """What a person reads: no tags, single spaces, without the style of the page."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split()).replace(" .", ".").replace(" ,", ",")


def case(facts: CaseFacts, language: str = "en") -> str:
    return page("case.html", language, facts=facts)


STOP_LINK = {"organisation": "Northwick", "reference": "CDFGHJKMNPR3", "wrong_person": False, "action": "/stop/x"}
LINKS = [{"who": "You", "title": "Page", "url": "/track", "try": "Look", "code": "curl"}]
PAGES = {
    "home": page("home.html", "en"),
    "form": page("track_form.html", "en", reference="", error=None, fact_label=LABEL),
    "form_error": page("track_form.html", "en", reference="CDFG", error=WRONG, fact_label=LABEL),
    "message": page("message_page.html", "en", title="You are signed out", remedy="Close this window."),
    "error": page("error.html", "en", status=404, title="Not here", remedy="Check the address."),
    "demo": page("demo.html", "en", links=LINKS, clock="Monday 02 March 2026 10:00"),
    "feedback": page("feedback.html", "en", question=samples.QUESTION, wrong=None, comment="", most=1000),
    "feedback_wrong": page("feedback.html", "en", question=samples.QUESTION, wrong="score", comment="", most=1000),
    "thanks": page("thanks.html", "en", question=samples.QUESTION),
    "stop": page("stop.html", "en", **STOP_LINK, stopped="", done=False),
    "stopped": page("stop.html", "en", **STOP_LINK, stopped="request", done=True),
    "word": page("word.html", "en", told=word_samples.WORDS["several"]),
    "word_offices": page("word_offices.html", "en", offices=[("riverton", "Riverton Council")]),
    "outbox": page("outbox.html", "en", caught=[caught_sample.CAUGHT], now=samples.NOW),
    "outbox_empty": page("outbox.html", "en", caught=[], now=samples.NOW),
    **{f"case_{name}": case(facts) for name, facts in samples.CASES.items()},
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_whole(name: str) -> None:
    html = PAGES[name]
    assert html.startswith("<!doctype html>")
    assert html.count("<h1>") == 1
    assert '<meta name="robots" content="noindex, nofollow">' in html
    assert 'lang="en" dir="ltr"' in html
    assert 'id="help"' in html
    assert not re.search(r"\bNone\b|Undefined|\{\{|\{%|datetime\.", html)
    assert not re.search(r"[a-z0-9][.!?][A-Z]", words(html)), "two sentences without a space"


@pytest.mark.parametrize("name", PAGES)
def test_pages_need_no_script_and_no_inline_style(name: str) -> None:
    html = re.sub(r'srcdoc="[^"]*"', "", PAGES[name])
    assert "<script" not in html
    assert not re.search(r"<style|<[^>]*\s(?:style|on[a-z]+)=", html)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', html)


@pytest.mark.parametrize("name", PAGES)
def test_every_label_and_description_points_at_something(name: str) -> None:
    html = PAGES[name]
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    for targets in re.findall(r'(?:aria-labelledby|aria-describedby|\sfor)="([^"]+)"', html):
        assert set(targets.split()) <= set(ids), targets
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


def test_markup_of_others_is_text() -> None:
    html = PAGES["case_markup"]
    assert "<script>alert" not in html
    assert "<b onclick" not in html
    assert "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;" in html


@pytest.mark.parametrize("language", ["en", "en-GB", "cy", "es", "ar", "ar-EG"])
def test_every_language_code_renders(language: str) -> None:
    html = case(replace(samples.ORDINARY, language=language), language)
    assert f'<html lang="{language}" dir="{"rtl" if language.startswith("ar") else "ltr"}">' in html
    assert direction("he") == "rtl"


@pytest.mark.parametrize("language", ["zz", "tlh", "", "en/../cy", 'x" onload="x'])
def test_a_language_without_words_is_english_and_says_so(language: str) -> None:
    assert '<html lang="en" dir="ltr">' in page("home.html", language)


def test_dates_follow_the_language() -> None:
    assert "24 Mawrth 2026" in case(samples.ORDINARY, "cy")
    assert "24 de marzo de 2026" in case(samples.ORDINARY, "es")


def test_the_form_keeps_the_reference_and_never_the_fact() -> None:
    html = PAGES["form_error"]
    assert 'value="CDFG"' in html
    assert '<a href="#reference">This reference has a typing mistake.</a>' in html
    assert 'aria-invalid="true"' in html
    assert re.search(r'name="known_fact" value=""', html)
    assert html.count('autocomplete="off"') == 2
    assert "<title>Error:" in html
    assert "aria-invalid" not in PAGES["form"]


@pytest.mark.parametrize(
    ("kind", "field", "said"),
    [
        ("no_reference", "reference", "Enter your reference"),
        ("no_fact", "known_fact", "Enter the second detail"),
        ("mistyped", "reference", "The reference does not add up"),
        ("not_found", "reference", "We found no request with these two details."),
        ("too_many", "reference", "Too many tries with details that do not fit together."),
        ("ambiguous", "day", "This date can be read in more than one way."),
        ("no_day", "day", "There is no such day."),
        ("no_century", "year", "Write the year with four numbers."),
    ],
)
def test_the_form_says_what_is_wrong_twice(kind: str, field: str, said: str) -> None:
    boxes = {"day": "3", "month": "", "year": "15"} if field in ("day", "year") else None
    error = {"field": field, "kind": kind}
    html = page("track_form.html", "en", reference="", error=error, fact_label="", boxes=boxes)
    assert html.count(said) == 2
    assert f'id="{field}"' in html
    assert f'<a href="#{field}">{said}' in html


def test_the_outbox_isolates_mail_and_says_that_nothing_left() -> None:
    mail = replace(
        caught_sample.CAUGHT,
        channel="email",
        subject="News",
        html='<p style="x">"Hi"</p><script>1</script>',
        segments=None,
    )
    html = page("outbox.html", "en", caught=[caught_sample.CAUGHT, mail], now=samples.NOW, zone="Europe/London")
    assert 'sandbox="" srcdoc="&lt;p style=&#34;x&#34;&gt;' in html
    assert "<script" not in html
    assert "Nothing here has left the sandbox." in html
    assert "1 segment, GSM-7, 66 units" in words(html)
    assert "No message has been caught yet." in PAGES["outbox_empty"]
    filters = {"organisations": ["A", "B"], "organisation": "B", "reference": "CDFG"}
    assert '<option value="B" selected>' in page("outbox.html", "en", caught=[], now=samples.NOW, filters=filters)


@pytest.mark.parametrize(
    ("name", "context"),
    [
        ("case.html", {}),
        ("track_form.html", {"reference": "", "fact_label": ""}),
        ("track_form.html", {"reference": "", "error": None}),
        ("error.html", {"title": "", "remedy": ""}),
        ("outbox.html", {"caught": []}),
        ("demo.html", {}),
    ],
)
def test_a_missing_variable_is_an_error(name: str, context: dict[str, object]) -> None:
    with pytest.raises(UndefinedError):
        page(name, "en", **context)


def test_every_template_compiles_and_every_page_is_tried_here() -> None:
    names = environment().list_templates(extensions=["html", "txt"])
    for name in names:
        environment().get_template(name)
    pages = {name.removeprefix("pages/") for name in names if re.fullmatch(r"pages/[a-z_]+\.html", name)}
    assert pages == {
        "base.html",
        "case.html",
        "demo.html",
        "error.html",
        "feedback.html",
        "home.html",
        "message_page.html",
        "outbox.html",
        "stop.html",
        "thanks.html",
        "track_form.html",
        "word.html",
        "word_offices.html",
    }


def test_the_style_sheet_is_small_and_knows_no_left_or_right() -> None:
    css = (STATIC / "tracker.css").read_text(encoding="utf-8")
    assert len(css) < 20_000
    assert "url(" not in css
    assert "@import" not in css
    assert not re.search(
        r"(?:margin|padding|border)-(?:left|right)|\b(?:left|right)\s*:|text-align:\s*(?:left|right)", css
    )

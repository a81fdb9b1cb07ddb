"""The interface in every language: whole catalogues, right dates, the direction of the script, and who sees which."""

from __future__ import annotations

import re
import shlex
import shutil
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from templates import languages, phrases, wording
from templates.environment import ROOT, environment, message, page
from tests.templates import samples

PROJECT = ROOT.parent
UNKNOWN = "tlh"
"""A language that nobody will add; nor will anybody Syriac (syr), which is written from right to left."""

CODES = [code for code in languages.offered() if code != "en"]
TAG = re.compile(r"<[^>]*>")


def documented() -> list[list[str]]:
    """The command of docs/translating.md that brings new words into the catalogues, as its parts."""
    text = (PROJECT / "docs" / "translating.md").read_text(encoding="utf-8")
    found = re.search(r"<!-- extract -->\n```sh\n(.+?)```", text, re.DOTALL)
    assert found
    return [shlex.split(part) for part in found[1].replace("\\\n", " ").split("&&")]


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Catalog, Path]:
    """The words of all templates, and the catalogues after the documented command was run on a copy of them."""
    copy = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT, copy / "templates", ignore=shutil.ignore_patterns("__pycache__"))
    extract, update, tidy = documented()
    assert tidy == ["rm", "interface.pot"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(copy)
        for command in (extract, update):
            assert CommandLineInterface().run([command[0], "-q", *command[1:]]) is None
        with (copy / "interface.pot").open("rb") as file:
            return read_po(file), copy / "templates" / "locales"


def messages(catalogue: Catalog) -> Iterator[tuple[str, Message]]:
    """Every message but the header, with its English singular."""
    for each in catalogue:
        if each.id:
            yield (each.id if isinstance(each.id, str) else each.id[0]), each


def test_the_templates_have_words(extracted: tuple[Catalog, Path]) -> None:
    found = {english for english, _ in messages(extracted[0])}
    assert {"Track my request", "at %(time)s on %(day)s", "WHAT YOU NEED TO DO", "We need this from you:"} <= found


def test_what_is_asked_of_a_catalogue_is_what_the_documented_command_finds(extracted: tuple[Catalog, Path]) -> None:
    found = dict(messages(extracted[0]))
    assert phrases.wanted().keys() == found.keys()
    assert all(each.pluralizable == found[english].pluralizable for english, each in phrases.wanted().items())


@pytest.mark.parametrize("code", CODES)
def test_the_documented_command_finds_nothing_to_do(code: str, extracted: tuple[Catalog, Path]) -> None:
    name = Path(code) / "LC_MESSAGES" / "interface.po"
    assert (extracted[1] / name).read_text(encoding="utf-8") == (languages.LOCALES / name).read_text(encoding="utf-8")


DATES = {
    "en": ["14 March 2026", "Saturday 14 March 2026", "2 March", "at 13:05 on 2 March"],
    "cy": ["14 Mawrth 2026", "dydd Sadwrn 14 Mawrth 2026", "2 Mawrth", "am 13:05 ar 2 Mawrth"],
    "es": ["14 de marzo de 2026", "sábado 14 de marzo de 2026", "2 de marzo", "el 2 de marzo (13:05 h)"],
    "ar": ["14 مارس 2026", "السبت، 14 مارس 2026", "2 مارس", "يوم 2 مارس الساعة 1:05 م"],
}


@pytest.mark.parametrize("code", DATES)
def test_dates_are_told_as_the_language_tells_them(code: str) -> None:
    day, at = date(2026, 3, 14), datetime(2026, 3, 2, 13, 5, tzinfo=UTC)
    near = wording.near_date(at.date(), code, day)
    said = environment().from_string("{{ at|instant('Europe/London', at) }}").render(at=at, language=code)
    assert [wording.long_date(day, code), wording.weekday_date(day, code), near, said] == DATES[code]


@pytest.mark.parametrize("code", languages.offered())
@pytest.mark.parametrize("name", samples.CASES)
def test_the_page_of_a_request_is_whole_in_every_language(code: str, name: str) -> None:
    html = page("case.html", code, facts=replace(samples.CASES[name], language=code))
    assert f'<html lang="{code}" dir="{wording.locale(code).text_direction}">' in html
    assert not re.search(r"\bNone\b|Undefined|%\(|\{\{|\{%", html)
    assert 'dir="ltr">CDFG-HJKM-NPR3<' in html


def pages_of(code: str) -> Iterator[str]:
    """The pages that hold no words of a service."""
    wrong = [
        None,
        *({"field": "reference", "kind": kind} for kind in ("no_reference", "mistyped", "not_found", "too_many")),
    ]
    yield page("home.html", code)
    yield from (page("track_form.html", code, reference="", error=each, fact_label="") for each in wrong)
    yield page("track_form.html", code, reference="", error={"field": "known_fact", "kind": "no_fact"}, fact_label="")
    for kind, field in (("ambiguous", "day"), ("no_day", "day"), ("no_century", "year"), ("not_found", "reference")):
        boxes = {"day": "", "month": "", "year": "1980"}
        error = {"field": field, "kind": kind}
        yield page("track_form.html", code, reference="", error=error, fact_label="", boxes=boxes)
    yield from (page("error.html", code, status=each, title="T", remedy="R") for each in (400, 404, 405, 429, 503))


def said(html: str) -> list[str]:
    """The texts of a page, each as it stands between two tags."""
    return [" ".join(each.split()) for each in map(unescape, TAG.split(html[html.index("<main") :])) if each.strip()]


@pytest.mark.parametrize("code", CODES)
def test_no_english_is_left_on_a_page(code: str) -> None:
    for html, english in zip(pages_of(code), pages_of("en"), strict=True):
        assert f'<html lang="{code}"' in html
        assert {each for each in said(html) if " " in each and any(map(str.isalpha, each))} & {*said(english)} == set()
        assert code != "ar" or not re.search(r"[A-Za-z]", " ".join(said(html)))


def test_an_error_of_ours_keeps_its_number_in_every_language() -> None:
    html = page("error.html", "cy", status=500, title="Something went wrong", remedy="Tell us this number: 12ab.")
    assert '<p class="quiet" lang="en" dir="ltr">Tell us this number: 12ab.</p>' in html
    assert "Aeth rhywbeth o'i le" in html


@pytest.mark.parametrize(
    ("code", "spoken"),
    [
        ("cy", "cy"),
        ("CY", "cy"),
        ("cy-GB", "cy"),
        ("ar_EG", "ar"),
        ("en-AU", "en"),
        (UNKNOWN, None),
        ("", None),
        ("../en", None),
        ("cyx", None),
        ("x" * 5_000, None),
    ],
)
def test_a_code_is_understood_or_not(code: str, spoken: str | None) -> None:
    assert languages.understood(code) == spoken


@pytest.mark.parametrize(
    ("header", "spoken"),
    [
        ("cy", "cy"),
        ("en-GB,en;q=0.9,cy;q=0.8", "en"),
        (f"{UNKNOWN};q=1, ar-EG;q=0.4, cy;q=0.5", "cy"),
        ("cy;q=0, es", "es"),
        (f"{UNKNOWN}, syr", None),
        ("*", None),
        ("", None),
        (";;,q=,es;q=a,\x00", None),
        ("es;q=nan", None),
        ("es;q=7", None),
        (",".join([UNKNOWN] * 5_000) + ",cy", None),
    ],
)
def test_the_browsers_wish_is_heard(header: str, spoken: str | None) -> None:
    assert languages.preferred(header) == spoken


def test_the_switch_names_each_language_in_itself_and_keeps_the_reference() -> None:
    html = page("track_form.html", "cy", reference="CD&F G", error=None, fact_label="", chosen="cy")
    links = re.findall(r'<a href="([^"]+)" lang="(\w+)" hreflang="\2" dir="(\w+)">([^<]+)</a>', html)
    others = [code for code in languages.offered() if code != "cy"]
    assert [link[1] for link in links] == others
    assert {("en", "ltr", "English"), ("es", "ltr", "Español"), ("ar", "rtl", "العربية")} <= {
        link[1:] for link in links
    }
    assert links[others.index("en")][0] == "/track?reference=CD%26F%20G&amp;language=en"
    assert '<strong lang="cy">Cymraeg</strong>' in html
    assert '<input type="hidden" name="language" value="cy">' in html
    assert 'href="/?language=cy"' in html
    assert "/track?language=cy" in page("home.html", "cy", chosen="cy")
    assert "hidden" not in page("track_form.html", "en", reference="", error=None, fact_label="")
    refused = page("track_form.html", "cy", reference="Smith", error={"field": "reference", "kind": ""}, fact_label="")
    assert "reference=Smith" not in refused


def test_the_page_of_a_request_offers_no_switch_that_would_lose_it() -> None:
    html = page("case.html", "cy", facts=replace(samples.ORDINARY, language="cy"), chosen="cy")
    assert "hreflang" not in html
    assert 'href="/track?language=cy"' in html


def test_words_in_a_language_that_the_interface_lacks_are_marked() -> None:
    foreign = page("case.html", UNKNOWN, facts=replace(samples.WAITING_FOR_OTHERS, language=UNKNOWN))
    assert '<html lang="en" dir="ltr">' in foreign
    assert f'<h1 lang="{UNKNOWN}" dir="ltr">Resident parking permit</h1>' in foreign
    assert f'<bdi lang="{UNKNOWN}" dir="ltr">the police</bdi>' in foreign
    syriac = page("case.html", "syr", facts=replace(samples.LATE, language="syr"))
    assert '<p class="answer-main" lang="syr" dir="rtl">' in syriac
    assert ' lang="' not in page("case.html", "en-GB", facts=samples.ORDINARY).partition("<body>")[2]


HELP = "اتصل بالرقم 01632 960 001 من 9 - 17، أو اكتب إلى help@riverton.example أو https://riverton.example/a، شكرًا."


def test_numbers_and_addresses_stay_left_to_right_among_arabic() -> None:
    facts = replace(samples.ORDINARY, language="ar", help=HELP)
    html = page("case.html", "ar", facts=facts)
    for part in ("01632 960 001", "help@riverton.example", "https://riverton.example/a"):
        assert f'<bdi dir="ltr">{part}</bdi>' in html
    assert "9 - 17، أو" in html
    assert "وصل آخر خبر من <bdi>Riverton Council</bdi> يوم" in html
    assert "<bdi>" not in page("case.html", "en", facts=replace(samples.LATE, history=(), needs=()))
    marked = page("case.html", "ar", facts=replace(facts, help=f"{HELP} <b>"))
    assert "&lt;b&gt;" in marked and "<b>" not in marked


@pytest.mark.parametrize(
    ("text", "upright"),
    [
        ("Call 01632 960 001", "Call 01632 960 001"),
        ("هاتف +44 1632 960001.", "هاتف \u200e+44 1632 960001."),
        ("رمزك 1234-HJKM-NPR3.", "رمزك \u200e1234-HJKM-NPR3."),
        ("رمزك CDFG-HJKM-NPR3.", "رمزك CDFG-HJKM-NPR3."),
        ("من 2026-2027 إلى 10:30", "من 2026-2027 إلى 10:30"),
        ("انظر https://a.example/ ثم", "انظر https://a.example/\u200e ثم"),
    ],
)
def test_plain_text_keeps_them_so_too(text: str, upright: str) -> None:
    assert wording.upright(text) == upright


def test_messages_keep_them_so_too() -> None:
    facts = SimpleNamespace(organisation="بلدية ريفرتون", reference="12341234ABCD", track_url="https://t.example/track")
    text = message(
        "generic", "ar", "text.txt", replace(samples.OUTREACH, **vars(facts), language="ar", purpose="generic")
    )
    assert "\u200e1234-1234-ABCD" in text


def slowly(text: str) -> str:
    """What `clean` is, one character at a time."""
    composed = unicodedata.normalize("NFC", text).replace("\u2028", "\n").replace("\u2029", "\n").replace("\t", " ")
    return "".join(each for each in composed if each == "\n" or unicodedata.category(each) not in {"Cc", "Cf", "Cs"})


def test_clean_treats_every_character_as_it_should() -> None:
    for start in range(0, sys.maxunicode + 1, 4_096):
        text = "".join(map(chr, range(start, min(start + 4_096, sys.maxunicode + 1))))
        assert wording.clean(text) == slowly(text)
    assert wording.clean("a\u202eb\r\n\u2028c\t\ud800d\u0065\u0301") == "ab\n\nc dé"

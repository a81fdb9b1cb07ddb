"""Which language serves somebody who asks for one (P7): RFC 4647, section 3.4, and what stands nearest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates import languages
from tracker.core.services.definitions import say
from tracker.core.vocabulary.spelling.language_tags import serving


@pytest.mark.parametrize(
    ("asked", "offered", "serves"),
    [
        ("es", ["en", "es"], "es"),
        ("es-MX", ["en", "es"], "es"),
        ("ES_mx", ["en", "es"], "es"),
        ("es-419", ["en", "es"], "es"),
        ("es-MX", ["en", "es", "es-MX"], "es-MX"),
        ("zh-Hant-TW", ["zh", "zh-Hant"], "zh-Hant"),
        ("zh-Hant-TW", ["en", "zh"], "zh"),
        ("zh-Hant-CN-x-private1-private2", ["zh-Hant-CN"], "zh-Hant-CN"),
        ("en-a-bbb-x-a-ccc", ["en"], "en"),
        ("pt", ["en", "pt-BR"], "pt-BR"),
        ("pt-PT", ["en", "pt-BR"], "pt-BR"),
        ("eng", ["cy", "en"], "en"),
        ("wel", ["en", "cy"], "cy"),
        ("spa-MX", ["en", "es"], "es"),
        ("nb-NO", ["en", "no"], "no"),
        ("nn", ["en", "nb"], "nb"),
        ("iw", ["en", "he"], "he"),
        ("cmn-Hans", ["en", "zh"], "zh"),
        ("en", ["en-GB", "cy"], "en-GB"),
        ("xx", ["en", "cy"], None),
        ("English", ["en", "cy"], None),
        ("fr", ["en", "cy"], None),
        ("", ["en"], None),
        ("-", ["en"], None),
        ("x", ["en"], None),
        ("e", ["en"], None),
    ],
)
def test_a_tag_is_served_by_what_there_is_of_it(asked: str, offered: list[str], serves: str | None) -> None:
    assert serving(asked, offered) == serves


@given(st.text("abcdefghijklmnopqrstuvwxyz-_ESX19", max_size=20))
def test_what_serves_is_on_offer_and_serves_itself(asked: str) -> None:
    offered = ("en", "cy", "es", "zh-Hant", "pt-BR")
    found = serving(asked, offered)
    assert found is None or (found in offered and serving(found, offered) == found)


@pytest.mark.parametrize(
    "asked", ["es-MX", "ES", "cy_GB", "ar-EG-x-y", "en-US", "xx", "English", "", "-", "zh-Hant-TW", "e"]
)
def test_the_pages_look_a_tag_up_as_the_services_do(asked: str) -> None:
    assert languages.understood(asked) == serving(asked, languages.offered())


def test_words_are_said_in_the_form_of_the_language_that_there_is() -> None:
    assert say({"en": "Bin", "es": "Cubo"}, "es-MX", "en") == "Cubo"
    assert say({"en": "Bin", "es": ""}, "es-MX", "en") == "Bin"
    assert say({"en": "Bin"}, "xx", "en") == "Bin"
    assert say({}, "xx", "en") == ""


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("fr, cy-GB;q=0.3", "cy"),
        ("*", None),
        ("xx, English;q=0.9", None),
        ("ar-EG;q=0.5, es_419;q=0.7", "es"),
    ],
)
def test_a_browser_is_understood_by_the_same_look_up(header: str, language: str | None) -> None:
    assert languages.preferred(header) == language

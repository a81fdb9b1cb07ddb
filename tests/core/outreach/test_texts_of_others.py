"""Texts by writers who had not seen the rules (P8): no clear wish to stop is passed over, and nothing else stops."""

from __future__ import annotations

import re
import time
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.stop_words import read
from tracker.core.outreach.replies import LONGEST, Meaning
from tracker.core.vocabulary import references

WRITTEN = tomllib.loads((Path(__file__).parent / "texts_of_others.toml").read_text(encoding="utf-8"))
STOPPED = {Meaning.STOP, Meaning.WRONG_PERSON}
SPELT = references.spell(references.reference(123456789012))


def _texts(label: str, language: str | None = None) -> list[str]:
    return [
        text
        for by in WRITTEN.values()
        for code, texts in by.get(label, {}).items()
        for text in texts
        if language in (None, code)
    ]


HEARD = [each for each in _texts("stop") if read(each).meaning in STOPPED]


@pytest.mark.parametrize("language", ["en", "es", "cy", "ar"])
def test_no_clear_stop_is_passed_over_p8(language: str) -> None:
    stops = _texts("stop", language)
    missed = [each for each in stops if read(each).meaning not in STOPPED | {Meaning.UNCLEAR}]
    asked = [each for each in stops if read(each).meaning is Meaning.UNCLEAR]
    assert len(stops) > 100
    assert missed == []
    assert len(asked) <= 12, asked


def test_nothing_else_stops_p8() -> None:
    others = _texts("other")
    assert len(others) > 400
    assert [each for each in others if read(each).meaning in STOPPED] == []
    asked = [each for each in others if read(each).meaning is Meaning.UNCLEAR]
    assert len(asked) <= 45, asked


def test_what_is_unclear_is_asked_about_p8() -> None:
    """A keyword that carriers take for a stop ("END") is one here too, whatever a writer calls it."""
    unclear = _texts("unclear")
    stopped = [each for each in unclear if read(each).meaning in STOPPED and len(re.findall(r"\w+", each)) > 1]
    passed = [each for each in unclear if read(each).meaning not in STOPPED | {Meaning.UNCLEAR}]
    assert len(stopped) <= 6, stopped
    assert len(passed) <= 9, passed


@given(
    st.sampled_from(HEARD),
    st.sampled_from(["{}", "Hi. {}", "Hello\n{}", "{}\nThanks", "{}\n\nSent from my iPhone", "{}\n-- \nJ. Smith"]),
    st.sampled_from(["", "!!!", " 🙏", " 😡😡", "…"]),
    st.sampled_from(["{}", f"{SPELT}: {{}}", f"{{}}\n{SPELT}"]),
)
def test_courtesy_signature_marks_pictures_and_a_reference_change_nothing_p8(
    wish: str, framed: str, marks: str, named: str
) -> None:
    said = named.format(framed.format(wish.rstrip() + marks))
    assert read(said).meaning in STOPPED


NAMELESS = [each for each in HEARD if not re.search(r"\w [A-Z][a-z]", each)]
"""A name in small letters is a word like any other."""


@given(st.sampled_from(HEARD), st.sampled_from(NAMELESS))
def test_whoever_shouts_or_never_shifts_is_not_passed_over_p8(shouted: str, small: str) -> None:
    assert read(shouted.upper()).meaning in STOPPED | {Meaning.UNCLEAR}
    assert read(small.lower()).meaning in STOPPED | {Meaning.UNCLEAR}


WITHOUT_END = ["stop ", "don't text me ", "no ", "wrong ", "the ", "x", "no quiero ", "لا ", "a" * 79 + " "]


@pytest.mark.parametrize("word", WITHOUT_END)
def test_a_text_that_goes_on_and_on_is_read_at_once_p8(word: str) -> None:
    begun = time.process_time()
    read(word * (LONGEST // len(word) * 4))
    assert time.process_time() - begun < 1

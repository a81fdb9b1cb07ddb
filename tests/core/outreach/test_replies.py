"""What a text of a person asks for (P8): clear wishes to stop are heard, and hardly anything else is taken for one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.stop_words import read
from tracker.core.outreach.replies import Meaning
from tracker.core.vocabulary import references

TEXTS = tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))
REFERENCE = references.reference(123456789012)
SPELT = references.spell(REFERENCE)
STOPS = [each for texts in TEXTS["stop"].values() for each in texts]
STOPPED = {Meaning.STOP, Meaning.WRONG_PERSON}


@pytest.mark.parametrize("meaning", Meaning)
@pytest.mark.parametrize("language", ["en", "es", "cy", "ar"])
def test_every_text_is_read_as_what_it_asks_for_p8(meaning: Meaning, language: str) -> None:
    wrong = {each: read(each).meaning.value for each in TEXTS[meaning][language] if read(each).meaning is not meaning}
    assert wrong == {}


def test_there_are_enough_of_them_p8() -> None:
    assert sum(len(texts) for by in TEXTS.values() for texts in by.values()) > 900
    assert all(len(by[language]) > 80 for by in (TEXTS["stop"], TEXTS["other"]) for language in ("en",))


@given(
    st.sampled_from(["STOP", "Please stop", "stop texting me", "no más mensajes", "Stopiwch", "توقفوا"]),
    st.sampled_from(["", "\n\nSent from my iPhone", "\n-- \nJ. Smith", "\nThanks, Ann", "\n\nEnviado desde mi móvil"]),
    st.sampled_from(["", "\n> Your request is finished", "\nOn 3 March 2026, Northwick wrote:\n> news"]),
    st.sampled_from([str.upper, str.lower, str.title, str]),
    st.sampled_from(["", "!!!", ".", " 🙏", "…"]),
)
def test_signatures_quotations_case_and_marks_change_nothing_p8(
    wish: str, signed: str, quoted: str, cased: type[str], marks: str
) -> None:
    assert read(f"{cased(wish)}{marks}{signed}{quoted}").meaning is Meaning.STOP


@given(st.text(max_size=400))
def test_any_text_is_read_p8(text: str) -> None:
    assert read(text).meaning in Meaning


@pytest.mark.parametrize(
    "typed",
    [
        f"STOP {SPELT}",
        f"stop {SPELT.lower().replace('-', ' ')} please",
        f"Stop messages about {REFERENCE}",
        f"please don't text me about {SPELT}",
        f"parar {SPELT}",
        f"توقف {SPELT}",
        f"Stopiwch {SPELT}. Diolch",
        f"stop my request {SPELT}",
    ],
)
def test_a_stop_may_name_the_one_request_that_it_is_of_p8(typed: str) -> None:
    assert read(typed).meaning is Meaning.STOP and read(typed).references == (REFERENCE,)


def test_a_reference_with_a_slip_is_one_of_few_p8() -> None:
    slipped = f"STOP {SPELT[:-1]}{'C' if SPELT[-1] != 'C' else 'D'}"
    assert REFERENCE in read(slipped).references and 1 < len(read(slipped).references) < 40


def test_a_reference_alone_asks_for_nothing_p8() -> None:
    for typed in (SPELT, f"Where is {SPELT}?", f"STATUS {SPELT}", f"Don't stop {SPELT}"):
        assert read(typed).meaning is Meaning.OTHER
    assert read(f"START {SPELT}").meaning is Meaning.START

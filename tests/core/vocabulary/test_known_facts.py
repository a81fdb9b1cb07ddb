"""The known fact: however it is typed, the same fact (P5, P6); and nothing of it in what is kept."""

from __future__ import annotations

import hmac
import string
import tomllib
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from templates import languages
from tracker.core.vocabulary.known_facts import KINDS, Offers, digest, matches, normalise, normalise_before, offers
from tracker.core.vocabulary.spelling import letters, postcodes, written_days

KEY = b"k" * 32
TODAY = date(2026, 11, 30)
CORPUS: dict[str, Any] = tomllib.loads((Path(__file__).parent / "known_facts.toml").read_text(encoding="utf-8"))
LATIN = st.text("".join(chr(each) for each in range(0x20, 0x250)), max_size=30)


def opens(kept: str, typed: str, kind: str) -> bool:
    """Whether what is typed opens a page whose fact was sent so."""
    return typed_as(typed).fit([bytes(32), digest(KEY, "office", kept)], kind)


def typed_as(typed: str) -> Offers:
    """What is offered when somebody types this."""
    return offers(KEY, "office", typed, TODAY)


def named(groups: list[dict[str, Any]]) -> list[Any]:
    """The groups of the corpus, by what they show."""
    return [pytest.param(each["kind"], each["facts"], id=f"{each['kind']}: {each['what']}") for each in groups]


@pytest.mark.parametrize(("kind", "facts"), named(CORPUS["same"]))
def test_one_fact_opens_however_it_was_sent_and_however_it_is_typed(kind: str, facts: list[str]) -> None:
    assert [(kept, typed) for kept in facts for typed in facts if not opens(kept, typed, kind)] == []


@pytest.mark.parametrize(("kind", "facts"), named(CORPUS["different"]))
def test_another_fact_opens_nothing(kind: str, facts: list[str]) -> None:
    assert [pair for pair in permutations(facts, 2) if opens(*pair, kind)] == []


@pytest.mark.parametrize("typed", CORPUS["ambiguous"]["dates"])
def test_a_birthday_with_two_readings_opens_nothing_and_one_sent_so_opens_by_each(typed: str) -> None:
    births = written_days.births(typed, TODAY)
    assert len(births) > 1
    assert not opens(typed, typed, "date_of_birth")
    assert not any(opens(f"{day}", typed, "date_of_birth") for day in births)
    assert all(opens(typed, f"{day}", "date_of_birth") for day in births)
    assert opens(typed, typed, "other"), "a number that looks like a date is no birthday"


@pytest.mark.parametrize("typed", CORPUS["unreadable"]["dates"])
def test_what_is_no_birthday_is_compared_as_it_stands(typed: str) -> None:
    assert written_days.births(typed, TODAY) == ()
    assert opens(typed, typed.upper(), "date_of_birth")
    assert not opens("1980-03-25", typed, "date_of_birth")


@given(st.dates(date(1907, 1, 1), TODAY), st.sampled_from("/.- "))
def test_a_date_with_its_year_first_is_one_day(day: date, mark: str) -> None:
    typed = f"{day.year}{mark}{day.month}{mark}{day.day}"
    assert written_days.births(typed, TODAY) == (day,)
    assert normalise(typed) == f"{day:%Y%m%d}"


@given(st.dates(date(1907, 1, 1), TODAY), st.sampled_from(["{0.day} {0:%B} {0.year}", "{0:%b} {0.day}, {0.year}"]))
def test_a_month_by_its_name_leaves_one_reading(day: date, form: str) -> None:
    assert written_days.births(form.format(day), TODAY) == (day,)


@given(st.dates(date(1907, 1, 1), TODAY), st.dates(date(1907, 1, 1), TODAY))
def test_a_try_at_a_whole_date_is_one_guess(kept: date, typed: date) -> None:
    """Of six forms that are offered none is the whole date of another day."""
    assert opens(f"{kept}", f"{typed}", "date_of_birth") is (kept == typed)


@given(st.dates(date(1907, 1, 1), TODAY))
def test_three_boxes_are_one_day(day: date) -> None:
    typed = written_days.of_boxes(f" {day.day:02}", f"{day.month}", f"{day.year}")
    assert typed is not None and written_days.births(typed, TODAY) == (day,)
    by_name = written_days.of_boxes(f"{day.day}", f"{day:%B}", f"{day.year}")
    assert by_name is not None and written_days.births(by_name, TODAY) == (day,)


@pytest.mark.parametrize(
    "boxes", [("31", "2", "1980"), ("", "3", "1980"), ("4", "13", "1980"), ("4", "x", "1980"), ("4", "3", "")]
)
def test_boxes_that_are_no_day_are_none(boxes: tuple[str, str, str]) -> None:
    assert written_days.of_boxes(*boxes) is None


@given(st.text(max_size=60), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_case_and_spaces_never_matter_and_nothing_odd_breaks_it(fact: str, today: date) -> None:
    plain = normalise(fact)
    assert normalise(f"  {fact}\t") == plain
    assert all(char.isalnum() or char == "+" for char in plain if not letters.is_marked(char)) or letters.is_marked(
        plain
    )
    for day in offers(KEY, "office", fact, today).births:
        assert day <= today


@given(LATIN)
def test_a_form_is_final_and_made_of_the_form_of_before(fact: str) -> None:
    """What was kept in the first releases is never the form of another Latin name: a try is one guess there, too."""
    assert normalise(normalise(fact)) == normalise(fact)
    if not any(map(str.isdecimal, fact)):
        assert normalise(normalise_before(fact)) == normalise(fact)


@pytest.mark.parametrize(
    "kept", ["Müller", "WAŁĘSA", "1980-03-25", "25.3.1980", "SW1A 1AA", "राम", "25 March 1980", "BP/17"]
)
def test_what_was_sent_to_an_earlier_release_still_opens(kept: str) -> None:
    before = digest_before(kept)
    assert all(typed_as(kept).fit([before], kind) for kind in KINDS)


@pytest.mark.parametrize(
    ("kept", "typed"), [("Müller", "Mueller"), ("1980-03-25", "25 March 1980"), ("25.3.1980", "25/3/80")]
)
def test_what_was_sent_to_an_earlier_release_opens_by_the_new_spellings_too(kept: str, typed: str) -> None:
    assert typed_as(typed).fit([digest_before(kept)], "date_of_birth")


def digest_before(fact: str) -> bytes:
    """The hash that the first releases kept of a fact."""
    return hmac.digest(KEY, f"known-fact\0office\0{normalise_before(fact)}".encode(), "sha256")


def test_what_is_no_fact_offers_nothing() -> None:
    assert typed_as("@ -").every == ()
    assert not any(typed_as("@").fit([digest(KEY, "office", "@")], kind) for kind in KINDS)


def test_o_and_0_are_one_in_postcodes_alone() -> None:
    assert [kind for kind in KINDS if opens("E1 0AA", "E1 OAA", kind)] == ["postcode"]


@given(st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=10))
def test_a_postcode_stands_for_itself_and_for_those_that_stand_for_it(code: str) -> None:
    alike = postcodes.same(code)
    assert code in alike and len(alike) <= postcodes.MOST
    assert all(code in postcodes.same(each) for each in list(alike)[:20])


def test_a_digest_is_bound_to_the_secret_and_to_the_organisation() -> None:
    assert len({digest(KEY, "a", "x"), digest(KEY, "b", "x"), digest(b"j" * 32, "a", "x")}) == 3
    assert b"SW1A1AA" not in digest(KEY, "a", "SW1A 1AA")
    assert not matches([], (digest(KEY, "a", "x"),)) and not matches([digest(KEY, "a", "x")], ())


def test_every_month_has_its_name_in_every_language_of_the_pages() -> None:
    """Whoever adds a language adds its months."""
    months = (
        (number, name)
        for code in languages.offered()
        for context in Locale.parse(code).months.values()
        for width in ("wide", "abbreviated")
        for number, name in context[width].items()
    )
    wrong = [
        (name, number)
        for number, name in months
        if written_days.births(f"25 {name} 1980", TODAY) != (date(1980, number, 25),)
    ]
    assert wrong == []

"""The known fact: however it is typed, the same fact; and nothing of it in what is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.vocabulary.known_facts import digest, matches, normalise

KEY = b"k" * 32


@pytest.mark.parametrize(
    "same",
    [
        ("SW1A 1AA", "sw1a1aa", " Sw1a-1Aa ", "ＳＷ１Ａ 1AA", "sw1a\u00a01aa"),
        ("O'Brien-Núñez", "obrien nunez", "O’BRIEN NUN\u0303EZ", "OBrienNunez"),
        ("Straße", "STRASSE", "strasse"),
        ("7/3/1980", "07/03/1980", "7.3.1980", "1980-03-07", "1980/3/7", "7 - 3 - 1980", "٧/٣/١٩٨٠"),
        ("Ĳssel", "IJSSEL"),
    ],
)
def test_ways_of_typing_one_fact(same: tuple[str, ...]) -> None:
    assert len({normalise(each) for each in same}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("7/3/1980", "3/7/1980"), ("SW1A 1AA", "SW1A 1AB"), ("Morgan", "Morgans"), ("1980-03-07", "1980-03-17")],
)
def test_different_facts_stay_different(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@given(st.dates(), st.sampled_from("/.- "))
def test_a_date_is_the_same_day_first_and_year_first(day: object, mark: str) -> None:
    year, month, of_month = str(day).split("-")
    expected = f"{year}{month}{of_month}"
    assert normalise(f"{year}{mark}{month}{mark}{of_month}") == expected
    assert normalise(f"{int(of_month)}{mark}{int(month)}{mark}{year}") == expected


@given(st.text(max_size=60))
def test_case_and_spaces_never_matter(fact: str) -> None:
    plain = normalise(fact)
    assert all(char.isalnum() for char in plain)
    assert normalise(f"  {fact}\t") == plain


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_digest_matches_its_own_fact_alone(one: str, other: str) -> None:
    kept = digest(KEY, "office", one)
    assert matches([bytes(32), kept], digest(KEY, "office", one))
    assert matches([kept], digest(KEY, "office", other)) == (normalise(one) == normalise(other))


def test_a_digest_is_bound_to_the_secret_and_to_the_organisation() -> None:
    assert len({digest(KEY, "a", "x"), digest(KEY, "b", "x"), digest(b"j" * 32, "a", "x")}) == 3
    assert b"SW1A1AA" not in digest(KEY, "a", "SW1A 1AA")
    assert not matches([], digest(KEY, "a", "x"))

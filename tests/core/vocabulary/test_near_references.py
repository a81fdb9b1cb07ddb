"""A reference that was heard or typed wrong leads to those that are one slip away, and to no others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.vocabulary.references import ALPHABET, CAPACITY, LENGTH, near, read, reference

NUMBERS = st.integers(0, CAPACITY - 1)


@given(NUMBERS, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET + "AEI12"))
def test_one_wrong_symbol_leads_back(number: int, place: int, symbol: str) -> None:
    right = reference(number)
    wrong = right[:place] + symbol + right[place + 1 :]
    if read(wrong) != right:
        assert right in near(wrong)


@given(NUMBERS, st.integers(0, LENGTH - 2))
def test_two_neighbours_swapped_lead_back(number: int, place: int) -> None:
    right = reference(number)
    wrong = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    if wrong != right:
        assert right in near(wrong.lower())


@given(NUMBERS, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_a_symbol_too_few_or_too_many_leads_back(number: int, place: int, symbol: str) -> None:
    right = reference(number)
    assert right in near(right[:place] + right[place + 1 :])
    assert right in near(right[:place] + symbol + right[place:])


@given(NUMBERS, st.text(max_size=30))
def test_there_are_few_and_each_is_a_reference(number: int, text: str) -> None:
    for typed in (text, reference(number)[:-1] + "C"):
        found = near(typed)
        assert len(found) <= 60
        assert all(read(each) == each for each in found)


@pytest.mark.parametrize("typed", ["", "Morgan", "alex@example.org", "x" * 101, "Christopher", "CDFG-HJKM"])
def test_what_is_like_no_reference_leads_nowhere(typed: str) -> None:
    assert near(typed) == ()


def test_a_right_one_is_not_guessed_at() -> None:
    assert near(reference(12345)) == ()

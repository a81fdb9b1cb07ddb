"""Public references: every slip of one symbol or of two neighbours is caught, and every way of typing one is read."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.vocabulary.references import ALPHABET, CAPACITY, LENGTH, read, reference, spell

numbers = st.integers(0, CAPACITY - 1)
_SOME = [reference(number) for number in (0, 1, 18, 19, CAPACITY // 2, CAPACITY - 1)]
_SOME += [reference(random.Random(seed).randrange(CAPACITY)) for seed in range(40)]


@pytest.mark.parametrize("good", _SOME)
def test_every_single_wrong_symbol_is_caught(good: str) -> None:
    for place in range(LENGTH):
        for wrong in set(ALPHABET) - {good[place]}:
            assert read(good[:place] + wrong + good[place + 1 :]) is None


@pytest.mark.parametrize("good", _SOME)
def test_every_swap_of_neighbours_is_caught(good: str) -> None:
    for place in range(LENGTH - 1):
        swapped = good[:place] + good[place + 1] + good[place] + good[place + 2 :]
        assert (read(swapped) is None) == (swapped != good)


@given(numbers)
def test_a_reference_is_read_as_it_is_written_and_as_it_is_spelled(number: int) -> None:
    made = reference(number)
    assert len(made) == LENGTH
    assert set(made) <= set(ALPHABET)
    for typed in (made, spell(made), made.lower(), " ".join(made), f" {spell(made)}. ", spell(made).replace("-", "–")):
        assert read(typed) == made


@given(numbers)
def test_full_width_forms_and_misreadings_are_forgiven(number: int) -> None:
    made = reference(number)
    assert read("".join(chr(ord(symbol) + 0xFEE0) for symbol in made)) == made
    for misread, meant in (("0", "D"), ("O", "D"), ("q", "D"), ("u", "V"), ("6", "G")):
        assert read(made.replace(meant, misread)) == made


@given(numbers, numbers)
def test_two_numbers_have_two_references(one: int, other: int) -> None:
    assert (reference(one) == reference(other)) == (one == other)


@given(st.text(max_size=120))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    found = read(typed)
    assert found is None or read(found) == found


@pytest.mark.parametrize("typed", ["", "CDFG", "C" * 13, "A" * 12, "C" * 5000, "CDFG-HJKM-NPRE", "ſ" * 12, "ß" * 6])
def test_what_cannot_be_a_reference_is_refused(typed: str) -> None:
    assert read(typed) is None


@pytest.mark.parametrize("number", [-1, CAPACITY])
def test_a_number_out_of_range_is_a_mistake_of_the_caller(number: int) -> None:
    with pytest.raises(ValueError, match="a reference is made from"):
        reference(number)


def test_the_alphabet_holds_nothing_that_can_be_mistaken_or_spells_a_word() -> None:
    assert not set(ALPHABET) & set("AEIOUYBLSZQ0125680")
    assert len(set(ALPHABET)) == 19

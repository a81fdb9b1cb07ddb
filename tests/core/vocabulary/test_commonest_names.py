"""How many more people each way of folding opens a page to (P5): over the commonest surnames and postcodes.

`python -m pytest -s -n 0 tests/core/vocabulary/test_commonest_names.py` prints the table of docs/known-facts.md.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest

from tracker.core.vocabulary.known_facts import normalise, normalise_before
from tracker.core.vocabulary.spelling import letters, postcodes

SURNAMES: dict[str, Any] = tomllib.loads((Path(__file__).parent / "surnames.toml").read_text(encoding="utf-8"))
COUNTRIES: Mapping[str, list[str]] = {each["name"]: each["surnames"] for each in SURNAMES["country"]}
EVERY = [name for names in COUNTRIES.values() for name in names]


def accents(name: str) -> str:
    """Without accents, with its strokes and digraphs."""
    return "".join(each for each in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(each))


FOLDS: Mapping[str, Callable[[str], str]] = {
    "capital and small letters": str.casefold,
    "and accents": accents,
    "and strokes": letters.plain,
    "and digraphs": normalise,
}
"""Each folds what the one before it does, and more."""


def merged(fold: Callable[[str], str], names: list[str]) -> list[tuple[str, str]]:
    """The pairs of names, spelt differently, that a fold makes one."""
    return [pair for pair in combinations(sorted(set(names)), 2) if fold(pair[0]) == fold(pair[1])]


def test_twenty_surnames_of_each_country_are_there_with_their_source() -> None:
    assert {name: len(set(names)) for name, names in COUNTRIES.items()} == dict.fromkeys(COUNTRIES, 20)
    assert len(COUNTRIES) == 6 and all(len(each["source"]) > 10 for each in SURNAMES["country"])


@pytest.mark.parametrize("country", COUNTRIES)
def test_no_fold_makes_two_of_the_commonest_surnames_one(country: str) -> None:
    rows = {how: (merged(fold, COUNTRIES[country]), merged(fold, EVERY)) for how, fold in FOLDS.items()}
    for how, (here, anywhere) in rows.items():
        changed = sum(fold_changes(FOLDS[how], name) for name in COUNTRIES[country])
        print(
            f"{country}: {how}: {changed} of 20 names change, {len(here)} pairs made one, {len(anywhere)} of all names"
        )
    assert {how: pairs for how, pairs in rows.items() if pairs != ([], [])} == {}


def fold_changes(fold: Callable[[str], str], name: str) -> bool:
    """Whether a fold takes more from a name than its capital letters."""
    return fold(name).casefold() != name.casefold()


def test_what_digraphs_do_make_one_is_named_and_is_no_more() -> None:
    """Beyond the commonest there are such pairs; the documents name them."""
    pairs = [tuple(each) for each in SURNAMES["one_form"]["pairs"]]
    assert all(normalise(one) == normalise(other) for one, other in pairs)
    assert all(normalise_before(one) != normalise_before(other) for one, other in pairs)
    told = " ".join((Path(__file__).parents[3] / "docs" / "known-facts.md").read_text(encoding="utf-8").split())
    assert all(f"{one} and {other}" in told for one, other in pairs)


AREAS = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY "
    "G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR "
    "NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA "
    "WC WD WF WN WR WS WV YO ZE"
)
"""The areas of British postcodes (Royal Mail)."""


def test_no_two_british_postcodes_are_one_and_a_wrong_one_stands_for_few() -> None:
    """Of all districts that a pattern allows, with an inward part that can be misread and one that cannot."""
    districts = [str(number) for number in range(100)] + [
        f"{number}{letter}" for number in range(1, 10) for letter in "ACEHW"
    ]
    right = {
        f"{area}{district}{inward}" for area, district, inward in product(AREAS.split(), districts, ("1AA", "0LL"))
    }
    stands_for = {code: postcodes.same(code) & right for code in right}
    assert {code for code, others in stands_for.items() if others != {code}} == set()
    folded = defaultdict(set)
    for code in right:
        folded[code.translate(str.maketrans("OIL", "011"))].add(code)
    sizes = Counter(map(len, folded.values()))
    print(f"{len(right)} postcodes; a wrong spelling stands for {dict(sorted(sizes.items()))}")
    assert max(sizes) == 2
    assert sum(size * count for size, count in sizes.items() if size > 1) / len(right) < 0.1

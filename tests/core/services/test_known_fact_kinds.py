"""P4: what can be no postcode, no surname, no date of birth opens no page."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.services.known_fact_kinds import KNOWN_FACTS, unfit_as

FIT = {
    "postcode": (
        *("AB1 2CD", "sw1a1aa", "E1 OAA", "EC1A-1BB", "00-950", "28013", "12345-6789", "22222", "D02 AF30", "1010"),
        *("K1A 0B1", "123-4567", "١٢٣٤٥", "ＡＢ１ ２ＣＤ", "LV-1010", "ZZ9 9ZZ"),
    ),
    "surname": (
        *("Morgan", "O'Brien-Núñez", "Null", "Brak", "No", "Na", "Li", "x", "Wałęsa", "محمد", "李", "von der Leyen"),
        "Smith 2",
    ),
    "date_of_birth": (
        *("1958-03-25", "25.03.1958", "25/3/58", "03/25/1958", "25 March 1958", "25-Mar-1958", "March 25, 1958"),
        *("25031958", "19580325", "250358", "٢٥/٠٣/١٩٥٨", "29.02.1960", "1970-01-01", "25 marca 1958", "1901-01-02"),
    ),
    "other": ("A-17", "0042", "Fluffy"),
}
UNFIT = {
    "postcode": (
        *("Brak", "n/a", "unknown", "00000", "00-000", "0", "-", "99999", "no postcode", "ZZ99 3WZ", "London", "12"),
        *("1958-03-25 00:00", "Flat 2, 14 High Street"),
    ),
    "surname": ("n/a", "Unknown", "not known", "12345", "---", "??", "TBC", "لا يوجد", "xxx"),
    "date_of_birth": (
        *("hello", "31.02.1958", "29.02.1958", "00.00.1958", "1958", "03/1958", "n/a", "00/00/0000", "1900-01-01"),
        *("01.01.1900", "1899-12-30", "0001-01-01", "9999-12-31", "12345", "1958-13-32", "1958-03-25 00:00:00"),
        *("25 32 1958", "99999999", "1" * 200, "9" * 100 + "/1/1", "AB1 2CD", "25 March"),
    ),
    "other": ("n/a", "unknown", "0000", "-", "none", "brak"),
}


@pytest.mark.parametrize(("kind", "fact"), [(kind, each) for kind, facts in FIT.items() for each in facts])
def test_p4_what_may_be_the_fact_is_taken(kind: str, fact: str) -> None:
    assert kind not in unfit_as(fact)


@pytest.mark.parametrize(("kind", "fact"), [(kind, each) for kind, facts in UNFIT.items() for each in facts])
def test_p4_what_can_be_none_is_known(kind: str, fact: str) -> None:
    assert kind in unfit_as(fact)


@pytest.mark.parametrize("fact", ["", "n/a", "N.A.", "unknown", "00000", "-", "tbc", "Desconocido"])
def test_p4_a_filler_fits_no_kind(fact: str) -> None:
    assert unfit_as(fact) == KNOWN_FACTS


@given(st.dates(), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%d %B %Y", "%d%m%Y", "%Y%m%d"]))
def test_p4_every_day_of_a_life_is_a_date_of_birth(day: date, form: str) -> None:
    if 1902 <= day.year <= 2100:
        assert "date_of_birth" not in unfit_as(day.strftime(form))


@given(st.text(max_size=250))
def test_whatever_was_sent_is_judged(fact: str) -> None:
    assert set(unfit_as(fact)) <= set(KNOWN_FACTS)

"""Addresses as people and old systems write them (P1, P2, P3): what is read, doubted, or set aside, and why."""

from __future__ import annotations

import unicodedata

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.vocabulary.addresses import AddressDoubt, AddressFault
from tracker.core.vocabulary.channels import AddressForm
from tracker.flows.outreach.normal_form import reading

MOBILE, E164 = "+447700900123", phonenumbers.PhoneNumberFormat.E164
READ = [
    "07700900123",
    " 07700 900123 ",
    "07700\u00a0900\u202f123",
    "07700\u2003900\u3000123",
    "07700-900-123",
    "07700–900—123",
    "07700\u2212900\u2011123",
    "٠٧٧٠٠٩٠٠١٢٣",
    "۰۷۷۰۰۹۰۰۱۲۳",
    "०७७००९००१२३",
    "０７７００９００１２３",
    "＋４４ 7700 900123",
    "\u200e07700900123\u200f",
    "\u202a+44 7700 900123\u202c",
    "\ufeff07700900123",
    "07700\n900123",
    "+44 (0)7700 900-123",
    "(0)7700 900123",
    "0044 7700 900123",
    "+0044 7700 900123",
    "447700900123",
    "7700900123",
    "'07700900123",
    "tel:+447700900123",
    "TEL: 07700 900123",
    "07700.900.123",
    "07700/900123",
    "07700900123 / +44 7700 900123",
    "07700900123, 07700 900123",
]


@pytest.mark.parametrize("written", READ)
def test_p2_one_number_in_many_ways_of_writing(written: str) -> None:
    found = reading(AddressForm.TELEPHONE, written, "GB")
    assert (found.normal, found.fault, found.doubts) == (MOBILE, None, ())
    assert found.address is not None and found.address.isascii() and found.address.isprintable()


@pytest.mark.parametrize(
    ("written", "doubts"),
    [
        ("07700900123 (mum)", {AddressDoubt.REMARK}),
        ("07700900123 (mum", {AddressDoubt.REMARK}),
        ("07700900123 [work]", {AddressDoubt.REMARK}),
        ("Mob: 07700900123", {AddressDoubt.REMARK}),
        ("mum 07700 900123 after 6", {AddressDoubt.REMARK}),
        ("07700900123 مساءً", {AddressDoubt.REMARK}),
        ("07700900123 ext 2", {AddressDoubt.EXTENSION}),
        ("07700900123ext2", {AddressDoubt.EXTENSION}),
        ("07700900123 x2", {AddressDoubt.EXTENSION}),
        ("07700900123#2", {AddressDoubt.EXTENSION}),
        ("tel:+447700900123;ext=2", {AddressDoubt.EXTENSION}),
        ("07700900123 estyniad 12", {AddressDoubt.EXTENSION}),
        ("07700900123 ext. 2 (mum)", {AddressDoubt.EXTENSION, AddressDoubt.REMARK}),
    ],
)
def test_p2_what_stands_beside_a_number_is_left_out_and_said(written: str, doubts: set[AddressDoubt]) -> None:
    found = reading(AddressForm.TELEPHONE, written, "GB")
    assert (found.normal, set(found.doubts)) == (MOBILE, doubts)
    assert found.address is not None and set(found.address) <= set("+0123456789 ")


NO_NUMBER = {
    AddressFault.EMPTY: (
        *(
            "",
            " ",
            "-",
            "n/a",
            "N/A",
            "unknown",
            "Not known.",
            "brak",
            "ninguno",
            "dim",
            "لا يوجد",
            "\u200b",
            "+",
            "??",
        ),
        *("none", "TBC", "xxx", "@"),
    ),
    AddressFault.UNREADABLE: (
        *("mum", "see file", "O77OO9OO123", "0800 REFORM1", "alex@x.example", "kim19580325@x.example", "7.7009E+09"),
        *("4,47701E+11", "flat 2"),
    ),
    AddressFault.IMPOSSIBLE: (
        *(
            "999",
            "112",
            "1",
            "116000",
            "07700",
            "077009001234567",
            "0770090012307700900124",
            "+999123456789",
        ),
        *("07700900123 07700900124", "25/03/1958"),
    ),
    AddressFault.SEVERAL: (
        *("07700900123 / 07700900124", "07700900123 or 07700900124", "07700900123, 07700900124"),
        *("07700900123;07700900124", "07700900123 (mum) 07700900124 (dad)", "07700 900123 or 900124"),
    ),
    AddressFault.FILLER: ("00000000000", "0000 000 000", "123456789", "12345678"),
}


@pytest.mark.parametrize(("fault", "written"), [(fault, each) for fault, all_ in NO_NUMBER.items() for each in all_])
def test_p2_what_can_never_reach_anybody_is_set_aside_with_its_reason(fault: AddressFault, written: str) -> None:
    found = reading(AddressForm.TELEPHONE, written, "GB")
    assert (found.address, found.normal, found.fault) == (None, None, fault)


@pytest.mark.parametrize(
    ("country", "written", "normal_form"),
    [
        ("PL", "601234567", "+48601234567"),
        ("PL", "601 234 567", "+48601234567"),
        ("PL", "0048 601 234 567", "+48601234567"),
        ("ES", "600 123 456", "+34600123456"),
        ("IE", "085 123 4567", "+353851234567"),
        ("DE", "0171/1234567", "+491711234567"),
        ("US", "(415) 555-0132", "+14155550132"),
        ("US", "011 48 601 234 567", "+48601234567"),
        ("GB", "+48 601 234 567", "+48601234567"),
        ("AE", "٠٥٠ ١٢٣ ٤٥٦٧", "+971501234567"),
    ],
)
def test_p1_a_number_without_a_prefix_is_one_of_the_country(country: str, written: str, normal_form: str) -> None:
    found = reading(AddressForm.TELEPHONE, written, country)
    assert (found.normal, found.doubts) == (normal_form, ())


def test_p1_a_number_of_another_country_is_tried_and_doubted() -> None:
    found = reading(AddressForm.TELEPHONE, "601234567", "GB")
    assert (found.normal, found.doubts) == ("+44601234567", (AddressDoubt.UNASSIGNED,))


def test_p1_a_number_that_is_dialled_within_an_area_alone_is_set_aside() -> None:
    assert reading(AddressForm.TELEPHONE, "555-0132", "US").fault is AddressFault.IMPOSSIBLE


@pytest.mark.parametrize("written", ["020 7946 0018", "0800 123 4567", "+48 22 123 45 67"])
def test_p2_a_landline_is_tried_and_doubted(written: str) -> None:
    found = reading(AddressForm.TELEPHONE, written, "GB")
    assert found.normal is not None and found.doubts == (AddressDoubt.NOT_MOBILE,)


@pytest.mark.parametrize("number", [7700900000, 7700900999, 1632960123])
def test_p2_numbers_kept_for_drama_are_never_doubted(number: int) -> None:
    found = reading(AddressForm.TELEPHONE, f"0{number}", "GB")
    assert (found.normal, found.doubts) == (f"+44{number}", ())
    assert not phonenumbers.is_valid_number(phonenumbers.parse(f"+44{number}")), "else they need no exception"


@pytest.mark.parametrize("beside", ["7700901000", "7700899999", "1632961000"])
def test_p2_numbers_beside_those_are(beside: str) -> None:
    found = reading(AddressForm.TELEPHONE, f"0{beside}", "GB")
    assert found.doubts != () or phonenumbers.is_valid_number(phonenumbers.parse(f"+44{beside}"))


KINDS = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
EXAMPLES = [
    (country, phonenumbers.format_number(number, form), phonenumbers.format_number(number, E164))
    for country in sorted(phonenumbers.SUPPORTED_REGIONS)
    for kind in KINDS
    if (number := phonenumbers.example_number_for_type(country, kind)) is not None
    for form in (phonenumbers.PhoneNumberFormat.NATIONAL, phonenumbers.PhoneNumberFormat.INTERNATIONAL, E164)
]
"""A mobile and a landline of every country, as people write them there and abroad."""


def test_p1_numbers_of_every_country_are_read_as_they_are_written_there() -> None:
    """But for three islands whose numbers have four digits."""
    wrong = {
        country
        for country, written, one_form in EXAMPLES
        if reading(AddressForm.TELEPHONE, written, country).normal != one_form
    }
    assert len(EXAMPLES) > 1_000 and wrong <= {"NU", "TA", "TK"}


@given(st.text(max_size=60), st.sampled_from(AddressForm), st.sampled_from(["GB", "PL", "US", "AE"]))
def test_whatever_is_written_is_read_or_has_a_fault(written: str, form: AddressForm, country: str) -> None:
    found = reading(form, written, country)
    assert (found.normal is None) == (found.address is None) == (found.fault is not None)
    if found.normal is not None and found.address is not None:
        assert found.address.isprintable() and unicodedata.is_normalized("NFC", found.address)
        assert reading(form, found.address, country).normal == found.normal, "what is stored reads as it was read"
        assert reading(form, found.normal, country).normal == found.normal

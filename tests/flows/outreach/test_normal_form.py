"""Addresses as people and old systems write them (P1, P2, P3): what is read, doubted, or set aside, and why."""

from __future__ import annotations

import unicodedata

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.vocabulary.addresses import AddressDoubt, AddressFault
from tracker.core.vocabulary.channels import AddressForm
from tracker.core.vocabulary.words import Channel
from tracker.flows.outreach.normal_form import mail_domain, normal, reading

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


MAIL = [
    ("kim@straße.example", "kim@xn--strae-oqa.example"),
    ("kim@strasse.example", "kim@strasse.example"),
    ("Kim.O'Neil+permits@X.Example", "kim.o'neil+permits@x.example"),
    ("kim@BÜCHER.example", "kim@xn--bcher-kva.example"),
    ("kim@bu\u0308cher.example", "kim@xn--bcher-kva.example"),
    ("kim@faß。example", "kim@xn--fa-hia.example"),
    ("kim@βόλος.example", "kim@xn--nxasmm1c.example"),
    ("kim@例え.テスト", "kim@xn--r8jz45g.xn--zckzah"),
    ("kim@مثال.example", "kim@xn--mgbh0fb.example"),
    ("kim@xn--strae-oqa.example", "kim@xn--strae-oqa.example"),
    ("kim@ｘ.example", "kim@x.example"),
    ("kim＠x.example", "kim@x.example"),
    ("kim@x.example.", "kim@x.example"),
    ("mailto:kim@x.example", "kim@x.example"),
    ("E-mail: kim@x.example", "kim@x.example"),
    ("<kim@x.example>", "kim@x.example"),
    ("\u200ekim@x.example\u200b", "kim@x.example"),
    ("kim@x.example\u00a0", "kim@x.example"),
    ("kim@a--b.example", "kim@a--b.example"),
    ("kim@x.co.uk;", "kim@x.co.uk"),
]


@pytest.mark.parametrize(("written", "normal_form"), MAIL)
def test_p3_a_mailbox_has_one_form(written: str, normal_form: str) -> None:
    found = reading(AddressForm.MAILBOX, written, "GB")
    assert (found.normal, found.fault, found.doubts) == (normal_form, None, ())
    assert reading(AddressForm.MAILBOX, normal_form, "PL").normal == normal_form, "the one form is its own"


def test_p3_the_local_part_is_sent_as_it_was_written() -> None:
    """RFC 5321, 2.4: a mail system may tell capitals apart."""
    assert reading(AddressForm.MAILBOX, "Kim.Lee@Straße.example", "GB").address == "Kim.Lee@Straße.example"


@pytest.mark.parametrize("written", ["Kim Lee <kim@x.example>", "kim@x.example (work)", '"Lee, Kim" <kim@x.example>'])
def test_p2_a_name_beside_a_mailbox_is_left_out_and_said(written: str) -> None:
    found = reading(AddressForm.MAILBOX, written, "GB")
    assert (found.address, found.doubts) == ("kim@x.example", (AddressDoubt.REMARK,))


@pytest.mark.parametrize("written", ["żółw@x.example", "k..m@x.example", ".kim@x.example", "kim.@x.example"])
def test_p3_an_unusual_local_part_is_tried_and_doubted(written: str) -> None:
    found = reading(AddressForm.MAILBOX, written, "GB")
    assert found.address == written and found.doubts == (AddressDoubt.UNUSUAL,)


NO_DOMAIN = [
    "x..example",
    "localhost",
    "localhost.",
    "x.localhost",
    "x.invalid",
    "192.0.2.1",
    "[192.0.2.1]",
    "example.123",
]
NO_DOMAIN += [
    "x.c",
    "-x.example",
    "x-.example",
    "a_b.example",
    "☃.example",
    "💌.example",
    ".example",
    "xn--zzzzzz.example",
]
NO_DOMAIN += ["x" * 64 + ".example", "x." * 127 + "example", "xn--a.example", "ㅤ.example", "com"]


@pytest.mark.parametrize("domain", NO_DOMAIN)
def test_p2_p3_a_domain_to_which_no_mail_can_go_is_set_aside(domain: str) -> None:
    assert reading(AddressForm.MAILBOX, f"a@{domain}", "GB").fault is AddressFault.NO_DOMAIN


NO_MAILBOX = {
    AddressFault.EMPTY: ("", "unknown", "n/a", "none", "no email", "-", "brak", "@", "<>"),
    AddressFault.UNREADABLE: (
        *(
            "nobody",
            "a@",
            "@x.example",
            "a@@x.example",
            "a@b@x.example",
            "a b@x.example",
            "a @x.example",
            "07700900123",
        ),
        *('"a b"@x.example', "x" * 65 + "@x.example", "a@b c.example"),
    ),
    AddressFault.SEVERAL: (
        *("a@x.example; b@x.example", "a@x.example,b@x.example", "a@x.example/b@x.example"),
        "a@x.example\r\nBcc: b@x.example",
    ),
}


@pytest.mark.parametrize(("fault", "written"), [(fault, each) for fault, all_ in NO_MAILBOX.items() for each in all_])
def test_p2_what_is_no_one_mailbox_is_set_aside_with_its_reason(fault: AddressFault, written: str) -> None:
    found = reading(AddressForm.MAILBOX, written, "GB")
    assert (found.address, found.normal, found.fault) == (None, None, fault)


def test_a_mailbox_may_be_as_long_as_smtp_allows() -> None:
    domain = f"{'b' * 60}.{'c' * 60}.{'d' * 60}.example"
    for length, good in ((254 - len(domain) - 1, True), (254 - len(domain), False)):
        assert (normal(Channel.EMAIL, f"{'a' * length}@{domain}", "GB") is not None) is good or length > 64


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


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "Pd", "P")), max_size=20))
def test_p3_a_domain_is_ascii_or_none(name: str) -> None:
    found = mail_domain(f"{name}.example")
    assert found is None or (found.isascii() and found == found.lower() and mail_domain(found) == found)

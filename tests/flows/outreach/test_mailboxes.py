"""Mailboxes as people and old systems write them (P2, P3): what is read, doubted, or set aside, and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.core.vocabulary.addresses import AddressDoubt, AddressFault
from tracker.core.vocabulary.channels import AddressForm
from tracker.core.vocabulary.words import Channel
from tracker.flows.outreach.normal_form import mail_domain, normal, reading

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


def test_p3_a_domain_of_two_alphabets_is_tried_and_doubted() -> None:
    """The a of the first is Cyrillic: a stranger may own that domain."""
    found = reading(AddressForm.MAILBOX, "kim@ex\u0430mple.org", "GB")
    assert found.normal == "kim@xn--exmple-4nf.org" and found.doubts == (AddressDoubt.MIXED,)
    for whole in ("kim@пример.example", "kim@βόλος.example", "kim@münchen.de", "kim@例子.example"):
        assert reading(AddressForm.MAILBOX, whole, "GB").doubts == ()


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


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "Pd", "P")), max_size=20))
def test_p3_a_domain_is_ascii_or_none(name: str) -> None:
    found = mail_domain(f"{name}.example")
    assert found is None or (found.isascii() and found == found.lower() and mail_domain(found) == found)

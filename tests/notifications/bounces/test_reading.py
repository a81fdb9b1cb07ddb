"""What a letter that came back says, by its form and code alone; and whose letter it is, by our seals alone (P9)."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.bounces.reading import MOST_BYTES, read
from notifications.mail_codes import EnhancedCode, bounced, enhanced
from tests.notifications.bounces.shapes import SHAPES, About, report
from tests.office import SECRET
from tracker.core.outreach.attempts import Ending
from tracker.core.outreach.bounces import Bounce
from tracker.core.vocabulary.seals import LinkKind, seal, short_seal, unseal, unseal_short

ABOUT = About(UUID(int=7), UUID(int=0x0123 << 96), UUID(int=0x4567 << 96), "sam@inbox.example")

SAID = {
    "arrived": None,
    "auto_reply_away": (Bounce.AUTO_REPLY, Ending.ACCEPTED),
    "auto_reply_of_old": (Bounce.AUTO_REPLY, Ending.ACCEPTED),
    "complaint": (Bounce.COMPLAINT, Ending.STOPPED),
    "complaint_with_names_blackened": (Bounce.COMPLAINT, Ending.STOPPED),
    "delayed": (Bounce.DELAYED, Ending.PUT_OFF),
    "forged_about_somebody_else": (Bounce.HARD, Ending.BAD_ADDRESS),
    "forged_in_html": None,
    "forged_never_sent": (Bounce.HARD, Ending.BAD_ADDRESS),
    "forged_seal": (Bounce.HARD, Ending.BAD_ADDRESS),
    "forged_without_a_seal": (Bounce.HARD, Ending.BAD_ADDRESS),
    "hard_by_return_path_alone": (Bounce.HARD, Ending.BAD_ADDRESS),
    "hard_code_in_the_diagnosis": (Bounce.HARD, Ending.BAD_ADDRESS),
    "hard_disabled": (Bounce.HARD, Ending.BAD_ADDRESS),
    "hard_in_the_manner_of_exim": (Bounce.HARD, Ending.BAD_ADDRESS),
    "hard_in_the_manner_of_qmail": (Bounce.HARD, Ending.BAD_ADDRESS),
    "hard_no_such_user": (Bounce.HARD, Ending.BAD_ADDRESS),
    "hard_whole_letter_returned": (Bounce.HARD, Ending.BAD_ADDRESS),
    "no_spam_after_all": None,
    "refused_as_too_long": (Bounce.REFUSED, Ending.REJECTED),
    "refused_by_policy": (Bounce.REFUSED, Ending.BLOCKED),
    "soft_full_for_now": (Bounce.SOFT, Ending.MAILBOX_FULL),
    "soft_full_in_the_manner_of_qmail": (Bounce.SOFT, Ending.MAILBOX_FULL),
    "soft_mailbox_full": (Bounce.SOFT, Ending.MAILBOX_FULL),
    "soft_time_ran_out": (Bounce.SOFT, Ending.UNREACHABLE),
    "somebody_pastes_a_bounce": (Bounce.HARD, Ending.BAD_ADDRESS),
    "somebody_writes": None,
}
UNSEALED = ("forged_in_html", "forged_seal", "forged_without_a_seal", "somebody_pastes_a_bounce")


def test_every_shape_is_expected_to_say_something() -> None:
    assert sorted(SAID) == SHAPES


@pytest.mark.parametrize("shape", SHAPES)
def test_a_report_is_read_by_its_form_and_code(shape: str) -> None:
    said = read(report(shape, ABOUT), SECRET)
    assert (None if said is None else (said.bounce, said.ending)) == SAID[shape]
    if said is None:
        return
    assert bool(said.names) is (shape not in UNSEALED)
    about_another = shape in ("forged_about_somebody_else", "forged_never_sent")
    assert about_another or {name.id for name in said.names} <= {ABOUT.message, ABOUT.attempt}
    meant = "victim@inbox.example" if shape == "forged_about_somebody_else" else ABOUT.recipient
    assert set(said.recipients) <= {meant}


@pytest.mark.parametrize("shape", SHAPES)
def test_no_part_of_a_report_that_was_cut_off_breaks_the_reader(shape: str) -> None:
    whole = report(shape, ABOUT)
    for end in range(0, len(whole), 97):
        said = read(whole[:end], SECRET)
        assert said is None or isinstance(said.bounce, Bounce)


@pytest.mark.parametrize(
    "letter",
    [
        b"",
        b"\x00\xff" * 500,
        b"Content-Type: multipart/report; boundary=a\r\n\r\n" + b"--a\r\nContent-Type: message/rfc822\r\n\r\n" * 8_000,
        b'Content-Type: multipart/mixed; boundary=""\r\n\r\n' + b"--\r\n" * 50_000,
        b"To: " + b"+" * 200_000 + b"@\r\n\r\n",
        b"Auto-Submitted: " + b"=?utf-8?q?=" * 20_000 + b"\r\n\r\n",
        b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n" + b"Final-Recipient: a@b\r\n\r\n" * 9_000,
        b"Content-Type: text/plain; charset=no-such\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"=" * 90_000,
    ],
    ids=["empty", "bytes", "nested", "no boundary", "long", "encoded", "many", "base64"],
)
def test_a_letter_that_is_made_to_break_the_reader_is_no_report_of_ours(letter: bytes) -> None:
    said = read(letter, SECRET)
    assert said is None or said.names == ()


def test_no_more_is_read_of_a_letter_than_a_report_needs() -> None:
    late = b"Subject: x\r\n\r\n" + b"a\r\n" * (MOST_BYTES // 3) + report("hard_no_such_user", ABOUT)
    assert read(late, SECRET) is None


@pytest.mark.parametrize(
    ("code", "means"),
    [
        ("5.1.1", (Bounce.HARD, Ending.BAD_ADDRESS)),
        ("5.0.0", (Bounce.HARD, Ending.BAD_ADDRESS)),
        ("5.2.2", (Bounce.SOFT, Ending.MAILBOX_FULL)),
        ("4.2.2", (Bounce.SOFT, Ending.MAILBOX_FULL)),
        ("4.1.1", (Bounce.SOFT, Ending.UNREACHABLE)),
        ("5.1.8", (Bounce.REFUSED, Ending.SENDER_REFUSED)),
        ("5.6.1", (Bounce.REFUSED, Ending.REJECTED)),
        ("5.7.509", (Bounce.REFUSED, Ending.BLOCKED)),
    ],
)
def test_a_code_says_whether_the_address_is_dead_case_62(code: str, means: tuple[Bounce, Ending]) -> None:
    read_ = enhanced(code)
    assert read_ is not None and bounced(read_) == means


def test_what_is_no_code_is_none() -> None:
    assert [enhanced(each) for each in ("", "5.1", "3.1.1", "5.1.1.1", "192.5.1.1")] == [None] * 5
    assert enhanced(" 5.1.1 (no such user)") == EnhancedCode(5, 1, 1)


@given(st.uuids(), st.integers(0, 44), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_return_path_names_its_attempt_in_any_case_and_cannot_be_made(attempt: UUID, at: int, other: str) -> None:
    token = short_seal(SECRET, LinkKind.RETURN, attempt)
    assert len(token) == 45
    assert (
        unseal_short(SECRET, LinkKind.RETURN, token) == attempt == unseal_short(SECRET, LinkKind.RETURN, token.upper())
    )
    changed = token[:at] + other + token[at + 1 :]
    assert (unseal_short(SECRET, LinkKind.RETURN, changed) is None) is (changed != token)
    assert unseal_short(SECRET, LinkKind.ATTEMPT, token) is None


def test_the_two_kinds_of_seals_are_not_taken_for_each_other() -> None:
    token = seal(SECRET, LinkKind.LETTER, ABOUT.organisation, ABOUT.message)
    assert unseal(SECRET, LinkKind.ATTEMPT, token) is None
    assert unseal_short(SECRET, LinkKind.LETTER, token) is None
    for odd in ("", "é" * 45, "1" * 45, "a" * 44):
        assert unseal_short(SECRET, LinkKind.RETURN, odd) is None

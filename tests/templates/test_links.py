"""Words reach people as written, and addresses of others do not (T16, S4; hostile case 69)."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from types import FrameType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from templates import hosts, links
from templates.environment import message
from tests.templates.samples import OUTREACH

OWN = ("northwick.com", "bürgeramt.example", "northwick.council@gmail.com", "gov.uk")
PAGES = links.named_in(["See https://help.example/form/1, or bit.ly/nw."])

STAYS = [
    "Bring form P.45/1, plan A.3/2 and 2.5/3 m timber. Fee 12.50/hour.",
    "Write to planning@northwick.com or Planning@Northwick.COM.",
    "See www.northwick.com/permits/start?step=1#top.",
    "(see northwick.com)",
    "https://northwick.com:443/a.pdf, please",
    "https://help.example/form/1 and bit.ly/nw.",
    "https://xn--brgeramt-65a.example/, Bürgeramt.example",
    "northwick.council@gmail.com",
    "It is at the end.Then we write.",
    "No.5/2, Art.3 and e.g./i.e. as it was, etc.",
    "It costs 3.50 or 4,00. At 10.30am on 12.03.2026.",
    "Version 1.2.3.4; flat 2.B; 2.cm wide; M.Sc or B.Sc.",
    "EE.UU., C.I.F. n.º5, 1.º, 2.ª, p.m., D.N.I.",
    "wait... com in",
    "The .NET page",
    "«می‌خواهم بروم. خوب»",
    "请等待。谢谢",
    "col·lecció",
    "at 5 . I came",
    "a tag @northwick, 50% @ 3",
    "https://",
]
GOES = [
    "evil.app", "EVIL.COM", "Evil.Com", "pay@evil.app", "bit.ly/x", "t.me/x", "www.evil", "//evil.com/x",
    "hxxp://evil.app/x", "h**p://evil.app", "ftp://evil", "https://evil", "http:/evil.com", "https:evil.com",
    "evil . com", "evil .com", "evil. com", "evil dot com", "evil[.]com", "evil [ . ] com", "pay(at)evil(dot)app",
    "http://1.2.3.4", "http://1.2.3.4/evil", "1.2.3.4/evil", "https://[::1]/evil", "http://0x7f000001/",
    "https://northwick.gov@evil.app", "https://northwick.com@evil.app", r"https://northwick.com\@evil.app",
    "northwick.com@evil.app", "planning@northwick.com@evil.app", "planning@northwick.com.evil.app",
    "northwick.gov.evil.app", "https://northwick.com.evil.app/", "evil-northwick.com", "https://northwick.com?@evil.app",
    "https://northwick.com/r?u=https://evil.app", "northwick.com/r?u=https://evil.app",
    "evil．com", "evil。com", "evil｡com", "evil․com", "𝐞𝐯𝐢𝐥.𝐜𝐨𝐦", "evil.ⓒom",
    "nоrthwick.com", "xn--nrthwick-75a.com", "evil.xn--p1ai", "злой.рф", "pay@evil.рф",
    "evil.com:8080/x", "evil.com.Then", "..evil.com..", "[press](https://evil.app)", "<a href=https://evil.app>",
    "bit.ly/nw/evil", "https://help.example/form/2", "help.example", "evil@gmail.com", "evil.co.uk", "evil.gov.uk",
]  # fmt: skip


@pytest.mark.parametrize("text", STAYS)
def test_what_makes_no_link_and_what_is_the_offices_stays_as_written(text: str) -> None:
    assert links.unlinked(text, {*OWN, *PAGES}) == text


@pytest.mark.parametrize("link", GOES)
def test_the_address_of_another_goes_and_the_words_around_it_stay(link: str) -> None:
    """T16, hostile case 69."""
    said = links.unlinked(f"Pay ({link}), now.", {*OWN, *PAGES})
    assert said.startswith("Pay (") and said.endswith("), now.") and links.GONE in said
    assert not re.search("evil|𝐞𝐯𝐢𝐥|злой|0x7f|1\\.2\\.3\\.4|form/2|ly/x|me/x|help|nоr|75a", said), said


@pytest.mark.parametrize("link", ["northwick.com,evil.app", "https://northwick.com/a,https://evil.app"])
def test_what_is_the_offices_hides_nothing_behind_it(link: str) -> None:
    said = links.unlinked(link, OWN)
    assert said == link.partition(",")[0] + "," + links.GONE


@pytest.mark.parametrize(
    ("text", "said"),
    [("Read it.It is late", "Read it. It is late"), ("Form one.You must", "Form one. You must"), ("a.IT", links.GONE)],
)
def test_a_space_that_is_missing_after_a_full_stop_makes_no_link(text: str, said: str) -> None:
    assert links.unlinked(text) == said


def test_of_the_offices_own_words_the_mailboxes_name_a_domain_and_pages_themselves() -> None:
    named = links.named_in(["Write to permits@northwick.com or nw@gmail.com. See gov.uk/permits and www.help.example."])
    assert named == {"permits@northwick.com", "northwick.com", "nw@gmail.com", "gov.uk/permits", "www.help.example/"}


def test_a_domain_under_which_anybody_may_have_one_speaks_for_itself_alone() -> None:
    assert links.unlinked("gov.uk", ["gov.uk"]) == "gov.uk"
    assert links.unlinked("evil.gov.uk evil.co.uk", ["gov.uk", "co.uk"]) == f"{links.GONE} {links.GONE}"
    assert hosts.domain_of("nw@yahoo.co.uk") == () and hosts.domain_of("a@post.nw.gov.uk") == ("post.nw.gov.uk",)


@pytest.mark.parametrize("part", ["text.txt", "html.html"])
@pytest.mark.parametrize("purpose", ["updated", "action_needed"])
def test_a_mail_says_what_the_office_wrote(part: str, purpose: str) -> None:
    """T16: the figures of a form, an address on the office's own domain, its own site."""
    note = "Bring form P.45/1. Ask planning@riverton.example, or see www.riverton.example/plans. Not evil.app"
    said = message(purpose, "en", part, replace(OUTREACH, note=note, purpose=purpose))
    assert note.replace("evil.app", links.GONE) in said
    declared = replace(
        OUTREACH, note="See parking.example and x@boxes.example", domains=("parking.example", "n@boxes.example")
    )
    assert "See parking.example and x@boxes.example" in message("updated", "en", part, declared)
    assert f"See {links.GONE} and {links.GONE}" in message("updated", "en", part, replace(declared, domains=()))


HOSTILE = (
    "a", "a.", "a-", "a@", "@.", "://", "http://", "evil.com/", "evil.com ", " . com", "com . ", "[", "[.", "(dot",
    "a. ", ".", "é", "www.", "a@b.com@", "x:/", "\u3002", "northwick.com/", "northwick.com ", "https://northwick.com/ ",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_work_grows_with_the_length_of_the_text_and_not_with_its_square(piece: str) -> None:
    """S4: counted in lines of Python that run; that no pattern goes over a text twice is tested below."""
    short, long = (_lines_run(piece * (size // len(piece))) for size in (1_500, 3_000))
    assert long <= 2.2 * short + 200
    links.unlinked(piece * (100_000 // len(piece)), OWN)


def _lines_run(text: str) -> int:
    count = 0

    def local(frame: FrameType, event: str, _: object) -> object:
        nonlocal count
        count += event == "line"
        return local

    def trace(frame: FrameType, event: str, _: object) -> object:
        return local if frame.f_code.co_filename == links.__file__ else None

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]  # typed as one that traces all
    try:
        links.unlinked(text, OWN)
    finally:
        sys.settrace(before)
    return count


def test_no_pattern_can_go_back_over_what_it_has_read() -> None:
    """Without an end, only one class of signs may repeat, and only at the end of a pattern that is looked for."""
    looked_for = [each for name, each in vars(links).items() if isinstance(each, re.Pattern) and name != "_AUTHORITY"]
    assert len(looked_for) >= 4
    for pattern in looked_for:
        unbounded = re.findall(r"(?<!\\)[+*](?![^\[]*\])|\{\d+,\}", pattern.pattern)
        assert not unbounded or (len(unbounded) == 1 and re.search(r"[+*]\Z", pattern.pattern)), pattern.pattern


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from([*STAYS, *GOES, " ", ".", "@", "://", "\u200c", "é", "x"]), max_size=6).map("".join))
def test_what_was_done_once_is_done(text: str) -> None:
    once = links.unlinked(text, OWN)
    assert links.unlinked(once, OWN) == once

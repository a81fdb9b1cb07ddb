"""Every message renders from any facts, fits what carries it, and keeps a secret on the lock screen."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from templates import wording
from templates.environment import message
from tests.templates import samples
from tests.templates.samples import OUTREACH, OUTREACHES, PURPOSES
from tracker.core.segments import segments

PARTS = ("subject.txt", "text.txt", "html.html", "sms.txt")
EVERY = [(purpose, name) for purpose in PURPOSES for name in OUTREACHES]


def render(purpose: str, part: str, name: str = "ordinary") -> str:
    return message(purpose, "en", part, replace(OUTREACHES[name], purpose=purpose))


@pytest.mark.parametrize(("purpose", "name"), EVERY)
def test_every_part_renders_whole(purpose: str, name: str) -> None:
    for part in PARTS:
        text = render(purpose, part, name)
        assert text.strip()
        assert not re.search(r"\bNone\b|Undefined|\{\{|\{%|Dear ,", text)
        assert not re.search(r"[\x00-\x08\x0b-\x1f\u2028\u200b\u202e]", text)
        assert not re.search(r"[a-z0-9][.!?][A-Z]", re.sub("<[^>]+>", " ", text)), "two sentences without a space"
        assert "CDFG-HJKM-NPR3" in text


@pytest.mark.parametrize(("purpose", "name"), EVERY)
def test_subject_and_sms_are_one_line_and_start_with_the_organisation(purpose: str, name: str) -> None:
    for part in ("subject.txt", "sms.txt"):
        text = render(purpose, part, name)
        assert len(text.splitlines()) == 1
        assert text.startswith(OUTREACHES[name].organisation[:8])
    assert len(render(purpose, "subject.txt", name)) <= 180


@pytest.mark.parametrize(("purpose", "name"), EVERY)
def test_an_sms_is_one_segment_and_two_at_most_in_another_script(purpose: str, name: str) -> None:
    said = segments(render(purpose, "sms.txt", name))
    assert said.count <= 2
    if said.encoding == "GSM-7":
        assert said.count == 1


@pytest.mark.parametrize(("purpose", "name"), EVERY)
def test_an_sms_holds_no_link_no_detail_and_no_invitation_to_reply(purpose: str, name: str) -> None:
    text = render(purpose, "sms.txt", name)
    facts = OUTREACHES[name]
    assert "http" not in text
    assert not re.search(r"\b(?:reply|text back|call us)\b", text, re.IGNORECASE)
    assert not any(need.text in text for need in facts.needs if need.text != facts.headline)
    assert facts.note in {"", facts.headline} or facts.note not in text


def test_typographic_marks_do_not_double_the_price() -> None:
    facts = replace(OUTREACH, organisation="People’s Office – North", headline="We’ve “looked”…")
    said = message("updated", "en", "sms.txt", facts)
    assert "People's Office - North: " in said
    assert segments(said).encoding == "GSM-7"


NEUTRAL = {"still_working": "is not lost", "corrected": "told you something wrong"}
"""What a sensitive message says where there is no news to speak of, or worse than none."""


@pytest.mark.parametrize("purpose", PURPOSES)
def test_sensitive_strips_every_detail(purpose: str) -> None:
    facts = replace(OUTREACHES["sensitive"], purpose=purpose)
    told = [
        facts.headline,
        facts.meaning,
        facts.next,
        facts.service,
        facts.note,
        facts.appeal,
        facts.needs[0].text,
    ]
    for part in PARTS:
        text = message(purpose, "en", part, facts)
        assert not any(detail in text for detail in told), part
        assert "2026" not in text
        if part != "html.html":
            assert NEUTRAL.get(purpose, "there is news about your request") in text.lower()


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_refusal_is_not_told_on_a_lock_screen_or_in_a_subject(purpose: str) -> None:
    for part in ("subject.txt", "sms.txt"):
        assert not re.search(r"refus|answer was no|turned down", render(purpose, part, "refused"), re.IGNORECASE)


def test_a_refusal_carries_the_appeal() -> None:
    for part in ("text.txt", "html.html"):
        assert "You can ask another officer to look again." in render("finished", part, "refused")
        assert "You can ask another officer" not in render("finished", part, "withdrawn")
    assert "closed" in render("finished", "subject.txt", "withdrawn")


@pytest.mark.parametrize("part", ["text.txt", "html.html"])
def test_a_finished_request_promises_nothing(part: str) -> None:
    text = render("finished", part)
    assert "2026" not in text
    assert "Nothing more." in text


def test_tasks_name_their_day_and_what_came_is_not_asked_again() -> None:
    text = render("action_needed", "text.txt", "asked")
    assert "- A copy of your passport, the page with your photo – by Thursday 12 March 2026\n" in text
    assert "- A bill that shows your address\n" in text
    assert "The signed form" not in text
    assert "Please do it by 12 March 2026." in render("action_needed", "sms.txt", "asked")


def test_an_office_date_is_named_as_the_offices() -> None:
    assert "Riverton Council set this date: 24 March 2026." in render("updated", "text.txt", "office_date")
    assert "We expect to finish by 24 March 2026." in render("updated", "text.txt")
    assert "We will write to you by 16 March 2026" in render("updated", "text.txt")


def test_still_working_says_who_is_waited_for() -> None:
    assert "still working on it" in render("still_working", "sms.txt")
    assert "still waiting for you" in render("still_working", "sms.txt", "asked")
    assert "waiting for others" in render("still_working", "sms.txt", "other")


def test_a_correction_says_sorry_and_what_stands() -> None:
    text = render("corrected", "text.txt")
    assert "We told you something wrong about your request. We are sorry." in text
    assert "We are checking your papers." in text


@pytest.mark.parametrize("purpose", PURPOSES)
def test_mail_says_where_to_read_and_what_is_never_asked(purpose: str) -> None:
    for part in ("text.txt", "html.html"):
        text = render(purpose, part)
        assert "https://track.riverton.example/track" in text
        assert "We never ask for your password" in text


@pytest.mark.parametrize("purpose", PURPOSES)
def test_markup_and_links_of_others_are_neutralised(purpose: str) -> None:
    html = render(purpose, "html.html", "markup")
    assert "<script" not in html
    assert "<b onclick" not in html
    bait = "Pay at https://evil.example/x or www.evil.example or evil.com/pay or evil.com"
    facts = replace(OUTREACH, note=bait, needs=(replace(samples.PASSPORT, text=bait),))
    for part in ("text.txt", "html.html"):
        assert "evil" not in message(purpose, "en", part, facts)


def test_ordinary_full_stops_are_no_links() -> None:
    for text in ("Send it.Please sign it, e.g. in ink.", "It costs 3.50 or 4,00.", "Form A.2, page 1/2"):
        assert wording.unlinked(text) == text


@pytest.mark.parametrize("part", PARTS)
def test_a_language_without_words_gets_the_english(part: str) -> None:
    english = message("updated", "en", part, OUTREACH)
    assert message("updated", "cy", part, OUTREACH) == english
    assert message("updated", "en-GB", part, OUTREACH) == english
    assert message("updated", "../../pages", part, OUTREACH) == english


def test_an_unknown_purpose_is_an_error() -> None:
    with pytest.raises(TemplateNotFound):
        message("nonsense", "en", "sms.txt", OUTREACH)


@pytest.mark.parametrize("purpose", [purpose for purpose in PURPOSES if purpose != "generic"])
@pytest.mark.parametrize("part", PARTS)
def test_a_missing_fact_is_an_error(purpose: str, part: str) -> None:
    if (purpose, part) == ("corrected", "subject.txt"):
        return  # it needs these two facts only
    with pytest.raises(UndefinedError):
        message(purpose, "en", part, SimpleNamespace(organisation="Riverton", reference="CDFG"))


@pytest.mark.parametrize("part", PARTS)
def test_the_safe_text_needs_three_facts_only(part: str) -> None:
    facts = SimpleNamespace(organisation="Riverton", reference="CDFGHJKMNPR3", track_url="https://track.example/track")
    assert "there is news about your request" in message("generic", "en", part, facts).lower()


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("Short", 10, "Short"),
        ("One two three four", 12, "One two..."),
        ("x" * 20, 10, "x" * 7 + "..."),
        ("Two\nlines", 20, "Two lines"),
    ],
)
def test_shorten(text: str, most: int, short: str) -> None:
    assert wording.shorten(text, most) == short


@pytest.mark.parametrize(("share", "said"), [(0.9, (9, 10)), (0.85, (85, 100)), (0.5, (5, 10))])
def test_a_share_is_told_as_people_tell_it(share: float, said: tuple[int, int]) -> None:
    assert wording.in_ten(share) == said


def test_weekdays_have_no_comma_in_english() -> None:
    assert wording.weekday_date(date(2026, 3, 14), "en") == "Saturday 14 March 2026"

"""The page of kept dates: plain words for what is known, none for what is not, and a picture that needs no colour."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from templates.environment import page
from tests.templates import samples
from tests.templates.given import word_samples
from tests.templates.test_pages import words
from tracker.core.promises.punctuality import Record

PAGES = {name: page("word.html", "en", told=told) for name, told in word_samples.WORDS.items()}


def said(name: str) -> str:
    return words(PAGES[name])


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_whole(name: str) -> None:
    html = PAGES[name]
    assert html.count("<h1>") == 1
    assert not re.search(r"\bNone\b|Undefined|\{\{|\{%|Confidence", html)
    assert not re.search(r"[a-z0-9][.!?][A-Z0-9]", words(html)), "two sentences without a space"
    assert "<script" not in html
    assert not re.search(r"<[^>]*\s(?:style|on[a-z]+)=", html)
    assert "%" not in words(html)
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_the_count_the_aim_and_the_doubt_are_said_plainly() -> None:
    text = said("usual")
    assert "91 in 100 dates came true." in text
    assert "We told people 240 dates for the last 12 months. 219 of them came true." in text
    assert "We aim for 9 in 10. We reached that." in text
    assert "The true number is very likely between 86 and 95 in 100." in text
    assert "28 days, for a typical request." in text
    assert "Half were finished within 19 days. 9 in 10 were finished within 27 days." in text
    assert "21 dates. In 20 of them we wrote to the person before the day was over." in text
    assert "between 2 March 2025 and 1 March 2026" in text


def test_the_picture_is_told_without_colour_and_without_eyes() -> None:
    html = PAGES["usual"]
    assert html.count('r="5" class="dot"') == 91
    assert html.count('r="4" class="dot dot-empty"') == 9
    assert 'role="img" aria-label="A picture of 100 dots: 91 of them are full."' in html
    assert "Full: it came true. Empty: it did not." in said("usual")


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("better", "We reached that."),
        ("worse", "We did not reach that."),
        ("another_aim", "We aim for 85 in 100. We reached that."),
        ("all", "Every date came true."),
        ("none", "No date came true."),
    ],
)
def test_the_verdict_fits_the_count(name: str, verdict: str) -> None:
    assert verdict in said(name)


@pytest.mark.parametrize(
    ("declared", "kept", "headline", "aim"),
    [
        (0.9, 89_600, "89 in 100 dates came true.", "We aim for 9 in 10. We did not reach that."),
        (0.9, 90_000, "9 in 10 dates came true.", "We aim for 9 in 10. We reached that."),
        (0.9, 89_999, "89 in 100 dates came true.", "We aim for 9 in 10. We fell short, but by so little"),
        (0.9, 90_400, "9 in 10 dates came true.", "We aim for 9 in 10. We reached that."),
        (0.924, 92_300, "91 in 100 dates came true.", "We aim for 92 in 100. We fell short, but by so little"),
        (0.926, 92_600, "93 in 100 dates came true.", "We aim for 93 in 100. We reached that."),
        (0.926, 92_699, "93 in 100 dates came true.", "We aim for 93 in 100. We reached that."),
        (0.985, 97_000, "97 in 100 dates came true.", "We aim for 98 in 100. We did not reach that."),
    ],
)
def test_the_share_and_the_aim_never_read_the_same_where_it_was_missed(
    declared: float, kept: int, headline: str, aim: str
) -> None:
    account = replace(word_samples.USUAL, record=Record(kept, 100_000))
    service = replace(word_samples.PERMIT, declared=declared, figures=account)
    html = page("word.html", "en", told=replace(word_samples.OFFICE, services=(service,)))
    assert headline in words(html)
    assert aim in words(html)
    full = html.count('class="dot"')
    assert f"A picture of 100 dots: {full} of them are full." in html
    assert headline.startswith(f"{full} in 100" if full % 10 else f"{full // 10} in 10 ")


def test_falling_short_by_chance_is_said_as_such() -> None:
    close = replace(word_samples.USUAL, record=replace(word_samples.USUAL.record, kept=214))
    told = replace(word_samples.OFFICE, services=(replace(word_samples.PERMIT, figures=close),))
    assert "We fell short, but by so little that it may be chance." in words(page("word.html", "en", told=told))


def test_what_follows_is_owned_up_to() -> None:
    assert "So we are more careful now." in said("worse")
    assert "So we give no new dates now." in said("far_worse")
    assert "So we" not in said("usual")
    assert "More than 1 in 10 are not finished yet." in said("far_worse")
    assert "More than half are not finished yet." in said("none")
    assert "60 dates. We never wrote to the person before the day was over." in said("worse")
    assert "1 date. We wrote to the person before the day was over." in said("one_late")
    assert "1 date. We did not write to the person before the day was over." in said("one_late_untold")


def test_few_dates_say_little_and_fewer_than_ten_say_nothing() -> None:
    assert "These are too few to say how well we keep our word." in said("few")
    assert "<svg" not in PAGES["few"]
    for name in ("too_few", "too_few_after_withdrawal"):
        text = said(name)
        assert "Too few dates to say." in text
        assert not re.search(r"\b(?:7|9|33|28|19|27) (?:dates|days|times)|came true [0-9]", text), "no number leaks"
    assert "So we give no new dates now." in said("too_few_after_withdrawal")


def test_what_was_set_by_rule_is_shown_among_our_dates_and_what_the_office_set_apart() -> None:
    assert "30 of these dates were set by a fixed number of days" in said("stand_ins")
    assert "21 of those came true." in said("stand_ins")
    assert "The office itself set 12 other dates. 7 of them came true. We count these apart." in said("stand_ins")
    assert "All of these dates were set by a fixed number of days" in said("stand_ins_alone")
    assert "The office itself set 14 other dates." in said("offices_alone"), "though ours are too few to say"
    for name in ("usual", "few_stand_ins", "few_others"):
        assert "of these dates were set" not in said(name)
        assert "The office itself set" not in said(name), "no number from which single requests could be told"


def test_an_aim_that_was_changed_is_not_hidden() -> None:
    assert "Before, we aimed for 9 in 10: of 60 dates, 50 came true." in said("another_aim")


def test_an_office_that_tries_it_out_and_one_that_was_not_counted_say_so() -> None:
    assert "Riverton Council is still trying this out. So nobody has been told these dates." in said("trying")
    assert "We would have told people 240 dates" in said("trying")
    assert "trying this out" not in said("usual")
    assert "Nothing has been counted yet." in said("nothing")


def test_words_of_others_are_text_and_keep_their_language() -> None:
    assert "<script>alert" not in PAGES["markup"] + PAGES["marked_office"]
    assert '<h2 lang="cy" dir="ltr">Trwydded barcio</h2>' in PAGES["another_language"]
    assert 'dir="rtl"' in page("word.html", "ar", told=word_samples.OFFICE)


def test_the_page_of_a_request_leads_here_where_its_date_was_learned() -> None:
    learned = replace(samples.ORDINARY, office="riverton", promise=replace(samples.PROMISE, cases=60))
    assert '<a href="/o/riverton/word">See how often our dates come true</a>' in page("case.html", "en", facts=learned)
    chosen = page("case.html", "cy", facts=learned, chosen="cy")
    assert 'href="/o/riverton/word?language=cy"' in chosen
    assert "/word" not in page("case.html", "en", facts=replace(learned, office=""))
    none = replace(samples.ORDINARY, office="riverton", promise=None, promises=(), no_promise_reason="dates_not_kept")
    told = page("case.html", "en", facts=none)
    assert "So we give no new ones until we can keep them." in words(told)
    assert "dates_not_kept" not in told
    assert '<a href="/o/riverton/word">' in told


def test_the_list_of_offices_leads_to_each() -> None:
    html = page("word_offices.html", "en", offices=[("north-wick", "Northwick <Council>")], chosen="cy")
    assert '<a href="/o/north-wick/word?language=cy">Northwick &lt;Council&gt;</a>' in html
    assert "Nothing has been counted yet." in words(page("word_offices.html", "en", offices=[]))
    assert 'href="/word"' in page("home.html", "en")

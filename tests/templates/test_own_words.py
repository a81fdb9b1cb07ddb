"""Our own words, where an office has none: plain, short, in the reader's language, and put in everywhere."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from notifications import stop_words
from notifications.render import render
from templates import languages, own_words
from tests.house.test_rules import named, sources
from tests.templates import samples
from tracker.core.answers.delays import OURS
from tracker.core.answers.facts import DelayFacts
from tracker.core.outreach.replies import Meaning
from tracker.core.services.texts import flaw
from tracker.core.vocabulary.segments import segments
from tracker.web import in_words

UNKNOWN = "tlh"
"""A language that nobody will add."""


@pytest.mark.parametrize("language", languages.offered())
def test_every_reason_of_ours_has_plain_words_that_fit(language: str) -> None:
    for reason in OURS:
        assert flaw("delay_reasons", own_words.said(language, "delay_reasons", reason)) is None, reason
    assert flaw("headline", own_words.said(language, "checking", "headline")) is None
    assert flaw("meaning", own_words.said(language, "checking", "meaning")) is None
    assert flaw("needs", own_words.said(language, "needs", "unworded")) is None


@pytest.mark.parametrize("language", ["en", "cy", "es"])
def test_a_text_message_carries_every_reason_at_the_plain_price(language: str) -> None:
    for reason in OURS:
        assert segments(own_words.said(language, "delay_reasons", reason)).encoding == "GSM-7", reason


def test_a_language_without_words_of_its_own_has_the_english_ones() -> None:
    for language in (UNKNOWN, "", "../en", "en-GB"):
        assert own_words.said(language, "delay_reasons", "more_checks") == "We have to check more than usual."
    assert own_words.said("cy-GB", "needs", "unworded") == "Rhywbeth mae'r swyddfa wedi gofyn amdano"


@pytest.mark.parametrize("language", own_words.written())
@pytest.mark.parametrize("part", ["stop", "stop_alone", "start", "help", "wrong_person"])
def test_each_word_of_these_lists_is_a_whole_text_in_whatever_language_p8(part: str, language: str) -> None:
    meant = Meaning.STOP if part == "stop_alone" else Meaning(part)
    wrong = [each for each in own_words.texted(language, part) if stop_words.read(each).meaning is not meant]
    assert wrong == []


@pytest.mark.parametrize("language", languages.offered())
@pytest.mark.parametrize("key", ["help", "ask", "stop_by_reply", "stop_elsewhere"])
def test_what_we_text_back_fits_two_segments_p8(key: str, language: str) -> None:
    longest = {"office": "N" * 34, "page": "track.northwick.example.org/track"}
    said = segments(own_words.answered(language, key, **longest))
    assert said.count <= (3 if language == "ar" and key in ("help", "ask") else 2)
    assert said.encoding == "GSM-7" or language == "ar"


@pytest.mark.parametrize("language", languages.offered())
def test_a_case_whose_office_has_no_words_is_told_in_ours(language: str) -> None:
    facts = replace(
        samples.ORDINARY,
        language=language,
        stage=replace(samples.STAGE, code=None, headline="", meaning="", ours="checking"),
        delay=DelayFacts("late", "high_demand", ""),
        needs=(replace(samples.BILL, text=""), samples.FORM),
    )
    told = in_words.case(facts)
    assert (told.stage.headline, told.stage.meaning) == (
        own_words.said(language, "checking", "headline"),
        own_words.said(language, "checking", "meaning"),
    )
    assert told.delay is not None and told.delay.text == own_words.said(language, "delay_reasons", "high_demand")
    assert [each.text for each in told.needs] == [own_words.said(language, "needs", "unworded"), "The signed form"]


def test_the_words_of_an_office_stay() -> None:
    for facts in (samples.WAITING_FOR_YOU, samples.CASES["moved"]):
        assert in_words.case(facts) == facts
    assert in_words.outreach(samples.OUTREACH) == samples.OUTREACH
    bare = replace(samples.OUTREACH, meaning="")
    assert in_words.outreach(bare) == bare, "a stage that the office did not explain stays so"


@pytest.mark.parametrize("language", languages.offered())
def test_a_message_whose_office_has_no_words_is_sent_in_ours(language: str) -> None:
    facts = replace(
        samples.OUTREACHES["asked"],
        language=language,
        ours="checking",
        needs=(replace(samples.BILL, text=""),),
        delay_reason="",
        delay_code="system_problem",
    )
    for purpose, said in (
        ("updated", own_words.said(language, "checking", "headline")),
        ("action_needed", own_words.said(language, "needs", "unworded")),
        ("delayed", own_words.said(language, "delay_reasons", "system_problem")),
    ):
        content, fault = render(replace(facts, purpose=purpose), "email", "no-reply@riverton.example")
        assert fault is None and said.rstrip(".") in content.text, purpose


def test_no_words_by_language_stand_in_the_code() -> None:
    """The names and words of the demo's invented people are no words of ours."""
    found = []
    for file in sources("tracker", "notifications", "integrations"):
        for node in ast.walk(ast.parse(file.read_text())) if "demo" not in file.parts else ():
            if isinstance(node, ast.Dict):
                keys = {each.value for each in node.keys if isinstance(each, ast.Constant)}
                found += [f"{named(file)}: {node.lineno}"] if len(keys & {*languages.offered()}) > 1 else []
    assert found == []

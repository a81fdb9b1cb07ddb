"""The page says why nothing comes, since when, and how to begin again, in every language (T7, P8)."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest

from templates import languages
from templates.environment import page
from tests.templates import samples
from tracker.core.answers.facts import SilenceFacts
from tracker.core.outreach.wishes import Wish
from tracker.core.vocabulary.words import Channel

WAYS = ("text", "link", "office")
SILENCES = tuple(
    SilenceFacts(channel, wish, samples.NOW, of_one, samples.NOW if wish is Wish.PAUSE else None, way)
    for channel, wish, of_one, way in product(Channel, (Wish.STOP, Wish.PAUSE, Wish.WRONG_PERSON), (True, False), WAYS)
)


def block(language: str, *silences: SilenceFacts) -> str:
    """What the page says of it, as it is read; nothing where it says nothing."""
    shown = page("case.html", language, facts=replace(samples.ORDINARY, language=language, silences=silences))
    found = re.search(r'<section class="block" aria-labelledby="silence-title">(.*?)</section>', shown, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


@pytest.mark.parametrize("language", languages.offered())
def test_every_silence_is_said_with_its_day_t7(language: str) -> None:
    for each in SILENCES:
        said = block(language, each)
        assert re.search(r"\b\d{1,2}\b", said) and len(said) > 60, each
        assert not re.search(r"\bNone\b|%\(|\{", said)
        if language != "en":
            assert not re.search(r"\b(?:the|your|asked|would|from)\b", said), said
    assert block(language) == ""


def test_each_way_to_begin_again_is_named_t7() -> None:
    said = [block("en", replace(SILENCES[0], wish=Wish.STOP, start_by=way)) for way in WAYS]
    assert ["START" in said[0], "link at the end" in said[1], "Ask the office" in said[2]] == [True] * 3


@pytest.mark.parametrize("language", languages.offered())
@pytest.mark.parametrize("stopped", ["", "request", "office"])
@pytest.mark.parametrize("done", [True, False])
def test_the_stop_page_says_what_is_stopped_and_offers_to_begin_again_t7(
    language: str, stopped: str, done: bool
) -> None:
    shown = page(
        "stop.html",
        language,
        organisation="Riverton Council",
        reference="CDFG-HJKM-NPR3",
        stopped=stopped,
        wrong_person=False,
        done=done,
        action="/stop/x",
    )
    wishes = re.findall(r'name="wish" value="(\w+)">\s*<input type="hidden" name="of" value="(\w+)"', shown)
    assert (
        wishes
        == {
            "": [("stop", "request"), ("stop", "office"), ("wrong_person", "office")],
            "request": [("start", "request"), ("stop", "office")],
            "office": [("start", "office")],
        }[stopped]
    )

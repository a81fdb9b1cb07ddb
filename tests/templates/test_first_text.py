"""The first text says how to stop them, whatever it is about, in every language, and still fits (P8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifications.render import render
from templates import languages, own_words
from tests.templates.samples import OUTREACHES, PURPOSES
from tracker.core.vocabulary.channels import HowToStop, how_to_stop
from tracker.core.vocabulary.segments import segments


@pytest.mark.parametrize("language", languages.offered())
@pytest.mark.parametrize("purpose", PURPOSES)
@pytest.mark.parametrize("how", HowToStop)
def test_it_says_how_to_stop_and_fits_p8(purpose: str, language: str, how: HowToStop) -> None:
    for name, facts in OUTREACHES.items():
        given = replace(facts, purpose=purpose, language=language, how_to_stop=how, track_url="https://t.example/track")
        content, fault = render(given, "sms", "")
        assert fault is None
        end = own_words.answered(language, how, page="t.example/track")
        assert content.text.replace("\u200e", "").endswith(f" {end}"), name
        said = segments(content.text)
        most = 3 if said.encoding == "UCS-2" else 2  # of the first text alone, which is never cut
        assert said.count <= most, content.text
        plain, _ = render(replace(given, how_to_stop=None), "sms", "")
        assert segments(plain.text).encoding == said.encoding or language == "ar", "it never forces Unicode"


@pytest.mark.parametrize(
    ("sender", "how"),
    [
        ("+447700900999", HowToStop.REPLY),
        ("82228", HowToStop.REPLY),
        ("MG" + "0a" * 16, HowToStop.REPLY),
        (None, HowToStop.REPLY),
        ("NORTHWICK", HowToStop.ELSEWHERE),
        ("City 24", HowToStop.ELSEWHERE),
    ],
)
def test_nobody_is_asked_to_answer_a_name_p8(sender: str | None, how: HowToStop) -> None:
    assert how_to_stop("sms", sender) is how
    assert how_to_stop("email", sender) is None

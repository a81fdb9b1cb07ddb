"""What the messages of a language are tried with: facts as they may come, so that every step of a template is taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from templates import own_words
from tracker.core.answers.facts import NeedFacts
from tracker.core.answers.message_facts import OutreachFacts

_ASKED = (
    NeedFacts("passport", "A copy of your passport", date(2026, 9, 23), None, "To see", "By post", "We close it", True),
    NeedFacts("form", "A form", None, None),
)

_ORDINARY = OutreachFacts(
    purpose="",
    organisation="Northwick and District Council",
    service="Building permit",
    reference="CDFGHJKMNPRX",
    headline="",
    meaning="",
    next="",
    waiting_on="us",
    needs=(),
    note="",
    promise_on=date(2026, 9, 24),
    promise_basis="history",
    next_word_by=date(2026, 9, 24),
    outcome=None,
    appeal="",
    help="",
    track_url="https://track.northwick.example/track",
    sensitive=False,
    language="",
    zone="Europe/London",
    today=date(2026, 8, 28),
    old_on=date(2026, 8, 30),
    half_by_on=date(2026, 9, 9),
    probability=0.9,
    promise_base="service",
    feedback_url=f"https://track.northwick.example/feedback/{'T' * 59}",
    stop_url=f"https://track.northwick.example/stop/{'T' * 59}",
    heard_on=date(2026, 8, 27),
)
_SAMPLES = (
    _ORDINARY,
    replace(_ORDINARY, waiting_on="you", needs=_ASKED),
    replace(_ORDINARY, waiting_on="you", needs=_ASKED, today=date(2026, 9, 30)),
    replace(_ORDINARY, waiting_on="you", you_can="Please ring us."),
    replace(_ORDINARY, ours="checking"),
    replace(_ORDINARY, ours="arrived"),
    replace(_ORDINARY, waiting_on="other", promise_base="office", sooner=True),
    replace(_ORDINARY, promise_on=None, promise_basis=None, probability=None, half_by_on=None, feedback_url=""),
    replace(_ORDINARY, promise_basis="office", probability=None, half_by_on=None, promise_base=None, old_on=None),
    replace(_ORDINARY, outcome="refused"),
    replace(_ORDINARY, outcome="withdrawn", next_word_by=None),
    replace(_ORDINARY, sensitive=True),
    replace(_ORDINARY, sensitive=True, feedback_url="", stop_url=""),
)


def samples(purpose: str, language: str) -> Iterator[OutreachFacts]:
    """Facts for a message of this purpose in this language, with words that are ours."""
    said = {
        "purpose": purpose,
        "language": language,
        "headline": own_words.said(language, "checking", "headline"),
        "meaning": own_words.said(language, "checking", "meaning"),
        "delay_reason": own_words.said(language, "delay_reasons", "usual_spread"),
    }
    yield from (replace(each, **said) for each in _SAMPLES)  # type: ignore[arg-type]  # each is a text

"""Requests whose date is late, was moved, was taken back or may not hold, each with its reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from templates import own_words
from tracker.core.answers.facts import CaseFacts, DelayFacts

ADVICE = "We are waiting for advice from another office"
MOVED_ON = datetime(2026, 3, 4, 9, tzinfo=UTC)


def late_cases(ordinary: CaseFacts) -> dict[str, CaseFacts]:
    """One request of each kind, made of an ordinary one whose date is learned."""
    stands = ordinary.promise
    assert stands is not None
    first = replace(stands, latest_on=date(2026, 3, 10), superseded_at=MOVED_ON, reason="likely_late")
    passed = replace(stands, latest_on=date(2026, 3, 3), outcome="missed")
    back = replace(stands, outcome="withdrawn", reason="too_uncertain")
    given = DelayFacts("moved", "awaiting_advice", ADVICE)
    usual = DelayFacts("taken_back", "usual_spread", own_words.said("en", "delay_reasons", "usual_spread"))
    return {
        "moved": replace(ordinary, promises=(stands, first), delay=given),
        "passed": replace(ordinary, promise=None, promises=(passed,), delay=replace(given, kind="late")),
        "renewed": replace(ordinary, promises=(stands, passed), delay=given),
        "warned": replace(ordinary, delay=replace(given, kind="warned")),
        "taken_back": replace(ordinary, promise=None, promises=(back,), no_promise_reason="too_uncertain", delay=usual),
        "moved_and_silent": replace(ordinary, promises=(stands, first), delay=given, source_silent=True),
    }

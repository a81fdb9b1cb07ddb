"""Requests of which less is known than of most, or which nobody can be written to about."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.templates.given.late_samples import ADVICE
from tracker.core.answers.facts import CaseFacts, DelayFacts


def honest_cases(ordinary: CaseFacts) -> dict[str, CaseFacts]:
    """One request of each kind, made of an ordinary one whose date is learned."""
    ours = ordinary.promise
    assert ours is not None
    office = replace(ours, base="office", cases=41)
    warned = DelayFacts("warned", "awaiting_advice", ADVICE)
    return {
        "all_kinds": replace(ordinary, promise=office, promises=(office,)),
        "all_kinds_slow": replace(ordinary, promise=replace(office, latest_on=date(2026, 6, 2))),
        "nobody_knows_whose": replace(ordinary, promise=replace(ours, base=None, cases=41)),
        "nobody": replace(ordinary, word_is_sent=False),
        "nobody_warned": replace(ordinary, word_is_sent=False, delay=warned),
        "dates_not_kept": replace(ordinary, promise=None, promises=(), no_promise_reason="dates_not_kept"),
        "dates_not_kept_and_nobody": replace(
            ordinary, promise=None, promises=(), no_promise_reason="dates_not_kept", word_is_sent=False
        ),
    }

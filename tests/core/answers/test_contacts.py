"""Why people contact us: what counts as our failure, and which reason the form offers first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.templates import samples
from tracker.core.answers import contacts
from tracker.core.answers.contacts import ContactReason, DateState, Demand
from tracker.core.answers.facts import CaseFacts

MISSED = replace(
    samples.ORDINARY, promise=None, promises=(replace(samples.PROMISE, outcome="missed", latest_on=date(2026, 3, 3)),)
)
MISSED_THEN_MOVED = replace(
    MISSED, promises=(replace(MISSED.promises[0], superseded_at=samples.NOW), *samples.ORDINARY.promises)
)


@pytest.mark.parametrize("reason", ContactReason)
def test_four_reasons_are_our_failure_and_the_others_are_of_value(reason: ContactReason) -> None:
    failures = {"where_is_it", "date_passed", "what_does_it_mean", "complaint"}
    assert contacts.demand(reason) is (Demand.FAILURE if reason.value in failures else Demand.VALUE)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (samples.ORDINARY, ContactReason.WHERE_IS_IT),
        (samples.WAITING_FOR_OTHERS, ContactReason.WHERE_IS_IT),
        (samples.WAITING_FOR_YOU, ContactReason.WHAT_MUST_I_DO),
        (samples.LATE, ContactReason.DATE_PASSED),
        (MISSED, ContactReason.DATE_PASSED),
        (replace(samples.LATE, waiting_on="you"), ContactReason.DATE_PASSED),
        (samples.DONE, ContactReason.WHAT_DOES_IT_MEAN),
        (samples.REFUSED, ContactReason.WHAT_DOES_IT_MEAN),
        (replace(MISSED, state="closed"), ContactReason.WHAT_DOES_IT_MEAN),
    ],
)
def test_the_reason_that_is_offered_first_follows_the_case(facts: CaseFacts, reason: ContactReason) -> None:
    assert contacts.likely_reason(facts, samples.NOW) is reason


@pytest.mark.parametrize(
    ("facts", "state", "on"),
    [
        (samples.ORDINARY, DateState.STANDS, date(2026, 3, 24)),
        (samples.LATE, DateState.PASSED, date(2026, 3, 3)),
        (MISSED, DateState.PASSED, date(2026, 3, 3)),
        (MISSED_THEN_MOVED, DateState.NONE, None),
        (samples.WAITING_FOR_OTHERS, DateState.NONE, None),
        (
            replace(samples.ORDINARY, promise=replace(samples.PROMISE, latest_on=date(2026, 3, 5))),
            DateState.STANDS,
            date(2026, 3, 5),
        ),
    ],
)
def test_a_date_stands_until_its_day_is_over(facts: CaseFacts, state: DateState, on: date | None) -> None:
    assert contacts.date_state(facts, samples.NOW) == (state, on)


def test_what_they_could_see_is_kept_in_codes_and_whole_days() -> None:
    facts = samples.ORDINARY
    assert contacts.seen(facts, samples.NOW - timedelta(days=3, hours=23), samples.NOW) == {
        "stage": "checking",
        "date": "2026-03-24",
        "date_state": "stands",
        "next_word_on": "2026-03-16",
        "days_since_word": 3,
    }
    assert contacts.seen(samples.BARE, None, samples.NOW) == {
        "stage": None,
        "date": None,
        "date_state": "none",
        "next_word_on": None,
        "days_since_word": None,
    }

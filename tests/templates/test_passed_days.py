"""A passed day is never told as one that is to come, and nothing is said that nobody can know (T4, T11, T12)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from templates import wording
from templates.environment import message, page
from tests.templates.samples import CHANGED, LANGUAGES, OUTREACH, PASSPORT
from tests.templates.test_late_messages import ON_A_PHONE
from tracker.web import in_words

TODAY = OUTREACH.today
BEFORE, AFTER = TODAY - timedelta(days=3), TODAY + timedelta(days=3)


def told(purpose: str, part: str, language: str = "en", **changes: object) -> str:
    facts = replace(OUTREACH, purpose=purpose, language=language, outcome=None, **changes)  # type: ignore[arg-type]
    text = message(purpose, language, part, in_words.outreach(facts))
    return " ".join(re.sub(r"<[^>]+>", "", text).split())


@pytest.mark.parametrize("part", ["text.txt", "html.html"])
def test_a_date_whose_day_is_over_is_owned_to_and_not_given_t4(part: str) -> None:
    """It may stand for days yet, since a weekly source tells late what happened on it."""
    theirs = told("updated", part, promise_basis="office", promise_on=BEFORE, beside_on=None, sooner=False)
    assert "expects to finish by" not in theirs and "That day has passed." in theirs
    ours = told("updated", part, promise_basis="history", promise_on=BEFORE, beside_on=None, sooner=False)
    assert "We expect to finish by" not in ours and "We expected to finish by" in ours
    beside = told("updated", part, promise_basis="history", promise_on=AFTER, beside_on=BEFORE, sooner=False)
    assert "itself says" not in beside and "itself said: by" in beside
    assert "That day has passed." not in told("updated", part, promise_on=AFTER, beside_on=AFTER)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_first_text_gives_no_date_that_has_passed_t4(language: str) -> None:
    without = told("acknowledged", "sms.txt", language, promise_on=None)
    assert told("acknowledged", "sms.txt", language, promise_on=BEFORE) == without
    assert told("acknowledged", "sms.txt", language, promise_on=AFTER) != without


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("purpose", ["action_needed", "reminder"])
def test_a_text_names_the_next_day_that_is_to_come_t12(purpose: str, language: str) -> None:
    late, soon = replace(PASSPORT, due_on=BEFORE), replace(PASSPORT, item="bill", due_on=AFTER)
    only = told(purpose, "sms.txt", language, needs=(soon,))
    assert told(purpose, "sms.txt", language, needs=(late, soon)) == only
    assert told(purpose, "sms.txt", language, needs=(late,)) != only
    assert wording.long_date(BEFORE, language) not in told(purpose, "sms.txt", language, needs=(late,))


@pytest.mark.parametrize("language", ["en", "cy", "es"])
@pytest.mark.parametrize("purpose", ["date_changed", "delayed"])
def test_a_text_says_not_that_nothing_is_to_do_while_a_report_is_being_checked_t11(purpose: str, language: str) -> None:
    usual = told(purpose, "sms.txt", language, needs=(), waiting_on="us")
    checked = told(purpose, "sms.txt", language, needs=(), waiting_on="us", ours="checking")
    assert ON_A_PHONE[language] in usual and ON_A_PHONE[language] not in checked


def test_the_page_calls_no_day_that_has_passed_the_date_now_t4() -> None:
    assert CHANGED.promise is not None
    late = replace(CHANGED, promise=replace(CHANGED.promise, latest_on=BEFORE))
    assert "The date now:" in page("case.html", "en", facts=CHANGED)
    assert "The date now:" not in page("case.html", "en", facts=late)

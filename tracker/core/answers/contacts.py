"""Why people contact us, whether our own failure caused it, and why staff look at a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum

from tracker.core.answers.facts import CaseFacts
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.words import CaseState, PromiseOutcome, WaitingOn


class ContactChannel(StrEnum):
    """How they reached us."""

    PHONE = "phone"
    EMAIL = "email"
    COUNTER = "counter"
    LETTER = "letter"
    SMS = "sms"


class ContactReason(StrEnum):
    """Why somebody contacted us."""

    WHERE_IS_IT = "where_is_it"
    DATE_PASSED = "date_passed"
    WHAT_DOES_IT_MEAN = "what_does_it_mean"
    WHAT_MUST_I_DO = "what_must_i_do"
    SENT_SOMETHING = "sent_something"
    CHANGE_DETAILS = "change_details"
    COMPLAINT = "complaint"
    SOMETHING_ELSE = "something_else"


class Demand(StrEnum):
    """Whether the contact was of value, or caused by our failure to do or say something (Seddon's terms)."""

    VALUE = "value"
    FAILURE = "failure"


class LookPurpose(StrEnum):
    """Why a member of staff looks at a case: nobody looks without saying so, and it is kept."""

    CONTACTED = "contacted"
    """The person, or somebody who acts for them, contacted us."""
    CALL_BACK = "call_back"
    """We call or write to them."""
    CASEWORK = "casework"
    """It is part of working on the request."""
    CHECKING = "checking"
    """To check our own work, such as after a complaint."""


class DateState(StrEnum):
    """What the page said of a date when somebody contacted us."""

    NONE = "none"
    STANDS = "stands"
    PASSED = "passed"


_FAILURE = frozenset(
    {
        ContactReason.WHERE_IS_IT,
        ContactReason.DATE_PASSED,
        ContactReason.WHAT_DOES_IT_MEAN,
        ContactReason.COMPLAINT,
    }
)


def demand(reason: ContactReason) -> Demand:
    """Who asks where it is, why a date passed or what we meant, or complains, need not have called had we told them."""
    return Demand.FAILURE if reason in _FAILURE else Demand.VALUE


def date_state(facts: CaseFacts, now: datetime) -> tuple[DateState, date | None]:
    """What the page says of the date: whether one stands, and which; or that it has passed while the case is open."""
    newest = facts.promises[0] if facts.promises else None
    missed = (
        newest
        if newest is not None and newest.outcome == PromiseOutcome.MISSED and newest.superseded_at is None
        else None
    )
    promise = facts.promise or (missed if facts.state == CaseState.OPEN else None)
    if promise is None:
        return DateState.NONE, None
    passed = promise.outcome == PromiseOutcome.MISSED or promise.latest_on < day_of(now, facts.zone)
    return (DateState.PASSED if passed else DateState.STANDS), promise.latest_on


def likely_reason(facts: CaseFacts, now: datetime) -> ContactReason:
    """Why somebody most likely contacts us about a case in this state: what the form offers first."""
    if facts.state == CaseState.CLOSED:
        return ContactReason.WHAT_DOES_IT_MEAN
    if date_state(facts, now)[0] is DateState.PASSED:
        return ContactReason.DATE_PASSED
    if facts.waiting_on == WaitingOn.YOU:
        return ContactReason.WHAT_MUST_I_DO
    return ContactReason.WHERE_IS_IT


def seen(facts: CaseFacts, last_word_at: datetime | None, now: datetime) -> Mapping[str, str | int | None]:
    """What the person could see when they contacted us: stage code, date and its state, next word, and the whole
    days since our last word (None: we never wrote)."""
    state, on = date_state(facts, now)
    return {
        "stage": facts.stage.code,
        "date": on.isoformat() if on else None,
        "date_state": state.value,
        "next_word_on": facts.next_word_by.isoformat() if facts.next_word_by else None,
        "days_since_word": max((now - last_word_at).days, 0) if last_word_at else None,
    }

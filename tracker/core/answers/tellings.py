"""Who was told of a date, and by what: what counts as telling it, on the page and in messages."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from tracker.core.answers.facts import CaseFacts, PromiseFacts
from tracker.core.vocabulary.calendars import day_of
from tracker.core.vocabulary.channels import Writing, traits_of
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.purpose_traits import DateTold, Ground
from tracker.core.vocabulary.purposes import PURPOSES
from tracker.core.vocabulary.words import Basis


class Listener(StrEnum):
    """To whom a date was told: the party of a message by its role, or somebody of whom we know less."""

    APPLICANT = "applicant"
    JOINT_APPLICANT = "joint_applicant"
    HELPER = "helper"
    ADVISER = "adviser"
    BUSINESS = "business"
    APPOINTEE = "appointee"
    PUBLIC = "public"
    """Whoever had the reference and the known fact, or called: we cannot know who."""
    STAFF = "staff"
    """An agent who saw it. That alone is no word given to anybody."""


class Way(StrEnum):
    """By what a date was told."""

    PAGE = "page"
    API = "api"
    EMAIL = "email"
    SMS = "sms"
    PHONE = "phone"
    """Read out on the phone: a contact by phone was logged while the date stood."""
    COUNTER = "counter"
    """Read out to somebody who came to the counter."""
    DESK = "desk"
    """Shown to staff."""


SPOKEN = (Way.PHONE, Way.COUNTER)
"""Ways in which an agent reads the answer of the page out."""


def names_date(purpose: Purpose, channel: str, *, sensitive: bool, closed: bool) -> bool:
    """Whether a message says the date that stands, if there is one. Where a case is sensitive no message does, and
    no text where its news is that the date may not hold, or what is asked of the person. Told of the templates, and a
    test holds them to it."""
    traits = PURPOSES[purpose]
    if sensitive or closed or traits.date is DateTold.NOTHING:
        return False
    match traits_of(channel).writing:
        case Writing.MAIL:
            return True
        case Writing.LINE:
            return not traits.doubts_date and traits.rests_on not in (Ground.REQUEST, Ground.WANTED)
        case other:
            assert_never(other)


def shown(facts: CaseFacts, way: Way) -> tuple[PromiseFacts, ...]:
    """The dates that somebody who sees a case's answer is told of: those that stand, and whose day is not over.

    The API and the desk list all of them. The page, and who reads it out, leads with one and names the office's own
    beside it, but not while the source is silent. A date that has passed or was replaced is owned up to, not given.
    """
    today = day_of(facts.now, facts.zone)
    found = tuple(
        each
        for each in facts.promises
        if each.superseded_at is None and each.outcome is None and each.latest_on >= today
    )
    if way in (Way.API, Way.DESK):
        return found
    leading = facts.promise
    if leading not in found or leading is None:
        return ()
    if facts.source_silent or leading.basis == Basis.OFFICE:
        return (leading,)
    return (leading, *[each for each in found if each.basis == Basis.OFFICE][:1])


def untold(facts: CaseFacts, listener: Listener, way: Way) -> tuple[PromiseFacts, ...]:
    """Of the dates that are shown, those that nobody of this audience was told of in this way before."""
    return tuple(
        each
        for each in shown(facts, way)
        if not any((told.audience, told.channel) == (listener, way) for told in each.told)
    )

"""The closed sets of words: each is what the database keeps, the API says and the logs show."""

from __future__ import annotations

from enum import StrEnum


class CaseState(StrEnum):
    """Whether the case is still being worked on."""

    OPEN = "open"
    CLOSED = "closed"


class Clock(StrEnum):
    """Whether the time now passing counts against the office."""

    RUNNING = "running"
    PAUSED = "paused"


class WaitingOn(StrEnum):
    """Who has the ball."""

    US = "us"
    YOU = "you"
    OTHER = "other"


class Outcome(StrEnum):
    """How a closed case ended."""

    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"


class Role(StrEnum):
    """What a party is to the case; it decides what they see and hear."""

    APPLICANT = "applicant"
    JOINT_APPLICANT = "joint_applicant"
    HELPER = "helper"
    ADVISER = "adviser"
    BUSINESS = "business"
    APPOINTEE = "appointee"


class Channel(StrEnum):
    """A way to reach a person."""

    # What holds of each is in `core.vocabulary.channels`; the docstring is in the published schema of events.

    EMAIL = "email"
    SMS = "sms"


class Audience(StrEnum):
    """Who may read a note."""

    INTERNAL = "internal"
    PUBLIC = "public"


class Placement(StrEnum):
    """What the fold made of an entry."""

    APPLIED = "applied"
    """It is part of what the case is."""
    FLAGGED = "flagged"
    """An illegal move: kept, not shown, and an operator is told."""
    QUARANTINED = "quarantined"
    """Its status has no stage yet: people see a neutral sentence until the mapping knows it."""
    CORRECTED = "corrected"
    """A correction says that it never happened."""
    HELD = "held"
    """Held back until a time that the office set."""
    UNSERVED = "unserved"
    """A formal decision that was not yet served: nobody reads of it here first."""
    PARKED = "parked"
    """Waiting for the event that opens its case."""
    EXPIRED = "expired"
    """Parked for too long: its case never came."""


class Basis(StrEnum):
    """Whose date it is."""

    OFFICE = "office"
    """The office set it, and it is named as the office's."""
    HISTORY = "history"
    """Ours, learned from what became of other cases."""
    DEFINITION = "definition"
    """Ours, from the service's own stand-in while history is too thin."""


class PromiseOutcome(StrEnum):
    """What became of a promise."""

    KEPT = "kept"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"
    COULD_NOT_TELL = "could_not_tell"


class Base(StrEnum):
    """Whose finished cases a date was learned from."""

    SERVICE = "service"
    """Those of its own service: requests of the same kind."""
    OFFICE = "office"
    """Those of all services of its organisation, since its own had finished too few."""


class Confidence(StrEnum):
    """How far a service's dates may be relied on: a word of the API."""

    TRUSTED = "trusted"
    """Dates are given as the service asks for them."""
    WIDENED = "widened"
    """Fewer came true than was said: dates must lie further ahead."""
    WITHDRAWN = "withdrawn"
    """Far fewer, though they were widened: no new dates are given."""


class Change(StrEnum):
    """Why a date was replaced, or taken back: a word of the ledger and the API."""

    LIKELY_LATE = "likely_late"
    """It was likely to be missed."""
    CLOCK_PAUSED = "clock_paused"
    """The days on which we waited were added."""
    CASE_CORRECTED = "case_corrected"
    """The office reported late what had happened before the date was given."""
    OFFICE_CHANGED_DATE = "office_changed_date"
    """The office set another date."""
    TOO_UNCERTAIN = "too_uncertain"
    """No date can be given any more that would hold."""


class Rhythm(StrEnum):
    """How often a back-office system reports; how long it may be quiet before we stop asserting anything."""

    LIVE = "live"
    HOURLY = "hourly"
    NIGHTLY = "nightly"
    WEEKLY = "weekly"


class Mode(StrEnum):
    """Whether rows are real. Test rows deliver nothing and teach nothing."""

    LIVE = "live"
    TEST = "test"


class Footing(StrEnum):
    """Whether an organisation has gone live. In sandbox nothing leaves, and the clock can be moved."""

    SANDBOX = "sandbox"
    LIVE = "live"

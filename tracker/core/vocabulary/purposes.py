"""The purposes of messages: what holds of all messages of a purpose, declared here once and asked for everywhere else.

Nothing has a default: whoever adds a purpose answers every question. What it takes besides the row and the words,
`tests/house/test_traits.py` names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.traits import for_each
from tracker.core.vocabulary.words import CaseState


class Ground(StrEnum):
    """What a message rests on: it is true as long as this is still the newest."""

    CASE = "case"
    """The case alone."""
    NEWS = "news"
    """The newest news of the case."""
    REQUEST = "request"
    """The newest request for what is missing."""
    DATE = "date"
    """The date that stands."""


class DateTold(StrEnum):
    """What a message says of the date that people were given."""

    NOTHING = "nothing"
    """It says nothing of a date."""
    STANDING = "standing"
    """It repeats the date that stands, where there is room for it."""
    ANOTHER = "another"
    """Its news is another date: this is said wherever it goes."""
    DOUBT = "doubt"
    """Its news is that the date may not hold, or holds no more: it does not repeat it as one that is expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeTraits:
    """What holds of all messages of a purpose."""

    optional: bool
    """A service may leave it out."""
    prompt: bool
    """People may lose something by hearing of it late: it goes first after the quiet hours."""
    collected: bool
    """Several within the service's digest become one."""
    cut: bool
    """It is withheld once the case has had as many messages as its service allows."""
    counted: bool
    """It is one of those messages."""
    stays: bool
    """It was due by a day, so that only something newer to say takes its place, not that nothing warrants it."""
    may_miss: bool
    """It is on the page and costs nobody anything if it is not heard: when it does not arrive, no other channel is
    tried, and staff are not asked to tell it to somebody who asked us to stop."""
    holds_while: CaseState | None
    """How the case must be for it to be true; None: however it is."""
    rests_on: Ground
    """What must still be the newest for it to be true."""
    begins: bool
    """It says that the case has begun: nobody hears it who has heard the end."""
    ends: bool
    """It says how the case ended."""
    takes_back: bool
    """It takes back what was said, and is never taken back itself."""
    asks: bool
    """It asks how it went, by a link to answer, and says nothing of how the case stands."""
    to_sensitive: bool
    """It goes to parties whose matter is sensitive as well, without details."""
    date: DateTold
    """What it says of the date that people were given."""
    complaint: bool
    """It says what somebody can do who is not happy with it."""

    @property
    def warns(self) -> bool:
        """Whether who has heard it knows that the date they were given may not hold."""
        return self.date in (DateTold.ANOTHER, DateTold.DOUBT)

    @property
    def moves_date(self) -> bool:
        """Whether its news is another date."""
        return self.date is DateTold.ANOTHER

    @property
    def doubts_date(self) -> bool:
        """Whether its news is that the date may not hold."""
        return self.date is DateTold.DOUBT


PURPOSES: Final[Mapping[Purpose, PurposeTraits]] = for_each(
    Purpose,
    {
        Purpose.ACKNOWLEDGED: PurposeTraits(
            optional=True,
            prompt=False,
            collected=False,
            cut=False,
            counted=True,
            stays=False,
            may_miss=True,
            holds_while=CaseState.OPEN,
            rests_on=Ground.CASE,
            begins=True,
            ends=False,
            takes_back=False,
            asks=False,
            to_sensitive=True,
            date=DateTold.STANDING,
            complaint=False,
        ),
        Purpose.UPDATED: PurposeTraits(
            optional=True,
            prompt=False,
            collected=True,
            cut=True,
            counted=True,
            stays=False,
            may_miss=True,
            holds_while=CaseState.OPEN,
            rests_on=Ground.NEWS,
            begins=False,
            ends=False,
            takes_back=False,
            asks=False,
            to_sensitive=True,
            date=DateTold.STANDING,
            complaint=False,
        ),
        Purpose.ACTION_NEEDED: PurposeTraits(
            optional=False,
            prompt=True,
            collected=False,
            cut=False,
            counted=True,
            stays=False,
            may_miss=False,
            holds_while=CaseState.OPEN,
            rests_on=Ground.REQUEST,
            begins=False,
            ends=False,
            takes_back=False,
            asks=False,
            to_sensitive=True,
            date=DateTold.STANDING,
            complaint=False,
        ),
        Purpose.REMINDER: PurposeTraits(
            optional=True,
            prompt=False,
            collected=False,
            cut=False,
            counted=True,
            stays=False,
            may_miss=True,
            holds_while=CaseState.OPEN,
            rests_on=Ground.REQUEST,
            begins=False,
            ends=False,
            takes_back=False,
            asks=False,
            to_sensitive=True,
            date=DateTold.STANDING,
            complaint=False,
        ),
        Purpose.DATE_CHANGED: PurposeTraits(
            optional=False,
            prompt=True,
            collected=False,
            cut=False,
            counted=True,
            stays=False,
            may_miss=False,
            holds_while=CaseState.OPEN,
            rests_on=Ground.DATE,
            begins=False,
            ends=False,
            takes_back=False,
            asks=False,
            to_sensitive=True,
            date=DateTold.ANOTHER,
            complaint=True,
        ),
        Purpose.DELAYED: PurposeTraits(
            optional=True,
            prompt=False,
            collected=False,
            cut=False,
            counted=True,
            stays=False,
            may_miss=False,
            holds_while=CaseState.OPEN,
            rests_on=Ground.DATE,
            begins=False,
            ends=False,
            takes_back=False,
            asks=False,
            to_sensitive=True,
            date=DateTold.DOUBT,
            complaint=True,
        ),
        Purpose.STILL_WORKING: PurposeTraits(
            optional=False,
            prompt=False,
            collected=False,
            cut=False,
            counted=False,
            stays=True,
            may_miss=True,
            holds_while=CaseState.OPEN,
            rests_on=Ground.CASE,
            begins=False,
            ends=False,
            takes_back=False,
            asks=False,
            to_sensitive=True,
            date=DateTold.STANDING,
            complaint=False,
        ),
        Purpose.CORRECTED: PurposeTraits(
            optional=False,
            prompt=True,
            collected=False,
            cut=False,
            counted=True,
            stays=False,
            may_miss=False,
            holds_while=None,
            rests_on=Ground.CASE,
            begins=False,
            ends=False,
            takes_back=True,
            asks=False,
            to_sensitive=True,
            date=DateTold.STANDING,
            complaint=False,
        ),
        Purpose.FINISHED: PurposeTraits(
            optional=False,
            prompt=True,
            collected=False,
            cut=False,
            counted=True,
            stays=False,
            may_miss=False,
            holds_while=CaseState.CLOSED,
            rests_on=Ground.NEWS,
            begins=False,
            ends=True,
            takes_back=False,
            asks=False,
            to_sensitive=True,
            date=DateTold.NOTHING,
            complaint=False,
        ),
        Purpose.FEEDBACK: PurposeTraits(
            optional=False,
            prompt=False,
            collected=False,
            cut=True,
            counted=True,
            stays=False,
            may_miss=True,
            holds_while=CaseState.CLOSED,
            rests_on=Ground.CASE,
            begins=False,
            ends=False,
            takes_back=False,
            asks=True,
            to_sensitive=False,
            date=DateTold.NOTHING,
            complaint=False,
        ),
    },
)


def purposes(which: Callable[[PurposeTraits], bool]) -> frozenset[Purpose]:
    """The purposes of which this holds."""
    return frozenset(each for each, traits in PURPOSES.items() if which(traits))

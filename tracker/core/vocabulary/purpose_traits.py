"""What is asked of every purpose of messages: the questions; the answers are in `purposes`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tracker.core.vocabulary.words import CaseState


class Ground(StrEnum):
    """What a message rests on: it is true as long as this is still the newest."""

    CASE = "case"
    """The case alone."""
    NEWS = "news"
    """The newest news of the case."""
    ASKED = "asked"
    """What the person was asked for last."""
    WANTED = "wanted"
    """That something is still asked of the person."""
    ARRIVED = "arrived"
    """That nothing is asked of the person any more."""
    DATE = "date"
    """The date that stands."""
    SURVIVOR = "survivor"
    """How the case ended that goes on in place of this one."""


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
    """It is withheld once the case has had as many counted messages as its service allows. Never what is needed, due,
    dated, decided, taken back or somebody's right."""
    counted: bool
    """It is one of those messages."""
    confirms: bool
    """It says nothing new, but what was last known and since when."""
    stays: bool
    """It was due by a day, so that only something newer to say takes its place, not that nothing warrants it."""
    may_miss: bool
    """It is on the page and costs nobody anything if it is not heard: when it does not arrive, staff are not asked to
    tell it by hand, nor to somebody who asked us to stop."""
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
    def repeats_need(self) -> bool:
        """Whether it says again what is asked of the person, and nothing that the office has done since."""
        return self.rests_on is Ground.WANTED

    @property
    def goes_on(self) -> bool:
        """Whether another channel is tried where it does not arrive: what people must hear, and the word that they were
        told to hear by a day."""
        return self.stays or not self.may_miss

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

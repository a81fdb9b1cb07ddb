"""What everybody may read about how well an office keeps its dates: the same facts for the page and for the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tracker.core.promises.punctuality import FEWEST_JUDGED, FEWEST_SHOWN, PunctualityFigures, Record
from tracker.core.vocabulary.words import Confidence


@dataclass(frozen=True, slots=True)
class EarlierAimFacts:
    """What became of dates that were given at a level which the service no longer asks for."""

    declared: float
    record: Record


@dataclass(frozen=True, slots=True)
class ServicePunctualityFacts:
    """What the public reads about the dates of one service: `name` in `language`."""

    service: str
    name: str
    language: str
    declared: float
    confidence: Confidence
    figures: PunctualityFigures
    earlier: tuple[EarlierAimFacts, ...] = ()

    @property
    def shown(self) -> bool:
        """Whether there are enough judged dates to show any number."""
        return self.figures.record.total >= FEWEST_SHOWN

    @property
    def stand_ins(self) -> Record | None:
        """Those of the dates that were not learned; None where there are so few of them, or of the others, that a
        single request could be recognised."""
        apart = self.figures.stand_ins
        parts = (apart.total, self.figures.record.total - apart.total)
        return apart if self.shown and not any(0 < each < FEWEST_SHOWN for each in parts) else None

    @property
    def office(self) -> Record | None:
        """The dates that the office set itself; None where there are too few of them to show any number."""
        return self.figures.office if self.figures.office.total >= FEWEST_SHOWN else None

    @property
    def enough(self) -> bool:
        """Whether there are enough to say how well dates are kept."""
        return self.figures.record.total >= FEWEST_JUDGED


@dataclass(frozen=True, slots=True)
class OfficePunctualityFacts:
    """What the public reads about an office's dates that passed from `from_on` to `until_on`; both are None before
    the first count. `trying`: the office has not gone live, so nobody was told these dates."""

    slug: str
    organisation: str
    trying: bool
    from_on: date | None
    until_on: date | None
    services: tuple[ServicePunctualityFacts, ...]

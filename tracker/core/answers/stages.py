"""When the words of a stage do not hold, and which of ours take their place."""

from __future__ import annotations

from tracker.core.services.definitions import Stage
from tracker.core.vocabulary.words import WaitingOn

CHECKING, ARRIVED = "checking", "arrived"
"""Tables of our own words (`templates/words`)."""


def own_table(stage: Stage | None, *, arrived: bool) -> str:
    """The table of our own words to use: while the newest status is not known here (no stage), and where the stage
    waits for the person though all has come; empty where the stage's words hold."""
    if stage is None:
        return CHECKING
    return ARRIVED if arrived and stage.waiting_on is WaitingOn.YOU else ""

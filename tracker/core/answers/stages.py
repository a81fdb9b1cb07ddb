"""When the words of a stage do not hold, and which of ours take their place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tracker.core.services.definitions import Stage
from tracker.core.vocabulary.words import WaitingOn

CHECKING, ARRIVED, NOT_NEEDED = "checking", "arrived", "not_needed"
"""Tables of our own words (`templates/words`)."""


def own_table(stage: Stage | None, waiting_on: WaitingOn, *, arrived: bool) -> str:
    """The table of our own words to use: while the newest status is not known here (no stage), and where the stage
    waits for the person though the case does not: all has come, or it is not needed any more; empty where the stage's
    words hold."""
    if stage is None:
        return CHECKING
    if stage.waiting_on is not WaitingOn.YOU or (waiting_on is WaitingOn.YOU and not arrived):
        return ""
    return ARRIVED if arrived else NOT_NEEDED


def asks_beside(stage: Stage, needs: Iterable[Mapping[str, Any]]) -> bool:
    """Whether something is asked of the person in a stage that itself asks for nothing. What that stage says people can
    do ("You do not need to do anything now"), and what it says where it is late, is not meant for them."""
    return stage.waiting_on is not WaitingOn.YOU and any(need["supplied_at"] is None for need in needs)

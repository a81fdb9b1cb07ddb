"""The level at which a service's dates are read: what was asked for, corrected by how often its dates came true.

Insurance against drift, and slow on purpose: a step for each promise oscillates (Gibbs and Candes, 2021), here a week
is one. Each promise is judged at its own date, when those that were kept and those that were broken are known alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from tracker.core.promises.first_dates import FirstDate
from tracker.core.promises.method import USUAL, Method
from tracker.core.promises.punctuality import Record, record


def passed(dates: Iterable[FirstDate], asked: float, grace: timedelta) -> Record:
    """How many of these first dates were learned for this probability and given at reception, and of them were kept.

    `grace`: a source has so long after a day to tell what happened on it; cases that waited for their date do not
    count. Nor do dates that moved because the clock was paused, or whose fate was not known when their day was over.
    """
    return record(
        each.fate_at_once
        for each in dates
        if each.probability == asked and each.after_reception < grace and not each.waited
    )


def corrected(shift: float, kept: int, passed: int, asked: float, method: Method = USUAL) -> float:
    """How far from `asked` the level lies after a week in which `passed` first dates came, of which `kept` were true.

    `shift` is how far it lay before; both are shares.
    """
    if not passed:
        return shift
    moved = shift + method.level_step * (asked - kept / passed) * min(1.0, passed / method.level_enough)
    return max(-method.level_furthest, min(moved, widest(asked, method) - asked))


def widest(asked: float, method: Method = USUAL) -> float:
    """The highest level at which dates are read that were asked for at this one: never half-way to certainty."""
    return asked + min(method.level_furthest, (1 - asked) / 2)

"""What two walks say of the time before an instant, side by side."""

from __future__ import annotations

from dataclasses import astuple
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tracker.backtest.log import Log
from tracker.backtest.walk import MORNING
from tracker.backtest.walked import Walked


def differences(whole: Log, walked: Walked, short: Log, again: Walked, at: datetime) -> list[tuple[Any, ...]]:
    """What was said before the instant by one of the walks and not by the other: every promise, and of moves and
    warnings those up to the last day of the short log, on which its walk ends."""
    one, other = said(whole, walked, at, short.snapshot), said(short, again, at, short.snapshot)
    return sorted(set(one) ^ set(other), key=repr) or ([] if len(one) == len(other) else [("twice", one, other)])


def said(log: Log, walked: Walked, at: datetime, last: int) -> list[tuple[Any, ...]]:
    """Every promise before an instant; every move and soft word before it and until a day."""
    promises = [each for each in walked.promises if datetime.fromisoformat(each.made_at) < at]
    moves = [each for each in walked.moves if datetime.fromisoformat(each.changed_at) < at and each.changed_on <= last]
    notes = [each for each in walked.notes if each.on <= last and _morning(each.on) < at]
    good = [each for each in walked.good_news if each.on <= last and _morning(each.on) < at]
    return [(log.cases[each.case].id, *astuple(each)) for each in (*promises, *moves, *notes, *good)]


def instant(random: Random, at: datetime) -> datetime:
    """Where to cut: at that time, just after it, or at the midnight or noon of its day."""
    return random.choice([at, at + timedelta(seconds=1), at.replace(hour=0, minute=0, second=1), at.replace(hour=12)])


def _morning(day: int) -> datetime:
    return datetime.fromisoformat(datetime.fromordinal(day).date().isoformat() + MORNING)

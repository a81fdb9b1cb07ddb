"""How often a back-office system reports, and what follows from it: when it counts as silent, how late it may tell."""

from __future__ import annotations

from datetime import timedelta

from tracker.core.vocabulary.words import Rhythm

PERIOD: dict[Rhythm, timedelta] = {
    Rhythm.LIVE: timedelta(0),
    Rhythm.HOURLY: timedelta(hours=1),
    Rhythm.NIGHTLY: timedelta(days=1),
    Rhythm.WEEKLY: timedelta(days=7),
}
"""How long a source may go without reporting what has happened, by its rhythm."""

PATIENCE: dict[Rhythm, timedelta] = {
    Rhythm.LIVE: timedelta(days=4),
    Rhythm.HOURLY: timedelta(days=4),
    Rhythm.NIGHTLY: timedelta(days=5),
    Rhythm.WEEKLY: timedelta(days=15),
}
"""Silence of a source, by its rhythm, after which it counts as fallen silent: a long weekend is none."""

GRACE: dict[Rhythm, timedelta] = {
    Rhythm.LIVE: timedelta(0),
    Rhythm.HOURLY: timedelta(hours=2),
    Rhythm.NIGHTLY: timedelta(days=1),
    Rhythm.WEEKLY: timedelta(days=8),
}
"""How long after a day is over a source may still report an end on it, by its rhythm."""

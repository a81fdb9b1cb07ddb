"""The settings of the method by which dates are learned, in one place, so that a benchmark can measure each of them.

The usual ones were chosen on the earlier part of real logs and judged on the later; `python -m benchmarks.promises
--parts` says what each is worth. An installation has no say in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kinship(StrEnum):
    """Whose hazards a service's are drawn towards, by the parts of its name before and after the first slash."""

    FAMILY = "family"
    """Those of the same office."""
    KIND = "kind"
    """Those that are asked for the same thing."""
    CLOSEST = "closest"
    """Whichever foretells the services better."""


@dataclass(frozen=True, slots=True)
class Method:
    """Weights are case-days at each day of age; weeks are calendar weeks.

    `stage_weight`, `kin_weight`, `service_weight`: by which a stage is drawn towards all stages, kin towards the stage,
    a service to its kin; `recent_weight`: the recent weeks towards the whole window; `root_weight`: all stages together
    towards one constant hazard, which with `tail` False is that of all ages and else that of the later half of cases,
    if `few_tail` finished there at least.

    `window_weeks`, `recent_weeks`: weeks that are learned from, and those of them that count more (0: none do).

    A day is a clearing-out if `bulk_fewest` old cases finish on it, `bulk_times` as many as were to be expected; none
    is old before `old_days`. It is left out of all but the recent weeks, unless clearing-out makes up more than
    `bulk_share` of what the service finishes, remembered for `bulk_memory_weeks`: then it is how the office works; the
    same where fewer than `bulk_enough` are finished, and everywhere with `guard` False.

    `level_step`: how far the level moves in a week in which every date was missed, times the probability asked for;
    `level_enough`: dates that must have passed for a whole step; `level_furthest`: how far it may lie from what was
    asked for.
    """

    stage_weight: float = 5.0
    kin_weight: float = 10.0
    service_weight: float = 40.0
    recent_weight: float = 130.0
    root_weight: float = 20.0
    tail: bool = True
    few_tail: int = 5
    kinship: Kinship = Kinship.CLOSEST
    window_weeks: int = 104
    recent_weeks: int = 26
    guard: bool = True
    bulk_fewest: int = 5
    bulk_times: float = 12.0
    old_days: int = 7
    bulk_share: float = 0.25
    bulk_memory_weeks: float = 104.0
    bulk_enough: int = 50
    level_step: float = 0.005
    level_enough: int = 20
    level_furthest: float = 0.05


USUAL = Method()

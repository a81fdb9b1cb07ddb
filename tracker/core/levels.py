"""The level at which a service's dates are read: what was asked for, corrected by how often its dates came true.

Insurance against drift, and slow on purpose: a step for each promise oscillates (Gibbs and Candes, 2021), here a week
is one. Each promise is judged at its own date, when those that were kept and those that were broken are known alike.
"""

from __future__ import annotations

STEP = 0.005
"""How far the level moves in a week in which every date was missed, times the probability that was asked for."""

ENOUGH = 20
"""Dates that must have passed in a week for a whole step."""

FURTHEST = 0.05
"""How far the level may lie from what was asked for, and never half-way beyond it to certainty."""


def corrected(shift: float, kept: int, passed: int, asked: float) -> float:
    """How far from `asked` the level lies after a week in which `passed` first dates came, of which `kept` were true.

    `shift` is how far it lay before; both are shares.
    """
    if not passed:
        return shift
    moved = shift + STEP * (asked - kept / passed) * min(1.0, passed / ENOUGH)
    return max(-FURTHEST, min(moved, FURTHEST, (1 - asked) / 2))

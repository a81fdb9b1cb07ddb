"""Adopted cases: those that were open before their source went live. Nobody hears of what was, but for the word that is
due to everybody who waits."""

from __future__ import annotations

from datetime import datetime

from tracker.core.case.timeline import Folded


def is_adopted(case: Folded, live_from: datetime | None) -> bool:
    """Whether the case was open before its source went live."""
    return live_from is not None and case.opened_at is not None and case.opened_at < live_from


def has_spoken_up(case: Folded, live_from: datetime | None) -> bool:
    """Whether there was anything to tell: always, but of adopted cases only from their first real news on, that the
    person was asked and that all has arrived among it."""
    if live_from is None or not is_adopted(case, live_from):
        return case.opener is not None
    news, others = case.news, (case.asked, case.arrived)
    return (news is not None and news.position >= live_from) or any(each and each.at >= live_from for each in others)

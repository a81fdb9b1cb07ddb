"""How a stored need is told: in its own words, or those of its code in the definition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tracker.core.answers.facts import NeedFacts
from tracker.core.services.definitions import Definition, say


def need_facts(need: Mapping[str, Any], definition: Definition, language: str) -> NeedFacts:
    """One thing asked of the person; without a text where the office has no words for it."""
    coded = definition.needs.get(need["code"] or "", {})
    due_on, supplied_at = need["due_on"], need["supplied_at"]
    return NeedFacts(
        item=need["item"],
        text=need["text"] or say(coded, language, definition.language),
        due_on=date.fromisoformat(due_on) if due_on else None,
        supplied_at=datetime.fromisoformat(supplied_at) if supplied_at else None,
    )

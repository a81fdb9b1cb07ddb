"""How stored needs are told: each in its own words, or those of its code in the definition; what is due first comes
first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from tracker.core.answers.facts import NeedFacts
from tracker.core.services.definitions import UNWORDED, Definition, Words, say


def need_facts(needs: Iterable[Mapping[str, Any]], definition: Definition, language: str) -> tuple[NeedFacts, ...]:
    """The things asked of the person, by the day until which each is to come, those without a day last; without a text
    where the office has no words for it."""
    found = (_facts(need, definition, language) for need in needs)
    return tuple(sorted(found, key=lambda need: (need.due_on is None, need.due_on or date.max)))


def _facts(need: Mapping[str, Any], definition: Definition, language: str) -> NeedFacts:
    coded = definition.needs.get(need["code"] or "", UNWORDED)
    due_on, supplied_at = need["due_on"], need["supplied_at"]

    def words(own: str | None, of_code: Words) -> str:
        return own or say(of_code, language, definition.language)

    return NeedFacts(
        item=need["item"],
        text=words(need["text"], coded.what),
        due_on=date.fromisoformat(due_on) if due_on else None,
        supplied_at=datetime.fromisoformat(supplied_at) if supplied_at else None,
        why=words(need.get("why"), coded.why),
        send_to=words(need.get("send_to"), coded.send_to),
        if_not=words(need.get("if_not"), coded.if_not),
        again=need.get("again", False),
    )

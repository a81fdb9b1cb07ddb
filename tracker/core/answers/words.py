"""Words that are the same for every service, and how a stored need is put into words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tracker.core.answers.facts import NeedFacts
from tracker.core.services.definitions import Definition, Words, say

CHECKING_HEADLINE: Words = {
    "en": "There is news that we are checking",
    "cy": "Mae newyddion rydyn ni'n eu gwirio",
    "es": "Hay novedades que estamos comprobando",
    "ar": "هناك أخبار جديدة نتأكد منها",
}
"""Said while the newest status of the office is not known here: a raw code never reaches people, nor a calm guess."""

CHECKING_MEANING: Words = {
    "en": "The office has reported something new. We are checking what it means for you and will say so here.",
    "cy": "Mae'r swyddfa wedi adrodd rhywbeth newydd. "
    "Rydyn ni'n gwirio beth mae'n ei olygu i chi a byddwn ni'n dweud yma.",
    "es": "La oficina ha comunicado algo nuevo. Estamos comprobando qué significa para usted y lo diremos aquí.",
    "ar": "أبلغت الجهة بشيء جديد. نتأكد مما يعنيه لكم وسنذكره هنا.",
}


def need_facts(need: Mapping[str, Any], definition: Definition, language: str) -> NeedFacts:
    """One thing asked of the person, in words: its own, or those of its code in the definition."""
    coded = definition.needs.get(need["code"] or "", {})
    text = need["text"] or say(coded, language, definition.language) or say(ASKED_FOR, language, "en")
    due_on, supplied_at = need["due_on"], need["supplied_at"]
    return NeedFacts(
        item=need["item"],
        text=text,
        due_on=date.fromisoformat(due_on) if due_on else None,
        supplied_at=datetime.fromisoformat(supplied_at) if supplied_at else None,
    )


ASKED_FOR: Words = {
    "en": "Something the office has asked you for",
    "cy": "Rhywbeth mae'r swyddfa wedi gofyn amdano",
    "es": "Algo que la oficina le ha pedido",
    "ar": "شيء طلبته الجهة منكم",
}
"""A need whose code the definition does not word: neutral, as for a status."""

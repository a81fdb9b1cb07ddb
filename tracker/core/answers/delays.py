"""Why a date is late, was moved or may not hold: the office's reason in plain words, or else words of our own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tracker.core.answers.facts import PromiseFacts
from tracker.core.services.definitions import Definition, Words, say
from tracker.core.vocabulary.words import Change, Clock, WaitingOn

USUAL_SPREAD, WAITING_FOR_OTHERS, WAITING_FOR_YOU = "usual_spread", "waiting_for_others", "waiting_for_you"
"""What is said where the office gave no reason: by who has the ball."""

OURS: Mapping[str, Words] = {
    "high_demand": {
        "en": "Many people have asked for this at the same time.",
        "cy": "Mae llawer o bobl wedi gofyn am hyn ar yr un pryd.",
        "es": "Muchas personas han pedido esto a la vez.",
        "ar": "طلب كثيرون هذه الخدمة في الوقت نفسه.",
    },
    "staff_shortage": {
        "en": "We have fewer people at work than we need.",
        "cy": "Mae gennym lai o bobl wrth y gwaith nag sydd eu hangen.",
        "es": "Nos falta personal.",
        "ar": "لدينا نقص في الموظفين.",
    },
    WAITING_FOR_OTHERS: {
        "en": "We are waiting for somebody outside our office.",
        "cy": "Rydym yn aros am rywun y tu allan i'n swyddfa.",
        "es": "Estamos esperando a alguien de fuera de nuestra oficina.",
        "ar": "ننتظر جهة أخرى.",
    },
    WAITING_FOR_YOU: {
        "en": "We are waiting for something from you.",
        "cy": "Rydym yn aros am rywbeth gennych chi.",
        "es": "Estamos esperando algo de usted.",
        "ar": "ننتظر شيئًا منكم.",
    },
    "more_checks": {
        "en": "We have to check more than usual.",
        "cy": "Mae'n rhaid i ni wirio mwy nag arfer.",
        "es": "Tenemos que hacer otras comprobaciones.",
        "ar": "علينا التحقق من أمور أكثر من المعتاد.",
    },
    "system_problem": {
        "en": "We have had a problem with our computers.",
        "cy": "Cawsom broblem gyda'n cyfrifiaduron.",
        "es": "Hemos tenido un problema con los ordenadores.",
        "ar": "حدث خلل في أجهزتنا.",
    },
    USUAL_SPREAD: {
        "en": "Some requests take longer than most. Yours is one of them.",
        "cy": "Mae rhai ceisiadau'n cymryd mwy o amser na'r lleill. Mae eich un chi yn un ohonynt.",
        "es": "Algunas solicitudes tardan mucho. La suya es una de ellas.",
        "ar": "تأخذ بعض الطلبات وقتًا أطول، ومنها طلبكم.",
    },
}
"""Reasons that a definition need not word, in letters that an SMS carries at the plain price where there are any. A
definition that words one of them itself is followed."""


class DelayKind(StrEnum):
    """What is amiss with a date: a word of the API."""

    LATE = "late"
    """Its day has passed."""
    MOVED = "moved"
    """It lies later than the one before it, which could not be kept."""
    TAKEN_BACK = "taken_back"
    """It was taken back, and none has taken its place."""
    WARNED = "warned"
    """It stands, but people were told that it may not be kept."""


@dataclass(frozen=True, slots=True)
class Waited:
    """What of an open case decides whether a date of it is late: whether our time runs, today in the office's zone,
    and when people were last told that a date may not be kept."""

    clock: Clock
    today: date
    warned_at: datetime | None = None


def is_worded(code: str, definition: Definition) -> bool:
    """Whether there are words for a reason of the back office."""
    return code in definition.delay_reasons or code in OURS


def reason_of(code: str | None, waiting_on: WaitingOn, definition: Definition) -> str:
    """The reason to give: the office's where it has words, else who is waited for, else that it happens.

    A code without words never reaches people; it counts as none until the definition knows it.
    """
    if code is not None and is_worded(code, definition):
        return code
    match waiting_on:
        case WaitingOn.YOU:
            return WAITING_FOR_YOU
        case WaitingOn.OTHER:
            return WAITING_FOR_OTHERS
        case WaitingOn.US:
            return USUAL_SPREAD


def words_of(reason: str, definition: Definition, language: str) -> str:
    """A reason that `reason_of` gave, in words: the definition's, else our own. KeyError for any other."""
    if reason in definition.delay_reasons:
        return say(definition.delay_reasons[reason], language, definition.language)
    return say(OURS[reason], language, "en")


def kind_of(promises: tuple[PromiseFacts, ...], standing: PromiseFacts | None, waited: Waited) -> DelayKind | None:
    """What is amiss with the dates of an open case (newest first), or None while all is as it was said.

    The office's own moves do not make a date of ours late that stands beside. Days on which we waited, and what was
    corrected, are no delay either.
    """
    newest = promises[0] if promises else None
    led = standing or (newest if newest and newest.outcome == "missed" and not newest.superseded_at else None)
    if led is None:
        ours = next((each for each in promises if each.basis != "office"), None)
        return DelayKind.TAKEN_BACK if ours is not None and ours.reason == Change.TOO_UNCERTAIN else None
    stands_still = waited.clock is Clock.PAUSED and led.basis != "office" and led.outcome is None
    if led.outcome == "missed" or (led.latest_on < waited.today and not stands_still):
        return DelayKind.LATE
    if any(_gave_way(each, led) for each in promises):
        return DelayKind.MOVED
    if led.basis != "office" and waited.warned_at is not None and waited.warned_at >= led.made_at:
        return DelayKind.WARNED
    return None


def _gave_way(before: PromiseFacts, led: PromiseFacts) -> bool:
    """Whether an earlier date could not be kept, so that a later one stands in its place."""
    if before.latest_on >= led.latest_on or before.made_at > led.made_at:
        return False
    if led.basis == "office":
        return before.reason == Change.OFFICE_CHANGED_DATE or before.outcome == "missed"
    return before.basis != "office" and (before.reason == Change.LIKELY_LATE or before.outcome == "missed")

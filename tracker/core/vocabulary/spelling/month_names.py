"""The names of the months in the languages of the pages, as people write them beside a day.

In the plain form of `letters`: small, without accents. Whoever adds a language to the pages adds its months; a test
compares them with the names that dates are shown with.
"""

from __future__ import annotations

from collections.abc import Mapping

_ENGLISH = [
    "january jan",
    "february feb",
    "march mar",
    "april apr",
    "may",
    "june jun",
    "july jul",
    "august aug",
    "september sep sept",
    "october oct",
    "november nov",
    "december dec",
]
_SPANISH = [
    "enero ene",
    "febrero",
    "marzo",
    "abril abr",
    "mayo",
    "junio",
    "julio",
    "agosto ago",
    "septiembre setiembre set",
    "octubre",
    "noviembre",
    "diciembre dic",
]
_WELSH = [
    "ionawr ion",
    "chwefror chwef chw",
    "mawrth fawrth maw",
    "ebrill ebr",
    "mai fai",
    "mehefin fehefin meh",
    "gorffennaf orffennaf gorff gor",
    "awst",
    "medi fedi",
    "hydref hyd",
    "tachwedd dachwedd tach",
    "rhagfyr ragfyr rhag",
]
_ARABIC = [
    "يناير|كانون الثاني|جانفي",
    "فبراير|شباط|فيفري",
    "مارس|اذار",
    "ابريل|نيسان|افريل",
    "مايو|ايار|ماي",
    "يونيو|يونيه|حزيران|جوان",
    "يوليو|يوليه|تموز|جويليه|جويلية",
    "اغسطس|اب|اوت",
    "سبتمبر|ايلول",
    "اكتوبر|تشرين الاول",
    "نوفمبر|تشرين الثاني",
    "ديسمبر|كانون الاول",
]


def _numbered() -> dict[str, int]:
    numbered: dict[str, int] = {}
    for names, mark in ((_ENGLISH, " "), (_SPANISH, " "), (_WELSH, " "), (_ARABIC, "|")):
        numbered |= {each: month for month, some in enumerate(names, 1) for each in some.split(mark)}
    return numbered


MONTHS: Mapping[str, int] = _numbered()
"""The number of a month, 1 to 12, by each of its names."""

BESIDE = frozenset(
    [
        "the",
        "of",
        "st",
        "nd",
        "rd",
        "th",
        "de",
        "del",
        "el",
        "o",
        "a",
        "er",
        "ain",
        "af",
        "il",
        "ail",
        "ydd",
        "edd",
        "ed",
        "fed",
        "eg",
        "y",
        "من",
        "في",
        "عام",
        "سنة",
        "شهر",
    ]
)
"""Words and endings of ordinals that stand in a date beside day, month and year, and say nothing."""

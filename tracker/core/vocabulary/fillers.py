"""What is typed into a field that must not stay empty, when there is nothing to say."""

from __future__ import annotations

import re

_SIGNS = re.compile(r"[\W_]+")

SAYING_NOTHING = frozenset(
    {
        *("unknown", "not known", "not provided", "not given", "not available", "not applicable", "n a", "tbc", "tba"),
        *("xx", "xxx", "xxxx", "nieznany", "nieznana", "nie dotyczy", "desconocido", "desconocida", "no consta"),
        *("no tiene", "anhysbys", "ddim ar gael", "unbekannt", "keine angabe", "inconnu", "inconnue"),
        *("غير معروف", "لا يوجد", "غير متوفر"),
    }
)
"""Words for nothing that are nobody's name either; folded: small letters, one space for all that is no letter."""

_NOTHING_BUT_FOR_NAMES = frozenset(
    {
        *(
            "none",
            "no",
            "nil",
            "null",
            "na",
            "missing",
            "blank",
            "empty",
            "test",
            "brak",
            "nie ma",
            "ninguno",
            "ninguna",
        ),
        *("nada", "dim", "kein", "keine", "aucun", "aucune", "no phone", "no mobile", "no email", "no number"),
        *("no postcode", "لا", "x"),
    }
)
"""Words that mean nothing in a field where no name is asked for: Brak, Null and No are people, too."""


def folded(text: str) -> str:
    """Small letters and digits, with one space for all signs between them."""
    return _SIGNS.sub(" ", text.casefold()).strip()


def says_nothing(text: str, *, as_name: bool = False) -> bool:
    """Whether a field was filled with a word or signs for nothing. `as_name`: it asks for a name.

    >>> says_nothing("N/A"), says_nothing(" - "), says_nothing("Brak"), says_nothing("Brak", as_name=True)
    (True, True, True, False)
    """
    plain = folded(text)
    return not plain or plain in SAYING_NOTHING or (not as_name and plain in _NOTHING_BUT_FOR_NAMES)

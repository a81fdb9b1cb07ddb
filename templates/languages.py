"""The languages of the interface: which there are, which one somebody asks for, and the words of each.

English stands in the templates themselves. Every other language is a catalogue, `locales/<code>/LC_MESSAGES/
interface.po`, read as it is: nothing has to be compiled, and a new file is a new language.
"""

from __future__ import annotations

import gettext
import io
from functools import cache, lru_cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from templates import wording

LOCALES = Path(__file__).parent / "locales"
DOMAIN = "interface"
SOURCE = "en"
"""The language of the templates, and the one to fall back on."""

MOST_ACCEPTED = 20
"""So many languages of an Accept-Language header are read; nobody prefers more."""


@cache
def offered() -> tuple[str, ...]:
    """The code of every language the interface speaks, in the order of their own names."""
    found = {file.parts[-3] for file in LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po")} | {SOURCE}
    return tuple(sorted(found, key=lambda code: own_name(code).casefold()))


def own_name(code: str) -> str:
    """What a language calls itself: "Cymraeg" for "cy"."""
    return wording.capitalised(wording.locale(code).language_name or code)


@lru_cache(maxsize=1_000)  # as long as the languages on offer; a browser may ask for anything
def understood(code: str) -> str | None:
    """The language of the interface for a tag (BCP 47): "cy" for "cy", "CY" and "cy-GB", None where it speaks none.

    Look-up as in RFC 4647, section 3.4; where that gives nothing, another form of the same language serves.
    """
    known = {each.lower(): each for each in offered()}
    asked = ever_less(code)
    primary = asked[-1] if asked else ""
    same = (each for each in offered() if each.lower().partition("-")[0] == primary)
    return next((known[each] for each in asked if each in known), None) or next(same, None)


def ever_less(code: str) -> list[str]:
    """A tag in small letters, then ever less of it: zh-hant-tw, zh-hant, zh."""
    parts = code.strip().replace("_", "-").lower().split("-")[:MOST_ACCEPTED]
    cut = (parts[:length] for length in range(len(parts), 0, -1))
    return ["-".join(each) for each in cut if each[0] and (len(each) == 1 or len(each[-1]) > 1)]


def preferred(accept_language: str) -> str | None:
    """The language that a browser's Accept-Language header wants most of those on offer; None for no such wish."""
    wishes: list[tuple[float, str]] = []
    for wish in accept_language.split(",")[:MOST_ACCEPTED]:
        code, _, weight = wish.partition(";")
        try:
            much = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if 0 < much <= 1:
            wishes.append((much, code))
    wishes.sort(key=lambda wish: wish[0], reverse=True)
    return next((spoken for _, code in wishes if (spoken := understood(code))), None)


def catalogue(code: str) -> Catalog:
    """The catalogue of a language as its translators left it. Raises OSError when there is none."""
    with (LOCALES / code / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        return read_po(file, locale=code, domain=DOMAIN, abort_invalid=True)


def translations(language: str) -> gettext.NullTranslations:
    """The words of a language; where it has no catalogue, those of the templates."""
    return _translations(understood(language) or SOURCE)


@cache
def _translations(code: str) -> gettext.NullTranslations:
    if code == SOURCE:
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)

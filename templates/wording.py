"""How dates, shares and references are put into words, and text is made fit for a phone or a header."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time

Instant = datetime
"""An aware instant."""

GSM_CHARACTERS = 306
"""What two segments of the GSM alphabet hold."""

SMS_CHARACTERS = 134
"""What an SMS may hold: one segment of the GSM alphabet, and two (67 each) of any other script."""


class Momentary(Protocol):
    """An instant, or a day when only the day is known."""

    @property
    def at(self) -> datetime | None: ...

    @property
    def on(self) -> date | None: ...


def locale(language: str) -> Locale:
    """The locale of a language code. English is British here, and so is a language that is not known."""
    if language.lower() in {"en", ""}:
        return Locale.parse("en_GB")
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


def known(language: str) -> bool:
    """Whether dates, plurals and direction of this language are known."""
    return locale(language).language == language.partition("-")[0]


def long_date(day: date, language: str) -> str:
    """ "14 March 2026"."""
    return format_date(day, "long", locale(language))


def near_date(day: date, language: str, today: date | None) -> str:
    """ "14 March" in the year of `today`, with its year in any other."""
    if today is None or today.year != day.year:
        return long_date(day, language)
    said = locale(language)
    # The skeleton of Welsh puts the month first, unlike its dates with a year.
    return format_date(day, "d MMMM", said) if said.language == "cy" else format_skeleton("MMMMd", day, locale=said)


def weekday_date(day: date, language: str) -> str:
    """ "Saturday 14 March 2026", as it stands within a sentence."""
    said, text = locale(language), format_date(day, "full", locale(language))
    if said.language == "cy":
        text = text[:1].lower() + text[1:]
    return text.replace(", ", " ", 1) if said.language in {"en", "cy", "es"} else text


def time_and_day(at: datetime, zone: str, language: str, now: datetime | None) -> tuple[str, str]:
    """The time and the day of an instant in this zone; the day with its year unless it is that of `now`."""
    there = at.astimezone(ZoneInfo(zone))
    today = None if now is None else local_date(now, zone)
    return format_time(there, "short", locale=locale(language)), near_date(there.date(), language, today)


def local_date(at: datetime, zone: str) -> date:
    """The calendar day of an instant in this zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def in_ten(probability: float) -> tuple[int, int]:
    """A probability as people say it: (9, 10) for "9 in 10"; (85, 100) where tenths would not be true."""
    hundredths = round(probability * 100)
    return (hundredths // 10, 10) if hundredths % 10 == 0 else (hundredths, 100)


def grouped(reference: str) -> str:
    """A reference in groups that can be read out: as written if it has groups, else in fours."""
    if re.search(r"[\s-]", reference) or len(reference) <= 5:
        return reference
    return "-".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def sentence(text: str) -> str:
    """The text with a full stop, unless it ends in a mark of its own."""
    text = text.strip()
    return text if not text or text[-1] in ".!?…。؟" else f"{text}."


def capitalised(text: str) -> str:
    """The text with a capital first letter; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def shorten(text: str, most: int) -> str:
    """At most this many characters, cut between words where possible, with "..." for what is missing."""
    text = one_line(text)
    if len(text) <= most:
        return text
    cut = text[: most - 3]
    head, gap, _ = cut.rpartition(" ")
    return f"{(head if gap and len(head) > most // 2 else cut).rstrip(' ,;:-')}..."


def unless_too_long(text: str, shorter: str) -> str:
    """This text where an SMS holds it, else the shorter one."""
    return text if len(phone_text(text)) <= SMS_CHARACTERS else shorter


def first_that_fits(texts: Iterable[str], least: str, most: int = GSM_CHARACTERS) -> str:
    """The first of these texts that two segments of an SMS hold, else the least; of those in the GSM alphabet the first
    of at most so many signs. What could be said in that alphabet never leaves it: another costs double."""
    plain = _IN_GSM.fullmatch(phone_text(least)) is not None
    for text in texts:
        said = phone_text(text)
        if len(said) <= (most if plain else SMS_CHARACTERS) and (not plain or _IN_GSM.fullmatch(said)):
            return text
    return least


_IN_GSM = re.compile(r"[A-Za-z0-9 @£$¥èéùìòÇØøÅåÄÖÑÜ§¿äöñüàÆæßÉ!\"#%&'()*+,./:;<=>?¡_-]*")
"""Signs that take one place each in an SMS; those that take two are left out."""


_LINK = re.compile(
    r"""(?:[a-z][a-z0-9+.-]*://|www\.)\S+
      | \b[\w-]+(?:\.[\w-]+)+/\S*
      | \b(?:[\w-]+\.)+(?:com|net|org|info|biz|io|co|uk|eu|ru|cn|top|xyz|online|site|shop|link|click)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def unlinked(text: str) -> str:
    """Text of others without its web addresses: nobody may send people elsewhere in our name."""
    return _LINK.sub("(…)", clean(text))


def clean(text: str) -> str:
    """Composed characters, and but for the line end none that steer: control, zero-width, direction."""
    composed = unicodedata.normalize("NFC", text)
    composed = composed.replace("\u2028", "\n").replace("\u2029", "\n").replace("\t", " ")
    # A text has few different characters: each is asked once.
    steering = [each for each in set(composed) if each != "\n" and unicodedata.category(each) in _STEERING]
    return composed.translate(dict.fromkeys(map(ord, steering))) if steering else composed


_STEERING = frozenset({"Cc", "Cf", "Cs"})


def one_line(text: str) -> str:
    """Clean text on a single line, as a header needs it."""
    return " ".join(clean(re.sub(r"\s", " ", text)).split())


def phone_text(text: str) -> str:
    """One clean line, in marks of the GSM alphabet: one typographic quote would double the price."""
    return one_line(text).translate(_GSM_MARKS)


_GSM_MARKS = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u202f": " "}
)


def paragraphs(text: str) -> str:
    """Clean text whose blank lines come one at a time, ending in one line end."""
    lines = [line.rstrip() for line in clean(text.replace("\u00a0", " ")).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")

_UPRIGHT = re.compile(
    r"""(?:[a-z][a-z0-9+.-]*://|www\.)[^\s<>]*[\w/]
      | [\w.+-]+@[\w-]+(?:\.[\w-]+)+
      | \b[0-9a-z]{4}(?:-[0-9a-z]{4}){2}\b
      | (?<!\d)(?P<number>\+\d[\d\ ().-]{4,}\d | (?!\d{4}-\d{4}\b)\(?\d+\)?(?:[\ .-]\(?\d+\)?)+)""",
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)
FEWEST_DIGITS = 7
"""A row of numbers with fewer digits is taken for hours, years or an amount, not for a telephone number."""

LEFT_TO_RIGHT_MARK = "\u200e"


def runs_right_to_left(text: str) -> bool:
    """Whether the text has letters of a script that is written from right to left."""
    return _RIGHT_TO_LEFT.search(text) is not None


def upright_parts(text: str) -> list[tuple[str, bool]]:
    """The text in parts, with whether each has to stay left to right: telephone numbers, addresses, references.

    Only where the text runs right to left: there 01632 960 001 would be shown with its groups in reverse.
    """
    if not runs_right_to_left(text):
        return [(text, False)]
    parts: list[tuple[str, bool]] = []
    done = 0
    for match in _UPRIGHT.finditer(text):
        if match["number"] is None or sum(each.isdigit() for each in match[0]) >= FEWEST_DIGITS:
            parts += [(text[done : match.start()], False), (match[0], True)]
            done = match.end()
    return [part for part in [*parts, (text[done:], False)] if part[0]]


def upright(text: str) -> str:
    """Plain text in which those parts stay left to right, by Unicode's mark where a part would not by itself."""
    return "".join(_marked(part) if stays else part for part, stays in upright_parts(text))


def _marked(part: str) -> str:
    before = "" if part[0].isalpha() else LEFT_TO_RIGHT_MARK
    return f"{before}{part}" if part[-1].isalnum() else f"{before}{part}{LEFT_TO_RIGHT_MARK}"

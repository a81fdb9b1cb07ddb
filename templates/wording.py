"""How dates, shares and references are put into words, and text is made fit to be read: clean, upright, on a line."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time

Instant = datetime
"""An aware instant."""


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


def clean(text: str) -> str:
    """Composed characters, and but for the line end none that steer: control, zero-width, direction. What joins or
    parts letters stays where a script spells with it, and within signs that are made of several."""
    composed = unicodedata.normalize("NFC", text)
    composed = composed.replace("\u2028", "\n").replace("\u2029", "\n").replace("\t", " ")
    # A text has few different characters: each is asked once.
    steering = [each for each in set(composed) if each != "\n" and unicodedata.category(each) in _STEERING]
    if not steering:
        return composed
    plain = composed.translate(dict.fromkeys(each for each in map(ord, steering) if not _may_join(each)))
    return _JOINED.sub(lambda match: match["kept"] or "", _REPEATED.sub(r"\1", plain))


_STEERING = frozenset({"Cc", "Cf", "Cs"})


def _may_join(point: int) -> bool:
    return point in (0x200C, 0x200D) or 0xE0020 <= point <= 0xE007F


_JOINING = "\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18aa\ufb50-\ufdff\ufe70-\ufefc\U0001e900-\U0001e95f"
"""Scripts that spell with joiners: Arabic and its kin, those of India and Sri Lanka, Burmese, Khmer, Mongolian."""

_SILENCED = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u103a\u17d2"
"""Signs that take a letter's vowel away: a joiner may follow at the end of a word, too (RFC 5892, appendix A)."""

_REPEATED = re.compile("([\u200c\u200d])[\u200c\u200d]+")
_SIGNS = "\u2190-\u2bff\U0001f000-\U0001faff"
_JOINED = re.compile(
    f"""(?P<kept>(?<=[{_JOINING}])[\u200c\u200d](?=[{_JOINING}])
      | (?<=[{_SILENCED}])[\u200c\u200d]
      | (?<=[{_SIGNS}\ufe0f])\u200d(?=[{_SIGNS}])
      | (?<=\U0001f3f4)[\U000e0030-\U000e0039\U000e0061-\U000e007a]{{3,6}}\U000e007f)
      | [\u200c\u200d\U000e0020-\U000e007f]""",
    re.VERBOSE,
)
"""What joins, and is kept: between letters, after such a sign, in an emoji, in the flag of a region (UTS #51)."""


def one_line(text: str) -> str:
    """Clean text on a single line, as a header needs it."""
    return " ".join(clean(re.sub(r"\s", " ", text)).split())


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

"""How a text is made fit for a phone: the alphabet that costs least, and how much a text message holds.

160 septets of the GSM alphabet in one segment or 153 in each of several (3GPP TS 23.038); any other sign makes it
UCS-2: 70, or 67 units. `tracker.core.vocabulary.segments` counts the same for what is sent; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from templates import wording

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
"""Signs that take two places each."""

MOST_SEGMENTS = 2
"""No text in the GSM alphabet takes more, whatever is put into it."""

MOST_OF_OTHERS = 3
"""Nor any in other letters, of which a segment holds less than half as many: whoever reads Arabic is told as much."""


@dataclass(frozen=True, slots=True)
class Size:
    """How many segments a text takes, and whether all its signs are of the GSM alphabet."""

    segments: int
    gsm: bool


def size(text: str) -> Size:
    """What a text takes as carriers bill it. Two places that belong together never lie in two segments."""
    gsm = in_gsm(text)
    widths = [2 if each in EXTENSION else 1 for each in text] if gsm else [2 if each > "\uffff" else 1 for each in text]
    single, several = (160, 153) if gsm else (70, 67)
    if sum(widths) <= single:
        return Size(1, gsm)
    segments, room = 1, several
    for width in widths:
        if width > room:
            segments, room = segments + 1, several
        room -= width
    return Size(segments, gsm)


def in_gsm(text: str) -> bool:
    """Whether the GSM alphabet has every sign of this text, as a phone is sent it."""
    return all(each in BASIC or each in EXTENSION for each in phone_text(text))


def phone_text(text: str) -> str:
    """One clean line, in marks of the GSM alphabet: one typographic quote would double the price."""
    return wording.one_line(text).translate(_GSM_MARKS)


_GSM_MARKS = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u202f": " "}
)


def fits(text: str, most: int) -> bool:
    """Whether so many segments hold a text; of another alphabet than GSM's, always three."""
    taken = size(phone_text(text))
    return taken.segments <= (most if taken.gsm else MOST_OF_OTHERS)


def unless_too_long(text: str, shorter: str) -> str:
    """This text where one segment of the GSM alphabet or three of any other hold it, else the shorter one."""
    return text if fits(text, 1) else shorter


def first_that_fits(texts: Iterable[str], least: str, most: int = MOST_SEGMENTS) -> str:
    """The first of these texts that so many segments hold (of other letters than GSM's, always three), else the least.
    What could be said in the GSM alphabet never leaves it: another costs double."""
    plain = in_gsm(least)
    return next((each for each in texts if fits(each, most) and (in_gsm(each) or not plain)), least)


def room_for_name(name: str, said: str, most: int) -> int:
    """How many signs of the name fit before ": " and what is said, so that the text takes one segment of the GSM
    alphabet or else two: no more than `most`, and no fewer than ten."""
    whole = phone_text(name)
    for segments in (1, MOST_SEGMENTS):
        for room in range(most, 10, -1):
            if fits(f"{wording.shorten(whole, room)}: {said}", segments):
                return room
    return 10


def cut(text: str) -> str:
    """A text that is no longer than it may be: what is beyond that is cut between words, with "..." for it."""
    if short_enough(text):
        return text
    least, most = 4, len(text)
    while least < most:
        middle = (least + most + 1) // 2
        if short_enough(wording.shorten(text, middle)):
            least = middle
        else:
            most = middle - 1
    return wording.shorten(text, least)


def short_enough(text: str) -> bool:
    """Whether a text takes no more segments than it may."""
    taken = size(text)
    return taken.segments <= (MOST_SEGMENTS if taken.gsm else MOST_OF_OTHERS)

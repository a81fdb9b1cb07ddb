"""How many SMS segments a text takes (3GPP TS 23.038: the GSM 7-bit default alphabet and its extension).

160 septets in one segment or 153 in each of several; any other character makes it UCS-2: 70, or 67 units.
"""

from __future__ import annotations

from dataclasses import dataclass

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")


@dataclass(frozen=True, slots=True)
class Segments:
    """`count` segments in `encoding` (GSM-7 or UCS-2), `units` septets or 16-bit units long."""

    count: int
    encoding: str
    units: int


def segments(text: str) -> Segments:
    """Count the segments of a text as carriers bill it. An extension character never straddles two segments."""
    if not beyond_gsm(text):
        return _pack([2 if char in _EXTENSION else 1 for char in text], 160, 153, "GSM-7")
    return _pack([2 if ord(char) > 0xFFFF else 1 for char in text], 70, 67, "UCS-2")


def beyond_gsm(text: str) -> tuple[str, ...]:
    """The characters that force a text out of the GSM alphabet, each once, in their order."""
    return tuple(dict.fromkeys(char for char in text if char not in _BASIC and char not in _EXTENSION))


def _pack(widths: list[int], single: int, each: int, encoding: str) -> Segments:
    units = sum(widths)
    if units <= single:
        return Segments(1, encoding, units)
    count, room = 1, each
    for width in widths:
        if width > room:
            count, room = count + 1, each
        room -= width
    return Segments(count, encoding, units)

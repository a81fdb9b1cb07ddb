"""SMS segments, against known lengths and against a codec of the GSM alphabet as an oracle."""

import string

import gsm0338
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.core.vocabulary.segments import Segments, segments

CODEC = gsm0338.Codec()
LETTERS = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà\f^{}\\[~]|€"
GSM = LETTERS + string.ascii_letters + string.digits + " !'()*"


def septets(text: str) -> int | None:
    """The septets of a text by the oracle, or None when the GSM alphabet cannot say it."""
    try:
        return len(CODEC.encode(text)[0])
    except UnicodeEncodeError:
        return None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments(1, "GSM-7", 0)),
        ("a" * 160, Segments(1, "GSM-7", 160)),
        ("a" * 161, Segments(2, "GSM-7", 161)),
        ("a" * 306, Segments(2, "GSM-7", 306)),
        ("a" * 307, Segments(3, "GSM-7", 307)),
        ("€" * 80, Segments(1, "GSM-7", 160)),
        ("€" * 81, Segments(2, "GSM-7", 162)),
        ("a" * 152 + "€" + "a" * 152, Segments(3, "GSM-7", 306)),
        ("ŵ" * 70, Segments(1, "UCS-2", 70)),
        ("ŵ" * 71, Segments(2, "UCS-2", 71)),
        ("ŵ" * 134, Segments(2, "UCS-2", 134)),
        ("ŵ" * 135, Segments(3, "UCS-2", 135)),
        ("😀" * 35, Segments(1, "UCS-2", 70)),
        ("😀" * 36, Segments(2, "UCS-2", 72)),
        ("ŵ" * 66 + "😀" + "ŵ" * 66, Segments(3, "UCS-2", 134)),
        ("It’s ready", Segments(1, "UCS-2", 10)),
        ("ç", Segments(1, "UCS-2", 1)),
        ("`", Segments(1, "UCS-2", 1)),
        ("e\u0301", Segments(1, "UCS-2", 2)),
    ],
)
def test_known_lengths(text: str, expected: Segments) -> None:
    assert segments(text) == expected


@pytest.mark.parametrize("first", range(0, 0x10000, 0x1000))
def test_every_character_has_the_encoding_and_width_of_the_oracle(first: int) -> None:
    for point in range(first, first + 0x1000):
        char = chr(point)
        if 0xD800 <= point < 0xE000 or char == "\x1b":
            continue  # surrogates are not characters; escape is the way into the extension, not a letter
        width = septets(char)
        assert segments(char) == Segments(1, "UCS-2" if width is None else "GSM-7", width or 1), hex(point)


@settings(deadline=None)
@given(st.text(GSM, max_size=500) | st.text(max_size=300))
def test_units_and_encoding_agree_with_the_oracle(text: str) -> None:
    found, width = segments(text), septets(text.replace("\x1b", "\u2603"))
    if width is None:
        assert (found.encoding, found.units) == ("UCS-2", len(text.encode("utf-16-be")) // 2)
    else:
        assert (found.encoding, found.units) == ("GSM-7", width)


@settings(deadline=None)
@given(st.text(GSM, max_size=700) | st.text(max_size=500))
def test_segments_hold_the_text_without_waste(text: str) -> None:
    found = segments(text)
    single, each = (160, 153) if found.encoding == "GSM-7" else (70, 67)
    if found.units <= single:
        assert found.count == 1
    else:
        assert found.count * each >= found.units
        assert (found.count - 1) * (each - 1) < found.units

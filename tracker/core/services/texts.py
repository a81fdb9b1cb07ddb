"""What words of a definition may hold: plain text that fits where people read it.

Words are shown exactly as they are written, on a page, in an e-mail and in an SMS: no markup, nothing filled
in.
"""

from __future__ import annotations

import re
import unicodedata

from tracker.core.vocabulary.segments import segments

FRAME = 60
"""Septets or units kept for "Organisation: " before a headline and ". Ref ABCD-EFGH." after it in an SMS."""

HEADLINE_GSM7 = 160 - FRAME
"""The longest headline, in septets, whose message fits one segment."""

HEADLINE_UCS2 = 2 * 67 - FRAME - 1
"""The longest headline, in 16-bit units, whose message fits two segments wherever a pair of units falls."""

LONGEST = {
    "name": 80,
    "label": 60,
    "hint": 150,
    "headline": HEADLINE_GSM7,
    "meaning": 400,
    "next": 300,
    "other": 60,
    "you_can": 300,
    "if_late": 300,
    "help": 400,
    "complaint": 400,
    "appeal": 600,
    "needs": 200,
    "why": 200,
    "send_to": 200,
    "if_not": 200,
    "delay_reasons": 120,
    "statutory": 400,
}
"""The most characters that each kind of words may have."""

LONGEST_CODE = 80
"""The most characters of a code of the back office."""

Flaw = tuple[str, str]
"""What is wrong with a text, and how to mend it."""

_JOINERS = frozenset("\u200c\u200d\u200e\u200f")
"""Invisible characters that some scripts need: joiners, and the marks of a direction."""

_MARKUP = re.compile(r"[<>{}]|&#?\w{1,31};|\]\(")
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_ENDINGS = frozenset(".,:;!?…。؟،।")


def tidy(text: str) -> str:
    """The text in its composed form (NFC), with each run of spaces, tabs and line breaks as one space."""
    return re.sub(r"[ \t\r\n]+", " ", unicodedata.normalize("NFC", text)).strip(" ")


def hidden(text: str) -> str | None:
    """The name of the first character that cannot be seen or shown, or None."""
    for char in text:
        if unicodedata.category(char) in _REFUSED and char not in _JOINERS:
            return f"U+{ord(char):04X}"
    return None


def unfit_code(code: str) -> Flaw | None:
    """What keeps a text from being a code of the back office, or None: any visible text will do."""
    if not code.strip():
        return "the code is empty", "Write the code, or take it out."
    if hidden(code) is not None:
        return f"a hidden character ({hidden(code)}) is in the code", "Type the code anew."
    if len(code) > LONGEST_CODE:
        return f"the code has {len(code)} characters; {LONGEST_CODE} fit", "Write the code alone."
    if code != code.strip():
        remedy = "Take the spaces out: codes are matched exactly, and arrive without them."
        return "there is space before or after the code", remedy
    return None


def flaw(kind: str, text: str) -> Flaw | None:
    """What keeps a tidy text from being shown as words of this kind, or None."""
    if not any(char.isalnum() for char in text):
        return "there are no words", "Write the words, or take the key out if it is not needed."
    character = hidden(text)
    if character is not None:
        return (
            f"a hidden character ({character}) is in the words",
            "Delete it: type the words anew rather than pasting them.",
        )
    markup = _MARKUP.search(text)
    if markup is not None:
        return (
            f'"{markup.group()}" is not plain text',
            "Write plain words. They are shown as they are: no HTML, no links, nothing is filled in.",
        )
    longest = LONGEST[kind]
    if kind == "headline":
        return _headline_flaw(text)
    if len(text) > longest:
        return f"the text has {len(text)} characters; {longest} fit", "Say it in fewer words."
    return None


def _headline_flaw(text: str) -> Flaw | None:
    if text[-1] in _ENDINGS:
        return f'the headline ends with "{text[-1]}"', "Leave it out: messages put a full stop there."
    size = segments(text)
    if size.encoding == "GSM-7":
        if size.units > HEADLINE_GSM7:
            return (
                f"the headline takes {size.units} characters of an SMS; {HEADLINE_GSM7} fit in one",
                "Say it in fewer words; the rest belongs in meaning.",
            )
        return None
    if size.units > HEADLINE_UCS2:
        foreign = dict.fromkeys(char for char in text if segments(char).encoding != "GSM-7")
        some = " ".join(list(foreign)[:5])
        return (
            f"the headline takes {size.units} characters; with letters like {some}, {HEADLINE_UCS2} fit",
            f"Say it in fewer words. Without {some}, {HEADLINE_GSM7} fit.",
        )
    return None

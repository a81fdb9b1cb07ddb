"""What people read, taken apart: each sentence of a message, a page or the desk's answer becomes a claim, or is unread.

The sentences are written down here once more, from what the product says and not from its templates: a sentence that
changes is unread until somebody has looked at it. Nothing of the product is imported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from html import unescape
from typing import Any

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
DAY = rf"(?:(?:{'|'.join(WEEKDAYS)}) )?\d{{1,2}} (?:{'|'.join(MONTHS)})(?: \d{{4}})?"
REFERENCE = r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}"
TIME = r"\d\d:\d\d"

_STOP = re.compile(r"(?<=[.?!”])\s|$")

Claim = tuple[str, Any]
"""A kind, and what is claimed: a day, a reference, a stage, words, or nothing."""


@dataclass
class Reading:
    """What a text claims, in its order, and what of it nobody knows how to read."""

    claims: list[Claim] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def all(self, *kinds: str) -> list[Any]:
        """What is claimed of these kinds."""
        return [value for kind, value in self.claims if kind in kinds]

    def one(self, *kinds: str) -> Any:
        """The first of these kinds, or None."""
        return next(iter(self.all(*kinds)), None)

    def says(self, *kinds: str) -> bool:
        """Whether any of these kinds is claimed."""
        return any(kind in kinds for kind, _ in self.claims)


def day(text: str, year: int) -> date:
    """A day as it is written; raises ValueError where its weekday is not that of the day."""
    words = text.split()
    weekday = words.pop(0) if words[0] in WEEKDAYS else None
    found = date(int(words[2]) if len(words) > 2 else year, MONTHS.index(words[1]) + 1, int(words[0]))
    if weekday is not None and WEEKDAYS[found.weekday()] != weekday:
        raise ValueError(f"{text} is a {WEEKDAYS[found.weekday()]}")
    return found


def patterns(rows: Mapping[str, str | list[str]]) -> list[tuple[str, re.Pattern[str]]]:
    """Compiled: {D} is a day, {R} a reference, {T} a time, {O} the office."""
    made = []
    for kind, said in rows.items():
        for one in [said] if isinstance(said, str) else said:
            whole = one.replace("{D}", f"(?P<day>{DAY})").replace("{E}", f"(?P<other>{DAY})")
            whole = (
                whole.replace("{R}", f"(?P<reference>{REFERENCE})")
                .replace("{T}", TIME)
                .replace("{O}", r"[\w ]+? Council")
            )
            made.append((kind, re.compile(whole)))
    return made


class Words:
    """The words of a service, as its definition file has them."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.definition = definition
        self.stages = {stage["code"]: stage for stage in definition["stages"]}
        self.known: list[tuple[str, Claim]] = []
        self.lines: dict[tuple[int, str, int], Reading] = {}
        for code, stage in self.stages.items():
            for kind in ("headline", "meaning", "next", "you_can", "if_late"):
                if kind in stage:
                    self.known.append((stage[kind]["en"], (kind, code)))
        for kind in ("help", "complaint", "appeal", "name"):
            if kind in definition:
                self.known.append((definition[kind]["en"], (kind, None)))
        if "statutory" in definition:
            self.known.append((definition["statutory"]["words"]["en"], ("law_words", None)))
        self.known.sort(key=lambda each: -len(each[0]))

    def at(self, text: str, place: int) -> tuple[int, Claim] | None:
        """What the definition says there, and where it ends; the full stop that a sentence adds is taken along."""
        for words, claim in self.known:
            if text.startswith(words, place):
                end = place + len(words)
                return end + (text[end : end + 1] == "." and not words.endswith(".")), claim
        return None


def read(text: str, words: Words, table: list[tuple[str, re.Pattern[str]]], year: int) -> Reading:
    """Take a text apart, sentence by sentence, by the longest that fits. What was read before is known."""
    before = words.lines.get((id(table), text, year))
    if before is None:
        before = words.lines[id(table), text, year] = _taken_apart(text, words, table, year)
    return before


def _taken_apart(text: str, words: Words, table: list[tuple[str, re.Pattern[str]]], year: int) -> Reading:
    reading, place = Reading(), 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        best: tuple[int, Claim] | None = words.at(text, place)
        for kind, pattern in table:
            fits = pattern.match(text, place)
            if fits and fits.end() > place and (best is None or fits.end() > best[0]):
                best = fits.end(), (kind, _value(fits, year))
        if best is None:
            stop = _STOP.search(text, place)
            end = stop.start() if stop else len(text)
            reading.unread.append(text[place : max(end, place + 1)])
            place = max(end, place + 1)
            continue
        place = best[0]
        reading.claims.append(best[1])
    return reading


def _value(fits: re.Match[str], year: int) -> Any:
    parts = fits.groupdict()
    if parts.get("day"):
        try:
            found = day(parts["day"], year)
        except ValueError as fault:
            return str(fault)
        others = {name: value for name, value in parts.items() if name not in ("day", "reference") and value}
        return (found, others) if others else found
    values = [value for name, value in parts.items() if value and name != "reference"]
    return values[0] if len(values) == 1 else None


_TOKEN = re.compile(r"<(?P<end>/?)(?P<tag>[a-z][a-z0-9]*)(?P<rest>[^>]*)>|(?P<text>[^<]+)|<[^>]*>")
_BLOCKS = frozenset(["p", "li", "h1", "h2", "h3", "div", "section", "summary", "details", "ul", "ol", "main", "footer"])
_SKIPPED = frozenset(["script", "style", "form", "nav", "head"])
_ISOLATES = dict.fromkeys((0x2066, 0x2067, 0x2068, 0x2069))


class _Blocks:
    """The lines of a page by the headings above them. Our pages are well-formed, so that tags can be read as they come:
    many thousands of pages are."""

    def __init__(self) -> None:
        self.sections: dict[str, list[str]] = {"": []}
        self.heading, self.line = "", ""
        self.in_heading, self.skipped = False, 0

    def feed(self, html: str) -> None:
        """Read a page."""
        for token in _TOKEN.finditer(html):
            tag = token["tag"]
            if tag is None:
                if token["text"] is not None and not self.skipped:
                    self.line += token["text"]
            elif tag in _SKIPPED:
                self.skipped += -1 if token["end"] else 1
            elif tag in ("h2", "h3"):
                self._head(bool(token["end"]))
            elif tag in _BLOCKS or (tag == "span" and 'class="task' in token["rest"]):
                self._end()
        self._end()

    def _head(self, ends: bool) -> None:
        if not ends:
            self._end()
            self.in_heading = True
            return
        self.heading, self.line, self.in_heading = _plain(self.line), "", False
        self.sections.setdefault(self.heading, [])

    def _end(self) -> None:
        if self.in_heading:
            return
        if line := _plain(self.line):
            self.sections[self.heading].append(re.sub(r" (?=[.,:;])", "", line))
        self.line = ""


def _plain(text: str) -> str:
    return " ".join(unescape(text).translate(_ISOLATES).split())


@lru_cache(maxsize=64)
def sections(html: str) -> dict[str, list[str]]:
    """The visible lines of the main part of a page, by heading."""
    blocks = _Blocks()
    blocks.feed(html[html.index("<main") :] if "<main" in html else html)
    return blocks.sections


def lines(found: Mapping[str, list[str]], *headings: str) -> Iterator[str]:
    """The lines under these headings."""
    for heading in headings:
        yield from found.get(heading, ())

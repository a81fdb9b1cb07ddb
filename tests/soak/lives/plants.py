"""Faults that are planted between the product and its checker, each of which the checker must find.

Each changes a message that leaves, or what a window shows just then, or keeps the message back.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from tests.soak.lives.reading import DAY, MONTHS, REFERENCE, WEEKDAYS, day
from tests.soak.lives.seen import Seen, Windows

Changed = Seen | None


def _moved(text: str, days: int, before: str = "", after: str = "") -> str:
    """The text with the day between these patterns moved, weekday and all."""

    def moved(fits: re.Match[str]) -> str:
        found = day(fits["day"], 2026) + timedelta(days=days)
        weekday = f"{WEEKDAYS[found.weekday()]} " if fits["day"].split()[0] in WEEKDAYS else ""
        return f"{fits[1]}{weekday}{_long(found)}{fits[3]}"

    return re.sub(rf"({before})(?P<day>{DAY})({after})", moved, text)


def _long(on: date) -> str:
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def _words(seen: Seen, change: Callable[[str], str]) -> Seen:
    return replace(seen, subject=change(seen.subject), text=change(seen.text), html=change(seen.html))


def _page(seen: Seen, change: Callable[[str], str]) -> Seen:
    windows = seen.windows
    return replace(seen, windows=Windows(change(windows.page), windows.told, windows.desk))


def _desk(seen: Seen, change: Callable[[str], str]) -> Seen:
    windows = seen.windows
    return replace(seen, windows=Windows(windows.page, windows.told, change(windows.desk)))


def _json(seen: Seen, **changed: Any) -> Seen:
    windows = seen.windows
    return replace(seen, windows=Windows(windows.page, {**windows.told, **changed}, windows.desk))


class _StalePage:
    """The page as it was with the first message of its case."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def __call__(self, seen: Seen) -> Changed:
        return _page(seen, lambda page: self._first.setdefault(seen.number, page))


class _AfterTheEnd:
    """Where a case has ended, its last update is sent once more."""

    def __init__(self) -> None:
        self._last: dict[str, Seen] = {}

    def __call__(self, seen: Seen) -> Changed:
        if "There is news about your request." in seen.text:
            self._last[seen.address] = seen
        last = self._last.get(seen.address)
        if last is None or "how was it for you" not in seen.subject:
            return seen
        return replace(seen, subject=last.subject, text=last.text, html=last.html)


class _OtherReference:
    """The reference of whoever was written to before."""

    def __init__(self) -> None:
        self._before: tuple[str, str] = "", ""

    def __call__(self, seen: Seen) -> Changed:
        own = re.search(REFERENCE, seen.text)
        number, other = self._before
        if own is None:
            return seen
        self._before = seen.number, own[0]
        return _words(seen, lambda said: said.replace(own[0], other)) if number not in ("", seen.number) else seen


def _kept_back(words: str) -> Callable[[Seen], Changed]:
    return lambda seen: None if re.search(words, f"{seen.subject}\n{seen.text}") else seen


def _said(old: str, new: str) -> Callable[[Seen], Changed]:
    return lambda seen: _words(seen, lambda said: re.sub(old, new, said))


def _shown(old: str, new: str) -> Callable[[Seen], Changed]:
    return lambda seen: _page(seen, lambda said: re.sub(old, new, said))


PLANTS: dict[str, Callable[[], Callable[[Seen], Changed]]] = {
    "what came is asked for again": lambda: _said(r"Nothing right now\.", "- A plan of your garden"),
    "in time under a date that was missed": lambda: _shown(
        r"We finished on [^<]*after this date\. We are sorry\.", "We finished in time."
    ),
    "the next word a day later on the page": lambda: (
        lambda seen: _page(seen, lambda page: _moved(page, 1, r'We will write to you by <strong class="date">'))
    ),
    "an update after the end": _AfterTheEnd,
    "an end that is not taken back": lambda: _kept_back("not rely on"),
    "a deadline that has passed": lambda: lambda seen: _words(seen, lambda said: _moved(said, -28, " – by ")),
    "no date of the office on the page": lambda: _shown(
        r'<p class="answer-main">(By|On) [^<]*</p>\n<p>\S* Council set', "<p>Council set"
    ),
    "a deadline in the wrong week": lambda: (
        lambda seen: _page(seen, lambda page: _moved(page, 7, '<span class="task-due">By '))
    ),
    "the reference of somebody else": _OtherReference,
    "another stage at the desk": lambda: (
        lambda seen: _desk(
            seen, lambda desk: desk.replace("We are reading your form", "An officer looks at your plans")
        )
    ),
    "another ball in the JSON": lambda: (
        lambda seen: _json(seen, waiting_on="other" if seen.windows.told["waiting_on"] == "us" else "us")
    ),
    "a weekday that is not that of its day": lambda: _said(r"\b(Monday|Tuesday) (?=\d)", "Sunday "),
    "words that are due are not sent": lambda: _kept_back("not lost|still waiting for you"),
    "a request that is not sent": lambda: _kept_back("we need something from you"),
    "an end that is not told": lambda: _kept_back("is finished|was withdrawn|another one"),
    "a moved date that is not told": lambda: _kept_back("date for your request|new date"),
    "a last report of today": lambda: (
        lambda seen: _words(
            seen, lambda said: re.sub(rf"last reported, on {DAY}", f"last reported, on {_long(seen.now.date())}", said)
        )
    ),
    "finished in place of withdrawn": lambda: _said(r"was withdrawn", "is finished"),
    "a note for colleagues": lambda: _said(r"WHAT YOU NEED TO DO", "INTERNAL: ask the head of the office."),
    "a page of long ago": _StalePage,
    "another day in the HTML": lambda: lambda seen: replace(seen, html=_moved(seen.html, 1)),
    "an appeal a week later": lambda: (
        lambda seen: _words(seen, lambda said: _moved(said, 7, "The last day for this is "))
    ),
    "an old date that nobody was told": lambda: (
        lambda seen: _words(seen, lambda said: _moved(said, 3, "[Tt]he old date was "))
    ),
    "what is wanted is not on the page": lambda: _shown(r'<span class="task-what">.*?</span>', ""),
    "nothing to do while we wait": lambda: _said(r"(?m)^- .*$", "Nothing right now."),
    "an end that fell stands in what has happened": lambda: _shown(
        r'<p class="timeline-note">(That does not hold|This may not be true) any more\.</p>', ""
    ),
    "a request that is over goes on": lambda: _shown(r"That one has ended\.", "We go on with that one."),
    "what was taken back has arrived": lambda: _shown(
        r"We do not need anything more from you now\.", "We have what we asked you for."
    ),
    "a date beyond the limit is not owned": lambda: _shown(r"The date that we expect is later\. We are sorry\.", ""),
    "a date counts though it was withdrawn": lambda: _shown(r"No date counts any more\.", "By 1 April 2026."),
    "a text with another date of the office": lambda: (
        lambda seen: _words(seen, lambda said: _moved(said, 7, "The office expects to finish by "))
    ),
    "what was asked has arrived while it is wanted": lambda: _said(
        "We need something from you to go on with your request", "What we asked you for has arrived"
    ),
    "the date depends on nothing": lambda: _said(
        r"The office expects to finish by [^.]*\.", "We can only finish after that."
    ),
    "a sentence that nobody knows": lambda: _said(r"HELP", "Your money is on its way."),
}
"""Name, and what makes a fault of it: made anew for each use, since some remember."""

"""When does a message say what the person knew already? A reading of its own: of the words and of the facts beneath
them, apart from all that decides or words messages.

Two messages are alike where the person reads the same but for days and numbers that are no news, or where what they
rest on is the same, whatever the wording. A day is news where it is a date that was promised, or one by which something
is wanted; the day of the next word, of today and of the last report are none.
"""

from __future__ import annotations

import calendar
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

HOW_IT_STANDS = frozenset({"acknowledged", "updated", "still_working", "action_needed", "reminder"})
"""Purposes that say how a request stands and what is asked. Of one another they may be but the same again; a message of
another purpose tells something that happened."""

RESTS_ON = (
    "stage",
    "unmapped",
    "waiting_on",
    "outcome",
    "note",
    "delay_reason",
    "merged_into",
    "told_stage",
    "asked_office",
)
DATES = ("promise_on", "beside_on", "office_on", "old_on", "statutory_on")

_MONTHS, _WEEKDAYS = list(calendar.month_name)[1:], list(calendar.day_name)
_DATE = re.compile(
    rf"(?:(?:{'|'.join(_WEEKDAYS)}),? )?(\d{{1,2}})(?:st|nd|rd|th)? ({'|'.join(_MONTHS)})(?:,? (\d{{4}}))?"
)
_NO_NEWS = re.compile(
    rf"https?://\S+|\b(?:{'|'.join(_WEEKDAYS)}|today|yesterday|tomorrow)\b|\d+(?:[.,:]\d+)*"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b(?= (?:day|week|month))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """A message as somebody got it. `facts`: those that were frozen with it."""

    person: str
    at: datetime
    purpose: str
    words: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def ground(self) -> tuple[Any, ...]:
        """What it rests on: of which kind it is, how the request stood, what was wanted, and which dates were given."""
        kind = "how it stands" if self.purpose in HOW_IT_STANDS else self.purpose
        return (kind, *(self.facts.get(each) or None for each in (*RESTS_ON, *DATES)), *self._wanted())

    @property
    def gist(self) -> str:
        """Its words without what is no news."""
        news = {date.fromisoformat(day) for day in self._days()}
        return " ".join(_NO_NEWS.sub("#", _DATE.sub(lambda hit: _marked(hit, news), self.words)).split())

    def _wanted(self) -> Iterable[tuple[str | None, ...]]:
        """What is asked of the person and has not come, by when."""
        needs = (need for need in self.facts.get("needs") or () if need.get("supplied_at") is None)
        return sorted((str(need.get("item")), need.get("text") or "", need.get("due_on") or "") for need in needs)

    def _days(self) -> Iterable[str]:
        yield from (self.facts[each] for each in DATES if self.facts.get(each))
        yield from (due for *_, due in self._wanted() if due)


def _marked(hit: re.Match[str], news: Iterable[date]) -> str:
    """A date in words: kept, by its place in the alphabet of days, where it is news."""
    day, month, year = int(hit[1]), _MONTHS.index(hit[2]) + 1, hit[3]
    for each in news:
        if (each.day, each.month) == (day, month) and (year is None or each.year == int(year)):
            return "".join(chr(ord("a") + int(digit)) for digit in f"{each:%Y%m%d}")
    return "#"


def alike(one: ReadMessage, other: ReadMessage) -> bool:
    """Whether the second tells nothing that the first did not."""
    return one.gist == other.gist or one.ground == other.ground


def longest_run(messages: Iterable[ReadMessage]) -> list[ReadMessage]:
    """The longest run of messages to one person in a row of which each is like the one before it."""
    longest, runs = list[ReadMessage](), dict[str, list[ReadMessage]]()
    for each in sorted(messages, key=lambda message: message.at):
        run = runs.get(each.person, [])
        run = [*run, each] if run and alike(run[-1], each) else [each]
        runs[each.person] = run
        longest = max(longest, run, key=len)
    return longest


def most_repeated(messages: Iterable[ReadMessage]) -> list[ReadMessage]:
    """The most messages to one person that rest on the same, whatever came between them."""
    same = defaultdict[tuple[Any, ...], list[ReadMessage]](list)
    for each in sorted(messages, key=lambda message: message.at):
        same[each.person, each.ground].append(each)
    return max(same.values(), key=len, default=[])


def runs_by_length(messages: Iterable[ReadMessage]) -> Counter[int]:
    """How many people had a longest run of which length."""
    by_person = defaultdict[str, list[ReadMessage]](list)
    for each in messages:
        by_person[each.person].append(each)
    return Counter(len(longest_run(theirs)) for theirs in by_person.values())

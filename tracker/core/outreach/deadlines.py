"""When a person is reminded of what is asked of them, and when they are told that its day has passed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from tracker.core.case.needs import Need
from tracker.core.case.timeline import Folded
from tracker.core.services.definitions import Definition
from tracker.core.vocabulary import calendars
from tracker.core.vocabulary.calendars import DAY, WorkingDays
from tracker.core.vocabulary.words import CaseState

APART = timedelta(days=2)
"""A reminder names all that is wanted with its days: within this after they were asked, or after another reminder, it
would say the same again."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which something is wanted (None where no day was set), and what comes of it: a reminder before it, if it
    is worth one, and word once it has passed. `of`: the entries that asked for what it is about, which make it one."""

    day: date | None
    of: tuple[str, ...]
    remind_at: datetime | None
    passed_at: datetime | None

    @property
    def cause(self) -> str:
        """What tells it from any other: the entry that asked first, and the day."""
        return f"{self.of[0]}@{self.day}" if self.day else self.of[0]


def deadlines(case: Folded, definition: Definition, zone: str, working: WorkingDays) -> tuple[Deadline, ...]:
    """Those of what is still wanted, the next one first.

    A reminder comes some days before, on a working day, and some days after they were asked. Where nothing has a day,
    one comes some time after that.
    """
    if case.asked is None or case.state is CaseState.CLOSED:
        return ()
    dated = sorted((need for need in case.wanted if need.item.due_on), key=_day_of)
    if not dated:
        asked_on = calendars.day_of(case.asked.at, zone)
        on = working.since(asked_on + max(definition.outreach.remind_after, DAY))
        return (Deadline(None, (str(case.asked.entry),), calendars.word_due_at(on, zone), None),)
    found: list[Deadline] = []
    reminded_on = date.min
    for day, needs in groupby(dated, _day_of):
        some = list(needs)
        asked_on = max(calendars.day_of(need.asked_at, zone) for need in some)
        on = max(working.until(day - definition.outreach.remind_before), working.since(asked_on + APART))
        worth_it = on <= day and on - reminded_on >= APART
        reminded_on = on if worth_it else reminded_on
        found.append(
            Deadline(
                day,
                tuple(dict.fromkeys(str(need.asked_by) for need in some)),
                calendars.word_due_at(on, zone) if worth_it else None,
                calendars.word_due_at(working.since(day + DAY), zone),
            )
        )
    return tuple(_each_once(found))


def _each_once(found: list[Deadline]) -> Iterator[Deadline]:
    """What is said when a day has passed names all that is wanted, so that nothing else is said of it that morning: of
    days that pass together the last one speaks for all, to whoever heard of any of them."""
    for each in found:
        together = [other for other in found if other.passed_at == each.passed_at]
        remind_at = each.remind_at if all(each.remind_at != other.passed_at for other in found) else None
        if each is not together[-1]:
            yield replace(each, remind_at=remind_at, passed_at=None)
        else:
            of = tuple(dict.fromkeys((*each.of, *(entry for other in together for entry in other.of))))
            yield replace(each, remind_at=remind_at, of=of)


def _day_of(need: Need) -> date:
    return need.item.due_on or date.max

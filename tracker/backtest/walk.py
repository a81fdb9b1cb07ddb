"""The walk through a log, day by day: what is promised, and how it is moved, by what is known on each day alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from tracker.backtest.feeds import Feed, monday
from tracker.backtest.log import Case, Line, Log
from tracker.backtest.pupil import Pupil
from tracker.backtest.walked import DATE, GoodNews, Moved, Noted, Promised, Walked, day_of
from tracker.core.calendars import WEEKDAYS, WorkingDays
from tracker.core.method import USUAL, Method
from tracker.core.promises import (
    Change,
    Place,
    Standing,
    Step,
    Verdict,
    weigh,
    weigh_unfounded,
    window,
)
from tracker.core.survival import Table

DAY_OVER = "T23:59:59"
"""When a promise is made at a later step: once its day is over, at the last step of that day; with that step, if it
comes later still."""

MORNING = "T10:00:00"
"""When standing dates are looked at, by what was known at the end of the day before."""

LOADED = "T00:00:00"
"""When promises are made after a load."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to walk. `paused`: the steps in which the applicant has the ball; None where the calendar alone counts;
    `watched` False: dates are given, and not looked at again; `working`: the days on which a date may lie."""

    probability: float = 0.9
    feed: Feed = Feed.LIVE
    paused: frozenset[str] | None = None
    method: Method = USUAL
    watched: bool = True
    working: WorkingDays = WEEKDAYS


@dataclass(slots=True)
class _Shown:
    """The date that a case's page shows."""

    standing: Standing
    warned: bool = False
    cheered: bool = False


Progress = Callable[[int, int], None]


def walk(log: Log, plan: Plan, progress: Progress = lambda done, total: None) -> Walked:
    """Walk through the whole log. `progress` is told the days that are done, of how many."""
    walker = _Walker(log, plan)
    today, last = walker.start, log.snapshot
    while today <= last:
        walker.day(today)
        if today % 7 == 1:
            progress(today - walker.start, last - walker.start + 1)
        today = walker.next_day(today)
    walker.finish()
    progress(last - walker.start + 1, last - walker.start + 1)
    return walker.found


class _Walker:
    def __init__(self, log: Log, plan: Plan) -> None:
        self.cases, self.plan, self.found = log.cases, plan, Walked()
        self.start, self.last = log.cases[0].received, log.snapshot
        self._received: dict[int, list[int]] = defaultdict(list)
        self._loads: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self._due: dict[int, list[int]] = defaultdict(list)
        self._shown: dict[int, _Shown] = {}
        self._taken_back: dict[int, tuple[int, int]] = {}
        self._pupil = Pupil(plan.probability, plan.paused, plan.method)
        for index, case in enumerate(log.cases):
            self._received[case.received].append(index)
            days = {line.day for line in case.lines} | ({case.end} if case.end is not None else set())
            for day in sorted(days):
                self._loads[plan.feed.loaded_on(day)].append((index, day))
        self._ahead = sorted({*self._received, *self._loads}, reverse=True)

    def next_day(self, today: int) -> int:
        """The day after, or where nothing is left to watch the Monday before something happens again."""
        while self._ahead and self._ahead[-1] <= today:
            self._ahead.pop()
        if today % 7 == 1 and not self._due and not self._pupil.busy(today):
            return max(today + 1, monday(self._ahead[-1])) if self._ahead else 1 << 62
        return today + 1

    def day(self, today: int) -> None:
        """Everything that happens on a day, in order."""
        self._hear(today)
        self._review(today, self.plan.feed.known_through(today))
        for index in self._received.pop(today, ()) if self.plan.feed is Feed.LIVE else ():
            self._receive(index, self.cases[index].lines[0], today, today - 1, self.cases[index].lines[0].at)

    def finish(self) -> None:
        """What is promised by the rows of the last days, which are known only after them."""
        self._shown.clear()
        for today in range(self.last + 1, max(self._loads, default=self.last) + 1):
            self._hear(today)
        self.found.pauses = self._pupil.pauses_until(self.last)

    def _hear(self, today: int) -> None:
        """What is reported at the beginning of a day, learned from it, and promised by it."""
        live = self.plan.feed is Feed.LIVE
        fresh = [self._take(index, day) for index, day in self._loads.pop(today, ())]
        if live:
            for index, line in fresh:
                if line is not None:
                    self._later(index, line, line.day, max(line.at, day_of(line.day).isoformat() + DAY_OVER))
        known = self.plan.feed.known_through(today)
        if today % 7 == 1:
            self._pupil.refit(today, known)
            self.found.weeks += 1
        if not live:
            self._catch_up(fresh, today, known)

    def _take(self, index: int, day: int) -> tuple[int, Line | None]:
        """Learn what happened to a case on a day; the step that it came to on it, if that is a later one and the case
        stayed there."""
        case, pupil = self.cases[index], self._pupil
        moved = pupil.take(index, case, day)
        shown = self._shown.get(index)
        if moved is not None and shown is not None:
            self._due[self.plan.feed.loaded_on(day)].append(index)
        if shown is not None and pupil.waited(index, day):
            self._resume(index, shown, pupil.waited(index, day), self.plan.feed.loaded_on(day))
        return index, moved

    def _catch_up(self, fresh: list[tuple[int, Line | None]], today: int, known: int) -> None:
        """Promise what is to be promised after a load: to each case once, at its last step."""
        came_to = {index: moved for index, moved in fresh if moved is not None}
        for index in dict.fromkeys(index for index, _ in fresh):
            if self._pupil.ended(index):
                continue
            line = self._pupil.line(index)
            if not self._pupil.promised(index):
                self._receive(index, line, today, known, _stamp(today, LOADED, line.at))
            elif came_to.get(index) is line:
                self._later(index, line, today, _stamp(today, LOADED, line.at), known)

    def _receive(self, index: int, line: Line, today: int, known: int, made_at: str) -> None:
        case, pupil = self.cases[index], self._pupil
        origin, known = pupil.origin(index, line.day), min(known, today - 1)
        table = (pupil.received if known < origin else pupil.dates)(case.service, line.step)
        on = self._window(case.service, table, origin, known, today)
        self.found.promises.append(Promised(index, line.step, made_at, today, on, first=True))
        pupil.promise(index, case.service, on)
        if on is not None:
            self._show(index, Standing(day_of(on), day_of(today), on - today), today)

    def _later(self, index: int, line: Line, today: int, made_at: str, known: int | None = None) -> None:
        if self._pupil.is_paused(line.step):
            return
        service = self.cases[index].service
        table = self._pupil.dates(service, line.step)
        on = self._window(service, table, line.day, line.day - 1 if known is None else known, today)
        self.found.promises.append(Promised(index, line.step, made_at, today, on, first=False))
        self._give_back(index, line.day, today, known)

    def _give_back(self, index: int, day: int, today: int, known: int | None) -> None:
        """A date that was taken back comes back once the case has moved on: with the first step of that day, or on the
        day on which it was taken back with the first one after that."""
        if index not in self._taken_back:
            return
        taken_on, first_days = self._taken_back[index]
        case = self.cases[index]
        steps = [line.step for line in case.on(day) if day > taken_on or _after_morning(line.at, taken_on)]
        table = self._pupil.dates(case.service, steps[0]) if steps else None
        on = self._window(case.service, table, day, day - 1 if known is None else known, today)
        if on is not None:
            del self._taken_back[index]
            self._show(index, Standing(day_of(on), day_of(today), first_days), today)

    def _window(self, service: str, table: Table | None, origin: int, known: int, today: int) -> int | None:
        if table is None:
            return None
        level = self._pupil.level(service)
        found = window(table, day_of(origin), day_of(max(known, origin - 1)), level, day_of(today), self.plan.working)
        return found.latest_on.toordinal() if found else None

    def _show(self, index: int, standing: Standing, today: int) -> None:
        if self.plan.watched:
            self._shown[index] = _Shown(standing)
            self._due[today + 1].append(index)

    def _review(self, today: int, known: int) -> None:
        """Look at the dates whose turn it is."""
        verdicts: dict[tuple[object, ...], Verdict] = {}
        for index in dict.fromkeys(self._due.pop(today, ())):
            shown = self._shown.get(index)
            if shown is None:
                continue
            if self._pupil.ended(index):
                del self._shown[index]
                continue
            if self._pupil.pausing(index):
                continue
            case, fresh = self.cases[index], self._this_morning(index, today)
            if self._ended_this_morning(case, today) or (fresh and today < shown.standing.latest_on.toordinal()):
                self._due[today + 1].append(index)  # when that day is over; on that of its date it is too late
                continue
            line = fresh or self._pupil.line(index)
            origin = self._pupil.origin(index, line.day)
            key = (case.service, line.step, origin, shown.standing)
            if key not in verdicts:
                verdicts[key] = self._weigh(case.service, line.step, origin, shown.standing, today, known)
            self._act(index, shown, verdicts[key], today)

    def _this_morning(self, index: int, today: int) -> Line | None:
        """The step that the case has come to since midnight."""
        steps = [line for line in self.cases[index].on(today) if _by_morning(line.at, today)]
        return steps[-1] if steps and self.plan.feed is Feed.LIVE else None

    def _ended_this_morning(self, case: Case, today: int) -> bool:
        return self.plan.feed is Feed.LIVE and _by_morning(case.ended_at, today)

    def _weigh(self, service: str, step: str, origin: int, standing: Standing, today: int, known: int) -> Verdict:
        dates, risks = self._pupil.dates(service, step), self._pupil.risks(service, step)
        if dates is None or risks is None:
            return weigh_unfounded(standing, day_of(today), self.plan.working)
        place = Place(day_of(min(origin, today)), dates, risks, self.plan.working)
        return weigh(place, standing, self._pupil.level(service), day_of(today), day_of(max(known, origin - 1)))

    def _act(self, index: int, shown: _Shown, verdict: Verdict, today: int) -> None:
        old = shown.standing.latest_on.toordinal()
        if verdict.review_on is not None:
            self._due[verdict.review_on.toordinal()].append(index)
        if verdict.step is Step.WARN and not shown.warned:
            shown.warned = True
            self.found.notes.append(Noted(index, today, old))
        elif verdict.sooner and not shown.cheered:
            shown.cheered = True
            self.found.good_news.append(GoodNews(index, today, old, old - shown.standing.leeway))
        elif verdict.step is Step.GIVE_UP:
            del self._shown[index]
            self._taken_back[index] = (today, shown.standing.first_days)
            self._move(index, today, old, None, Change.TOO_UNCERTAIN)
        elif verdict.step is Step.MOVE and verdict.window is not None:
            latest_on = verdict.window.latest_on
            self._move(index, today, old, latest_on.toordinal(), Change.LIKELY_LATE)
            self._show(index, Standing(latest_on, day_of(today), shown.standing.first_days), today)

    def _resume(self, index: int, shown: _Shown, waited: int, today: int) -> None:
        """The clock runs again: the date moves by the days that were waited."""
        old = shown.standing
        latest_on = self.plan.working.since(day_of(max(old.latest_on.toordinal() + waited, today + 1)))
        self._move(index, today, old.latest_on.toordinal(), latest_on.toordinal(), Change.CLOCK_PAUSED)
        self._show(index, Standing(latest_on, day_of(today), old.first_days), today)

    def _move(self, index: int, today: int, old: int, new: int | None, reason: str) -> None:
        changed_at = _stamp(today, MORNING, self.cases[index].lines[0].at)
        self.found.moves.append(Moved(index, changed_at, today, old, new, str(reason)))


def _stamp(day: int, time: str, like: str) -> str:
    """A time of a day, or the day alone where the log knows days alone."""
    return day_of(day).isoformat() + (time if len(like) > DATE else "")


def _by_morning(at: str, day: int) -> bool:
    """Whether something told at `at` had happened by the morning of a day; of a day alone it is not known."""
    return len(at) > DATE and at[:DATE] == day_of(day).isoformat() and at[DATE:] < MORNING


def _after_morning(at: str, day: int) -> bool:
    """Whether something happened on a day after its morning."""
    return len(at) > DATE and at[:DATE] == day_of(day).isoformat() and at[DATE:] > MORNING

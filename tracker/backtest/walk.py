"""The walk through a log, day by day: what is promised, and how it is moved, by what is known on each day alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.backtest.feeds import Feed, monday
from tracker.backtest.log import Log, LoggedCase, LogLine
from tracker.backtest.pupil import Pupil
from tracker.backtest.walked import DATE, GoodNews, MovedDate, Noted, Promised, Walked, day_of
from tracker.core.promises.life import (
    DateEvent,
    DateTerms,
    Development,
    HeldDate,
    Observation,
    developed,
    first,
    heard,
    standing_date,
)
from tracker.core.promises.method import USUAL, Method
from tracker.core.promises.weighing import Window
from tracker.core.vocabulary.calendars import WEEKDAYS, WORD_HOUR, WorkingDays
from tracker.core.vocabulary.words import Change

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
        self._held: dict[int, HeldDate] = {}
        self._terms: dict[str, DateTerms] = {}
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
        self._held.clear()
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
            self._terms.clear()
            self.found.weeks += 1
        if not live:
            self._catch_up(fresh, today, known)

    def _take(self, index: int, day: int) -> tuple[int, LogLine | None]:
        """Learn what happened to a case on a day; the step that it came to on it, if that is a later one and the case
        stayed there."""
        case, pupil = self.cases[index], self._pupil
        moved, today = pupil.take(index, case, day), self.plan.feed.loaded_on(day)
        held = self._held.get(index)
        if held is not None and held.window is not None:
            if moved is not None:
                self._due[today].append(index)
            if waited := pupil.waited(index, day):  # heard a night after the service does: no date of days gone by
                sight = self._sight(index, pupil.line(index), today, day)
                sight = replace(sight, waited=waited, no_sooner=day_of(today + 1))
                self._follow(index, heard(sight, held), today)
        return index, moved

    def _catch_up(self, fresh: list[tuple[int, LogLine | None]], today: int, known: int) -> None:
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

    def _receive(self, index: int, line: LogLine, today: int, known: int, made_at: str) -> None:
        turn = heard(self._sight(index, line, today, known), None)
        on = turn.held.window.latest_on.toordinal() if turn.held and turn.held.window else None
        self.found.promises.append(Promised(index, line.step, made_at, today, on, first=True))
        self._pupil.promise(index, self.cases[index].service, on)
        self._follow(index, turn, today)

    def _later(self, index: int, line: LogLine, today: int, made_at: str, known: int | None = None) -> None:
        """What one would have said who asks at a later step; a date that was taken back may come back."""
        if self._pupil.is_paused(line.step):
            return
        known = line.day - 1 if known is None else known
        found = first(self._sight(index, line, today, known))
        on = found.latest_on.toordinal() if found else None
        self.found.promises.append(Promised(index, line.step, made_at, today, on, first=False))
        held = self._held.get(index)
        if held is None or held.window is not None:
            return
        for step in self.cases[index].on(line.day):
            at = datetime.fromisoformat(step.at) if len(step.at) > DATE else None
            sight = self._sight(index, step, today, known)
            turn = heard(replace(sight, came_at=at, paused=self._pupil.is_paused(step.step)), held)
            if turn.happened:
                self._follow(index, turn, today)
                return

    def _review(self, today: int, known: int) -> None:
        """Look at the dates whose turn it is."""
        turns: dict[tuple[object, ...], Development] = {}
        for index in dict.fromkeys(self._due.pop(today, ())):
            held = self._held.get(index)
            if held is None or held.window is None:
                continue
            if self._pupil.ended(index):
                del self._held[index]
                continue
            case = self.cases[index]
            if self._ended_this_morning(case, today):
                self._due[today + 1].append(index)  # when that day is over
                continue
            line = self._this_morning(index, today) or self._pupil.line(index)
            paused = self._pupil.pausing(index) or (line.day == today and self._pupil.is_paused(line.step))
            key = (case.service, line.step, line.day, line is case.lines[0], paused, held)
            turn = turns.get(key)
            if turn is None:
                passed = not paused and held.window.latest_on.toordinal() <= known  # while it is paused none passes
                turn = turns[key] = developed(self._sight(index, line, today, known, paused, passed=passed), held)
            self._follow(index, turn, today)

    def _this_morning(self, index: int, today: int) -> LogLine | None:
        """The step that the case has come to since midnight."""
        steps = [line for line in self.cases[index].on(today) if _by_morning(line.at, today)]
        return steps[-1] if steps and self.plan.feed is Feed.LIVE else None

    def _ended_this_morning(self, case: LoggedCase, today: int) -> bool:
        return self.plan.feed is Feed.LIVE and _by_morning(case.ended_at, today)

    def _sight(
        self, index: int, line: LogLine, today: int, known: int, paused: bool = False, *, passed: bool = False
    ) -> Observation:
        """What is known of a case at a step on the morning of a day, when all is known until the end of another."""
        case, on = self.cases[index], day_of(today)
        return Observation(
            self._on_terms(case.service),
            line.step,
            day_of(line.day),
            None,
            line is case.lines[0],
            day_of(max(known, 1)),
            on,
            day_of(case.received),
            datetime.combine(on, WORD_HOUR),
            on,
            paused=paused,
            passed=passed,
        )

    def _on_terms(self, service: str) -> DateTerms:
        """On what terms a service gives dates until it is learned again."""
        terms = self._terms.get(service)
        if terms is None:
            taught, level = self._pupil.taught(service), self._pupil.level(service)
            # Good news is told in mornings alone, and by the level that was corrected since, even if that fell.
            terms = DateTerms(taught, level, None, self.plan.working, cheers_at_once=False)
            self._terms[service] = terms
        return terms

    def _follow(self, index: int, turn: Development, today: int) -> None:
        """Keep what became of a case's date, write down what happened to it, and say when to look at it again."""
        if turn.held is None or not self.plan.watched:
            return
        self._held[index] = turn.held
        for each in turn.happened:
            if each.before is not None:
                self._write(index, each.deed, each.before, each.after, turn, today=today)
        if turn.verdict.review_on is not None:
            self._due[turn.verdict.review_on.toordinal()].append(index)
        elif turn.happened and turn.held.window is not None:
            self._due[today + 1].append(index)

    def _write(
        self, index: int, deed: DateEvent, before: Window, after: Window | None, turn: Development, *, today: int
    ) -> None:
        old, new = before.latest_on.toordinal(), after.latest_on.toordinal() if after else None
        match deed:
            case DateEvent.WARNED:
                self.found.notes.append(Noted(index, today, old))
            case DateEvent.CHEERED if turn.held is not None:
                self.found.good_news.append(GoodNews(index, today, old, old - standing_date(turn.held).leeway))
            case DateEvent.RESUMED:
                self._move(index, today, old, new, Change.CLOCK_PAUSED)
            case DateEvent.MOVED:
                self._move(index, today, old, new, Change.LIKELY_LATE)
            case DateEvent.TAKEN_BACK:
                self._move(index, today, old, None, Change.TOO_UNCERTAIN)
            case DateEvent.PASSED:  # what is given in its place is a change to whoever was given it
                given = next((each.after for each in turn.happened if each.deed is DateEvent.GIVEN), None)
                reason = Change.LIKELY_LATE if given else Change.TOO_UNCERTAIN
                self._move(index, today, old, given.latest_on.toordinal() if given else None, reason)

    def _move(self, index: int, today: int, old: int, new: int | None, reason: str) -> None:
        changed_at = _stamp(today, MORNING, self.cases[index].lines[0].at)
        self.found.moves.append(MovedDate(index, changed_at, today, old, new, str(reason)))


def _stamp(day: int, time: str, like: str) -> str:
    """A time of a day, or the day alone where the log knows days alone."""
    return day_of(day).isoformat() + (time if len(like) > DATE else "")


def _by_morning(at: str, day: int) -> bool:
    """Whether something told at `at` had happened by the morning of a day; of a day alone it is not known."""
    return len(at) > DATE and at[:DATE] == day_of(day).isoformat() and at[DATE:] < MORNING

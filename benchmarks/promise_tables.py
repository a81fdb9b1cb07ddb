"""The tables of `benchmarks.promises`: for the console, and for README.md here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table

from benchmarks.promise_parts import PARTS
from benchmarks.promise_speed import Speed
from benchmarks.promise_targets import (
    FEED,
    NO_DATE,
    SECOND,
    TARGETS,
    TOLD,
    Line,
    Target,
    against_live,
    against_practice,
    cut_line,
    in_weeks_shut,
    lines,
    speed_lines,
)
from benchmarks.promise_walks import FINES, SHORT, Done
from tracker.backtest.report import Judged
from tracker.backtest.score import FEW, MANY, Score


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as words."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]

    def table(self) -> Table:
        """For the console."""
        table = Table(title=self.title, title_justify="left", box=box.MARKDOWN)
        for heading in self.headings:
            table.add_column(heading, overflow="fold")
        for row in self.rows:
            table.add_row(*row)
        return table

    def markdown(self) -> str:
        """For a file."""
        rows = [self.headings, ["---"] * len(self.headings), *self.rows]
        return "\n".join([f"**{self.title}**", "", *("| " + " | ".join(row) + " |" for row in rows)])


@dataclass(frozen=True, slots=True)
class Walks:
    """What the walks of the default command came to, in the order of the logs: live ones, those of the other feeds,
    those by the office's clock, and those that were cut short."""

    live: Sequence[Done]
    feeds: Sequence[Done] = ()
    clocks: Sequence[Done] = ()
    cut: Sequence[Done] = ()


def targets(walks: Walks, speed: Speed) -> Sheet:
    """Every target beside its figure, on every log, by the calendar and in office days."""
    rows = [_row(label, line) for target in TARGETS for label, line in _by_both_clocks(target, walks)]
    rows += [_row(line.log, line) for line in speed_lines(speed)]
    for done in (*walks.cut, *(each for each in (*walks.clocks, *walks.feeds) if each.peeked)):
        if done.peeked is not None:
            rows.append(_row(_label(done), cut_line(done.job.log, done.peeked)))
    rows += [_row(label, line) for label, line in _by_both_clocks(NO_DATE, walks)]
    live = {done.job.log: done for done in walks.live}
    rows += [_row(_label(done), line) for done in walks.feeds for line in lines(FEED[0], done.job.log, judged(done))]
    rows += [_row(_label(done), line) for done in walks.live for line in against_practice(done)]
    rows += [_row(label, line) for target in SECOND[:5] for label, line in _by_both_clocks(target, walks)]
    for done in walks.feeds:
        found = (*lines(FEED[1], done.job.log, judged(done)), *against_live(live[done.job.log], done))
        rows += [_row(_label(done), line) for line in found]
    rows += [_row(label, line) for target in SECOND[5:] for label, line in _by_both_clocks(target, walks)]
    rows += [_row(_label(done), line) for done in walks.live for line in in_weeks_shut(done)]
    return Sheet("Targets", ("log", "target", "asked", "found (95 % interval)", ""), rows)


def told(walks: Walks) -> Sheet:
    """What is said beside them, and not asked for."""
    rows = [(label, line.name, line.found) for target in TOLD for label, line in _by_both_clocks(target, walks)]
    return Sheet("Beside the targets", ("log", "what", "found (95 % interval)"), rows)


def _by_both_clocks(target: Target, walks: Walks) -> Iterable[tuple[str, Line]]:
    for done in (*walks.live, *walks.clocks):
        for line in lines(target, done.job.log, judged(done), done.chances):
            yield _label(done), line


def _label(done: Done) -> str:
    return ", ".join(each for each in (SHORT[done.job.log], done.job.name) if each)


def _row(label: str, line: Line) -> tuple[str, ...]:
    return label, line.name, line.asked, line.found, line.verdict


def judged(done: Done) -> Judged:
    """The figures of a walk."""
    assert done.judged is not None, "practice is not judged like a walk"
    return done.judged


def machine(walks: Walks, speed: Speed, live_seconds: float, all_seconds: float) -> Sheet:
    """Time and memory. The logs are timed by their live walks alone."""
    rows = [
        (f"{speed.cases:,} cases counted from nothing", "", f"{speed.counting:.1f} s"),
        ("the live walks, side by side, with their intervals", "under 5 minutes", f"{live_seconds:.0f} s"),
        *((f"of {SHORT[each.job.log]} alone", "", f"{each.seconds:.0f} s") for each in walks.live),
    ]
    if walks.feeds:
        rows.append(("this whole command", "", f"{all_seconds:.0f} s"))
    rows += [
        ("the most memory of the fines", "under 500 MB", f"{each.megabytes:.0f} MB")
        for each in walks.live
        if each.job.log == FINES
    ]
    return Sheet("Time and memory", ("what", "asked", "found"), rows)


def practice(live: Sequence[Done], done: Iterable[Done]) -> Sheet:
    """What offices do today, beside these dates."""
    title = f"At receipt: share kept, worst service with {FEW} or more cases, rel"
    rows = [
        (each[0][0], *(_three(score) for _, score in each))
        for each in zip(*(each.practices for each in done), strict=True)
    ]
    ours = ("these dates", *(_three(judged(each).receipt) for each in live))
    return Sheet(title, ("practice", *(SHORT[each.job.log] for each in live)), [*rows, ours])


def parts(done: Sequence[Done]) -> list[Sheet]:
    """The method with each part left out, on both windows."""
    sheets = []
    for window in ("tuning", "test"):
        title = (
            f"Parts, on the {window} window: kept, worst of {MANY}, rel at receipt; no date; kept, rel at later steps"
        )
        rows = []
        for name in PARTS:
            found = [each.tuning if window == "tuning" else each.judged for each in done if each.job.name == name]
            rows.append((name, *(_all_of(each) for each in found if each is not None)))
        sheets.append(Sheet(title, ("part", *dict.fromkeys(SHORT[each.job.log] for each in done)), rows))
    return sheets


def _all_of(found: Judged) -> str:
    said = f"{_three(found.receipt, MANY)}; {found.receipt.no_date_share:.2f}"
    if found.later.record.total and found.later.rel is not None:
        said += f"; {found.later.record.share:.3f} {found.later.rel:.2f}"
    return said


def _three(score: Score, fewest: int = FEW) -> str:
    worst = score.worst(fewest)
    return " ".join(
        "-" if value is None else f"{value:.3f}" for value in (score.record.share, worst and worst[1].share, score.rel)
    )

"""Honest dates on four real logs: every target beside its figure. See README.md here; the logs are not part of this.

python -m benchmarks.promises             # the targets, the time and the memory
python -m benchmarks.promises --feeds     # with nightly and weekly feeds, and with a week that goes astray
python -m benchmarks.promises --practice  # beside what offices do today
python -m benchmarks.promises --parts     # each part of the method left out
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from benchmarks.promise_parts import PARTS
from benchmarks.promise_speed import Speed, measured
from benchmarks.promise_targets import FEED, TARGETS, TOLD, Line, lines
from benchmarks.promise_walks import FINES, SHORT, SNAPSHOTS, Done, Job, file_of, folder, run_all
from tracker.backtest.feeds import Feed
from tracker.backtest.report import Judged
from tracker.backtest.score import FEW, MANY, Score
from tracker.backtest.walk import Plan

out = Console(width=180, highlight=False)
AS_IT_IS, PRACTICE = "as it is", "practice"


def main() -> None:
    """Walk what is asked for, and print its tables."""
    given = _arguments()
    logs = [log for log in SNAPSHOTS if file_of(log)]
    for log in SNAPSHOTS:
        if log not in logs:
            out.print(f"{log} is missing in {folder()}; set TRACKER_DATA to the folder of the logs.")
    if not logs:
        sys.exit(2)
    begun = time.perf_counter()
    done = _walked(logs)
    wall = time.perf_counter() - begun
    found = {each.job.log: each for each in done}
    _targets(found)
    _speed(found, wall, measured(given.cases))
    if given.feeds:
        _feeds(_walked(logs, {feed.value: Plan(feed=feed) for feed in Feed if feed is not Feed.LIVE}))
    if given.practice:
        _practice(found, _walked(logs, {PRACTICE: None}))
    if given.parts:
        _parts(_walked(logs, {name: Plan(method=method, watched=False) for name, method in PARTS.items()}))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Honest dates on four real logs: every target beside its figure.")
    parser.add_argument("--feeds", action="store_true", help="target 8: rows that come nightly, weekly, or go astray")
    parser.add_argument("--practice", action="store_true", help="beside what offices do today")
    parser.add_argument("--parts", action="store_true", help="each part of the method left out, or set otherwise")
    parser.add_argument("--cases", type=int, default=100_000, help="made-up cases for the time of a refit")
    return parser.parse_args()


def _walked(logs: Sequence[str], plans: Mapping[str, Plan | None] | None = None) -> list[Done]:
    given: Mapping[str, Plan | None] = plans or {AS_IT_IS: Plan()}
    jobs, done = [Job(log, name, plan) for log in logs for name, plan in given.items()], []
    for each in run_all(jobs):
        done.append(each)
        print(f"{len(done)}/{len(jobs)} {each.job.log}: {each.job.name}, {each.seconds:.0f} s", file=sys.stderr)
    order = list(SNAPSHOTS)
    names = list(given)
    return sorted(done, key=lambda each: (order.index(each.job.log), names.index(each.job.name)))


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.MARKDOWN)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _targets(found: dict[str, Done]) -> None:
    table = _table("Targets", "log", "target", "asked", "found (95 % interval)", "")
    for target in (*TARGETS, *TOLD):
        for log, done in found.items():
            for line in lines(target, log, _judged(done)):
                said = _met(line) if line.asked else ""
                table.add_row(SHORT[log], line.name, line.asked, line.found, said)
    out.print(table)


def _met(line: Line) -> str:
    stretch = " (stretch)" if line.stretch else ""
    return f"met{stretch}" if not line.missed else f"missed by {line.missed:.3f}{stretch}"


def _judged(done: Done) -> Judged:
    assert done.judged is not None, "practice is not judged like a walk"
    return done.judged


def _speed(found: dict[str, Done], wall: float, speed: Speed) -> None:
    table = _table("Time and memory", "what", "asked", "found")
    table.add_row(
        f"5 refit with {speed.cases:,} cases in the window: newest week, all tables",
        "under 1 s", f"{speed.refit:.3f} s",
    )  # fmt: skip
    table.add_row("5 one promise", "under 1 ms", f"{1000 * speed.promise:.3f} ms")
    table.add_row(f"{speed.cases:,} cases counted from nothing", "", f"{speed.counting:.1f} s")
    table.add_row("the four logs, side by side", "under 5 minutes", f"{wall:.0f} s")
    if FINES in found:
        table.add_row("the most memory of the fines", "under 500 MB", f"{found[FINES].megabytes:.0f} MB")
    out.print(table)


def _feeds(done: Iterable[Done]) -> None:
    table = _table("Rows that come late", "log", "feed", "asked", "kept at receipt", "")
    for each in done:
        for line in lines(FEED, each.job.log, _judged(each)):
            table.add_row(SHORT[each.job.log], each.job.name, line.asked, line.found, _met(line))
    out.print(table)


def _practice(found: dict[str, Done], done: Iterable[Done]) -> None:
    title = f"At receipt: share kept, worst service with {FEW} or more cases, rel"
    table = _table(title, "practice", *(SHORT[log] for log in found))
    by_log = {each.job.log: each.practices for each in done}
    for rows in zip(*by_log.values(), strict=True):
        table.add_row(rows[0][0], *(_three(score) for _, score in rows))
    table.add_row("these dates", *(_three(_judged(each).receipt) for each in found.values()))
    out.print(table)


def _parts(done: Sequence[Done]) -> None:
    for part in ("tuning", "judged"):
        window = "test" if part == "judged" else part
        title = (
            f"Parts, on the {window} window: kept, worst of {MANY}, rel at receipt; no date; kept, rel at later steps"
        )
        table = _table(title, "part", *dict.fromkeys(SHORT[each.job.log] for each in done))
        for name in PARTS:
            cells = []
            for each in done:
                found = each.tuning if part == "tuning" else each.judged
                if each.job.name == name and found is not None:
                    cells.append(_all_of(found))
            table.add_row(name, *cells)
        out.print(table)


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


if __name__ == "__main__":
    main()

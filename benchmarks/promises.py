"""Honest dates on seven real logs: every target beside its figure. See README.md here; the logs are not part of this.

python -m benchmarks.promises             # every target, time and memory
python -m benchmarks.promises --live      # without the other feeds, the office's clock and the cuts: in about a minute
python -m benchmarks.promises --practice  # beside what offices do today
python -m benchmarks.promises --parts     # each part of the method left out
python -m benchmarks.promises --write     # and put the tables that were made into README.md here
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from rich.console import Console

from benchmarks.promise_parts import PARTS
from benchmarks.promise_speed import measured
from benchmarks.promise_tables import Sheet, Walks, machine, parts, practice, targets, told
from benchmarks.promise_walks import PAUSED, SNAPSHOTS, Done, Job, file_of, folder, run_all
from tracker.backtest.feeds import Feed
from tracker.backtest.walk import Plan

out = Console(width=180, highlight=False)
README = Path(__file__).with_name("README.md")
CALENDAR, OFFICE_DAYS = "", "office days"
CUTS = 3
"""So often each log is cut short; by each other feed once."""


def main() -> None:
    """Walk what is asked for, and print its tables."""
    parser = _parser()
    given = parser.parse_args()
    logs = [log for log in SNAPSHOTS if file_of(log)]
    for log in SNAPSHOTS:
        if log not in logs:
            out.print(f"{log} is missing in {folder()}; set TRACKER_DATA to the folder of the logs.")
    if not logs:
        sys.exit(2)
    if given.write and (given.live or len(logs) < len(SNAPSHOTS)):
        parser.error("--write replaces whole tables: it wants all seven logs, and does not go with --live")
    where = _where()
    walks, sheets = _measured(logs, live=given.live, cases=given.cases)
    made = {"promises": [where, *sheets]}
    if given.practice:
        made["practice"] = [practice(walks.live, _walked([Job(log, "practice", None) for log in logs]))]
    if given.parts:
        jobs = [Job(log, name, Plan(method=method, watched=False)) for log in logs for name, method in PARTS.items()]
        made["parts"] = [*parts(_walked(jobs))]
    for each in (one for several in made.values() for one in several):
        out.print(each.table() if isinstance(each, Sheet) else each)
    if given.write:
        paste(README, made)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Honest dates on seven real logs: every target beside its figure.")
    parser.add_argument("--live", action="store_true", help="the live walks alone: no feeds, office's clock, cuts")
    parser.add_argument("--practice", action="store_true", help="beside what offices do today")
    parser.add_argument("--parts", action="store_true", help="each part of the method left out, or set otherwise")
    parser.add_argument("--write", action="store_true", help="put the tables that were made into README.md here")
    parser.add_argument("--cases", type=int, default=100_000, help="made-up cases for the time of a refit")
    return parser


def _where() -> str:
    return (
        f"{datetime.now(UTC):%d %B %Y}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before it began, "
        f"Python {platform.python_version()}."
    )


def _measured(logs: Sequence[str], *, live: bool, cases: int) -> tuple[Walks, list[Sheet]]:
    """Every target. The live walks are timed with nothing beside them, and so is the refit."""
    begun = time.perf_counter()
    walks = Walks(_walked([Job(log, CALENDAR, Plan(), chances=True) for log in logs]))
    live_seconds = time.perf_counter() - begun
    speed = measured(cases)
    if not live:
        walks = _others(walks.live, logs)
    sheets = [targets(walks, speed), told(walks)]
    return walks, [*sheets, machine(walks, speed, live_seconds, time.perf_counter() - begun)]


def _others(live: Sequence[Done], logs: Sequence[str]) -> Walks:
    jobs = {
        "cut": [Job(log, CALENDAR, Plan(), cuts=CUTS) for log in logs],
        "feeds": [
            Job(log, feed.value, Plan(feed=feed), cuts=1) for log in logs for feed in Feed if feed is not Feed.LIVE
        ],
        "clocks": [
            Job(log, OFFICE_DAYS, Plan(paused=PAUSED[log]), chances=True, cuts=CUTS) for log in logs if log in PAUSED
        ],
    }
    done = iter(_walked([job for several in jobs.values() for job in several]))
    return Walks(live, **{name: list(islice(done, len(several))) for name, several in jobs.items()})


def _walked(jobs: Sequence[Job]) -> list[Done]:
    done: dict[int, Done] = {}
    for place, each in run_all(jobs):
        done[place] = each
        name = each.job.name or ("cuts" if each.job.cuts else "live")
        print(f"{len(done)}/{len(jobs)} {each.job.log}, {name}: {each.seconds:.0f} s", file=sys.stderr)
    return [done[place] for place in range(len(jobs))]


def paste(file: Path, made: Mapping[str, Sequence[Sheet | str]]) -> None:
    """Put tables into a file, each group between its marks, and nothing else."""
    text = file.read_text(encoding="utf-8")
    for name, sheets in made.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->\n"
        before, opened, rest = text.partition(begin)
        _, closed, after = rest.partition(end)
        if not (opened and closed):
            sys.exit(f"{file} has no place for the tables: it wants the lines {begin.strip()} and {end.strip()}.")
        body = "\n\n".join(each.markdown() if isinstance(each, Sheet) else each for each in sheets)
        text = f"{before}{begin}{body}\n{end}{after}"
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

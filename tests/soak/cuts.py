"""Real logs, cut short at random instants: what was promised before must stay the same, field for field."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path
from random import Random

from integrations.case_logs import rows
from integrations.log_layout import LogRefused
from tests.backtest.logs import Row, loaded
from tests.backtest.peeking import differences, instant
from tests.soak.table import LONGEST_SECONDS, Table
from tracker.backtest.feeds import Feed
from tracker.backtest.walk import Plan, walk
from tracker.backtest.walked import Walked

LOGS = {
    "nl_environment_permit": frozenset[str](),
    "nl_building_permits": frozenset({"more_info_requested"}),
}
"""Logs by name, with the steps in which the applicant has the ball."""

HERE = Path(__file__).resolve().parents[2]


def folder() -> Path:
    """Where the logs lie: TRACKER_DATA, or `../shared/data` beside the repository."""
    return Path(os.environ.get("TRACKER_DATA") or HERE.parent / "shared" / "data")


def run(table: Table, cuts: int) -> None:
    """So many cuts of each log, over the feeds and with and without the office's clock in turn."""
    for name, paused in LOGS.items():
        path = folder() / f"{name}.csv.gz"
        with table.line(f"cut: {name}") as line:
            if not path.exists():
                line.note = f"SKIPPED: {path} is missing; set TRACKER_DATA to the folder of the logs"
                continue
            told = [Row(row.case_id, row.service, row.step, row.occurred_at, row.is_final) for row in rows(path)]
            random, until, plans = Random(name), time.monotonic() + LONGEST_SECONDS, _plans(paused)
            with tempfile.TemporaryDirectory(prefix="tracker-cuts-") as place:
                whole, walks = loaded(Path(place), told), dict[Plan, Walked]()
                while line.rounds < cuts and time.monotonic() < until:
                    plan, at = plans[line.rounds % len(plans)], instant(random, random.choice(told).at)
                    line.rounds += 1
                    if plan not in walks:
                        walks[plan] = walk(whole, plan)
                    try:
                        short = loaded(Path(place), [row for row in told if row.at < at], "cut.csv")
                    except LogRefused:
                        continue  # before the first case
                    if wrong := differences(whole, walks[plan], short, walk(short, plan), at):
                        line.fail(f"{plan}, cut at {at}: {len(wrong)} differences, as {wrong[:3]}")


def _plans(paused: frozenset[str]) -> list[Plan]:
    """Mostly as rows happen; each other feed once in five."""
    clocks = [None, paused] if paused else [None]
    return [Plan(feed=feed, paused=clock) for clock in clocks for feed in (Feed.LIVE, *Feed)]

"""The walks that `benchmarks.promises` measures: one real log each, in a process of its own, and its figures."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from tracker.backtest.log import read
from tracker.backtest.practice import PRACTICES, practised
from tracker.backtest.report import Judged, judged
from tracker.backtest.score import Score, judging, score, tuning
from tracker.backtest.truth import Truth
from tracker.backtest.walk import Plan, walk

BUILDING, ENVIRONMENT, FINES, NYC = (
    "nl_building_permits", "nl_environment_permit", "it_traffic_fines", "nyc_council_casework",
)  # fmt: skip
SNAPSHOTS = {
    BUILDING: date(2015, 3, 2), ENVIRONMENT: date(2012, 1, 24), FINES: date(2012, 6, 30), NYC: date(2024, 6, 30),
}  # fmt: skip
"""The logs, and the days until which they are complete: some end with days on which nothing happened."""

SHORT = {BUILDING: "building", ENVIRONMENT: "environment", FINES: "fines", NYC: "NYC"}


@dataclass(frozen=True, slots=True)
class Job:
    """A walk of a log, under a name; without a plan, what is common practice instead."""

    log: str
    name: str
    plan: Plan | None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it: the figures of the two windows (or of each practice, on the later one), the seconds, and the
    most memory that its process ever had, in MB."""

    job: Job
    tuning: Judged | None
    judged: Judged | None
    practices: Sequence[tuple[str, Score]]
    seconds: float
    megabytes: float


def folder() -> Path:
    """Where the logs lie: TRACKER_DATA, or `../shared/data` beside the repository."""
    given = os.environ.get("TRACKER_DATA")
    return Path(given) if given else Path(__file__).parents[2] / "shared" / "data"


def file_of(log: str) -> Path | None:
    """The file of a log, plain or gzipped; None where it is missing."""
    return next((each for end in (".csv", ".csv.gz") if (each := folder() / (log + end)).is_file()), None)


def run(job: Job) -> Done:
    """Do it, in this process."""
    begun = time.perf_counter()
    file = file_of(job.log)
    assert file is not None, "missing logs are left out before"
    log = read(file)
    log.snapshot = max(log.snapshot, SNAPSHOTS[job.log].toordinal())
    early, late = tuning(log), judging(log)
    if job.plan is None:
        cases, truth = late.cases(log), Truth(log, {})
        practices = [
            (str(each), score(truth, [one for one in promises if one.case in cases], 0.9))
            for each, promises in practised(log, PRACTICES).items()
        ]
        return Done(job, None, None, practices, time.perf_counter() - begun, _peak())
    walked = walk(log, job.plan)
    truth = Truth(log, walked.pauses)
    found = [judged(truth, job.plan, walked, span, span.cases(log)) for span in (early, late)]
    return Done(job, *found, (), time.perf_counter() - begun, _peak())


def _peak() -> float:
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10  # bytes there, kilobytes elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def run_all(jobs: Sequence[Job]) -> Iterator[Done]:
    """Do all of them, as many at once as there are processors, the long ones first, each in a new process."""
    order = (FINES, NYC, BUILDING, ENVIRONMENT)
    waiting = sorted(jobs, key=lambda job: order.index(job.log))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for each in as_completed([pool.submit(_alone, job) for job in waiting]):
            yield each.result()


def _alone(job: Job) -> Done:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(run, job).result()

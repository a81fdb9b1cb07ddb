"""The walks that `benchmarks.promises` measures: one real log each, in a process of its own, and its figures."""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from benchmarks.promise_chance import Chances, chances
from benchmarks.promise_cuts import Peeked, peeked
from benchmarks.promise_shut import by_week
from tracker.backtest.log import read
from tracker.backtest.practice import PRACTICES, YEAR_DAYS, Practice, Rule, practised
from tracker.backtest.report import Judged, judged
from tracker.backtest.score import Score, judging, score, tuning
from tracker.backtest.truth import Truth
from tracker.backtest.walk import Plan, walk
from tracker.core.promises.punctuality import Record

BUILDING, ENVIRONMENT, FINES, NYC, AUSTIN, VANCOUVER, STATE_AID = (
    "nl_building_permits",
    "nl_environment_permit",
    "it_traffic_fines",
    "nyc_council_casework",
    "austin_parks_311",
    "vancouver_311_contact",
    "eu_state_aid",
)
SNAPSHOTS = {
    BUILDING: date(2015, 3, 2),
    ENVIRONMENT: date(2012, 1, 24),
    FINES: date(2012, 6, 30),
    NYC: date(2024, 6, 30),
    AUSTIN: date(2025, 2, 17),
    VANCOUVER: date(2024, 9, 16),
    STATE_AID: date(2020, 7, 30),
}
"""The logs, and the days until which they are complete: some end with days on which nothing happened."""

PAUSED = {BUILDING: frozenset({"more_info_requested"})}
"""The logs that say who has the ball, with the steps in which the applicant has it. No step of the others says so."""

SHORT = {
    BUILDING: "building",
    ENVIRONMENT: "environment",
    FINES: "fines",
    NYC: "NYC",
    AUSTIN: "Austin",
    VANCOUVER: "Vancouver",
    STATE_AID: "state aid",
}
USUAL_PRACTICE = Practice(Rule.NINETIETH, YEAR_DAYS)
"""What offices do today: last year's completed, nine in ten."""


@dataclass(frozen=True, slots=True)
class Job:
    """A walk of a log, under a name; without a plan, what is common practice instead. `chances`: with the intervals of
    all figures; `cuts`: how often the log is cut short and walked again, to be compared."""

    log: str
    name: str
    plan: Plan | None
    chances: bool = False
    cuts: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it: the figures of the two windows (or of each practice, on the later one), the intervals on the
    later one, the figures of what offices do today, the dates that fell due in weeks that were shut and in others, and
    what the cuts showed. The seconds, and the most memory that its process had, in MB, are those of
    the walk and its figures."""

    job: Job
    tuning: Judged | None
    judged: Judged | None
    practices: Sequence[tuple[str, Score]]
    seconds: float
    megabytes: float
    chances: Chances | None = None
    usual: Score | None = None
    shut: tuple[Record, Record] | None = None
    peeked: Peeked | None = None


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
    done = Done(job, *found, (), time.perf_counter() - begun, _peak())
    if job.chances:
        cases = late.cases(log)
        usual = (one for one in practised(log, (USUAL_PRACTICE,))[USUAL_PRACTICE] if one.case in cases)
        first = (one for one in walked.promises if one.first and one.case in cases)
        done = replace(
            done,
            chances=chances(truth, job.plan, walked, cases),
            usual=score(truth, usual, job.plan.probability),
            shut=by_week(log, truth, first),
        )
    if job.cuts:
        done = replace(done, peeked=peeked(file, log, walked, job.plan, job.cuts))
    return done


def _peak() -> float:
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10  # bytes there, kilobytes elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def run_all(jobs: Sequence[Job]) -> Iterator[tuple[int, Done]]:
    """Do all of them, as many at once as there are processors, the long ones first, each in a new process. Each comes
    with its place among the jobs when it is done."""
    order = (FINES, AUSTIN, NYC, BUILDING, VANCOUVER, STATE_AID, ENVIRONMENT)
    waiting = sorted(enumerate(jobs), key=lambda each: order.index(each[1].log))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        places = {pool.submit(_alone, job): place for place, job in waiting}
        for each in as_completed(places):
            yield places[each], each.result()


def _alone(job: Job) -> Done:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(run, job).result()

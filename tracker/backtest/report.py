"""Everything that a backtest found out, and as the JSON of `tracker backtest --json` (keys: docs/backtest.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.backtest.log import Log
from tracker.backtest.practice import PRACTICES, Practice, practised
from tracker.backtest.score import FEW, MANY, Quarter, Score, Span, judging, quarters, score, tuning
from tracker.backtest.stability import Stability, share, stability
from tracker.backtest.truth import Truth
from tracker.backtest.walk import Plan
from tracker.backtest.walked import Promised, Walked, day_of
from tracker.core.promises.first_dates import Fate
from tracker.core.promises.punctuality import Record, record

ASKED = (0.5, 0.6, 0.7, 0.8, 0.9)
"""Probabilities that calibration is looked at for, beside the one that was asked for."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The figures of the cases that were received in a span: of promises at receipt, at later steps, and in view, and
    of those at receipt by the quarter in which they fell due."""

    span: Span
    receipt: Score
    later: Score
    stability: Stability
    quarters: Sequence[Quarter]


@dataclass(frozen=True, slots=True)
class BacktestReport:
    """What a walk came to. `practices`: what each practice would have kept of the judged cases; `months`: first dates
    by month of reception; `calibration`: of the judged cases, for each probability that was tried."""

    log: Log
    plan: Plan
    tuning: Judged
    judged: Judged
    practices: Sequence[tuple[Practice, Score]]
    months: Sequence[tuple[str, Record]]
    calibration: Sequence[tuple[float, Record]]


def report(log: Log, plan: Plan, walked: Walked, others: Iterable[tuple[float, Walked]] = ()) -> BacktestReport:
    """Judge a walk; `others` are walks of the same log for other probabilities, for calibration."""
    truth, span = Truth(log, walked.pauses, plan.working), judging(log)
    cases = span.cases(log)
    practices = [
        (practice, score(truth, _of(promises, cases, first=True), plan.probability))
        for practice, promises in practised(log, PRACTICES).items()
    ]
    found = judged(truth, plan, walked, span, cases)
    calibration = {plan.probability: found.receipt.record}
    for asked, other in others:
        seen = Truth(log, other.pauses, plan.working)
        calibration[asked] = score(seen, _of(other.promises, cases, first=True), asked).record
    earlier = tuning(log)
    return BacktestReport(
        log,
        plan,
        judged(truth, plan, walked, earlier, earlier.cases(log)),
        found,
        practices,
        _by_month(truth, walked, span.last, log),
        sorted(calibration.items()),
    )


def judged(truth: Truth, plan: Plan, walked: Walked, span: Span, cases: Collection[int]) -> Judged:
    """The figures of the cases of a span."""
    first = list(_of(walked.promises, cases, first=True))
    receipt = score(truth, first, plan.probability)
    later = score(truth, _of(walked.promises, cases, first=False), plan.probability)
    due = quarters(truth, first, plan.probability)
    return Judged(span, receipt, later, stability(truth, walked, cases), due)


def _of(promises: Iterable[Promised], cases: Collection[int], *, first: bool) -> Iterable[Promised]:
    return (each for each in promises if each.first is first and each.case in cases)


def _by_month(truth: Truth, walked: Walked, last: int, log: Log) -> list[tuple[str, Record]]:
    fates: dict[str, list[Fate]] = defaultdict(list)
    for each in walked.promises:
        received = log.cases[each.case].received
        if each.first and each.on is not None and received <= last:
            fates[_iso(received)[:7]].append(truth.fate(each.case, each.made_on, each.on))
    return [(month, found) for month, each in sorted(fates.items()) if (found := record(each)).total]


def to_json(found: BacktestReport, file: str) -> dict[str, Any]:
    """The report as plain values."""
    log, plan = found.log, found.plan
    return {
        "log": {
            "file": file,
            "cases": len(log.cases),
            "closed": sum(case.end is not None for case in log.cases),
            "services": len({case.service for case in log.cases}),
            "received_from": _iso(log.cases[0].received),
            "received_to": _iso(log.cases[-1].received),
            "snapshot": _iso(log.snapshot),
            "left_out": [
                {"what": what, "count": count, "example": log.examples[what]}
                for what, count in sorted(log.left_out.items())
            ],
        },
        "asked": {
            "probability": plan.probability,
            "feed": plan.feed.value,
            "office_clock": plan.paused is not None,
            "paused_steps": sorted(plan.paused or ()),
            "holidays": plan.working.place,
        },
        "judged": _judged(found.judged),
        "tuning": _judged(found.tuning),
        "practice": [{"practice": str(each), **_score(score_)} for each, score_ in found.practices],
        "months": [{"month": month, **_record(record)} for month, record in found.months],
        "calibration": [{"asked": asked, **_record(record)} for asked, record in found.calibration],
    }


def _judged(found: Judged) -> dict[str, Any]:
    first, last = found.span.first, found.span.last
    none = last < first  # the log is too short
    return {
        "received_from": None if none else _iso(first),
        "received_to": None if none else _iso(last),
        "receipt": _score(found.receipt),
        "later": _score(found.later),
        "stability": _stability(found.stability),
        "quarters": [
            {"due": each.name, **_record(each.record), "oracle_share": _rounded(each.oracle.share)}
            for each in found.quarters
        ],
    }


def _score(found: Score) -> dict[str, Any]:
    return {
        "cases": found.cases,
        "no_date": found.no_date,
        "no_date_share": _rounded(share(found.no_date, found.cases)),
        "unknown": found.unknown,
        **_record(found.record),
        "rel": _rounded(found.rel),
        "rel_by_step": _rounded(found.rel_by_step),
        "promised_days_median": found.promised,
        "took_days_median": found.took,
        "took_days_p90": found.took_long,
        "worst_50": _worst(found, FEW),
        "worst_200": _worst(found, MANY),
        "services": [{"service": service, **_record(record)} for service, record in found.services.items()],
    }


def _worst(found: Score, fewest: int) -> dict[str, Any] | None:
    worst = found.worst(fewest)
    return {"service": worst[0], **_record(worst[1])} if worst else None


def _record(record: Record) -> dict[str, Any]:
    interval = [_rounded(record.interval.low), _rounded(record.interval.high)] if record.total else None
    return {"kept": record.kept, "judged": record.total, "share": _rounded(record.share), "interval": interval}


def _stability(found: Stability) -> dict[str, Any]:
    return {
        "dates": found.dates,
        "changes": found.changes,
        "changes_a_case": _rounded(found.changes_a_case),
        "taken_back": found.taken_back,
        "moved": found.moved,
        "never_moved_share": _rounded(found.never_moved),
        "clock_resumed": found.resumed,
        "false_changes": found.false,
        "false_changes_share": _rounded(share(found.false, found.judged_changes)),
        "late": found.late,
        "told": found.told,
        "told_share": _rounded(share(found.told, found.late)),
        "told_early": found.early,
        "told_early_share": _rounded(share(found.early, found.late)),
        "late_taken_back": found.late_taken_back,
        "late_taken_back_share": _rounded(share(found.late_taken_back, found.late)),
        "days_ahead_median": found.ahead,
        "notes": found.notes,
        "needless_notes": found.needless,
        "needless_notes_share": _rounded(share(found.needless, found.judged_notes)),
        "good_news": found.good,
        "good_news_true": found.good_true,
        "good_news_true_share": _rounded(share(found.good_true, found.judged_good)),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _iso(day: int) -> str:
    return day_of(day).isoformat()

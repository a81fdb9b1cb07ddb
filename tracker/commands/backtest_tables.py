"""The report of a backtest as tables for people."""

from __future__ import annotations

from rich import box
from rich.table import Table

from tracker.backtest.report import BacktestReport, Judged
from tracker.backtest.score import FEW, MANY, Score
from tracker.backtest.stability import Stability, share
from tracker.backtest.walked import day_of
from tracker.commands.terminal import out
from tracker.core.promises.punctuality import Record


def show(found: BacktestReport, file: str) -> None:
    """Print it."""
    log, plan = found.log, found.plan
    closed, services = sum(case.end is not None for case in log.cases), len({case.service for case in log.cases})
    counted = f"{_many(len(log.cases), 'case')} of {_many(services, 'service')}"
    clock = "the office's clock" if plan.paused is not None else "the calendar"
    out.print(
        f"{file}: {counted}, {closed:,} of them closed, complete until "
        f"{day_of(log.snapshot)}.\nAsked for {plan.probability:.0%} by {clock}, with a {plan.feed.value} feed.",
        markup=False,
    )
    if not found.judged.receipt.cases:
        out.print("No case can be judged: the log is too short, or all had ended before their rows came.")
        return
    _promises("Dates as they were given", found.judged)
    _practice(found)
    _stability(found.judged.stability)
    _quarters(found.judged)
    _services(found.judged.receipt)


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE)
    table.add_column(headings[0])
    for heading in headings[1:]:
        table.add_column(heading, justify="right", overflow="fold")
    return table


def _promises(title: str, found: Judged) -> None:
    received = f"cases received {day_of(found.span.first)} to {day_of(found.span.last)}"
    table = _table(f"{title} ({received})", "", "at receipt", "at later steps")
    pairs = [_figures(found.receipt), _figures(found.later)]
    for (name, receipt), (_, later) in zip(*pairs, strict=True):
        table.add_row(name, receipt, later if found.later.cases else "")
    out.print(table)


def _figures(found: Score) -> list[tuple[str, str]]:
    return [
        ("dates asked for", f"{found.cases:,}"),
        ("without a date", percent(share(found.no_date, found.cases))),
        ("open, and the date still ahead: not known", f"{found.unknown:,}"),
        ("kept", with_interval(found.record)),
        (f"worst service with {FEW} or more", _worst(found, FEW)),
        (f"worst service with {MANY} or more", _worst(found, MANY)),
        ("loss beside hindsight's best (rel)", "" if found.rel is None else f"{found.rel:.2f}"),
        ("loss beside hindsight's best at each step", "" if found.rel_by_step is None else f"{found.rel_by_step:.2f}"),
        ("promised: half within", days(found.promised)),
        ("it took: half within", days(found.took)),
        ("it took: nine in ten within", days(found.took_long)),
    ]


def _practice(found: BacktestReport) -> None:
    table = _table("What was common would have kept, of the same cases", "", "kept", f"worst of {FEW} or more", "rel")
    for practice, score in found.practices:
        rel = "" if score.rel is None else f"{score.rel:.2f}"
        table.add_row(str(practice), percent(score.record.share), _worst(score, FEW, named=False), rel)
    ours = found.judged.receipt
    rel = "" if ours.rel is None else f"{ours.rel:.2f}"
    table.add_row("these dates", percent(ours.record.share), _worst(ours, FEW, named=False), rel)
    out.print(table)


def _stability(found: Stability) -> None:
    table = _table("In people's view", "", "")
    rows = [
        ("date changes for each case", "" if found.changes_a_case is None else f"{found.changes_a_case:.2f}"),
        ("of these dates taken back, with none in its place", f"{found.taken_back:,}"),
        ("dates that never moved", percent(found.never_moved)),
        ("changes that were not needed", percent(share(found.false, found.judged_changes))),
        ("cases that were late", f"{found.late:,}"),
        ("of these told before the date", percent(share(found.told, found.late))),
        ("in good time", percent(share(found.early, found.late))),
        ("of these had their date taken back", percent(share(found.late_taken_back, found.late))),
        ("half of them so many days ahead", "" if found.ahead is None else f"{found.ahead:g}"),
        ("warnings that were not needed", percent(share(found.needless, found.judged_notes))),
        ("told that it will probably be sooner", f"{found.good:,}"),
        ("of these it was", percent(share(found.good_true, found.judged_good))),
    ]
    if found.resumed:
        rows.insert(1, ("dates moved because the clock was paused", f"{found.resumed:,}"))
    for name, value in rows:
        table.add_row(name, value)
    out.print(table)


def _quarters(found: Judged) -> None:
    table = _table(
        "At receipt, by the quarter in which dates fell due", "quarter", "judged", "kept", "hindsight's best"
    )
    for each in found.quarters:
        table.add_row(each.name, f"{each.record.total:,}", with_interval(each.record), percent(each.oracle.share))
    out.print(table)


def _services(found: Score) -> None:
    table = _table("At receipt, by service", "service", "judged", "kept")
    for service, record in found.services.items():
        table.add_row(service, f"{record.total:,}", with_interval(record))
    out.print(table)


def _worst(found: Score, fewest: int, *, named: bool = True) -> str:
    worst = found.worst(fewest)
    if worst is None:
        return ""
    return f"{percent(worst[1].share)} {worst[0]}" if named else percent(worst[1].share)


def percent(value: float | None) -> str:
    """A share in words; nothing where there is none."""
    return "" if value is None else f"{100 * value:.1f} %"


def with_interval(record: Record) -> str:
    """A share and its 95 % interval."""
    if record.share is None:
        return ""
    return f"{percent(record.share)} ({100 * record.interval.low:.1f} to {100 * record.interval.high:.1f})"


def days(value: int | None) -> str:
    """A number of days."""
    return "" if value is None else _many(value, "day")


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"

"""The command that asks a case log what dates learned from it would have been worth."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from tracker.backtest import files
from tracker.backtest import log as logs
from tracker.backtest import plot as pictures
from tracker.backtest.feeds import Feed
from tracker.backtest.log import FURTHEST_YEAR, Log
from tracker.backtest.report import ASKED, BacktestReport, report, to_json
from tracker.backtest.walk import Plan, walk
from tracker.backtest.walked import Walked
from tracker.commands.backtest_tables import show
from tracker.commands.terminal import LogColumns, err, layout
from tracker.core.vocabulary.calendars import WorkingDays
from tracker.flows.promises.holidays import places, working_days

app = typer.Typer()

PAUSED = "more_info_requested"
"""The step in which the applicant has the ball, where nothing else is said."""


@app.command()
def backtest(
    file: Annotated[Path, typer.Argument(help="A case log (CSV, plain or gzipped).", exists=True, dir_okay=False)],
    out: Annotated[Path | None, typer.Option(dir_okay=False, help="Write every promise there (CSV).")] = None,
    moves: Annotated[Path | None, typer.Option(dir_okay=False, help="Write every change of a date (CSV).")] = None,
    notes: Annotated[Path | None, typer.Option(dir_okay=False, help="Write every word of doubt there (CSV).")] = None,
    plot: Annotated[Path | None, typer.Option(dir_okay=False, help="Draw calibration and months there (SVG).")] = None,
    probability: Annotated[float, typer.Option(min=0.5, max=0.99, help="How likely it must be to hold.")] = 0.9,
    feed: Annotated[Feed, typer.Option(help="How the rows would have reached us.")] = Feed.LIVE,
    office_clock: Annotated[
        bool, typer.Option("--office-clock", help="Days with the applicant count for nobody.")
    ] = False,
    paused_step: Annotated[list[str] | None, typer.Option(help=f"A step with the applicant ({PAUSED}).")] = None,
    holidays: Annotated[str | None, typer.Option(help="No date lies on a public holiday of (NL, GB-ENG).")] = None,
    snapshot: Annotated[str | None, typer.Option(help="The day until which the log is complete (2026-03-31).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    columns: LogColumns = None,
) -> None:
    """Walk through a real case log: what would have been promised on each day, and how much of it was kept."""
    _check_outputs(file, [each for each in (out, moves, notes, plot) if each is not None])
    if paused_step and not office_clock:
        raise typer.BadParameter("--paused-step says nothing without --office-clock; give both")
    if "" in (paused_step or []):
        raise typer.BadParameter(f"--paused-step is a step as the log names it, such as {PAUSED}, and not nothing")
    log = _log(file, snapshot, columns)
    paused = frozenset(paused_step or [PAUSED]) if office_clock else None
    plan = Plan(probability, feed, paused, working=_working(holidays))
    for step in sorted(paused or ()):
        if not any(line.step == step for case in log.cases for line in case.lines):
            err.print(f"No case in this log comes to the step {step}: no clock is paused there.", markup=False)
    walked, others = _walked(log, plan, file.name, calibrated=plot is not None)
    found = report(log, plan, walked, others)
    if out is not None:
        files.promises(out, log, walked, probability)
    if moves is not None:
        files.moves(moves, log, walked)
    if notes is not None:
        files.notes(notes, log, walked)
    if plot is not None:
        _draw(plot, found, file.name)
    if as_json:
        typer.echo(json.dumps(to_json(found, file.name), indent=2, ensure_ascii=False))
    else:
        show(found, file.name)


def _check_outputs(file: Path, given: Sequence[Path]) -> None:
    """Fail before the walk rather than after it."""
    taken = {os.path.realpath(file)}
    for path in given:
        if not path.parent.is_dir():
            raise typer.BadParameter(f"the folder of {path} does not exist; make it first")
        if os.path.realpath(path) in taken and (path.is_file() or not path.exists()):
            raise typer.BadParameter(f"{path} is given twice, or is the log itself; give each file its own name")
        taken.add(os.path.realpath(path))
    for path in given:
        files.check(path)


def _working(place: str | None) -> WorkingDays:
    if place is not None and place not in places():
        raise typer.BadParameter(f"--holidays is a country or a part of one (ISO 3166), as NL or GB-ENG, not {place}")
    return working_days(place)


def _log(file: Path, snapshot: str | None, columns: Path | None) -> Log:
    log = logs.read(file, layout(columns))
    if snapshot is not None:
        try:
            day = date.fromisoformat(snapshot).toordinal()
        except ValueError as fault:
            raise typer.BadParameter("--snapshot is a day such as 2026-03-31") from fault
        if day < log.snapshot:
            last = date.fromordinal(log.snapshot).isoformat()
            raise typer.BadParameter(f"--snapshot lies before the last row of the log ({last}); give that day or later")
        if day > date(FURTHEST_YEAR, 12, 31).toordinal():
            raise typer.BadParameter(f"--snapshot lies after the year {FURTHEST_YEAR}; give a day such as 2026-03-31")
        log.snapshot = day
    for what, count in sorted(log.left_out.items()):
        err.print(f"Left out ({count:,}): {what}, such as {log.examples[what]}.", markup=False)
    return log


def _walked(log: Log, plan: Plan, name: str, *, calibrated: bool) -> tuple[Walked, list[tuple[float, Walked]]]:
    """The walk, and those for other probabilities, in which dates are given and not looked at again."""
    asked = [each for each in ASKED if each != plan.probability] if calibrated else []
    with _bar() as bar:
        walked = _step(bar, log, plan, name)
        others = [
            (each, _step(bar, log, replace(plan, probability=each, watched=False), f"asked for {each:.0%}"))
            for each in asked
        ]
    return walked, others


@contextmanager
def _bar() -> Iterator[Progress]:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err) as progress:
        yield progress


def _step(bar: Progress, log: Log, plan: Plan, name: str) -> Walked:
    task = bar.add_task(name, total=None)
    return walk(log, plan, lambda done, total: bar.update(task, completed=done, total=total))


def _draw(path: Path, found: BacktestReport, name: str) -> None:
    with files.written(path) as file:
        file.write(pictures.svg(found, name))

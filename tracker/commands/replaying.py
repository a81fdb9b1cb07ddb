"""The command that sends a case log."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from integrations.case_logs import read
from tracker import replay as replaying
from tracker.commands.terminal import DataDir, LogColumns, err, known_zone, layout, out, settings

app = typer.Typer()


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="A case log (CSV, plain or gzipped).", exists=True, dir_okay=False)],
    prepare: Annotated[bool, typer.Option(help="Make a sandbox organisation for the log and print its key.")] = False,
    url: Annotated[str, typer.Option(help="Where the service runs.")] = "http://127.0.0.1:8000",
    key: Annotated[str | None, typer.Option(help="The key that --prepare printed.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many cases.")] = None,
    zone: Annotated[str | None, typer.Option(callback=known_zone, help="The zone of the log's times.")] = None,
    country: Annotated[str | None, typer.Option(help="Of --prepare: by default that of the zone.")] = None,
    batch: Annotated[int, typer.Option(min=1, max=1000, help="So many events in a request.")] = 1,
    shuffle: Annotated[int | None, typer.Option(help="Send in random order, from this seed.")] = None,
    columns: LogColumns = None,
    data_dir: DataDir = None,
) -> None:
    """Send a real case log through the HTTP intake, moving the sandbox's clock along."""
    if key is None and not prepare:
        raise typer.BadParameter("give --key KEY, or --prepare to make one")
    log = read(file, None if prepare else limit, layout(columns))
    for count, what, example in log.aside.summary():
        err.print(f"Left out ({count:,}): {what}, such as {example}.", markup=False)
    if prepare or key is None:
        made = asyncio.run(replaying.prepare(settings(data_dir, log_level="WARNING"), log, zone or "UTC", country))
        out.print(f"Organisation {made.organisation}, source {made.source}, {made.services} services.")
        out.print(f"Its clock shows {made.clock.isoformat()}. The key, shown this once:")
        out.print(made.key)
        return
    shown = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*shown, console=err) as progress:
        bar = progress.add_task(file.name, total=None)
        outcomes = asyncio.run(
            replaying.replay(
                log,
                url,
                key,
                zone=zone,
                seed=shuffle,
                batch=batch,
                progress=lambda done, total: progress.update(bar, completed=done, total=total),
            )
        )
    _show(outcomes)


def _show(outcomes: replaying.Outcomes) -> None:
    out.print(f"Events sent: {outcomes.sent}")
    for outcome, count in sorted(outcomes.by_outcome.items()):
        out.print(f"  {outcome}: {count}")
    for line in outcomes.refused:
        out.print(f"  refused: {line}", markup=False)
    titles = {
        "cases": "Cases",
        "entries": "Entries by place",
        "messages": "Messages by purpose",
        "withheld": "Withheld or held, by purpose and reason",
        "undelivered": "Not delivered",
        "channels": "Messages that went out, by channel",
        "promises": "Dates given, and what became of them",
    }
    for name, title in titles.items():
        counts = outcomes.report.get(name, {})
        out.print(f"{title}: {sum(counts.values())}")
        for word, count in counts.items():
            out.print(f"  {word}: {count}")

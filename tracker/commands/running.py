"""Commands that run the service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from tracker.commands.terminal import DataDir, err, out, settings, with_parts
from tracker.demo import moving
from tracker.demo import run as demonstration
from tracker.demo.lives import ZONE
from tracker.main import Parts, create_app, listening, on_signals, web_server

app = typer.Typer()


demo_app = typer.Typer(invoke_without_command=True)
app.add_typer(demo_app, name="demo")


@demo_app.callback()
def demo(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    data_dir: DataDir = None,
    cases: Annotated[int, typer.Option(min=1, max=20_000, help="How many cases to make.")] = 2000,
    fresh: Annotated[bool, typer.Option(help="Begin anew: deletes the data of an earlier demo.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON when ready.")] = False,
) -> None:
    """Run everything in one process, with made-up offices and cases. Nothing leaves this machine."""
    if context.invoked_subcommand is not None:
        return
    given = settings(data_dir, port=port, public_url=f"http://127.0.0.1:{port}", log_level="WARNING")
    with _bar("Starting", hidden=as_json) as tell:
        asyncio.run(
            demonstration.run(
                given, cases=cases, fresh=fresh, as_json=as_json, say=lambda text: _ready(tell, text), progress=tell
            )
        )


@demo_app.command("advance")
def demo_advance(
    by: Annotated[str | None, typer.Argument(help="How far: hours, days or weeks, such as 36h, 7d or 2w.")] = None,
    to: Annotated[datetime | None, typer.Option(help="A day of the demo's clock instead.")] = None,
    data_dir: DataDir = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON.")] = False,
) -> None:
    """Let time pass in the demo, which may be running: everything is done that falls due on the way."""
    if (by is None) == (to is None):
        raise typer.BadParameter("say how far (7d) or until when (--to 2026-12-24), one of both")
    given = settings(data_dir, log_level="WARNING")
    length = moving.span(by) if by else None
    with _bar("Time passes", hidden=as_json) as tell:
        moved = asyncio.run(moving.move(given, length, to, lambda done, whole: tell("days", done.days, whole.days)))
    if as_json:
        print(json.dumps({"now": moved.now.isoformat(timespec="seconds"), "happened": moved.happened}))
        return
    out.print(f"The demo's clock shows {moved.now.astimezone(ZoneInfo(ZONE)):%A %d %B %Y %H:%M}.")
    for what, times in sorted(moved.happened.items()):
        out.print(f"{times:7}  {what.replace('_', ' ')}")


class _Bar:
    """A bar on the terminal, one line for each thing that is being done."""

    def __init__(self, shown: Progress) -> None:
        self.shown, self._tasks = shown, dict[str, TaskID]()

    def __call__(self, what: str, done: int, whole: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self.shown.add_task(what, total=whole)
        self.shown.update(self._tasks[what], completed=done)


@contextmanager
def _bar(begun: str, *, hidden: bool) -> Generator[_Bar]:
    """A bar on standard error, gone when there is nothing more to wait for."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, disable=hidden, transient=True) as shown:
        if not hidden:
            err.print(f"{begun} ...")
        yield _Bar(shown)


def _ready(bar: _Bar, text: str) -> None:
    bar.shown.stop()
    print(text, flush=True)


@app.command()
def serve(data_dir: DataDir = None) -> None:
    """Answer back offices and citizens over HTTP. Run `tracker work` beside it."""
    given = settings(data_dir)

    async def run(parts: Parts) -> None:
        server = web_server(create_app(parts), given, host=given.host, port=given.port)

        def stop() -> None:
            server.should_exit = True

        on_signals(stop)
        await server.serve(sockets=[listening(given.host, given.port)])

    with_parts(given, run)


@app.command()
def work(data_dir: DataDir = None) -> None:
    """Carry messages and keep silences short. Any number of these may run over one database."""

    async def run(parts: Parts) -> None:
        on_signals(parts.stop)
        await parts.work()

    with_parts(settings(data_dir), run)


@app.command()
def migrate(data_dir: DataDir = None) -> None:
    """Bring the database to the schema of this release."""

    async def run(parts: Parts) -> None:
        out.print("The database has the schema of this release.")

    with_parts(settings(data_dir), run)

"""Commands that run the service."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from tracker.commands.terminal import DataDir, err, out, settings, with_parts
from tracker.demo import run as demonstration
from tracker.main import Parts, create_app, listening, on_signals, web_server

app = typer.Typer()


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    data_dir: DataDir = None,
    cases: Annotated[int, typer.Option(min=1, max=2000, help="How many cases to make.")] = 24,
    fresh: Annotated[bool, typer.Option(help="Begin anew: deletes the data of an earlier demo.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON when ready.")] = False,
) -> None:
    """Run everything in one process, with made-up offices and cases. Nothing leaves this machine."""
    given = settings(data_dir, port=port, public_url=f"http://127.0.0.1:{port}", log_level="WARNING")
    if not as_json:
        err.print("Starting: the database, two offices, and their cases ...")
    asyncio.run(
        demonstration.run(given, cases=cases, fresh=fresh, as_json=as_json, say=lambda text: print(text, flush=True))
    )


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

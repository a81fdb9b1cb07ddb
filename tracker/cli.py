"""The `tracker` command."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from integrations.case_logs import LogRefused
from tracker import replay as replaying
from tracker.core.errors import SetupRefused, TrackerError
from tracker.demo import run as demonstration
from tracker.flows import offices, services
from tracker.main import Parts, assembled, create_app, listening, on_signals, web_server
from tracker.settings import Settings
from tracker.store.columns import Mode
from tracker.store.organisations import Rhythm
from tracker.store.server import ServerError
from tracker.web import logs
from tracker.web.trouble import unavailable

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Track my request: tells people before they ask.",
)
organisations_app = typer.Typer(no_args_is_help=True, help="Public bodies that use this installation.")
sources_app = typer.Typer(no_args_is_help=True, help="Back-office systems that report on cases.")
keys_app = typer.Typer(no_args_is_help=True, help="Keys with which sources report.")
services_app = typer.Typer(no_args_is_help=True, help="Service definitions: stages, words, policies.")
app.add_typer(organisations_app, name="organisations")
app.add_typer(sources_app, name="sources")
app.add_typer(keys_app, name="keys")
app.add_typer(services_app, name="services")

Result = TypeVar("Result")
DataDir = Annotated[Path | None, typer.Option(help="Where the embedded database lives (TRACKER_DATA_DIR).")]
OrganisationName = Annotated[str, typer.Option("--organisation", help="The organisation's short name.")]
out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def main() -> None:
    """Run the command; a mistake of the caller ends in one plain sentence and status 2."""
    try:
        app(standalone_mode=True)
    except Exception as error:
        sentence = _plainly(error)
        if sentence is None:
            raise
        _fail(sentence)


def _plainly(error: Exception) -> str | None:
    """What went wrong and how to mend it, or None when it is a mistake of ours."""
    match error:
        case TrackerError():
            return f"{error.detail} {error.remedy}"
        case ServerError() | LogRefused():
            return str(error)
        case ValidationError():
            faults = ((str(each["loc"][0]).upper(), each["msg"]) for each in error.errors())
            told = "; ".join(f"TRACKER_{name}: {what.removeprefix('Value error, ')}" for name, what in faults)
            return f"A setting cannot be used. {told}"
        case httpx.HTTPStatusError():
            return f"The service answered {error.response.status_code}. {_told(error.response)}"
        case httpx.TransportError() | httpx.InvalidURL():
            return f"The service cannot be reached ({error}). Check --url, and that `tracker serve` is running."
        case OSError() if error.filename is not None:
            return f"{error.filename}: {error.strerror}."
        case _ if unavailable(error):
            return "The database cannot be reached. Check TRACKER_DATABASE_URL, and that the server is running."
    return None


def _told(answer: httpx.Response) -> str:
    """The detail and the remedy of a problem document, if it is one."""
    if answer.headers.get("content-type") != "application/problem+json":
        return "Check that --url leads to this service."
    problem = answer.json()
    return f"{problem.get('detail')} {problem.get('remedy')}"


def _fail(message: str) -> None:
    err.print(message, markup=False)
    sys.exit(2)


def _settings(data_dir: Path | None = None, **changes: Any) -> Settings:
    given = {name: value for name, value in {"data_dir": data_dir, **changes}.items() if value is not None}
    settings = Settings(**given)
    logs.configure(settings.log_level)
    return settings


def _with_parts(settings: Settings, do: Callable[[Parts], Awaitable[Result]]) -> Result:
    async def run() -> Result:
        async with assembled(settings) as parts:
            return await do(parts)

    return asyncio.run(run())


@app.command()
def demo(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port to listen on.")] = 8000,
    data_dir: DataDir = None,
    cases: Annotated[int, typer.Option(min=1, max=2000, help="How many cases to make.")] = 24,
    fresh: Annotated[bool, typer.Option(help="Begin anew: deletes the data of an earlier demo.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON when ready.")] = False,
) -> None:
    """Run everything in one process, with made-up offices and cases. Nothing leaves this machine."""
    settings = _settings(data_dir, port=port, public_url=f"http://127.0.0.1:{port}", log_level="WARNING")
    if not as_json:
        err.print("Starting: the database, two offices, and their cases ...")
    asyncio.run(
        demonstration.run(settings, cases=cases, fresh=fresh, as_json=as_json, say=lambda text: print(text, flush=True))
    )


@app.command()
def serve(data_dir: DataDir = None) -> None:
    """Answer back offices and citizens over HTTP. Run `tracker work` beside it."""
    settings = _settings(data_dir)

    async def run(parts: Parts) -> None:
        server = web_server(create_app(parts), settings, host=settings.host, port=settings.port)

        def stop() -> None:
            server.should_exit = True

        on_signals(stop)
        await server.serve(sockets=[listening(settings.host, settings.port)])

    _with_parts(settings, run)


@app.command()
def work(data_dir: DataDir = None) -> None:
    """Carry messages and keep silences short. Any number of these may run over one database."""

    async def run(parts: Parts) -> None:
        on_signals(parts.worker.stop)
        await parts.worker.run()

    _with_parts(_settings(data_dir), run)


@app.command()
def migrate(data_dir: DataDir = None) -> None:
    """Bring the database to the schema of this release."""

    async def run(parts: Parts) -> None:
        out.print("The database has the schema of this release.")

    _with_parts(_settings(data_dir), run)


@organisations_app.command("add")
def add_organisation(
    slug: Annotated[str, typer.Argument(help="A short name, such as northwick.")],
    name: Annotated[str, typer.Option(help="The name that people read.")],
    zone: Annotated[str, typer.Option(help="Its IANA time zone.")] = "Europe/London",
    data_dir: DataDir = None,
) -> None:
    """Add a public body. It begins in sandbox: nothing leaves until it goes live."""
    _with_parts(
        _settings(data_dir), lambda parts: offices.add_organisation(parts.store, slug=slug, name=name, zone=zone)
    )
    out.print(f"Added {slug}, in sandbox. Next: tracker services apply, tracker sources add, tracker keys add.")


@sources_app.command("add")
def add_source(
    name: Annotated[str, typer.Argument(help="The source's name, as its events give it.")],
    organisation: OrganisationName,
    rhythm: Annotated[Rhythm, typer.Option(help="How often it reports.")] = Rhythm.LIVE,
    zone: Annotated[str | None, typer.Option(help="The zone of its times, if they come without an offset.")] = None,
    register: Annotated[list[str] | None, typer.Option(help="Another register it may report into.")] = None,
    live_from: Annotated[datetime | None, typer.Option(help="Cases opened before it are adopted in silence.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Add a back-office system."""

    async def run(parts: Parts) -> None:
        office = await offices.organisation(parts.store, organisation)
        start = live_from.astimezone() if live_from else None
        source = offices.NewSource(name, rhythm, zone, tuple(register or ()), start)
        await offices.add_source(parts.store, office, source)
        out.print(f"Added the source {name}. Next: tracker keys add {name} --organisation {organisation}")

    _with_parts(_settings(data_dir), run)


@keys_app.command("add")
def add_key(
    source: Annotated[str, typer.Argument(help="The source that will use the key.")],
    organisation: OrganisationName,
    mode: Annotated[Mode, typer.Option(help="test: its cases are kept apart and deliver nothing.")] = Mode.TEST,
    data_dir: DataDir = None,
) -> None:
    """Make a key. It is shown this once."""

    async def run(parts: Parts) -> None:
        office = await offices.organisation(parts.store, organisation)
        out.print(await offices.add_key(parts.store, office, source, mode))

    _with_parts(_settings(data_dir), run)


@app.command()
def alerts(organisation: OrganisationName, data_dir: DataDir = None) -> None:
    """What an operator should do, the newest first."""

    async def run(parts: Parts) -> None:
        office = await offices.organisation(parts.store, organisation)
        found = await offices.alerts(parts.store, office)
        for alert in found:
            out.print(
                f"{alert.last_at:%Y-%m-%d %H:%M} {alert.kind}: {alert.subject} ({alert.times} times)", markup=False
            )
            out.print(f"  {alert.remedy}", markup=False)
        if not found:
            out.print("Nothing to do.")

    _with_parts(_settings(data_dir), run)


@services_app.command("validate")
def validate(
    path: Annotated[Path, typer.Argument(help="A definition, or a folder of them.", exists=True)],
    organisation: Annotated[str | None, typer.Option(help="Check beside this organisation's cases, too.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Explain every fault of service definitions, with its remedy. Status 1 when there is one."""
    texts = {file: _text(file) for file in _files(path)}

    async def run(parts: Parts | None) -> int:
        office = await offices.organisation(parts.store, organisation) if parts and organisation else None
        wrong = 0
        for file, text in texts.items():
            found = await services.faults(parts.store if parts else None, office, text)
            wrong += len(found)
            for fault in found:
                out.print(f"{file}: {fault.path}: {fault.problem}. {fault.remedy}", markup=False)
            if not found:
                out.print(f"{file}: good", markup=False)
        return wrong

    wrong = _with_parts(_settings(data_dir), run) if organisation else asyncio.run(run(None))
    if wrong:
        raise typer.Exit(1)


@services_app.command("apply")
def apply(
    path: Annotated[Path, typer.Argument(help="A definition, or a folder of them.", exists=True)],
    organisation: OrganisationName,
    data_dir: DataDir = None,
) -> None:
    """Store definitions as new versions, and move the cases that they touch."""

    async def run(parts: Parts) -> None:
        office = await offices.organisation(parts.store, organisation)
        for file in _files(path):
            done = await services.apply(parts.store, office, _text(file))
            what = f"version {done.version}" if done.changed else f"version {done.version} already"
            out.print(f"{file}: {done.service}, {what}; {done.moved} cases moved", markup=False)

    _with_parts(_settings(data_dir), run)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise SetupRefused(f"{file} is not in UTF-8.", "Save it as plain text in UTF-8.") from fault


def _zone(name: str | None) -> str | None:
    try:
        return ZoneInfo(name).key if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise typer.BadParameter("use an IANA name such as Europe/London") from fault


def _files(path: Path) -> list[Path]:
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not files:
        raise typer.BadParameter(f"{path} holds no .toml files")
    return files


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="A case log (CSV, plain or gzipped).", exists=True, dir_okay=False)],
    prepare: Annotated[bool, typer.Option(help="Make a sandbox organisation for the log and print its key.")] = False,
    url: Annotated[str, typer.Option(help="Where the service runs.")] = "http://127.0.0.1:8000",
    key: Annotated[str | None, typer.Option(help="The key that --prepare printed.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many cases.")] = None,
    zone: Annotated[str | None, typer.Option(callback=_zone, help="The zone of the log's times.")] = None,
    shuffle: Annotated[int | None, typer.Option(help="Send in random order, from this seed.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Send a real case log through the HTTP intake, moving the sandbox's clock along."""
    if prepare:
        made = asyncio.run(replaying.prepare(_settings(data_dir, log_level="WARNING"), file, zone or "UTC"))
        out.print(f"Organisation {made.organisation}, source {made.source}, {made.services} services.")
        out.print(f"Its clock shows {made.clock.isoformat()}. The key, shown this once:")
        out.print(made.key)
        return
    if key is None:
        raise typer.BadParameter("give --key KEY, or --prepare to make one")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err) as progress:
        bar = progress.add_task(file.name, total=None)
        outcomes = asyncio.run(
            replaying.replay(
                file, url, key, limit=limit, zone=zone, seed=shuffle,
                progress=lambda done, total: progress.update(bar, completed=done, total=total),
            )
        )  # fmt: skip
    _show(outcomes)


def _show(outcomes: replaying.Outcomes) -> None:
    out.print(f"Events sent: {outcomes.sent}")
    for outcome, count in sorted(outcomes.by_outcome.items()):
        out.print(f"  {outcome}: {count}")
    for line in outcomes.refused:
        out.print(f"  refused: {line}", markup=False)
    titles = {
        "cases": "Cases", "entries": "Entries by place", "messages": "Messages by purpose",
        "withheld": "Withheld or held, by purpose and reason", "undelivered": "Not delivered",
    }  # fmt: skip
    for name, title in titles.items():
        counts = outcomes.report.get(name, {})
        out.print(f"{title}: {sum(counts.values())}")
        for word, count in counts.items():
            out.print(f"  {word}: {count}")


if __name__ == "__main__":
    main()

"""Commands that set up who uses the service, and how."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tracker.commands.going_live import go_live
from tracker.commands.language_gaps import unspoken
from tracker.commands.terminal import DataDir, OrganisationName, out, settings, with_parts
from tracker.core.services import checks
from tracker.core.services.definitions import Definition
from tracker.core.services.files import read
from tracker.core.vocabulary.errors import SetupRefused
from tracker.core.vocabulary.words import Mode, Rhythm
from tracker.flows.organisations import countries, offices
from tracker.flows.promises import learn
from tracker.flows.services import versions
from tracker.main import Parts

app = typer.Typer()
organisations_app = typer.Typer(no_args_is_help=True, help="Public bodies that use this installation.")
sources_app = typer.Typer(no_args_is_help=True, help="Back-office systems that report on cases.")
keys_app = typer.Typer(no_args_is_help=True, help="Keys with which sources report.")
services_app = typer.Typer(no_args_is_help=True, help="Service definitions: stages, words, policies.")
organisations_app.command("go-live")(go_live)
app.add_typer(organisations_app, name="organisations")
app.add_typer(sources_app, name="sources")
app.add_typer(keys_app, name="keys")
app.add_typer(services_app, name="services")

MOMENTS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]
"""How a time may be written: a day, a local time, or one with its offset."""

LIVE_FROM = (
    "Cases opened before it are adopted. A day, or a time such as 2026-03-02T09:00:00: of --zone, or of the "
    "organisation's zone where none is given, unless it has an offset (+01:00)."
)
"""What is said of `--live-from`."""

COUNTRY = "Its country, two letters of ISO 3166, by which telephone numbers are read: by default that of its zone."


@organisations_app.command("learn")
def learn_now(
    slug: Annotated[str, typer.Argument(help="The organisation's short name.")], data_dir: DataDir = None
) -> None:
    """Learn dates from its cases at once: after an import, say. It happens every night by itself."""

    async def run(parts: Parts) -> None:
        office = await offices.organisation(parts.store, slug)
        if await learn.learn_now(parts.store, office.id):
            out.print("Learned. New requests get their dates by it, and open ones whose date nobody was told of yet.")
        else:
            out.print("Another process is learning from its cases just now.")

    with_parts(settings(data_dir), run)


@organisations_app.command("add")
def add_organisation(
    slug: Annotated[str, typer.Argument(help="A short name, such as northwick.")],
    name: Annotated[str, typer.Option(help="The name that people read.")],
    zone: Annotated[str, typer.Option(help="Its IANA time zone.")] = "Europe/London",
    country: Annotated[str | None, typer.Option(help=COUNTRY)] = None,
    data_dir: DataDir = None,
) -> None:
    """Add a public body. It begins in sandbox: nothing leaves until it goes live."""

    async def run(parts: Parts) -> None:
        made = await offices.add_organisation(parts.store, slug=slug, name=name, zone=zone, country=country)
        out.print(f"Added {slug}, in sandbox; telephone numbers are read as those of {made.country}.")
        out.print("Next: tracker services apply, tracker sources add, tracker keys add.")

    with_parts(settings(data_dir), run)


@organisations_app.command("country")
def country(
    slug: Annotated[str, typer.Argument(help="The organisation's short name.")],
    code: Annotated[str | None, typer.Argument(help="Its country, two letters of ISO 3166, to change it.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Show or change the country by which telephone numbers without a prefix are read."""

    async def run(parts: Parts) -> None:
        office = await offices.organisation(parts.store, slug)
        if code is None:
            out.print(f"{slug}: {office.country}, in the time zone {office.zone}.", markup=False)
        else:
            made = await countries.set_country(parts.store, office, code)
            out.print(f"{slug}: numbers that come from now on are read as those of {made}.", markup=False)

    with_parts(settings(data_dir), run)


@sources_app.command("add")
def add_source(
    name: Annotated[str, typer.Argument(help="The source's name, as its events give it.")],
    organisation: OrganisationName,
    rhythm: Annotated[Rhythm, typer.Option(help="How often it reports.")] = Rhythm.LIVE,
    zone: Annotated[str | None, typer.Option(help="The zone of its times, if they come without an offset.")] = None,
    register: Annotated[list[str] | None, typer.Option(help="Another register it may report into.")] = None,
    live_from: Annotated[datetime | None, typer.Option(formats=MOMENTS, metavar="TIME", help=LIVE_FROM)] = None,
    data_dir: DataDir = None,
) -> None:
    """Add a back-office system."""

    async def run(parts: Parts) -> None:
        office = await offices.organisation(parts.store, organisation)
        source = offices.NewSource(name, rhythm, zone, tuple(register or ()), live_from)
        await offices.add_source(parts.store, office, source)
        out.print(f"Added the source {name}. Next: tracker keys add {name} --organisation {organisation}")

    with_parts(settings(data_dir), run)


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

    with_parts(settings(data_dir), run)


@keys_app.command("list")
def list_keys(organisation: OrganisationName, data_dir: DataDir = None) -> None:
    """The keys that are good, by source; of each the last four characters."""

    async def run(parts: Parts) -> None:
        office = await offices.organisation(parts.store, organisation)
        for key in await offices.keys(parts.store, office):
            out.print(f"{key.source} {key.mode} ...{key.hint}", markup=False)

    with_parts(settings(data_dir), run)


@keys_app.command("revoke")
def revoke_key(
    source: Annotated[str, typer.Argument(help="The source that used the key.")],
    ending: Annotated[str, typer.Argument(help="Its last four characters.")],
    organisation: OrganisationName,
    data_dir: DataDir = None,
) -> None:
    """Make a key unknown from now on. For a change without a gap, add the new key first."""

    async def run(parts: Parts) -> None:
        office = await offices.organisation(parts.store, organisation)
        await offices.revoke_key(parts.store, office, source, ending)
        out.print(f"The key of {source} that ends in {ending[-4:]} is not known any more.", markup=False)

    with_parts(settings(data_dir), run)


@app.command()
def alerts(organisation: OrganisationName, data_dir: DataDir = None) -> None:
    """What an operator should do, the newest first."""

    async def run(parts: Parts) -> None:
        office = await offices.organisation(parts.store, organisation)
        found = await offices.raised_alerts(parts.store, office)
        for alert in found:
            out.print(
                f"{alert.last_at:%Y-%m-%d %H:%M} {alert.kind}: {alert.subject} ({alert.times} times)", markup=False
            )
            out.print(f"  {alert.remedy}", markup=False)
        if not found:
            out.print("Nothing to do.")

    with_parts(settings(data_dir), run)


@services_app.command("validate")
def validate(
    path: Annotated[Path, typer.Argument(help="A definition, or a folder of them.", exists=True)],
    organisation: Annotated[str | None, typer.Option(help="Check beside this organisation's cases, too.")] = None,
    data_dir: DataDir = None,
) -> None:
    """Explain every fault of service definitions, with its remedy. Status 1 when there is one."""
    texts = {file: text_of(file) for file in definition_files(path)}

    async def run(parts: Parts | None) -> int:
        office = await offices.organisation(parts.store, organisation) if parts and organisation else None
        wrong = 0
        for file, text in texts.items():
            found = await versions.faults(parts.store if parts else None, office, text)
            wrong += len(found)
            for fault in found:
                out.print(f"{file}: {fault.path}: {fault.problem}. {fault.remedy}", markup=False)
            warned = () if found else doubts(text)
            if not found:
                out.print(f"{file}: good{', with a warning' if warned else ''}", markup=False)
            for doubt in warned:
                out.print(f"{file}: {doubt}", markup=False)
        return wrong

    wrong = with_parts(settings(data_dir), run) if organisation else asyncio.run(run(None))
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
        for file in definition_files(path):
            text = text_of(file)
            done = await versions.apply(parts.store, office, text)
            what = f"version {done.version}" if done.changed else f"version {done.version} already"
            out.print(f"{file}: {done.service}, {what}; {done.moved} cases moved", markup=False)
            for doubt in doubts(text):
                out.print(f"{file}: {doubt}", markup=False)

    with_parts(settings(data_dir), run)


def doubts(text: str) -> tuple[str, ...]:
    """Warnings about a definition that is whole: what people would read half in English, or not learn at all."""
    definition = read(text)
    left_alone = checks.doubts(definition) if isinstance(definition, Definition) else ()
    said = (f"warning: {fault.path}: {fault.problem}. {fault.remedy}" for fault in left_alone)
    return (*unspoken(text), *said)


def text_of(file: Path) -> str:
    """A definition as text."""
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise SetupRefused(f"{file} is not in UTF-8.", "Save it as plain text in UTF-8.") from fault


def definition_files(path: Path) -> list[Path]:
    """The file itself, or the definitions of a folder."""
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not files:
        raise typer.BadParameter(f"{path} holds no .toml files")
    return files

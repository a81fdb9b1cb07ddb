"""The command that shows an office its words before anyone else reads them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer

from notifications.render import render
from templates.environment import environment
from tracker.commands.setting_up import definition_files, text_of
from tracker.commands.terminal import DataDir, out, settings, with_parts
from tracker.core.answers import examples
from tracker.core.answers.examples import Example, Letterhead
from tracker.core.services import files
from tracker.core.services.definitions import Definition, say
from tracker.core.vocabulary.channels import Writing, traits_of
from tracker.core.vocabulary.errors import SetupRefused
from tracker.core.vocabulary.messages import Purpose
from tracker.core.vocabulary.segments import beyond_gsm, segments
from tracker.flows.answers import previewing
from tracker.flows.organisations import offices
from tracker.main import Parts
from tracker.settings import Settings

app = typer.Typer()
message_app = typer.Typer(no_args_is_help=True, help="What people are sent.")
app.add_typer(message_app, name="message")

SERVICES = Path(__file__).parents[2] / "templates" / "services"
_DARK = re.compile(r"@media \(prefers-color-scheme: ?dark\)")
"""What the styles of an e-mail say for dark programs: in the preview it holds without one."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as it would arrive. `beyond`: the characters that make a text cost double; `fault`: why the safe
    text stands in its place."""

    purpose: str
    stage: str
    language: str
    line: bool
    subject: str
    text: str
    html: str
    dark: str
    segments: int
    encoding: str
    units: int
    beyond: tuple[str, ...]
    cost: str
    fault: str


@message_app.command("preview")
def preview(
    into: Annotated[Path, typer.Option(help="The file to write: one page of HTML, for any browser.")],
    service: Annotated[
        Path | None, typer.Option(help="A definition, or a folder of them, applied or not.", exists=True)
    ] = None,
    organisation: Annotated[str | None, typer.Option(help="The services of this organisation as they are.")] = None,
    case: Annotated[str | None, typer.Option(help="The request of this reference, as it stands now.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="In this language alone; may be given again.")] = None,
    purpose: Annotated[list[Purpose] | None, typer.Option(help="Of this kind alone; may be given again.")] = None,
    name: Annotated[str, typer.Option(help="The name of the office, where none is known.")] = "Northwick Council",
    data_dir: DataDir = None,
) -> None:
    """Write a page with every message, language and channel beside one another. Nothing is sent, and nothing is kept.

    By default it shows the services that come with us, for an office that does not exist.
    """
    if sum(each is not None for each in (service, organisation, case)) > 1:
        raise typer.BadParameter("give one of --service, --organisation and --case")
    given, languages, head = settings(data_dir), tuple(language or ()), Letterhead(name)

    async def known(parts: Parts) -> list[tuple[Definition, list[Example]]]:
        if case is not None:
            return [await previewing.of_case(parts.store, case, head, languages)]
        office = await offices.organisation(parts.store, organisation or "")
        own, today = Letterhead(office.name, office.zone), office.now.date()
        applied = await previewing.services(parts.store, office)
        return [(each, _examples(each, own, languages, today)) for each in applied]

    if case is not None or organisation is not None:
        found = with_parts(given, known)
    else:
        today = datetime.now(UTC).date()
        read = [_definition(file) for file in definition_files(service or SERVICES)]
        found = [(each, _examples(each, head, languages, today)) for each in read]
    shown = [(definition, _shown(definition, of, purpose or (), given)) for definition, of in found]
    into.write_text(_page(shown, given), encoding="utf-8")
    messages = sum(len(each) for _, each in shown)
    out.print(f"{messages} messages are in {into}. Open it in a browser; nothing was sent.", markup=False)


def _definition(file: Path) -> Definition:
    read = files.read(text_of(file))
    if isinstance(read, Definition):
        return read
    raise SetupRefused(f"{file} has {len(read)} faults.", f"Run: tracker services validate {file}")


def _examples(definition: Definition, head: Letterhead, languages: tuple[str, ...], today: date) -> list[Example]:
    return [
        each
        for spoken in previewing.spoken(definition, languages)
        for each in examples.of_definition(definition, head, spoken, today)
    ]


def _shown(
    definition: Definition, found: Iterable[Example], purposes: Collection[Purpose], given: Settings
) -> list[Shown]:
    return [
        _as_shown(each, channel, given)
        for each in found
        if not purposes or Purpose(each.facts.purpose) in purposes
        for channel in definition.outreach.channels
    ]


def _as_shown(example: Example, channel: str, given: Settings) -> Shown:
    facts = example.facts
    content, fault = render(facts, channel, "notices@example.org")
    line, size = traits_of(channel).writing is Writing.LINE, segments(content.text)
    price = given.sms_price * size.count if line else given.email_price
    return Shown(
        purpose=facts.purpose,
        stage=example.stage,
        language=facts.language,
        line=line,
        subject=content.subject or "",
        text=content.text,
        html=content.html or "",
        dark=_DARK.sub("@media all", content.html or ""),
        segments=size.count,
        encoding=size.encoding,
        units=size.units,
        beyond=tuple(_named(each) for each in beyond_gsm(content.text)) if line and size.encoding != "GSM-7" else (),
        cost=f"{price.quantize(Decimal('0.001'))} {given.currency}",
        fault=fault or "",
    )


def _named(char: str) -> str:
    """A character with its code and name, since some cannot be seen."""
    return f"{char} (U+{ord(char):04X} {unicodedata.name(char, '')})"


def _page(shown: list[tuple[Definition, list[Shown]]], given: Settings) -> str:
    services = [(say(each.name, each.language, each.language), _rows(messages)) for each, messages in shown]
    template = environment().get_template("operators/preview.html")
    return template.render({"language": "en", "direction": "ltr", "services": services})


def _rows(messages: list[Shown]) -> list[tuple[str, str, list[Shown]]]:
    """Messages of one purpose and stage together, whatever their language and channel."""
    rows: dict[tuple[str, str], list[Shown]] = {}
    for each in messages:
        rows.setdefault((each.purpose, each.stage), []).append(each)
    return [(purpose, stage, found) for (purpose, stage), found in rows.items()]
